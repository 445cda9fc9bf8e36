/**
 * On narrow screens the two side lists are drawers over the messages. One is open at a time; a tap beside
 * it or Escape closes it, and the focus goes back to the button that opened it. On wide screens they are
 * always there.
 */

import { find } from "../dom.js";

const DRAWERS = [
  { button: "#show-channels", drawer: "#sidebar" },
  { button: "#show-members", drawer: "#people" },
];

export function wireDrawers() {
  for (const { button, drawer } of DRAWERS) {
    find(button).addEventListener("click", () => open(button, drawer));
  }
  find("#backdrop").addEventListener("click", closeDrawers);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeDrawers();
  });
}

/** @param {string} button @param {string} drawer */
function open(button, drawer) {
  closeDrawers();
  find(drawer).classList.add("open");
  find(button).setAttribute("aria-expanded", "true");
  find("#backdrop").hidden = false;
  /** @type {HTMLElement | null} */ (find(drawer).querySelector("a, button"))?.focus();
}

export function closeDrawers() {
  for (const { button, drawer } of DRAWERS) {
    if (!find(drawer).classList.contains("open")) continue;
    const hadFocus = find(drawer).contains(document.activeElement);
    find(drawer).classList.remove("open");
    find(button).setAttribute("aria-expanded", "false");
    find("#backdrop").hidden = true;
    if (hadFocus) find(button).focus();
  }
}
