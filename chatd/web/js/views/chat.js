/**
 * The chat page: makes the store, the connection and the views, and ties them together.
 *
 * What a person does goes from a view through here to rest.js or outbox.js; what comes of it goes into the
 * store; the views draw the store. The address names the open channel, so links, Back and reload work.
 */

import { find, fromTemplate, icon } from "../dom.js";
import { Gateway } from "../gateway.js";
import { History } from "../history.js";
import { Outbox } from "../outbox.js";
import { channelIdIn, HOME, loginPath, pathOf } from "../paths.js";
import { tellWhatIsRead } from "../readmarks.js";
import * as rest from "../rest.js";
import { Store } from "../store.js";
import { avatar } from "./avatar.js";
import { showChannels } from "./channels.js";
import { Composer, editor } from "./composer.js";
import { showConnection } from "./connection.js";
import { closeDrawers, wireDrawers } from "./drawers.js";
import { showMembers } from "./members.js";
import { MessagesView } from "./messages.js";
import { showTyping } from "./typing.js";

// A guild of more members is shown in part.
const MEMBERS_PAGE = 1000, MEMBERS_MAX = 10_000;
// From this failure in a row on, ask whether it is because we were signed out.
const DOUBT_FROM_ATTEMPT = 3;
const NOTICE_MS = 6000;

export function showChat() {
  document.body.append(fromTemplate("page-chat"));
  for (const [id, name] of [["#show-channels", "menu"], ["#show-members", "people"], ["#sign-out", "exit"],
    ["#send", "send"]]) find(id).append(icon(name));
  new Chat().start();
}

class Chat {
  /** Somebody pressed "sign out", and the answer is on its way. */ #leaving = false;
  store = new Store();
  history = new History(this.store);
  gateway = new Gateway({
    onDispatch: (type, data) => this.#dispatched(type, data),
    onState: (connection) => this.#connectionChanged(connection),
    onSignedOut: () => (this.#leaving ? this.#leave() : goToLogin()),
  });
  outbox = new Outbox(this.store, () => this.gateway.hurry());
  composer = new Composer({
    send: (channelId, content) => {
      this.outbox.send(channelId, content);
      this.messages.follow();
    },
    // A notice that does not arrive is not worth a word to the one who types.
    typing: (channelId) => void rest.sendTyping(channelId).catch(() => {}),
    editLast: () => this.#editLast(),
  });
  messages = new MessagesView(this.store, {
    needOlder: () => void this.history.older(),
    retryLoad: () => this.#retryLoad(),
    action: (action, key) => this.#act(action, key),
  });

  start() {
    const { store } = this;
    store.open = channelIdIn(location.pathname);
    showChannels(store);
    showMembers(store, (userId) => void this.#openDirectMessage(userId));
    showConnection(store);
    showTyping(store);
    tellWhatIsRead(store);
    wireDrawers();
    store.subscribe(["open", "channels", "members"], () => this.#frame());
    document.addEventListener("click", (event) => this.#followLink(event));
    addEventListener("popstate", () => this.#show(channelIdIn(location.pathname)));
    addEventListener("online", () => this.gateway.hurry());
    // Back, after signing out or in: the page that the browser kept is of another time.
    addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.gateway.hurry();
    });
    find("#sign-out").addEventListener("click", () => void this.#signOut());
    find(".skip").addEventListener("click", (event) => {
      event.preventDefault();
      this.composer.focus();
    });
    this.gateway.connect();
  }

  // What comes in.

  /** @param {string} type @param {any} data */
  #dispatched(type, data) {
    // Someone else signed in in another tab, and the cookie is theirs: begin again as them.
    if (type === "READY" && this.store.me && this.store.me.id !== data.user.id) return location.reload();
    this.store.apply(type, data);
    if (type === "READY") {
      this.outbox.restore();
      this.composer.restore(data.user.id);
    }
    if (type === "GUILD_CREATE" && !data.unavailable) void this.#readMembers(data);
    this.#openSomething();
    if (type === "READY" || type === "GUILD_CREATE") void this.history.refresh();
  }

  /** @param {import("../types.js").Connection} connection */
  #connectionChanged(connection) {
    this.store.setConnection(connection);
    if (!this.store.ready) this.#frame();
    if (connection.state === "live") void this.history.refresh();
    // A refused upgrade looks like a dead server from in here; the API can tell the difference.
    if ((connection.attempt ?? 0) >= DOUBT_FROM_ATTEMPT) rest.getMe().catch(goToLoginIfSignedOut);
  }

  /**
   * GUILD_CREATE brings all members of a small guild only.
   * @param {{id: string, members: import("../types.js").Member[], member_count: number}} guild
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

  /** Home names no chat: show the one that was open last, else the first. */
  #openSomething() {
    const { store } = this;
    if (!store.settled || channelIdIn(location.pathname) || store.openChannel) return;
    const chats = store.chats();
    const last = chats.find(({ id }) => id === localStorage.getItem("chatd.open"));
    const channel = last ?? chats[0];
    if (channel) this.#show(channel.id);
  }

  /** @param {string | null} channelId */
  #show(channelId) {
    this.store.setOpen(channelId);
    if (channelId === null) this.#openSomething();
    void this.history.refresh();
  }

  /** @param {import("../types.js").Channel} channel */
  #goTo(channel) {
    closeDrawers();
    if (location.pathname !== pathOf(channel)) history.pushState(null, "", pathOf(channel));
    this.#show(channel.id);
  }

  /** Links to chats are followed without leaving the page. @param {MouseEvent} event */
  #followLink(event) {
    const link = /** @type {Element} */ (event.target).closest("a");
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!link || !plain || link.target || link.origin !== location.origin) return;
    const channel = this.store.channels.get(channelIdIn(link.pathname) ?? "");
    if (!channel && link.pathname !== HOME) return;
    event.preventDefault();
    if (channel) return this.#goTo(channel);
    closeDrawers();
    history.pushState(null, "", HOME);
    this.#show(null);
  }

  /** The parts around the list: titles, the empty state, oneself. */
  #frame() {
    const { store } = this;
    const channel = store.openChannel;
    const title = channel ? (channel.guild_id ? "#" : "") + store.titleOf(channel) : "";
    if (channel) localStorage.setItem("chatd.open", channel.id);
    find(".brand").textContent = store.name;
    find("#title").textContent = title || "Chats";
    find("#topic").textContent = channel?.topic ?? "";
    find("#stage").hidden = find("#compose").hidden = !channel;
    this.composer.show(channel?.id ?? null, title);
    this.#showEmpty(channel ? null : absenceOf(store));
    this.#showMe();
    const unread = [...store.unread.values()].reduce((sum, count) => sum + count, 0);
    document.title = `${unread ? `(${unread}) ` : ""}${title ? `${title} · ` : ""}${store.name}`;
  }

  /** @param {{title: string, sentence: string} | null} absence */
  #showEmpty(absence) {
    find("#empty").hidden = !absence;
    find("#empty h2").textContent = absence?.title ?? "";
    find("#empty p").textContent = absence?.sentence ?? "";
  }

  #showMe() {
    const { me } = this.store;
    if (!me) return;
    const name = this.store.nameOf(me);
    // Presence is told per guild: without one, nobody sees ours and neither do we.
    const status = this.store.guilds.size > 0 ? this.store.statusOf(me.id) : undefined;
    find(".me-avatar").replaceChildren(avatar(me.id, name, status));
    find(".me-name b").textContent = name;
    find(".me-name span").textContent = `@${me.username}`;
  }

  // What a person does.

  /** @param {string} action @param {string} key  a message id, or the nonce of one on its way */
  #act(action, key) {
    if (action === "edit") return this.#edit(key);
    if (action === "delete") return void this.#delete(key);
    const pending = this.store.pending.find(({ nonce }) => nonce === key);
    if (pending && action === "retry") this.outbox.retry(pending);
    if (pending && action === "discard") this.outbox.discard(pending);
  }

  #editLast() {
    const channel = this.store.openChannel;
    const { messages } = this.store.timeline(channel?.id ?? "");
    const last = messages.findLast(({ author, type, webhook_id }) =>
      author.id === this.store.me?.id && (type === 0 || type === 19) && !webhook_id);
    if (last) this.#edit(last.id);
  }

  /** @param {string} id */
  #edit(id) {
    const message = this.store.timeline(this.store.open ?? "").get(id);
    if (!message) return;
    const end = () => {
      this.messages.endEdit();
      this.composer.focus();
    };
    const box = editor(message.content, (content) => {
      end();
      if (content === "") void this.#delete(id);
      else if (content !== message.content) {
        void this.#orNotice(rest.editMessage(message.channel_id, id, content)
          .then((edited) => this.store.update(edited)));
      }
    }, end);
    this.messages.edit(id, box.element);
    box.focus();
  }

  /** @param {string} id */
  async #delete(id) {
    const message = this.store.timeline(this.store.open ?? "").get(id);
    if (!message || !(await confirmed(message.content))) return;
    await this.#orNotice(rest.deleteMessage(message.channel_id, id)
      .then(() => this.store.removeMessage(message.channel_id, id)));
  }

  /** @param {string} userId */
  async #openDirectMessage(userId) {
    await this.#orNotice(rest.openDirectMessage(userId).then((channel) => {
      this.store.apply("CHANNEL_CREATE", channel);
      this.#goTo(channel);
    }));
  }

  #retryLoad() {
    const timeline = this.store.timeline(this.store.open ?? "");
    timeline.trouble = "";
    void (timeline.loaded && !timeline.stale ? this.history.older() : this.history.refresh());
  }

  /** The server ends our connection too, and nobody knows whether that or its answer arrives first. */
  async #signOut() {
    this.#leaving = true;
    await this.#orNotice(rest.logout().then(() => this.#leave()));
    this.#leaving = false;
  }

  /** Leave nothing behind for the next person at this browser. */
  #leave() {
    this.gateway.stop();
    this.composer.forget();
    sessionStorage.clear();
    location.assign("/login");
  }

  /** Say what went wrong, if something did. @param {Promise<unknown>} attempt */
  async #orNotice(attempt) {
    try {
      await attempt;
    } catch (error) {
      if (!(error instanceof rest.ApiError) && !(error instanceof rest.NetworkError)) throw error;
      goToLoginIfSignedOut(error);
      notice(error.message);
    }
  }
}

/**
 * What to say in the place of a chat, or null while it may still come.
 * @param {Store} store
 */
function absenceOf(store) {
  if (!store.ready && store.connection.state !== "connecting") {
    return { title: "The server cannot be reached", sentence: "This page goes on trying by itself." };
  }
  if (!store.settled) return null;
  if (store.chats().length === 0) {
    return {
      title: "You are in no chat yet",
      sentence: "As soon as someone adds you to one, it appears here by itself.",
    };
  }
  return {
    title: "This chat is not here",
    sentence: "It was deleted, or it is not open to you. Choose another one from the list.",
  };
}

function goToLogin() {
  location.assign(loginPath());
}

/** @param {unknown} error */
function goToLoginIfSignedOut(error) {
  if (error instanceof rest.ApiError && error.status === 401) goToLogin();
}

let noticeTimer = 0;

/** A sentence at the foot of the page, for a while. @param {string} sentence */
function notice(sentence) {
  const place = find("#notice");
  place.textContent = sentence;
  place.hidden = false;
  clearTimeout(noticeTimer);
  noticeTimer = setTimeout(() => (place.hidden = true), NOTICE_MS);
}

/** Ask before a message is deleted. @param {string} content @returns {Promise<boolean>} */
function confirmed(content) {
  /** @type {HTMLDialogElement} */
  const dialog = find("#confirm");
  find("blockquote", dialog).textContent = content;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) =>
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }));
}
