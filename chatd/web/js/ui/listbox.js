/**
 * Choices in a list that the keys walk through while the focus stays where one types: a listbox, and the
 * combobox that owns it. Used by what completes the message box, by menus of messages and by options of commands.
 */

import { h } from "../dom.js";

/** @typedef {import("../interactions/choices.js").Choice} Choice */

let lastId = 0;

export class Listbox {
  #id = `listbox-${++lastId}`;
  /** @type {Choice[]} */ #choices = [];
  #at = 0;
  element = h("div", { class: "listbox", role: "listbox", id: this.#id });

  /**
   * @param {HTMLElement} owner  has the focus
   * @param {{label: string, several?: boolean, isChosen?: (choice: Choice) => boolean,
   *   pick: (choice: Choice) => void, groupOf?: (choice: Choice) => string}} options
   */
  constructor(owner, options) {
    this.owner = owner;
    this.options = options;
    this.element.setAttribute("aria-label", options.label);
    if (options.several) this.element.setAttribute("aria-multiselectable", "true");
    owner.setAttribute("aria-controls", this.#id);
    this.element.addEventListener("pointerdown", (event) => event.preventDefault()); // the focus stays
    this.element.addEventListener("click", ({ target }) => {
      const option = /** @type {HTMLElement | null} */ (/** @type {Element} */ (target).closest("[role=option]"));
      if (option) this.#pick(Number(option.dataset.at));
    });
  }

  get count() {
    return this.#choices.length;
  }

  /** @param {Choice[]} choices @param {number} [at]  which is to be taken first; absent: the one it was */
  show(choices, at) {
    this.#choices = choices;
    this.#at = Math.max(0, Math.min(at ?? this.#at, choices.length - 1));
    const { groupOf } = this.options;
    /** @type {Node[]} */ const nodes = [];
    /** @type {HTMLElement | null} */ let group = null;
    let name = "";
    choices.forEach((choice, n) => {
      const next = groupOf?.(choice) ?? "";
      if (next !== name) {
        name = next;
        group = h("div", { role: "group", "aria-label": name }, h("p", { class: "listbox-group", "aria-hidden": "true" }, name));
        nodes.push(group);
      }
      const option = this.#option(choice, n);
      if (group) group.append(option);
      else nodes.push(option);
    });
    this.element.replaceChildren(...nodes);
    this.#walk(this.#at);
  }

  /** @param {Choice} choice @param {number} n */
  #option(choice, n) {
    const { label, hint, sign } = choice;
    const { several, isChosen } = this.options;
    const chosen = isChosen?.(choice) ?? false;
    return h("div", {
      role: "option", id: `${this.#id}-${n}`, "data-at": n, class: "option",
      "aria-selected": String(isChosen ? chosen : n === this.#at),
    },
      several && h("span", { class: "tick", "aria-hidden": "true", "data-on": chosen && "" }),
      sign && h("span", { class: "option-sign", "aria-hidden": "true" }, sign()),
      h("span", { class: "option-words" }, h("bdi", { class: "option-label" }, label), hint && h("span", { class: "option-hint" }, hint)));
  }

  /** Whether the key was for the list. @param {KeyboardEvent} event @param {boolean} [withSpace] */
  keyed(event, withSpace = false) {
    if (this.count === 0 || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return false;
    const last = this.count - 1;
    if (event.key === "ArrowDown") this.#walk(this.#at === last ? 0 : this.#at + 1);
    else if (event.key === "ArrowUp") this.#walk(this.#at === 0 ? last : this.#at - 1);
    else if (event.key === "PageDown") this.#walk(Math.min(last, this.#at + 8));
    else if (event.key === "PageUp") this.#walk(Math.max(0, this.#at - 8));
    else if (event.key === "Enter" || (withSpace && event.key === " ")) this.#pick(this.#at);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  /** @param {number} at */
  #walk(at) {
    this.#at = at;
    const options = this.#elements();
    options.forEach((one, n) => {
      one.classList.toggle("active", n === at);
      if (!this.options.isChosen) one.setAttribute("aria-selected", String(n === at));
    });
    options[at]?.scrollIntoView({ block: "nearest" });
    if (options[at]) this.owner.setAttribute("aria-activedescendant", options[at].id);
    else this.owner.removeAttribute("aria-activedescendant");
  }

  /** Go to the first whose name begins so. @param {string} letter */
  find(letter) {
    const wanted = letter.toLocaleLowerCase();
    const begins = (/** @type {number} */ n) => this.#choices[n].label.toLocaleLowerCase().startsWith(wanted);
    const order = this.#choices.map((_, n) => (this.#at + 1 + n) % this.count);
    const found = order.find(begins);
    if (found !== undefined) this.#walk(found);
  }

  /** @returns {HTMLElement[]} */
  #elements() {
    return [.../** @type {NodeListOf<HTMLElement>} */ (this.element.querySelectorAll("[role=option]"))];
  }

  /** @param {number} at */
  #pick(at) {
    const choice = this.#choices[at];
    if (!choice) return;
    this.#at = at;
    this.options.pick(choice);
  }
}
