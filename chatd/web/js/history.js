/**
 * Reading history: the first page of a channel, older pages, and what was missed while we were away.
 *
 * One request per channel is under way at a time, so pages are merged in the order in which they were asked
 * for.
 */

import * as rest from "./rest.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./timeline.js").Timeline} Timeline */

const PAGE = 50;
// A gap is read in the largest pages the server gives, and up to this many of them. Behind a longer absence
// the older part is forgotten instead, and read again when someone scrolls there.
const GAP_PAGE = 100;
const GAP_PAGES_MAX = 20;
const RETRY_MS = { first: 1000, last: 15_000 };

export class History {
  /** @param {Store} store */
  constructor(store) {
    this.store = store;
  }

  /** Bring the open channel up to date: its first page, or what a new session missed. Safe to call often. */
  refresh() {
    const { openChannel: channel, connection } = this.store;
    if (!channel || connection.state !== "live") return;
    const timeline = this.store.timeline(channel.id);
    if (timeline.loaded && !timeline.stale) return;
    return this.#guarded(channel.id, timeline, () => this.#readUpToWatermark(channel.id, timeline));
  }

  /** One more page before the oldest message of the open channel. */
  older() {
    const { openChannel: channel } = this.store;
    if (!channel) return;
    const timeline = this.store.timeline(channel.id);
    if (!timeline.loaded || timeline.complete || timeline.stale || timeline.trouble) return;
    return this.#guarded(channel.id, timeline, () =>
      this.#page(channel.id, timeline, PAGE, timeline.messages[0]?.id));
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
      page = await this.#page(channelId, timeline, limit, oldest);
      oldest = page.at(-1)?.id;
    }
    timeline.settle(first[0]?.id, sessions);
  }

  /**
   * Read one page and fold it in.
   * @param {string} channelId
   * @param {Timeline} timeline
   * @param {number} limit
   * @param {string} [before]
   */
  async #page(channelId, timeline, limit, before) {
    const known = timeline.known();
    const page = await rest.getMessages(channelId, { limit, before });
    timeline.mergePage(page, { limit, before, known });
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
    this.store.tell("messages");
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
        if (!rest.mayPass(error) || this.store.open !== channelId) throw error;
        await rest.pause(wait_ms);
      }
    }
  }
}
