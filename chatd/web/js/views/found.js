/** A message outside its channel: pinned, or found. It leads to where it was said. */

import { h } from "../dom.js";
import { pathOf } from "../paths.js";
import { dayName, clockTime, fullTime } from "../time.js";
import { avatar } from "../ui/avatar.js";
import { bodyOf } from "./body.js";
import { authorName } from "./message.js";
import { leaveNarrowPanel } from "./panel.js";

/**
 * @param {import("../types.js").Message} message
 * @param {import("../store.js").Store} store
 * @param {{withChannel?: boolean, buttons?: (Node | false)[]}} [options]
 */
export function foundElement(message, store, { withChannel = false, buttons = [] } = {}) {
  const channel = store.channels.get(message.channel_id);
  const name = authorName(message, store), time_ms = Date.parse(message.timestamp);
  return h("article", { class: "found", "data-message-id": message.id, "aria-label": `${name}, ${fullTime(time_ms)}` },
    withChannel && channel && h("p", { class: "found-place" }, channel.guild_id ? `#${channel.name}` : store.titleOf(channel)),
    h("div", { class: "found-head" }, avatar(message.author, name), h("b", {}, h("bdi", {}, name)),
      h("time", { datetime: message.timestamp, title: fullTime(time_ms) }, `${dayName(time_ms)}, ${clockTime(time_ms)}`)),
    ...bodyOf({ ...message, reactions: [], poll: undefined }, store),
    h("div", { class: "found-buttons" }, ...buttons,
      channel && h("a", { class: "link", href: pathOf(channel, message.id), onclick: leaveNarrowPanel }, "Jump")));
}
