/**
 * The message list: draws the open channel, keeps the reading position, asks for more pages.
 *
 * Scrolling has two states. At the bottom, the list follows: whatever is added, the newest message stays in
 * view. Anywhere else it holds still: what is in view stays where it is on the screen, whether a page was put
 * above it or a message below. How is the business of tall-list.js.
 *
 * A channel opens at its end, or where one has not read yet if that is further up; and what counts as read is
 * what has been on the screen.
 */

import { find, h } from "../dom.js";
import { doorsOn, menuOf } from "../doors.js";
import { compareIds } from "../ids.js";
import { rowsOf, textOf } from "../rows.js";
import { unreadOf } from "../select/unread.js";
import { fullTime } from "../time.js";
import { onContextMenu, onLongPress, openMenu } from "../ui/menu.js";
import { bottomItem, dayItem, newItem, topItem } from "./edges.js";
import { authorName, guessOf, messageElement, messageSignature, pendingElement, pendingSignature } from "./message.js";
import { TallList } from "./tall-list.js";

/** @typedef {import("../client.js").Client} Client */
/** @typedef {import("../rows.js").Row} Row */
/** @typedef {import("./tall-list.js").TallItem} TallItem */

// This close to the bottom counts as there; this close to either end, the next page is asked for.
const BOTTOM_PX = 48;
const END_PX = 900;
const ANNOUNCED_MAX = 5;
const FLASH_MS = 2500;
// Who passes over a reaction does not ask who put it there.
const POINTED_MS = 200;

export class MessagesView {
  #list = h("div", { id: "messages", role: "log", "aria-live": "off", tabindex: "0" });
  #toLatest = h("button", { type: "button", id: "to-latest", hidden: true });
  #unreadWords = h("button", { type: "button", class: "unread-words", onclick: () => this.#toUnread() });
  #unreadBar = h("div", { id: "unread-bar", hidden: true }, this.#unreadWords,
    h("button", { type: "button", class: "link", onclick: () => this.readAll() }, "Mark as read"));
  element = h("div", { id: "stage" }, this.#list, this.#unreadBar, this.#toLatest);
  #tall = new TallList(this.#list, () => this.#number());
  /** What one can do to a message, once somebody comes near one. @type {import("./actions.js").Actions | null} */ #actions = null;
  #following = true;
  #unseen = 0;
  /** @type {string | null} */ #drawn = null;
  /** The first page of the channel has been shown, and we stand where one begins to read. */ #settled = false;
  /** Up to where one had read when the channel was opened, if not to its end. @type {string | null} */ #readTo = null;
  /** Somebody has marked it unread, and looks at it. */ #leftUnread = false;
  /** The message being edited. @type {{id: string, editor: HTMLElement} | null} */ #editing = null;
  /** What is shown, message by message. @type {string[]} */ #keys = [];
  /** Whether something is new, and more of it than is in memory. */ #news = { some: false, hasMore: false };
  #pointing = 0;

  /**
   * @param {Client} client
   * @param {object} on
   * @param {() => void} on.retryLoad   the reader asks for a page again
   * @param {(action: string, key: string, button: HTMLElement) => void} on.action  "toggle-reaction" with a
   *   message id; "retry", "discard", "cancel" with a nonce
   */
  constructor(client, on) {
    this.client = client;
    this.store = client.store;
    this.on = on;
    this.#wireActions();
    this.store.subscribe(["messages", "members", "roles", "open"], () => this.#draw());
    this.store.subscribe(["heard"], (messages) => this.#heard(messages));
    this.#list.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.#list.addEventListener("click", (event) => this.#clicked(event));
    this.#list.addEventListener("keydown", (event) => this.#keyed(event));
    for (const type of ["pointerover", "focusin"]) this.#list.addEventListener(type, (event) => this.#pointed(event));
    this.#toLatest.addEventListener("click", () => this.follow());
    document.addEventListener("visibilitychange", () => this.#markRead());
    // The composer grows, the window or the keyboard changes the room: stay at the bottom if we were there.
    new ResizeObserver(() => {
      if (this.#following) this.#tall.toEnd();
      this.#scrolled();
    }).observe(this.#list);
    // So does a picture without a known size, when it comes.
    this.#list.addEventListener("load", () => this.#following && this.#tall.toEnd(), { capture: true });
  }

  #wireActions() {
    const list = this.#list, articles = "article[data-message-id]", label = "Message actions";
    /** @type {Promise<import("./actions.js").Actions> | null} */ let loading = null;
    const load = () => (loading ??= import("./actions.js").then(({ Actions }) => (this.#actions = new Actions(this.client, list))));
    /** Somebody may have gone on until it is there. @param {Event} event */
    const near = async ({ type }) => (await load()).goTo(type === "focusin" ? document.activeElement : list.querySelector("article:hover"));
    for (const type of ["pointerover", "focusin"]) list.addEventListener(type, near, { once: true });
    /** @param {HTMLElement} article */
    const entries = async (article) => (await load()).entries(article);
    onContextMenu(list, articles, entries, label);
    onLongPress(list, articles, entries, label);
  }

  /** Go to the newest message and stay there. */
  follow() {
    const id = this.store.open;
    if (id) this.client.history.present(id);
    this.#following = true;
    this.#leftUnread = false;
    this.#draw();
    this.#tall.toEnd();
    this.#scrolled();
  }

  /** Say that everything here is read, and go to the newest message. */
  readAll() {
    this.#readTo = null;
    this.follow();
  }

  /** What is from `id` on counts as new from now on. @param {string} readTo  the message before it */
  leaveUnread(readTo) {
    this.#readTo = readTo;
    this.#leftUnread = true;
    this.#draw();
  }

  /** Show a message in the middle, for a moment marked. Answers whether it is in memory. @param {string} id */
  reveal(id) {
    this.#settled = true;
    if (!this.store.shown(this.store.open ?? "").get(id)) return false;
    this.#following = false;
    this.#draw();
    const element = this.#tall.reveal(id, "center");
    if (!element) return false;
    this.#following = false;
    element.classList.add("flash");
    setTimeout(() => element.classList.remove("flash"), FLASH_MS);
    element.focus({ preventScroll: true });
    this.#scrolled();
    return true;
  }

  /** Put `editor` in the place of the text of message `id`. @param {string} id @param {HTMLElement} editor */
  edit(id, editor) {
    this.#editing = { id, editor };
    this.#draw();
    this.#tall.reveal(id, "nearest");
  }

  endEdit() {
    this.#editing = null;
    this.#draw();
  }

  #draw() {
    const { openChannel: channel, me } = this.store;
    if (channel?.id !== this.#drawn) this.#startChannel(channel?.id ?? null);
    if (!channel || !me) return this.#tall.show([], true);
    this.#list.setAttribute("aria-label", `Messages in ${this.store.titleOf(channel)}`);
    const window = this.store.windows.get(channel.id);
    const timeline = this.store.shown(channel.id);
    if (this.#following && !window) timeline.shorten();
    const pending = window ? [] : this.store.pending.filter((own) => own.channel_id === channel.id);
    const rows = rowsOf(timeline.loaded ? timeline.messages : [], pending, me.id, this.#readTo);
    this.#keys = rows.filter(({ kind }) => kind === "message" || kind === "pending").map(({ key }) => key);
    const items = [topItem(this.store, channel, timeline, () => this.on.retryLoad()), ...rows.map((row) => this.#item(row))];
    if (window?.loaded) items.push(bottomItem());
    this.#tall.show(items, this.#following && !window && (!this.#settled || this.#isAtBottom()));
    this.#list.setAttribute("aria-busy", String(timeline.loading));
    this.#count();
    if (!this.#settled && timeline.loaded) this.#settle();
    this.#scrolled();
  }

  /** @param {string | null} id */
  #startChannel(id) {
    this.#drawn = id;
    this.#following = true;
    this.#settled = false;
    this.#unseen = 0;
    this.#editing = null;
    this.#leftUnread = false;
    const channel = this.store.channels.get(id ?? "");
    this.#readTo = channel && unreadOf(this.store, channel).unread ? this.store.reads.get(channel.id)?.last ?? null : null;
    this.#tall.show([], true);
  }

  /** Begin to read where one has stopped, if that is above what the end of the list shows. */
  #settle() {
    if (this.#list.clientHeight === 0) return;
    this.#settled = true;
    if (!this.#tall.isAbove("new")) return;
    this.#following = false;
    this.#tall.reveal("new", "start");
  }

  #isAtBottom() {
    const { scrollHeight, scrollTop, clientHeight } = this.#list;
    return scrollHeight - scrollTop - clientHeight < BOTTOM_PX;
  }

  #scrolled() {
    // While the list is hidden it has neither top nor bottom, and would seem to be at both.
    if (this.#list.clientHeight === 0) return;
    const window = this.store.windows.get(this.store.open ?? "");
    this.#following = !window && this.#isAtBottom();
    if (this.#following) this.#unseen = 0;
    this.#toLatest.hidden = this.#following;
    write(this.#toLatest, this.#unseen > 0 ? `${this.#unseen} new below` : window ? "Jump to the present" : "To the latest");
    this.#markRead();
    this.#showUnread();
    if (!this.#settled) return;
    const { scrollHeight, scrollTop, clientHeight } = this.#list;
    if (scrollTop < END_PX) void this.client.history.older();
    if (window && scrollHeight - scrollTop - clientHeight < END_PX) void this.client.history.newer();
  }

  /** What has been on the screen is read, and all when that was the last. */
  #markRead() {
    const channel = this.store.openChannel;
    if (!channel || document.visibilityState !== "visible" || this.#leftUnread || !this.#settled) return;
    if (!this.store.timeline(channel.id).loaded) return;
    if (this.#following) return this.store.markRead(channel.id);
    if (!unreadOf(this.store, channel).unread) return;
    const end_px = this.#list.getBoundingClientRect().bottom + 1;
    const seen = this.#tall.inView().findLast((row) =>
      row.dataset.messageId && row.getBoundingClientRect().bottom <= end_px)?.dataset.messageId;
    if (seen) this.store.markRead(channel.id, seen);
  }

  /** How much is new. Counted when something has come or gone, for this looks at all there is. */
  #count() {
    const { open, me } = this.store;
    const readTo = this.#readTo;
    const { messages, loaded, complete } = this.store.timeline(open ?? "");
    const news = readTo === null || !loaded ? [] : messages.filter(({ id, author }) => compareIds(id, readTo) > 0 && author.id !== me?.id);
    const hasMore = readTo !== null && !complete && messages.length > 0 && compareIds(messages[0].id, readTo) > 0;
    const count = `${news.length}${hasMore ? "+" : ""} new ${news.length === 1 ? "message" : "messages"}`;
    write(this.#unreadWords, hasMore || !news.length ? count : `${count} since ${fullTime(Date.parse(news[0].timestamp))}`);
    this.#news = { some: news.length > 0, hasMore };
  }

  /** How much is new above what one sees. */
  #showUnread() {
    const { some, hasMore } = this.#news;
    this.#unreadBar.hidden = this.#readTo === null || !some || !(hasMore || this.#tall.isAbove("new"))
      || this.store.windows.has(this.store.open ?? "");
  }

  #toUnread() {
    const id = this.store.open;
    if (!id || this.#readTo === null) return;
    if (!this.#tall.isAbove("new") || !this.store.timeline(id).messages.some((one) => compareIds(one.id, this.#readTo ?? "") <= 0)) {
      this.#following = false;
      return void this.client.history.around(id, this.#readTo);
    }
    this.#following = false;
    this.#tall.reveal("new", "start");
    this.#scrolled();
  }

  /** @param {import("../types.js").Message[]} messages */
  #heard(messages) {
    const others = messages.filter(({ channel_id, author }) =>
      channel_id === this.store.open && author.id !== this.store.me?.id);
    // Where the reader is now: the event that tells of scrolling may still be on its way.
    const isSeen = this.#following && this.#isAtBottom();
    if (!isSeen) this.#unseen += others.length;
    if (others.length && this.#readTo === null && (!isSeen || document.visibilityState !== "visible")) {
      this.#readTo = this.store.reads.get(others[0].channel_id)?.last ?? null;
      this.#draw();
    }
    if (others.length) this.#scrolled();
    // The list itself is not a live region: it would read out every page of history too.
    const announcer = find("#announcer");
    for (const message of others) {
      announcer.append(h("p", {}, `${authorName(message, this.store)}: ${textOf(message)}`));
    }
    while (announcer.childElementCount > ANNOUNCED_MAX) announcer.firstElementChild?.remove();
  }

  /** Which of how many each message is, for those who hear them one by one; -1: nobody knows how many. */
  #number() {
    const timeline = this.store.shown(this.store.open ?? "");
    const all = timeline.complete && !this.store.windows.has(this.store.open ?? "") ? this.#keys.length : -1;
    const articles = this.articles();
    let at = articles.length ? this.#keys.indexOf(rowKeyOf(articles[0])) : 0;
    for (const article of articles) {
      const place = String(++at), size = String(all);
      if (article.ariaPosInSet !== place) article.ariaPosInSet = place;
      if (article.ariaSetSize !== size) article.ariaSetSize = size;
    }
    this.#actions?.refresh();
  }

  /** @param {Row} row @returns {TallItem} */
  #item(row) {
    if (row.kind === "day") return dayItem(row);
    if (row.kind === "new") return newItem();
    const { store } = this;
    const { key } = row;
    if (row.kind === "pending") {
      return {
        key, get signature() { return pendingSignature(row, store); }, guess_px: 30,
        build: () => pendingElement(row, store),
      };
    }
    const guess_px = guessOf(row);
    const editor = this.#editing?.id === row.message.id ? this.#editing.editor : null;
    if (!editor) {
      return { key, guess_px, get signature() { return messageSignature(row, store); }, build: () => messageElement(row, store) };
    }
    // The signature leaves the text out: an edit from elsewhere must not take the editor away.
    return { key, guess_px, signature: `editing ${row.grouped}`, build: () => this.#withEditor(row, editor) };
  }

  /** @param {import("../rows.js").MessageRow} row @param {HTMLElement} editor */
  #withEditor(row, editor) {
    const article = messageElement(row, this.store);
    article.classList.add("editing");
    find(".content", article).replaceWith(editor);
    return article;
  }

  /** Those in the document. @returns {HTMLElement[]} */
  articles() {
    return [.../** @type {NodeListOf<HTMLElement>} */ (this.#list.querySelectorAll("article.message"))];
  }

  /** @param {Event} event */
  #clicked(event) {
    /** @type {HTMLElement | null} */
    const button = /** @type {Element} */ (event.target).closest("[data-action]");
    const article = /** @type {HTMLElement | null | undefined} */ (button?.closest("article.message"));
    const key = article && keyOf(article);
    if (button && key) return this.on.action(button.dataset.action ?? "", key, button);
    /** @type {HTMLElement | null} */
    const person = /** @type {Element} */ (event.target).closest("[data-user]");
    if (person) this.#openPerson(person);
  }

  /** Of the reaction that one points at, who has put it there. @param {Event} event */
  #pointed({ target }) {
    clearTimeout(this.#pointing);
    /** @type {HTMLElement | null} */
    const reaction = /** @type {Element} */ (target).closest(".reaction[data-emoji]");
    if (!reaction) return;
    this.#pointing = setTimeout(async () => {
      if (reaction.matches(":hover, :focus-visible")) (await import("./reactors.js")).tellReactors(this.client, reaction);
    }, POINTED_MS);
  }

  /** Their card, or what else can be done to them. @param {HTMLElement} anchor */
  #openPerson(anchor) {
    const place = { guildId: this.store.openGuild, channelId: this.store.open, userId: anchor.dataset.user, anchor };
    const card = doorsOn(this.store, "member", place).find(({ name }) => name === "profile");
    if (card) return card.open(this.client, place);
    openMenu(anchor, menuOf(this.client, "member", place));
  }

  /** Arrow keys walk through the messages; Home and End are the browser's. @param {KeyboardEvent} event */
  #keyed(event) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const target = /** @type {HTMLElement} */ (event.target);
    if (!step || target.closest("textarea, .actions") || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const article = /** @type {HTMLElement | null} */ (target.closest("article.message"));
    const at = article ? this.#keys.indexOf(rowKeyOf(article)) : -1;
    const next = this.#keys[at < 0 ? this.#keys.length - 1 : at + step];
    if (next !== undefined) this.#tall.reveal(next, "nearest")?.focus({ preventScroll: true });
  }
}

/** What is written anew is laid out anew, even if it is the same. @param {HTMLElement} element @param {string} words */
function write(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

/** The id of a message, or the nonce of one on its way. @param {HTMLElement} article */
const keyOf = (article) => article.dataset.messageId ?? article.dataset.nonce;

/** @param {HTMLElement} article */
const rowKeyOf = ({ dataset: { messageId, nonce } }) => messageId ?? `pending:${nonce}`;
