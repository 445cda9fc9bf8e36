/**
 * A command that is being filled in: one field for each option, those that must be there first, the others
 * when they are wanted. What is wrong with an option is said beside it.
 */

import { h } from "../dom.js";
import { ApiError, NetworkError } from "../rest.js";
import { avatar } from "../ui/avatar.js";
import { iconButton } from "../ui/buttons.js";
import { clearErrors, showFieldError } from "../ui/form.js";
import { sentenceOf } from "../ui/toast.js";
import { ask } from "./asking.js";
import { described, spoken } from "./command-index.js";
import { complete } from "./completing.js";
import { optionInput, valueProblem } from "./option-inputs.js";

/** @typedef {import("../client.js").Client} Client */
/** @typedef {import("./command-index.js").Usable} Usable */
/** @typedef {import("./command-index.js").Option} Option */
/** @typedef {import("./option-inputs.js").Input} Input */
/** @typedef {{option: Option, field: HTMLElement, input: Input}} Entry */

let lastId = 0;

export class CommandBar {
  /** In the order in which they stand. @type {Entry[]} */ #entries = [];
  #options = h("div", { class: "command-options" });
  #more = h("div", { class: "command-foot" });
  #send = h("button", { type: "button", class: "primary", id: "send-command", onclick: () => void this.#submit() }, "Send");
  #error = h("p", { class: "form-error", role: "alert", hidden: true });
  #busy = false;
  element;

  /**
   * @param {Client} client
   * @param {Usable} usable
   * @param {string} channelId
   * @param {{leave: () => void, again: (values: Map<string, any>) => void}} on
   * @param {Map<string, any>} [values]  what was given the last time
   */
  constructor(client, usable, channelId, on, values = new Map()) {
    this.client = client;
    this.usable = usable;
    this.channelId = channelId;
    this.on = on;
    const { application, name, description, options } = usable;
    this.element = h("div", { class: "command-bar", role: "group", "aria-label": `/${name}` },
      h("div", { class: "command-head" }, avatar(application.bot ?? { id: application.id }, application.name),
        h("p", { class: "command-title" }, h("b", {}, `/${name}`), h("span", { class: "hint" }, description)),
        iconButton("close", "Do not use this command", { onclick: on.leave })),
      this.#error, this.#options, this.#more);
    for (const option of options) if (option.required || values.has(option.name)) this.#add(option, values.get(option.name));
    this.#drawMore();
    this.element.addEventListener("keydown", (event) => this.#keyed(event));
  }

  /** Where one begins: at what must be filled in, else where it is sent. */
  focus() {
    (this.#entries[0]?.input.control ?? this.#send).focus();
  }

  /** @param {Option} option @param {any} [value] */
  #add(option, value) {
    const id = `option-${++lastId}`;
    const typed = { store: this.client.store, channelId: this.channelId };
    const input = optionInput(typed, option, (focused) => this.#complete(option, focused));
    input.control.id = id;
    if (value !== undefined) input.fill?.(value);
    const hint = h("p", { class: "hint", id: `${id}-hint` }, described(option));
    input.control.setAttribute("aria-describedby", hint.id);
    input.control.setAttribute("aria-required", String(option.required === true));
    const field = h("div", { class: "field", "data-option": option.name },
      h("div", { class: "option-top" }, h("label", { for: id }, spoken(option)),
        !option.required && iconButton("close", `Leave ${spoken(option)} out`, { onclick: () => this.#remove(option) })),
      input.element, hint);
    this.#entries.push({ option, field, input });
    this.#options.append(field);
  }

  /** @param {Option} option */
  #remove(option) {
    this.#entries.find((one) => one.option === option)?.field.remove();
    this.#entries = this.#entries.filter((one) => one.option !== option);
    this.#drawMore();
    /** @type {HTMLElement | null} */ (this.#more.querySelector(`[data-add="${CSS.escape(option.name)}"]`))?.focus();
  }

  /** What may be added, and the button that sends. */
  #drawMore() {
    const rest = this.usable.options.filter((option) => !this.#entries.some((one) => one.option === option));
    this.#more.replaceChildren(...rest.map((option) => h("button", {
      type: "button", class: "add-option", "data-add": option.name, "data-tip": described(option),
      onclick: () => {
        this.#add(option);
        this.#drawMore();
        this.#entries.at(-1)?.input.control.focus();
      },
    }, `+ ${spoken(option)}`)), this.#send);
  }

  /** @param {KeyboardEvent} event */
  #keyed(event) {
    if (event.defaultPrevented || event.isComposing) return;
    const { target } = event;
    if (event.key === "Escape") {
      event.preventDefault();
      this.on.leave();
    } else if (event.key === "Enter" && (target instanceof HTMLInputElement || target instanceof HTMLSelectElement) && target.type !== "file") {
      event.preventDefault();
      void this.#submit();
    }
  }

  /** @param {Option} focused @param {string} typed */
  async #complete(focused, typed) {
    const others = this.#entries.filter(({ option, input }) => option !== focused && option.type !== 11 && !input.isEmpty())
      .map(({ option, input }) => ({ type: option.type, name: option.name, value: input.value() }))
      .filter(({ value }) => value !== null);
    const options = this.#nested([...others, { type: focused.type, name: focused.name, value: typed, focused: true }]);
    const { id, version, application_id } = this.usable.command;
    return complete(this.client, { application_id, channel_id: this.channelId }, { id, version, options });
  }

  /** Within the sub command that they are of. @param {object[]} options @returns {object[]} */
  #nested(options) {
    const { path } = this.usable;
    const kinds = path.map((_, n) => (n === path.length - 1 ? 1 : 2));
    return [...path].reverse().reduce((inside, name, n) => [{ type: kinds[path.length - 1 - n], name, options: inside }],
      /** @type {object[]} */ (options));
  }

  async #submit() {
    if (this.#busy) return;
    clearErrors(this.element);
    this.#error.hidden = true;
    const problems = this.#entries.map(({ option, input }) => valueProblem(option, input));
    problems.forEach((said, n) => said && showFieldError(this.#entries[n].field, said));
    if (problems.some(Boolean)) return this.#focusError();
    /** @type {File[]} */ const files = [];
    const filled = this.#entries.filter(({ input }) => !input.isEmpty());
    const options = filled.map(({ option: { type, name }, input }) => {
      const value = input.value();
      return { type, name, value: value instanceof File ? String(files.push(value) - 1) : value };
    });
    await this.#ask(filled, options, files);
  }

  /** @param {Entry[]} filled @param {object[]} options @param {File[]} files */
  async #ask(filled, options, files) {
    const { id, version, application_id } = this.usable.command;
    const attachments = files.map(({ name }, n) => ({ id: n, filename: name }));
    const data = { id, version, options: this.#nested(options), ...(files.length && { attachments }) };
    const values = new Map(filled.map(({ option, input }) => [option.name, input.kept()]));
    const about = {
      application_id, channel_id: this.channelId, words: `/${this.usable.name}`, again: () => this.on.again(values),
    };
    this.#busy = this.#send.disabled = true;
    try {
      await ask(this.client, about, { type: 2, data }, files);
      this.on.leave();
    } catch (error) {
      this.#busy = this.#send.disabled = false;
      this.#say(error, filled);
    }
  }

  /** @param {unknown} error @param {Entry[]} filled  in the order in which they were sent */
  #say(error, filled) {
    if (!(error instanceof ApiError) && !(error instanceof NetworkError)) throw error;
    const elsewhere = [];
    for (const [path, said] of error instanceof ApiError ? error.fields : []) {
      // data.options.0.options.1.value: the last number is that of the option.
      const at = [...path.matchAll(/options\.(\d+)/g)][this.usable.path.length]?.[1];
      const entry = at === undefined ? undefined : filled[Number(at)];
      if (entry) showFieldError(entry.field, said);
      else elsewhere.push(said);
    }
    if (!(error instanceof ApiError) || error.fields.size === 0) elsewhere.push(sentenceOf(error));
    this.#error.textContent = elsewhere.join(" ");
    this.#error.hidden = elsewhere.length === 0;
    this.#focusError();
  }

  #focusError() {
    /** @type {HTMLElement | null} */ (this.element.querySelector("[aria-invalid]"))?.focus();
  }
}
