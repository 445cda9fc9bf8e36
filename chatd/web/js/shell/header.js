/** The header of the room: which channel this is, what it is about, how we are connected, and its buttons. */

import { iconOf, isPrivate, isVocal } from "../channel-types.js";
import { h, reconcile } from "../dom.js";
import { doorsOn, labelOf } from "../doors.js";
import { pathOf } from "../paths.js";
import { avatar } from "../ui/avatar.js";
import { iconButton } from "../ui/buttons.js";
import { openDrawer } from "../ui/drawer.js";
import { icon } from "../ui/icons.js";
import { connectionLine } from "./connection.js";

/** @typedef {import("../client.js").Client} Client */
/** @typedef {import("../types.js").Channel} Channel */

const KEPT = "chatd.people";

/** "#general", "Tea table", or who it is with. @param {import("../store.js").Store} store @param {Channel} channel */
export function titleOf(store, channel) {
  return (channel.guild_id && !channel.thread_metadata && !isVocal(channel) ? "#" : "") + store.titleOf(channel);
}

/** Where there is no channel. @param {import("../store.js").Store} store */
const homeTitle = (store) =>
  (store.openGuild === null ? "Direct messages" : store.guilds.get(store.openGuild)?.name ?? "Chats");

export class Header {
  peopleShown = localStorage.getItem(KEPT) !== "hidden";
  onPeople = () => {};

  /** @param {Client} client */
  constructor(client) {
    this.client = client;
    this.showLeft = iconButton("menu", "Channels", {
      id: "show-channels", onclick: () => openDrawer(/** @type {HTMLElement} */ (document.getElementById("left"))),
    });
    this.showPeople = iconButton("people", "Members", { id: "show-members", onclick: () => this.#people() });
    this.sign = h("span", { class: "bar-sign" });
    this.title = h("h1", { id: "title" });
    this.parent = h("a", { class: "bar-parent", hidden: true });
    this.topic = h("button", { id: "topic", type: "button", onclick: () => void this.#readTopic() });
    this.buttons = h("div", { class: "bar-buttons" });
    this.element = h("header", { class: "bar" }, this.showLeft, this.sign,
      h("div", { class: "bar-title" }, this.parent, this.title, this.topic),
      connectionLine(client.store), this.buttons, this.showPeople);
  }

  draw() {
    const { store } = this.client;
    const channel = store.shownChannel;
    const other = channel && isPrivate(channel) && channel.recipients?.length === 1 ? channel.recipients[0] : null;
    this.title.textContent = channel ? titleOf(store, channel) : homeTitle(store);
    const signature = [channel?.id, channel?.type, other?.avatar, other && store.statusOf(other.id)].join();
    // A "#" is sign enough.
    reconcile(this.sign, channel && !titleOf(store, channel).startsWith("#") ? [{
      key: "sign", signature,
      build: () => (other ? avatar(other, store.nameOf(other), store.statusOf(other.id)) : h("span", {}, icon(iconOf(channel)))),
    }] : []);
    this.topic.textContent = channel?.topic ?? "";
    this.topic.hidden = !channel?.topic;
    const parent = channel?.thread_metadata ? store.channels.get(channel.parent_id ?? "") : undefined;
    this.parent.hidden = !parent;
    if (parent) {
      this.parent.href = pathOf(parent);
      this.parent.textContent = `#${parent.name}`;
    }
    this.showPeople.hidden = !channel;
    this.#drawButtons(channel);
  }

  /** @param {Channel | undefined} channel */
  #drawButtons(channel) {
    const { store } = this.client;
    const place = { guildId: store.openGuild, channelId: channel?.id };
    const doors = channel ? doorsOn(store, "header", place) : [];
    reconcile(this.buttons, doors.map((door) => {
      const label = labelOf(store, door, place);
      return {
        key: door.name, signature: `${channel?.id} ${label}`,
        build: () => {
          const button = iconButton(door.icon, label, {
            "data-door": door.name, onclick: () => void door.open(this.client, { ...place, anchor: button }),
          });
          return button;
        },
      };
    }));
  }

  /** On wide screens the list is put away and back, on others it is a drawer. */
  #people() {
    const people = /** @type {HTMLElement} */ (document.getElementById("people"));
    if (matchMedia("(max-width: 1099px)").matches) return openDrawer(people);
    this.peopleShown = !this.peopleShown;
    localStorage.setItem(KEPT, this.peopleShown ? "shown" : "hidden");
    this.onPeople();
  }

  async #readTopic() {
    const { store } = this.client;
    const channel = store.shownChannel;
    const { openDialog } = await import("../ui/dialog.js");
    if (channel) openDialog({ title: titleOf(store, channel), body: [h("p", { class: "topic-text" }, channel.topic)] });
  }
}
