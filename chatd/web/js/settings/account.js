/** One's account: what one signs in with. Each change but that of the name asks for the password. */

import { h } from "../dom.js";
import * as rest from "../rest.js";
import { ApiError, submit } from "../rest.js";
import { savedForm } from "../ui/saved-form.js";
import { copyable } from "../ui/copyable.js";

/** @typedef {import("../client.js").Client} Client */

/** @param {Client} client */
export async function account({ store }) {
  const me = await rest.getMe();
  const password = (/** @type {string} */ hint) => /** @type {import("../ui/form.js").Field} */ ({
    name: "password", label: "Your password", type: "password", required: true, hint, attributes: { autocomplete: "current-password" },
  });
  const username = savedForm({
    fields: [{
      name: "username", label: "Username", value: me.username, required: true,
      hint: "What you sign in with, and how friends find you: lower-case letters, digits, dots, underscores.",
      attributes: { maxlength: 32, autocomplete: "username", autocapitalize: "none", spellcheck: "false" },
    }],
    send: (values) => submit("PATCH", "/users/@me", values),
    saved: (user) => store.apply("USER_UPDATE", user),
  });
  const mail = savedForm({
    fields: [
      { name: "email", label: "Mail address", value: me.email ?? "", optional: true, attributes: { type: "email", autocomplete: "email" },
        hint: "You can sign in with it too. Only administrators see it." },
      password("So that nobody does it at a browser that you have left open."),
    ],
    send: ({ email, ...rest }) => submit("PATCH", "/auth/account", { ...rest, email: email.trim() || null }),
    saved: (user) => {
      store.apply("USER_UPDATE", user);
      clear(mail);
    },
  });
  const secret = savedForm({
    fields: [
      password("The one you have now."),
      { name: "new_password", label: "New password", type: "password", required: true, hint: "At least eight characters. All your other devices are signed out.",
        attributes: { autocomplete: "new-password" } },
      { name: "again", label: "New password, again", type: "password", required: true, attributes: { autocomplete: "new-password" } },
    ],
    send: async ({ again, ...values }) => {
      if (again !== values.new_password) throw fault("again", "The two are not the same.");
      return submit("PATCH", "/auth/account", values);
    },
    saved: () => clear(secret),
  });
  // Password managers want to know whose password it is.
  secret.prepend(h("input", { type: "text", name: "user", autocomplete: "username", value: me.username, hidden: true, "aria-hidden": "true" }));
  const part = (/** @type {string} */ title, /** @type {HTMLElement} */ form) => {
    form.setAttribute("aria-label", title);
    return h("section", { class: "settings-part" }, h("h3", {}, title), form);
  };
  return h("div", {}, part("Username", username), part("Mail address", mail), part("Password", secret),
    h("section", { class: "settings-part" }, h("h3", {}, "Your ID"), copyable("User ID", me.id).element));
}

/** @param {HTMLElement} form */
function clear(form) {
  for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll("[type=password]"))) input.value = "";
}

/** As the server would say it. @param {string} name @param {string} message */
const fault = (name, message) => new ApiError(400, { message, errors: { [name]: { _errors: [{ message }] } } });
