// What the program of each Node library shares: which group to run, how it ended, and the bench's people.
//
//     node discord_js.mjs --version      the version of the library
//     node discord_js.mjs messages       exit status 0 where all that the group wants works; else 1, with the
//                                        reason as the last line on standard error
//
// CHATD_BENCH is the line with which a running bench began. Each group is an async function `(bot, chat)`: the
// library's client, connected and aware of the guild, and the bench, whose people do the rest.

import { isDeepStrictEqual } from "node:util";

const WAIT_S = 20;
const GROUP_S = 60;
const SAID = [0, 19, 20, 23]; // the types of messages that somebody said

/** `connected(chat)` gives the client, `close(client)` ends it; `groups` are functions by their names. */
export async function main(version, connected, close, groups) {
  const wanted = process.argv[2];
  if (wanted === "--version") return console.log(version);
  const group = Object.values(groups).find((each) => each.name === wanted);
  try {
    await within(GROUP_S, perform(group, connected, close), "the group");
    process.exit(0);
  } catch (error) {
    console.error(error);
    console.error(`${error.name}: ${error.message}`.replaceAll("\n", " ").slice(0, 300));
    process.exit(1);
  }
}

async function perform(group, connected, close) {
  const chat = new Chat(JSON.parse(process.env.CHATD_BENCH));
  await chat.reset();
  const bot = await connected(chat);
  try {
    await group(bot, chat);
  } finally {
    await close(bot);
  }
}

export function within(seconds, promise, what) {
  const tooLate = new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`no ${what} within ${seconds} s`)), seconds * 1000).unref();
  });
  return Promise.race([promise, tooLate]);
}

/** The arguments of the next event of an emitter for which `holds`. */
export function next(emitter, event, holds = () => true) {
  let listener;
  const heard = new Promise((resolve) => {
    listener = (...args) => holds(...args) && resolve(args);
    emitter.on(event, listener);
  });
  return within(WAIT_S, heard, event).finally(() => emitter.off(event, listener));
}

/** Do something while the library waits for its event: what the doing gave, and what the event had. */
export async function told(waiting, doing) {
  waiting.catch(() => {}); // it is awaited below, unless the doing fails first
  const done = await doing();
  return [done, await waiting];
}

export function same(found, expected) {
  if (isDeepStrictEqual(found, expected)) return;
  throw new Error(`${JSON.stringify(found)} where ${JSON.stringify(expected)} was expected`);
}

export function holds(condition, what) {
  if (!condition) throw new Error(`it is not so that ${what}`);
}

/** Automatic moderation keeps it from being said: error 200000. */
export async function blocked(saying) {
  const refusal = await saying.then(() => null, (error) => error);
  holds(refusal?.message.includes("200000"), "what a rule blocks was refused");
}

/** The bench as docs/testbench.md describes it. */
class Chat {
  constructor(ready) {
    Object.assign(this, ready);
    this.given = new Set();
  }

  async reset() {
    const state = await this.ask("POST", "/reset", {});
    Object.assign(this, { began: state.last, guild: state.guild, channel_id: state.channel_id });
  }

  user(name, fields = {}) {
    return this.ask("POST", "/users", { name, ...fields });
  }

  /** What somebody does: as(ada, "say", { content: "hello" }). */
  as(user, verb, fields = {}) {
    return this.ask("POST", `/as/${user.id}/${verb}`, { channel_id: this.channel_id, ...fields });
  }

  /** Any call of the HTTP API as a person. */
  request(user, method, path, body) {
    return this.ask("POST", `/as/${user.id}/request`, { method, path, body });
  }

  /** The first record since the test began that has all of the pattern, and that no other has been given. */
  async found(pattern) {
    for (let after = this.began; ; ) {
      const record = await this.ask("POST", "/wait", { pattern, after, timeout_s: 10 });
      if (!this.given.has(record.n)) {
        this.given.add(record.n);
        return record;
      }
      after = record.n;
    }
  }

  async next(name, d = {}) {
    return (await this.found({ kind: "event", name, d })).d;
  }

  nextMessage(d = {}) {
    return this.next("MESSAGE_CREATE", { type: SAID, author: { bot: true }, ...d });
  }

  bot(verb, fields = {}) {
    return this.ask("POST", `/bots/${this.bot_id}/${verb}`, fields);
  }

  async ask(method, path, body) {
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch(this.control + path, { method, headers, body: JSON.stringify(body) });
    const value = answer.status === 204 ? null : await answer.json();
    if (!answer.ok) throw new Error(`${answer.status} ${JSON.stringify(value)}`);
    return value;
  }
}
