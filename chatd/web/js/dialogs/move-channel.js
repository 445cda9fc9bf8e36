/**
 * Channels in another order: by a step, into another category, or dropped somewhere. All of it is one PATCH with
 * the positions of those that stand elsewhere then.
 */

import { isVocal, Type } from "../channel-types.js";
import { call, submit } from "../rest.js";
import { sectionsOf } from "../select/channels.js";
import { openForm } from "../ui/dialog.js";
import { toast } from "../ui/toast.js";
import { categoryField } from "./new-channel.js";

/** @typedef {import("../client.js").Client} Client */
/** @typedef {import("../types.js").Channel} Channel */
/** @typedef {import("../doors.js").Place} Place */

/** Those among which it has its place: of its category and kind. @param {Client} client @param {Channel} channel @param {string | null} [parentId] */
export function siblingsOf({ store }, channel, parentId = channel.parent_id ?? null) {
  const sections = sectionsOf(store, channel.guild_id ?? "");
  if (channel.type === Type.CATEGORY) return sections.flatMap(({ category }) => category ?? []);
  const section = sections.find(({ category }) => (category?.id ?? null) === parentId);
  return (section?.channels ?? []).map((one) => one.channel).filter((one) => isVocal(one) === isVocal(channel));
}

/** @param {Client} client @param {Place} place @param {-1 | 1} by */
export async function step(client, { channelId }, by) {
  const channel = client.store.channels.get(channelId ?? "");
  if (!channel) return;
  const all = siblingsOf(client, channel);
  const at = all.findIndex(({ id }) => id === channel.id), to = at + by;
  if (to < 0 || to >= all.length) return toast(by < 0 ? "It is the first already." : "It is the last already.");
  await put(client, channel, channel.parent_id ?? null, to);
}

/**
 * Let it stand at `at` among those in the category, counted without itself.
 * @param {Client} client
 * @param {Channel} channel
 * @param {string | null} parentId
 * @param {number} at
 */
export async function put(client, channel, parentId, at) {
  const others = siblingsOf(client, channel, parentId).filter(({ id }) => id !== channel.id);
  const order = [...others.slice(0, at), channel, ...others.slice(at)];
  const moves = order
    .map((one, position) => ({ one, position }))
    .filter(({ one, position }) => one.position !== position || one.id === channel.id)
    .map(({ one, position }) => ({
      id: one.id, position,
      ...(one.id === channel.id && (one.parent_id ?? null) !== parentId && { parent_id: parentId }),
    }));
  await client.try(call("PATCH", `/guilds/${channel.guild_id}/channels`, moves));
}

/** @param {Client} client @param {Place} place */
export async function moveToCategory(client, { channelId }) {
  const channel = client.store.channels.get(channelId ?? "");
  if (!channel) return;
  await openForm({
    title: `Move #${channel.name}`, id: "move-channel", submit: "Move it",
    fields: [
      categoryField(client.store, channel.guild_id ?? "", channel.parent_id ?? ""),
      { name: "lock_permissions", label: "Take over who sees the category", type: "checkbox" },
    ],
    send: ({ parent_id, lock_permissions }) => submit("PATCH", `/guilds/${channel.guild_id}/channels`, [{
      id: channel.id, parent_id: parent_id || null, position: siblingsOf(client, channel, parent_id || null).length,
      ...(parent_id && lock_permissions && { lock_permissions }),
    }]),
  });
}
