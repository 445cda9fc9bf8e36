/** The members of a guild: who they are, since when, with which roles, and what one may do to them. */

import { roleDot } from "../dialogs/members.js";
import { h, reconcile } from "../dom.js";
import { menuOf } from "../doors.js";
import { compareRoles, rolesOf } from "../permissions.js";
import { call } from "../rest.js";
import { avatar } from "../ui/avatar.js";
import { button, iconButton } from "../ui/buttons.js";
import { menuButton } from "../ui/menu.js";
import { live } from "./live.js";
import { counted, time } from "./parts.js";

/** @typedef {import("../client.js").Client} Client */
/** @typedef {import("../types.js").Member} Member */

const PAGE = 100, ASK_AFTER_MS = 250;

/** @param {Client} client @param {import("./page.js").GuildPlace} place */
export function members(client, { guildId }) {
  const { store } = client;
  let shownMax = PAGE;
  const search = h("input", { type: "search", class: "input", placeholder: "Name", "aria-label": "Search members", autocomplete: "off", spellcheck: "false" });
  const withRole = h("select", { class: "input", "aria-label": "With the role" }, h("option", { value: "" }, "All roles"),
    ...[...(store.guilds.get(guildId)?.roles.values() ?? [])].filter(({ id }) => id !== guildId).sort((a, b) => compareRoles(b, a))
      .map(({ id, name }) => h("option", { value: id }, name)));
  const words = h("p", { class: "hint", role: "status" });
  const list = h("ul", { class: "cards" });
  const more = button("Show more", () => {
    shownMax += PAGE;
    draw();
  });

  /** @param {Member} member @param {string} wanted */
  const isCalled = ({ user, nick }, wanted) => [nick, user.global_name, user.username]
    .some((name) => name?.toLocaleLowerCase().includes(wanted));

  function draw() {
    const guild = store.guilds.get(guildId);
    if (!guild) return;
    const wanted = search.value.trim().toLocaleLowerCase();
    const found = [...guild.members.values()]
      .filter((member) => isCalled(member, wanted) && (!withRole.value || member.roles.includes(withRole.value)))
      .sort((a, b) => store.nameOf(a.user, guildId).localeCompare(store.nameOf(b.user, guildId)));
    words.textContent = found.length === 0 ? "Nobody is found."
      : wanted || withRole.value ? counted(found.length, "member") : counted(guild.member_count, "member");
    reconcile(list, found.slice(0, shownMax).map((member) => ({
      key: member.user.id,
      signature: [store.nameOf(member.user, guildId), member.user.avatar, ...rolesOf(guild, member.user.id).map(({ name, color }) => name + color),
        member.communication_disabled_until, guild.owner_id].join("\n"),
      build: () => row(client, guildId, member),
    })));
    more.hidden = found.length <= shownMax;
  }

  let timer = 0;
  search.addEventListener("input", () => {
    draw();
    clearTimeout(timer);
    timer = setTimeout(() => void ask(), ASK_AFTER_MS);
  });
  withRole.addEventListener("change", draw);

  /** A large guild is not known whole. */
  async function ask() {
    const guild = store.guilds.get(guildId), query = search.value.trim();
    if (!guild || !query || guild.members.size >= guild.member_count) return;
    const path = `/guilds/${guildId}/members/search?${new URLSearchParams({ query, limit: String(PAGE) })}`;
    await client.try(call("GET", path).then((found) => store.addMembers(guildId, found)));
  }

  live(client, ["members", "roles", "guilds"], draw);
  return h("div", {}, h("div", { class: "section-tools" }, search, withRole), words, list, more);
}

/** @param {Client} client @param {string} guildId @param {Member} member */
function row(client, guildId, member) {
  const { store } = client;
  const guild = /** @type {import("../types.js").Guild} */ (store.guilds.get(guildId));
  const { user, joined_at, communication_disabled_until: until } = member;
  const name = store.nameOf(user, guildId);
  const roles = rolesOf(guild, user.id).filter(({ id }) => id !== guildId);
  const entries = () => menuOf(client, "member", { guildId, userId: user.id });
  const act = iconButton("more", `What to do about ${name}`);
  menuButton(act, entries);
  return h("li", { class: "row-card", "data-user-id": user.id },
    h("span", { class: "row-face" }, avatar(user, name)),
    h("div", { class: "row-words" }, h("b", {}, name, " ", user.bot && h("span", { class: "tag" }, "bot"),
      guild.owner_id === user.id && h("span", { class: "tag" }, "owner"),
      until && Date.parse(until) > Date.now() && h("span", { class: "tag warn" }, "timed out")),
    h("span", {}, `@${user.username}`, ...(joined_at ? [", since ", time(joined_at)] : [])),
    roles.length > 0 && h("ul", { class: "role-chips", "aria-label": "Roles" },
      ...roles.map((role) => h("li", {}, roleDot(role), role.name)))),
    entries().length > 0 && act);
}
