/**
 * The roles of a guild, the highest first: dragged or moved by keys into another order, each with its looks, its
 * permissions and its members. /guild/<id>/roles/<role> has one of them open.
 */

import { peopleField } from "../dialogs/people-picker.js";
import { roleDot } from "../dialogs/members.js";
import { refusal } from "../dialogs/refusal.js";
import { h, reconcile } from "../dom.js";
import { compareRoles, inGuild, isAboveRole } from "../permissions.js";
import { call, submit } from "../rest.js";
import { go } from "../router.js";
import { avatar } from "../ui/avatar.js";
import { button, iconButton } from "../ui/buttons.js";
import { confirm, openForm } from "../ui/dialog.js";
import { reorderable } from "../ui/reorder.js";
import { rove } from "../ui/roving.js";
import { savedForm } from "../ui/saved-form.js";
import { tabs } from "../ui/tabs.js";
import { toast } from "../ui/toast.js";
import { live } from "./live.js";
import { counted, cssColor, nothing } from "./parts.js";
import { permissionSwitches } from "./permission-editor.js";
import { saveBar } from "./saving.js";

/** @typedef {import("../client.js").Client} Client */
/** @typedef {import("./page.js").GuildPlace} GuildPlace */
/** @typedef {import("../types.js").Role} Role */

const SHOWN_MAX = 200;

/** @param {Client} client @param {GuildPlace} place */
export function roles(client, { guildId, rest: [chosen] }) {
  const { store } = client;
  const guild = () => /** @type {import("../types.js").Guild} */ (store.guilds.get(guildId));
  const path = (/** @type {string} */ id) => `/guild/${guildId}/roles/${id}`;
  const ordered = () => [...(guild()?.roles.values() ?? [])].sort((a, b) => compareRoles(b, a));
  const role = guild().roles.get(chosen ?? "") ?? ordered()[0];
  const list = h("nav", { class: "targets role-list", "aria-label": "Roles" });
  const roving = rove(list, "a");
  const mine = (/** @type {Role | undefined} */ one) => one !== undefined && one.id !== guildId && isAboveRole(store, guild(), one);
  const roleOf = (/** @type {HTMLElement} */ element) => guild().roles.get(element.dataset.roleId ?? "");

  const draw = () => {
    if (!guild()) return;
    reconcile(list, ordered().map((one) => ({
      key: one.id, signature: [one.name, one.color, one.id === role.id, mine(one)].join("\n"),
      build: () => h("a", {
        href: path(one.id), "data-role-id": one.id, "data-word": one.name, draggable: String(mine(one)),
        "aria-current": one.id === role.id && "true",
        "aria-keyshortcuts": mine(one) && "Alt+ArrowUp Alt+ArrowDown",
      }, roleDot(one), h("span", {}, one.id === guildId ? "Everyone" : one.name)),
    })));
    roving.refresh();
  };

  /** Let it stand so many places higher. @param {Role} one @param {number} by */
  async function move(one, by) {
    const order = ordered().filter(({ id }) => id !== guildId);
    const at = order.findIndex(({ id }) => id === one.id), to = at - by;
    if (to < 0 || to >= order.length || !mine(order[to])) return toast("It cannot go further.");
    order.splice(at, 1);
    order.splice(to, 0, one);
    await client.try(call("PATCH", `/guilds/${guildId}/roles`,
      order.filter(mine).map(({ id }) => ({ id, position: order.length - order.findIndex((each) => each.id === id) }))));
  }

  reorderable(list, "a", {
    may: (moved, target) => mine(roleOf(moved)) && mine(roleOf(target)),
    drop: (moved, target, after) => {
      const order = ordered().map(({ id }) => id);
      const one = roleOf(moved), other = roleOf(target);
      if (!one || !other) return;
      const from = order.indexOf(one.id), beside = order.indexOf(other.id) + (after ? 1 : 0);
      const to = beside > from ? beside - 1 : beside;
      if (to !== from) void move(one, from - to);
    },
  });
  list.addEventListener("keydown", (event) => {
    const one = roleOf(/** @type {HTMLElement} */ (event.target));
    if (!event.altKey || !one || !mine(one) || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    event.preventDefault();
    event.stopPropagation();
    void move(one, event.key === "ArrowUp" ? 1 : -1);
  });

  async function create() {
    /** @type {Role | null} */
    const made = await openForm({
      title: "New role", id: "new-role", submit: "Create role",
      fields: [{ name: "name", label: "Name", required: true, attributes: { maxlength: 100, autocomplete: "off" } }],
      send: ({ name }) => submit("POST", `/guilds/${guildId}/roles`, { name, permissions: "0" }),
    });
    if (!made) return;
    store.apply("GUILD_ROLE_CREATE", { guild_id: guildId, role: made });
    go(path(made.id));
  }

  live(client, ["roles", "guilds"], draw);
  return h("div", {},
    h("p", { class: "lead" }, "What members may do, and how they stand out. Who stands higher rules over who stands lower: drag a role, ",
      "or hold Alt and press the arrow keys on it."),
    h("div", { class: "split" },
      h("div", {}, button("New role", () => void create(), "primary"), list),
      editor(client, guildId, role, mine(role), move)));
}

/**
 * @param {Client} client
 * @param {string} guildId
 * @param {Role} role
 * @param {boolean} isMine   it stands below me
 * @param {(role: Role, by: number) => Promise<void>} move
 */
function editor(client, guildId, role, isMine, move) {
  const isEveryone = role.id === guildId;
  const permissions = { name: "Permissions", build: () => permissionsOf(client, guildId, role, isMine || isEveryone) };
  const parts = isEveryone ? [permissions] : [
    { name: "Looks", build: () => looks(guildId, role, isMine) }, permissions,
    { name: "Members", build: () => membersOf(client, guildId, role, isMine && !role.managed) },
  ];
  const element = h("section", { class: "target-panel", "aria-label": isEveryone ? "Everyone" : role.name },
    h("header", { class: "target-head" }, h("h3", {}, isEveryone ? "Everyone" : role.name),
      isMine && h("span", { class: "row-buttons" },
        iconButton("up", "Move the role up", { onclick: () => void move(role, 1) }),
        iconButton("down", "Move the role down", { onclick: () => void move(role, -1) }),
        !role.managed && iconButton("delete", "Delete the role", { onclick: () => void remove(client, guildId, role) }))),
    !isMine && !isEveryone && h("p", { class: "form-note" }, "It stands at or above your own highest role, so you cannot change it."),
    tabs("Parts of the role", parts).element);
  const title = element.querySelector("h3");
  live(client, ["roles"], () => {
    const now = client.store.guilds.get(guildId)?.roles.get(role.id);
    if (!now && client.store.guilds.has(guildId)) go(`/guild/${guildId}/roles`);
    if (now && title && !isEveryone) title.textContent = now.name;
  });
  return element;
}

/** @param {string} guildId @param {Role} role @param {boolean} isMine */
function looks(guildId, role, isMine) {
  const form = savedForm({
    fields: [
      { name: "name", label: "Name", value: role.name, required: true, attributes: { maxlength: 100, autocomplete: "off" } },
      { name: "colored", label: "Names in its colour", type: "checkbox", value: role.color !== 0 },
      { name: "color", label: "Colour", type: "color", value: cssColor(role.color || 0x3f8f72), attributes: { class: "color" } },
      { name: "hoist", label: "List its members apart", type: "checkbox", value: role.hoist },
      { name: "mentionable", label: "Everybody may mention it", type: "checkbox", value: role.mentionable },
    ],
    send: ({ colored, color, ...values }) => submit("PATCH", `/guilds/${guildId}/roles/${role.id}`,
      { ...values, color: colored ? Math.max(1, parseInt(color.slice(1), 16)) : 0 }),
  });
  const color = /** @type {HTMLElement} */ (form.querySelector("[data-name=color]"));
  const colored = /** @type {HTMLInputElement} */ (form.querySelector("[name=colored]"));
  const show = () => (color.hidden = !colored.checked);
  colored.addEventListener("change", show);
  show();
  if (!isMine) /** @type {HTMLFieldSetElement} */ (form.querySelector("fieldset")).disabled = true;
  return form;
}

/** @param {Client} client @param {string} guildId @param {Role} role @param {boolean} may */
function permissionsOf({ store }, guildId, role, may) {
  const place = h("div", {});
  const draw = () => {
    const now = store.guilds.get(guildId)?.roles.get(role.id) ?? role;
    const switches = permissionSwitches({
      value: BigInt(now.permissions), mayGive: may ? inGuild(store, store.guilds.get(guildId)) : 0n, onchange: () => bar.changed(),
    });
    const bar = saveBar({
      save: () => call("PATCH", `/guilds/${guildId}/roles/${role.id}`, { permissions: String(switches.value()) }),
      undo: draw,
    });
    place.replaceChildren(switches.element, bar.element);
  };
  draw();
  return place;
}

/** @param {Client} client @param {string} guildId @param {Role} role @param {boolean} may */
function membersOf(client, guildId, role, may) {
  const { store } = client;
  const list = h("ul", { class: "plain-rows" });
  const words = h("p", { class: "hint", role: "status" });
  const path = (/** @type {string} */ id) => `/guilds/${guildId}/members/${id}/roles/${role.id}`;
  const draw = () => {
    const members = [...(store.guilds.get(guildId)?.members.values() ?? [])].filter((one) => one.roles.includes(role.id));
    words.textContent = counted(members.length, "member");
    reconcile(list, members.slice(0, SHOWN_MAX).map(({ user }) => {
      const name = store.nameOf(user, guildId);
      return {
        key: user.id, signature: [name, user.avatar].join(),
        build: () => h("li", { "data-user-id": user.id }, avatar(user, name), h("span", {}, name),
          may && iconButton("close", `Take the role from ${name}`, { onclick: () => void client.try(call("DELETE", path(user.id))) })),
      };
    }));
  };
  const give = () => openForm({
    title: `Who gets ${role.name}?`, id: "give-role", submit: "Give the role",
    fields: [peopleField(client, {
      name: "people", label: "Members", guildId,
      filter: ({ id }) => !store.guilds.get(guildId)?.members.get(id)?.roles.includes(role.id),
    })],
    send: async ({ people }) => {
      if (people.length === 0) throw refusal("people", "Choose somebody.");
      for (const id of people) await call("PUT", path(id));
      return true;
    },
  });
  live(client, ["members", "roles"], draw);
  return h("div", {}, h("div", { class: "section-lead" }, words, may && button("Give it to members", () => void give())),
    role.managed ? nothing("It belongs to a bot", "Nobody else can have it.") : list);
}

/** @param {Client} client @param {string} guildId @param {Role} role */
async function remove(client, guildId, role) {
  const agreed = await confirm({
    title: `Delete ${role.name}?`, id: "delete-role", yes: "Delete the role", body: ["Whoever has it loses what it allows."],
  });
  if (agreed) await client.try(call("DELETE", `/guilds/${guildId}/roles/${role.id}`).then(() => toast(`${role.name} is deleted.`)));
}
