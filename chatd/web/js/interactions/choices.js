/** What there is to choose from in a menu: its own options, or people, roles and channels of the place. */

import { iconOf, isThread, Type } from "../channel-types.js";
import { h } from "../dom.js";
import { inChannel, Permission } from "../permissions.js";
import { peopleIn } from "../select/people.js";
import { avatar } from "../ui/avatar.js";
import { icon } from "../ui/icons.js";
import { emojiElement } from "../views/components.js";

/** @typedef {import("../store.js").Store} Store */
/** @typedef {import("../types.js").Component} Component */
/**
 * @typedef {{value: string, label: string, hint?: string, sign?: () => Node | null, words?: string, meant?: string | number}} Choice
 *   `words`: what else it is found by; `meant`: the value that a bot has given it
 * @typedef {"user" | "role" | "channel"} What
 */

export const STRING_MENU = 3, CHANNEL_MENU = 8;
/** What each menu of a message or a form is about. @type {Record<number, What[]>} */
const OF_MENU = { 5: ["user"], 6: ["role"], 7: ["user", "role"], 8: ["channel"] };

const SHOWN_MAX = 50;

/**
 * All that can be chosen from a menu.
 * @param {Store} store
 * @param {string} channelId  where it is
 * @param {Component} menu
 * @returns {Choice[]}
 */
export function choicesOfMenu(store, channelId, menu) {
  if (menu.type !== STRING_MENU) return choicesAmong(store, channelId, OF_MENU[menu.type] ?? [], menu.channel_types);
  return (menu.options ?? []).map(({ label, value, description, emoji }) =>
    ({ label, value, hint: description, ...(emoji && { sign: () => emojiElement(emoji) }) }));
}

/** @param {Store} store @param {string} channelId @param {What[]} whats @param {number[]} [channelTypes] */
export function choicesAmong(store, channelId, whats, channelTypes) {
  /** @type {Record<What, () => Choice[]>} */
  const found = {
    user: () => people(store, channelId), role: () => roles(store, channelId),
    channel: () => channels(store, channelId, channelTypes),
  };
  return whats.flatMap((what) => found[what]());
}

/**
 * Those that go with what somebody types, the best first, and not too many.
 * @param {Choice[]} choices
 * @param {string} typed
 */
export function matching(choices, typed) {
  const asked = typed.trim().toLocaleLowerCase();
  if (asked === "") return choices.slice(0, SHOWN_MAX);
  const rank = (/** @type {Choice} */ { label, words = "" }) => {
    const low = label.toLocaleLowerCase();
    if (low.startsWith(asked)) return 3;
    if (words.toLocaleLowerCase().startsWith(asked)) return 2;
    return low.includes(asked) || words.toLocaleLowerCase().includes(asked) ? 1 : 0;
  };
  return choices.map((choice) => ({ choice, rank: rank(choice) })).filter(({ rank }) => rank > 0)
    .sort((a, b) => b.rank - a.rank).slice(0, SHOWN_MAX).map(({ choice }) => choice);
}

/** @param {Store} store @param {string} channelId @returns {Choice[]} */
function people(store, channelId) {
  const channel = store.channels.get(channelId);
  if (!channel) return [];
  return peopleIn(store, channel).map((user) => {
    const label = store.nameOf(user, channel.guild_id);
    return {
      value: user.id, label, words: user.username, hint: user.username === label ? undefined : user.username,
      sign: () => avatar(user, label),
    };
  }).sort(byLabel);
}

/** @param {Store} store @param {string} channelId @returns {Choice[]} */
function roles(store, channelId) {
  const guild = store.guilds.get(store.channels.get(channelId)?.guild_id ?? "");
  return [...(guild?.roles.values() ?? [])].sort((a, b) => b.position - a.position).map(({ id, name, color }) => ({
    value: id, label: id === guild?.id ? "@everyone" : name, hint: "role", sign: () => roleDot(color),
  }));
}

/** @param {number} color */
function roleDot(color) {
  const dot = h("span", { class: "role-dot" });
  if (color) dot.style.setProperty("--role", `#${color.toString(16).padStart(6, "0")}`);
  return dot;
}

/** @param {Store} store @param {string} channelId @param {number[]} [types] @returns {Choice[]} */
function channels(store, channelId, types) {
  const guildId = store.channels.get(channelId)?.guild_id;
  return [...store.channels.values()]
    .filter((channel) => channel.guild_id === guildId && guildId !== undefined
      && (types?.length ? types.includes(channel.type) : !isThread(channel))
      && Boolean(inChannel(store, channel) & Permission.VIEW_CHANNEL))
    .sort((a, b) => Number(a.type === Type.CATEGORY) - Number(b.type === Type.CATEGORY) || (a.position ?? 0) - (b.position ?? 0))
    .map((channel) => ({
      value: channel.id, label: channel.name ?? "", hint: store.channels.get(channel.parent_id ?? "")?.name,
      sign: () => icon(iconOf(channel)),
    }));
}

const collator = new Intl.Collator(undefined, { sensitivity: "base" });
/** @param {Choice} a @param {Choice} b */
const byLabel = (a, b) => collator.compare(a.label, b.label);
