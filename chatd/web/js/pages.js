/**
 * The pages beside the chat, by the first part of their path. Each is loaded when it is opened; the chat stays
 * behind it, connected, and is there again when one comes back.
 *
 * A module exports `show(client, rest)`, which answers the page's element: `rest` is the rest of the path. It
 * is called again for each new path below the page, and the element it answers takes the place of the one
 * before, unless it is the same.
 */

/** @typedef {import("./client.js").Client} Client */
/** @typedef {{show: (client: Client, rest: string[]) => HTMLElement | Promise<HTMLElement>}} Page */

/** @type {Record<string, () => Promise<Page>>} */
export const PAGES = {
  admin: () => import("./admin/page.js"),
  channel: () => import("./guild/channel-page.js"),
  developers: () => import("./developers/page.js"),
  guild: () => import("./guild/page.js"),
  invite: () => import("./invite/page.js"),
  oauth2: () => import("./oauth2/page.js"),
  settings: () => import("./settings/page.js"),
};
