/** Who has reacted to a message, and with what. */

import { h } from "../dom.js";
import { call } from "../rest.js";
import { avatar } from "../ui/avatar.js";
import { openDialog } from "../ui/dialog.js";
import { reactorsPath } from "../views/reactors.js";
import { emojiOf, keyOf } from "../views/reactions.js";

/** @typedef {import("../types.js").Reaction} Reaction */
/** @typedef {import("../types.js").User} User */

const SHOWN_MAX = 100;

/** @param {import("../client.js").Client} client @param {import("../doors.js").Place} place */
export function whoReacted(client, { guildId, channelId = "", messageId = "" }) {
  const { store } = client;
  const { reactions = [] } = store.messageOf(channelId ?? "", messageId) ?? {};
  /** @param {Reaction} reaction */
  const section = ({ emoji, count }) => {
    const list = h("ul", { "aria-busy": "true" });
    const read = call("GET", `${reactorsPath(channelId ?? "", messageId, keyOf(emoji))}?limit=${SHOWN_MAX}`);
    void client.try(read.then((/** @type {User[]} */ users) => {
      list.removeAttribute("aria-busy");
      const others = count - users.length;
      list.replaceChildren(...users.map((user) => {
        const name = store.nameOf(user, guildId ?? undefined);
        return h("li", {}, avatar(user, name), h("span", {}, name));
      }), ...(others > 0 ? [h("li", { class: "hint" }, `and ${others} more`)] : []));
    }));
    return h("section", { class: "reactors" }, h("h3", {}, emojiOf(emoji), emoji.id && h("span", {}, emoji.name), h("span", { class: "count" }, String(count))), list);
  };
  openDialog({ title: "Reactions", id: "reactions", body: reactions.map(section) });
}
