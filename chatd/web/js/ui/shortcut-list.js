/** The list of all shortcuts, under `?`. */

import { h } from "../dom.js";
import { openDialog } from "./dialog.js";
import { isMac } from "./shortcuts.js";

/** @type {Record<string, string>} */
const SIGNS = { ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→", Escape: "Esc" };

/** @typedef {[string, string, string]} Listed  keys, label, group */

/** @param {Listed[]} all */
export const showList = (all) =>
  openDialog({ title: "Keyboard shortcuts", id: "shortcuts", size: "wide", body: listOf(all) });

/** By group. @param {Listed[]} all */
export function listOf(all) {
  const groups = [...new Set(all.map(([, , group]) => group))];
  const sign = (/** @type {string} */ key) => (key === "Mod" ? (isMac ? "⌘" : "Ctrl") : SIGNS[key] ?? key);
  return groups.map((group) => h("section", {}, h("h3", {}, group), h("dl", { class: "shortcuts" },
    ...all.filter((one) => one[2] === group).map(([keys, label]) => h("div", {},
      h("dt", {}, label), h("dd", {}, ...keys.split("+").map((key) => h("kbd", {}, sign(key)))))))));
}
