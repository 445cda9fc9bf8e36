/**
 * On narrow screens the side lists are drawers over the messages. One is open at a time; a tap beside it or
 * Escape closes it, and the focus goes back to the button that opened it. On wide screens they are always
 * there, and only the people can be put away.
 */

import { find } from "../dom.js";

/** @type {{button: HTMLElement, drawer: HTMLElement}[]} */
const drawers = [];

/** @param {HTMLElement} button @param {HTMLElement} drawer */
export function wireDrawer(button, drawer) {
  drawers.push({ button, drawer });
  button.setAttribute("aria-controls", drawer.id);
  button.setAttribute("aria-expanded", "false");
}

/** @param {HTMLElement} backdrop */
export function wireBackdrop(backdrop) {
  backdrop.addEventListener("click", closeDrawers);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) closeDrawers();
  });
}

/** @param {HTMLElement} drawer */
export function openDrawer(drawer) {
  closeDrawers();
  const button = drawers.find((one) => one.drawer === drawer)?.button;
  drawer.classList.add("open");
  button?.setAttribute("aria-expanded", "true");
  find("#backdrop").hidden = false;
  /** @type {HTMLElement | null} */ (drawer.querySelector("[aria-current=page]") ?? drawer.querySelector("a, button"))?.focus();
}

export function closeDrawers() {
  for (const { button, drawer } of drawers) {
    if (!drawer.classList.contains("open")) continue;
    const hadFocus = drawer.contains(document.activeElement);
    drawer.classList.remove("open");
    button.setAttribute("aria-expanded", "false");
    find("#backdrop").hidden = true;
    if (hadFocus) button.focus();
  }
}
