/**
 * Dialogs: over the page, modal, one on top of another if need be. The browser's own `<dialog>` keeps the
 * focus inside, closes on Escape and gives the focus back to what had it.
 *
 *     const made = await openForm({title: "New channel", submit: "Create", fields: [...], send});
 *     if (await confirm({title: "Delete it?", yes: "Delete"})) …
 *     openDialog({title, body: [element], buttons: [button(…)]})
 */

import { h } from "../dom.js";
import { iconButton } from "./buttons.js";
import { clearErrors, demandRequired, errorPlace, fieldElement, showErrors, valuesOf } from "./form.js";
import { styles } from "./styles.js";

/** @typedef {import("./form.js").Field} Field */

let lastId = 0;

/**
 * @param {object} content
 * @param {string} content.title
 * @param {string} [content.id]
 * @param {string} [content.lead]            a sentence below the title
 * @param {(Node | string | null | undefined | false)[]} content.body
 * @param {HTMLElement[]} [content.buttons]  at its foot, the one that acts last
 * @param {"narrow" | "wide"} [content.size]
 * @returns {{element: HTMLDialogElement, close: () => void, closed: Promise<void>}}
 */
export function openDialog({ title, id, lead, body, buttons = [], size = "narrow" }) {
  const titleId = `dialog-${++lastId}`;
  const close = () => element.close();
  const element = h("dialog", { class: `dialog ${size}`, id, "aria-labelledby": titleId },
    h("header", {}, h("h2", { id: titleId }, title),
      iconButton("close", "Close", { onclick: close })),
    bodyElement(lead, body),
    buttons.length > 0 && h("footer", {}, ...buttons));
  const before = document.activeElement;
  // A press on what is behind it closes it; one that began inside, to select text, does not.
  let began = /** @type {EventTarget | null} */ (null);
  element.addEventListener("pointerdown", (event) => (began = event.target));
  element.addEventListener("click", (event) => {
    if (event.target === element && began === element) close();
  });
  /** @type {Promise<void>} */
  const closed = new Promise((resolve) => element.addEventListener("close", () => {
    element.remove();
    if (before instanceof HTMLElement && before.isConnected && document.activeElement === document.body) {
      before.focus();
    }
    resolve();
  }, { once: true }));
  document.body.append(element);
  void styles("dialogs").then(() => element.isConnected && show(element));
  return { element, close, closed };
}

/**
 * What holds nothing to press can still be scrolled by the keys.
 * @param {string | undefined} lead
 * @param {(Node | string | null | undefined | false)[]} body
 */
function bodyElement(lead, body) {
  const element = h("div", { class: "dialog-body" }, lead && h("p", { class: "lead" }, lead), ...body);
  if (!element.querySelector("input, textarea, select, button, a")) element.tabIndex = 0;
  return element;
}

/** The first control has the focus, not the cross. @param {HTMLDialogElement} element */
function show(element) {
  element.showModal();
  /** @type {HTMLElement | null} */
  const first = element.querySelector("[autofocus], .dialog-body :is(input, textarea, select, button):enabled")
    ?? element.querySelector("footer button");
  first?.focus();
}

/**
 * Ask before something that cannot be taken back.
 * @param {{title: string, id?: string, body?: (Node | string)[], yes: string, no?: string, danger?: boolean}} question
 * @returns {Promise<boolean>}
 */
export async function confirm({ title, id, body = [], yes, no = "Cancel", danger = true }) {
  let agreed = false;
  const stay = h("button", { type: "button", class: "plain", autofocus: true, onclick: () => close() }, no);
  const agree = h("button", {
    type: "button", class: danger ? "danger" : "primary", onclick: () => { agreed = true; close(); },
  }, yes);
  const { close, closed } = openDialog({ title, id, body, buttons: [stay, agree] });
  await closed;
  return agreed;
}

/**
 * A form in a dialog. It stays open until the server has agreed; what the server says about a field is shown
 * beside it.
 * @template T
 * @param {object} form
 * @param {string} form.title
 * @param {string} [form.id]
 * @param {string} [form.lead]
 * @param {string} form.submit               what the button says
 * @param {boolean} [form.danger]
 * @param {"narrow" | "wide"} [form.size]
 * @param {Field[]} form.fields
 * @param {(Node | string)[]} [form.after]   below the fields
 * @param {(values: Record<string, any>) => Promise<T>} form.send
 * @returns {Promise<T | null>}  what the server answered; null when it was closed without
 */
export async function openForm({ title, id, lead, submit, danger, size, fields, after = [], send }) {
  /** @type {T | null} */
  let answer = null;
  const formId = `form-${++lastId}`;
  const fieldset = h("fieldset", {}, ...fields.map(fieldElement), ...after);
  const form = h("form", { id: formId, novalidate: true, method: "dialog" }, errorPlace(), fieldset);
  const button = h("button", { type: "submit", form: formId, class: danger ? "danger" : "primary" }, submit);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void attempt();
  });

  async function attempt() {
    clearErrors(form);
    if (fieldset.disabled || demandRequired(form, fields)) return;
    const values = valuesOf(form, fields);
    fieldset.disabled = button.disabled = true;
    try {
      answer = await send(values);
      close();
    } catch (error) {
      fieldset.disabled = button.disabled = false;
      showErrors(form, error);
    }
  }

  const cancel = h("button", { type: "button", class: "plain", onclick: () => close() }, "Cancel");
  const { close, closed } = openDialog({ title, id, lead, size, body: [form], buttons: [cancel, button] });
  await closed;
  return answer;
}
