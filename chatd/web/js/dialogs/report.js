/** Reporting a message to those who look after the place. */

import { submit } from "../rest.js";
import { openForm } from "../ui/dialog.js";
import { toast } from "../ui/toast.js";

const CATEGORIES = [
  { value: "spam", label: "Spam" },
  { value: "harassment", label: "Harassment" },
  { value: "hate", label: "Hate" },
  { value: "violence", label: "Violence or threats" },
  { value: "sexual", label: "Sexual content" },
  { value: "self_harm", label: "Self-harm" },
  { value: "illegal", label: "Something illegal" },
  { value: "impersonation", label: "Somebody pretends to be somebody else" },
  { value: "raid", label: "Many come to disturb" },
  { value: "other", label: "Something else" },
];

/** @param {import("../client.js").Client} client @param {import("../doors.js").Place} place */
export async function report(client, { guildId, channelId, messageId }) {
  const guild = client.store.guilds.get(guildId ?? "");
  const readers = guild ? `the moderators of ${guild.name}` : "the administrators of this server";
  const sent = await openForm({
    title: "Report this message", id: "report", submit: "Report", danger: true,
    lead: `It goes to ${readers}, with the message as it is now. Whoever wrote it is told nothing.`,
    fields: [
      { name: "category", label: "What is wrong", type: "radio", options: CATEGORIES, value: "spam" },
      { name: "text", label: "Anything to add", type: "textarea", optional: true, attributes: { maxlength: 1000 } },
    ],
    send: ({ category, text }) => submit("POST", "/reports",
      { category, ...(text && { text }), channel_id: channelId, message_id: messageId }),
  });
  if (sent) toast("Thank you. It has been received.");
}
