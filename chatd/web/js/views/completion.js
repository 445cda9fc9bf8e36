/**
 * The list of what a text box can complete, above it. The focus stays in the box: arrows choose, Enter and Tab
 * take, Escape closes.
 */

import { h } from "../dom.js";
import { COMPLETERS } from "./completers.js";

/** @typedef {import("./completers.js").Option} Option */

let lastId = 0;

export class Completion {
  /** @type {Option[]} */ #options = [];
  #chosen = 0;
  /** What is replaced. */ #from = 0;
  #asked = 0;
  #id = `completion-${++lastId}`;
  #list = h("ul", { class: "completion", id: this.#id, role: "listbox", hidden: true });
  /** What is sent in the place of what is shown. @type {Map<string, string>} */ picks = new Map();

  /**
   * @param {HTMLTextAreaElement} box
   * @param {import("../store.js").Store} store
   * @param {() => string | null} channelId
   */
  constructor(box, store, channelId) {
    this.box = box;
    this.store = store;
    this.channelId = channelId;
    box.setAttribute("aria-autocomplete", "list");
    box.setAttribute("aria-controls", this.#id);
    box.addEventListener("input", () => void this.#look());
    box.addEventListener("click", () => void this.#look());
    box.addEventListener("blur", () => this.close());
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault()); // the focus stays
    this.#list.addEventListener("click", ({ target }) => {
      const at = [...this.#list.children].findIndex((one) => one.contains(/** @type {Node} */ (target)));
      if (this.#options[at]) this.#take(this.#options[at]);
    });
  }

  get element() {
    return this.#list;
  }

  /** Whether the key was for the list. @param {KeyboardEvent} event */
  keyed(event) {
    if (this.#list.hidden || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return false;
    const { length } = this.#options;
    if (event.key === "ArrowDown") this.#choose((this.#chosen + 1) % length);
    else if (event.key === "ArrowUp") this.#choose((this.#chosen + length - 1) % length);
    else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey) this.#take(this.#options[this.#chosen]);
    else if (event.key === "Escape") this.close();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  close() {
    this.#asked++;
    this.#list.hidden = true;
    this.box.removeAttribute("aria-activedescendant");
  }

  /** The text as it is sent. @param {string} text */
  sent(text) {
    // The longest first: "@ada" is also how "@ada lovelace" begins.
    const shown = [...this.picks.keys()].filter((one) => text.includes(one)).sort((a, b) => b.length - a.length);
    if (shown.length === 0) return text;
    const names = shown.map((one) => one.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
    const pattern = new RegExp(`(?:${names})(?![\\p{L}\\p{N}_])`, "gu");
    return text.replace(pattern, (one) => this.picks.get(one) ?? one);
  }

  /** Write something where the caret is, that is sent as something else. @param {string} shown @param {string} [token] */
  pick(shown, token) {
    if (token) this.picks.set(shown, token);
  }

  async #look() {
    const asked = ++this.#asked;
    const channelId = this.channelId();
    const { selectionStart: end, selectionEnd } = this.box;
    if (!channelId || end !== selectionEnd) return this.close();
    const before = this.box.value.slice(Math.max(0, end - 100), end);
    for (const { name, pattern, find } of COMPLETERS) {
      const match = pattern.exec(before);
      if (!match) continue;
      const options = await find(this.store, channelId, match[2]);
      if (asked !== this.#asked) return;
      if (options.length === 0) break;
      this.#from = end - match[1].length;
      return this.#show(name, options);
    }
    this.close();
  }

  /** @param {string} name @param {Option[]} options */
  #show(name, options) {
    this.#options = options;
    this.#list.setAttribute("aria-label", name);
    this.#list.replaceChildren(...options.map(({ label, hint, sign }, n) =>
      h("li", { role: "option", id: `${this.#id}-${n}` }, h("span", { class: "completion-sign", "aria-hidden": "true" }, sign),
        h("span", { class: "completion-label" }, h("bdi", {}, label)), hint && h("span", { class: "hint" }, hint))));
    this.#list.hidden = false;
    this.#choose(0);
  }

  /** @param {number} at */
  #choose(at) {
    this.#chosen = at;
    [...this.#list.children].forEach((one, n) => one.setAttribute("aria-selected", String(n === at)));
    this.#list.children[at]?.scrollIntoView({ block: "nearest" });
    this.box.setAttribute("aria-activedescendant", `${this.#id}-${at}`);
  }

  /** @param {Option} option */
  #take({ shown, token, run }) {
    this.close();
    const written = this.#distinct(shown, token);
    this.pick(written, token);
    this.box.setRangeText(run ? "" : `${written} `, this.#from, this.box.selectionStart, "end");
    this.box.dispatchEvent(new Event("input", { bubbles: true }));
    this.close();
    run?.();
  }

  /** Two people of one name are two. @param {string} shown @param {string} [token] */
  #distinct(shown, token) {
    let written = shown;
    for (let n = 2; token && (this.picks.get(written) ?? token) !== token; n++) written = `${shown} (${n})`;
    return written;
  }
}
