/**
 * Addresses inside the client: what a path names, the path of a channel, and where it is safe to go after
 * signing in.
 *
 *     /                                    the last channel
 *     /channels/@me                        direct messages
 *     /channels/@me/<channel>              one of them
 *     /channels/<guild>                    a guild: its last channel
 *     /channels/<guild>/<channel>          a channel, or a thread
 *     /channels/<guild>/<channel>/<message>
 *     anything else                        a page of pages.js: its name, and the rest
 */

/** @typedef {import("./types.js").Channel} Channel */

export const HOME = "/channels/@me";
export const START = "/";

/**
 * @typedef {{page: "channels", guildId: string | null, channelId: string | null, messageId: string | null}}
 *   ChannelRoute  `guildId` is null for direct messages
 * @typedef {{page: string, rest: string[]}} PageRoute  /settings/profile is {page: "settings", rest: ["profile"]}
 * @typedef {ChannelRoute | PageRoute} Route
 */

/** @param {string} path @returns {Route} */
export function routeOf(path) {
  const [page = "", ...rest] = path.split("/").slice(1).map(unescaped).filter((part) => part !== "");
  if (page !== "channels") return { page, rest };
  const [guild = "@me", channelId = null, messageId = null] = rest;
  return { page, guildId: guild === "@me" ? null : guild, channelId, messageId };
}

/** @param {string} part */
function unescaped(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** @param {Route} route @returns {route is ChannelRoute} */
export const isChannelRoute = (route) => route.page === "channels";

/** @param {Channel} channel @param {string} [messageId] */
export function pathOf(channel, messageId) {
  return `/channels/${channel.guild_id ?? "@me"}/${channel.id}${messageId ? `/${messageId}` : ""}`;
}

/** @param {string | null} guildId */
export const pathOfGuild = (guildId) => `/channels/${guildId ?? "@me"}`;

/**
 * The page to show after signing in: `next` when it stays on this site, the start otherwise.
 *
 * "//host" is another site, and so is "/\host": browsers read a backslash as a slash. Tabs and line breaks
 * are dropped by URL parsers, so "/\t/host" would become "//host"; the comparison of origins catches those.
 * @param {string | null} next
 */
export function safeNext(next, origin = location.origin) {
  if (!next || !next.startsWith("/") || next.startsWith("//") || next.includes("\\")) return START;
  const url = URL.canParse(next, origin) ? new URL(next, origin) : null;
  return url?.origin === origin ? url.pathname + url.search + url.hash : START;
}

/** The sign-in page that leads back here. */
export function loginPath() {
  return `/login?next=${encodeURIComponent(location.pathname + location.search)}`;
}
