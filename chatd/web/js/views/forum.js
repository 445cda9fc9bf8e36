/**
 * A forum: its posts, which are threads, the one written in last first. Those at rest are asked for when somebody
 * wants to see them.
 */

import { isThread } from "../channel-types.js";
import { h, reconcile } from "../dom.js";
import { doorsOn, labelOf } from "../doors.js";
import { compareIds, timeOf } from "../ids.js";
import { pathOf } from "../paths.js";
import { call } from "../rest.js";
import { personOf } from "../select/people.js";
import { unreadOf } from "../select/unread.js";
import { dayName } from "../time.js";
import { avatar } from "../ui/avatar.js";
import { icon } from "../ui/icons.js";
import { rove } from "../ui/roving.js";
import { emojiAddress } from "./names.js";

/** @typedef {import("../client.js").Client} Client */
/** @typedef {import("../types.js").Channel} Channel */
/** @typedef {NonNullable<Channel["available_tags"]>[number]} Tag */

/** @param {Client} client @returns {{element: HTMLElement, show: (channel: Channel | undefined) => void}} */
export function forumView(client) {
  const { store } = client;
  const list = h("ul", { class: "posts", "aria-label": "Posts" });
  const filter = h("div", { class: "post-filter", role: "group", "aria-label": "Posts with the tag", hidden: true });
  const nothing = h("p", { class: "posts-none", role: "status" });
  const older = h("button", { type: "button", class: "plain", onclick: () => void readArchived() }, "Show older posts");
  const tools = h("div", { class: "forum-tools" });
  const element = h("div", { class: "forum", hidden: true }, tools, filter, list, nothing, older);
  const roving = rove(list, "a");
  /** @type {Channel | undefined} */ let forum;
  /** Posts with one of these are shown; without any, all. @type {Set<string>} */ let wanted = new Set();

  async function readArchived() {
    const asked = forum;
    if (!asked) return;
    await client.try(call("GET", `/channels/${asked.id}/threads/archived/public?limit=100`).then(({ threads }) => {
      for (const thread of threads) store.apply("THREAD_CREATE", thread);
      older.hidden = true;
    }));
  }

  function draw() {
    const here = store.channels.get(forum?.id ?? "");
    if (!here) return;
    const tags = here.available_tags ?? [];
    // A tag that is no more keeps nothing back.
    wanted = new Set(tags.map(({ id }) => id).filter((id) => wanted.has(id)));
    filter.hidden = tags.length === 0;
    reconcile(filter, tags.map((tag) => tagItem(tag, wanted.has(tag.id), () => {
      if (!wanted.delete(tag.id)) wanted.add(tag.id);
      draw();
    })));
    const all = [...store.channels.values()].filter((channel) => isThread(channel) && channel.parent_id === here.id);
    const posts = all.filter(({ applied_tags = [] }) => wanted.size === 0 || applied_tags.some((id) => wanted.has(id)));
    reconcile(list, posts.sort((a, b) => compareIds(lastOf(b), lastOf(a))).map((post) => postItem(client, here, post)));
    nothing.hidden = posts.length > 0;
    nothing.textContent = all.length > 0 ? "No post here has that tag." : "Nobody has posted here yet.";
    const place = { guildId: here.guild_id, channelId: here.id };
    const door = doorsOn(store, "channel", place).find(({ name }) => name === "new-post");
    reconcile(tools, door ? [{
      key: here.id, signature: "",
      build: () => h("button", { type: "button", class: "primary", onclick: () => void door.open(client, place) },
        icon(door.icon), labelOf(store, door, place)),
    }] : []);
    roving.refresh();
  }

  store.subscribe(["channels", "members"], draw);
  return {
    element,
    show(channel) {
      element.hidden = !channel;
      if (channel?.id === forum?.id) return;
      forum = channel;
      wanted = new Set();
      older.hidden = false;
      draw();
    },
  };
}

/** One tag to choose posts by. @param {Tag} tag @param {boolean} isWanted @param {() => void} toggle */
function tagItem(tag, isWanted, toggle) {
  return {
    key: tag.id, signature: JSON.stringify([tag, isWanted]),
    build: () => h("button", { type: "button", class: "post-tag", "aria-pressed": String(isWanted), onclick: toggle }, ...tagParts(tag)),
  };
}

/** @param {Channel} post */
const lastOf = (post) => post.last_message_id ?? post.id;

/** @param {number} count */
const answersOf = (count) => (count === 0 ? "no answer yet" : count === 1 ? "1 answer" : `${count} answers`);

/** @param {Tag} tag @returns {(Node | null)[]} */
const tagParts = ({ name, emoji_id, emoji_name }) => [
  emoji_id ? h("img", { class: "emoji", src: emojiAddress(emoji_id, false), alt: "" })
    : emoji_name ? h("span", { class: "emoji", "aria-hidden": "true" }, emoji_name) : null,
  h("bdi", {}, name),
];

/** @param {Client} client @param {Channel} forum @param {Channel} post */
function postItem({ store }, forum, post) {
  const { unread } = unreadOf(store, post);
  const { user: owner, name: author } = personOf(store, { id: post.owner_id ?? "0", username: "Somebody" },
    store.guilds.get(post.guild_id ?? ""));
  const count = post.message_count ?? 0;
  const when = dayName(timeOf(lastOf(post)));
  const closed = post.thread_metadata?.locked ? "lock" : null;
  const tags = (forum.available_tags ?? []).filter(({ id }) => post.applied_tags?.includes(id));
  return {
    key: post.id, signature: JSON.stringify([post.name, unread, author, owner.avatar, count, when, closed, tags]),
    build: () => h("li", {}, h("a", { href: pathOf(post), class: "post", "data-unread": unread },
      avatar(owner, author),
      h("b", {}, closed && icon(closed), h("bdi", {}, post.name), unread && h("span", { class: "unseen" }, ", unread")),
      h("span", { class: "post-about" }, h("bdi", {}, author), ` · ${answersOf(count)} · ${when}`),
      tags.length > 0 && h("span", { class: "post-tags" }, ...tags.map((tag) => h("span", { class: "post-tag" }, ...tagParts(tag)))))),
  };
}
