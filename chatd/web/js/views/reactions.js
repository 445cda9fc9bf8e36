/** What people put below a message: an emoji each, how many, and whether one's own is among them. */

import { h } from "../dom.js";
import { call } from "../rest.js";
import { icon } from "../ui/icons.js";
import { emojiAddress } from "./names.js";

/** @typedef {import("../types.js").Message} Message */
/** @typedef {import("../types.js").Reaction} Reaction */

/** @param {Message} message @param {boolean} mayAdd  whether there may be an emoji that is not there yet */
export function reactionsElement({ reactions = [] }, mayAdd) {
  if (reactions.length === 0) return null;
  return h("div", { class: "reactions", role: "group", "aria-label": "Reactions" },
    ...reactions.map(reactionElement),
    mayAdd && h("button", {
      type: "button", class: "reaction add", "data-action": "react", "aria-label": "Add a reaction", "data-tip": "Add a reaction",
    }, icon("smile")));
}

/** @param {Reaction} reaction */
function reactionElement({ emoji, count, me }) {
  const people = count === 1 ? "1 person" : `${count} people`;
  const label = `${emoji.name}, ${people}${me ? ", you among them" : ""}`;
  const key = keyOf(emoji);
  return h("button", {
    type: "button", class: "reaction", "aria-pressed": String(me), "aria-label": label, "data-emoji": key,
    "data-action": "toggle-reaction", "data-key": `reaction ${key}`,
  }, emojiOf(emoji), h("span", { class: "count" }, String(count)));
}

/** @param {Reaction["emoji"]} emoji */
export const emojiOf = ({ id, name, animated }) => (id
  ? h("img", { class: "emoji", src: emojiAddress(id, animated === true), alt: "" })
  : h("span", { class: "emoji" }, name ?? "?"));

/** As paths of the API have it: "👍" or "name:id". @param {Reaction["emoji"]} emoji */
export const keyOf = ({ id, name }) => (id ? `${name ?? "_"}:${id}` : name ?? "");

/**
 * Add one's own, or take it back.
 * @param {Message} message
 * @param {string} key  of the emoji
 * @returns {Promise<unknown>}
 */
export function toggleReaction({ id, channel_id, reactions = [] }, key) {
  const mine = reactions.some(({ emoji, me }) => me && keyOf(emoji) === key);
  const path = `/channels/${channel_id}/messages/${id}/reactions/${encodeURIComponent(key)}/@me`;
  return call(mine ? "DELETE" : "PUT", path);
}
