/** "New channel" and "New category": what kind, what it is called, where it stands, who sees it. */

import { Type } from "../channel-types.js";
import { may, Permission } from "../permissions.js";
import { submit } from "../rest.js";
import { sectionsOf } from "../select/channels.js";
import { openForm } from "../ui/dialog.js";

/** @typedef {import("../client.js").Client} Client */
/** @typedef {import("../doors.js").Place} Place */
/** @typedef {import("../types.js").Channel} Channel */

const KINDS = [
  { value: String(Type.TEXT), label: "Text", hint: "Messages, pictures, files." },
  { value: String(Type.NEWS), label: "Announcements", hint: "A few write; other channels can follow it." },
  { value: String(Type.FORUM), label: "Forum", hint: "Each topic is a post with its own answers." },
  { value: String(Type.VOICE), label: "Voice", hint: "To speak with each other." },
];

const NAME = { name: "name", label: "Name", required: true, attributes: { maxlength: 100, autocomplete: "off" } };
const PRIVATE = /** @type {const} */ ({
  name: "private", label: "Private", type: "checkbox", hint: "Only you see it, and whom you let in in its settings.",
});

/** @param {Client} client @param {Place} place  `channelId` is a category */
export async function newChannel(client, { guildId, channelId }) {
  const id = guildId ?? "";
  /** @type {Channel | null} */
  const made = await openForm({
    title: "New channel", id: "new-channel", submit: "Create channel",
    fields: [
      { name: "type", label: "Kind", type: "radio", value: String(Type.TEXT), options: KINDS },
      NAME,
      categoryField(client.store, id, channelId ?? ""),
      PRIVATE,
    ],
    send: ({ name, type, parent_id, private: isPrivate }) => submit("POST", `/guilds/${id}/channels`, {
      name, type: Number(type), parent_id: parent_id || null,
      ...(isPrivate && { permission_overwrites: forMeAlone(client.store, id) }),
    }),
  });
  if (!made) return;
  client.store.apply("CHANNEL_CREATE", made);
  client.goTo(made);
}

/** @param {Client} client @param {Place} place */
export async function newCategory(client, { guildId }) {
  const id = guildId ?? "";
  await openForm({
    title: "New category", id: "new-category", submit: "Create category",
    lead: "Channels that are made in it take over who sees them.",
    fields: [NAME, PRIVATE],
    send: ({ name, private: isPrivate }) => submit("POST", `/guilds/${id}/channels`, {
      name, type: Type.CATEGORY, ...(isPrivate && { permission_overwrites: forMeAlone(client.store, id) }),
    }),
  });
}

/**
 * Which category it stands in; the empty value is none.
 * @param {import("../store.js").Store} store
 * @param {string} guildId
 * @param {string} chosen
 * @returns {import("../ui/form.js").Field}
 */
export function categoryField(store, guildId, chosen) {
  const categories = sectionsOf(store, guildId).flatMap(({ category }) => category ?? [])
    .filter(({ id }) => may(store, { channelId: id }, "MANAGE_CHANNELS"));
  return {
    name: "parent_id", label: "Category", type: "select", value: chosen,
    options: [{ value: "", label: "None" }, ...categories.map(({ id, name }) => ({ value: id, label: name ?? "" }))],
  };
}

/** Nobody sees it but its maker. @param {import("../store.js").Store} store @param {string} guildId */
function forMeAlone(store, guildId) {
  const sight = String(Permission.VIEW_CHANNEL);
  return [
    { id: guildId, type: 0, allow: "0", deny: sight },
    { id: store.me?.id ?? "", type: 1, allow: sight, deny: "0" },
  ];
}
