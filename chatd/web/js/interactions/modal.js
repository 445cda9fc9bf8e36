/**
 * A form that a bot answers with: it is shown to the one who has asked, in the tab where they have, and sent in
 * once. What is not as the bot wants it is said at its field.
 */

import { h } from "../dom.js";
import { ApiError } from "../rest.js";
import { openForm } from "../ui/dialog.js";
import { icon } from "../ui/icons.js";
import { styles } from "../ui/styles.js";
import { chosenOf } from "../views/components.js";
import { markupOf } from "../views/markup.js";
import { namesIn } from "../views/names.js";
import { ask, outcome } from "./asking.js";
import { choicesOfMenu } from "./choices.js";
import { pick } from "./picker.js";

/** @typedef {import("../client.js").Client} Client */
/** @typedef {import("../types.js").Component} Component */
/** @typedef {import("../ui/form.js").Field} Field */
/**
 * @typedef {{id: string, nonce: string, channel_id: string, application: {id: string, name: string},
 *   custom_id: string, title: string, components: Component[]}} Modal
 */

const ROW = 1, TEXT_INPUT = 4, TEXT = 10, LABEL = 18, FILES = 19, RADIO = 21, CHECKBOXES = 22, CHECKBOX = 23;
const PARAGRAPH = 2;

/** @type {WeakSet<Client>} */
const listening = new WeakSet();

/** Show what comes from now on. @param {Client} client */
export function listenForForms(client) {
  if (listening.has(client)) return;
  listening.add(client);
  client.addEventListener("INTERACTION_MODAL_CREATE", (event) => {
    const modal = /** @type {CustomEvent<Modal>} */ (event).detail;
    // Every session of ours hears of it; the one that has asked knows the nonce.
    if (client.store.asked.has(String(modal.nonce))) void showForm(client, modal);
  });
}

/** @param {Client} client @param {Modal} modal */
async function showForm(client, modal) {
  await styles("components", "listbox", "commands");
  const fields = modal.components.map((component, at) => fieldOf(client, modal, component, `components.${at}`));
  await openForm({
    title: modal.title, id: "modal", lead: `This goes to ${modal.application.name}.`, submit: "Send", fields,
    send: (values) => sendIn(client, modal, values),
  });
}

/** @param {Client} client @param {Modal} modal @param {Record<string, any>} values  by the paths of the components */
async function sendIn(client, modal, values) {
  /** @type {File[]} */ const files = [];
  const components = modal.components.map((outer, at) => filled(outer, values[`components.${at}`], files));
  demand(modal.components, components);
  const attachments = files.map(({ name }, id) => ({ id, filename: name }));
  const about = { channel_id: modal.channel_id, application_id: modal.application.id };
  const data = { id: modal.id, custom_id: modal.custom_id, components, ...(files.length && { attachments }) };
  try {
    const reason = await outcome(client.store, await ask(client, about, { type: 5, data }, files));
    if (reason) throw new ApiError(400, { message: reason });
  } catch (error) {
    if (error instanceof ApiError) {
      error.fields = new Map([...error.fields].map(([path, said]) => [/components\.\d+/.exec(path)?.[0] ?? path, said]));
    }
    throw error;
  }
  return true;
}

/** The component that one fills in. @param {Component} outer @returns {Component | undefined} */
const inside = (outer) => (outer.type === LABEL ? outer.component : outer.type === ROW ? outer.components?.[0] : undefined);

/** A component as it is sent in, nested as it came. @param {Component} outer @param {any} given @param {File[]} files */
function filled(outer, given, files) {
  const { type, id } = outer;
  const component = inside(outer);
  if (!component) return { type, id };
  const answer = { type: component.type, id: component.id, custom_id: component.custom_id, ...answerOf(component, given, files) };
  return type === LABEL ? { type, id, component: answer } : { type, id, components: [answer] };
}

/** @param {Component} component @param {any} given @param {File[]} files */
function answerOf({ type }, given, files) {
  if (type === FILES) return { values: given.map((/** @type {File} */ file) => files.push(file) - 1) };
  if (type === CHECKBOX || type === TEXT_INPUT) return { value: given };
  return type === RADIO ? { value: given ?? null } : { values: given };
}

/** Say of everything at once that is needed and missing, as the server would. @param {Component[]} asked @param {any[]} given */
function demand(asked, given) {
  const errors = Object.fromEntries(asked.flatMap((outer, at) => {
    const component = inside(outer);
    if (!component || component.type === CHECKBOX || component.required === false) return [];
    const { value, values } = given[at].component ?? given[at].components[0];
    const isEmpty = values ? values.length === 0 : value === null || value === "";
    return isEmpty ? [[at, { _errors: [{ message: "This is needed." }] }]] : [];
  }));
  if (Object.keys(errors).length > 0) throw new ApiError(400, { errors: { components: errors } });
}

/** @param {Client} client @param {Modal} modal @param {Component} outer @param {string} name @returns {Field} */
function fieldOf({ store }, modal, outer, name) {
  if (outer.type === TEXT) {
    const names = namesIn(store, store.channels.get(modal.channel_id)?.guild_id);
    return { name, label: "", type: "words", build: () => h("div", { class: "content" }, ...markupOf(outer.content ?? "", names)) };
  }
  const component = /** @type {Component} */ (inside(outer));
  const optional = component.required === false;
  const common = { name, label: outer.label ?? component.label ?? "", hint: outer.description, optional };
  const { type, options = [] } = component;
  if (type === TEXT_INPUT) return { ...common, ...textField(component) };
  if (type === CHECKBOX) return { ...common, optional: false, type: "checkbox", value: component.default };
  if (type === FILES) return { ...common, ...fileField(component) };
  if (type === RADIO) {
    const value = options.find((one) => one.default)?.value;
    return { ...common, type: "radio", value, options: options.map(({ description: hint, ...one }) => ({ ...one, hint })) };
  }
  if (type === CHECKBOXES) return { ...common, ...checkboxesField(component) };
  return { ...common, ...menuField(store, modal.channel_id, component, common.label) };
}

/** @param {Component} component @returns {Partial<Field>} */
function textField({ style, value, placeholder, min_length: minlength, max_length: maxlength, required }) {
  return {
    type: style === PARAGRAPH ? "textarea" : "text", value,
    attributes: { required: required !== false, placeholder, minlength, maxlength, ...(style === PARAGRAPH && { rows: 4 }) },
  };
}

/** Groups of files are told to the browser as media types. @param {Component} component @returns {Partial<Field>} */
function fileField({ max_values = 1, file_types = [] }) {
  const accept = file_types.map((each) => (each.startsWith(".") ? each : `${each}/*`)).join(",");
  return {
    type: "file", attributes: { multiple: max_values > 1, accept: accept || null },
    read: (element) => [...(/** @type {HTMLInputElement} */ (element.querySelector("input")).files ?? [])],
  };
}

/** @param {Component} component @returns {Partial<Field>} */
function checkboxesField({ options = [] }) {
  return {
    type: "custom",
    build: () => h("div", { class: "checks", role: "group" }, ...options.map(({ label, value, description, default: checked }) =>
      h("label", { class: "radio" }, h("input", { type: "checkbox", value, checked }),
        h("span", {}, h("b", {}, label), description && h("span", { class: "hint" }, description))))),
    read: (element) => [.../** @type {NodeListOf<HTMLInputElement>} */ (element.querySelectorAll("input:checked"))].map(({ value }) => value),
  };
}

/**
 * A button that says what is chosen and opens the choices.
 * @param {import("../store.js").Store} store
 * @param {string} channelId
 * @param {Component} menu
 * @param {string} label
 * @returns {Partial<Field>}
 */
function menuField(store, channelId, menu, label) {
  let chosen = chosenOf(menu);
  const { placeholder = "Make a selection", min_values: least, max_values: most } = menu;
  const words = h("span", {});
  const button = h("button", {
    type: "button", class: "component-menu", "aria-haspopup": "listbox", "aria-expanded": "false",
    onclick: async () => {
      const values = await pick(button, { label, choices: choicesOfMenu(store, channelId, menu), least, most, chosen });
      if (values) chosen = values;
      draw();
      button.focus();
    },
  }, words, icon("chevron"));
  const draw = () => {
    const names = choicesOfMenu(store, channelId, menu).filter(({ value }) => chosen.includes(value)).map((one) => one.label);
    words.textContent = names.join(", ") || placeholder;
    words.className = names.length ? "menu-chosen" : "menu-placeholder";
    button.setAttribute("aria-label", `${label}: ${words.textContent}`);
  };
  draw();
  return { type: "custom", build: () => button, read: () => chosen };
}
