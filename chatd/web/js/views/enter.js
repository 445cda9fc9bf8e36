/**
 * The three doors: sign in, sign up, and the one-time set-up of the owner.
 *
 * They are one form with different fields, so there is one code path: collect, send, show what the server
 * said. The server decides what is valid; the only check made here is that required fields are not empty.
 */

import { find, fromTemplate, h } from "../dom.js";
import { safeNext } from "../paths.js";
import * as rest from "../rest.js";

/** @type {Record<string, (fields: any) => Promise<any>>} */
const SEND = { login: rest.login, register: rest.register, setup: rest.setUp };

/** @param {"login" | "register" | "setup"} page */
export function showForm(page) {
  document.body.append(fromTemplate(`page-${page}`));
  /** @type {HTMLFormElement} */
  const form = find("form");
  document.title = `${find("h1").textContent} · chatd`;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void submit(form, SEND[page]);
  });
  wireShowPassword(form);
  wireDoors(form);
  takeFromAddress(form);
  void showPolicy(form, page);
  firstEmpty(form)?.focus();
}

/**
 * @param {HTMLFormElement} form
 * @param {(fields: any) => Promise<any>} send
 */
async function submit(form, send) {
  clearErrors(form);
  const values = valuesOf(form);
  for (const input of inputsOf(form)) {
    if (input.required && !values[input.name]) showFieldError(form, input.name, "This is needed.");
  }
  if (focusFirstError(form)) return;
  setBusy(form, true);
  try {
    arrive(form, await send(values));
  } catch (error) {
    setBusy(form, false);
    showError(form, error);
  }
}

/**
 * Go on to the app. Whoever is signed in already goes there too, but must hear that they own nothing by it.
 * @param {HTMLFormElement} form
 * @param {{user: import("../types.js").User, already_signed_in?: boolean}} answer
 */
function arrive(form, { user, already_signed_in }) {
  if (form.id === "setup-form" && already_signed_in) {
    setBusy(form, false);
    return showFormError(form, `You are signed in as ${user.username}. Sign out, then open the link again.`);
  }
  // Still busy: the next page is on its way, and a second submit would be refused.
  location.assign(safeNext(new URLSearchParams(location.search).get("next")));
}

/**
 * What was typed, without the fields left empty. A password keeps its spaces.
 * @param {HTMLFormElement} form
 */
function valuesOf(form) {
  /** @type {Record<string, string>} */
  const values = {};
  for (const { name, type, value } of inputsOf(form)) {
    const typed = name === "password" || type === "password" ? value : value.trim();
    if (typed !== "") values[name] = typed;
  }
  return values;
}

/** @param {HTMLFormElement} form @param {unknown} error */
function showError(form, error) {
  if (!(error instanceof rest.ApiError)) {
    if (!(error instanceof rest.NetworkError)) throw error;
    return showFormError(form, `${error.message} Try again in a moment.`);
  }
  /** @type {string[]} */
  const elsewhere = [];
  for (const [name, sentence] of error.fields) {
    if (!showFieldError(form, name, sentence)) elsewhere.push(sentence);
  }
  if (error.fields.size === 0) elsewhere.push(error.message);
  if (error.status === 429) elsewhere.push(`Try again in ${Math.ceil(error.retry_after_s)} s.`);
  showFormError(form, elsewhere.join(" "));
  if (!focusFirstError(form)) firstPassword(form)?.select();
}

/** @param {HTMLFormElement} form @param {string} sentence */
function showFormError(form, sentence) {
  const place = find(".form-error", form);
  place.textContent = sentence;
  place.hidden = sentence === "";
}

/**
 * Put the sentence under the field and tie it to the input for screen readers.
 * @param {HTMLFormElement} form
 * @param {string} name
 * @param {string} sentence
 * @returns {boolean} false when no visible field has that name
 */
function showFieldError(form, name, sentence) {
  const input = inputsOf(form).find((candidate) => candidate.name === name);
  const field = /** @type {HTMLElement | null | undefined} */ (input?.closest(".field"));
  if (!input || !field || field.hidden) return false;
  const id = `error-${name}`;
  field.append(h("p", { id, class: "field-error" }, sentence));
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", `${input.getAttribute("aria-describedby") ?? ""} ${id}`.trim());
  return true;
}

/** @param {HTMLFormElement} form */
function clearErrors(form) {
  showFormError(form, "");
  for (const input of inputsOf(form)) {
    if (!input.hasAttribute("aria-invalid")) continue;
    input.removeAttribute("aria-invalid");
    const hint = document.getElementById(`hint-${input.name}`);
    if (hint) input.setAttribute("aria-describedby", hint.id);
    else input.removeAttribute("aria-describedby");
  }
  for (const error of form.querySelectorAll(".field-error")) error.remove();
}

/** @param {HTMLFormElement} form */
function focusFirstError(form) {
  const input = inputsOf(form).find((candidate) => candidate.hasAttribute("aria-invalid"));
  input?.focus();
  return input !== undefined;
}

/** @param {HTMLFormElement} form @param {boolean} busy */
function setBusy(form, busy) {
  const button = find("button[type=submit]", form);
  find("fieldset", form).toggleAttribute("disabled", busy);
  form.setAttribute("aria-busy", String(busy));
  button.dataset.idle ??= button.textContent ?? "";
  button.textContent = (busy ? button.dataset.busy : button.dataset.idle) ?? "";
}

/** @param {HTMLFormElement} form */
function wireShowPassword(form) {
  const button = find(".show-password", form);
  button.addEventListener("click", () => {
    const shown = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(shown));
    firstPassword(form)?.setAttribute("type", shown ? "text" : "password");
    /** @type {Text} */ (button.firstChild).data = shown ? "Hide" : "Show";
  });
}

/** The way to the other form keeps `next` and `invite`. @param {HTMLFormElement} form */
function wireDoors(form) {
  for (const door of /** @type {NodeListOf<HTMLAnchorElement>} */ (form.querySelectorAll("[data-door]"))) {
    door.href = door.dataset.door + location.search;
  }
}

/**
 * The invitation comes in the query; the set-up code behind "#", which browsers do not send.
 * @param {HTMLFormElement} form
 */
function takeFromAddress(form) {
  const invite = new URLSearchParams(location.search).get("invite");
  if (invite) fill(form, "invite", invite);
  const secret = new URLSearchParams(location.hash.slice(1)).get("k");
  if (secret) fill(form, "secret", secret);
  else show(form, "[data-secret]", true);
}

/** @param {HTMLFormElement} form @param {string} name @param {string} value */
function fill(form, name, value) {
  const input = inputsOf(form).find((candidate) => candidate.name === name);
  if (input) input.value = value;
}

/**
 * Fit the form to how this server takes people in. Without an answer the form stays as it is: the server
 * decides again when it is sent.
 * @param {HTMLFormElement} form
 * @param {"login" | "register" | "setup"} page
 */
async function showPolicy(form, page) {
  const policy = await rest.getPolicy().catch(() => null);
  if (!policy) return;
  find(".server-name", form).textContent = policy.server_name;
  document.title = `${find("h1").textContent} · ${policy.server_name}`;
  if (policy.registration === "invite") show(form, "[data-invite]", true);
  show(form, "[data-registration]", policy.registration !== "closed");
  const note = find(".form-note", form);
  note.textContent = noteFor(page, policy);
  note.hidden = note.textContent === "";
  const closed = page === "register" && policy.registration === "closed";
  const shut = page === "setup" ? !policy.needs_setup : closed;
  show(form, "fieldset, .lead", !shut);
}

/**
 * @param {"login" | "register" | "setup"} page
 * @param {{registration: string, needs_setup: boolean}} policy
 */
function noteFor(page, { registration, needs_setup }) {
  if (page === "setup") return needs_setup ? "" : "This server has an owner already.";
  if (needs_setup) return "This server has no owner yet. Open the set-up link that it printed at its start.";
  if (page === "register" && registration === "closed") return "This server takes no new accounts now.";
  if (page === "register" && registration === "invite") return "You need an invitation to join this server.";
  return "";
}

/** @param {HTMLFormElement} form @param {string} selector @param {boolean} visible */
function show(form, selector, visible) {
  for (const part of form.querySelectorAll(selector)) part.toggleAttribute("hidden", !visible);
}

/** @param {HTMLFormElement} form */
const inputsOf = (form) => [...form.querySelectorAll("input")];

/** @param {HTMLFormElement} form */
const firstPassword = (form) => inputsOf(form).find(({ name }) => name === "password");

/** @param {HTMLFormElement} form */
const firstEmpty = (form) =>
  inputsOf(form).find((input) => input.value === "" && !input.closest("[hidden]"));
