/**
 * The one store: everything the page knows, folded from gateway dispatches and answers.
 *
 * Data flows one way: gateway.js and rest.js bring facts, the store folds them in and says which topics
 * changed, the views in views/ read the store and draw. A view never keeps facts of its own, so whatever
 * order events come in, two views cannot disagree.
 *
 * Topics: "connection", "channels" (lists, names, unread), "members" (people, presence), "messages",
 * "typing", "open" (another channel is shown), "heard" (with the messages: something was said just now),
 * "read" (with the channels' ids: we have read there). A listener is called once for all that a burst of
 * events has changed.
 *
 * How each event changes the state is in folds.js.
 */

import { FOLDS } from "./folds.js";
import { compareIds } from "./ids.js";
import { Timeline } from "./timeline.js";

/** @typedef {import("./types.js").Channel} Channel */
/** @typedef {import("./types.js").Guild} Guild */
/** @typedef {import("./types.js").Member} Member */
/** @typedef {import("./types.js").Message} Message */
/** @typedef {import("./types.js").Pending} Pending */
/** @typedef {import("./types.js").Status} Status */
/** @typedef {import("./types.js").User} User */

const FLUSH_EVERY_MS = 16;
const CATEGORY = 4;
// The channels one can write in: text, direct message, group, announcements.
const CHATS = new Set([0, 1, 3, 5]);

export class Store {
  /** @type {User | null} */ me = null;
  /** @type {import("./types.js").Connection} */ connection = { state: "connecting" };
  /** @type {Map<string, Guild>} */ guilds = new Map();
  /** @type {Map<string, Channel>} */ channels = new Map();
  /** @type {Map<string, User>} */ users = new Map();
  /** Absent means offline. @type {Map<string, Status>} */ presences = new Map();
  /** Channel id to user id to the timer that ends it. @type {Map<string, Map<string, number>>} */
  typing = new Map();
  /** @type {Map<string, Timeline>} */ timelines = new Map();
  /** Our own messages on their way, oldest first. @type {Pending[]} */ pending = [];
  /**
   * Channel id to messages heard and not read; a channel may be unread with 0.
   * @type {Map<string, number>}
   */
  unread = new Map();
  /** Channel id to the newest message read. @type {Map<string, string>} */ lastRead = new Map();
  /** Channel id to the mentions that READY told of. @type {Map<string, number>} */ mentions = new Map();
  /** The channel on screen. @type {string | null} */ open = null;
  /** Guilds READY promised and GUILD_CREATE has not brought yet. @type {Set<string>} */ awaited = new Set();
  /** READY came. */ ready = false;

  /** @type {Map<string, Set<(details: any[]) => void>>} */ #listeners = new Map();
  /** @type {Map<string, any[]>} */ #changed = new Map();
  #flushed_ms = -FLUSH_EVERY_MS;

  /**
   * Call `listener` after `topic` changed.
   * @param {string[]} topics
   * @param {(details: any[]) => void} listener
   */
  subscribe(topics, listener) {
    for (const topic of topics) {
      const all = this.#listeners.get(topic) ?? new Set();
      this.#listeners.set(topic, all.add(listener));
    }
  }

  /**
   * Say that `topic` changed.
   * @param {string} topic
   * @param {any} [detail]
   */
  tell(topic, detail) {
    if (this.#changed.size === 0) this.#flushSoon();
    const details = this.#changed.get(topic) ?? [];
    if (detail !== undefined) details.push(detail);
    this.#changed.set(topic, details);
  }

  /** At the end of this task; during a flood of events, once a frame, for drawing costs more than folding. */
  #flushSoon() {
    const wait_ms = this.#flushed_ms + FLUSH_EVERY_MS - performance.now();
    if (wait_ms <= 0) queueMicrotask(() => this.#flush());
    else setTimeout(() => this.#flush(), wait_ms);
  }

  #flush() {
    this.#flushed_ms = performance.now();
    const changed = this.#changed;
    this.#changed = new Map();
    /** @type {Map<(details: any[]) => void, any[]>} */
    const calls = new Map();
    for (const [topic, details] of changed) {
      for (const listener of this.#listeners.get(topic) ?? []) {
        calls.set(listener, [...(calls.get(listener) ?? []), ...details]);
      }
    }
    for (const [listener, details] of calls) listener(details);
  }

  /**
   * Fold a gateway dispatch in. Events this client does not draw change nothing.
   * @param {string} type
   * @param {any} data
   */
  apply(type, data) {
    FOLDS[type]?.(this, data);
  }

  // What views ask.

  /** Every guild has come, so an empty list means "in no chat" and not "not yet". */
  get settled() {
    return this.ready && this.awaited.size === 0;
  }

  /** What people call this server: its guild's name, as long as it has only one. */
  get name() {
    const [guild, ...others] = this.guilds.values();
    return guild && others.length === 0 ? guild.name : "chatd";
  }

  /** @returns {Channel | undefined} */
  get openChannel() {
    return this.open === null ? undefined : this.channels.get(this.open);
  }

  /** @param {string} channelId */
  timeline(channelId) {
    let timeline = this.timelines.get(channelId);
    if (!timeline) this.timelines.set(channelId, (timeline = new Timeline()));
    return timeline;
  }

  /**
   * The chats of a guild, in the order the sidebar shows them: by category, then by position.
   * @param {string} guildId
   */
  chatsOf(guildId) {
    const inGuild = [...this.channels.values()].filter((channel) => channel.guild_id === guildId);
    const rank = (/** @type {Channel} */ channel) => {
      const parent = channel.parent_id ? this.channels.get(channel.parent_id) : undefined;
      return parent?.type === CATEGORY ? 1 + (parent.position ?? 0) : 0;
    };
    return inGuild
      .filter((channel) => CHATS.has(channel.type))
      .sort((a, b) => rank(a) - rank(b) || (a.position ?? 0) - (b.position ?? 0) || compareIds(a.id, b.id));
  }

  /** Direct messages, the one written in last first. */
  directMessages() {
    return [...this.channels.values()]
      .filter((channel) => !channel.guild_id && CHATS.has(channel.type))
      .sort((a, b) => compareIds(b.last_message_id ?? b.id, a.last_message_id ?? a.id));
  }

  /** All chats, in the order of the sidebar. */
  chats() {
    return [...[...this.guilds.keys()].flatMap((id) => this.chatsOf(id)), ...this.directMessages()];
  }

  /**
   * What people call this user, here.
   * @param {User} user
   * @param {string} [guildId]
   */
  nameOf(user, guildId) {
    const member = guildId ? this.guilds.get(guildId)?.members.get(user.id) : undefined;
    const known = member?.user ?? this.users.get(user.id) ?? user;
    return member?.nick || known.global_name || known.username || "Unknown user";
  }

  /** @param {Channel} channel */
  titleOf(channel) {
    if (channel.guild_id) return channel.name ?? "";
    const names = (channel.recipients ?? []).map((user) => this.nameOf(user));
    return channel.name || names.join(", ") || "Direct message";
  }

  /** @param {string} userId @returns {Status} */
  statusOf(userId) {
    return this.presences.get(userId) ?? "offline";
  }

  /** The people in a chat. @param {Channel} channel @returns {User[]} */
  peopleIn(channel) {
    if (!channel.guild_id) return [...(channel.recipients ?? []), ...(this.me ? [this.me] : [])];
    return [...(this.guilds.get(channel.guild_id)?.members.values() ?? [])].map((member) => member.user);
  }

  // What others than the gateway change.

  /** @param {import("./types.js").Connection} connection */
  setConnection(connection) {
    this.connection = connection;
    this.tell("connection");
  }

  /** @param {string | null} channelId */
  setOpen(channelId) {
    this.open = channelId;
    for (const topic of ["open", "channels", "members", "messages", "typing"]) this.tell(topic);
  }

  /** Everything in the channel has been seen. @param {string} channelId */
  markRead(channelId) {
    const last = this.channels.get(channelId)?.last_message_id;
    if (!last || (this.lastRead.get(channelId) === last && !this.unread.has(channelId))) return;
    this.lastRead.set(channelId, last);
    this.unread.delete(channelId);
    this.tell("channels");
    this.tell("read", channelId);
  }

  /** @param {Pending} pending */
  addPending(pending) {
    this.pending.push(pending);
    this.tell("messages");
  }

  /** @param {string} nonce */
  dropPending(nonce) {
    this.pending = this.pending.filter((pending) => pending.nonce !== nonce);
    this.tell("messages");
  }

  /**
   * The server has taken our message; its MESSAGE_CREATE may come before or after.
   * @param {Message} message
   */
  confirm(message, nonce = String(message.nonce ?? "")) {
    this.dropPending(nonce);
    this.timelines.get(message.channel_id)?.put(message);
  }

  /** A message changed, as the answer to our own edit says. @param {Message} message */
  update(message) {
    this.timelines.get(message.channel_id)?.put(message);
    this.tell("messages");
  }

  /** @param {string} channelId @param {string} id */
  removeMessage(channelId, id) {
    this.timelines.get(channelId)?.remove(id);
    this.tell("messages");
  }

  /** @param {string} guildId @param {Member[]} members */
  addMembers(guildId, members) {
    const guild = this.guilds.get(guildId);
    for (const member of members) guild?.members.set(member.user.id, member);
    this.tell("members");
  }

  /** @param {string} channelId @param {string} userId */
  endTyping(channelId, userId) {
    const timer = this.typing.get(channelId)?.get(userId);
    if (timer === undefined) return;
    clearTimeout(timer);
    this.typing.get(channelId)?.delete(userId);
    this.tell("typing");
  }
}
