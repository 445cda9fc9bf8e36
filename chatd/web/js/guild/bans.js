/** Who cannot come, why, and the end of that. */

import { unban } from "../dialogs/members.js";
import { h } from "../dom.js";
import { call } from "../rest.js";
import { avatar } from "../ui/avatar.js";
import { button } from "../ui/buttons.js";
import { onDispatch } from "./live.js";
import { lead, loadInto, nothing } from "./parts.js";

const PAGE = 1000;

/** @typedef {{user: import("../types.js").User, reason: string | null}} Ban */

/** @param {import("../client.js").Client} client @param {import("./page.js").GuildPlace} place */
export function bans(client, { guildId }) {
  const body = h("div", {});
  const search = h("input", { type: "search", class: "input", placeholder: "Name or reason", "aria-label": "Search bans", autocomplete: "off" });
  /** @type {Ban[]} */
  let all = [];

  /** All pages of them. */
  async function read() {
    /** @type {Ban[]} */
    const found = [];
    for (let after = "0"; ;) {
      /** @type {Ban[]} */
      const page = await call("GET", `/guilds/${guildId}/bans?${new URLSearchParams({ limit: String(PAGE), after })}`);
      found.push(...page);
      if (page.length < PAGE) return found;
      after = page[page.length - 1].user.id;
    }
  }

  function draw() {
    const wanted = search.value.trim().toLocaleLowerCase();
    const found = all.filter(({ user, reason }) =>
      [user.username, user.global_name, reason].some((one) => one?.toLocaleLowerCase().includes(wanted)));
    body.replaceChildren(found.length > 0 ? h("ul", { class: "cards" }, ...found.map(card))
      : nothing(all.length > 0 ? "Nobody is found" : "Nobody is banned", all.length > 0 ? "Look for something else." : "May it stay so."));
  }

  /** @param {Ban} ban */
  function card({ user, reason }) {
    const name = user.global_name ?? user.username;
    return h("li", { class: "row-card", "data-user-id": user.id }, h("span", { class: "row-face" }, avatar(user, name)),
      h("div", { class: "row-words" }, h("b", {}, name), h("span", {}, `@${user.username}`, reason ? `: ${reason}` : "")),
      button("Lift the ban", () => void unban(client, { guildId, userId: user.id, name })));
  }

  const load = () => loadInto(body, read, (answer) => {
    all = answer;
    draw();
  });
  search.addEventListener("input", draw);
  onDispatch(client, ["GUILD_BAN_ADD", "GUILD_BAN_REMOVE"], (data) => data.guild_id === guildId && load());
  void load();
  return h("div", {}, lead("They cannot come by any invite."), h("div", { class: "section-tools" }, search), body);
}
