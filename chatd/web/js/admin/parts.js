/** What the administrators' pages have in common: tables, and a part that is read anew. */

import { h } from "../dom.js";
import { momentTime } from "../time.js";
import { sentenceOf } from "../ui/toast.js";

const number = new Intl.NumberFormat(undefined);

/** "20 Nov 2026, 14:05", or `otherwise`. @param {string | null | undefined} time @param {string} [otherwise] */
export function when(time, otherwise = "never") {
  return time ? h("time", { datetime: time }, momentTime(Date.parse(time))) : otherwise;
}

/** "12,345" @param {number} count */
export const counted = (count) => number.format(count);

/**
 * @param {string} caption     for screen readers
 * @param {string[]} heads
 * @param {HTMLTableRowElement[]} rows
 * @param {string} empty       when there is nothing
 */
export function table(caption, heads, rows, empty) {
  if (rows.length === 0) return h("p", { class: "admin-empty" }, empty);
  return h("div", { class: "admin-table", tabindex: 0, role: "region", "aria-label": caption },
    h("table", {}, h("caption", { class: "unseen" }, caption),
      h("thead", {}, h("tr", {}, ...heads.map((head) => (head ? h("th", { scope: "col" }, head) : h("td", {}))))),
      h("tbody", {}, ...rows)));
}

/**
 * A part of a page that `read` fills, now and whenever `again` is called; what goes wrong stands in it.
 * @param {() => Promise<(Node | string | false | null)[]>} read
 */
export function readPart(read) {
  const element = h("div", { "aria-busy": "true" }, h("p", { class: "hint" }, "Loading…"));
  let latest = 0;
  const again = async () => {
    const mine = ++latest;
    element.setAttribute("aria-busy", "true");
    /** @type {(Node | string | false | null)[]} */
    let children;
    try {
      children = await read();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      children = [h("p", { class: "form-error", role: "alert" }, sentenceOf(error)),
        h("button", { type: "button", class: "plain", onclick: () => void again() }, "Try again")];
    }
    if (mine !== latest) return;
    element.replaceChildren(...children.filter((child) => child !== false && child !== null));
    element.setAttribute("aria-busy", "false");
  };
  void again();
  return { element, again };
}

/** A list of facts. @param {[string, Node | string][]} facts */
export const factsElement = (facts) =>
  h("dl", { class: "admin-facts" }, ...facts.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
