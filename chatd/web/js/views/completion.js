/**
 * The list of what the message box can complete, above it. The focus stays in the box: arrows choose, Enter and
 * Tab take, Escape closes. Loaded with the first letter that is written.
 */

import { h } from "../dom.js";
import { Listbox } from "../ui/listbox.js";
import { COMPLETERS } from "./completers.js";

/** @typedef {import("./completers.js").Option} Option */
/** @typedef {import("../interactions/choices.js").Choice & {option: Option}} Choice */

// No completer looks further back.
const LOOKED_AT_MAX = 200;

export class Completion {
  /** What is replaced. */ #from = 0;
  #asked = 0;
  /** @type {Listbox} */ #list;
  #nothing = h("p", { class: "hint nothing" });
  element = h("div", { class: "completion", hidden: true });

  /**
   * @param {HTMLTextAreaElement} box
   * @param {import("../client.js").Client} client
   * @param {import("./picks.js").Picks} picks
   */
  constructor(box, client, picks) {
    this.box = box;
    this.client = client;
    this.picks = picks;
    box.setAttribute("aria-autocomplete", "list");
    this.#list = new Listbox(box, {
      label: "", pick: (choice) => this.#take(/** @type {Choice} */ (choice).option),
      groupOf: (choice) => /** @type {Choice} */ (choice).option.group ?? "",
    });
    this.element.append(this.#list.element, this.#nothing);
    box.addEventListener("input", () => void this.look());
    box.addEventListener("click", () => void this.look());
    box.addEventListener("blur", () => this.close());
    client.addEventListener("GUILD_APPLICATION_COMMAND_INDEX_UPDATE", () => this.element.hidden || void this.look());
  }

  /** Whether the key was for the list. @param {KeyboardEvent} event */
  keyed(event) {
    if (this.element.hidden || event.isComposing || event.shiftKey) return false;
    if (event.key === "Escape") {
      this.close();
      event.preventDefault();
      return true;
    }
    const isTab = event.key === "Tab" && this.#list.count > 0;
    if (isTab) event.preventDefault();
    return this.#list.keyed(isTab ? new KeyboardEvent("keydown", { key: "Enter" }) : event);
  }

  close() {
    this.#asked++;
    this.element.hidden = true;
    this.box.removeAttribute("aria-activedescendant");
  }

  /** What can be completed where the caret is. */
  async look() {
    const asked = ++this.#asked;
    const { box, client } = this;
    const { selectionStart: end, selectionEnd, value } = box;
    const channelId = client.store.open;
    if (!channelId || end !== selectionEnd || document.activeElement !== box) return this.close();
    const before = end > LOOKED_AT_MAX ? `…${value.slice(end - LOOKED_AT_MAX, end)}` : value.slice(0, end);
    for (const { name, pattern, find } of COMPLETERS) {
      const match = pattern.exec(before);
      if (!match) continue;
      const options = await find({ client, store: client.store, channelId, box }, match[2]);
      if (asked !== this.#asked) return;
      if (options.length === 0) break;
      this.#from = end - match[1].length;
      return this.#show(name, options);
    }
    this.close();
  }

  /** @param {string} name @param {Option[] | string} options */
  #show(name, options) {
    const some = typeof options === "string" ? [] : options;
    this.#list.element.setAttribute("aria-label", name);
    this.#list.show(some.map((option) => ({ ...option, option, value: option.label })), 0);
    this.#nothing.textContent = typeof options === "string" ? options : "";
    this.#nothing.hidden = some.length > 0;
    this.element.hidden = false;
  }

  /** @param {Option} option */
  #take({ shown, token, run }) {
    this.close();
    this.box.setRangeText(run ? "" : `${this.picks.put(shown, token)} `, this.#from, this.box.selectionStart, "end");
    this.box.dispatchEvent(new Event("input", { bubbles: true }));
    this.close();
    run?.();
  }
}
