/** Above the message box: the commands that one has used and that their bots have not answered yet, or will not. */

import { h, reconcile } from "../dom.js";
import { drop } from "./asking.js";

/** Once there is something to show. @param {import("../client.js").Client} client */
export function showAsked(client) {
  const form = document.getElementById("compose");
  if (form && !form.querySelector(".asked")) form.prepend(new AskedLine(client).element);
}

class AskedLine {
  #list = h("ul", { class: "asked", "aria-label": "Commands on their way" });
  element = h("div", { role: "status" }, this.#list);

  /** @param {import("../client.js").Client} client */
  constructor({ store }) {
    this.store = store;
    store.subscribe(["asked", "open"], () => this.#draw());
    this.#draw();
  }

  #draw() {
    const { store } = this;
    const shown = [...store.asked.values()].filter(({ words, channel_id }) => words && channel_id === store.open);
    this.#list.hidden = shown.length === 0;
    reconcile(this.#list, shown.map((asked) => ({
      key: asked.nonce, signature: `${asked.state} ${asked.reason}`, build: () => this.#line(asked),
    })));
  }

  /** @param {import("../types.js").Asked} asked */
  #line({ nonce, words, state, reason, application_id, channel_id, again }) {
    const { store } = this;
    const bot = store.users.get(application_id) ?? { id: application_id, username: "The application" };
    const name = store.nameOf(bot, store.channels.get(channel_id)?.guild_id);
    const link = (/** @type {string} */ label, /** @type {() => void} */ onclick) =>
      h("button", { type: "button", class: "link", onclick: () => { drop(store, nonce); onclick(); } }, label);
    if (state === "failed") {
      return h("li", { "data-state": state }, h("b", {}, words), h("span", {}, reason), again && link("Try again", again), link("Dismiss", () => {}));
    }
    return h("li", { "data-state": state }, h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")),
      h("b", {}, words), h("span", {}, h("bdi", {}, name), " is thinking…"));
  }
}
