/**
 * The emoji picker: a box to search in, and everything there is below it, group by group.
 *
 * The box keeps the focus while one types: down goes into the grid, Enter takes the first that was found.
 */

import { h } from "../dom.js";
import { chooseTone, chosenTone, emojiGroups, findEmoji, rememberEmoji } from "../emoji.js";
import { openPopover } from "../ui/popover.js";
import { styles } from "../ui/styles.js";

/** @typedef {import("../emoji.js").Choice} Choice */
/** @typedef {import("../emoji.js").Group} Group */

const TONES = ["✋", "✋🏻", "✋🏼", "✋🏽", "✋🏾", "✋🏿"];

/**
 * Let somebody choose. `onchoose` is called for each; the picker stays open only with Shift.
 * @param {Element} anchor
 * @param {import("../store.js").Store} store
 * @param {string | null} channelId
 * @param {(choice: Choice) => void} onchoose
 */
export async function openEmojiPicker(anchor, store, channelId, onchoose) {
  const [groups] = await Promise.all([emojiGroups(store, channelId), styles("emoji-picker")]);
  const picker = new EmojiPicker(store, channelId, groups, (choice, more) => {
    rememberEmoji(choice.key);
    if (!more) close();
    onchoose(choice);
  });
  const { close } = openPopover(anchor, picker.element, { side: "above" });
  picker.search.focus();
}

class EmojiPicker {
  search = h("input", {
    type: "search", class: "input", placeholder: "Search emoji", "aria-label": "Search emoji", autocomplete: "off", spellcheck: "false",
  });
  #grid = h("div", { class: "emoji-grid", role: "group", "aria-label": "Emoji" });
  #name = h("p", { class: "emoji-name", "aria-live": "polite" });
  #tone = h("button", { type: "button", class: "emoji-tone", "aria-label": "Tone of skin", "data-tip": "Tone of skin" });
  element = h("div", { class: "emoji-picker", role: "dialog", "aria-label": "Emoji" },
    h("div", { class: "emoji-top" }, this.search, this.#tone), this.#grid, this.#name);

  /**
   * @param {import("../store.js").Store} store
   * @param {string | null} channelId
   * @param {Group[]} groups
   * @param {(choice: Choice, more: boolean) => void} onchoose
   */
  constructor(store, channelId, groups, onchoose) {
    this.groups = groups;
    this.onchoose = onchoose;
    this.search.addEventListener("input", () => this.#draw());
    this.search.addEventListener("keydown", (event) => this.#searched(event));
    this.#grid.addEventListener("click", (event) => this.#clicked(event));
    this.#grid.addEventListener("keydown", (event) => this.#walked(event));
    for (const type of ["focusin", "pointerover"]) {
      this.#grid.addEventListener(type, ({ target }) => {
        this.#name.textContent = /** @type {Element} */ (target).closest("button")?.getAttribute("aria-label") ?? "";
      });
    }
    this.#tone.addEventListener("click", async () => {
      chooseTone((chosenTone() + 1) % TONES.length);
      this.groups = await emojiGroups(store, channelId);
      this.#draw();
    });
    this.#draw();
  }

  #draw() {
    this.#tone.textContent = TONES[chosenTone()];
    const asked = this.search.value;
    const found = findEmoji(this.groups, asked);
    if (asked.trim() === "") this.#grid.replaceChildren(...this.groups.map(groupElement));
    else if (found.length) this.#grid.replaceChildren(groupElement({ name: "Found", choices: found }));
    else this.#grid.replaceChildren(h("p", { class: "hint" }, "No emoji is called that."));
    const [first] = this.#buttons();
    if (first) first.tabIndex = 0;
  }

  /** @returns {HTMLButtonElement[]} */
  #buttons() {
    return [...this.#grid.querySelectorAll("button")];
  }

  /** @param {KeyboardEvent} event */
  #searched(event) {
    const [first] = this.#buttons();
    if (!first || event.isComposing) return;
    if (event.key === "ArrowDown") event.preventDefault(), first.focus();
    if (event.key === "Enter") event.preventDefault(), first.click();
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const button = /** @type {Element} */ (event.target).closest("button");
    const choice = button && choices.get(button);
    if (choice) this.onchoose(choice, event.shiftKey);
  }

  /** Arrows walk over the grid as one sees it. @param {KeyboardEvent} event */
  #walked(event) {
    const all = this.#buttons();
    const at = all.findIndex((one) => one === event.target);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key]
      ?? (event.key === "ArrowDown" ? besides(all, at, 1) : event.key === "ArrowUp" ? besides(all, at, -1) : null);
    if (at < 0 || next === null || next === undefined) return;
    event.preventDefault();
    if (next < 0) return this.search.focus();
    const button = all[Math.min(next, all.length - 1)];
    all[at].tabIndex = -1;
    button.tabIndex = 0;
    button.focus();
  }
}

/** @type {WeakMap<Element, Choice>} */
const choices = new WeakMap();

/** @param {Group} group */
function groupElement({ name, choices: inside }) {
  return h("section", {}, h("h3", {}, name), h("div", { class: "emoji-cells" }, ...inside.map(cell)));
}

/** @param {Choice} choice */
function cell(choice) {
  const { name, src, text } = choice;
  const shown = src ? h("img", { src, alt: "", loading: "lazy" }) : text;
  const button = h("button", { type: "button", tabindex: "-1", "aria-label": name.replace(/_/g, " ") }, shown);
  choices.set(button, choice);
  return button;
}

/**
 * The one in the next row that stands nearest; -1 above the first row.
 * @param {HTMLElement[]} all
 * @param {number} at
 * @param {1 | -1} step
 */
function besides(all, at, step) {
  const from = all[at].getBoundingClientRect();
  let best = -1, nearest = Infinity, row = NaN;
  for (let i = at + step; i >= 0 && i < all.length; i += step) {
    const box = all[i].getBoundingClientRect();
    if (box.top === from.top) continue;
    if (Number.isNaN(row)) row = box.top;
    if (box.top !== row) break;
    const away = Math.abs(box.left - from.left);
    if (away < nearest) best = i, nearest = away;
  }
  return best >= 0 ? best : step > 0 ? all.length - 1 : -1;
}
