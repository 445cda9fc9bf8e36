/**
 * Menus: from a button, or by the right mouse button, the menu key or a long press on what they are about.
 *
 *     menuButton(button, () => [{label: "Mute", icon: "muted", run}, "line", {label: "Leave", danger: true, run}])
 *     onContextMenu(list, "[data-channel-id]", (element) => items)
 */

import { h } from "../dom.js";
import { icon } from "./icons.js";
import { openPopover } from "./popover.js";
import { rove } from "./roving.js";

/**
 * @typedef {{label: string, icon?: string, danger?: boolean, checked?: boolean, disabled?: boolean,
 *   hint?: string, run: () => unknown}} Item
 * @typedef {Item | "line"} Entry
 */

/** @param {Element | {x: number, y: number}} anchor @param {Entry[]} entries @param {string} [label] */
export function openMenu(anchor, entries, label = "Menu") {
  if (entries.length === 0) return;
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

/** @param {HTMLElement} button @param {() => Entry[]} entries @param {string} [label] */
export function menuButton(button, entries, label = button.getAttribute("aria-label") ?? "Menu") {
  button.setAttribute("aria-haspopup", "menu");
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-expanded") === "true") return;
    openMenu(button, entries(), label);
  });
}

/**
 * @param {HTMLElement} list
 * @param {string} selector   what has a menu, below `list`
 * @param {(element: HTMLElement) => Entry[]} entries  none: the browser's own menu
 */
export function onContextMenu(list, selector, entries) {
  list.addEventListener("contextmenu", (event) => {
    const element = /** @type {Element} */ (event.target).closest(selector);
    if (!(element instanceof HTMLElement) || event.shiftKey) return;
    // Who right-clicks a link in a text or a selection wants the browser's menu.
    if (!getSelection()?.isCollapsed && element.contains(getSelection()?.anchorNode ?? null)) return;
    const items = entries(element);
    if (items.length === 0) return;
    event.preventDefault();
    // The menu key has no place of its own.
    const at = event.clientX || event.clientY ? { x: event.clientX, y: event.clientY } : element;
    openMenu(at, items);
  });
}
