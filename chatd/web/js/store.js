/**
 * The one store: everything the page knows, folded from gateway dispatches and answers.
 *
 * Data flows one way: gateway.js and rest.js bring facts, the store folds them in and says which topics
 * changed, the views read the store and draw. A view never keeps facts of its own, so whatever order events
 * come in, two views cannot disagree. How each event changes the state is in folds/, what can be asked of it
 * beyond a look into a map in select/.
 *
 * A listener is called once for all that a burst of events has changed.
 */

import { isChat, Type } from "./channel-types.js";
import { FOLDS } from "./folds/index.js";
import { compareIds } from "./ids.js";
import { mentionsMe } from "./select/unread.js";
import { Timeline } from "./timeline.js";

/** @typedef {import("./types.js").Channel} Channel */
/** @typedef {import("./types.js").Guild} Guild */
/** @typedef {import("./types.js").Member} Member */
/** @typedef {import("./types.js").Message} Message */
/** @typedef {import("./types.js").Pending} Pending */
/** @typedef {import("./types.js").Status} Status */
/** @typedef {import("./types.js").User} User */

/**
 * What can change:
 *
 *     connection     the state of the gateway
 *     guilds         which there are, their names and pictures
 *     channels       lists, names, unread, threads
 *     roles          of any guild, and so what one may do
 *     members        people, names, presence
 *     emojis         custom emoji and stickers
 *     voice          who is in which voice channel
 *     relationships  friends, requests, blocks
 *     settings       one's own and the notification settings
 *     messages       of any channel in memory
 *     typing         who is typing
 *     asked          what bots have been asked, and the answers
 *     open           another channel is shown, or the shown one has come or gone
 *     heard          with the messages: something was said just now
 *     read           with the channels' ids: we have read there
 * @typedef {"connection" | "guilds" | "channels" | "roles" | "members" | "emojis" | "voice" |
 *   "relationships" | "settings" | "messages" | "typing" | "asked" | "open" | "heard" | "read"} Topic
 */

const FLUSH_EVERY_MS = 16;

export class Store {
  /** @type {User | null} */ me = null;
  /** @type {import("./types.js").Connection} */ connection = { state: "connecting" };
  /** @type {Map<string, Guild>} */ guilds = new Map();
  /** Threads are among them. @type {Map<string, Channel>} */ channels = new Map();
  /** @type {Map<string, User>} */ users = new Map();
  /** Absent means offline. @type {Map<string, import("./types.js").Presence>} */ presences = new Map();
  /** Channel id to user id to voice state. @type {Map<string, Map<string, import("./types.js").VoiceState>>} */
  voice = new Map();
  /** By the other's id. @type {Map<string, import("./types.js").Relationship>} */ relationships = new Map();
  /** What one's devices agree on: status, theme, order of guilds. @type {Record<string, any>} */ settings = {};
  /** By guild id, direct messages under "@me". @type {Map<string, import("./types.js").NotificationSettings>} */
  notifications = new Map();
  /** By channel id. @type {Map<string, import("./types.js").ReadState>} */ reads = new Map();
  /** Channel id to user id to the timer that ends it. @type {Map<string, Map<string, number>>} */
  typing = new Map();
  /** @type {Map<string, Timeline>} */ timelines = new Map();
  /** Somebody looks at the past, apart from the timeline: by channel. @type {Map<string, Timeline>} */
  windows = new Map();
  /** Our own messages on their way, oldest first. @type {Pending[]} */ pending = [];
  /** What we have asked of bots that has no answer yet, or got none: by nonce. @type {Map<string, import("./types.js").Asked>} */
  asked = new Map();
  /** What one has chosen from the menu of a message, by "message component". @type {Map<string, string[]>} */
  chosen = new Map();
  /** The guild on screen, null for direct messages. @type {string | null} */ openGuild = null;
  /** The channel on screen. @type {string | null} */ open = null;
  /** Guilds READY promised and GUILD_CREATE has not brought yet. @type {Set<string>} */ awaited = new Set();
  /** READY came. */ ready = false;

  /** @type {Map<string, Set<(details: any[]) => void>>} */ #listeners = new Map();
  /** @type {Map<string, any[]>} */ #changed = new Map();
  #flushed_ms = -FLUSH_EVERY_MS;

  /**
   * Call `listener` after one of the topics changed.
   * @param {Topic[]} topics
   * @param {(details: any[]) => void} listener
   * @returns {() => void} ends it
   */
  subscribe(topics, listener) {
    for (const topic of topics) {
      const all = this.#listeners.get(topic) ?? new Set();
      this.#listeners.set(topic, all.add(listener));
    }
    return () => topics.forEach((topic) => this.#listeners.get(topic)?.delete(listener));
  }

  /**
   * Say that `topic` changed.
   * @param {Topic} topic
   * @param {any} [detail]
   */
  tell(topic, detail) {
    if (this.#changed.size === 0) this.#flushSoon();
    const details = this.#changed.get(topic) ?? [];
    if (detail !== undefined) details.push(detail);
    this.#changed.set(topic, details);
  }

  /** Say that these have changed. @param {...Topic} topics */
  tellAll(...topics) {
    for (const topic of topics) this.tell(topic);
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

  /** The channel on screen, also when it is a forum, which holds no messages itself. */
  get shownChannel() {
    const channel = this.open === null ? undefined : this.channels.get(this.open);
    return channel && channel.type !== Type.CATEGORY ? channel : undefined;
  }

  /** The chat on screen. @returns {Channel | undefined} */
  get openChannel() {
    const channel = this.shownChannel;
    return channel && isChat(channel) ? channel : undefined;
  }

  /** @param {string} channelId */
  timeline(channelId) {
    let timeline = this.timelines.get(channelId);
    if (!timeline) this.timelines.set(channelId, (timeline = new Timeline()));
    return timeline;
  }

  /** What of a channel is shown: a window into its past, else its timeline. @param {string} channelId */
  shown(channelId) {
    return this.windows.get(channelId) ?? this.timeline(channelId);
  }

  /** The runs of a channel that are in memory. @param {string} channelId */
  runsOf(channelId) {
    return [this.timelines.get(channelId), this.windows.get(channelId)].filter((run) => run !== undefined);
  }

  /** A message in memory. @param {string} channelId @param {string} id */
  messageOf(channelId, id) {
    return this.windows.get(channelId)?.get(id) ?? this.timelines.get(channelId)?.get(id);
  }

  /**
   * What people call this user, here.
   * @param {User} user
   * @param {string} [guildId]
   */
  nameOf(user, guildId) {
    const member = guildId ? this.guilds.get(guildId)?.members.get(user.id) : undefined;
    const known = member?.user ?? this.users.get(user.id) ?? user;
    const friend = this.relationships.get(user.id)?.nickname;
    return member?.nick || (!guildId && friend) || known.global_name || known.username || "Unknown user";
  }

  /** @param {Channel} channel */
  titleOf(channel) {
    if (channel.guild_id) return channel.name ?? "";
    const names = (channel.recipients ?? []).map((user) => this.nameOf(user));
    return channel.name || names.join(", ") || "Direct message";
  }

  /** @param {string} userId @returns {Status} */
  statusOf(userId) {
    return this.presences.get(userId)?.status ?? "offline";
  }

  // What others than the gateway change.

  /** @param {import("./types.js").Connection} connection */
  setConnection(connection) {
    this.connection = connection;
    this.tell("connection");
  }

  /** @param {string | null} guildId @param {string | null} channelId */
  setOpen(guildId, channelId) {
    if (channelId !== this.open) this.windows.clear();
    this.openGuild = guildId;
    this.open = channelId;
    this.tellAll("open", "guilds", "channels", "members", "messages", "typing");
  }

  /**
   * Everything in the channel has been seen, up to the message `upTo` if one is named.
   * @param {string} channelId
   */
  markRead(channelId, upTo = this.channels.get(channelId)?.last_message_id) {
    const read = this.reads.get(channelId);
    if (!upTo || (read && (compareIds(upTo, read.last) < 0 || (read.last === upTo && read.mentions === 0)))) return;
    const rest = this.timelines.get(channelId)?.messages ?? [];
    const mentions = rest.filter((message) => compareIds(message.id, upTo) > 0 && mentionsMe(this, message)).length;
    if (read?.last === upTo && read.mentions === mentions) return;
    this.reads.set(channelId, { last: upTo, mentions });
    this.tellAll("channels", "guilds");
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
    for (const run of this.runsOf(message.channel_id)) run.amend(message);
    this.tell("messages");
  }

  /** @param {string} channelId @param {string} id */
  removeMessage(channelId, id) {
    for (const run of this.runsOf(channelId)) run.remove(id);
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
