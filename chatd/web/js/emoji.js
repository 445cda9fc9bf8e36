/**
 * Emoji to choose from: the standard ones by group and name, and the custom ones of one's guilds.
 *
 * A choice is `{text, key, name, src}`: the text to write it in a message, the key that a reaction's path has,
 * its name for people, and for a custom one the address of its picture.
 */

import { may } from "./permissions.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {{text: string, key: string, name: string, src: string | null}} Choice */
/** @typedef {{name: string, choices: Choice[]}} Group */

const RECENT = "chatd.emoji", RECENT_MAX = 24;
const TONES = ["", "\u{1f3fb}", "\u{1f3fc}", "\u{1f3fd}", "\u{1f3fe}", "\u{1f3ff}"];
const TONE = "chatd.tone";

// What people type for those they use most, where that is not the name.
/** @type {Record<string, string>} */
const ALSO_CALLED = {
  "👍": "+1 thumbsup yes", "👎": "-1 thumbsdown no", "😂": "joy lol", "❤️": "love", "🎉": "tada party", "🙏": "pray thanks",
  "🚀": "ship", "✅": "done ok", "❌": "no x", "🔥": "lit", "😭": "sob cry", "🤔": "hmm", "👀": "look", "💯": "100",
  "😅": "sweat", "🤷": "dunno", "👋": "hi bye", "🙂": "smile", "😉": "wink", "😍": "love", "😢": "sad", "😡": "angry",
};

/** @type {{name: string, lines: {emoji: string, name: string, toned: boolean}[]}[] | null} */
let standard = null;

/** The standard ones are a file of their own, read when somebody first asks. */
async function standardGroups() {
  if (standard) return standard;
  const { EMOJI } = await import("./emoji-names.js");
  standard = EMOJI.split("\n\n").map((group) => {
    const [name, ...lines] = group.split("\n");
    return { name, lines: lines.map(lineOf) };
  });
  return standard;
}

/** @param {string} line */
function lineOf(line) {
  const [, emoji, plus, name] = /** @type {RegExpExecArray} */ (/^([^ +]+)(\+?) (.+)$/.exec(line));
  return { emoji, name, toned: plus === "+" };
}

/**
 * Everything that may be chosen in a place: used lately, the guild's own, those of other guilds where that is
 * allowed, the standard ones.
 * @param {Store} store
 * @param {string | null} channelId
 * @returns {Promise<Group[]>}
 */
export async function emojiGroups(store, channelId) {
  const groups = [...customGroups(store, channelId), ...(await standardGroups()).map(({ name, lines }) =>
    ({ name, choices: lines.map((line) => standardChoice(line.toned ? toned(line.emoji) : line.emoji, line.name)) }))];
  const known = new Map(groups.flatMap(({ choices }) => choices.map((choice) => [choice.key, choice])));
  const recent = recentKeys().map((key) => known.get(key)).filter((choice) => choice !== undefined);
  return recent.length ? [{ name: "Used lately", choices: recent }, ...groups] : groups;
}

/** @param {Store} store @param {string | null} channelId @returns {Group[]} */
function customGroups(store, channelId) {
  const here = store.channels.get(channelId ?? "")?.guild_id;
  const elsewhere = !here || may(store, { channelId }, "USE_EXTERNAL_EMOJIS");
  const mine = store.guilds.get(here ?? "")?.members.get(store.me?.id ?? "")?.roles ?? [];
  return [...store.guilds.values()]
    .filter((guild) => guild.emojis.size > 0 && (guild.id === here || elsewhere))
    .sort((a, b) => Number(b.id === here) - Number(a.id === here))
    .map((guild) => ({
      name: guild.name,
      choices: [...guild.emojis.values()]
        .filter(({ available, roles = [] }) => available !== false && (!roles.length || roles.some((id) => mine.includes(id))))
        .map(customChoice),
    }))
    .filter(({ choices }) => choices.length > 0);
}

/** @param {string} emoji @param {string} name @returns {Choice} */
const standardChoice = (emoji, name) => ({ text: emoji, key: emoji, name, src: null });

/** @param {import("./types.js").Emoji} emoji @returns {Choice} */
const customChoice = ({ id, name, animated }) => ({
  text: `<${animated ? "a" : ""}:${name}:${id}>`, key: `${name}:${id}`, name, src: `/emojis/${id}.${animated ? "gif" : "png"}`,
});

/**
 * Those whose names have words beginning so, the best first.
 * @param {Group[]} groups
 * @param {string} asked
 */
export function findEmoji(groups, asked, max = 60) {
  const words = asked.toLocaleLowerCase().replace(/[:_]/g, " ").trim().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  /** @type {Map<string, {choice: Choice, rank: number}>} */
  const found = new Map();
  for (const choice of groups.flatMap(({ choices }) => choices)) {
    const rank = rankOf(choice, words);
    if (rank > 0 && !found.has(choice.key)) found.set(choice.key, { choice, rank });
  }
  return [...found.values()].sort((a, b) => b.rank - a.rank).slice(0, max).map(({ choice }) => choice);
}

/** @param {Choice} choice @param {string[]} words */
function rankOf({ name, key }, words) {
  const called = `${name.toLocaleLowerCase().replace(/_/g, " ")} ${ALSO_CALLED[plain(key)] ?? ""}`;
  if (!words.every((word) => called.startsWith(word) || called.includes(` ${word}`))) return 0;
  return called.trim() === words.join(" ") ? 3 : (ALSO_CALLED[plain(key)] ?? "").split(" ").includes(words[0]) ? 2.5
    : called.startsWith(words[0]) ? 2 : 1;
}

/** Without its tone of skin. @param {string} key */
const plain = (key) => key.replace(/[\u{1f3fb}-\u{1f3ff}]/u, "");

/** A tone goes behind the first person or hand. @param {string} emoji */
function toned(emoji) {
  const tone = TONES[chosenTone()];
  if (!tone) return emoji;
  const [first, ...rest] = emoji;
  return first + tone + rest.join("").replace(/^\ufe0f/, "");
}

export const chosenTone = () => Number(localStorage.getItem(TONE) ?? 0) || 0;

/** @param {number} tone  0 for none, up to 5 */
export const chooseTone = (tone) => localStorage.setItem(TONE, String(tone));

/** @returns {string[]} */
function recentKeys() {
  try {
    const kept = JSON.parse(localStorage.getItem(RECENT) ?? "[]");
    return Array.isArray(kept) ? kept.filter((key) => typeof key === "string") : [];
  } catch {
    return []; // somebody else's idea of it
  }
}

/** @param {string} key */
export function rememberEmoji(key) {
  const recent = [key, ...recentKeys().filter((other) => other !== key)].slice(0, RECENT_MAX);
  localStorage.setItem(RECENT, JSON.stringify(recent));
}
