/** The server and those who use it, /admin/<section>: for administrators, and the server asks again each time. */

import { h } from "../dom.js";
import { sectionsPage } from "../ui/sections.js";
import { styles } from "../ui/styles.js";

/** @type {import("../ui/sections.js").Section[]} */
const SECTIONS = [
  { slug: "users", name: "Users", group: "People", build: async (client) => (await import("./users.js")).users(client) },
  { slug: "reports", name: "Reports", group: "People", build: async () => (await import("./reports.js")).reports() },
  { slug: "bots", name: "Bots", group: "People", build: async () => (await import("./bots.js")).bots() },
  { slug: "general", name: "Name and registration", group: "Server", build: async () => (await import("./general.js")).general() },
  { slug: "announce", name: "Announcement", group: "Server", build: async () => (await import("./announce.js")).announce() },
  { slug: "connections", name: "Connections", group: "Server", build: async (client) => (await import("./connections.js")).connections(client) },
  { slug: "about", name: "Storage and versions", group: "Server", build: async () => (await import("./about.js")).about() },
];

/** @param {import("../client.js").Client} client @param {string[]} rest */
export async function show(client, [chosen]) {
  await styles("admin");
  if (client.store.me && !client.store.me.admin) return refusal(client);
  return sectionsPage({ client, title: "Administration", base: "/admin", chosen, sections: SECTIONS });
}

/** @param {import("../client.js").Client} client */
function refusal(client) {
  return h("main", { class: "sections-content" }, h("h2", {}, "This page is for administrators"),
    h("p", {}, "You look after guilds in their settings. Whoever runs this server can make you an administrator."),
    h("p", {}, h("button", { type: "button", class: "primary", onclick: () => client.leavePage() }, "Back to the chat")));
}
