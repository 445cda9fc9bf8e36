import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, beforeEach, test } from "node:test";

import { Events } from "discord.js";

import { makeBot } from "./bot.js";
import { startTestbench } from "./testbench.js";

let chat, bot;

before(async () => {
  chat = await startTestbench();
  bot = makeBot({ rest: { api: `${chat.url}/api` } });
  await Promise.all([once(bot, Events.ClientReady), bot.login(chat.token)]);
});

beforeEach(() => chat.reset());

after(async () => {
  await bot?.destroy();
  await chat?.stop();
});

test("ping is answered with a reply", async () => {
  const ada = await chat.user("ada");
  const asked = await chat.as(ada, "say", { content: "!ping" });
  const answer = await chat.nextMessage();
  assert.equal(answer.content, "pong");
  assert.equal(answer.message_reference.message_id, asked.id);
});

test("thanks are cheered for", async () => {
  const bob = await chat.user("bob");
  const said = await chat.as(bob, "say", { content: "Thanks a lot!" });
  const reaction = await chat.next("MESSAGE_REACTION_ADD", { user_id: chat.bot_id });
  assert.deepEqual([reaction.message_id, reaction.emoji.name], [said.id, "🎉"]);
});

test("a button counts on", async () => {
  const ada = await chat.user("ada");
  const begun = await chat.as(ada, "invoke", { name: "count" });
  assert.equal(begun.message.content, "1");
  const counted = await chat.as(ada, "click", { message_id: begun.message.id, button: "One more" });
  assert.equal(counted.message.content, "2");
});

test("it waits when it is told to", async () => {
  const ada = await chat.user("ada");
  await chat.ask("POST", "/faults", { status: 429, method: "POST", retry_after_s: 0.1 });
  await chat.as(ada, "say", { content: "!ping" });
  assert.equal((await chat.nextMessage()).content, "pong");
});

test("a lost connection is no lost message", async () => {
  const ada = await chat.user("ada");
  await chat.ask("POST", `/bots/${chat.bot_id}/reconnect`, {});
  await chat.as(ada, "say", { content: "!ping" });
  assert.equal((await chat.nextMessage()).content, "pong");
});
