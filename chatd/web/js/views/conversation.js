/** The conversation in the middle: messages, who is typing, the box to write in, and what one does to a message. */

import { h } from "../dom.js";
import { wireCommands } from "../interactions/slash.js";
import * as rest from "../rest.js";
import { titleOf } from "../shell/header.js";
import { Composer, editor } from "./composer.js";
import { wireComponents } from "./components.js";
import { MessagesView } from "./messages.js";
import { toggleReaction } from "./reactions.js";
import { showTyping } from "./typing.js";

/** @typedef {import("../client.js").Client} Client */

export class Conversation {
  /** @param {Client} client */
  constructor(client) {
    this.client = client;
    const { store } = client;
    this.composer = new Composer({
      send: (channelId, content) => {
        client.outbox.send(channelId, content);
        this.messages.follow();
      },
      // A notice that does not arrive is not worth a word to the one who types.
      typing: (channelId) => void rest.sendTyping(channelId).catch(() => {}),
      editLast: () => this.#editLast(),
      pickEmoji: (anchor) => void this.#pickEmoji(anchor, ({ text }) => this.composer.insert(text)),
    });
    this.messages = new MessagesView(store, {
      needOlder: () => void client.history.older(),
      retryLoad: () => this.#retryLoad(),
      action: (action, key, button) => this.#act(action, key, button),
    });
    showTyping(store, this.composer.typing);
    this.element = h("div", { class: "conversation", hidden: true }, this.messages.element, this.composer.element);
    wireComponents(client, this.element);
    wireCommands(client, this.composer.element);
    client.whenKnown((me) => this.composer.restore(me));
    client.whenLeaving(() => this.composer.forget());
  }

  /** @param {import("../types.js").Channel | undefined} channel  none: there is nothing to show */
  show(channel) {
    this.element.hidden = !channel;
    this.composer.show(channel?.id ?? null, channel ? titleOf(this.client.store, channel) : "");
  }

  focus() {
    this.composer.focus();
  }

  /**
   * @param {string} action
   * @param {string} key  a message id, or the nonce of one on its way
   * @param {HTMLElement} button
   */
  #act(action, key, button) {
    if (action === "edit") return this.#edit(key);
    if (action === "delete") return void this.#delete(key);
    if (action === "react") return void this.#pickEmoji(button, (choice) => void this.#react(key, choice.key));
    if (action === "toggle-reaction") return void this.#react(key, button.dataset.emoji ?? "");
    const { store, outbox } = this.client;
    const pending = store.pending.find(({ nonce }) => nonce === key);
    if (pending && action === "retry") outbox.retry(pending);
    if (pending && action === "discard") outbox.discard(pending);
  }

  /** @param {HTMLElement} anchor @param {(choice: import("../emoji.js").Choice) => void} onchoose */
  async #pickEmoji(anchor, onchoose) {
    const { openEmojiPicker } = await import("./emoji-picker.js");
    await openEmojiPicker(anchor, this.client.store, this.client.store.open, onchoose);
  }

  /** @param {string} id @param {string} emoji */
  async #react(id, emoji) {
    const message = this.client.store.timeline(this.client.store.open ?? "").get(id);
    if (message) await this.client.try(toggleReaction(message, emoji));
  }

  #editLast() {
    const { store } = this.client;
    const { messages } = store.timeline(store.open ?? "");
    const last = messages.findLast(({ author, type, webhook_id }) =>
      author.id === store.me?.id && (type === 0 || type === 19) && !webhook_id);
    if (last) this.#edit(last.id);
  }

  /** @param {string} id */
  #edit(id) {
    const { client } = this;
    const message = client.store.timeline(client.store.open ?? "").get(id);
    if (!message) return;
    const end = () => {
      this.messages.endEdit();
      this.composer.focus();
    };
    const box = editor(message.content, (content) => {
      end();
      if (content === "") void this.#delete(id);
      else if (content !== message.content) {
        void client.try(rest.editMessage(message.channel_id, id, content)
          .then((edited) => client.store.update(edited)));
      }
    }, end);
    this.messages.edit(id, box.element);
    box.focus();
  }

  /** @param {string} id */
  async #delete(id) {
    const { client } = this;
    const message = client.store.timeline(client.store.open ?? "").get(id);
    if (!message) return;
    const { confirm } = await import("../ui/dialog.js");
    const agreed = await confirm({
      title: "Delete this message?", id: "confirm", body: [h("blockquote", {}, message.content)], yes: "Delete",
      no: "Keep it",
    });
    if (!agreed) return;
    await client.try(rest.deleteMessage(message.channel_id, id)
      .then(() => client.store.removeMessage(message.channel_id, id)));
  }

  #retryLoad() {
    const { store, history } = this.client;
    const timeline = store.timeline(store.open ?? "");
    timeline.trouble = "";
    void (timeline.loaded && !timeline.stale ? history.older() : history.refresh());
  }
}
