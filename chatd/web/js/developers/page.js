/**
 * The developers' pages: /developers lists one's applications, /developers/<id>/<section> is one of them.
 *
 * Only the server knows an application's token, and tells it once, when it is made; so it is shown at that
 * moment and kept nowhere.
 */

import { h } from "../dom.js";
import * as rest from "../rest.js";
import { go } from "../router.js";
import { button, iconButton } from "../ui/buttons.js";
import { openForm } from "../ui/dialog.js";
import { sectionsPage } from "../ui/sections.js";
import { styles } from "../ui/styles.js";
import { sentenceOf } from "../ui/toast.js";
import { applicationIcon, inGuilds } from "./parts.js";

/** @typedef {import("../client.js").Client} Client */
/** @typedef {import("./parts.js").Application} Application */

/** @type {import("../ui/sections.js").Section[]} */
const SECTIONS = [
  { slug: "general", name: "General", build: async (client, place) => (await import("./general.js")).general(client, place) },
  { slug: "bot", name: "Bot", build: async (client, place) => (await import("./bot.js")).bot(client, place) },
  { slug: "install", name: "Install link", build: async (_, place) => (await import("./install.js")).install(place) },
  { slug: "delete", name: "Delete", build: async (client, place) => (await import("./delete.js")).deletion(client, place) },
];

/** @param {Client} client @param {string[]} path */
export async function show(client, [id, chosen]) {
  await styles("sections", "developers");
  try {
    if (id === undefined) return list(client, await rest.call("GET", "/applications"));
    const application = await rest.call("GET", `/applications/${encodeURIComponent(id)}`);
    return await sectionsPage({
      client, title: application.name, base: `/developers/${id}`, chosen, sections: SECTIONS, place: application,
      onclose: () => go("/developers"),
    });
  } catch (error) {
    if (!(error instanceof rest.ApiError) && !(error instanceof rest.NetworkError)) throw error;
    return h("main", { class: "no-page" }, h("h1", {}, "Not to be seen"), h("p", {}, sentenceOf(error)),
      h("a", { href: "/developers", class: "primary" }, "Your applications"));
  }
}

/** @param {Client} client @param {Application[]} applications */
function list(client, applications) {
  const make = () => void create();
  const element = h("main", { class: "developers" },
    h("header", { class: "sections-bar" }, h("h1", {}, "Applications"),
      button("New application", make, "primary"),
      iconButton("close", "Close", { class: "icon-button to-chat", onclick: () => client.leavePage() })),
    h("div", { class: "developers-content" },
      h("p", { class: "lead" }, "An application is what a bot is to those who write it: its name, its token, ",
        "what it may ask for, and the link that brings it into a guild."),
      applications.length > 0
        ? h("ul", { class: "applications" }, ...applications.map(card))
        : h("div", { class: "nothing-yet" }, h("h2", {}, "Nothing here yet"),
          h("p", {}, "Make an application, copy its token, and point your bot at this server."))));
  element.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) client.leavePage();
  });
  return element;
}

/** @param {Application} application */
function card(application) {
  return h("li", {}, h("a", { href: `/developers/${application.id}/general` },
    applicationIcon(application),
    h("span", { class: "application-words" }, h("b", {}, application.name),
      h("span", {}, application.description || inGuilds(application.approximate_guild_count)))));
}

async function create() {
  /** @type {Application | null} */
  const made = await openForm({
    title: "New application", submit: "Create", id: "new-application",
    fields: [{
      name: "name", label: "Name", required: true, attributes: { maxlength: 32, autocomplete: "off" },
      hint: "Its bot is called the same, so nobody may have the name yet.",
    }],
    send: (values) => rest.submit("POST", "/applications", values),
  });
  if (made) go(`/developers/${made.id}/bot`);
}
