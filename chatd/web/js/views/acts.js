/** What one does to a message: edit it, delete it, mark it unread, copy of it. Loaded when one does. */

import { h } from "../dom.js";
import * as rest from "../rest.js";
import { confirm } from "../ui/dialog.js";
import { toast } from "../ui/toast.js";
import { fitHeight, isSend, LENGTH_MAX, lengthOf, trimmed } from "./composer.js";

/** @typedef {import("./conversation.js").Conversation} Conversation */

/** @param {Conversation} conversation @param {string} id */
export function edit(conversation, id) {
  const { client, messages, composer } = conversation;
  const message = conversation.message(id);
  if (!message) return;
  const end = () => {
    messages.endEdit();
    composer.focus();
  };
  const box = editor(message.content, (content) => {
    end();
    if (content === "" && !message.attachments?.length) void remove(conversation, id, false);
    else if (content !== message.content) {
      void client.try(rest.editMessage(message.channel_id, id, content)
        .then((edited) => client.store.update(edited)));
    }
  }, end);
  messages.edit(id, box.element);
  box.focus();
}

/** @param {Conversation} conversation @param {string} id @param {boolean} isMeant  nobody need ask */
export async function remove(conversation, id, isMeant) {
  const { client } = conversation;
  const message = conversation.message(id);
  if (!message) return;
  const agreed = isMeant || await confirm({
    title: "Delete this message?", id: "confirm", yes: "Delete", no: "Keep it",
    body: message.content ? [h("blockquote", {}, message.content)] : [],
  });
  if (!agreed) return;
  await client.try(rest.deleteMessage(message.channel_id, id)
    .then(() => client.store.removeMessage(message.channel_id, id)));
}

/** @param {Conversation} conversation @param {string} id */
export async function markUnread({ client, messages: view }, id) {
  const { store } = client;
  const { messages } = store.shown(store.open ?? "");
  const at = messages.findIndex((one) => one.id === id);
  if (at < 0) return;
  const { channel_id } = messages[at];
  // Without one before it, an id just below its own stands for it.
  const before = messages[at - 1]?.id ?? String(BigInt(id) - 1n);
  view.leaveUnread(before);
  await client.try(rest.call("POST", `/channels/${channel_id}/messages/${before}/ack`, { manual: true }));
}

/** @param {string} text */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast("Copied.");
  } catch {
    toast("The browser does not let this page copy.", { kind: "error" });
  }
}

/**
 * The box to edit a message in.
 * @param {string} content
 * @param {(content: string) => void} save
 * @param {() => void} cancel
 */
function editor(content, save, cancel) {
  const box = h("textarea", { class: "edit-box", "aria-label": "Edit message", rows: "1" });
  box.value = content;
  const finish = () => {
    const edited = trimmed(box.value);
    if (lengthOf(edited) <= LENGTH_MAX) save(edited);
  };
  box.addEventListener("input", () => fitHeight(box));
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") cancel();
    if (!isSend(event)) return;
    event.preventDefault();
    finish();
  });
  const element = h("div", { class: "editor" }, box,
    h("p", { class: "hint" },
      h("button", { type: "button", onclick: finish }, "Save"), " with Enter, ",
      h("button", { type: "button", onclick: cancel }, "cancel"), " with Escape"));
  return {
    element,
    focus() {
      fitHeight(box);
      box.focus();
      box.setSelectionRange(box.value.length, box.value.length);
    },
  };
}
