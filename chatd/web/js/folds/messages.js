/** Messages, and who is writing one. Reactions and votes are folded into the messages in memory. */

import { compareIds } from "../ids.js";
import { mentionsMe } from "../select/unread.js";

// A TYPING_START holds for ten seconds; whoever goes on typing sends another.
const TYPING_LASTS_MS = 10_000;
export const EPHEMERAL = 1 << 6;

/** @typedef {import("../store.js").Store} Store */
/** @typedef {import("../types.js").Message} Message */
/** @typedef {import("../types.js").Reaction} Reaction */

/** @type {import("./index.js").Folds} */
export const MESSAGE_FOLDS = {
  TYPING_START(store, { channel_id, user_id, member }) {
    if (user_id === store.me?.id) return;
    if (member?.user) store.users.set(user_id, member.user);
    store.endTyping(channel_id, user_id);
    const typists = store.typing.get(channel_id) ?? new Map();
    store.typing.set(channel_id, typists);
    typists.set(user_id, setTimeout(() => store.endTyping(channel_id, user_id), TYPING_LASTS_MS));
    store.tell("typing");
  },

  MESSAGE_CREATE(store, message) {
    const { author, channel_id } = message;
    if ((message.flags ?? 0) & EPHEMERAL) return hearAlone(store, message);
    const own = author.id === store.me?.id;
    const channel = store.channels.get(channel_id);
    const last = channel?.last_message_id;
    const isNew = !last || compareIds(message.id, last) > 0;
    if (channel && isNew) channel.last_message_id = message.id;
    if (!message.webhook_id) store.users.set(author.id, author);
    const timeline = store.timelines.get(channel_id);
    timeline?.hear(message);
    // Of the one on screen its view knows how much is read.
    if (channel_id !== store.open) timeline?.shorten();
    store.endTyping(channel_id, author.id);
    // Our own message comes back to every device of ours; only the one that sent it knows the nonce.
    if (own && message.nonce !== undefined) store.dropPending(String(message.nonce));
    const read = store.reads.get(channel_id);
    if (own && !message.webhook_id) {
      store.reads.set(channel_id, { last: message.id, mentions: 0 });
      store.tell("read", channel_id);
    } else if (isNew && mentionsMe(store, message)) {
      store.reads.set(channel_id, { last: read?.last ?? "0", mentions: (read?.mentions ?? 0) + 1 });
    }
    if (isNew) store.tell("heard", message);
    store.tellAll("messages", "channels", "guilds");
  },

  MESSAGE_UPDATE(store, message) {
    for (const run of store.runsOf(message.channel_id)) run.amend(message);
    store.tell("messages");
  },

  MESSAGE_DELETE(store, { channel_id, id }) {
    store.removeMessage(channel_id, id);
  },

  MESSAGE_DELETE_BULK(store, { channel_id, ids }) {
    for (const id of ids) store.removeMessage(channel_id, id);
  },

  MESSAGE_REACTION_ADD(store, { channel_id, message_id, user_id, emoji }) {
    const me = user_id === store.me?.id;
    reacted(store, channel_id, message_id, emoji, (known) =>
      ({ emoji, count: (known?.count ?? 0) + 1, me: me || known?.me === true }));
  },

  MESSAGE_REACTION_REMOVE(store, { channel_id, message_id, user_id, emoji }) {
    const me = user_id === store.me?.id;
    reacted(store, channel_id, message_id, emoji, (known) =>
      ({ emoji, count: (known?.count ?? 1) - 1, me: !me && known?.me === true }));
  },

  MESSAGE_REACTION_REMOVE_EMOJI(store, { channel_id, message_id, emoji }) {
    reacted(store, channel_id, message_id, emoji, () => ({ emoji, count: 0, me: false }));
  },

  MESSAGE_REACTION_REMOVE_ALL(store, { channel_id, message_id }) {
    change(store, channel_id, message_id, (message) => ({ ...message, reactions: [] }));
  },

  MESSAGE_POLL_VOTE_ADD(store, { channel_id, message_id, user_id, answer_id }) {
    voted(store, channel_id, message_id, answer_id, user_id === store.me?.id, 1);
  },

  MESSAGE_POLL_VOTE_REMOVE(store, { channel_id, message_id, user_id, answer_id }) {
    voted(store, channel_id, message_id, answer_id, user_id === store.me?.id, -1);
  },
};

/**
 * What only we are shown is in no history: it is neither unread nor the last that was said.
 * @param {Store} store
 * @param {Message} message
 */
function hearAlone(store, message) {
  store.timelines.get(message.channel_id)?.put(message);
  store.tell("heard", message);
  store.tell("messages");
}

/**
 * @param {Store} store
 * @param {string} channelId
 * @param {string} messageId
 * @param {(message: Message) => Message} changed
 */
function change(store, channelId, messageId, changed) {
  for (const run of store.runsOf(channelId)) {
    const message = run.get(messageId);
    if (message) run.put(changed(message));
  }
  store.tell("messages");
}

/**
 * @param {Store} store
 * @param {string} channelId
 * @param {string} messageId
 * @param {Reaction["emoji"]} emoji
 * @param {(known: Reaction | undefined) => Reaction} changed  with a count of 0 it goes
 */
function reacted(store, channelId, messageId, emoji, changed) {
  // A custom emoji is its id, whatever it is called today.
  const same = (/** @type {Reaction} */ { emoji: { id, name } }) => (emoji.id ? id === emoji.id : !id && name === emoji.name);
  change(store, channelId, messageId, (message) => {
    const known = message.reactions ?? [];
    const next = changed(known.find(same));
    const reactions = known.some(same) ? known.map((one) => (same(one) ? next : one)) : [...known, next];
    return { ...message, reactions: reactions.filter(({ count }) => count > 0) };
  });
}

/**
 * @param {Store} store
 * @param {string} channelId
 * @param {string} messageId
 * @param {number} answerId
 * @param {boolean} mine
 * @param {1 | -1} step
 */
function voted(store, channelId, messageId, answerId, mine, step) {
  change(store, channelId, messageId, (message) => {
    const { poll } = message;
    if (!poll) return message;
    const { answer_counts = [], is_finalized = false } = poll.results ?? {};
    const known = answer_counts.find(({ id }) => id === answerId) ?? { id: answerId, count: 0, me_voted: false };
    const next = { id: answerId, count: known.count + step, me_voted: mine ? step > 0 : known.me_voted };
    const counts = [...answer_counts.filter(({ id }) => id !== answerId), next];
    return { ...message, poll: { ...poll, results: { is_finalized, answer_counts: counts } } };
  });
}
