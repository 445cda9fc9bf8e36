/** What the sections have in common: how they say that there is nothing, lists with buttons, times, choices. */

import { h } from "../dom.js";
import { NetworkError, ApiError } from "../rest.js";
import { momentTime } from "../time.js";
import { button } from "../ui/buttons.js";
import { sentenceOf } from "../ui/toast.js";

/** @param {string} title @param {string} sentence */
export const nothing = (title, sentence) =>
  h("div", { class: "nothing-yet" }, h("h3", {}, title), h("p", {}, sentence));

/** @param {string} sentence @param {HTMLElement} [act] */
export const lead = (sentence, act) => h("div", { class: "section-lead" }, h("p", { class: "lead" }, sentence), act);

/** A time as `<time>`. @param {string} iso */
export const time = (iso) => h("time", { datetime: iso }, momentTime(Date.parse(iso)));

/** @param {number} count @param {string} one @param {string} [many] */
export const counted = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

/**
 * Fill `place` with what comes, and say what went wrong with a way to try again.
 * @template T
 * @param {HTMLElement} place
 * @param {() => Promise<T>} load
 * @param {(answer: T) => void} draw
 */
export async function loadInto(place, load, draw) {
  place.setAttribute("aria-busy", "true");
  try {
    draw(await load());
  } catch (error) {
    if (!(error instanceof ApiError) && !(error instanceof NetworkError)) throw error;
    place.replaceChildren(h("p", { class: "form-error", role: "alert" }, sentenceOf(error)),
      button("Try again", () => void loadInto(place, load, draw)));
  }
  place.removeAttribute("aria-busy");
}

/**
 * Several of a list, as boxes to tick.
 * @param {{name: string, label: string, hint?: string, options: {value: string, label: string}[], value: string[]}} choice
 * @returns {import("../ui/form.js").Field}
 */
export const several = ({ name, label, hint, options, value }) => ({
  name, label, hint, type: "custom",
  build: () => h("div", { class: "picks several", role: "group", "aria-label": label },
    ...options.map((option) => {
      const box = h("input", { type: "checkbox", value: option.value });
      box.checked = value.includes(option.value);
      return h("label", { class: "pick" }, box, h("span", { class: "pick-words" }, h("b", {}, option.label)));
    })),
  read: (element) => [.../** @type {NodeListOf<HTMLInputElement>} */ (element.querySelectorAll("input:checked"))]
    .map((box) => box.value),
});

/** "#rrggbb". @param {number} color */
export const cssColor = (color) => `#${color.toString(16).padStart(6, "0")}`;
