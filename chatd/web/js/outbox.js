/**
 * The outbox: our own messages between Enter and the server's answer.
 *
 * Each message gets a nonce when it is written and keeps it however often it is sent; the server posts a
 * nonce once and answers the first message to every repetition. So a request that nobody answered is simply
 * sent again. The message leaves the outbox when the answer or its MESSAGE_CREATE arrives, whichever is
 * first (store.confirm, folds.js), and the message of the server takes its place.
 *
 * Messages of one channel are sent one after the other, in the order in which they were written. Their files are
 * kept here, in memory, until the server has them.
 */

import { mintNonce } from "./ids.js";
import * as rest from "./rest.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./types.js").Pending} Pending */
/** @typedef {import("./types.js").OutgoingFile & {file: File}} Attached */

const RETRY_MS = { first: 1000, last: 15_000 };
// The server remembers nonces for some minutes only. A message whose first request may have arrived, and
// that is older than this, is not sent again behind the user's back.
const NONCE_TRUSTED_MS = 2 * 60_000;
const SERVER_FAULTS_MAX = 4;
// An upload that broke off is begun once more by itself, for it may be large.
const UPLOAD_TRIES_MAX = 2;
const FILES_LOST = "Its files went with the page that was closed. Please attach them again.";
const KEPT = "chatd.outbox";

export class Outbox {
  /** Channels being emptied. @type {Set<string>} */ #busy = new Set();
  /** Wakes those who wait to send again. @type {Set<() => void>} */ #waiting = new Set();
  #restored = false;
  /** The files of a message, by its nonce. @type {Map<string, File[]>} */ #files = new Map();
  /** Ends an upload, by its nonce. @type {Map<string, AbortController>} */ #uploads = new Map();

  /**
   * @param {Store} store
   * @param {() => void} hurry  called when a message cannot leave because the connection is down
   */
  constructor(store, hurry) {
    this.store = store;
    this.hurry = hurry;
    store.subscribe(["connection"], () => this.#wake());
    store.subscribe(["messages"], () => this.#keep());
  }

  /** Take up what this tab had not delivered when it was reloaded. Needs store.me; does its work once. */
  restore() {
    if (this.#restored) return;
    this.#restored = true;
    const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
    if (kept?.me !== this.store.me?.id) return;
    for (const pending of kept.pending) {
      if (pending.files) Object.assign(pending, { state: "failed", reason: FILES_LOST });
      this.store.addPending(pending);
      void this.#empty(pending.channel_id);
    }
  }

  #keep() {
    if (!this.store.me || !this.#restored) return;
    const kept = JSON.stringify({ me: this.store.me.id, pending: this.store.pending });
    if (kept !== this.#kept) sessionStorage.setItem(KEPT, kept);
    this.#kept = kept;
  }

  /** What this tab's storage holds. */ #kept = "";

  /**
   * @param {string} channelId
   * @param {string} content
   * @param {{reply?: import("./types.js").Reference, files?: Attached[]}} [extras]
   */
  send(channelId, content, { reply, files = [] } = {}) {
    const nonce = mintNonce();
    if (files.length) this.#files.set(nonce, files.map(namedFile));
    this.store.addPending({
      nonce, channel_id: channelId, content, created_ms: Date.now(), first_try_ms: null,
      state: "sending", reason: "", ...(reply && { reply }),
      ...(files.length && { files: files.map(({ file, ...described }) => described), sent: 0 }),
    });
    if (this.store.connection.state !== "live") this.hurry();
    void this.#empty(channelId);
  }

  /**
   * Send a failed message again, as a new one if the server may have forgotten its nonce.
   * @param {Pending} pending
   */
  retry(pending) {
    if (pending.files && !this.#files.has(pending.nonce)) return;
    if (isTooOld(pending)) {
      const files = this.#files.get(pending.nonce);
      this.discard(pending);
      pending = { ...pending, nonce: mintNonce(), created_ms: Date.now(), first_try_ms: null };
      if (files) this.#files.set(pending.nonce, files);
      this.store.addPending(pending);
    }
    pending.state = "sending";
    this.store.tell("messages");
    void this.#empty(pending.channel_id);
  }

  /** Forget it; an upload that is under way ends. @param {Pending} pending */
  discard({ nonce }) {
    this.store.dropPending(nonce);
    this.#uploads.get(nonce)?.abort();
    this.#files.delete(nonce);
  }

  #wake() {
    if (this.store.connection.state !== "live") return;
    for (const wake of this.#waiting) wake();
  }

  /** @param {string} channelId */
  async #empty(channelId) {
    if (this.#busy.has(channelId)) return;
    this.#busy.add(channelId);
    for (let next; (next = this.#next(channelId)); ) await this.#deliver(next);
    this.#busy.delete(channelId);
  }

  /** @param {string} channelId */
  #next(channelId) {
    return this.store.pending.find(({ channel_id, state }) => channel_id === channelId && state !== "failed");
  }

  /** Send until there is an answer, or the echo has taken the message out. @param {Pending} pending */
  async #deliver(pending) {
    let faults = 0, breaks = 0;
    for (let wait_ms = RETRY_MS.first; this.store.pending.includes(pending); wait_ms *= 2) {
      if (this.store.connection.state !== "live") await this.#untilLive(pending);
      if (!this.store.pending.includes(pending)) return;
      if (isTooOld(pending)) return this.#fail(pending, "It may have been delivered; nobody answered.");
      try {
        this.store.confirm(await this.#post(pending), pending.nonce);
        this.#files.delete(pending.nonce);
        return;
      } catch (error) {
        if (!this.store.pending.includes(pending)) return; // cancelled
        if (!(error instanceof rest.ApiError) && !(error instanceof rest.NetworkError)) throw error;
        const answered = error instanceof rest.ApiError;
        const givenUp = answered && (!rest.mayPass(error) || ++faults === SERVER_FAULTS_MAX);
        if (givenUp) return this.#fail(pending, reasonOf(error));
        if (!answered && pending.files && ++breaks === UPLOAD_TRIES_MAX) {
          return this.#fail(pending, "The upload broke off.");
        }
      }
      this.#show(pending, "waiting");
      await this.#pause(Math.min(wait_ms, RETRY_MS.last));
    }
  }

  /** @param {Pending} pending */
  async #post(pending) {
    const files = this.#files.get(pending.nonce);
    const stop = new AbortController();
    if (files) this.#uploads.set(pending.nonce, stop);
    pending.first_try_ms ??= Date.now();
    try {
      return await rest.createMessage(pending.channel_id, bodyOf(pending), files, {
        signal: stop.signal, onprogress: (sent) => this.#sent(pending, sent),
      });
    } catch (error) {
      // What has not left whole has not arrived, and its time does not count.
      if (files) pending.first_try_ms = (pending.sent ?? 0) < 1 ? null : Date.now();
      throw error;
    } finally {
      this.#uploads.delete(pending.nonce);
    }
  }

  /** @param {Pending} pending @param {number} sent */
  #sent(pending, sent) {
    pending.sent = sent;
    pending.state = "sending";
    this.store.tell("messages");
  }

  /** @param {Pending} pending */
  async #untilLive(pending) {
    this.#show(pending, "waiting");
    await this.#pause(2 ** 31 - 1);
    this.#show(pending, "sending");
  }

  /** Wait, or until the connection comes back. @param {number} ms */
  #pause(ms) {
    return new Promise((/** @type {(value?: unknown) => void} */ resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.#waiting.add(wake);
    });
  }

  /** @param {Pending} pending @param {Pending["state"]} state */
  #show(pending, state) {
    pending.state = state;
    this.store.tell("messages");
  }

  /** @param {Pending} pending @param {string} reason */
  #fail(pending, reason) {
    pending.reason = reason;
    this.#show(pending, "failed");
  }
}

/** What the server is told. @param {Pending} pending */
function bodyOf({ content, nonce, reply, files }) {
  return {
    content, nonce,
    // Whom one answers may be gone meanwhile; what one says to it need not be.
    ...(reply && { message_reference: { message_id: reply.messageId, fail_if_not_exists: false } }),
    ...(reply && !reply.mention && { allowed_mentions: { parse: ["users", "roles", "everyone"], replied_user: false } }),
    ...(files && { attachments: files.map(({ description }, id) => ({ id, ...(description && { description }) })) }),
  };
}

/** Under the name that says that it is a spoiler. @param {Attached} attached */
function namedFile({ file, name, spoiler }) {
  return new File([file], spoiler ? `SPOILER_${name}` : name, { type: file.type });
}

/** @param {Pending} pending */
function isTooOld(pending) {
  return pending.first_try_ms !== null && Date.now() - pending.first_try_ms > NONCE_TRUSTED_MS;
}

/** The sentence to show: that of the field if the server named one. @param {Error} error */
function reasonOf(error) {
  const [first] = error instanceof rest.ApiError ? error.fields.values() : [];
  return first ?? error.message;
}
