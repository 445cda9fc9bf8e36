/**
 * A forum: its posts, which are threads, the one written in last first. Those at rest are asked for when somebody
 * wants to see them.
 */

import { isThread } from "../channel-types.js";
import { h, reconcile } from "../dom.js";
import { compareIds, timeOf } from "../ids.js";
import { pathOf } from "../paths.js";
import { call } from "../rest.js";
import { unreadOf } from "../select/unread.js";
import { dayName } from "../time.js";
import { icon } from "../ui/icons.js";
import { rove } from "../ui/roving.js";

/** @typedef {import("../client.js").Client} Client */
/** @typedef {import("../types.js").Channel} Channel */

/** @param {Client} client @returns {{element: HTMLElement, show: (channel: Channel | undefined) => void}} */
export function forumView(client) {
  const { store } = client;
  const list = h("ul", { class: "posts", "aria-label": "Posts" });
  const nothing = h("p", { class: "posts-none" }, "Nobody has posted here yet.");
  const older = h("button", { type: "button", class: "plain", onclick: () => void readArchived() }, "Show older posts");
  const element = h("div", { class: "forum", hidden: true }, list, nothing, older);
  const roving = rove(list, "a");
  /** @type {Channel | undefined} */ let forum;

  async function readArchived() {
    const asked = forum;
    if (!asked) return;
    await client.try(call("GET", `/channels/${asked.id}/threads/archived/public?limit=100`).then(({ threads }) => {
      for (const thread of threads) store.apply("THREAD_CREATE", thread);
      older.hidden = true;
    }));
  }

  function draw() {
    if (!forum) return;
    const posts = [...store.channels.values()]
      .filter((channel) => isThread(channel) && channel.parent_id === forum?.id)
      .sort((a, b) => compareIds(lastOf(b), lastOf(a)));
    reconcile(list, posts.map((post) => postItem(client, post)));
    nothing.hidden = posts.length > 0;
    roving.refresh();
  }

  store.subscribe(["channels", "members"], draw);
  return {
    element,
    show(channel) {
      element.hidden = !channel;
      if (channel?.id === forum?.id) return;
      forum = channel;
      older.hidden = false;
      draw();
    },
  };
}

/** @param {Channel} post */
const lastOf = (post) => post.last_message_id ?? post.id;

/** @param {Client} client @param {Channel} post */
function postItem({ store }, post) {
  const { unread } = unreadOf(store, post);
  const author = store.nameOf({ id: post.owner_id ?? "", username: "Somebody" }, post.guild_id);
  const count = post.message_count ?? 0;
  const when = dayName(timeOf(lastOf(post)));
  const closed = post.thread_metadata?.locked ? "lock" : null;
  return {
    key: post.id, signature: [post.name, unread, author, count, when, closed].join("\n"),
    build: () => h("li", {}, h("a", { href: pathOf(post), class: "post", "data-unread": unread },
      h("b", {}, closed && icon(closed), post.name, unread && h("span", { class: "unseen" }, ", unread")),
      h("span", { class: "post-about" }, `${author} · ${count === 1 ? "1 message" : `${count} messages`} · ${when}`))),
  };
}
