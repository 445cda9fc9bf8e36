/**
 * A long list of rows whose heights are known: only those near the viewport are in the document.
 *
 * The list is a `<ul>` as high as all of its rows; each row that is there stands at its place. What is not
 * there is told to screen readers by aria-setsize and aria-posinset.
 */

import { reconcile } from "../dom.js";

/** @typedef {import("../dom.js").Item & {height_px: number}} Row */

// So much above and below what is in view, for scrolling and for Tab.
const MARGIN_PX = 600;

export class VirtualList {
  /** @type {Row[]} */ #rows = [];
  /** Where each row begins, and where the last one ends. @type {number[]} */ #tops = [0];
  #frame = 0;

  /** @param {HTMLElement} list  the `<ul>` @param {HTMLElement} scroller  what scrolls it */
  constructor(list, scroller) {
    this.list = list;
    this.scroller = scroller;
    scroller.addEventListener("scroll", () => this.#soon(), { passive: true });
    new ResizeObserver(() => this.#soon()).observe(scroller);
  }

  /** @param {Row[]} rows */
  show(rows) {
    this.#rows = rows;
    this.#tops = [0];
    for (const { height_px } of rows) this.#tops.push(/** @type {number} */ (this.#tops.at(-1)) + height_px);
    this.list.style.height = `${this.#tops.at(-1)}px`;
    this.#draw();
  }

  /** Bring a row into the document and into view. @param {number} at */
  reveal(at) {
    const top_px = this.#tops[at], bottom_px = this.#tops[at + 1];
    const { scrollTop, clientHeight } = this.scroller;
    if (top_px < scrollTop) this.scroller.scrollTop = top_px;
    else if (bottom_px > scrollTop + clientHeight) this.scroller.scrollTop = bottom_px - clientHeight;
    this.#draw();
  }

  #soon() {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    const { scrollTop, clientHeight } = this.scroller;
    const first = this.#at(scrollTop - MARGIN_PX), last = this.#at(scrollTop + clientHeight + MARGIN_PX);
    const shown = this.#rows.slice(first, last + 1);
    reconcile(this.list, shown);
    shown.forEach((row, n) => {
      const element = /** @type {HTMLElement} */ (this.list.children[n]);
      element.style.transform = `translateY(${this.#tops[first + n]}px)`;
      element.setAttribute("aria-posinset", String(first + n + 1));
      element.setAttribute("aria-setsize", String(this.#rows.length));
    });
  }

  /** The row at a height. @param {number} y_px */
  #at(y_px) {
    let low = 0, high = this.#rows.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#tops[middle] <= y_px) low = middle;
      else high = middle - 1;
    }
    return Math.max(0, low);
  }
}
