/**
 * The client of somebody who is signed in: the store, the connection, the outbox, and where we are.
 *
 * Views get it as their first argument. What a person does goes from a view through here, or straight to
 * rest.js; what comes of it goes into the store; the views draw the store.
 */

import { isChat, isForum } from "./channel-types.js";
import { Gateway } from "./gateway.js";
import { History } from "./history.js";
import { Outbox } from "./outbox.js";
import { isChannelRoute, loginPath, pathOf, pathOfGuild, START } from "./paths.js";
import { tellWhatIsRead } from "./readmarks.js";
import * as rest from "./rest.js";
import { go, here, replace, startRouting } from "./router.js";
import { directMessages, firstChatOf, guildsInOrder } from "./select/channels.js";
import { Store } from "./store.js";
import { orToast } from "./ui/toast.js";

/** @typedef {import("./types.js").Channel} Channel */
/** @typedef {import("./paths.js").Route} Route */

// A guild of more members is shown in part.
const MEMBERS_PAGE = 1000, MEMBERS_MAX = 10_000;
// From this failure in a row on, ask whether it is because we were signed out.
const DOUBT_FROM_ATTEMPT = 3;
// Where one was last, in all and in each guild.
const KEPT = "chatd.last";

export class Client extends EventTarget {
  /** Somebody pressed "sign out", and the answer is on its way. */ #leaving = false;
  /** Called before everything of this person is forgotten. @type {(() => void)[]} */ #onLeave = [];
  /** Called once, with READY, when it is known who we are. @type {((me: string) => void)[]} */ #onKnown = [];
  /** The message that the address names, until the list has gone there. @type {string | null} */ wanted = null;
  /** What is in the middle, once it is there. @type {import("./views/conversation.js").Conversation | null} */
  conversation = null;
  /** @type {Route} */ route = here();
  /** The path of the chat behind a page like the settings. */ #chatPath = START;

  store = new Store();
  history = new History(this.store);
  gateway = new Gateway({
    onDispatch: (type, data) => this.#dispatched(type, data),
    onState: (connection) => this.#connectionChanged(connection),
    onSignedOut: () => (this.#leaving ? this.#leave() : goToLogin()),
  });
  outbox = new Outbox(this.store, () => this.gateway.hurry());

  /** The views have been made: connect, and go where the address says. */
  start() {
    tellWhatIsRead(this.store);
    addEventListener("online", () => this.gateway.hurry());
    // Back, after signing out or in: the page that the browser kept is of another time.
    addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.gateway.hurry();
    });
    startRouting((route) => this.#arrived(route));
    this.gateway.connect();
  }

  /** Everything has come that READY promised, so that pages can be drawn. @returns {Promise<void>} */
  settled() {
    return new Promise((resolve) => {
      const look = () => {
        if (!this.store.settled) return;
        end();
        resolve();
      };
      const end = this.store.subscribe(["open"], look);
      look();
    });
  }

  /** Call once it is known who we are. @param {(me: string) => void} call */
  whenKnown(call) {
    this.#onKnown.push(call);
  }

  /** Call before this person's things are forgotten. @param {() => void} call */
  whenLeaving(call) {
    this.#onLeave.push(call);
  }

  // What comes in.

  /** @param {string} type @param {any} data */
  #dispatched(type, data) {
    // Someone else signed in in another tab, and the cookie is theirs: begin again as them.
    if (type === "READY" && this.store.me && this.store.me.id !== data.user.id) return location.reload();
    this.store.apply(type, data);
    if (type === "READY") {
      this.outbox.restore();
      for (const call of this.#onKnown.splice(0)) call(data.user.id);
    }
    if (type === "GUILD_CREATE" && !data.unavailable) void this.#readMembers(data);
    this.#openSomething();
    if (type === "READY" || type === "GUILD_CREATE") void this.history.refresh();
    this.dispatchEvent(new CustomEvent(type, { detail: data }));
  }

  /** @param {import("./types.js").Connection} connection */
  #connectionChanged(connection) {
    this.store.setConnection(connection);
    if (connection.state === "live") void this.history.refresh();
    // A refused upgrade looks like a dead server from in here; the API can tell the difference.
    if ((connection.attempt ?? 0) >= DOUBT_FROM_ATTEMPT) rest.getMe().catch(goToLoginIfSignedOut);
  }

  /**
   * GUILD_CREATE brings all members of a small guild only.
   * @param {{id: string, members: import("./types.js").Member[], member_count: number}} guild
   */
  async #readMembers({ id, members, member_count }) {
    let after = "0";
    for (let read = members.length; read < member_count && read < MEMBERS_MAX;) {
      const page = await rest.getMembers(id, { limit: MEMBERS_PAGE, after }).catch(() => []);
      this.store.addMembers(id, page);
      if (page.length < MEMBERS_PAGE) return;
      after = page[page.length - 1].user.id;
      read = Math.max(read, this.store.guilds.get(id)?.members.size ?? 0);
    }
  }

  // Where we are.

  /** @param {Route} route */
  #arrived(route) {
    this.route = route;
    if (isChannelRoute(route)) {
      this.#chatPath = location.pathname;
      this.wanted = route.messageId;
      this.store.setOpen(route.guildId, route.channelId);
      this.#openSomething();
      void this.history.refresh();
    } else if (route.page === "") {
      this.store.setOpen(null, null);
      this.#openSomething();
    }
    this.dispatchEvent(new Event("route"));
  }

  /** An address that names no channel leads to one: the start to the last, a guild to its last or first. */
  #openSomething() {
    const { store, route } = this;
    if (route.page === "" && store.settled) return replace(this.#startPath());
    if (!isChannelRoute(route) || !store.ready) return;
    const channel = route.channelId ? store.channels.get(route.channelId) : undefined;
    if (channel) return this.#entered(channel, route);
    if (route.guildId && !route.channelId && store.guilds.has(route.guildId)) {
      const chat = this.#lastIn(route.guildId) ?? firstChatOf(store, route.guildId);
      if (chat) replace(pathOf(chat));
    }
  }

  /** @param {Channel} channel @param {import("./paths.js").ChannelRoute} route */
  #entered(channel, { guildId, messageId }) {
    if ((channel.guild_id ?? null) !== guildId) return replace(pathOf(channel, messageId ?? undefined));
    if (!isChat(channel) && !isForum(channel)) return;
    const last = kept();
    if (last.channel === channel.id) return;
    last.channel = channel.id;
    if (guildId) last.guilds = { ...last.guilds, [guildId]: channel.id };
    localStorage.setItem(KEPT, JSON.stringify(last));
  }

  /** @param {string} guildId */
  #lastIn(guildId) {
    return this.store.channels.get(kept().guilds?.[guildId] ?? "");
  }

  #startPath() {
    const { store } = this;
    const [guild] = guildsInOrder(store);
    const last = store.channels.get(kept().channel ?? "");
    const channel = last ?? (guild ? firstChatOf(store, guild.id) : directMessages(store)[0]);
    return channel ? pathOf(channel) : pathOfGuild(null);
  }

  /** From a page like the settings back to the chat. */
  leavePage() {
    go(this.#chatPath);
  }

  /** @param {Channel} channel @param {string} [messageId] */
  goTo(channel, messageId) {
    go(pathOf(channel, messageId));
  }

  /** @param {string} userId */
  async openDirectMessage(userId) {
    await this.try(rest.openDirectMessage(userId).then((channel) => {
      this.store.apply("CHANNEL_CREATE", channel);
      this.goTo(channel);
    }));
  }

  // What a person does.

  /** Do something, and say in a toast what went wrong. @param {Promise<unknown>} attempt */
  async try(attempt) {
    attempt.catch(goToLoginIfSignedOut);
    return orToast(attempt);
  }

  /** The server ends our connection too, and nobody knows whether that or its answer arrives first. */
  async signOut() {
    this.#leaving = true;
    await this.try(rest.logout().then(() => this.#leave()));
    this.#leaving = false;
  }

  /** Leave nothing behind for the next person at this browser. */
  #leave() {
    this.gateway.stop();
    for (const call of this.#onLeave) call();
    sessionStorage.clear();
    location.assign("/login");
  }
}

/** @returns {{channel?: string, guilds?: Record<string, string>}} */
function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? "{}");
  } catch {
    return {}; // somebody else's idea of it
  }
}

function goToLogin() {
  location.assign(loginPath());
}

/** @param {unknown} error */
function goToLoginIfSignedOut(error) {
  if (error instanceof rest.ApiError && error.status === 401) goToLogin();
}
