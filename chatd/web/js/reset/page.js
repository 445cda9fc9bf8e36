/**
 * /reset#k=<token>: to choose a password by a one-time link. Whoever has the link may, so nobody need be signed in;
 * who does it is signed in then, and nowhere else any more. Browsers keep what follows a # to themselves, so that
 * the token is in the log of no server and no proxy.
 */

import { h } from "../dom.js";
import { ApiError, submit } from "../rest.js";
import { clearErrors, demandRequired, errorPlace, fieldElement, showErrors, valuesOf } from "../ui/form.js";

/** @type {import("../ui/form.js").Field[]} */
const FIELDS = [
  { name: "password", label: "New password", type: "password", required: true, hint: "At least eight characters.",
    attributes: { autocomplete: "new-password" } },
  { name: "again", label: "New password, again", type: "password", required: true, attributes: { autocomplete: "new-password" } },
];

export function showReset() {
  document.title = "Choose a password · chatd";
  const button = h("button", { type: "submit", class: "primary" }, "Save and sign in");
  const fieldset = h("fieldset", {}, ...FIELDS.map(fieldElement), button);
  const form = h("form", { class: "card", novalidate: true },
    h("header", {}, h("p", { class: "server-name" }, "chatd"), h("h1", {}, "Choose a password"),
      h("p", { class: "lead" }, "All devices that are signed in now are signed out.")),
    errorPlace(), fieldset, h("p", { class: "other-door" }, "Do you know it after all? ", h("a", { href: "/login" }, "Sign in")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void attempt();
  });
  document.body.append(h("main", { class: "enter" }, form));
  /** @type {HTMLElement | null} */ (form.querySelector("input"))?.focus();

  async function attempt() {
    clearErrors(form);
    if (fieldset.disabled || demandRequired(form, FIELDS)) return;
    const { password, again } = valuesOf(form, FIELDS);
    try {
      if (password !== again) throw new ApiError(400, { errors: { again: { _errors: [{ message: "The two are not the same." }] } } });
      fieldset.disabled = true;
      const token = new URLSearchParams(location.hash.slice(1)).get("k") ?? "";
      await submit("POST", "/auth/reset-password", { token, password });
      location.assign("/");
    } catch (error) {
      fieldset.disabled = false;
      showErrors(form, error);
    }
  }
}
