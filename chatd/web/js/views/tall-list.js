/**
 * A long list of rows whose heights only the browser knows: of 50 000 rows those near the viewport are in the
 * document, between two empty boxes that are as high as the rest.
 *
 * A row that has been in the document has a measured height, any other a guessed one. A guess is never seen:
 * whenever rows come or go, one row in view is the anchor, and after the change it stands where it stood.
 *
 * Rows keep their places in normal flow, so they may grow and shrink as they like.
 */

import { h, reconcile } from "../dom.js";

/**
 * A `loose` row is no anchor: it is about its neighbours, and goes where they go.
 * @typedef {import("../dom.js").Item & {guess_px: number, loose?: boolean}} TallItem
 */

// Up to so many rows all are in the document: the browser can find in them, and nothing is to be saved.
const WHOLE_MAX = 150;
// So much is in the document above and below what is in view; new rows come when less than half is left.
const MARGIN_PX = 2000;
// One of so many rows in view outlives any single change.
const ANCHORS_MAX = 12;

export class TallList {
  /** @type {TallItem[]} */ #items = [];
  /** Key to index. @type {Map<string, number>} */ #indices = new Map();
  /** Where each row begins, and where the last one ends. @type {number[]} */ #tops = [0];
  /** By key, as measured at this width. @type {Map<string, number>} */ #heights = new Map();
  #width_px = 0;
  #first = 0;
  #last = -1;
  #above = h("div", { class: "space" });
  #below = h("div", { class: "space" });

  /**
   * @param {HTMLElement} scroller  which owns the rows, and nothing else
   * @param {() => void} ondraw     other rows have come into the document
   */
  constructor(scroller, ondraw) {
    this.scroller = scroller;
    this.ondraw = ondraw;
    scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
  }

  /**
   * Show these rows.
   * @param {TallItem[]} items
   * @param {boolean} atEnd  the last row is to be in view; else what is in view stays
   */
  show(items, atEnd) {
    this.#measure();
    const anchors = atEnd ? [] : this.#anchors();
    this.#items = items;
    this.#indices = new Map(items.map(({ key }, at) => [key, at]));
    if (this.#heights.size > 2 * items.length + WHOLE_MAX) this.#forgetHeights();
    this.#layOut();
    const anchor = anchors.find(({ key }) => this.#indices.has(key));
    const top_px = atEnd ? /** @type {number} */ (this.#tops.at(-1))
      : anchor ? this.#tops[/** @type {number} */ (this.#indices.get(anchor.key))] : this.#scrollTop();
    this.#draw(top_px);
    if (atEnd) this.toEnd();
    else if (anchor) this.#putBack(anchor);
  }

  toEnd() {
    if (this.#last < this.#items.length - 1) this.#draw(/** @type {number} */ (this.#tops.at(-1)));
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  /** The element of a row, if it is in the document. @param {string} key */
  element(key) {
    const at = this.#indices.get(key);
    return at !== undefined && at >= this.#first && at <= this.#last ? this.#rows()[at - this.#first] : undefined;
  }

  /**
   * Bring a row into the document and into view; answers its element.
   * @param {string} key
   * @param {"nearest" | "center" | "start"} block
   */
  reveal(key, block) {
    const at = this.#indices.get(key);
    if (at === undefined) return undefined;
    if (!this.element(key)) {
      this.#measure();
      this.#draw(this.#tops[at]);
    }
    const element = /** @type {HTMLElement} */ (this.element(key));
    const box = element.getBoundingClientRect(), room = this.scroller.getBoundingClientRect();
    const above_px = box.top - room.top, below_px = box.bottom - room.bottom;
    if (block === "center") this.scroller.scrollTop += above_px - Math.max(0, room.height - box.height) / 2;
    else if (block === "start") this.scroller.scrollTop += above_px - room.height / 5;
    else if (above_px < 0) this.scroller.scrollTop += above_px;
    else if (below_px > 0) this.scroller.scrollTop += Math.min(below_px, above_px);
    this.#scrolled();
    return element;
  }

  /** The rows in view, from top to bottom. */
  inView() {
    const room = this.scroller.getBoundingClientRect();
    return this.#rows().filter((row) => {
      const { top, bottom } = row.getBoundingClientRect();
      return bottom > room.top && top < room.bottom;
    });
  }

  /** Whether a row lies above what is in view. @param {string} key */
  isAbove(key) {
    const at = this.#indices.get(key), element = this.element(key);
    if (at === undefined) return false;
    return element ? element.getBoundingClientRect().bottom < this.scroller.getBoundingClientRect().top : at < this.#first;
  }

  /** The rows in the document. @returns {HTMLElement[]} */
  #rows() {
    return /** @type {HTMLElement[]} */ ([...this.scroller.children].slice(1, -1));
  }

  /** Where the viewport begins, as the rows are laid out. */
  #scrollTop() {
    return this.#above.isConnected ? this.scroller.getBoundingClientRect().top - this.#above.getBoundingClientRect().top : 0;
  }

  /** Near the edge of what is in the document, bring more of it in. */
  #scrolled() {
    if (this.#items.length <= WHOLE_MAX || this.scroller.clientHeight === 0) return;
    const room = this.scroller.getBoundingClientRect();
    const above_px = room.top - this.#above.getBoundingClientRect().bottom;
    const below_px = this.#below.getBoundingClientRect().top - room.bottom;
    const isNear = (above_px < MARGIN_PX / 2 && this.#first > 0)
      || (below_px < MARGIN_PX / 2 && this.#last < this.#items.length - 1);
    if (!isNear) return;
    this.#measure();
    const [anchor] = this.#anchors();
    if (anchor) {
      this.#draw(this.#tops[/** @type {number} */ (this.#indices.get(anchor.key))]);
      this.#putBack(anchor);
      return;
    }
    // Somebody has dragged the bar to where nothing is: the row that is guessed to be there, is.
    const top_px = this.#scrollTop(), at = this.#at(top_px);
    this.#draw(top_px);
    const element = this.element(this.#items[at].key);
    if (element) this.scroller.scrollTop += element.getBoundingClientRect().top - room.top + (top_px - this.#tops[at]);
  }

  /** @param {number} top_px  where the viewport is to begin */
  #draw(top_px) {
    const { length } = this.#items;
    const whole = length <= WHOLE_MAX;
    this.#first = whole ? 0 : this.#at(top_px - this.scroller.clientHeight - MARGIN_PX);
    this.#last = whole ? length - 1 : this.#at(top_px + this.scroller.clientHeight + MARGIN_PX);
    const focused = this.scroller.contains(document.activeElement) && document.activeElement !== this.scroller;
    reconcile(this.scroller, [
      { key: "above", signature: "", build: () => this.#above }, ...this.#items.slice(this.#first, this.#last + 1),
      { key: "below", signature: "", build: () => this.#below },
    ]);
    // Where the focused row has gone, the keyboard goes on from the list.
    if (focused && !this.scroller.contains(document.activeElement)) this.scroller.focus({ preventScroll: true });
    this.#space();
    this.#measure();
    this.ondraw();
  }

  #space() {
    const end = /** @type {number} */ (this.#tops.at(-1));
    this.#above.style.height = `${this.#tops[this.#first] ?? 0}px`;
    this.#below.style.height = `${end - (this.#tops[this.#last + 1] ?? end)}px`;
  }

  /** What is in the document has true heights; those of another width are guesses no more. */
  #measure() {
    if (this.scroller.clientWidth !== this.#width_px) this.#heights.clear();
    this.#width_px = this.scroller.clientWidth;
    if (!this.#above.isConnected || this.scroller.clientHeight === 0) return;
    let end_px = this.#above.getBoundingClientRect().bottom, changed = false;
    this.#rows().forEach((row, n) => {
      const { bottom } = row.getBoundingClientRect();
      const { key } = this.#items[this.#first + n] ?? {};
      if (key !== undefined && this.#heights.get(key) !== bottom - end_px) {
        this.#heights.set(key, bottom - end_px);
        changed = true;
      }
      end_px = bottom;
    });
    if (changed) this.#layOut();
  }

  /** Of rows that are gone. */
  #forgetHeights() {
    this.#heights = new Map([...this.#heights].filter(([key]) => this.#indices.has(key)));
  }

  #layOut() {
    const tops = new Array(this.#items.length + 1);
    tops[0] = 0;
    this.#items.forEach(({ key, guess_px }, at) => (tops[at + 1] = tops[at] + (this.#heights.get(key) ?? guess_px)));
    this.#tops = tops;
  }

  /** Rows in view, as they are measured, and where each ends: what is above the end of the first may change its height. */
  #anchors() {
    const top_px = this.#scrollTop(), end_px = top_px + this.scroller.clientHeight;
    const rows = this.#rows(), anchors = [];
    for (let at = Math.max(this.#first, this.#at(top_px)); at <= this.#last && anchors.length < ANCHORS_MAX; at++) {
      if (this.#tops[at] >= end_px) break;
      const { key, loose } = this.#items[at];
      if (!loose) anchors.push({ key, bottom_px: rows[at - this.#first].getBoundingClientRect().bottom });
    }
    return anchors;
  }

  /** @param {{key: string, bottom_px: number}} anchor */
  #putBack({ key, bottom_px }) {
    const element = this.element(key);
    if (element) this.scroller.scrollTop += element.getBoundingClientRect().bottom - bottom_px;
  }

  /** The row at a height. @param {number} y_px */
  #at(y_px) {
    let low = 0, high = this.#items.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#tops[middle] <= y_px) low = middle;
      else high = middle - 1;
    }
    return Math.max(0, low);
  }
}
