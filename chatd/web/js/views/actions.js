/**
 * What one can do to a message: the buttons at the corner of the one under the pointer or with the focus, and
 * its menu. Both are the doors on "message". Loaded when somebody comes near one.
 *
 * There is one set of buttons, and it goes where it is needed.
 */

import { h } from "../dom.js";
import { addDoors, doorsOn, labelOf, menuOf } from "../doors.js";
import { MESSAGE_DOORS } from "../doors/messages.js";
import { iconButton } from "../ui/buttons.js";
import { openMenu } from "../ui/menu.js";

/** @typedef {import("../client.js").Client} Client */

addDoors(MESSAGE_DOORS);

export class Actions {
  #bar = h("div", { class: "actions", role: "group", "aria-label": "Message actions" });
  /** What the bar was made for. */ #signature = "";

  /** @param {Client} client @param {HTMLElement} list */
  constructor(client, list) {
    this.client = client;
    this.list = list;
    list.addEventListener("pointerover", ({ target, pointerType }) => pointerType !== "touch" && this.goTo(target));
    list.addEventListener("focusin", ({ target }) => this.goTo(target));
    list.addEventListener("pointerleave", () => this.goTo(document.activeElement));
  }

  /** The message may have changed, or been drawn anew. */
  refresh() {
    const article = this.#article(this.#bar);
    if (article) this.#show(article);
    else if (this.list.contains(document.activeElement)) this.goTo(document.activeElement);
  }

  /** @param {EventTarget | null} target */
  goTo(target) {
    const article = target instanceof Element && this.list.contains(target) ? this.#article(target) : null;
    // The pointer passes by while the keyboard is at work in another.
    if (this.#bar.contains(document.activeElement) && !article?.contains(document.activeElement)) return;
    if (article) this.#show(article);
    else this.#bar.remove();
  }

  /** @param {HTMLElement} article */
  #show(article) {
    if (article.classList.contains("editing")) return this.#bar.remove();
    const { store } = this.client;
    const place = this.#place(article);
    const doors = doorsOn(store, "message", place);
    const signature = [place.messageId, ...doors.map((door) => `${door.name} ${labelOf(store, door, place)}`)].join();
    if (signature !== this.#signature) {
      const buttons = doors.filter(({ main }) => main).map((door) => {
        const button = iconButton(door.icon, labelOf(store, door, place), {
          "data-door": door.name, onclick: () => void door.open(this.client, { ...place, anchor: button }),
        });
        return button;
      });
      const more = iconButton("more", "More", {
        "data-door": "more", "aria-haspopup": "menu", "aria-expanded": "false",
        onclick: () => openMenu(more, menuOf(this.client, "message", { ...place, anchor: more }), "Message actions"),
      });
      this.#bar.replaceChildren(...buttons, more);
      this.#signature = signature;
    }
    if (this.#bar.parentElement !== article) article.append(this.#bar);
  }

  /** @param {Element} inside @returns {HTMLElement | null} */
  #article(inside) {
    return inside.closest("article[data-message-id]");
  }

  /** @param {HTMLElement} article @returns {import("../doors.js").Place} */
  #place(article) {
    const { store } = this.client;
    return { guildId: store.openGuild, channelId: store.open, messageId: article.dataset.messageId, anchor: article };
  }

  /** Of the menu. @param {HTMLElement} article */
  entries(article) {
    return menuOf(this.client, "message", this.#place(article));
  }
}
