/** The conversation in the middle: messages, who is typing, the box to write in, and what one does to a message. */

import { isThread } from "../channel-types.js";
import { h } from "../dom.js";
import { isChannelRoute, pathOf } from "../paths.js";
import { inChannel, may, Permission } from "../permissions.js";
import * as rest from "../rest.js";
import { replace } from "../router.js";
import { titleOf } from "../shell/header.js";
import { momentTime } from "../time.js";
import { shortcut } from "../ui/shortcuts.js";
import { toast } from "../ui/toast.js";
import { Composer } from "./composer.js";
import { authorName } from "./message.js";
import { acceptDrops } from "./drops.js";
import { MessagesView } from "./messages.js";
import { ready } from "./parts.js";
import { toggleReaction } from "./reactions.js";
import { showTyping } from "./typing.js";

/** @typedef {import("../client.js").Client} Client */
/** @typedef {import("../types.js").Channel} Channel */

export class Conversation {
  /** The message around which messages have been asked for. @type {string | null} */ #sought = null;
  /** Shift is held: what one asks for is meant. */ #isMeant = false;

  /** @param {Client} client */
  constructor(client) {
    this.client = client;
    client.conversation = this;
    const { store } = client;
    this.composer = new Composer(client, {
      send: (channelId, content, extras) => {
        client.outbox.send(channelId, content, extras);
        this.messages.follow();
      },
      // A notice that does not arrive is not worth a word to the one who types.
      typing: (channelId) => void rest.sendTyping(channelId).catch(() => {}),
      editLast: () => this.#editLast(),
      leave: () => this.readAll(),
      pickEmoji: (anchor) => void this.#pickEmoji(anchor, ({ text, name, src }) =>
        (src ? this.composer.insert(`:${name}:`, text) : this.composer.insert(text))),
    });
    this.messages = new MessagesView(client, {
      retryLoad: () => this.#retryLoad(),
      action: (action, key, button) => this.#act(action, key, button),
    });
    showTyping(store, this.composer.typing);
    this.element = h("div", { class: "conversation", hidden: true }, this.messages.element, this.composer.element);
    client.history.beforeShown = ready;
    this.element.addEventListener("click", ({ target }) => void this.#use(/** @type {Element} */ (target)));
    acceptDrops(this.element, () => this.composer.attaches, (files) => this.composer.attach(files));
    client.whenKnown((me) => this.composer.restore(me));
    client.whenLeaving(() => this.composer.forget());
    client.addEventListener("route", () => this.#routed());
    store.subscribe(["messages", "open"], () => this.#seek());
    store.subscribe(["roles", "channels", "members", "open", "messages"], () => this.#allow());
    shortcut({ keys: "Escape", label: "Mark the channel as read", group: "Messages", run: () => this.readAll() });
    addEventListener("keydown", ({ shiftKey }) => (this.#isMeant = shiftKey), { capture: true });
    addEventListener("pointerdown", ({ shiftKey }) => (this.#isMeant = shiftKey), { capture: true });
  }

  /** @param {Channel | undefined} channel  none: there is nothing to show */
  show(channel) {
    this.element.hidden = !channel;
    this.composer.show(channel?.id ?? null, channel ? titleOf(this.client.store, channel) : "");
  }

  focus() {
    this.composer.focus();
  }

  // Where one looks.

  #routed() {
    const { route, history, store } = this.client;
    // Who goes to a channel and not to a message wants to see what is new.
    if (isChannelRoute(route) && !route.messageId && store.open) history.present(store.open);
    this.#sought = null;
    this.#seek();
  }

  /** Go to the message that the address names, once there is a channel to look for it in. */
  #seek() {
    const { client } = this;
    const { store, wanted, history } = client;
    const channel = store.openChannel;
    if (!wanted || !channel || this.element.hidden) return;
    const { loaded, loading } = store.shown(channel.id);
    if (this.messages.reveal(wanted)) client.wanted = null;
    else if (loaded && !loading && this.#sought === wanted) this.#notFound();
    else if (loaded && !loading) {
      this.#sought = wanted;
      void history.around(channel.id, wanted);
    }
  }

  #notFound() {
    this.client.wanted = null;
    toast("That message is not here any more.");
  }

  /** Everything here is read: go to its end. */
  readAll() {
    const channel = this.client.store.openChannel;
    if (!channel) return;
    this.client.wanted = null;
    if (isChannelRoute(this.client.route) && this.client.route.messageId) replace(pathOf(channel));
    this.messages.readAll();
  }

  /** Whether one may write here, and if not, why. */
  #allow() {
    const { store } = this.client;
    const channel = store.openChannel;
    if (!channel) return;
    this.composer.allow(closedFor(store, channel), may(store, { channelId: channel.id }, "ATTACH_FILES"), slowModeOf(store, channel));
  }

  // What one does to a message.

  /** One that is shown here. @param {string} id */
  message(id) {
    return this.client.store.messageOf(this.client.store.open ?? "", id);
  }

  /**
   * @param {string} action
   * @param {string} key  a message id, or the nonce of one on its way
   * @param {HTMLElement} button
   */
  #act(action, key, button) {
    const { store, outbox } = this.client;
    if (action === "toggle-reaction") return void this.#react(key, button.dataset.emoji ?? "");
    if (action === "react") return void this.pickReaction({ messageId: key, anchor: button });
    const pending = store.pending.find(({ nonce }) => nonce === key);
    if (pending && action === "retry") outbox.retry(pending);
    if (pending && (action === "discard" || action === "cancel")) outbox.discard(pending);
  }

  /** What bots have put below a message: load what is behind it when it is used. @param {Element} target */
  async #use(target) {
    const { store } = this.client;
    const control = /** @type {HTMLElement | null} */ (target.closest("[data-component], [data-dismiss]"));
    const id = /** @type {HTMLElement | null | undefined} */ (control?.closest("article[data-message-id]"))?.dataset.messageId;
    if (!control || !id || !store.open || control.getAttribute("aria-disabled") === "true") return;
    if (control.dataset.dismiss !== undefined) return store.removeMessage(store.open, id);
    const { use } = await import("../interactions/use.js");
    await use(this.client, store.open, id, Number(control.dataset.component), control);
  }

  /** @param {HTMLElement} anchor @param {(choice: import("../emoji.js").Choice) => void} onchoose */
  async #pickEmoji(anchor, onchoose) {
    const { openEmojiPicker } = await import("./emoji-picker.js");
    await openEmojiPicker(anchor, this.client.store, this.client.store.open, onchoose);
  }

  /** @param {import("../doors.js").Place} place */
  pickReaction({ messageId, anchor }) {
    return this.#pickEmoji(anchor ?? this.element, ({ key }) => void this.#react(messageId ?? "", key));
  }

  /** @param {string} id @param {string} emoji */
  async #react(id, emoji) {
    const message = this.message(id);
    if (message) await this.client.try(toggleReaction(message, emoji));
  }

  /** @param {string} id */
  reply(id) {
    const message = this.message(id);
    if (!message) return;
    const isOther = message.author.id !== this.client.store.me?.id;
    this.composer.answer({ messageId: id, name: authorName(message, this.client.store), mention: isOther });
  }

  #editLast() {
    const { store } = this.client;
    const { messages } = store.timeline(store.open ?? "");
    const last = messages.findLast(({ author, type, webhook_id }) =>
      author.id === store.me?.id && (type === 0 || type === 19) && !webhook_id);
    if (!last) return;
    if (store.windows.has(last.channel_id)) this.messages.follow();
    void this.edit(last.id);
  }

  // How it is done is loaded when somebody does it.

  /** @param {string} id */
  async edit(id) {
    (await import("./acts.js")).edit(this, id);
  }

  /** Ask, unless Shift is held, and delete. @param {string} id */
  async remove(id) {
    const isMeant = this.#isMeant;
    await (await import("./acts.js")).remove(this, id, isMeant);
  }

  /** The message and what is below it is new again, on all devices. @param {string} id */
  async markUnread(id) {
    await (await import("./acts.js")).markUnread(this, id);
  }

  /** @param {string} text */
  async copy(text) {
    await (await import("./acts.js")).copy(text);
  }

  #retryLoad() {
    const { store, history } = this.client;
    const id = store.open ?? "", timeline = store.shown(id);
    timeline.trouble = "";
    store.tell("messages");
    if (store.windows.has(id) && !timeline.loaded) void history.present(id);
    else void (timeline.loaded && !timeline.stale ? history.older() : history.refresh());
  }
}

/** Why one cannot write in a channel; "" if one can. @param {import("../store.js").Store} store @param {Channel} channel */
function closedFor(store, channel) {
  const [other] = channel.recipients ?? [];
  if (channel.recipients?.length === 1 && other.system) return "Nobody reads what is written here.";
  if (!channel.guild_id) return "";
  const member = store.guilds.get(channel.guild_id)?.members.get(store.me?.id ?? "");
  if (!member) return "";
  const until_ms = Date.parse(member.communication_disabled_until ?? "");
  const mine = inChannel(store, channel);
  if (until_ms > Date.now() && !(mine & Permission.SEND_MESSAGES)) {
    return `You cannot write until ${momentTime(until_ms)}.`;
  }
  if (isThread(channel) && channel.thread_metadata?.locked && !(mine & Permission.MANAGE_THREADS)) return "This thread is locked.";
  return mine & Permission.SEND_MESSAGES ? "" : "You may read here, and not write.";
}

/** How slow mode holds for oneself. @param {import("../store.js").Store} store @param {Channel} channel */
function slowModeOf(store, channel) {
  const { rate_limit_per_user: wait_s = 0 } = channel;
  const mine = inChannel(store, channel);
  const isFree = mine & (Permission.BYPASS_SLOWMODE | Permission.MANAGE_MESSAGES | Permission.MANAGE_CHANNELS);
  if (!wait_s || isFree) return { wait_s: 0, until_ms: 0 };
  const last = store.timeline(channel.id).messages.findLast(({ author, type }) => author.id === store.me?.id && (type === 0 || type === 19));
  const next = store.pending.findLast(({ channel_id, state }) => channel_id === channel.id && state !== "failed");
  const last_ms = Math.max(last ? Date.parse(last.timestamp) : 0, next?.created_ms ?? 0);
  return { wait_s, until_ms: last_ms && last_ms + wait_s * 1000 };
}
