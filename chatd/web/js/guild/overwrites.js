/** Who may do what in a channel, where it is otherwise than in the guild: an overwrite for each role or member. */

import { isForum, isVocal, Type } from "../channel-types.js";
import { roleDot } from "../dialogs/members.js";
import { peopleField } from "../dialogs/people-picker.js";
import { refusal } from "../dialogs/refusal.js";
import { h, reconcile } from "../dom.js";
import { ALL, compareRoles, inChannel, inGuild, Permission } from "../permissions.js";
import { call, submit } from "../rest.js";
import { avatar } from "../ui/avatar.js";
import { button } from "../ui/buttons.js";
import { openForm } from "../ui/dialog.js";
import { icon } from "../ui/icons.js";
import { openMenu } from "../ui/menu.js";
import { rove } from "../ui/roving.js";
import { live } from "./live.js";
import { permissionStates } from "./permission-editor.js";
import { saveBar } from "./saving.js";

/** @typedef {import("../client.js").Client} Client */
/** @typedef {import("./channel-page.js").ChannelPlace} ChannelPlace */
/** @typedef {import("../types.js").Overwrite} Overwrite */
/** @typedef {import("../permissions.js").PermissionName} PermissionName */

const ROLE = 0, MEMBER = 1;

/** @param {...PermissionName} names */
const sum = (...names) => names.reduce((all, name) => all | Permission[name], 0n);

const ANYWHERE = sum("VIEW_CHANNEL", "MANAGE_CHANNELS", "MANAGE_ROLES", "MANAGE_WEBHOOKS", "CREATE_INSTANT_INVITE", "MANAGE_EVENTS", "CREATE_EVENTS");
const NEVER = sum("ADMINISTRATOR", "MANAGE_GUILD", "MANAGE_GUILD_EXPRESSIONS", "CREATE_GUILD_EXPRESSIONS", "VIEW_AUDIT_LOG",
  "VIEW_GUILD_INSIGHTS", "CHANGE_NICKNAME", "MANAGE_NICKNAMES", "KICK_MEMBERS", "BAN_MEMBERS", "MODERATE_MEMBERS");
const VOICE = sum("CONNECT", "SPEAK", "STREAM", "USE_VAD", "PRIORITY_SPEAKER", "MUTE_MEMBERS", "DEAFEN_MEMBERS", "MOVE_MEMBERS",
  "REQUEST_TO_SPEAK", "USE_SOUNDBOARD", "USE_EXTERNAL_SOUNDS", "USE_EMBEDDED_ACTIVITIES", "SET_VOICE_CHANNEL_STATUS");

/** Those that mean something in a channel of its kind. @param {import("../types.js").Channel} channel */
function meaningIn(channel) {
  const all = ALL & ~NEVER;
  if (channel.type === Type.CATEGORY || isVocal(channel)) return all;
  return (all & ~VOICE) | ANYWHERE | (isForum(channel) ? 0n : sum("USE_EMBEDDED_ACTIVITIES"));
}

/** As the server reckons it: what one has in the guild or the category, or all. @param {Client} client @param {ChannelPlace} place */
function grantable({ store }, { guildId, channelId }) {
  const guild = store.guilds.get(guildId), channel = store.channels.get(channelId);
  const base = inGuild(store, guild);
  const applying = new Set([guildId, store.me?.id, ...(guild?.members.get(store.me?.id ?? "")?.roles ?? [])]);
  const given = (channel?.permission_overwrites ?? [])
    .some(({ id, allow }) => applying.has(id) && BigInt(allow) & Permission.MANAGE_ROLES);
  if (base & Permission.ADMINISTRATOR || given) return ALL;
  const category = store.channels.get(channel?.parent_id ?? "");
  return base | (category ? inChannel(store, category) : 0n);
}

/** @param {Client} client @param {ChannelPlace} place */
export function overwrites(client, place) {
  const { store } = client;
  const { guildId, channelId } = place;
  const channel = () => store.channels.get(channelId);
  const path = (/** @type {string} */ id) => `/channels/${channelId}/permissions/${id}`;
  let chosen = guildId;
  /** Of whom the editor is, and of which state. */
  let edited = "";

  const list = h("div", { class: "targets", role: "tablist", "aria-label": "Overwrites", "aria-orientation": "vertical" });
  const roving = rove(list, "[role=tab]");
  const panel = h("div", { class: "target-panel", role: "tabpanel", tabindex: "0", id: "overwrite-panel", "aria-label": "Permissions" });
  const add = button("Add a role or member", () => void openMenu(add, [
    { label: "A role", icon: "people", run: addRole }, { label: "A member", icon: "at", run: addMember },
  ]));
  add.setAttribute("aria-haspopup", "menu");

  /** Everyone first, roles from the highest, then members. @returns {Overwrite[]} */
  function all() {
    const known = channel()?.permission_overwrites ?? [];
    const guild = store.guilds.get(guildId);
    const everyone = known.find(({ id }) => id === guildId) ?? { id: guildId, type: ROLE, allow: "0", deny: "0" };
    const roles = known.filter(({ id, type }) => type === ROLE && id !== guildId && guild?.roles.has(id));
    roles.sort((a, b) => compareRoles(/** @type {any} */ (guild?.roles.get(b.id)), /** @type {any} */ (guild?.roles.get(a.id))));
    return [everyone, ...roles, ...known.filter(({ type }) => type === MEMBER)];
  }

  /** @param {Overwrite} overwrite */
  function nameOf({ id, type }) {
    const guild = store.guilds.get(guildId);
    if (type === ROLE) return id === guildId ? "Everyone" : guild?.roles.get(id)?.name ?? "";
    return store.nameOf(guild?.members.get(id)?.user ?? store.users.get(id) ?? { id, username: "" }, guildId);
  }

  /** @param {Overwrite} overwrite */
  function faceOf({ id, type }) {
    const guild = store.guilds.get(guildId);
    if (type === ROLE) return roleDot(guild?.roles.get(id) ?? { color: 0 });
    return avatar(guild?.members.get(id)?.user ?? { id }, nameOf({ id, type, allow: "0", deny: "0" }));
  }

  function draw() {
    if (!channel()) return;
    const now = all();
    const shown = now.find(({ id }) => id === chosen) ?? now[0];
    reconcile(list, now.map((one) => ({
      key: one.id, signature: [nameOf(one), one.id === shown.id].join(),
      build: () => h("button", {
        type: "button", role: "tab", "aria-selected": String(one.id === shown.id), "aria-controls": panel.id, "data-target": one.id,
        onclick: () => choose(one.id),
      }, faceOf(one), h("span", {}, nameOf(one))),
    })));
    roving.refresh();
    const state = [shown.id, shown.allow, shown.deny, grantable(client, place)].join();
    if (state !== edited) edit(shown, state);
  }

  /** @param {string} id */
  function choose(id) {
    chosen = id;
    draw();
  }

  /** @param {Overwrite} overwrite @param {string} state */
  function edit(overwrite, state) {
    edited = state;
    const { id, type } = overwrite;
    const states = permissionStates({
      allow: BigInt(overwrite.allow), deny: BigInt(overwrite.deny), mayGive: grantable(client, place),
      shown: meaningIn(/** @type {import("../types.js").Channel} */ (channel())), onchange: () => bar.changed(),
    });
    const bar = saveBar({
      save: () => {
        const { allow, deny } = states.value();
        return call("PUT", path(id), { type, allow: String(allow), deny: String(deny) });
      },
      undo: () => edit(overwrite, state),
    });
    panel.replaceChildren(
      h("header", { class: "target-head" }, h("h3", {}, nameOf(overwrite)),
        id !== guildId && button("Take away", () => void client.try(call("DELETE", path(id))), "link")),
      states.element, bar.element);
  }

  /** @param {string} id @param {number} type */
  const put = (id, type) => submit("PUT", path(id), { type, allow: "0", deny: "0" }).then(() => {
    choose(id);
    return true;
  });

  async function addRole() {
    const there = new Set(all().map(({ id }) => id));
    const roles = [...(store.guilds.get(guildId)?.roles.values() ?? [])].filter(({ id }) => !there.has(id)).sort((a, b) => compareRoles(b, a));
    await openForm({
      title: "Add a role", id: "add-overwrite", submit: "Add",
      fields: [{
        name: "role", label: "Role", type: "select", options: roles.map(({ id, name }) => ({ value: id, label: name })),
      }],
      send: async ({ role }) => {
        if (!role) throw refusal("role", "All roles are there already.");
        return put(role, ROLE);
      },
    });
  }

  async function addMember() {
    const there = new Set(all().map(({ id }) => id));
    await openForm({
      title: "Add a member", id: "add-overwrite", submit: "Add",
      fields: [peopleField(client, { name: "member", label: "Member", guildId, max: 1, filter: ({ id }) => !there.has(id) })],
      send: async ({ member: [id] }) => {
        if (!id) throw refusal("member", "Choose somebody.");
        return put(id, MEMBER);
      },
    });
  }

  live(client, ["channels", "roles", "members"], draw);
  return h("div", {},
    h("p", { class: "lead" }, "What is neither allowed nor denied here is as it is in the guild. Of several roles an allowance ",
      "wins, and what is said of a member wins over all roles."),
    sync(client, place),
    h("div", { class: "split" }, h("div", {}, list, add), panel));
}

/** Whether it has the overwrites of its category, and a button for that. @param {Client} client @param {ChannelPlace} place */
function sync(client, { guildId, channelId }) {
  const { store } = client;
  const words = h("span", {});
  const take = button("Take over the category’s", () => void client.try(call("PATCH", `/guilds/${guildId}/channels`,
    [{ id: channelId, parent_id: store.channels.get(channelId)?.parent_id, lock_permissions: true }])));
  const element = h("p", { class: "sync" }, icon("lock"), words, take);
  live(client, ["channels"], () => {
    const channel = store.channels.get(channelId), category = store.channels.get(channel?.parent_id ?? "");
    element.hidden = !category;
    const same = sameSet(channel?.permission_overwrites, category?.permission_overwrites);
    words.replaceChildren(same ? "The same as of the category " : "Other than those of the category ", h("bdi", {}, category?.name), ".");
    take.hidden = same;
  });
  return element;
}

/** @param {Overwrite[]} [a] @param {Overwrite[]} [b] */
function sameSet(a = [], b = []) {
  const text = (/** @type {Overwrite[]} */ list) => list.map(({ id, allow, deny }) => `${id} ${allow} ${deny}`).sort().join();
  return text(a) === text(b);
}
