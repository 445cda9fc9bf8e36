/** "New direct message": with one person the conversation that there is, with several a new group. */

import { submit } from "../rest.js";
import { openForm } from "../ui/dialog.js";
import { peopleField } from "./people-picker.js";
import { refusal } from "./refusal.js";

// A group has ten people, oneself among them.
export const OTHERS_MAX = 9;

/** @param {import("../client.js").Client} client */
export async function newDirectMessage(client) {
  /** @type {import("../types.js").Channel | null} */
  const channel = await openForm({
    title: "New direct message", id: "new-direct-message", submit: "Open the conversation",
    lead: "One person, or up to nine for a group.",
    fields: [peopleField(client, { name: "recipients", label: "With", max: OTHERS_MAX })],
    send: async ({ recipients }) => {
      if (recipients.length === 0) throw refusal("recipients", "Choose somebody.");
      return submit("POST", "/users/@me/channels",
        recipients.length === 1 ? { recipient_id: recipients[0] } : { recipients });
    },
  });
  if (!channel) return;
  client.store.apply("CHANNEL_CREATE", channel);
  client.goTo(channel);
}
