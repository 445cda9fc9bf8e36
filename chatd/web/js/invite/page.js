/**
 * /invite/<code>: what guild an invite leads to, and a button to join it. It can be read before one has an
 * account; then the way leads through the doors and back here.
 */

import { h } from "../dom.js";
import { loginPath, pathOfGuild } from "../paths.js";
import { ApiError, call, getPolicy, NetworkError, submit } from "../rest.js";
import { button } from "../ui/buttons.js";
import { guildIcon } from "../ui/avatar.js";
import { errorPlace, showErrors } from "../ui/form.js";
import { styles } from "../ui/styles.js";
import { sentenceOf } from "../ui/toast.js";

/**
 * @typedef {object} Invite
 * @property {string} code
 * @property {string | null} expires_at
 * @property {{id: string, name: string, icon: string | null, description: string | null}} guild
 * @property {{id: string, type: number, name: string} | null} channel
 * @property {import("../types.js").User} [inviter]
 * @property {number} [approximate_member_count]
 * @property {number} [approximate_presence_count]
 */

/** Inside the chat, behind which it opens. @param {import("../client.js").Client} client @param {string[]} path */
export async function show(client, [code = ""]) {
  const { go } = await import("../router.js");
  return page(code, {
    isSignedIn: true, joined: (guildId) => client.store.guilds.has(guildId), goTo: go, close: () => client.leavePage(),
  });
}

/** For who comes from elsewhere, signed in or not. */
export async function showAlone() {
  const code = decodeURIComponent(location.pathname.split("/")[2] ?? "");
  // Who is signed in is known by the cookie, which a page cannot see; the policy is read by anybody.
  const guilds = await call("GET", "/users/@me/guilds").catch(() => null);
  const ids = new Set((guilds ?? []).map((/** @type {{id: string}} */ { id }) => id));
  document.body.append(await page(code, {
    isSignedIn: guilds !== null, joined: (guildId) => ids.has(guildId), goTo: (path) => location.assign(path),
  }));
  document.title = `${document.querySelector("h1")?.textContent ?? "Invite"} · ${(await getPolicy().catch(() => null))?.server_name ?? "chatd"}`;
}

/**
 * @typedef {{isSignedIn: boolean, joined: (guildId: string) => boolean, goTo: (path: string) => void,
 *   close?: () => void}} Visitor
 * @param {string} code
 * @param {Visitor} visitor
 */
async function page(code, visitor) {
  await styles("enter", "making");
  try {
    return invitation(await call("GET", `/invites/${encodeURIComponent(code)}?with_counts=true`), visitor);
  } catch (error) {
    if (!(error instanceof ApiError) && !(error instanceof NetworkError)) throw error;
    const gone = error instanceof ApiError && error.status === 404;
    return card(h("header", {},
      h("h1", {}, gone ? "This invite has ended" : "The invite cannot be read"),
      h("p", { class: "lead" }, gone ? "It was used up, has run out, or was never one. Ask for another." : sentenceOf(error))),
    h("a", { class: "primary", href: "/" }, "Go to the chat"));
  }
}

/** @param {Invite} invite @param {Visitor} visitor */
function invitation(invite, { isSignedIn, joined, goTo, close }) {
  const { guild, inviter, channel } = invite;
  const isMember = joined(guild.id);
  const join = button(isMember ? "Go there" : isSignedIn ? "Join" : "Sign in to join", () => void accept(), "primary");
  const element = card(
    h("header", { class: "invite-head" }, guildIcon(guild, guild.name),
      h("p", { class: "server-name" }, ...(isMember ? ["You are a member of"]
        : inviter ? [h("bdi", {}, inviter.global_name ?? inviter.username), " invites you to"] : ["You are invited to"])),
      h("h1", {}, guild.name),
      guild.description && h("p", { class: "lead" }, guild.description),
      h("p", { class: "invite-counts" }, ...counts(invite))),
    errorPlace(), join,
    !isSignedIn && h("p", { class: "other-door" }, "New here? ",
      h("a", { href: `/register?${new URLSearchParams({ invite: invite.code, next: location.pathname })}` }, "Create an account")),
    isSignedIn && close && h("p", { class: "other-door" }, h("button", { type: "button", class: "link", onclick: close }, "Not now")));

  async function accept() {
    const there = channel ? `/channels/${guild.id}/${channel.id}` : pathOfGuild(guild.id);
    if (isMember) return goTo(there);
    if (!isSignedIn) return location.assign(loginPath());
    join.disabled = true;
    try {
      await submit("POST", `/invites/${encodeURIComponent(invite.code)}`, {});
      goTo(there);
    } catch (error) {
      join.disabled = false;
      if (error instanceof ApiError && error.status === 401) return location.assign(loginPath());
      showErrors(element, error);
    }
  }
  return element;
}

/** @param {Invite} invite */
function counts({ approximate_member_count: members, approximate_presence_count: online }) {
  const parts = [];
  if (online) parts.push(h("span", {}, h("span", { class: "dot", "data-status": "online" }), `${online} online`));
  if (members) parts.push(h("span", {}, members === 1 ? "1 member" : `${members} members`));
  return parts;
}

/** @param {...(Node | string | null | undefined | false)} parts */
const card = (...parts) => h("main", { class: "enter invite" }, h("div", { class: "card" }, ...parts));
