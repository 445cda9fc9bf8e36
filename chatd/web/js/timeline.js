/**
 * The messages of one channel that are in memory: a single run, in id order, each id once.
 *
 * The run of a channel ends with its newest message. Who jumps far back looks at a second one, the store's
 * `windows`, which ends somewhere; it is taken into the first as soon as they touch (`adopt`).
 *
 * Messages come from three sides, in any order: dispatches, pages of history and answers to our own requests.
 * Three rules make the result the same whatever comes first:
 *
 * - a message is kept under its id, and of two copies the later edit wins;
 * - an id that was deleted stays deleted, even if a page read before the deletion arrives after it;
 * - everything up to `watermark` is known to be there. Only pages and dispatches move it, never the answer
 *   to our own post, which says nothing about what others wrote before it. After a new session the run is
 *   `stale` and the watermark rests: whoever refreshes must read back until a page reaches it.
 */

import { compareIds } from "./ids.js";

// A tab may be open for weeks: a run longer than the first is cut to the second while nobody reads further up.
const KEPT_MAX = 2000, KEPT_AFTER_CUT = 500;

/** @typedef {import("./types.js").Message} Message */
/**
 * What a page was asked for; `known` are the ids in memory at that time.
 * @typedef {{limit: number, before?: string, after?: string, around?: string, known: Set<string>}} Asked
 */

export class Timeline {
  /** Ascending by id. @type {Message[]} */ messages = [];
  /** The first page has come. */ loaded = false;
  /** The first message of the channel is in memory. */ complete = false;
  /** Of a window: so is the last. */ ended = false;
  /** Something may have been missed: refresh. */ stale = false;
  /** How often that happened, so that a refresh knows whether it happened again meanwhile. */ sessions = 0;
  /** A page is on its way. */ loading = false;
  /** Why the last page did not come, for a person; "" if it did. */ trouble = "";
  /** @type {string | null} */ watermark = null;
  /** @type {Set<string>} */ #deleted = new Set();
  /**
   * Edits heard of messages not in memory, while a page is on its way that may hold the text before the edit.
   * @type {Map<string, Message>}
   */
  #early = new Map();

  /** @param {string} id */
  get(id) {
    const at = this.#find(id);
    return this.messages[at]?.id === id ? this.messages[at] : undefined;
  }

  /**
   * Fold a message in from a dispatch.
   * @param {Message} message
   */
  hear(message) {
    this.put(message);
    if (!this.stale) this.#raiseWatermark(message.id);
  }

  /**
   * Fold a message in.
   * @param {Message} message
   */
  put(message) {
    if (this.#deleted.has(message.id)) return;
    const at = this.#find(message.id);
    const known = this.messages[at];
    if (known?.id !== message.id) this.messages.splice(at, 0, message);
    else if (editedAt(message) >= editedAt(known)) this.messages[at] = { ...known, ...message };
  }

  /**
   * Fold an edit in. It must not bring in a message that is not in memory: what lies between would be
   * missing.
   * @param {Message} message
   */
  amend(message) {
    if (this.get(message.id)) this.put(message);
    else if (this.loading) this.#early.set(message.id, message);
  }

  /** @param {string} id */
  remove(id) {
    this.#deleted.add(id);
    const at = this.#find(id);
    if (this.messages[at]?.id === id) this.messages.splice(at, 1);
  }

  /**
   * Fold in a page of history, newest first. What was in memory when the page was asked for and lies in the
   * stretch it covers, but is not in it, has been deleted meanwhile.
   * @param {Message[]} page
   * @param {Asked} asked
   */
  mergePage(page, asked) {
    const { known } = asked;
    const arrived = new Set(page.map((message) => message.id));
    const isCovered = stretchOf(page, asked);
    this.messages = this.messages.filter(({ id, flags = 0 }) =>
      arrived.has(id) || !known.has(id) || !isCovered(id) || isEphemeral(flags));
    for (const message of page) {
      this.put(message);
      const edit = this.#early.get(message.id);
      if (edit) this.put(edit);
    }
    this.#early.clear();
    this.loaded = true;
    // A page around a message is short for either of two reasons, so it says nothing about the ends.
    if (page.length >= asked.limit || asked.around) return;
    if (asked.after) this.ended = true;
    else this.complete = true;
  }

  /** The ids in memory, to be handed to mergePage later. */
  known() {
    return new Set(this.messages.map((message) => message.id));
  }

  /** A hole may lie between what was known and `id`, the oldest that was just read. @param {string} id */
  hasGapBefore(id) {
    return this.watermark !== null && compareIds(id, this.watermark) > 0;
  }

  /** A new session begins: what happened since the last one was not told to us. */
  miss() {
    this.stale = true;
    this.sessions += 1;
  }

  /**
   * A refresh has read from `newest` back to the watermark, so everything in between is there.
   * @param {string | undefined} newest  undefined when the channel is empty
   * @param {number} sessions  as of its beginning
   */
  settle(newest, sessions) {
    if (sessions !== this.sessions) return;
    this.stale = false;
    if (newest) this.#raiseWatermark(newest);
  }

  /** @param {string} id */
  #raiseWatermark(id) {
    if (!this.watermark || compareIds(id, this.watermark) > 0) this.watermark = id;
  }

  /**
   * Forget the messages before `id`; scrolling up reads them again.
   * @param {string} id
   */
  forgetBefore(id) {
    const at = this.#find(id);
    if (at === 0) return;
    this.messages.splice(0, at);
    this.complete = false;
  }

  /** Nobody looks at the oldest messages: forget them when they have become many. */
  shorten() {
    if (this.messages.length <= KEPT_MAX || this.loading) return;
    this.forgetBefore(this.messages[this.messages.length - KEPT_AFTER_CUT].id);
    this.#deleted.clear();
  }

  /** Whether `window` ends where this begins, or later, so that nothing lies between. @param {Timeline} window */
  touches(window) {
    const [first] = this.messages, last = window.messages.at(-1);
    return window.ended || !first || !last || compareIds(last.id, first.id) >= 0;
  }

  /** Take in a window that touches. @param {Timeline} window */
  adopt(window) {
    const [first] = this.messages;
    const older = window.messages.filter(({ id }) =>
      !this.#deleted.has(id) && (!first || compareIds(id, first.id) < 0));
    this.messages = [...older, ...this.messages];
    this.complete ||= window.complete;
  }

  /** Where `id` is or would be. @param {string} id */
  #find(id) {
    let low = 0, high = this.messages.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareIds(this.messages[middle].id, id) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Shown to us alone, and in no page of history. @param {number} flags */
const isEphemeral = (flags) => (flags & (1 << 6)) !== 0;

/** @param {Message} message */
function editedAt(message) {
  return message.edited_timestamp ? Date.parse(message.edited_timestamp) : 0;
}

/**
 * Whether a page says which messages there are about some id. A full page begins at its last message, or ends
 * at its first; a short one reaches to the end of the channel.
 * @param {Message[]} page
 * @param {Asked} asked
 * @returns {(id: string) => boolean}
 */
function stretchOf(page, { limit, before, after, around }) {
  const newest = page[0]?.id, oldest = page.at(-1)?.id;
  const isFull = page.length >= limit;
  if (around) {
    return (id) => oldest !== undefined && compareIds(id, oldest) >= 0 && compareIds(id, newest) <= 0;
  }
  if (after) {
    return (id) => compareIds(id, after) > 0 && (!isFull || compareIds(id, newest) <= 0);
  }
  return (id) => (!isFull || compareIds(id, oldest ?? "") >= 0) && (!before || compareIds(id, before) < 0);
}
