/**
 * Addresses inside the client: what a path names, the path of a channel, and where it is safe to go after
 * signing in.
 */

/** @typedef {import("./types.js").Channel} Channel */

export const HOME = "/channels/@me";

/**
 * The channel a path names, or null for home.
 * @param {string} path
 * @returns {string | null}
 */
export function channelIdIn(path) {
  return /^\/channels\/(?:@me|%40me|\d+)\/(\d+)\/?$/.exec(path)?.[1] ?? null;
}

/** @param {Channel} channel */
export function pathOf(channel) {
  return `/channels/${channel.guild_id ?? "@me"}/${channel.id}`;
}

/**
 * The page to show after signing in: `next` when it stays on this site, home otherwise.
 *
 * "//host" is another site, and so is "/\host": browsers read a backslash as a slash. Tabs and line breaks
 * are dropped by URL parsers, so "/\t/host" would become "//host"; the comparison of origins catches those.
 * @param {string | null} next
 */
export function safeNext(next, origin = location.origin) {
  if (!next || !next.startsWith("/") || next.startsWith("//") || next.includes("\\")) return HOME;
  const url = URL.canParse(next, origin) ? new URL(next, origin) : null;
  return url?.origin === origin ? url.pathname + url.search + url.hash : HOME;
}

/** The sign-in page that leads back here. */
export function loginPath() {
  return `/login?next=${encodeURIComponent(location.pathname + location.search)}`;
}
