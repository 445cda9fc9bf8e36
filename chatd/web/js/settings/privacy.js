/** Who may come near: ask to be friends, begin a direct message. The server holds others to it. */

import { h } from "../dom.js";
import { live } from "../guild/live.js";
import { call } from "../rest.js";
import { guildsInOrder } from "../select/channels.js";
import { fieldElement } from "../ui/form.js";
import { styles } from "../ui/styles.js";

/** @typedef {{all: boolean, mutual_friends: boolean, mutual_guilds: boolean}} Sources */

/** @type {[keyof Sources, string][]} */
const SOURCES = [["all", "Everybody"], ["mutual_friends", "Friends of my friends"], ["mutual_guilds", "Members of guilds that I am in"]];

/** @param {import("../client.js").Client} client */
export async function privacy(client) {
  const { store } = client;
  await styles("settings");
  const requests = h("div"), direct = h("div");
  const restricted = () => /** @type {string[]} */ (store.settings.restricted_guilds ?? []);

  /** What is refused goes back to how it was. @param {Record<string, any>} change */
  const save = async (change) => {
    await client.try(call("PATCH", "/users/@me/settings", change).then((settings) => store.apply("USER_SETTINGS_UPDATE", settings)));
    draw();
  };

  /** @param {keyof Sources} name @param {boolean} allowed */
  function allow(name, allowed) {
    const sources = { ...sourcesOf(store) };
    // "Everybody" are the other two as well, and without it they stay.
    sources[name] = allowed;
    return save({ friend_source_flags: sources });
  }

  function draw() {
    const sources = sourcesOf(store);
    redraw(requests, SOURCES.map(([name, label]) => toggle({
      name, label, value: sources[name] || sources.all, disabled: sources.all && name !== "all",
    }, (allowed) => void allow(name, allowed))));
    const guilds = guildsInOrder(store);
    redraw(direct, guilds.length === 0 ? [h("p", { class: "hint" }, "You are in no guild.")]
      : guilds.map(({ id, name }) => toggle({ name: `guild-${id}`, label: name, value: !restricted().includes(id) }, (allowed) => void save({
        restricted_guilds: allowed ? restricted().filter((other) => other !== id) : [...restricted(), id],
      }))));
  }
  live(client, ["settings", "guilds"], draw);
  return h("div", {},
    part("Requests to be friends", "From whom you get them.", requests),
    part("Direct messages", "In which guilds members may begin a direct message with you. Friends always may, and what has begun goes on.", direct),
    part("Blocked people", "They cannot write to you, and what they say elsewhere does not count as a mention.",
      h("p", {}, h("a", { href: "/channels/@me" }, "Go to the list, among your friends"))));
}

/** @param {import("../store.js").Store} store @returns {Sources} */
const sourcesOf = ({ settings }) => settings.friend_source_flags ?? { all: true, mutual_friends: true, mutual_guilds: true };

/** @param {{name: string, label: string, value: boolean, disabled?: boolean}} one @param {(value: boolean) => void} choose */
function toggle({ name, label, value, disabled }, choose) {
  const element = fieldElement({ name, label, value, type: "checkbox", attributes: { disabled } });
  element.addEventListener("change", ({ target }) => choose(/** @type {HTMLInputElement} */ (target).checked));
  return element;
}

/** In the place of what was there; the switch that has the focus keeps it. @param {HTMLElement} place @param {HTMLElement[]} elements */
function redraw(place, elements) {
  const focused = place.contains(document.activeElement) ? document.activeElement?.getAttribute("name") : null;
  place.replaceChildren(...elements);
  if (focused) /** @type {HTMLElement | null} */ (place.querySelector(`[name="${focused}"]`))?.focus();
}

/** @param {string} title @param {string} lead @param {HTMLElement} body */
const part = (title, lead, body) =>
  h("section", { class: "settings-part" }, h("h3", {}, title), h("p", { class: "lead" }, lead), body);
