/**
 * The outbox: our own messages between Enter and the server's answer.
 *
 * Each message gets a nonce when it is written and keeps it however often it is sent; the server posts a
 * nonce once and answers the first message to every repetition. So a request that nobody answered is simply
 * sent again. The message leaves the outbox when the answer or its MESSAGE_CREATE arrives, whichever is
 * first (store.confirm, folds.js), and the message of the server takes its place.
 *
 * Messages of one channel are sent one after the other, in the order in which they were written.
 */

import { mintNonce } from "./ids.js";
import * as rest from "./rest.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./types.js").Pending} Pending */

const RETRY_MS = { first: 1000, last: 15_000 };
// The server remembers nonces for some minutes only. A message whose first request may have arrived, and
// that is older than this, is not sent again behind the user's back.
const NONCE_TRUSTED_MS = 2 * 60_000;
const SERVER_FAULTS_MAX = 4;
const KEPT = "chatd.outbox";

export class Outbox {
  /** Channels being emptied. @type {Set<string>} */ #busy = new Set();
  /** Wakes those who wait to send again. @type {Set<() => void>} */ #waiting = new Set();
  #restored = false;

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
      this.store.addPending(pending);
      void this.#empty(pending.channel_id);
    }
  }

  #keep() {
    if (!this.store.me || !this.#restored) return;
    sessionStorage.setItem(KEPT, JSON.stringify({ me: this.store.me.id, pending: this.store.pending }));
  }

  /** @param {string} channelId @param {string} content */
  send(channelId, content) {
    this.store.addPending({
      nonce: mintNonce(), channel_id: channelId, content, created_ms: Date.now(), first_try_ms: null,
      state: "sending", reason: "",
    });
    if (this.store.connection.state !== "live") this.hurry();
    void this.#empty(channelId);
  }

  /**
   * Send a failed message again, as a new one if the server may have forgotten its nonce.
   * @param {Pending} pending
   */
  retry(pending) {
    if (isTooOld(pending)) {
      this.store.dropPending(pending.nonce);
      this.send(pending.channel_id, pending.content);
      return;
    }
    pending.state = "sending";
    this.store.tell("messages");
    void this.#empty(pending.channel_id);
  }

  /** @param {Pending} pending */
  discard(pending) {
    this.store.dropPending(pending.nonce);
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
    let faults = 0;
    for (let wait_ms = RETRY_MS.first; this.store.pending.includes(pending); wait_ms *= 2) {
      if (this.store.connection.state !== "live") await this.#untilLive(pending);
      if (!this.store.pending.includes(pending)) return;
      if (isTooOld(pending)) return this.#fail(pending, "It may have been delivered; nobody answered.");
      try {
        pending.first_try_ms ??= Date.now();
        return this.store.confirm(
          await rest.createMessage(pending.channel_id, pending.content, pending.nonce), pending.nonce);
      } catch (error) {
        if (!(error instanceof rest.ApiError) && !(error instanceof rest.NetworkError)) throw error;
        const answered = error instanceof rest.ApiError;
        const givenUp = answered && (!rest.mayPass(error) || ++faults === SERVER_FAULTS_MAX);
        if (givenUp) return this.#fail(pending, reasonOf(error));
      }
      this.#show(pending, "waiting");
      await this.#pause(Math.min(wait_ms, RETRY_MS.last));
    }
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

/** @param {Pending} pending */
function isTooOld(pending) {
  return pending.first_try_ms !== null && Date.now() - pending.first_try_ms > NONCE_TRUSTED_MS;
}

/** The sentence to show: that of the field if the server named one. @param {Error} error */
function reasonOf(error) {
  const [first] = error instanceof rest.ApiError ? error.fields.values() : [];
  return first ?? error.message;
}
