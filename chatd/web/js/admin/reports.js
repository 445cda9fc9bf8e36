/** What people have reported, from everywhere. */

import { h } from "../dom.js";
import { call } from "../rest.js";
import { orToast } from "../ui/toast.js";
import { readPart, table, when } from "./parts.js";

const STATES = [["open", "Open"], ["claimed", "Taken"], ["resolved", "Resolved"], ["dismissed", "Dismissed"], ["", "All"]];

export function reports() {
  const state = h("select", { class: "input", "aria-label": "Which reports" },
    ...STATES.map(([value, label]) => h("option", { value }, label)));
  const list = readPart(async () => {
    const query = new URLSearchParams({ limit: "100", ...(state.value && { state: state.value }) });
    const answer = await call("GET", `/admin/reports?${query}`);
    const all = /** @type {Report[]} */ (Array.isArray(answer) ? answer : answer.reports);
    return [table("Reports", ["What", "Of whom", "When", "State", ""], all.map((one) => row(one, list.again)), "Nothing is reported.")];
  });
  state.addEventListener("change", () => void list.again());
  return h("div", {}, h("div", { class: "admin-bar" }, state), list.element);
}

/**
 * @typedef {object} Report
 * @property {string} id
 * @property {string} category
 * @property {string | null} [text]
 * @property {string} state
 * @property {string} created_at
 * @property {import("../types.js").User | null} [user]
 * @property {{content: string} | null} [message]
 */

/** @param {Report} report @param {() => void} again */
function row(report, again) {
  const { id, category, text, state, created_at, user, message } = report;
  const set = async (/** @type {string} */ next) => {
    if (await orToast(call("PATCH", `/admin/reports/${id}`, { state: next }))) again();
  };
  const open = state === "open" || state === "claimed";
  return h("tr", {},
    h("th", { scope: "row" }, h("b", {}, category), text && h("p", {}, text),
      message && h("blockquote", { dir: "auto" }, message.content)),
    h("td", {}, user ? h("bdi", {}, `@${user.username}`) : "—"), h("td", {}, when(created_at)), h("td", {}, state),
    h("td", {}, open && h("button", { type: "button", class: "plain", onclick: () => void set("resolved") }, "Resolve"), " ",
      open && h("button", { type: "button", class: "plain", onclick: () => void set("dismissed") }, "Dismiss")));
}
