/** What stands between messages and at the ends of their list: days, "new", the beginning, a page that is awaited. */

import { iconOf } from "../channel-types.js";
import { h } from "../dom.js";
import { titleOf } from "../shell/header.js";
import { dayName } from "../time.js";
import { icon } from "../ui/icons.js";

/** @typedef {import("./tall-list.js").TallItem} TallItem */
/** @typedef {import("../timeline.js").Timeline} Timeline */

/** @param {import("../rows.js").DayRow} row @returns {TallItem} */
export function dayItem({ key, time_ms }) {
  const name = dayName(time_ms);
  return {
    key, signature: name, guess_px: 40, loose: true,
    build: () => h("div", { class: "day", role: "separator" }, h("span", {}, name)),
  };
}

/** @returns {TallItem} */
export const newItem = () => ({
  key: "new", signature: "", guess_px: 32, loose: true,
  build: () => h("div", { class: "new-line", role: "separator" }, h("span", {}, "New")),
});

/**
 * What stands above the oldest message.
 * @param {import("../store.js").Store} store
 * @param {import("../types.js").Channel} channel
 * @param {Timeline} timeline
 * @param {() => void} retry
 * @returns {TallItem}
 */
export function topItem(store, channel, { complete, trouble, loaded }, retry) {
  const title = titleOf(store, channel);
  const kind = trouble ? "trouble" : complete ? "beginning" : loaded ? "loading" : "first";
  const build = {
    trouble: () => h("div", { class: "top" }, h("p", { role: "alert" }, trouble),
      h("button", { type: "button", onclick: retry }, "Try again")),
    beginning: () => h("div", { class: "top beginning" },
      h("span", { class: "empty-sign" }, icon(iconOf(channel))),
      h("h2", {}, title),
      h("p", {}, `This is the beginning of ${channel.guild_id ? "" : "your conversation with "}`, h("bdi", {}, title), ".")),
    loading: () => h("div", { class: "top loading" }, h("p", {}, "Loading messages…")),
    first: skeleton,
  }[kind];
  return { key: "top", signature: [kind, title, trouble].join("\n"), guess_px: 90, loose: true, build };
}

/** What will be messages, for the moment before they are there. */
function skeleton() {
  const lines = [72, 45, 88, 30, 64, 52].map((width) => {
    const line = h("span", { class: "bone" });
    line.style.width = `${width}%`;
    return h("div", { class: "bones" }, h("span", { class: "bone face" }), line);
  });
  return h("div", { class: "top loading first" }, h("p", { class: "unseen" }, "Loading messages…"), ...lines);
}

/** What stands below the newest message of a window into the past. @returns {TallItem} */
export const bottomItem = () => ({
  key: "bottom", signature: "", guess_px: 60, loose: true,
  build: () => h("div", { class: "top loading" }, h("p", {}, "Loading messages…")),
});
