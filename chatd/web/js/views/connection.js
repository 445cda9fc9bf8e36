/** The connection line: whether what you see is live, and if not, when that is tried again. */

import { find } from "../dom.js";

/** @param {import("../store.js").Store} store */
export function showConnection(store) {
  const line = find("#connection");
  const text = find("span", line);
  let ticking = 0;

  const draw = () => {
    const { state, retry_at_ms, reason } = store.connection;
    line.dataset.state = state;
    const next = wordsFor(state, retry_at_ms, reason);
    if (text.textContent !== next) text.textContent = next;
  };
  store.subscribe(["connection"], () => {
    clearInterval(ticking);
    draw();
    if (store.connection.retry_at_ms) ticking = setInterval(draw, 250);
  });
}

/**
 * @param {import("../types.js").Connection["state"]} state
 * @param {number} [retry_at_ms]
 * @param {string} [reason]
 */
function wordsFor(state, retry_at_ms, reason) {
  if (state === "live") return "Connected";
  if (state === "connecting") return "Connecting…";
  if (state === "stopped") return reason ?? "Disconnected";
  const left_s = Math.ceil(((retry_at_ms ?? 0) - Date.now()) / 1000);
  return left_s > 0 ? `Reconnecting in ${left_s} s` : "Reconnecting…";
}
