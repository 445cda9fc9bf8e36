/** The connection line: whether what you see is live, and if not, when that is tried again. */

import { find } from "../dom.js";

const WORDS = {
  connecting: "Connecting",
  live: "Connected",
  reconnecting: "Reconnecting",
  stopped: "Disconnected",
};

/** @param {import("../store.js").Store} store */
export function showConnection(store) {
  const line = find("#connection");
  const words = find(".words", line);
  const countdown = find(".countdown", line);
  let ticking = 0;

  const tick = () => {
    const { state, retry_at_ms = 0 } = store.connection;
    countdown.textContent = state === "live" || state === "stopped" ? "" : countdownOf(retry_at_ms);
  };
  store.subscribe(["connection"], () => {
    const { state, retry_at_ms, reason } = store.connection;
    clearInterval(ticking);
    line.dataset.state = state;
    words.textContent = reason ?? WORDS[state];
    tick();
    if (retry_at_ms) ticking = setInterval(tick, 250);
  });
}

/**
 * " in 4 s"; screen readers are spared the counting.
 * @param {number} retry_at_ms
 */
function countdownOf(retry_at_ms) {
  const left_s = Math.ceil((retry_at_ms - Date.now()) / 1000);
  return left_s > 0 ? ` in ${left_s} s` : "…";
}
