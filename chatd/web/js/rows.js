/**
 * From messages to the rows of the list: where a day begins, and which messages stand under one name.
 *
 * Pure, so that the rules can be read (and tested) without a page.
 */

/** @typedef {import("./types.js").Message} Message */
/** @typedef {import("./types.js").Pending} Pending */

// Within five minutes, the next message of the same author shows its time only.
const GROUP_MS = 5 * 60_000;

const DEFAULT = 0, REPLY = 19, COMMAND = 20, STARTER = 21, CONTEXT_COMMAND = 23;
const WRITTEN = new Set([DEFAULT, REPLY, COMMAND, STARTER, CONTEXT_COMMAND]);

/**
 * @typedef {{kind: "day", key: string, time_ms: number}} DayRow
 * @typedef {{kind: "message", key: string, time_ms: number, grouped: boolean, message: Message}} MessageRow
 * @typedef {{kind: "pending", key: string, time_ms: number, grouped: boolean, pending: Pending}} PendingRow
 * @typedef {DayRow | MessageRow | PendingRow} Row
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
 * @returns {Row[]}
 */
export function rowsOf(messages, pending, me) {
  /** @type {Row[]} */
  const rows = [];
  /** @type {{author: string, time_ms: number} | null} */
  let last = null;
  let day = "";

  /** @param {number} time_ms @param {string | null} author  null for a row that never groups */
  const step = (time_ms, author, startsGroup = false) => {
    const today = new Date(time_ms).toDateString();
    if (today !== day) rows.push({ kind: "day", key: `day:${today}`, time_ms });
    const continues = today === day && last?.author === author && time_ms - last.time_ms < GROUP_MS;
    const grouped = continues && !startsGroup;
    day = today;
    last = author === null ? null : { author, time_ms };
    return grouped;
  };

  for (const message of messages) {
    const time_ms = Date.parse(message.timestamp);
    const grouped = step(time_ms, isNotice(message) ? null : authorKey(message), message.type !== DEFAULT);
    rows.push({ kind: "message", key: message.id, time_ms, grouped, message });
  }
  for (const own of pending) {
    // Our clock may be behind the server's; a message on its way is never older than the one above it.
    const time_ms = Math.max(own.created_ms, rows.at(-1)?.time_ms ?? 0);
    const grouped = step(time_ms, me);
    rows.push({ kind: "pending", key: `pending:${own.nonce}`, time_ms, grouped, pending: own });
  }
  return rows;
}

/** A line about something that happened, not something someone wrote. @param {Message} message */
export function isNotice(message) {
  return !WRITTEN.has(message.type);
}

/** A webhook posts under one id and as many names as it likes. @param {Message} message */
function authorKey(message) {
  return message.webhook_id ? `${message.author.id} ${message.author.username}` : message.author.id;
}

/** What a notice says after the name. @type {Record<number, string>} */
const NOTICES = {
  1: "added somebody to the group.",
  2: "left the group, or took somebody out of it.",
  3: "started a call.",
  5: "gave the group another picture.",
  6: "pinned a message.",
  7: "joined.",
  27: "started a stage.",
  28: "ended the stage.",
  46: "asked for votes, and the poll has ended.",
};

/** @param {Message} message */
export function noticeText({ type, content }) {
  if (type === 4) return `called the group ${content}.`;
  if (type === 12) return `lets the news of ${content} come here.`;
  if (type === 18) return `started a thread: ${content}`;
  if (type === 31) return `made ${content} the topic of the stage.`;
  return NOTICES[type] ?? (content || "did something that this page cannot show.");
}

/**
 * The words of a message; of one that has none, those of what it carries.
 * @param {Message} message
 */
export function textOf({ content, message_snapshots = [], poll, sticker_items = [] }) {
  const carried = [
    ...message_snapshots.map(({ message }) => `Forwarded: ${message.content}`),
    ...(poll ? [`Poll: ${poll.question.text}`] : []),
    ...sticker_items.map(({ name }) => `Sticker: ${name}`),
  ];
  return content || carried.join("\n");
}
