/** Groups: to bring people in, to name them, to take somebody out, to leave. */

import { Type } from "../channel-types.js";
import { HOME } from "../paths.js";
import { call, submit } from "../rest.js";
import { go } from "../router.js";
import { confirm, openForm } from "../ui/dialog.js";
import { OTHERS_MAX } from "./new-direct-message.js";
import { peopleField } from "./people-picker.js";
import { refusal } from "./refusal.js";

/** @typedef {import("../client.js").Client} Client */
/** @typedef {import("../doors.js").Place} Place */

/** From a direct message it makes a new group. @param {Client} client @param {Place} place */
export async function addPeople(client, { channelId }) {
  const channel = client.store.channels.get(channelId ?? "");
  if (!channel) return;
  const there = new Set((channel.recipients ?? []).map(({ id }) => id));
  /** @type {import("../types.js").Channel | null} */
  const made = await openForm({
    title: "Add people", id: "add-people", submit: "Add them",
    lead: channel.type === Type.DIRECT ? "It becomes a new group; this conversation stays between the two of you." : undefined,
    fields: [peopleField(client, {
      name: "people", label: "Whom", max: OTHERS_MAX - there.size, filter: (user) => !there.has(user.id) && !user.bot,
    })],
    send: async ({ people }) => {
      if (people.length === 0) throw refusal("people", "Choose somebody.");
      if (channel.type === Type.DIRECT) {
        return submit("POST", "/users/@me/channels", { recipients: [...there, ...people] });
      }
      for (const id of people) await call("PUT", `/channels/${channel.id}/recipients/${id}`);
      return null;
    },
  });
  if (!made) return;
  client.store.apply("CHANNEL_CREATE", made);
  client.goTo(made);
}

/** @param {Client} client @param {Place} place */
export async function editGroup(client, { channelId }) {
  const channel = client.store.channels.get(channelId ?? "");
  if (!channel) return;
  await openForm({
    title: "Name the group", id: "edit-group", submit: "Save",
    fields: [{
      name: "name", label: "Name", value: channel.name ?? "", optional: true, attributes: { maxlength: 100, autocomplete: "off" },
      hint: "Without one it is called by those who are in it.",
    }],
    send: ({ name }) => submit("PATCH", `/channels/${channel.id}`, { name: name.trim() || null }),
  });
}

/** @param {Client} client @param {Place} place */
export async function removeFromGroup(client, { channelId, userId }) {
  await client.try(call("DELETE", `/channels/${channelId}/recipients/${userId}`));
}

/** A direct message is closed, and comes back with the next word; a group is left for good. @param {Client} client @param {Place} place */
export async function leave(client, { channelId }) {
  const channel = client.store.channels.get(channelId ?? "");
  if (!channel) return;
  const agreed = channel.type !== Type.GROUP || await confirm({
    title: `Leave ${client.store.titleOf(channel)}?`, id: "leave-group", yes: "Leave the group",
    body: ["Somebody in it has to bring you back."],
  });
  if (!agreed) return;
  // It is gone from here before it is there, so that nothing is asked of what one is no longer in.
  const wasOpen = client.store.open === channel.id;
  if (wasOpen) go(HOME);
  client.store.apply("CHANNEL_DELETE", channel);
  if (await client.try(call("DELETE", `/channels/${channel.id}`))) return;
  client.store.apply("CHANNEL_CREATE", channel);
  if (wasOpen) client.goTo(channel);
}
