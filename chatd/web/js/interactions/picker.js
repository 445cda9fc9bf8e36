/**
 * What a menu opens: its choices, with a box to search in where there are many. One choice closes it; where
 * there may be several, a button takes those that are ticked.
 */

import { h } from "../dom.js";
import { openPopover } from "../ui/popover.js";
import { styles } from "../ui/styles.js";
import { matching } from "./choices.js";
import { Listbox } from "../ui/listbox.js";

/** @typedef {import("./choices.js").Choice} Choice */

// With more than so many one searches.
const SEARCH_FROM = 10;

/**
 * Let somebody choose. Answers null when it was closed without.
 * @param {HTMLElement} anchor
 * @param {object} menu
 * @param {string} menu.label
 * @param {Choice[]} menu.choices
 * @param {number} [menu.least]
 * @param {number} [menu.most]
 * @param {string[]} [menu.chosen]
 * @returns {Promise<string[] | null>}
 */
export async function pick(anchor, { label, choices, least = 1, most = 1, chosen = [] }) {
  await styles("listbox", "commands");
  return new Promise((resolve) => {
    const several = most > 1 || least === 0;
    const searched = choices.length > SEARCH_FROM;
    const picked = new Set(chosen);
    const search = h("input", {
      type: "search", class: "input", placeholder: "Search", "aria-label": `Search: ${label}`, autocomplete: "off", spellcheck: "false",
      role: "combobox", "aria-expanded": "true", "aria-autocomplete": "list",
    });
    const nothing = h("p", { class: "hint nothing", hidden: true }, "Nothing is called that.");
    const take = h("button", { type: "button", class: "primary", onclick: () => finish([...picked]) });
    /** @type {string[] | null} */ let answer = null;

    const list = new Listbox(searched ? search : h("span"), {
      label, several, isChosen: ({ value }) => picked.has(value),
      pick: ({ value }) => {
        if (!several) return finish([value]);
        if (picked.has(value)) picked.delete(value);
        else if (most === 1) picked.clear(), picked.add(value);
        else if (picked.size < most) picked.add(value);
        draw();
      },
    });
    if (!searched) {
      list.owner = list.element;
      list.element.tabIndex = 0;
    }
    const element = h("div", { class: "picker", role: "dialog", "aria-label": label },
      searched && search, list.element, nothing,
      several && h("div", { class: "picker-foot" }, h("span", { class: "hint" }, countWords(least, most)), take));

    function draw(/** @type {number | undefined} */ at = undefined) {
      const found = searched ? matching(choices, search.value) : choices;
      list.show(found, at);
      nothing.hidden = found.length > 0;
      take.textContent = picked.size === 0 ? "Choose none" : `Choose ${picked.size}`;
      take.disabled = picked.size < least || picked.size > most;
    }
    function finish(/** @type {string[]} */ values) {
      answer = values;
      close();
    }

    search.addEventListener("input", () => draw(0));
    search.addEventListener("keydown", (event) => list.keyed(event));
    if (!searched) {
      list.element.addEventListener("keydown", (event) => {
        if (!list.keyed(event, true) && event.key.length === 1) list.find(event.key);
      });
    }
    element.addEventListener("keydown", (event) => {
      if (event.key === "Tab" && !several) event.preventDefault(), close();
    });
    const { close } = openPopover(anchor, element, { onclose: () => resolve(answer) });
    element.style.minWidth = `${Math.min(anchor.getBoundingClientRect().width, 480)}px`;
    draw(Math.max(0, choices.findIndex(({ value }) => picked.has(value))));
    (searched ? search : list.element).focus();
  });
}

/** @param {number} least @param {number} most */
function countWords(least, most) {
  if (least === most) return `Choose ${most}`;
  return least === 0 ? `Up to ${most}` : `${least} to ${most}`;
}
