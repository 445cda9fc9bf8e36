/**
 * The message list: draws the open channel, keeps the reading position, asks for older pages.
 *
 * Scrolling has two states. At the bottom, the list follows: whatever is added, the newest message stays in
 * view. Anywhere else it holds still: the first message in view stays where it is on the screen, whether a
 * page was put above it or a message below.
 */

import { find, h, reconcile } from "../dom.js";
import { rowsOf } from "../rows.js";
import { titleOf } from "../shell/header.js";
import { clockTime, dayName } from "../time.js";
import { authorName, messageElement, messageSignature, pendingElement } from "./message.js";

/** @typedef {import("../store.js").Store} Store */
/** @typedef {import("../rows.js").Row} Row */

// This close to the bottom counts as there; this close to the top, the next page is asked for.
const BOTTOM_PX = 48;
const TOP_PX = 600;
// While following, a list longer than the first is cut to the second: a tab may be open for weeks.
const KEPT_MAX = 2000, KEPT_AFTER_CUT = 500;
const ANNOUNCED_MAX = 5;
// One of so many messages in view outlives any single change.
const ANCHORS_MAX = 10;

export class MessagesView {
  #list = h("div", { id: "messages", role: "log", "aria-live": "off", tabindex: "0" });
  #toLatest = h("button", { type: "button", id: "to-latest", hidden: true });
  element = h("div", { id: "stage" }, this.#list, this.#toLatest);
  #following = true;
  #unseen = 0;
  /** @type {string | null} */ #drawn = null;
  /** The message being edited. @type {{id: string, editor: HTMLElement} | null} */ #editing = null;

  /**
   * @param {Store} store
   * @param {object} on
   * @param {() => void} on.needOlder   the reader is near the top
   * @param {() => void} on.retryLoad   the reader asks for a page again
   * @param {(action: string, key: string, button: HTMLElement) => void} on.action  "edit", "delete",
   *   "toggle-reaction" with a message id; "retry", "discard" with a nonce
   */
  constructor(store, on) {
    this.store = store;
    this.on = on;
    store.subscribe(["messages", "members", "open"], () => this.#draw());
    store.subscribe(["heard"], (messages) => this.#heard(messages));
    this.#list.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.#list.addEventListener("click", (event) => this.#clicked(event));
    this.#list.addEventListener("keydown", (event) => this.#keyed(event));
    this.#list.addEventListener("focusin", (event) => this.#offerActions(event, "0"));
    this.#list.addEventListener("focusout", (event) => this.#offerActions(event, "-1"));
    this.#toLatest.addEventListener("click", () => this.follow());
    document.addEventListener("visibilitychange", () => this.#markRead());
    // The composer grows, the window or the keyboard changes the room: stay at the bottom if we were there.
    new ResizeObserver(() => {
      if (this.#following) this.#toBottom();
      this.#scrolled();
    }).observe(this.#list);
  }

  /** Go to the newest message and stay there. */
  follow() {
    this.#following = true;
    this.#toBottom();
    this.#scrolled();
  }

  /** Put `editor` in the place of the text of message `id`. @param {string} id @param {HTMLElement} editor */
  edit(id, editor) {
    this.#editing = { id, editor };
    this.#draw();
  }

  endEdit() {
    this.#editing = null;
    this.#draw();
  }

  #draw() {
    const { openChannel: channel, me } = this.store;
    if (channel?.id !== this.#drawn) this.#startChannel(channel?.id ?? null);
    if (!channel || !me) return reconcile(this.#list, []);
    this.#list.setAttribute("aria-label", `Messages in ${this.store.titleOf(channel)}`);
    const timeline = this.store.timeline(channel.id);
    if (this.#following && timeline.messages.length > KEPT_MAX && !timeline.loading) {
      timeline.forgetBefore(timeline.messages[timeline.messages.length - KEPT_AFTER_CUT].id);
    }
    const pending = this.store.pending.filter((own) => own.channel_id === channel.id);
    const rows = rowsOf(timeline.loaded ? timeline.messages : [], pending, me.id);
    this.#holdingStill(() => reconcile(this.#list, [this.#topItem(), ...rows.map((row) => this.#item(row))]));
    this.#list.setAttribute("aria-busy", String(timeline.loading));
    this.#scrolled();
  }

  /** @param {string | null} id */
  #startChannel(id) {
    this.#drawn = id;
    this.#following = true;
    this.#unseen = 0;
    this.#editing = null;
    reconcile(this.#list, []);
  }

  /** Change the list and keep what the reader looks at in its place. @param {() => void} change */
  #holdingStill(change) {
    const following = this.#following && this.#isAtBottom();
    const anchors = following ? [] : this.#inView();
    change();
    if (anchors.length === 0) return this.#following && this.#toBottom();
    // The first in view may have gone, or been drawn anew: a page above it takes its name and picture away.
    for (const { key, bottom_px } of anchors) {
      const article = this.#articles().find((candidate) => keyOf(candidate) === key);
      if (!article) continue;
      this.#list.scrollTop += article.getBoundingClientRect().bottom - bottom_px;
      return;
    }
  }

  /** The messages on screen and where each ends: what is above the end of the first may change its height. */
  #inView() {
    const top_px = this.#list.getBoundingClientRect().top;
    const articles = this.#articles();
    const first = articles.findIndex((article) => article.getBoundingClientRect().bottom > top_px);
    return articles.slice(first, first + ANCHORS_MAX)
      .map((article) => ({ key: keyOf(article), bottom_px: article.getBoundingClientRect().bottom }));
  }

  #isAtBottom() {
    const { scrollHeight, scrollTop, clientHeight } = this.#list;
    return scrollHeight - scrollTop - clientHeight < BOTTOM_PX;
  }

  #toBottom() {
    this.#list.scrollTop = this.#list.scrollHeight;
  }

  #scrolled() {
    // While the list is hidden it has neither top nor bottom, and would seem to be at both.
    if (this.#list.clientHeight === 0) return;
    this.#following = this.#isAtBottom();
    if (this.#following) this.#unseen = 0;
    this.#toLatest.hidden = this.#following;
    this.#toLatest.textContent = this.#unseen === 0 ? "To the latest" : `${this.#unseen} new below`;
    this.#markRead();
    if (this.#list.scrollTop < TOP_PX) this.on.needOlder();
  }

  #markRead() {
    const channel = this.store.openChannel;
    if (!channel || document.visibilityState !== "visible" || !this.#following) return;
    if (this.store.timeline(channel.id).loaded) this.store.markRead(channel.id);
  }

  /** @param {import("../types.js").Message[]} messages */
  #heard(messages) {
    const others = messages.filter(({ channel_id, author }) =>
      channel_id === this.store.open && author.id !== this.store.me?.id);
    // Where the reader is now: the event that tells of scrolling may still be on its way.
    if (!(this.#following && this.#isAtBottom())) this.#unseen += others.length;
    if (others.length) this.#scrolled();
    // The list itself is not a live region: it would read out every page of history too.
    const announcer = find("#announcer");
    for (const message of others) {
      announcer.append(h("p", {}, `${authorName(message, this.store)}: ${message.content}`));
    }
    while (announcer.childElementCount > ANNOUNCED_MAX) announcer.firstElementChild?.remove();
  }

  /** What stands above the oldest message. */
  #topItem() {
    const channel = /** @type {import("../types.js").Channel} */ (this.store.openChannel);
    const { complete, trouble } = this.store.timeline(channel.id);
    const title = titleOf(this.store, channel);
    const kind = trouble ? "trouble" : complete ? "beginning" : "loading";
    const build = {
      trouble: () => h("div", { class: "top" }, h("p", { role: "alert" }, trouble),
        h("button", { type: "button", onclick: () => this.on.retryLoad() }, "Try again")),
      beginning: () => h("div", { class: "top beginning" },
        h("h2", {}, title),
        h("p", {}, channel.guild_id ? `This is the beginning of ${title}.`
          : `This is the beginning of your conversation with ${title}.`)),
      loading: () => h("div", { class: "top loading" }, h("p", {}, "Loading messages…")),
    }[kind];
    return { key: "top", signature: [kind, title, trouble].join("\n"), build };
  }

  /** @param {Row} row */
  #item(row) {
    const { key } = row;
    if (row.kind === "day") {
      const name = dayName(row.time_ms);
      const build = () => h("div", { class: "day", role: "separator" }, h("span", {}, name));
      return { key, signature: name, build };
    }
    if (row.kind === "pending") {
      const { state, reason } = row.pending;
      const signature = JSON.stringify([row.grouped, state, reason, clockTime(row.time_ms)]);
      return { key, signature, build: () => pendingElement(row, this.store) };
    }
    const editor = this.#editing?.id === row.message.id ? this.#editing.editor : null;
    if (!editor) {
      const signature = messageSignature(row, this.store);
      return { key, signature, build: () => messageElement(row, this.store) };
    }
    // The signature leaves the text out: an edit from elsewhere must not take the editor away.
    return { key, signature: `editing ${row.grouped}`, build: () => this.#withEditor(row, editor) };
  }

  /** @param {import("../rows.js").MessageRow} row @param {HTMLElement} editor */
  #withEditor(row, editor) {
    const article = messageElement(row, this.store);
    article.classList.add("editing");
    find(".content", article).replaceWith(editor);
    article.querySelector(".actions")?.remove();
    return article;
  }

  /** @returns {HTMLElement[]} */
  #articles() {
    return [.../** @type {NodeListOf<HTMLElement>} */ (this.#list.querySelectorAll("article.message"))];
  }

  /** @param {Event} event */
  #clicked(event) {
    /** @type {HTMLElement | null} */
    const button = /** @type {Element} */ (event.target).closest("[data-action]");
    const article = /** @type {HTMLElement | null | undefined} */ (button?.closest("article.message"));
    const key = article && keyOf(article);
    if (button && key) this.on.action(button.dataset.action ?? "", key, button);
  }

  /** Arrow keys walk through the messages; Home and End are the browser's. @param {KeyboardEvent} event */
  #keyed(event) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const target = /** @type {HTMLElement} */ (event.target);
    if (!step || target.closest("textarea")) return;
    event.preventDefault();
    const articles = this.#articles();
    const at = articles.findIndex((article) => article.contains(target));
    const next = at < 0 ? articles.at(-1) : articles[at + step];
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: "nearest" });
  }

  /**
   * Buttons are in the tab order only while their message has the focus.
   * @param {FocusEvent} event
   * @param {string} index
   */
  #offerActions(event, index) {
    const article = /** @type {Element} */ (event.target).closest("article.message");
    const next = /** @type {Node | null} */ (event.relatedTarget);
    if (event.type === "focusout" && article?.contains(next)) return;
    for (const button of article?.querySelectorAll(".actions button") ?? []) {
      button.setAttribute("tabindex", index);
    }
  }
}

/** The id of a message, or the nonce of one on its way. @param {HTMLElement} article */
const keyOf = (article) => article.dataset.messageId ?? article.dataset.nonce;
