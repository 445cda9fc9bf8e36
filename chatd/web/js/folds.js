/**
 * What each gateway event does to the store: one function per event, named after it.
 *
 * An event may arrive twice (a replay after a resume, an answer that overtook it), so each function is safe
 * to run again with the same data. To fold another event, add its function here and its intent to
 * gateway.js.
 */

import { compareIds, idOf } from "./ids.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./types.js").Channel} Channel */
/** @typedef {import("./types.js").Guild} Guild */
/** @typedef {import("./types.js").Member} Member */

// A TYPING_START holds for ten seconds; whoever goes on typing sends another.
const TYPING_LASTS_MS = 10_000;

/** @type {Record<string, (store: Store, data: any) => void>} */
export const FOLDS = {
  READY(store, { user, guilds, private_channels, read_state }) {
    store.me = user;
    store.users.set(user.id, user);
    store.ready = true;
    // A new session: what happened between the last one and this was not told to us. Guilds we know stay on
    // screen until GUILD_CREATE replaces them.
    const ids = new Set(guilds.map((/** @type {Guild} */ guild) => guild.id));
    for (const id of store.guilds.keys()) if (!ids.has(id)) removeGuild(store, id);
    store.awaited = ids;
    /** @type {{id: string, last_message_id: string, mention_count: number}[]} */
    const entries = read_state.entries;
    store.lastRead = new Map(entries.map((entry) => [entry.id, entry.last_message_id]));
    store.mentions = new Map(entries.map((entry) => [entry.id, entry.mention_count]));
    store.unread.clear();
    for (const channel of store.channels.values()) if (!channel.guild_id) store.channels.delete(channel.id);
    for (const channel of private_channels ?? []) setChannel(store, channel);
    for (const [id, timeline] of store.timelines) {
      if (id === store.open) timeline.miss();
      else store.timelines.delete(id);
    }
    for (const topic of ["open", "channels", "members", "messages"]) store.tell(topic);
  },

  GUILD_CREATE(store, data) {
    store.awaited.delete(data.id);
    if (data.unavailable) return store.tell("open");
    const members = new Map(data.members.map((/** @type {Member} */ member) => [member.user.id, member]));
    const kept = new Set(data.channels.map((/** @type {Channel} */ channel) => channel.id));
    for (const channel of store.channels.values()) {
      if (channel.guild_id === data.id && !kept.has(channel.id)) removeChannel(store, channel.id);
    }
    const { id, name, member_count = members.size } = data;
    store.guilds.set(id, { id, name, member_count, members });
    const joined = idOf(Date.parse(data.joined_at));
    for (const channel of data.channels) {
      // Where nothing was read yet, what was said before we came is not ours to read.
      if (!store.lastRead.has(channel.id)) store.lastRead.set(channel.id, joined);
      setChannel(store, { ...channel, guild_id: data.id });
    }
    for (const userId of members.keys()) store.presences.delete(userId);
    for (const { user, status } of data.presences ?? []) setPresence(store, user.id, status);
    for (const topic of ["open", "channels", "members", "messages"]) store.tell(topic);
  },

  GUILD_UPDATE(store, { id, name }) {
    const guild = store.guilds.get(id);
    if (guild) guild.name = name;
    store.tell("channels");
  },

  GUILD_DELETE(store, { id, unavailable }) {
    store.awaited.delete(id);
    if (!unavailable) removeGuild(store, id);
    for (const topic of ["open", "channels", "members"]) store.tell(topic);
  },

  CHANNEL_CREATE(store, channel) {
    setChannel(store, channel);
    store.tell("channels");
    store.tell("open");
  },

  CHANNEL_UPDATE(store, channel) {
    FOLDS.CHANNEL_CREATE(store, channel);
  },

  CHANNEL_DELETE(store, { id }) {
    removeChannel(store, id);
    store.tell("channels");
    store.tell("open");
  },

  CHANNEL_RECIPIENT_ADD(store, { channel_id, user }) {
    store.users.set(user.id, user);
    setRecipients(store, channel_id, (others) => [...others.filter(({ id }) => id !== user.id), user]);
  },

  CHANNEL_RECIPIENT_REMOVE(store, { channel_id, user }) {
    setRecipients(store, channel_id, (others) => others.filter(({ id }) => id !== user.id));
  },

  GUILD_MEMBER_ADD(store, { guild_id, ...member }) {
    const guild = store.guilds.get(guild_id);
    if (!guild) return;
    if (!guild.members.has(member.user.id)) guild.member_count += 1;
    guild.members.set(member.user.id, member);
    store.tell("members");
  },

  GUILD_MEMBER_UPDATE(store, { guild_id, ...member }) {
    const guild = store.guilds.get(guild_id);
    const known = guild?.members.get(member.user.id);
    guild?.members.set(member.user.id, { ...known, ...member });
    store.tell("members");
  },

  GUILD_MEMBER_REMOVE(store, { guild_id, user }) {
    const guild = store.guilds.get(guild_id);
    if (guild?.members.delete(user.id)) guild.member_count -= 1;
    store.tell("members");
  },

  USER_UPDATE(store, user) {
    store.me = { ...store.me, ...user };
    store.users.set(user.id, { ...store.users.get(user.id), ...user });
    for (const { members } of store.guilds.values()) {
      const member = members.get(user.id);
      if (member) members.set(user.id, { ...member, user: { ...member.user, ...user } });
    }
    store.tell("members");
  },

  PRESENCE_UPDATE(store, { user, status }) {
    setPresence(store, user.id, status);
    store.tell("members");
  },

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
    const { channel_id, author } = message;
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
    if (own) {
      store.lastRead.set(channel_id, message.id);
      store.tell("read", channel_id);
    } else if (isNew) store.unread.set(channel_id, (store.unread.get(channel_id) ?? 0) + 1);
    if (isNew) store.tell("heard", message);
    store.tell("messages");
    store.tell("channels");
  },

  /** A device of ours has read, this one perhaps. By hand, it has marked something unread. */
  MESSAGE_ACK(store, { channel_id, message_id, mention_count, manual }) {
    const read = store.lastRead.get(channel_id);
    if (!manual && read && compareIds(message_id, read) <= 0) return;
    store.lastRead.set(channel_id, message_id);
    const last = store.channels.get(channel_id)?.last_message_id;
    if (last && compareIds(last, message_id) > 0) store.unread.set(channel_id, mention_count);
    else store.unread.delete(channel_id);
    store.tell("channels");
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

/** @param {Store} store @param {Channel} channel */
function setChannel(store, channel) {
  const known = store.channels.get(channel.id);
  const merged = { ...known, ...channel };
  // A channel object may be older than the last message we heard.
  if (known?.last_message_id && compareIds(merged.last_message_id ?? "", known.last_message_id) < 0) {
    merged.last_message_id = known.last_message_id;
  }
  store.channels.set(channel.id, merged);
  for (const user of channel.recipients ?? []) store.users.set(user.id, user);
  const read = store.lastRead.get(channel.id);
  const unread = merged.last_message_id && (!read || compareIds(merged.last_message_id, read) > 0);
  if (unread && !store.unread.has(channel.id)) {
    store.unread.set(channel.id, store.mentions.get(channel.id) ?? 0);
  }
}

/**
 * Somebody has come into a group, or is in it no more.
 * @param {Store} store
 * @param {string} channelId
 * @param {(others: import("./types.js").User[]) => import("./types.js").User[]} change
 */
function setRecipients(store, channelId, change) {
  const channel = store.channels.get(channelId);
  if (channel) channel.recipients = change(channel.recipients ?? []);
  for (const topic of ["channels", "members", "open"]) store.tell(topic);
}

/** @param {Store} store @param {string} id */
function removeChannel(store, id) {
  store.channels.delete(id);
  store.timelines.delete(id);
  store.unread.delete(id);
}

/** @param {Store} store @param {string} id */
function removeGuild(store, id) {
  store.guilds.delete(id);
  for (const channel of store.channels.values()) {
    if (channel.guild_id === id) removeChannel(store, channel.id);
  }
}

/** @param {Store} store @param {string} userId @param {string} status */
function setPresence(store, userId, status) {
  // One's own status may be "invisible"; it looks like offline.
  if (status === "online" || status === "idle" || status === "dnd") store.presences.set(userId, status);
  else store.presences.delete(userId);
}
