/** The guild rail: direct messages, then each guild, with a dot for the unread and a number for mentions. */

import { h, reconcile } from "../dom.js";
import { doorsOn, labelOf, menuOf } from "../doors.js";
import { pathOfGuild } from "../paths.js";
import { guildsInOrder } from "../select/channels.js";
import { unreadIn } from "../select/unread.js";
import { guildIcon } from "../ui/avatar.js";
import { iconButton } from "../ui/buttons.js";
import { icon } from "../ui/icons.js";
import { onContextMenu } from "../ui/menu.js";
import { rove } from "../ui/roving.js";

/** @typedef {import("../client.js").Client} Client */

/** @param {Client} client @param {HTMLElement} rail */
export function showRail(client, rail) {
  const { store } = client;
  const list = h("ul", { class: "rail-guilds" });
  const foot = h("div", { class: "rail-foot" });
  rail.append(list, foot);
  const roving = rove(list, "a");
  onContextMenu(list, "li[data-guild-id]", ({ dataset: { guildId } }) => menuOf(client, "guild", { guildId }));
  store.subscribe(["guilds", "open", "roles", "settings"], () => {
    const guilds = guildsInOrder(store).map((guild) =>
      entry(client, guild.id, guild.name, guild.icon ?? "", () => guildIcon(guild, guild.name)));
    reconcile(list, [entry(client, null, "Direct messages", "", () => h("span", { class: "guild-icon home" }, icon("message"))),
      ...guilds]);
    reconcile(foot, doorsOn(store, "rail", {}).map((door) => ({
      key: door.name, signature: labelOf(store, door, {}),
      build: () => iconButton(door.icon, labelOf(store, door, {}), {
        "data-door": door.name, "data-tip-side": "right", onclick: () => void door.open(client, {}),
      }),
    })));
    roving.refresh();
  });
}

/**
 * @param {Client} client
 * @param {string | null} guildId
 * @param {string} name
 * @param {string} image
 * @param {() => HTMLElement} picture
 */
function entry({ store }, guildId, name, image, picture) {
  const { unread, mentions } = unreadIn(store, guildId);
  const isOpen = store.openGuild === guildId && store.ready;
  const words = mentions ? `, ${mentions} ${!guildId ? "unread" : mentions === 1 ? "mention" : "mentions"}` : unread ? ", unread" : "";
  return {
    key: guildId ?? "@me",
    signature: [name, image, unread, mentions, isOpen].join("\n"),
    build: () => h("li", { "data-guild-id": guildId, "data-unread": unread && !mentions },
      h("a", {
        href: pathOfGuild(guildId), "aria-current": isOpen && "true", "aria-label": name + words,
        "data-tip": name, "data-tip-side": "right", "data-word": name,
      }, picture(), mentions > 0 && h("span", { class: "badge" }, mentions > 99 ? "99+" : String(mentions)))),
  };
}
