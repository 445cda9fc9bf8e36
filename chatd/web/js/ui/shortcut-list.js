/** The list of all shortcuts, under `?`. */

import { h } from "../dom.js";
import { openDialog } from "./dialog.js";

/** @type {Record<string, string>} */
const SIGNS = { ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→", Escape: "Esc" };

/** @param {[string, string, string][]} all  keys, label, group @param {boolean} isMac */
export function showList(all, isMac) {
  const groups = [...new Set(all.map(([, , group]) => group))];
  const sign = (/** @type {string} */ key) => (key === "Mod" ? (isMac ? "⌘" : "Ctrl") : SIGNS[key] ?? key);
  openDialog({
    title: "Keyboard shortcuts", id: "shortcuts", size: "wide",
    body: groups.map((group) => h("section", {}, h("h3", {}, group), h("dl", { class: "shortcuts" },
      ...all.filter((one) => one[2] === group).map(([keys, label]) => h("div", {},
        h("dt", {}, label), h("dd", {}, ...keys.split("+").map((key) => h("kbd", {}, sign(key))))))))),
  });
}
