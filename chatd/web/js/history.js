/**
 * Reading history: the first page of a channel, older pages, what was missed while we were away, and the
 * surroundings of a message of long ago.
 *
 * One request per run of messages is under way at a time, so pages are merged in the order in which they were
 * asked for.
 */

import * as rest from "./rest.js";
import { Timeline } from "./timeline.js";

/** @typedef {import("./store.js").Store} Store */

const PAGE = 50;
// A gap is read in the largest pages the server gives, and up to this many of them. Behind a longer absence
// the older part is forgotten instead, and read again when someone scrolls there.
const GAP_PAGE = 100;
const GAP_PAGES_MAX = 20;
const RETRY_MS = { first: 1000, last: 15_000 };

export class History {
  /** What is waited for before a page is shown. @type {(page: import("./types.js").Message[]) => Promise<void>} */
  beforeShown = async () => {};

  /** @param {Store} store */
  constructor(store) {
    this.store = store;
  }

  /** Bring the open channel up to date: its first page, or what a new session missed. Safe to call often. */
  refresh() {
    const { openChannel: channel, connection } = this.store;
    if (!channel || connection.state !== "live") return;
    const window = this.store.windows.get(channel.id);
    if (window?.stale) void this.around(channel.id, middleOf(window));
    const timeline = this.store.timeline(channel.id);
    if (timeline.loaded && !timeline.stale) return;
    return this.#guarded(channel.id, timeline, () => this.#readUpToWatermark(channel.id, timeline));
  }

  /** One more page before the oldest message that is shown. */
  older() {
    const { openChannel: channel } = this.store;
    if (!channel) return;
    const timeline = this.store.shown(channel.id);
    if (!timeline.loaded || timeline.complete || timeline.stale || timeline.trouble) return;
    return this.#guarded(channel.id, timeline, () =>
      this.#page(channel.id, timeline, PAGE, { before: timeline.messages[0]?.id }));
  }

  /** Of a window into the past, one more page behind its newest message. */
  newer() {
    const { openChannel: channel } = this.store;
    const window = channel && this.store.windows.get(channel.id);
    if (!channel || !window?.loaded || window.stale || window.trouble) return;
    if (this.#join(channel.id)) return;
    return this.#guarded(channel.id, window, () =>
      this.#page(channel.id, window, PAGE, { after: window.messages.at(-1)?.id }));
  }

  /**
   * Show the messages around one that is not in memory.
   * @param {string} channelId
   * @param {string} id
   */
  around(channelId, id) {
    const window = new Timeline();
    this.store.windows.set(channelId, window);
    return this.#guarded(channelId, window, () => this.#page(channelId, window, PAGE, { around: id }));
  }

  /** Back to where new messages come. @param {string} channelId */
  present(channelId) {
    if (this.store.windows.delete(channelId)) this.store.tell("messages");
  }

  /** Take the window into the timeline, if nothing lies between them any more. @param {string} channelId */
  #join(channelId) {
    const window = this.store.windows.get(channelId);
    const timeline = this.store.timeline(channelId);
    if (!window?.loaded || !timeline.loaded || timeline.stale || !timeline.touches(window)) return false;
    timeline.adopt(window);
    this.present(channelId);
    return true;
  }

  /**
   * From the newest page back until one reaches what was known before.
   * @param {string} channelId
   * @param {Timeline} timeline
   */
  async #readUpToWatermark(channelId, timeline) {
    const { sessions, loaded } = timeline;
    const limit = loaded ? GAP_PAGE : PAGE;
    const first = await this.#page(channelId, timeline, limit);
    let page = first;
    let oldest = first.at(-1)?.id;
    for (let pages = 1; oldest && page.length === limit && timeline.hasGapBefore(oldest); pages++) {
      if (pages === GAP_PAGES_MAX) {
        timeline.forgetBefore(oldest);
        break;
      }
      page = await this.#page(channelId, timeline, limit, { before: oldest });
      oldest = page.at(-1)?.id;
    }
    timeline.settle(first[0]?.id, sessions);
  }

  /**
   * Read one page and fold it in.
   * @param {string} channelId
   * @param {Timeline} timeline
   * @param {number} limit
   * @param {{before?: string, after?: string, around?: string}} [where]
   */
  async #page(channelId, timeline, limit, where) {
    const known = timeline.known();
    const page = await rest.getMessages(channelId, { limit, ...where });
    await this.beforeShown(page);
    timeline.mergePage(page, { limit, ...where, known });
    this.#join(channelId);
    this.store.tell("messages");
    return page;
  }

  /**
   * @param {string} channelId
   * @param {Timeline} timeline
   * @param {() => Promise<unknown>} read
   */
  async #guarded(channelId, timeline, read) {
    if (timeline.loading) return;
    timeline.loading = true;
    timeline.trouble = "";
    // That one more page is on its way is nothing to see.
    if (!timeline.loaded) this.store.tell("messages");
    try {
      await this.#untilAnswered(channelId, timeline, read);
    } catch (error) {
      // Silence is left only when nobody looks at the channel any more.
      if (error instanceof rest.ApiError) timeline.trouble = error.message;
      else if (!(error instanceof rest.NetworkError)) throw error;
    } finally {
      timeline.loading = false;
      this.store.tell("messages");
    }
    // A new session may have begun meanwhile, and what it missed lies after what was just read.
    if (timeline.stale && !timeline.trouble) void this.refresh();
  }

  /**
   * Again and again while nobody answers, as long as someone looks at the channel.
   * @param {string} channelId
   * @param {Timeline} timeline
   * @param {() => Promise<unknown>} read
   */
  async #untilAnswered(channelId, timeline, read) {
    for (let wait_ms = RETRY_MS.first; ; wait_ms = Math.min(RETRY_MS.last, wait_ms * 2)) {
      try {
        await read();
        return;
      } catch (error) {
        const isWanted = this.store.open === channelId && this.store.runsOf(channelId).includes(timeline);
        if (!rest.mayPass(error) || !isWanted) throw error;
        await rest.pause(wait_ms);
      }
    }
  }
}

/** @param {Timeline} window */
const middleOf = ({ messages }) => messages[messages.length >> 1]?.id ?? "0";
