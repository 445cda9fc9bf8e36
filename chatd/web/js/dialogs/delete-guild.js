/** The ways out of a guild: to leave it, to hand it over, to delete it. */

import { HOME, pathOfGuild } from "../paths.js";
import { call, submit } from "../rest.js";
import { go } from "../router.js";
import { confirm, openForm } from "../ui/dialog.js";
import { toast } from "../ui/toast.js";
import { peopleField } from "./people-picker.js";
import { refusal } from "./refusal.js";

/** @typedef {import("../client.js").Client} Client */
/** @typedef {import("../doors.js").Place} Place */

/** @param {Client} client @param {Place} place */
export async function leaveGuild(client, { guildId }) {
  const guild = client.store.guilds.get(guildId ?? "");
  if (!guild) return;
  const agreed = await confirm({
    title: `Leave ${guild.name}?`, id: "leave-guild", yes: "Leave the guild",
    body: ["You come back only by another invite. What you have said stays."],
  });
  if (!agreed) return;
  // First away from it, so that nothing is asked of a guild that one is not in.
  const wasOpen = client.store.openGuild === guild.id;
  if (wasOpen) go(HOME);
  const left = await client.try(call("DELETE", `/users/@me/guilds/${guild.id}`));
  if (!left && wasOpen) go(pathOfGuild(guild.id));
}

/** @param {Client} client @param {Place} place */
export async function deleteGuild(client, { guildId }) {
  const guild = client.store.guilds.get(guildId ?? "");
  if (!guild) return;
  const deleted = await openForm({
    title: `Delete ${guild.name}?`, id: "delete-guild", submit: "Delete the guild", danger: true,
    lead: "Its channels, roles and everything that was said in it are gone then. This cannot be taken back.",
    fields: [{
      name: "name", label: "Write its name to go on", required: true, attributes: { autocomplete: "off", spellcheck: "false" },
    }],
    send: async ({ name }) => {
      if (name.trim() !== guild.name.trim()) throw refusal("name", `It is called ${guild.name}.`);
      await submit("DELETE", `/guilds/${guild.id}`);
      return true;
    },
  });
  if (!deleted) return;
  go(HOME);
  toast(`${guild.name} is deleted.`);
}

/** @param {Client} client @param {Place} place */
export async function transferGuild(client, { guildId }) {
  const guild = client.store.guilds.get(guildId ?? "");
  if (!guild) return;
  const done = await openForm({
    title: "Another owner", id: "transfer-guild", submit: "Hand the guild over", danger: true,
    lead: "Who owns a guild may do everything in it, and only they can give it on. You stay a member, with your roles.",
    fields: [peopleField(client, {
      name: "owner_id", label: "New owner", guildId: guild.id, max: 1, filter: (user) => !user.bot,
    })],
    send: async ({ owner_id: [owner_id] }) => {
      if (!owner_id) throw refusal("owner_id", "Choose somebody.");
      return submit("PATCH", `/guilds/${guild.id}`, { owner_id });
    },
  });
  if (done) toast("The guild has another owner.");
}
