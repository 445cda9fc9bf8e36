// Starts `python -m chatd testbench`, and says what a test wants of it: docs/testbench.md has the whole list.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const SAID = [0, 19, 20, 23]; // the types of messages that somebody said

export async function startTestbench() {
  const python = process.env.PYTHON ?? "python3";
  const server = spawn(python, ["-m", "chatd", "testbench"], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { CHATD_LOG_LEVEL: "warning", ...process.env },
  });
  const [line] = await once(createInterface(server.stdout), "line");
  return new Testbench(server, JSON.parse(line));
}

class Testbench {
  constructor(server, ready) {
    Object.assign(this, ready);
    this.server = server;
    this.last = 0; // the number of the record that was given out last
  }

  /** A new guild with the bot in it, and nobody of before. */
  async reset() {
    const { guild, channel_id, last } = await this.ask("POST", "/reset", {});
    Object.assign(this, { guild, channel_id, last });
  }

  user(name) {
    return this.ask("POST", "/users", { name });
  }

  /** What somebody does: as(ada, "say", { content: "hello" }). */
  as(user, verb, fields) {
    return this.ask("POST", `/as/${user.id}/${verb}`, { channel_id: this.channel_id, ...fields });
  }

  /** The next event of a name that has these fields. */
  async next(name, fields = {}) {
    const pattern = { kind: "event", name, d: fields };
    const found = await this.ask("POST", "/wait", { pattern, after: this.last, timeout_s: 5 });
    this.last = found.n;
    return found.d;
  }

  nextMessage() {
    return this.next("MESSAGE_CREATE", { type: SAID, author: { bot: true } });
  }

  async ask(method, path, body) {
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch(this.control + path, { method, headers, body: JSON.stringify(body) });
    const value = answer.status === 204 ? null : await answer.json();
    if (!answer.ok) throw new Error(`${answer.status} ${JSON.stringify(value)}`);
    return value;
  }

  async stop() {
    this.server.stdin.end(); // it ends with its input, as it would if we were killed
    await once(this.server, "exit");
  }
}
