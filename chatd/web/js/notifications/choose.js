/** The dialogs in which one says what to be told of: in a guild, in a channel; and for how long of nothing. */

import { isPrivate, Type } from "../channel-types.js";
import { submit } from "../rest.js";
import { momentTime } from "../time.js";
import { openForm } from "../ui/dialog.js";
import { INHERITED } from "./level.js";

/** @typedef {import("../client.js").Client} Client */
/** @typedef {{muted: boolean, mute_config?: {end_time: string | null, selected_time_window: number} | null}} Mute */

const MINUTE_S = 60, HOUR_S = 3600, FOR_EVER = -1;
const LEVELS = [
  { value: "0", label: "Everything" },
  { value: "1", label: "Mentions only" },
  { value: "2", label: "Nothing" },
];

/** @param {Client} client @param {{guildId?: string | null}} place */
export function chooseForGuild(client, { guildId }) {
  const { store } = client;
  const guild = store.guilds.get(guildId ?? "");
  if (!guild) return;
  const settings = store.notifications.get(guild.id);
  const usual = guild.default_message_notifications === 1 ? "mentions only" : "everything";
  return openForm({
    title: `Notifications of ${guild.name}`, id: "guild-notifications", submit: "Save",
    fields: [
      { name: "message_notifications", label: "Tell me of", type: "radio", value: String(settings?.message_notifications ?? INHERITED),
        options: [...LEVELS, { value: "3", label: "As the guild has it", hint: `That is ${usual}.` }] },
      { name: "suppress_everyone", label: "Leave out @everyone and @here", type: "checkbox", value: settings?.suppress_everyone },
      { name: "suppress_roles", label: "Leave out mentions of roles", type: "checkbox", value: settings?.suppress_roles },
      muteField(settings),
      { name: "direct", label: "Members may begin direct messages with me", type: "checkbox",
        value: !(store.settings.restricted_guilds ?? []).includes(guild.id), hint: "Friends always may." },
    ],
    send: async ({ message_notifications, mute, direct, ...rest }) => {
      await submit("PATCH", `/users/@me/guilds/${guild.id}/settings`,
        { ...rest, message_notifications: Number(message_notifications), ...muteOf(mute, settings) });
      const restricted = (store.settings.restricted_guilds ?? []).filter((/** @type {string} */ id) => id !== guild.id);
      const wanted = direct ? restricted : [...restricted, guild.id];
      if (wanted.length !== (store.settings.restricted_guilds ?? []).length) {
        await submit("PATCH", "/users/@me/settings", { restricted_guilds: wanted });
      }
    },
  });
}

/** @param {Client} client @param {{channelId?: string | null}} place */
export function chooseForChannel(client, { channelId }) {
  const { store } = client;
  const channel = store.channels.get(channelId ?? "");
  if (!channel) return;
  const around = channel.guild_id ?? "@me";
  const chosen = store.notifications.get(around)?.channel_overrides.find(({ channel_id }) => channel_id === channel.id);
  const title = store.titleOf(channel);
  const inherits = isPrivate(channel) ? "As for all direct messages" : channel.parent_id ? "As its category or guild has it" : "As the guild has it";
  return openForm({
    title: `Notifications of ${channel.guild_id && channel.type !== Type.CATEGORY ? "#" : ""}${title}`, id: "channel-notifications", submit: "Save",
    fields: [
      { name: "message_notifications", label: "Tell me of", type: "radio", value: String(chosen?.message_notifications ?? INHERITED),
        options: [...LEVELS, { value: "3", label: inherits }] },
      muteField(chosen, isPrivate(channel) ? "What is muted is never shown as unread." : undefined),
    ],
    send: ({ message_notifications, mute }) => submit("PATCH", `/users/@me/guilds/${around}/settings`, {
      channel_overrides: { [channel.id]: { message_notifications: Number(message_notifications), ...muteOf(mute, chosen) } },
    }),
  });
}

/** @param {Mute | undefined} now @param {string} [hint] @returns {import("../ui/form.js").Field} */
function muteField(now, hint = "What is muted is never shown as unread. Mentions are still counted.") {
  const end = now?.mute_config?.end_time;
  const muted = now?.muted && (!end || Date.parse(end) > Date.now());
  const until = end ? `Muted until ${momentTime(Date.parse(end))}` : "Muted until I turn it on again";
  return {
    name: "mute", label: "Mute", type: "select", value: muted ? "keep" : "no",
    hint,
    options: [
      ...(muted ? [{ value: "keep", label: until }] : []),
      { value: "no", label: "Not muted" },
      { value: String(15 * MINUTE_S), label: "For 15 minutes" },
      { value: String(HOUR_S), label: "For 1 hour" },
      { value: String(8 * HOUR_S), label: "For 8 hours" },
      { value: String(24 * HOUR_S), label: "For 24 hours" },
      ...(muted && !end ? [] : [{ value: String(FOR_EVER), label: "Until I turn it on again" }]),
    ],
  };
}

/** @param {string} chosen @param {Mute | undefined} now */
function muteOf(chosen, now) {
  if (chosen === "keep") return { muted: true, mute_config: now?.mute_config ?? null };
  if (chosen === "no") return { muted: false, mute_config: null };
  const window_s = Number(chosen);
  const end_time = window_s === FOR_EVER ? null : new Date(Date.now() + window_s * 1000).toISOString();
  return { muted: true, mute_config: { end_time, selected_time_window: window_s } };
}
