/** The sidebar: the channels of a guild by category, or the direct messages, with what is unread. */

import { iconOf, isForum, isVocal } from "../channel-types.js";
import { h, reconcile } from "../dom.js";
import { doorsOn, labelOf, menuOf } from "../doors.js";
import { pathOf } from "../paths.js";
import { directMessages, sectionsOf } from "../select/channels.js";
import { personOf } from "../select/people.js";
import { isMuted, unreadOf } from "../select/unread.js";
import { avatar } from "../ui/avatar.js";
import { iconButton } from "../ui/buttons.js";
import { icon } from "../ui/icons.js";
import { menuButton, onContextMenu } from "../ui/menu.js";
import { rove } from "../ui/roving.js";

/** @typedef {import("../client.js").Client} Client */
/** @typedef {import("../types.js").Channel} Channel */
/** @typedef {import("../dom.js").Item} Item */

const KEPT = "chatd.collapsed";

/** @param {Client} client @param {HTMLElement} place */
export function showSidebar(client, place) {
  const { store } = client;
  const top = h("header", { class: "sidebar-top" });
  const list = h("nav", { id: "channels", "aria-label": "Channels" });
  place.append(top, list);
  const roving = rove(list, "a, .category");
  /** Categories that are folded up in this browser. @type {Set<string>} */
  const collapsed = new Set(JSON.parse(localStorage.getItem(KEPT) ?? "[]"));

  const draw = () => {
    const guild = store.guilds.get(store.openGuild ?? "");
    reconcile(top, [guild ? guildTop(client, guild) : homeTop(client)]);
    list.setAttribute("aria-label", guild ? `Channels of ${guild.name}` : "Direct messages");
    reconcile(list, guild ? guildItems(client, guild.id, collapsed) : directMessages(store).map((one) => directItem(client, one)));
    roving.refresh();
  };
  list.addEventListener("click", ({ target }) => {
    const id = /** @type {Element} */ (target).closest(".category")?.getAttribute("data-category-id");
    if (!id) return;
    if (!collapsed.delete(id)) collapsed.add(id);
    localStorage.setItem(KEPT, JSON.stringify([...collapsed]));
    draw();
  });
  // Loaded with the first drag, which the listener that comes with it takes over.
  list.addEventListener("dragstart", async (event) => {
    (await import("../dialogs/drag-channels.js")).dragChannels(client, list, event);
  }, { once: true });
  onContextMenu(list, "[data-channel-id], [data-category-id]", ({ dataset: { channelId, categoryId } }) =>
    menuOf(client, categoryId ? "category" : "channel", { guildId: store.openGuild, channelId: channelId ?? categoryId }));
  store.subscribe(["channels", "guilds", "roles", "members", "open", "settings", "voice", "relationships"], draw);
}

/** The guild's name, which opens its menu. @param {Client} client @param {import("../types.js").Guild} guild @returns {Item} */
function guildTop(client, guild) {
  const entries = () => menuOf(client, "guild", { guildId: guild.id });
  const hasMenu = entries().length > 0;
  return {
    key: guild.id, signature: `${guild.name} ${hasMenu}`,
    build: () => {
      if (!hasMenu) return h("h2", { class: "brand" }, guild.name);
      const button = h("button", { type: "button", class: "brand-button" }, h("span", {}, guild.name), icon("chevron"));
      menuButton(button, entries, guild.name);
      return h("h2", { class: "brand" }, button);
    },
  };
}

/** @param {Client} client @returns {Item} */
function homeTop(client) {
  const doors = doorsOn(client.store, "home", {});
  return {
    key: "@me", signature: doors.map(({ name }) => name).join(),
    build: () => h("h2", { class: "brand" }, h("span", {}, "Direct messages"), ...doors.map((door) => {
      const label = labelOf(client.store, door, {});
      return iconButton(door.icon, label, { "data-door": door.name, onclick: () => void door.open(client, {}) });
    })),
  };
}

/** @param {Client} client @param {string} guildId @param {Set<string>} collapsed @returns {Item[]} */
function guildItems(client, guildId, collapsed) {
  const { store } = client;
  return sectionsOf(store, guildId).flatMap(({ category, channels }) => {
    const folded = category !== null && collapsed.has(category.id);
    // What is open or unread is to be seen in a folded category too.
    const shown = channels.filter(({ channel }) => !folded || channel.id === store.open || unreadOf(store, channel).unread);
    return [
      ...(category ? [categoryItem(client, category, folded)] : []),
      ...shown.flatMap(({ channel, threads }) => [
        channelItem(client, channel), ...(folded ? [] : threads.map((thread) => channelItem(client, thread))),
        ...(isVocal(channel) ? [voiceItem(client, channel)].flat() : []),
      ]),
    ];
  });
}

/** @param {Client} client @param {Channel} category @param {boolean} folded @returns {Item} */
function categoryItem(client, category, folded) {
  const place = { guildId: category.guild_id, channelId: category.id };
  const doors = doorsOn(client.store, "category", place).filter(({ main }) => main);
  return {
    key: category.id, signature: [category.name, folded, doors.length].join("\n"),
    build: () => h("div", { class: "category-row", "data-category-id": category.id, draggable: doors.length > 0 && "true" },
      h("button", { type: "button", class: "category", "aria-expanded": String(!folded), "data-category-id": category.id },
        icon("chevron"), h("span", {}, category.name)),
      ...doors.map((door) => iconButton(door.icon, `${labelOf(client.store, door, place)}: ${category.name}`, {
        "data-door": door.name, onclick: () => void door.open(client, place),
      }))),
  };
}

/** @param {Client} client @param {Channel} channel @returns {Item} */
function channelItem(client, channel) {
  const { store } = client;
  const { unread, mentions } = unreadOf(store, channel);
  const isOpen = store.open === channel.id, isThread = channel.thread_metadata !== undefined;
  const place = { guildId: channel.guild_id, channelId: channel.id };
  const doors = doorsOn(store, "channel", place).filter(({ main }) => main);
  const muted = isMuted(store, channel);
  const kind = isVocal(channel) ? ", voice channel" : isForum(channel) ? ", forum" : isThread ? ", thread" : "";
  return {
    key: channel.id,
    signature: [channel.name, channel.type, unread, mentions, isOpen, muted, doors.map(({ name }) => name)].join("\n"),
    build: () => h("div", { class: isThread ? "channel-row thread" : "channel-row" },
      h("a", {
        href: pathOf(channel), "data-channel-id": channel.id, "data-unread": unread, "data-muted": muted,
        "aria-current": isOpen && "page", "data-word": channel.name,
      },
        icon(iconOf(channel)), h("span", { class: "channel-name" }, channel.name),
        kind && h("span", { class: "unseen" }, kind),
        unreadMarks(unread, mentions, mentions === 1 ? "mention" : "mentions")),
      ...doors.map((door) => {
        const label = labelOf(store, door, place);
        return iconButton(door.icon, `${label}: ${channel.name}`, {
          "data-tip": label, "data-door": door.name, onclick: () => void door.open(client, place),
        });
      })),
  };
}

/** Who is in a voice channel. @param {Client} client @param {Channel} channel @returns {Item[]} */
function voiceItem(client, channel) {
  const { store } = client;
  const guild = store.guilds.get(channel.guild_id ?? "");
  return [...(store.voice.get(channel.id)?.values() ?? [])].map((state) => {
    const { user, name } = personOf(store, { id: state.user_id, username: "" }, guild);
    const silent = state.self_mute || state.mute;
    return {
      key: `voice:${state.user_id}`, signature: [name, user.avatar, silent].join("\n"),
      build: () => h("div", { class: "voice-person" }, avatar(user, name), h("span", {}, name),
        silent && h("span", { class: "unseen" }, ", muted")),
    };
  });
}

/** @param {Client} client @param {Channel} channel @returns {Item} */
function directItem({ store }, channel) {
  const title = store.titleOf(channel);
  const { unread, mentions } = unreadOf(store, channel);
  const isOpen = store.open === channel.id;
  const other = channel.recipients?.length === 1 ? channel.recipients[0] : null;
  const status = other ? store.statusOf(other.id) : undefined;
  const size = (channel.recipients?.length ?? 0) + 1;
  return {
    key: channel.id,
    signature: [title, unread, mentions, isOpen, status, other?.avatar, channel.icon, size].join("\n"),
    build: () => h("a", {
      href: pathOf(channel), "data-channel-id": channel.id, "data-unread": unread,
      "aria-current": isOpen && "page", class: "direct", "data-word": title,
    },
      other ? avatar(other, title, status) : avatar({ id: channel.id }, title),
      h("span", { class: "channel-name" }, title, !other && h("small", {}, `${size} people`)),
      unreadMarks(unread, mentions, "unread")),
  };
}

/** @param {boolean} unread @param {number} mentions @param {string} word */
function unreadMarks(unread, mentions, word) {
  if (!unread) return null;
  if (mentions === 0) return h("span", { class: "unseen" }, ", unread");
  return h("span", { class: "badge" }, mentions > 99 ? "99+" : String(mentions), h("span", { class: "unseen" }, ` ${word}`));
}
