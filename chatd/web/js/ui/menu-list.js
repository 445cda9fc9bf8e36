/** An open menu: its entries, and the keys in it. */

import { h } from "../dom.js";
import { icon } from "./icons.js";
import { openPopover } from "./popover.js";
import { rove } from "./roving.js";

/** @typedef {import("./menu.js").Item} Item */
/** @typedef {import("./menu.js").Entry} Entry */

/** @param {Element | {x: number, y: number}} anchor @param {Entry[]} entries @param {string} label */
export function showMenu(anchor, entries, label) {
  const menu = h("div", { class: "menu", role: "menu", "aria-label": label },
    ...entries.map((entry) => (entry === "line" ? h("hr") : itemElement(entry, () => close()))));
  const { close } = openPopover(anchor, menu);
  rove(menu, "[role^=menuitem]:not([aria-disabled])", { wrap: true });
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Tab") close();
  });
  /** @type {HTMLElement | null} */ (menu.querySelector("[role^=menuitem]"))?.focus();
}

/** @param {Item} item @param {() => void} close */
function itemElement({ label, icon: drawing, danger, checked, disabled, hint, run }, close) {
  return h("button", {
    type: "button", role: checked === undefined ? "menuitem" : "menuitemcheckbox", tabindex: "-1",
    "aria-checked": checked === undefined ? null : String(checked), "aria-disabled": disabled,
    class: danger ? "danger" : null,
    onclick: () => {
      if (disabled) return;
      close();
      void run();
    },
  },
    h("span", { class: "menu-icon" }, checked ? icon("check") : drawing && icon(drawing)),
    h("span", { class: "menu-label" }, label), hint && h("span", { class: "menu-hint" }, hint));
}
