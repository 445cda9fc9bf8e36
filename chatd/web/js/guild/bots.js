/** The bots of a guild, who let them in, and how to send one away. */

import { h } from "../dom.js";
import { call } from "../rest.js";
import { avatar } from "../ui/avatar.js";
import { button } from "../ui/buttons.js";
import { confirm } from "../ui/dialog.js";
import { onDispatch } from "./live.js";
import { lead, loadInto, nothing, time } from "./parts.js";

/**
 * @typedef {object} Integration
 * @property {string} id
 * @property {string} name
 * @property {import("../types.js").User} [user]
 * @property {string} [synced_at]
 * @property {{id: string, description?: string, bot?: import("../types.js").User}} [application]
 */

/** @param {import("../client.js").Client} client @param {import("./page.js").GuildPlace} place */
export function bots(client, { guildId }) {
  const { store } = client;
  const body = h("div", {});
  const load = () => loadInto(body, () => call("GET", `/guilds/${guildId}/integrations`),
    (/** @type {Integration[]} */ all) => body.replaceChildren(all.length > 0 ? h("ul", { class: "cards" }, ...all.map(card))
      : nothing("No bots", "A bot comes by the link that its makers give away.")));

  /** @param {Integration} integration */
  function card({ id, name, user, application }) {
    const bot = application?.bot;
    const joined = bot && store.guilds.get(guildId)?.members.get(bot.id)?.joined_at;
    return h("li", { class: "row-card", "data-integration-id": id },
      h("span", { class: "row-face" }, avatar(bot ?? { id }, name)),
      h("div", { class: "row-words" }, h("b", {}, name),
        application?.description && h("p", {}, application.description),
        h("span", {}, user ? `Let in by ${store.nameOf(user, guildId)}` : "", ...(joined ? [" on ", time(joined)] : []))),
      button("Send away", () => void remove(id, name)));
  }

  /** @param {string} id @param {string} name */
  async function remove(id, name) {
    const agreed = await confirm({
      title: `Send ${name} away?`, id: "remove-bot", yes: "Send away", body: ["Its role and its webhooks go with it. What it has said stays."],
    });
    if (agreed) await client.try(call("DELETE", `/guilds/${guildId}/integrations/${id}`).then(load));
  }

  onDispatch(client, ["INTEGRATION_CREATE", "INTEGRATION_UPDATE", "INTEGRATION_DELETE"], (data) => data.guild_id === guildId && load());
  void load();
  return h("div", {}, lead("Programs that are members here."), body);
}
