/**
 * Something small beside what opened it: menus, pickers, cards. One is open at a time; Escape, a press
 * elsewhere, scrolling away or another opening close it, and the focus goes back.
 */

import { h } from "../dom.js";

const GAP_PX = 6, MARGIN_PX = 8;

/** @type {{close: () => void} | null} */
let open = null;

/**
 * @param {Element | {x: number, y: number}} anchor   an element, or where a pointer is
 * @param {HTMLElement} content
 * @param {{side?: "below" | "above" | "right" | "left", onclose?: () => void}} [options]
 * @returns {{element: HTMLElement, close: () => void}}
 */
export function openPopover(anchor, content, { side = "below", onclose } = {}) {
  open?.close();
  const before = document.activeElement;
  const element = h("div", { class: "popover", popover: "manual" }, content);
  // It lies over everything, but belongs to the landmark, and the dialog, that it was opened from.
  const origin = anchor instanceof Element ? anchor : document.elementFromPoint(anchor.x, anchor.y);
  (origin?.closest("dialog, nav, main, aside, section") ?? document.body).append(element);
  element.showPopover();
  place(element, anchor, side);
  const watcher = new ResizeObserver(() => place(element, anchor, side));
  watcher.observe(element);

  const close = () => {
    if (open !== handle) return;
    open = null;
    const hadFocus = element.contains(document.activeElement) || document.activeElement === document.body;
    stop.abort();
    watcher.disconnect();
    element.remove();
    if (anchor instanceof Element && anchor.hasAttribute("aria-expanded")) anchor.setAttribute("aria-expanded", "false");
    if (hadFocus && before instanceof HTMLElement) before.focus({ preventScroll: true });
    onclose?.();
  };
  const handle = { element, close };
  const stop = new AbortController();
  const { signal } = stop;
  document.addEventListener("pointerdown", (event) => {
    const target = /** @type {Node} */ (event.target);
    if (!element.contains(target) && !(anchor instanceof Element && anchor.contains(target))) close();
  }, { signal, capture: true });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    event.preventDefault();
    close();
  }, { signal, capture: true });
  addEventListener("resize", close, { signal });
  addEventListener("popstate", close, { signal });
  if (anchor instanceof Element && anchor.hasAttribute("aria-haspopup")) anchor.setAttribute("aria-expanded", "true");
  open = handle;
  return handle;
}

export const closePopover = () => open?.close();

/**
 * Beside the anchor, on the other side where there is no room, and never over the edge of the window.
 * @param {HTMLElement} element
 * @param {Element | {x: number, y: number}} anchor
 * @param {"below" | "above" | "right" | "left"} side
 */
function place(element, anchor, side) {
  const { width, height } = element.getBoundingClientRect();
  const box = anchor instanceof Element ? anchor.getBoundingClientRect()
    : new DOMRect(anchor.x, anchor.y, 0, 0);
  const gap_px = anchor instanceof Element ? GAP_PX : 0;
  let left = box.left, top = box.bottom + gap_px;
  const above = box.top - gap_px - height;
  if (side === "above" && above >= MARGIN_PX) top = above;
  if (side === "below" && top + height > innerHeight - MARGIN_PX && above >= MARGIN_PX) top = above;
  if (side === "right" || side === "left") {
    top = box.top;
    const right = box.right + gap_px, leftward = box.left - gap_px - width;
    const fitsRight = right + width <= innerWidth - MARGIN_PX;
    left = side === "right" ? (fitsRight ? right : leftward) : leftward >= MARGIN_PX ? leftward : right;
  } else if (left + width > innerWidth - MARGIN_PX) left = box.right - width;
  const within = (/** @type {number} */ at, /** @type {number} */ size, /** @type {number} */ room) =>
    Math.max(MARGIN_PX, Math.min(at, room - size - MARGIN_PX));
  element.style.left = `${within(left, width, innerWidth)}px`;
  element.style.top = `${within(top, height, innerHeight)}px`;
}
