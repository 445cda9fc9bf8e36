/** The audit log in words: what each kind of entry says was done, and what its changes are called. */

import { PERMISSION_GROUPS } from "../permission-words.js";
import { Permission } from "../permissions.js";
import { momentTime } from "../time.js";

/**
 * By `action_type`: what was done, with the target after it, if it has one.
 * @type {Map<number, string>}
 */
export const DEEDS = new Map([
  [1, "changed the guild"],
  [10, "made the channel"], [11, "changed the channel"], [12, "deleted the channel"],
  [13, "made exceptions in the channel"], [14, "changed exceptions in the channel"], [15, "took exceptions from the channel"],
  [20, "put out"], [21, "put out who was not here for long"], [22, "banned"], [23, "lifted the ban of"],
  [24, "changed the member"], [25, "changed the roles of"], [26, "moved members to another voice channel"],
  [27, "disconnected members from voice"], [28, "let in the bot"],
  [30, "made the role"], [31, "changed the role"], [32, "deleted the role"],
  [40, "made the invite"], [41, "changed the invite"], [42, "ended the invite"],
  [50, "made the webhook"], [51, "changed the webhook"], [52, "deleted the webhook"],
  [60, "added the emoji"], [61, "changed the emoji"], [62, "deleted the emoji"],
  [72, "deleted messages of"], [73, "deleted messages in"], [74, "pinned a message of"], [75, "unpinned a message of"],
  [80, "added the integration"], [81, "changed the integration"], [82, "took away the integration"],
  [83, "opened a stage"], [84, "changed a stage"], [85, "closed a stage"],
  [90, "added the sticker"], [91, "changed the sticker"], [92, "deleted the sticker"],
  [100, "made the event"], [101, "changed the event"], [102, "cancelled the event"],
  [110, "began the thread"], [111, "changed the thread"], [112, "deleted the thread"],
  [121, "changed who may use commands of"],
  [130, "added the sound"], [131, "changed the sound"], [132, "deleted the sound"],
  [140, "made the moderation rule"], [141, "changed the moderation rule"], [142, "deleted the moderation rule"],
  [143, "had a message blocked, by"], [144, "had a message reported, by"], [145, "was timed out, by"], [146, "was quarantined"],
  [192, "said what a voice channel is for"], [193, "cleared what a voice channel is for"],
]);

/** @type {Record<string, string>} */
const KEYS = {
  name: "name", topic: "topic", description: "description", nick: "nickname", position: "position", color: "colour", colors: "colours",
  hoist: "listed apart", mentionable: "mentionable", permissions: "permissions", rate_limit_per_user: "slow mode", nsfw: "adults only",
  parent_id: "category", type: "kind", icon_hash: "picture", icon: "picture", avatar_hash: "picture", owner_id: "owner",
  system_channel_id: "channel for notices", default_message_notifications: "notifications", communication_disabled_until: "timed out until",
  max_age: "holds", max_uses: "uses at most", uses: "used", temporary: "for a visit", code: "code", channel_id: "channel", inviter_id: "by",
  enabled: "on", archived: "archived", locked: "locked", allow: "allowed", deny: "denied", mute: "muted", deaf: "deafened",
  $add: "given", $remove: "taken", tags: "emoji", user_limit: "room for", available_tags: "tags",
};

/** @param {string} key */
export const keyWord = (key) => KEYS[key] ?? key.replaceAll("_", " ");

/**
 * A value as people read it.
 * @param {string} key
 * @param {any} value
 * @param {(id: string) => string | undefined} nameOf   what an id is called, if it is known
 * @returns {string}
 */
export function valueWord(key, value, nameOf) {
  if (value === undefined || value === null || value === "") return "nothing";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (key === "permissions" || key === "allow" || key === "deny") return permissionsWord(value);
  if (key === "color") return value ? `#${Number(value).toString(16).padStart(6, "0")}` : "none";
  if (key === "communication_disabled_until") return momentTime(Date.parse(value));
  if (key.endsWith("_hash") || key === "icon") return "a picture";
  if (Array.isArray(value)) return value.map((one) => one?.name ?? valueWord("", one, nameOf)).join(", ") || "nothing";
  if (typeof value === "object") return value.name ?? "something else";
  return (key.endsWith("_id") && nameOf(String(value))) || String(value);
}

/** @param {string} value */
function permissionsWord(value) {
  const bits = BigInt(value);
  const words = PERMISSION_GROUPS.flatMap(({ permissions }) => permissions)
    .filter(([name]) => bits & Permission[name]).map(([, label]) => label);
  return words.join(", ") || "nothing";
}
