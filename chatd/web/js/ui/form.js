/**
 * Forms: fields with their label, hint and error, and the server's errors put where they belong.
 *
 * The server names what is wrong by its path in the body (error 50035): "name", "topic",
 * "permission_overwrites.0.allow". The sentence goes to the field of that name, else to the one that the
 * longest part of the path's beginning names, else above the form.
 */

import { h } from "../dom.js";
import { ApiError, NetworkError } from "../rest.js";

/**
 * @typedef {object} Field
 * @property {string} name            its path in the body
 * @property {string} label
 * @property {"text" | "textarea" | "password" | "email" | "number" | "select" | "checkbox" | "color" | "file"
 *   | "radio" | "custom" | "words"} [type]  text by default; words are read only, as `build` makes them
 * @property {string} [hint]
 * @property {any} [value]
 * @property {boolean} [required]
 * @property {boolean} [optional]     says so beside the label
 * @property {Record<string, any>} [attributes]  for the control: maxlength, placeholder, min, autocomplete
 * @property {{value: string, label: string, hint?: string, disabled?: boolean}[]} [options]  select and radio
 * @property {() => HTMLElement} [build]  custom: the control
 * @property {(element: HTMLElement) => any} [read]   custom, or in the place of the usual reading
 */

let lastId = 0;

/** One field. @param {Field} field */
export function fieldElement(field) {
  if (field.type === "words" && field.build) return field.build();
  const id = `f${++lastId}-${field.name.replaceAll(".", "-")}`;
  const hint = field.hint && h("p", { class: "hint", id: `${id}-hint` }, field.hint);
  const element = h("div", { class: "field", "data-name": field.name, "data-type": field.type ?? "text" });
  const label = [field.label, field.optional && h("span", { class: "optional" }, "optional")];
  if (field.type === "checkbox") {
    const box = h("input", { id, type: "checkbox", name: field.name, role: "switch", ...field.attributes });
    box.checked = Boolean(field.value);
    element.append(h("label", { class: "check", for: id }, h("span", {}, ...label), box));
  } else if (field.type === "radio") {
    element.append(radioGroup(field, id));
  } else {
    element.append(h("label", { for: id }, ...label), control(field, id));
  }
  if (hint) {
    element.append(hint);
    controlOf(element)?.setAttribute("aria-describedby", hint.id);
  }
  return element;
}

/** @param {Field} field @param {string} id */
function control(field, id) {
  const common = { id, name: field.name, required: field.required, ...field.attributes };
  if (field.type === "custom") {
    const element = /** @type {() => HTMLElement} */ (field.build)();
    element.id ||= id;
    return element;
  }
  if (field.type === "select") {
    return h("select", common, ...(field.options ?? []).map(({ value, label, disabled }) =>
      h("option", { value, disabled, selected: value === String(field.value ?? "") }, label)));
  }
  const element = field.type === "textarea" ? h("textarea", { rows: "3", ...common })
    : h("input", { type: field.type ?? "text", ...common });
  if (field.type !== "file") element.value = field.value ?? "";
  return element;
}

/** @param {Field} field @param {string} id */
function radioGroup(field, id) {
  return h("fieldset", { id, class: "radios" }, h("legend", {}, field.label),
    ...(field.options ?? []).map(({ value, label, hint, disabled }) => {
      const checked = value === String(field.value ?? "");
      return h("label", { class: "radio" },
        h("input", { type: "radio", name: field.name, value, checked, disabled }),
        h("span", {}, h("b", {}, label), hint && h("span", { class: "hint" }, hint)));
    }));
}

/** @param {Element} element  of the field @returns {HTMLElement | null} */
const controlOf = (element) => element.querySelector("input, textarea, select, button, [tabindex]");

/**
 * What was entered, by the names of the fields. Numbers are numbers, a switch is a boolean, a file the file
 * or null; the rest is text as it is.
 * @param {HTMLElement} form
 * @param {Field[]} fields
 * @returns {Record<string, any>}
 */
export function valuesOf(form, fields) {
  return Object.fromEntries(fields.map((field) => [field.name, valueOf(fieldNamed(form, field.name), field)]));
}

/** @param {HTMLElement | undefined} element @param {Field} field */
function valueOf(element, field) {
  if (!element) return undefined;
  if (field.read) return field.read(element);
  if (field.type === "radio") {
    return /** @type {HTMLInputElement | null} */ (element.querySelector("input:checked"))?.value;
  }
  const input = /** @type {HTMLInputElement | null} */ (element.querySelector("input, textarea, select"));
  if (!input) return undefined;
  if (field.type === "checkbox") return input.checked;
  if (field.type === "number") return input.value === "" ? null : Number(input.value);
  if (field.type === "file") return input.files?.[0] ?? null;
  return input.value;
}

/** @param {HTMLElement} form @param {string} name @returns {HTMLElement | undefined} */
export function fieldNamed(form, name) {
  return [.../** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll(".field[data-name]"))]
    .find((element) => element.dataset.name === name);
}

/** The field of that path, or of what it is in. @param {HTMLElement} form @param {string} path */
function nearestField(form, path) {
  for (let name = path; name !== ""; name = name.slice(0, Math.max(0, name.lastIndexOf(".")))) {
    const field = fieldNamed(form, name);
    if (field) return field;
  }
}

/** Put the sentence under the field. @param {HTMLElement} field @param {string} sentence */
export function showFieldError(field, sentence) {
  const input = controlOf(field);
  const id = `${input?.id || `f${++lastId}`}-error`;
  field.querySelector(".field-error")?.remove();
  field.append(h("p", { class: "field-error", id }, sentence));
  if (!input) return;
  input.setAttribute("aria-invalid", "true");
  const others = (input.getAttribute("aria-describedby") ?? "").split(" ").filter((one) => one && one !== id);
  input.setAttribute("aria-describedby", [...others, id].join(" "));
}

/** @param {HTMLElement} form */
export function clearErrors(form) {
  for (const error of form.querySelectorAll(".field-error")) {
    const input = controlOf(/** @type {Element} */ (error.parentElement));
    input?.removeAttribute("aria-invalid");
    const others = (input?.getAttribute("aria-describedby") ?? "").split(" ").filter((one) => one !== error.id);
    if (others.join("")) input?.setAttribute("aria-describedby", others.join(" "));
    else input?.removeAttribute("aria-describedby");
    error.remove();
  }
  const above = /** @type {HTMLElement | null} */ (form.querySelector(".form-error"));
  if (above) above.hidden = true;
}

/** The required fields that are empty say so. Answers whether there were any. @param {HTMLElement} form @param {Field[]} fields */
export function demandRequired(form, fields) {
  const empty = fields.filter(({ name, required }) => {
    const input = /** @type {HTMLInputElement | null | undefined} */ (
      fieldNamed(form, name)?.querySelector("input, textarea, select"));
    return required && input?.value.trim() === "";
  });
  for (const { name } of empty) showFieldError(/** @type {HTMLElement} */ (fieldNamed(form, name)), "This is needed.");
  focusFirstError(form);
  return empty.length > 0;
}

/** Put each of the server's sentences where it belongs. @param {HTMLElement} form @param {unknown} error */
export function showErrors(form, error) {
  if (!(error instanceof ApiError) && !(error instanceof NetworkError)) throw error;
  const elsewhere = [];
  for (const [path, sentence] of error instanceof ApiError ? error.fields : []) {
    const field = nearestField(form, path);
    if (field && !field.hidden) showFieldError(field, sentence);
    else elsewhere.push(sentence);
  }
  if (error instanceof NetworkError) elsewhere.push(`${error.message} Try again in a moment.`);
  else if (error.fields.size === 0) elsewhere.push(error.message);
  if (error instanceof ApiError && error.status === 429) {
    elsewhere.push(`Try again in ${Math.ceil(error.retry_after_s)} s.`);
  }
  const above = /** @type {HTMLElement | null} */ (form.querySelector(".form-error"));
  if (above) {
    above.textContent = elsewhere.join(" ");
    above.hidden = elsewhere.length === 0;
  }
  focusFirstError(form);
}

/** @param {HTMLElement} form */
function focusFirstError(form) {
  /** @type {HTMLElement | null} */ (form.querySelector("[aria-invalid]"))?.focus();
}

/** Where the errors stand that are about no field. */
export const errorPlace = () => h("p", { class: "form-error", role: "alert", hidden: true });
