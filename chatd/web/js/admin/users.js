/** Everybody who has an account here: find them, make them, let them in and keep them out. */

import { h } from "../dom.js";
import { call, submit } from "../rest.js";
import { avatar } from "../ui/avatar.js";
import { iconButton } from "../ui/buttons.js";
import { copyable } from "../ui/copyable.js";
import { confirm, openDialog, openForm } from "../ui/dialog.js";
import { openMenu } from "../ui/menu.js";
import { orToast, toast } from "../ui/toast.js";
import { counted, readPart, table, when } from "./parts.js";

/**
 * @typedef {import("../types.js").User & {email: string | null, admin: boolean, disabled_at: string | null,
 *   created_at: string, last_online_at: string | null, session_count: number, online: boolean}} Account
 * @typedef {{token: string, url: string, expires_at: string}} Link
 */

const PAGE = 50;
const KINDS = [
  ["people", "People"], ["admins", "Administrators"], ["disabled", "Disabled"], ["bots", "Bots"], ["all", "All"],
];
const SEARCH_AFTER_MS = 250;

/** @param {import("../client.js").Client} client */
export function users(client) {
  const search = h("input", { type: "search", class: "input", placeholder: "Name or email", "aria-label": "Search users" });
  const kind = h("select", { class: "input", "aria-label": "Which users" },
    ...KINDS.map(([value, label]) => h("option", { value }, label)));
  const create = h("button", { type: "button", class: "primary", "data-door": "new-user", onclick: () => void make() }, "New user");
  /** The ids before which the pages shown so far begin. @type {string[]} */
  let before = [];

  const list = readPart(async () => {
    const query = new URLSearchParams({ kind: kind.value, limit: String(PAGE) });
    if (search.value.trim()) query.set("query", search.value.trim());
    if (before.length) query.set("before", before[before.length - 1]);
    /** @type {{total: number, users: Account[]}} */
    const { total, users: page } = await call("GET", `/admin/users?${query}`);
    const rows = page.map((user) => row(user, list.again, client.store.me?.id === user.id));
    return [
      h("p", { class: "hint", role: "status" }, total === 1 ? "1 user" : `${counted(total)} users`),
      table("Users", ["Name", "Email", "Joined", "Last here", ""], rows, "Nobody is found."),
      h("p", { class: "admin-pages" },
        before.length > 0 && h("button", { type: "button", class: "plain", onclick: () => { before.pop(); void list.again(); } }, "Newer"),
        page.length === PAGE && h("button", {
          type: "button", class: "plain", onclick: () => { before.push(page[page.length - 1].id); void list.again(); },
        }, "Older")),
    ];
  });

  const anew = () => {
    before = [];
    void list.again();
  };
  /** @type {number | undefined} */
  let timer;
  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(anew, SEARCH_AFTER_MS);
  });
  kind.addEventListener("change", anew);

  async function make() {
    if (await makeUser()) anew();
  }

  return h("div", {}, h("div", { class: "admin-bar" }, search, kind, create), list.element);
}

/** The dialog, and then the link to send. */
export async function makeUser() {
  const made = await newUser();
  if (made) showLink(`${made.user.username} can come in`, made.link, "Send them this link. They choose their password with it.");
  return made;
}

/** The dialog that makes an account. @returns {Promise<{user: Account, link: Link} | null>} */
export function newUser() {
  return openForm({
    title: "New user", id: "new-user", submit: "Create user",
    lead: "They choose their password by a link that you send them.",
    fields: [
      { name: "username", label: "Username", required: true, attributes: { autocomplete: "off", autocapitalize: "none", spellcheck: "false" } },
      { name: "display_name", label: "Display name", optional: true, attributes: { autocomplete: "off" } },
      { name: "email", label: "Email", type: "email", optional: true, attributes: { autocomplete: "off" } },
      { name: "admin", label: "Administrator of this server", type: "checkbox" },
    ],
    send: ({ username, display_name, email, admin }) => submit("POST", "/admin/users",
      { username, admin, ...(display_name && { display_name }), ...(email && { email }) }),
  });
}

/** @param {Account} user @param {() => void} again @param {boolean} self */
function row(user, again, self) {
  const name = user.global_name || user.username;
  const more = iconButton("more", `More about ${user.username}`, { "aria-haspopup": "menu", "aria-expanded": "false" });
  more.addEventListener("click", () => openMenu(more, entries(user, again, self)));
  const marks = [user.admin && "administrator", user.disabled_at && "disabled", user.bot && "bot"].filter(Boolean);
  return h("tr", { "data-user-id": user.id },
    h("th", { scope: "row" }, h("span", { class: "admin-who" }, avatar(user, name, user.online ? "online" : "offline"),
      h("span", {}, h("b", {}, h("bdi", {}, name)), " ", ...marks.map((mark) => h("span", { class: "tag" }, String(mark))),
        h("br"), h("span", { class: "hint" }, `@${user.username}`)))),
    h("td", {}, user.email ?? "—"), h("td", {}, when(user.created_at)),
    h("td", {}, user.online ? "online now" : when(user.last_online_at)), h("td", {}, more));
}

/** @param {Account} user @param {() => void} again @param {boolean} self @returns {import("../ui/menu.js").Entry[]} */
function entries(user, again, self) {
  const change = async (/** @type {object} */ body) => {
    if (await orToast(call("PATCH", `/admin/users/${user.id}`, body))) again();
  };
  if (user.bot || user.system) return [{ label: "Copy id", icon: "copy", run: () => copyId(user.id) }];
  return [
    { label: "Link for another password", icon: "link", run: () => passwordLink(user) },
    { label: "Change email", icon: "edit", run: () => changeEmail(user, again) },
    { label: "Sign out everywhere", icon: "exit", run: () => signOut(user, again) },
    { label: "Copy id", icon: "copy", run: () => copyId(user.id) },
    "line",
    user.admin
      ? { label: "Administrator no more", icon: "admin", run: () => change({ admin: false }) }
      : { label: "Make administrator", icon: "admin", run: () => change({ admin: true }) },
    user.disabled_at
      ? { label: "Let in again", icon: "check", run: () => change({ disabled: false }) }
      : { label: "Keep out", icon: "lock", danger: true, disabled: self, run: () => keepOut(user, change) },
    { label: "Delete…", icon: "delete", danger: true, disabled: self, run: () => remove(user, again) },
  ];
}

/** @param {string} id */
async function copyId(id) {
  await navigator.clipboard.writeText(id).then(() => toast("Copied."), () => toast(id));
}

/** @param {Account} user */
async function passwordLink(user) {
  await orToast(call("POST", `/admin/users/${user.id}/password-link`).then((link) =>
    showLink(`A password for ${user.username}`, link, "Whoever opens it chooses the password. It works once.")));
}

/** @param {string} title @param {Link} link @param {string} lead */
function showLink(title, link, lead) {
  const { element } = copyable("Link", link.url);
  const { close } = openDialog({
    title, id: "one-time-link", lead, body: [element, h("p", { class: "hint" }, "Good until ", when(link.expires_at), ".")],
    buttons: [h("button", { type: "button", class: "primary", onclick: () => close() }, "Done")],
  });
}

/** @param {Account} user @param {() => void} again */
async function changeEmail(user, again) {
  const done = await openForm({
    title: `Email of ${user.username}`, submit: "Save",
    fields: [{ name: "email", label: "Email", type: "email", value: user.email, optional: true, attributes: { autocomplete: "off" } }],
    send: ({ email }) => submit("PATCH", `/admin/users/${user.id}`, { email: email || null }),
  });
  if (done) again();
}

/** @param {Account} user @param {() => void} again */
async function signOut(user, again) {
  const agreed = await confirm({
    title: `Sign ${user.username} out everywhere?`, yes: "Sign out", danger: false,
    body: [`${counted(user.session_count)} of their devices will have to sign in again.`],
  });
  if (agreed && await orToast(call("DELETE", `/admin/users/${user.id}/sessions`))) again();
}

/** @param {Account} user @param {(body: object) => Promise<void>} change */
async function keepOut(user, change) {
  const agreed = await confirm({
    title: `Keep ${user.username} out?`, yes: "Keep out",
    body: ["They are signed out at once and cannot sign in. You can let them in again."],
  });
  if (agreed) await change({ disabled: true });
}

/** @param {Account} user @param {() => void} again */
async function remove(user, again) {
  const done = await openForm({
    title: `Delete ${user.username}?`, submit: "Delete for good", danger: true,
    lead: "Their account and profile are gone for good. What they have said stays, under a name that says nothing.",
    fields: [{
      name: "new_owner_id", label: "Id of who gets their guilds", optional: true,
      hint: "Needed if they own any.", attributes: { inputmode: "numeric", autocomplete: "off" },
    }],
    send: async ({ new_owner_id }) => {
      await submit("DELETE", `/admin/users/${user.id}${new_owner_id ? `?new_owner_id=${encodeURIComponent(new_owner_id)}` : ""}`);
      return true;
    },
  });
  if (done) again();
}
