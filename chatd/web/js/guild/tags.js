/** The tags of a forum: by which posts are found. */

import { h } from "../dom.js";
import { call } from "../rest.js";
import { button, iconButton } from "../ui/buttons.js";
import { openForm } from "../ui/dialog.js";
import { live } from "./live.js";
import { lead, nothing } from "./parts.js";

const TAGS_MAX = 20;

/** @typedef {{id?: string, name: string, moderated: boolean, emoji_id?: string | null, emoji_name?: string | null}} Tag */

/** @param {import("../client.js").Client} client @param {import("./channel-page.js").ChannelPlace} place */
export function tags(client, { channelId }) {
  const { store } = client;
  const body = h("div", {});
  /** @returns {Tag[]} */
  const all = () => store.channels.get(channelId)?.available_tags ?? [];
  /** @param {Tag[]} next */
  const put = (next) => call("PATCH", `/channels/${channelId}`, { available_tags: next });

  /** @param {Tag} tag @param {number} at */
  const card = (tag, at) => h("li", { class: "row-card", "data-tag-id": tag.id },
    h("div", { class: "row-words" }, h("b", {}, tag.emoji_name ? `${tag.emoji_name} ` : "", tag.name),
      h("span", {}, tag.moderated ? "Only moderators give it." : "Whoever posts gives it.")),
    iconButton("up", `Move ${tag.name} up`, { disabled: at === 0, onclick: () => void client.try(put(moved(at, at - 1))) }),
    iconButton("edit", `Edit ${tag.name}`, { onclick: () => void ask(tag) }),
    iconButton("delete", `Delete ${tag.name}`, { onclick: () => void client.try(put(all().filter(({ id }) => id !== tag.id))) }));

  /** @param {number} from @param {number} to */
  function moved(from, to) {
    const next = [...all()];
    next.splice(to, 0, ...next.splice(from, 1));
    return next;
  }

  /** @param {Tag} [tag] */
  const ask = (tag) => openForm({
    title: tag ? `Edit ${tag.name}` : "New tag", id: "tag", submit: tag ? "Save" : "Create tag",
    fields: [
      { name: "name", label: "Name", required: true, value: tag?.name, attributes: { maxlength: 20, autocomplete: "off" } },
      { name: "emoji", label: "Emoji", optional: true, value: tag?.emoji_name ?? "", attributes: { maxlength: 16, autocomplete: "off" } },
      { name: "moderated", label: "Only moderators give it", type: "checkbox", value: tag?.moderated },
    ],
    send: ({ name, emoji, moderated }) => {
      const made = { ...tag, name, moderated, emoji_id: null, emoji_name: emoji.trim() || null };
      return put(tag ? all().map((one) => (one.id === tag.id ? made : one)) : [...all(), made]);
    },
  });

  const add = button("New tag", () => void ask(), "primary");
  live(client, ["channels"], () => {
    const now = all();
    add.disabled = now.length >= TAGS_MAX;
    body.replaceChildren(now.length > 0 ? h("ul", { class: "cards" }, ...now.map(card))
      : nothing("No tags yet", "Posts with a tag are found by it."));
  });
  return h("div", {}, lead(`Up to ${TAGS_MAX}.`, add), body);
}
