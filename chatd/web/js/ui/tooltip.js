/**
 * Tooltips: an element with `data-tip` shows it under the pointer and on keyboard focus. It repeats the label
 * of a control, so screen readers are not told it again. One element serves the whole page. Loading this is all.
 */

import { h } from "../dom.js";

const DELAY_MS = 400, GAP_PX = 6;

const tip = h("div", { class: "tooltip", popover: "manual", "aria-hidden": "true" });
/** @type {HTMLElement | null} */
let owner = null;
let timer = 0;
/** @type {WeakMap<HTMLElement, (Node | string)[]>} */
const known = new WeakMap();

document.body.append(tip);
document.addEventListener("pointerover", ({ target, pointerType }) => {
  if (pointerType !== "touch") consider(/** @type {Element} */ (target), DELAY_MS);
});
// Where somebody has gone with the keys; not where a dialog has put them.
document.addEventListener("keyup", ({ key, target }) => {
  if (/^(Tab|Arrow|Home|End)/.test(key)) consider(/** @type {Element} */ (target), 0);
});
for (const type of ["pointerdown", "keydown", "scroll", "focusout"]) {
  document.addEventListener(type, hide, { capture: true, passive: true });
}
// Loaded because a pointer moved: it may be over something already.
if (matchMedia("(hover: hover)").matches) {
  const under = [...document.querySelectorAll("[data-tip]:hover")].at(-1);
  if (under) consider(under, DELAY_MS);
}

/**
 * What a tooltip says instead of `data-tip`, once somebody has found it out: shown at once if its element is still meant.
 * @param {HTMLElement} element
 * @param {(Node | string)[]} parts
 */
export function sayTip(element, parts) {
  known.set(element, parts);
  element.dataset.tip ??= "";
  if (element.matches(":hover, :focus-visible")) show((owner = element));
}

/** @param {Element} element @param {number} delay_ms */
function consider(element, delay_ms) {
  const next = /** @type {HTMLElement | null} */ (element.closest("[data-tip]"));
  if (next === owner) return;
  hide();
  owner = next;
  if (next) timer = setTimeout(() => show(next), delay_ms);
}

/** @param {HTMLElement} element */
function show(element) {
  if (!element.isConnected || element.getAttribute("aria-expanded") === "true") return;
  tip.replaceChildren(...(known.get(element) ?? [element.dataset.tip ?? ""]));
  tip.hidePopover(); // to the top again, over a dialog that came since
  tip.showPopover();
  const box = element.getBoundingClientRect(), own = tip.getBoundingClientRect();
  const beside = element.dataset.tipSide === "right";
  const below = box.bottom + GAP_PX + own.height < innerHeight;
  const top = beside ? box.top + (box.height - own.height) / 2 : below ? box.bottom + GAP_PX : box.top - GAP_PX - own.height;
  const left = beside ? box.right + GAP_PX : box.left + (box.width - own.width) / 2;
  tip.style.top = `${top}px`;
  tip.style.left = `${Math.max(8, Math.min(left, innerWidth - own.width - 8))}px`;
}

function hide() {
  clearTimeout(timer);
  if (owner) tip.hidePopover();
  owner = null;
}
