/** A sentence at the foot of the page, for a while. There is one place for them, and it is a live region. */

import { h } from "../dom.js";
import { ApiError, NetworkError } from "../rest.js";

const SHOWN_MS = 6000, SHOWN_MAX = 3;

/**
 * @param {string} sentence
 * @param {{kind?: "info" | "error", stays?: boolean, action?: {label: string, run: () => void}}} [options]
 */
export function toast(sentence, { kind = "info", action, stays = false } = {}) {
  const entry = h("div", { class: "toast", "data-kind": kind }, h("span", {}, sentence), action &&
    h("button", { type: "button", class: "link", onclick: () => { entry.remove(); action.run(); } }, action.label));
  const list = place();
  list.append(entry);
  while (list.childElementCount > SHOWN_MAX) list.firstElementChild?.remove();
  // While it is looked at it stays.
  const leave = () => (entry.matches(":hover, :focus-within") ? setTimeout(leave, SHOWN_MS) : entry.remove());
  if (!stays) setTimeout(leave, SHOWN_MS);
}

/** Say what went wrong, if something did. Answers whether all went well. @param {Promise<unknown>} attempt */
export async function orToast(attempt) {
  try {
    await attempt;
    return true;
  } catch (error) {
    if (!(error instanceof ApiError) && !(error instanceof NetworkError)) throw error;
    toast(sentenceOf(error), { kind: "error" });
    return false;
  }
}

/** The first sentence about a field, else the whole. @param {Error} error */
export function sentenceOf(error) {
  if (!(error instanceof ApiError)) return error.message;
  if (error.status === 429) return `Too much at once. Try again in ${Math.ceil(error.retry_after_s)} s.`;
  const [first] = error.fields.values();
  return first ?? error.message;
}

/** Over an open dialog too: a modal one makes everything beside it inert. */
function place() {
  const around = [...document.querySelectorAll("dialog:modal")].at(-1) ?? document.body;
  let list = document.getElementById("toasts");
  if (!list) list = h("div", { id: "toasts", role: "status", "aria-label": "Notices" });
  if (list.parentElement !== around) around.append(list);
  return list;
}
