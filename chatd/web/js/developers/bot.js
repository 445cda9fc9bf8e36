/** An application's bot: what it is called, its token, and the privileged intents that it may ask for. */

import { h } from "../dom.js";
import * as rest from "../rest.js";
import { button } from "../ui/buttons.js";
import { confirm } from "../ui/dialog.js";
import { fieldElement } from "../ui/form.js";
import { copyable } from "../ui/copyable.js";
import { savedForm } from "../ui/saved-form.js";

/** @typedef {import("../client.js").Client} Client */
/** @typedef {import("./parts.js").Application} Application */

// The flag that an owner switches, and the one that only the server can give; either grants the intent.
const INTENTS = [
  { name: "presences", set: 1 << 13, given: 1 << 12, label: "Presences", hint: "Who is online, and what they are doing." },
  { name: "members", set: 1 << 15, given: 1 << 14, label: "Members", hint: "Who comes, goes and changes, and lists of everybody." },
  { name: "content", set: 1 << 19, given: 1 << 18, label: "Message content",
    hint: "What is said in messages that neither mention the bot nor are sent to it." },
];

/** @param {Client} client @param {Application} application */
export function bot(client, application) {
  const name = savedForm({
    fields: [{
      name: "username", label: "The bot’s name", value: application.bot.username, required: true,
      attributes: { maxlength: 32 }, hint: "As it stands beside its messages.",
    }],
    send: (values) => rest.submit("PATCH", `/applications/${application.id}/bot`, values),
    saved: (user) => { application.bot = user; },
  });
  return h("div", {}, name, h("h3", {}, "Token"), token(client, application),
    h("h3", { id: "intents" }, "Privileged intents"),
    h("p", { class: "hint" }, "A bot that asks for one that is switched off is not let onto the gateway (4014)."),
    h("div", { role: "group", "aria-labelledby": "intents" },
      ...INTENTS.map((intent) => intentSwitch(client, application, intent))));
}

/** @param {Client} client @param {Application} application */
function token(client, application) {
  const place = h("div", { class: "token", "aria-live": "polite" });
  const start = h("p", { class: "hint" },
    "With its token a bot proves who it is. It is shown once, when it is made, and cannot be looked up.");
  const reset = button("Make a new token", () => void make(), "plain");
  place.append(start, reset);

  async function make() {
    const agreed = await confirm({
      title: "Make a new token?", id: "reset-token", yes: "Make a new token",
      body: ["A token that there was dies at once, and whatever runs with it is disconnected."],
    });
    if (!agreed) return;
    reset.disabled = true;
    await client.try(rest.submit("POST", `/applications/${application.id}/bot/reset`).then((answer) => {
      const shown = copyable("Token", answer.token, "Copy it now. Whoever has it is this bot; keep it out of sight.");
      place.replaceChildren(start, shown.element, reset);
    }));
    reset.disabled = false;
  }
  return place;
}

/** @param {Client} client @param {Application} application @param {typeof INTENTS[number]} intent */
function intentSwitch(client, application, { name, set, given, label, hint }) {
  const field = fieldElement({
    name, label, hint, type: "checkbox", value: (application.flags & (set | given)) !== 0,
  });
  const box = /** @type {HTMLInputElement} */ (field.querySelector("input"));
  box.addEventListener("change", async () => {
    box.disabled = true;
    const flags = box.checked ? application.flags | set : application.flags & ~(set | given);
    const went = await client.try(rest.submit("PATCH", `/applications/${application.id}`, { flags })
      .then((after) => Object.assign(application, after)));
    if (!went) box.checked = !box.checked;
    box.disabled = false;
    box.focus();
  });
  return field;
}
