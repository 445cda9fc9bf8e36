/**
 * From messages to the rows of the list: where a day begins, and which messages stand under one name.
 *
 * Pure, so that the rules can be read (and tested) without a page.
 */

import { compareIds } from "./ids.js";

/** @typedef {import("./types.js").Message} Message */
/** @typedef {import("./types.js").Pending} Pending */

// Within five minutes, the next message of the same author shows its time only.
const GROUP_MS = 5 * 60_000;

const DEFAULT = 0, REPLY = 19, COMMAND = 20, STARTER = 21, CONTEXT_COMMAND = 23;
const WRITTEN = new Set([DEFAULT, REPLY, COMMAND, STARTER, CONTEXT_COMMAND]);

/**
 * @typedef {{kind: "day", key: string, time_ms: number}} DayRow
 * @typedef {{kind: "new", key: "new"}} NewRow  what is below it had not been read when the channel was opened
 * @typedef {{kind: "message", key: string, time_ms: number, grouped: boolean, message: Message}} MessageRow
 * @typedef {{kind: "pending", key: string, time_ms: number, grouped: boolean, pending: Pending}} PendingRow
 * @typedef {DayRow | NewRow | MessageRow | PendingRow} Row
 */

/**
 * The rows of a channel, oldest first; what is on its way comes last.
 *
 * A row is grouped with the one before it if both are by the same author, both are plain messages, they are
 * of one day, and less than five minutes lie between them. Nothing is stored: when the head of a group is
 * deleted, the next message finds itself without one and shows the name.
 * @param {Message[]} messages
 * @param {Pending[]} pending
 * @param {string} me  one's own user id
 * @param {string | null} [readTo]  the newest that had been read, if not all had
 * @returns {Row[]}
 */
export function rowsOf(messages, pending, me, readTo = null) {
  /** @type {Row[]} */
  const rows = [];
  /** @type {{author: string, time_ms: number} | null} */
  let last = null;
  let day = "", end_ms = 0;
  let isNewAhead = readTo !== null;

  /** @param {number} time_ms @param {string} today @param {string | null} author  null for a row that never groups */
  const step = (time_ms, today, author, startsGroup = false) => {
    if (today !== day) rows.push({ kind: "day", key: `day:${today}`, time_ms });
    const continues = today === day && last?.author === author && time_ms - last.time_ms < GROUP_MS;
    const grouped = continues && !startsGroup;
    day = today;
    end_ms = time_ms;
    last = author === null ? null : { author, time_ms };
    return grouped;
  };

  for (const each of messages) {
    const message = begunWith(each);
    const { time_ms, day: today } = timeOf(message);
    const isFirstNew = isNewAhead && message.author.id !== me && compareIds(message.id, readTo ?? "") > 0;
    const grouped = step(time_ms, today, isNotice(message) ? null : authorKey(message), message.type !== DEFAULT || isFirstNew);
    if (isFirstNew) rows.push({ kind: "new", key: "new" });
    isNewAhead &&= !isFirstNew;
    rows.push({ kind: "message", key: message.id, time_ms, grouped, message });
  }
  for (const own of pending) {
    // Our clock may be behind the server's; a message on its way is never older than the one above it.
    const time_ms = Math.max(own.created_ms, end_ms);
    const grouped = step(time_ms, dayOf(time_ms), me, own.reply !== undefined);
    rows.push({ kind: "pending", key: `pending:${own.nonce}`, time_ms, grouped, pending: own });
  }
  return rows;
}

/** What threads begin with, as it is shown. @type {WeakMap<Message, Message>} */
const starters = new WeakMap();

/** In a thread that began at a message, that message is shown in the place of the one that points to it. @param {Message} message */
function begunWith(message) {
  const said = message.type === STARTER ? message.referenced_message : null;
  if (!said) return message;
  let shown = starters.get(message);
  if (!shown) starters.set(message, (shown = { ...said, id: message.id, channel_id: message.channel_id, type: STARTER }));
  return shown;
}

/** @param {number} time_ms */
const dayOf = (time_ms) => new Date(time_ms).toDateString();

/** Asked of every message in memory whenever one comes. @type {WeakMap<Message, {time_ms: number, day: string}>} */
const times = new WeakMap();

/** @param {Message} message */
function timeOf(message) {
  let known = times.get(message);
  if (!known) {
    const time_ms = Date.parse(message.timestamp);
    times.set(message, (known = { time_ms, day: dayOf(time_ms) }));
  }
  return known;
}

/** A line about something that happened, not something someone wrote. @param {Message} message */
export function isNotice(message) {
  return !WRITTEN.has(message.type);
}

/** A webhook posts under one id and as many names as it likes. @param {Message} message */
function authorKey(message) {
  return message.webhook_id ? `${message.author.id} ${message.author.username}` : message.author.id;
}

/** What a notice says after the name, and the drawing before it. @type {Record<number, [icon: string, words: string]>} */
const NOTICES = {
  1: ["add", "added somebody to the group."],
  2: ["exit", "left the group, or took somebody out of it."],
  3: ["speaker", "started a call."],
  5: ["image", "gave the group another picture."],
  6: ["pin", "pinned a message."],
  7: ["invite", "joined."],
  8: ["star", "boosted the server."],
  14: ["warning", "no longer lists this server."],
  15: ["check", "lists this server again."],
  22: ["invite", "reminds you to invite people."],
  24: ["admin", "stopped a message that breaks a rule."],
  27: ["stage", "started a stage."],
  28: ["stage", "ended the stage."],
  29: ["stage", "is a speaker now."],
  36: ["lock", "locked the server down for a while."],
  37: ["check", "ended the lockdown."],
  38: ["warning", "reported a raid."],
  39: ["check", "said that there was no raid."],
  46: ["check", "asked for votes, and the poll has ended."],
};

/** What a notice says after the name, and the drawing before it. @param {Message} message @returns {[icon: string, words: string]} */
export function noticeOf({ type, content, mentions = [], author }) {
  const [other] = mentions;
  const them = other?.global_name ?? other?.username;
  if (type === 1 && them) return ["add", `added ${them} to the group.`];
  if (type === 2 && other) return ["exit", other.id === author.id ? "left the group." : `took ${them} out of the group.`];
  if (type === 4) return ["edit", `called the group ${content}.`];
  if (type === 12) return ["news", `lets the news of ${content} come here.`];
  if (type === 18) return ["thread", `started a thread: ${content}`];
  if (type === 31) return ["stage", `made ${content} the topic of the stage.`];
  return NOTICES[type] ?? ["info", content || "did something that this page cannot show."];
}

/**
 * The words of a message; of one that has none, those of what it carries.
 * @param {Message} message
 */
export function textOf({ content, message_snapshots = [], poll, sticker_items = [], components = [] }) {
  const carried = [
    wordsIn(components),
    ...message_snapshots.map(({ message }) => `Forwarded: ${message.content}`),
    ...(poll ? [`Poll: ${poll.question.text}`] : []),
    ...sticker_items.map(({ name }) => `Sticker: ${name}`),
  ];
  return content || carried.filter(Boolean).join("\n");
}

/** The texts among components, in their order. @param {import("./types.js").Component[]} components @returns {string} */
function wordsIn(components) {
  return components.flatMap((one) => [
    one.content, wordsIn([...(one.components ?? []), ...(one.accessory ? [one.accessory] : [])]),
  ]).filter(Boolean).join("\n");
}
