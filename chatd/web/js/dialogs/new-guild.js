/** "New guild", and the way into one that there is. */

import { safeCode } from "../invite/codes.js";
import { pathOfGuild } from "../paths.js";
import { submit } from "../rest.js";
import { go } from "../router.js";
import { openForm } from "../ui/dialog.js";
import { pictureField } from "../ui/picture.js";
import { refusal } from "./refusal.js";

/** @param {import("../client.js").Client} client */
export async function newGuild(client) {
  const { me } = client.store;
  /** @type {{id: string} | null} */
  const made = await openForm({
    title: "New guild", id: "new-guild", submit: "Create guild",
    lead: "A place for people who belong together: channels, roles, and who may do what.",
    fields: [
      pictureField({ name: "icon", label: "Picture", hint: "You can choose one later." }),
      {
        name: "name", label: "Name", required: true, value: me ? `${client.store.nameOf(me)}’s guild` : "",
        attributes: { maxlength: 100, autocomplete: "off", autofocus: true },
      },
    ],
    send: (values) => submit("POST", "/guilds", values),
  });
  if (made) go(pathOfGuild(made.id));
}

export async function joinGuild() {
  const code = await openForm({
    title: "Join a guild", id: "join-guild", submit: "Look at the invite",
    lead: "Somebody who is there can send you an invite.",
    fields: [{
      name: "link", label: "Invite link", required: true,
      attributes: { autocomplete: "off", spellcheck: "false", autocapitalize: "none", placeholder: `${location.origin}/invite/…` },
    }],
    send: async ({ link }) => {
      const code = safeCode(link);
      if (!code) throw refusal("link", "That is no invite link.");
      return code;
    },
  });
  if (code) go(`/invite/${encodeURIComponent(code)}`);
}
