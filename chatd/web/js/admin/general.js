/** What the server is called, and who may make an account. */

import { h } from "../dom.js";
import { call, submit } from "../rest.js";
import { savedForm } from "../ui/saved-form.js";
import { readPart } from "./parts.js";

export function general() {
  return readPart(async () => {
    const settings = await call("GET", "/admin/settings");
    return [savedForm({
      fields: [
        { name: "server_name", label: "Name of the server", value: settings.server_name, required: true, attributes: { maxlength: 100 } },
        {
          name: "registration", label: "Who may make an account", type: "radio", value: settings.registration,
          options: [
            { value: "open", label: "Everybody", hint: "Whoever opens the page." },
            { value: "invite", label: "With an invite", hint: "Whoever was given a link." },
            { value: "closed", label: "Nobody", hint: "Administrators make accounts." },
          ],
        },
        {
          name: "welcome", label: "Words of welcome", type: "textarea", optional: true, value: settings.welcome ?? "",
          hint: "Told to who is about to sign up.",
        },
      ],
      send: (values) => submit("PATCH", "/admin/settings", { ...values, welcome: values.welcome || null }),
    }), h("p", { class: "hint" }, "A policy in the configuration file comes back with the next start.")];
  }).element;
}
