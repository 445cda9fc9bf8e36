/** What an application is called and looks like, and what others need to know of it. */

import { h } from "../dom.js";
import * as rest from "../rest.js";
import { iconButton } from "../ui/buttons.js";
import { toast } from "../ui/toast.js";
import { copyable } from "../ui/copyable.js";
import { applicationIcon } from "./parts.js";
import { savedForm } from "../ui/saved-form.js";

/** @typedef {import("./parts.js").Application} Application */

const PICTURES = "image/png,image/jpeg,image/gif,image/webp";

/** @param {import("../client.js").Client} client @param {Application} application */
export function general(client, application) {
  const form = savedForm({
    fields: [
      { name: "name", label: "Name", value: application.name, required: true, attributes: { maxlength: 32 } },
      { name: "description", label: "Description", type: "textarea", value: application.description,
        attributes: { maxlength: 400 }, hint: "Whoever is asked to let the bot in reads it." },
      { name: "tags", label: "Tags", value: application.tags.join(", "), optional: true,
        hint: "Up to five, with commas between.", read: tagsOf },
      { name: "bot_public", label: "Anybody may add the bot to their guild", type: "checkbox",
        value: application.bot_public, hint: "Otherwise only you can." },
      { name: "interactions_endpoint_url", label: "Interactions endpoint", optional: true,
        value: application.interactions_endpoint_url ?? "", attributes: { type: "url", placeholder: "https://" },
        hint: "Interactions are posted there, signed, instead of being told on the gateway.", read: textOrNull },
      { name: "terms_of_service_url", label: "Terms of service", optional: true,
        value: application.terms_of_service_url ?? "", attributes: { type: "url", placeholder: "https://" },
        read: textOrNull },
      { name: "privacy_policy_url", label: "Privacy policy", optional: true,
        value: application.privacy_policy_url ?? "", attributes: { type: "url", placeholder: "https://" },
        read: textOrNull },
    ],
    send: (values) => rest.submit("PATCH", `/applications/${application.id}`, values),
    saved: (after) => Object.assign(application, after),
  });
  return h("div", {}, picture(client, application), form,
    copyable("Application ID", application.id).element,
    application.verify_key && copyable("Public key", application.verify_key,
      "To check the signature of what is posted to the endpoint.").element);
}

/** @param {import("../client.js").Client} client @param {Application} application */
function picture(client, application) {
  const shown = h("div", { class: "application-picture" });
  const input = h("input", {
    type: "file", accept: PICTURES, class: "unseen", tabindex: "-1", "aria-hidden": "true", onchange: () => {
      const [file] = input.files ?? [];
      if (file) void client.try(dataUri(file).then(send));
      input.value = "";
    },
  });
  /** @param {string | null} icon */
  async function send(icon) {
    Object.assign(application, await rest.submit("PATCH", `/applications/${application.id}`, { icon }));
    draw();
    toast("Saved.");
  }
  function draw() {
    shown.replaceChildren(applicationIcon(application),
      h("button", { type: "button", class: "plain", onclick: () => input.click() }, "Choose a picture"),
      input, ...(application.icon
        ? [iconButton("delete", "Remove the picture", { onclick: () => void client.try(send(null)) })] : []));
  }
  draw();
  return shown;
}

/** @param {Blob} file @returns {Promise<string>} */
function dataUri(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

/** @param {HTMLElement} element */
const textOf = (element) =>
  (/** @type {HTMLInputElement | null} */ (element.querySelector("input"))?.value ?? "").trim();

/** @param {HTMLElement} element */
const textOrNull = (element) => textOf(element) || null;

/** @param {HTMLElement} element */
const tagsOf = (element) => textOf(element).split(",").map((tag) => tag.trim()).filter((tag) => tag !== "");
