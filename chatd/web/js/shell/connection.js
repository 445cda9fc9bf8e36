/** The connection line: whether what you see is live, and if not, when that is tried again. */

import { h } from "../dom.js";

const WORDS = {
  connecting: "Connecting",
  live: "Connected",
  reconnecting: "Reconnecting",
  stopped: "Disconnected",
};

/** @param {import("../store.js").Store} store */
export function connectionLine(store) {
  const words = h("span", { class: "words" }, "Connecting");
  const countdown = h("span", { class: "countdown", "aria-hidden": "true" }, "…");
  const line = h("p", { id: "connection", role: "status", "data-state": "connecting" }, words, countdown);
  let ticking = 0;

  const tick = () => {
    const { state, retry_at_ms = 0 } = store.connection;
    countdown.textContent = state === "live" || state === "stopped" ? "" : countdownOf(retry_at_ms);
  };
  store.subscribe(["connection"], () => {
    const { state, retry_at_ms, reason, latency_ms } = store.connection;
    clearInterval(ticking);
    const offline = state === "reconnecting" && !navigator.onLine;
    line.dataset.state = state;
    line.dataset.tip = latency_ms === undefined ? WORDS[state] : `${WORDS[state]}, answers in ${Math.round(latency_ms)} ms`;
    const said = reason ?? (offline ? "Offline" : WORDS[state]);
    if (words.textContent !== said) words.textContent = said;
    tick();
    if (retry_at_ms) ticking = setInterval(tick, 250);
  });
  return line;
}

/**
 * " in 4 s"; screen readers are spared the counting.
 * @param {number} retry_at_ms
 */
function countdownOf(retry_at_ms) {
  const left_s = Math.ceil((retry_at_ms - Date.now()) / 1000);
  return left_s > 0 ? ` in ${left_s} s` : "…";
}
