/** The threads of a channel: those that go on, and those that have been put away. */

import { h } from "../dom.js";
import { compareIds } from "../ids.js";
import { pathOf } from "../paths.js";
import { may } from "../permissions.js";
import { call } from "../rest.js";
import { icon } from "../ui/icons.js";
import { fromNow } from "./markup.js";
import { leaveNarrowPanel, openPanel } from "./panel.js";

/** @typedef {import("../types.js").Channel} Channel */

/** @param {import("../client.js").Client} client @param {import("../doors.js").Place} place */
export async function openThreads(client, { channelId, anchor }) {
  const { store } = client;
  const list = h("div", { class: "panel-body" });
  const panel = await openPanel(client, { id: "threads", title: "Threads", anchor, body: [list] });
  if (!panel) return;
  /** @type {Channel[]} */
  let archived = [];
  const draw = () => {
    const all = [...store.channels.values()].filter(({ parent_id, thread_metadata }) => parent_id === channelId && thread_metadata);
    const active = all.filter(({ thread_metadata }) => !thread_metadata?.archived).sort(byLast);
    const known = new Set(active.map(({ id }) => id));
    const away = archived.filter(({ id }) => !known.has(id));
    list.replaceChildren(...section("Active", active), ...section("Put away", away));
    if (active.length + away.length === 0) {
      list.replaceChildren(h("div", { class: "panel-empty" }, icon("thread"), h("p", {}, "There are no threads here yet."),
        may(store, { channelId }, "CREATE_PUBLIC_THREADS") && h("p", { class: "hint" }, "Start one from the menu of a message.")));
    }
  };
  const end = store.subscribe(["channels", "messages"], () => (panel.element.isConnected ? draw() : end()));
  draw();
  await client.try(call("GET", `/channels/${channelId}/threads/archived/public`).then((page) => {
    archived = page.threads;
    for (const thread of archived) if (!store.channels.has(thread.id)) store.apply("THREAD_CREATE", thread);
  }));
  draw();
}

/** @param {Channel} a @param {Channel} b */
const byLast = (a, b) => compareIds(b.last_message_id ?? b.id, a.last_message_id ?? a.id);

/** @param {string} title @param {Channel[]} threads */
function section(title, threads) {
  return threads.length === 0 ? [] : [h("h3", {}, title), h("ul", { class: "thread-list" }, ...threads.map((thread) =>
    h("li", {}, h("a", { href: pathOf(thread), onclick: leaveNarrowPanel }, icon("thread"),
      h("span", { class: "thread-name" }, h("bdi", {}, thread.name)),
      h("span", { class: "hint" }, about(thread))))))];
}

/** How much was said, and when last. @param {Channel} thread */
export function about({ id, message_count = 0, last_message_id }) {
  const last_ms = Number(BigInt(last_message_id ?? id) >> 22n) + 1420070400000;
  return `${message_count === 1 ? "1 message" : `${message_count} messages`} · ${fromNow(last_ms)}`;
}
