/**
 * What the message box can complete: people and roles behind "@", channels behind "#", emoji behind ":", and
 * commands of bots behind a "/" with which everything begins.
 *
 * A completer says by a pattern, tried on the text before the caret, whether it has something to offer there.
 * To add one, put it into COMPLETERS.
 */

import { iconOf } from "../channel-types.js";
import { h } from "../dom.js";
import { emojiGroups, findEmoji } from "../emoji.js";
import { may } from "../permissions.js";
import { chatsOf } from "../select/channels.js";
import { peopleIn } from "../select/people.js";
import { avatar } from "../ui/avatar.js";
import { icon } from "../ui/icons.js";

/** @typedef {import("../store.js").Store} Store */
/**
 * @typedef {object} Option
 * @property {string} label
 * @property {string} [hint]
 * @property {() => Node} [sign]  what stands before it
 * @property {string} [group]  under what it stands
 * @property {string} shown    what is written in the box
 * @property {string} [token]  what is sent in its place, if that is another
 * @property {() => void} [run]  done in the place of writing
 *
 * @typedef {{client: import("../client.js").Client, store: Store, channelId: string, box: HTMLTextAreaElement}} Context
 *
 * @typedef {object} Completer
 * @property {string} name
 * @property {RegExp} pattern  on the text before the caret; its first group is what is replaced, its second the word
 * @property {(context: Context, word: string) => Option[] | Promise<Option[] | string>} find  a sentence stands in
 *   the place of the list
 */

const OPTIONS_MAX = 10;
const EVERYONE = [
  { name: "everyone", hint: "Everybody who can see this channel" }, { name: "here", hint: "Those of them who are here now" },
];

/** @type {Completer[]} */
export const COMPLETERS = [
  { name: "People", pattern: /(?:^|[\s(])(@([\p{L}\p{N}_.-]{0,32}))$/u, find: findPeople },
  { name: "Channels", pattern: /(?:^|[\s(])(#([\p{L}\p{N}_-]{0,64}))$/u, find: findChannels },
  { name: "Emoji", pattern: /(?:^|[\s(])(:([\p{L}\p{N}_+-]{2,32}))$/u, find: findEmojiNamed },
  {
    // "/config colour se": a name and up to two sub commands, and nothing after them.
    name: "Commands", pattern: /^(\/([^\s/]*(?: [^\s/]*){0,2}))$/,
    find: async (context, word) => (await import("../interactions/commands.js")).findCommands(context, word),
  },
];

/**
 * How well a name goes with a word: 2 if it begins so, 1 if a word of it does, 0 if not.
 * @param {string} name
 * @param {string} word
 */
function rankOf(name, word) {
  const low = name.toLocaleLowerCase();
  if (low.startsWith(word)) return 2;
  return low.split(/[\s._-]+/).some((part) => part.startsWith(word)) ? 1 : 0;
}

/** @param {Context} context @param {string} word @returns {Option[]} */
function findPeople({ store, channelId }, word) {
  const channel = store.channels.get(channelId);
  if (!channel) return [];
  const asked = word.toLocaleLowerCase();
  const people = peopleIn(store, channel).map((user) => {
    const name = store.nameOf(user, channel.guild_id);
    return { user, name, rank: Math.max(rankOf(name, asked), rankOf(user.username, asked)) };
  }).filter(({ rank }) => rank > 0).sort((a, b) => b.rank - a.rank || a.name.localeCompare(b.name)).slice(0, OPTIONS_MAX);
  const mentionsAll = may(store, { channelId }, "MENTION_EVERYONE");
  const guild = store.guilds.get(channel.guild_id ?? "");
  const roles = [...(guild?.roles.values() ?? [])].filter((role) =>
    role.id !== guild?.id && (role.mentionable || mentionsAll) && rankOf(role.name, asked) > 0);
  return [
    ...people.map(({ user, name }) => ({
      label: name, hint: user.username === name ? "" : user.username, sign: () => avatar(user, name), shown: `@${name}`,
      token: `<@${user.id}>`,
    })),
    ...roles.map(({ id, name }) => ({ label: `@${name}`, hint: "role", sign: () => icon("people"), shown: `@${name}`, token: `<@&${id}>` })),
    ...(mentionsAll && guild ? EVERYONE.filter(({ name }) => name.startsWith(asked)).map(({ name, hint }) =>
      ({ label: `@${name}`, hint, sign: () => icon("bell"), shown: `@${name}` })) : []),
  ].slice(0, OPTIONS_MAX);
}

/** @param {Context} context @param {string} word @returns {Option[]} */
function findChannels({ store, channelId }, word) {
  const guildId = store.channels.get(channelId)?.guild_id;
  if (!guildId) return [];
  const asked = word.toLocaleLowerCase();
  return chatsOf(store, guildId)
    .map((channel) => ({ channel, rank: rankOf(channel.name ?? "", asked) }))
    .filter(({ rank }) => rank > 0).sort((a, b) => b.rank - a.rank).slice(0, OPTIONS_MAX)
    .map(({ channel }) => ({
      label: channel.name ?? "", hint: store.channels.get(channel.parent_id ?? "")?.name, sign: () => icon(iconOf(channel)),
      shown: `#${channel.name}`, token: `<#${channel.id}>`,
    }));
}

/** @param {Context} context @param {string} word @returns {Promise<Option[]>} */
async function findEmojiNamed({ store, channelId }, word) {
  const found = findEmoji(await emojiGroups(store, channelId), word, OPTIONS_MAX);
  return found.map(({ name, text, src }) => ({
    label: src ? `:${name}:` : name,
    sign: () => (src ? h("img", { class: "emoji", src, alt: "" }) : h("span", { class: "emoji" }, text)),
    shown: src ? `:${name}:` : text, ...(src && { token: text }),
  }));
}
