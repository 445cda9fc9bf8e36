/**
 * A box in which one types and is offered what it may be: people, roles, channels, or what a bot proposes. The
 * focus stays in the box.
 */

import { h } from "../dom.js";
import { Listbox } from "../ui/listbox.js";

/** @typedef {import("./choices.js").Choice} Choice */

export class Combo {
  input = h("input", {
    type: "text", class: "input", role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list", autocomplete: "off",
    spellcheck: "false",
  });
  #panel = h("div", { class: "completions", hidden: true });
  element = h("div", { class: "combo" }, this.input, this.#panel);
  /** What was chosen, and not only typed. @type {Choice | null} */ chosen = null;
  /** @type {Listbox} */ #list;
  #asked = 0;

  /**
   * @param {string} label
   * @param {(typed: string) => Choice[] | Promise<Choice[]>} find
   * @param {number} [wait_ms]  after the last key, before it is asked
   */
  constructor(label, find, wait_ms = 0) {
    this.find = find;
    this.wait_ms = wait_ms;
    this.#list = new Listbox(this.input, { label: `Proposals for ${label}`, pick: (choice) => this.take(choice) });
    this.#panel.append(this.#list.element);
    this.input.addEventListener("input", () => {
      this.chosen = null;
      void this.#look();
    });
    this.input.addEventListener("focus", () => this.chosen || void this.#look());
    this.input.addEventListener("blur", () => this.close());
    this.input.addEventListener("keydown", (event) => this.#keyed(event));
  }

  /** @param {Choice} choice */
  take(choice) {
    this.chosen = choice;
    this.input.value = choice.label;
    this.close();
  }

  close() {
    this.#asked++;
    this.#panel.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  async #look() {
    const asked = ++this.#asked;
    if (this.wait_ms) await new Promise((resolve) => setTimeout(resolve, this.wait_ms));
    if (asked !== this.#asked) return;
    const choices = await this.find(this.input.value);
    if (asked !== this.#asked) return;
    this.#list.show(choices, 0);
    this.#panel.hidden = choices.length === 0;
    this.input.setAttribute("aria-expanded", String(choices.length > 0));
  }

  /** @param {KeyboardEvent} event */
  #keyed(event) {
    if (this.#panel.hidden) {
      if (event.key === "ArrowDown") void this.#look();
      return;
    }
    if (event.key === "Escape") {
      event.stopPropagation();
      event.preventDefault();
      this.close();
    } else this.#list.keyed(event);
  }
}
