/** Who is connected at this moment, and with what. */

import { h } from "../dom.js";
import { call } from "../rest.js";
import { orToast } from "../ui/toast.js";
import { counted, readPart, table, when } from "./parts.js";

/** @typedef {import("../client.js").Client} Client */
/**
 * @typedef {object} Connection
 * @property {string} id
 * @property {string | null} user_id  null before it has said who it is
 * @property {boolean} bot
 * @property {string} address
 * @property {string | null} user_agent
 * @property {string} form            encoding and compression
 * @property {string} connected_at
 */

const AGAIN_MS = 10_000;

/** @param {Client} client */
export function connections(client) {
  const list = readPart(async () => {
    /** @type {{gateway: Connection[], sockets: Record<string, number>}} */
    const { gateway, sockets } = await call("GET", "/admin/connections");
    const kinds = Object.entries(sockets).map(([kind, count]) => `${counted(count)} ${kind}`);
    return [
      h("p", { class: "hint", role: "status" }, [`${counted(gateway.length)} on the gateway`, ...kinds].join(" · ")),
      table("Gateway connections", ["Who", "From", "With", "Since", ""],
        gateway.map((one) => row(client, one, list.again)), "Nobody is connected."),
    ];
  });
  // As long as somebody looks at it, and has not put the focus into it.
  const timer = setInterval(() => {
    if (!list.element.isConnected) clearInterval(timer);
    else if (!list.element.contains(document.activeElement)) void list.again();
  }, AGAIN_MS);
  return list.element;
}

/** @param {Client} client @param {Connection} connection @param {() => void} again */
function row({ store }, { id, user_id, bot, address, user_agent, form, connected_at }, again) {
  const close = async () => {
    if (await orToast(call("DELETE", `/admin/connections/${id}`))) again();
  };
  const user = store.users.get(user_id ?? "");
  const who = user_id === null ? "nobody yet" : user ? `@${user.username}` : user_id;
  return h("tr", {},
    h("th", { scope: "row" }, h("bdi", {}, who), " ", bot && h("span", { class: "tag" }, "bot")),
    h("td", {}, address),
    h("td", {}, h("span", { class: "admin-agent", title: user_agent }, user_agent ?? "—"), h("span", { class: "hint" }, form)),
    h("td", {}, when(connected_at)),
    h("td", {}, h("button", { type: "button", class: "plain", onclick: () => void close() }, "Close")));
}
