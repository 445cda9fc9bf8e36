/** Messages, and who is writing one. Reactions are folded into the messages in memory. */

import { compareIds } from "../ids.js";
import { mentionsMe } from "../select/unread.js";

// A TYPING_START holds for ten seconds; whoever goes on typing sends another.
const TYPING_LASTS_MS = 10_000;

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
    const own = author.id === store.me?.id;
    const channel = store.channels.get(channel_id);
    const last = channel?.last_message_id;
    const isNew = !last || compareIds(message.id, last) > 0;
    if (channel && isNew) channel.last_message_id = message.id;
    if (!message.webhook_id) store.users.set(author.id, author);
    store.timelines.get(channel_id)?.hear(message);
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
    store.timelines.get(message.channel_id)?.amend(message);
    store.tell("messages");
  },

  MESSAGE_DELETE(store, { channel_id, id }) {
    store.removeMessage(channel_id, id);
  },

  MESSAGE_DELETE_BULK(store, { channel_id, ids }) {
    for (const id of ids) store.removeMessage(channel_id, id);
  },
};
