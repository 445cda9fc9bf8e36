/**
 * The settings of a guild, /guild/<id>/<section>. Each section is shown to those who may do something in it; when
 * that ends while one looks at it, one is led back.
 */

import { h } from "../dom.js";
import { inGuild, may, Permission } from "../permissions.js";
import { sectionsPage } from "../ui/sections.js";
import { styles } from "../ui/styles.js";
import { toast } from "../ui/toast.js";
import { live } from "./live.js";

/** @typedef {import("../client.js").Client} Client */
/** @typedef {import("../permissions.js").PermissionName} PermissionName */
/** @typedef {{guildId: string, rest: string[]}} GuildPlace  `rest` is what follows the section in the path */

/** Any of them will do. @param {...PermissionName} names @returns {(client: Client, place: GuildPlace) => boolean} */
const any = (...names) => ({ store }, { guildId }) =>
  names.some((name) => (inGuild(store, store.guilds.get(guildId)) & Permission[name]) !== 0n);

/** @type {(client: Client, place: GuildPlace) => boolean} */
const isOwner = ({ store }, { guildId }) => store.guilds.get(guildId)?.owner_id === store.me?.id;

/** @type {import("../ui/sections.js").Section[]} */
export const SECTIONS = [
  {
    slug: "overview", name: "Overview", group: "The guild", may: any("MANAGE_GUILD"),
    build: async (client, place) => (await import("./overview.js")).overview(client, place),
  },
  {
    slug: "roles", name: "Roles", group: "The guild", may: any("MANAGE_ROLES"),
    build: async (client, place) => (await import("./roles.js")).roles(client, place),
  },
  {
    slug: "emoji", name: "Emoji", group: "The guild", may: any("MANAGE_GUILD_EXPRESSIONS", "CREATE_GUILD_EXPRESSIONS"),
    build: async (client, place) => (await import("./emoji.js")).emoji(client, place),
  },
  {
    slug: "stickers", name: "Stickers", group: "The guild", may: any("MANAGE_GUILD_EXPRESSIONS", "CREATE_GUILD_EXPRESSIONS"),
    build: async (client, place) => (await import("./stickers.js")).stickers(client, place),
  },
  {
    slug: "webhooks", name: "Webhooks", group: "The guild", may: any("MANAGE_WEBHOOKS"),
    build: async (client, place) => (await import("./webhooks.js")).webhooks(client, place),
  },
  {
    slug: "bots", name: "Bots", group: "The guild", may: any("MANAGE_GUILD"),
    build: async (client, place) => (await import("./bots.js")).bots(client, place),
  },
  {
    slug: "members", name: "Members", group: "People",
    may: any("MANAGE_GUILD", "MANAGE_ROLES", "MANAGE_NICKNAMES", "KICK_MEMBERS", "BAN_MEMBERS", "MODERATE_MEMBERS"),
    build: async (client, place) => (await import("./members.js")).members(client, place),
  },
  {
    slug: "invites", name: "Invites", group: "People", may: any("MANAGE_GUILD"),
    build: async (client, place) => (await import("./invites.js")).invites(client, place),
  },
  {
    slug: "bans", name: "Bans", group: "People", may: any("BAN_MEMBERS"),
    build: async (client, place) => (await import("./bans.js")).bans(client, place),
  },
  {
    slug: "reports", name: "Reports", group: "Moderation", may: any("MANAGE_MESSAGES"),
    build: async (client, place) => (await import("./reports.js")).reports(client, place),
  },
  {
    slug: "rules", name: "Automatic moderation", group: "Moderation", may: any("MANAGE_GUILD"),
    build: async (client, place) => (await import("./rules.js")).rules(client, place),
  },
  {
    slug: "lockdown", name: "Lockdown", group: "Moderation",
    may: ({ store }, { guildId }) => may(store, { guildId }, "MANAGE_CHANNELS", "MANAGE_ROLES") || may(store, { guildId }, "MANAGE_GUILD"),
    build: async (client, place) => (await import("./lockdown.js")).lockdown(client, place),
  },
  {
    slug: "audit-log", name: "Audit log", group: "Moderation", may: any("VIEW_AUDIT_LOG"),
    build: async (client, place) => (await import("./audit-log.js")).auditLog(client, place),
  },
  {
    slug: "end", name: "Hand over or delete", group: "The end", may: isOwner,
    build: async (client, place) => (await import("./end.js")).end(client, place),
  },
];

/** @param {Client} client @param {string[]} path */
export async function show(client, [guildId = "", chosen, ...rest]) {
  await styles("making", "guild", "developers");
  const { store } = client;
  const place = { guildId, rest };
  const open = () => SECTIONS.filter((section) => section.may?.(client, place)).map(({ slug }) => slug);
  const guild = store.guilds.get(guildId);
  if (!guild || open().length === 0) return notHere();
  const page = await sectionsPage({ client, title: guild.name, base: `/guild/${guildId}`, chosen, sections: SECTIONS, place });
  const before = open().join();
  live(client, ["guilds", "roles", "members"], () => {
    const now = open();
    const title = page.querySelector("h1");
    const name = store.guilds.get(guildId)?.name;
    if (title && name && title.textContent !== name) title.textContent = name;
    if (now.length > 0 && (chosen === undefined || now.includes(chosen) || !before.includes(chosen))) return;
    toast(name ? "You may not change this here any more." : "You are not in this guild any more.");
    client.leavePage();
  });
  return page;
}

export const notHere = () => h("main", { class: "no-page" }, h("h1", {}, "Not to be seen"),
  h("p", {}, "It is gone, or it is not for you to change."),
  h("a", { href: "/", class: "primary" }, "Go to the chat"));
