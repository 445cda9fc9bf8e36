/** What only the owner does: give the guild to somebody else, or end it. */

import { h } from "../dom.js";
import { deleteGuild, transferGuild } from "../dialogs/delete-guild.js";
import { button } from "../ui/buttons.js";

/** @param {import("../client.js").Client} client @param {import("./page.js").GuildPlace} place */
export const end = (client, { guildId }) => h("div", {},
  h("section", { class: "end-part" }, h("h3", {}, "Hand it over"),
    h("p", { class: "lead" }, "Somebody else owns the guild then, and you are a member like others."),
    button("Choose another owner", () => void transferGuild(client, { guildId }))),
  h("section", { class: "end-part" }, h("h3", {}, "Delete it"),
    h("p", { class: "lead" }, "Its channels, roles, emoji and all messages are gone, for everybody."),
    button("Delete the guild", () => void deleteGuild(client, { guildId }), "danger")));
