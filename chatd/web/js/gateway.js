/**
 * The gateway connection, version 10: one WebSocket at a time, kept alive and replaced when it breaks.
 *
 * The life of a connection:
 *
 *     open -> HELLO -> IDENTIFY -> READY    -> dispatches ...   (no session yet, or the old one is gone)
 *                  \-> RESUME   -> missed dispatches -> RESUMED -> dispatches ...
 *
 * A session outlives its connection: the server keeps what we missed, and RESUME with the last sequence
 * number we saw has it replayed, in order and once. So after a break we resume first and identify only when
 * the server says that the session is gone. What the events mean is the business of folds/.
 */

import { clearTimer, setTimer } from "./timers.js";

/** @typedef {import("./types.js").Connection} Connection */

const Op = {
  DISPATCH: 0,
  HEARTBEAT: 1,
  IDENTIFY: 2,
  RESUME: 6,
  RECONNECT: 7,
  INVALID_SESSION: 9,
  HELLO: 10,
  HEARTBEAT_ACK: 11,
};

// The events this client folds, and no others: the server need not send what nobody would read.
const Intent = {
  GUILDS: 1 << 0,
  GUILD_MEMBERS: 1 << 1,
  GUILD_MODERATION: 1 << 2,
  GUILD_EXPRESSIONS: 1 << 3,
  GUILD_INTEGRATIONS: 1 << 4,
  GUILD_WEBHOOKS: 1 << 5,
  GUILD_INVITES: 1 << 6,
  GUILD_VOICE_STATES: 1 << 7,
  GUILD_PRESENCES: 1 << 8,
  GUILD_MESSAGES: 1 << 9,
  GUILD_MESSAGE_REACTIONS: 1 << 10,
  GUILD_MESSAGE_TYPING: 1 << 11,
  DIRECT_MESSAGES: 1 << 12,
  DIRECT_MESSAGE_REACTIONS: 1 << 13,
  DIRECT_MESSAGE_TYPING: 1 << 14,
  MESSAGE_CONTENT: 1 << 15,
  AUTO_MODERATION_CONFIGURATION: 1 << 20,
  GUILD_MESSAGE_POLLS: 1 << 24,
  DIRECT_MESSAGE_POLLS: 1 << 25,
};
const INTENTS = Object.values(Intent).reduce((all, bit) => all | bit, 0);

// A proxy may accept the connection and then stay silent; so may a server that is about to stop.
const HELLO_TIMEOUT_MS = 10_000;
// Also covers READY and RESUMED, which may need the database.
const READY_TIMEOUT_MS = 20_000;
// The wait doubles from the first to the last, and a random half of it keeps a thousand clients of a
// restarted server from coming back in the same instant.
const BACKOFF_MS = { first: 500, last: 30_000 };

const CLOSED_BY_US = 4000; // any code but 1000 and 1001 keeps the session for a resume
const SIGNED_OUT = 4004;
// Bad shard, sharding required, bad version, bad intents, intent not allowed: coming back would not help.
const FATAL = new Set([4010, 4011, 4012, 4013, 4014]);
// Bad sequence, session timed out: this session cannot be resumed, a new one can be had.
const SESSION_LOST = new Set([4007, 4009]);

export class Gateway {
  /** @type {WebSocket | null} */ #socket = null;
  /** The session to resume. @type {{id: string, seq: number | null} | null} */ #session = null;
  #attempt = 0;
  #acknowledged = true;
  #beat_ms = 0; // when the last heartbeat left
  #wait = 0; // timer: until the next attempt
  #deadline = 0; // timer: until HELLO, then until READY or RESUMED
  #heartbeat = 0; // timer: until the next beat
  #interval_ms = 0;

  /**
   * @param {object} handlers
   * @param {(type: string, data: any) => void} handlers.onDispatch
   * @param {(connection: Connection) => void} handlers.onState
   * @param {() => void} handlers.onSignedOut  the server no longer knows our cookie
   */
  constructor({ onDispatch, onState, onSignedOut }) {
    this.onDispatch = onDispatch;
    this.onState = onState;
    this.onSignedOut = onSignedOut;
  }

  /** Open a connection now, in the place of any other. */
  connect() {
    this.#drop();
    this.onState({ state: this.#attempt === 0 && !this.#session ? "connecting" : "reconnecting" });
    // READY names a resume_gateway_url for clients that were told of several hosts. The cookie that
    // identifies us belongs to this host alone, so we stay with it.
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}/gateway?v=10&encoding=json`);
    socket.onmessage = ({ data }) => this.#receive(JSON.parse(data));
    socket.onclose = ({ code }) => this.#closed(code);
    this.#socket = socket;
    this.#expectWithin(HELLO_TIMEOUT_MS);
  }

  /** If we are waiting to reconnect, stop waiting: the network came back, or someone wants to send. */
  hurry() {
    if (this.#wait) this.connect();
  }

  /** Leave for good. */
  stop() {
    this.#drop(1000);
  }

  /** @param {{op: number, d: any, s: number | null, t: string | null}} frame */
  #receive({ op, d, s, t }) {
    if (op === Op.DISPATCH) this.#dispatch(/** @type {string} */ (t), d, s);
    else if (op === Op.HELLO) this.#hello(d.heartbeat_interval);
    else if (op === Op.HEARTBEAT) this.#send(Op.HEARTBEAT, this.#session?.seq ?? null);
    else if (op === Op.HEARTBEAT_ACK) this.#answered();
    else if (op === Op.RECONNECT) this.#retry();
    else if (op === Op.INVALID_SESSION) this.#invalidSession(d === true);
  }

  /** @param {string} type @param {any} data @param {number | null} seq */
  #dispatch(type, data, seq) {
    if (type === "READY") this.#session = { id: data.session_id, seq };
    if (this.#session && seq !== null) this.#session.seq = seq;
    this.onDispatch(type, data);
    if (type === "READY" || type === "RESUMED") {
      clearTimer(this.#deadline);
      this.#attempt = 0;
      this.onState({ state: "live" });
      this.#measure();
    }
  }

  /** @param {number} interval_ms */
  #hello(interval_ms) {
    this.#interval_ms = interval_ms;
    this.#acknowledged = true;
    // The first beat comes after a random part of the interval, so that clients which connected together
    // do not beat together.
    this.#heartbeat = setTimer(() => this.#beat(), interval_ms * Math.random());
    this.#expectWithin(READY_TIMEOUT_MS);
    // An empty token: the cookie of the opening handshake says who we are.
    if (this.#session) {
      this.#send(Op.RESUME, { token: "", session_id: this.#session.id, seq: this.#session.seq });
    } else {
      this.#send(Op.IDENTIFY, {
        token: "",
        properties: { os: navigator.platform, browser: "chatd web", device: "" },
        intents: INTENTS,
        large_threshold: 250,
      });
    }
  }

  #beat() {
    // No answer to the last beat: the connection is dead, even if nobody has told us.
    if (!this.#acknowledged) return this.#retry();
    this.#acknowledged = false;
    this.#measure();
    this.#heartbeat = setTimer(() => this.#beat(), this.#interval_ms);
  }

  /** Ask how long an answer takes. If none comes, that is for the next beat to find. */
  #measure() {
    this.#beat_ms = performance.now();
    this.#send(Op.HEARTBEAT, this.#session?.seq ?? null);
  }

  #answered() {
    this.onState({ state: "live", latency_ms: performance.now() - this.#beat_ms });
    this.#acknowledged = true;
  }

  /**
   * Send something to the server, if we are connected: a presence, a voice state.
   * @param {number} op
   * @param {any} d
   */
  tell(op, d) {
    this.#send(op, d);
  }

  /** @param {boolean} resumable */
  #invalidSession(resumable) {
    if (!resumable) this.#session = null;
    this.#retry();
  }

  /** @param {number} code */
  #closed(code) {
    if (SESSION_LOST.has(code)) this.#session = null;
    if (code === SIGNED_OUT) {
      this.#drop();
      this.onSignedOut();
    } else if (FATAL.has(code)) {
      this.#drop();
      const reason = `The server refused this client (${code}). Reload the page.`;
      this.onState({ state: "stopped", reason });
    } else {
      this.#retry();
    }
  }

  /** Give this connection up and come back after a while. */
  #retry() {
    this.#drop();
    const longest_ms = Math.min(BACKOFF_MS.last, BACKOFF_MS.first * 2 ** this.#attempt);
    const wait_ms = longest_ms * (0.5 + Math.random() / 2);
    this.#attempt += 1;
    this.#wait = setTimer(() => this.connect(), wait_ms);
    this.onState({ state: "reconnecting", retry_at_ms: Date.now() + wait_ms, attempt: this.#attempt });
  }

  /** Forget the socket at once: closing a dead one can take the browser a minute, and its events are void. */
  #drop(code = CLOSED_BY_US) {
    clearTimer(this.#wait);
    clearTimer(this.#deadline);
    clearTimer(this.#heartbeat);
    this.#wait = 0;
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onmessage = socket.onclose = null;
    socket.close(code);
  }

  /** @param {number} ms */
  #expectWithin(ms) {
    clearTimer(this.#deadline);
    this.#deadline = setTimer(() => this.#retry(), ms);
  }

  /** @param {number} op @param {any} d */
  #send(op, d) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify({ op, d }));
  }
}
