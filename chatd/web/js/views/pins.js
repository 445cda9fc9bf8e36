/** What is pinned in a channel, the latest pin first. */

import { h } from "../dom.js";
import { may } from "../permissions.js";
import { call } from "../rest.js";
import { icon } from "../ui/icons.js";
import { foundElement } from "./found.js";
import { openPanel } from "./panel.js";
import { ready } from "./parts.js";

/** @param {import("../client.js").Client} client @param {import("../doors.js").Place} place */
export async function openPins(client, { channelId, anchor }) {
  const list = h("div", { class: "panel-body", "aria-busy": "true" }, h("p", { class: "hint" }, "Loading…"));
  const panel = await openPanel(client, { id: "pins", title: "Pinned messages", anchor, body: [list] });
  if (!panel) return;
  const { store } = client;
  const path = `/channels/${channelId}/messages/pins`;
  const draw = async () => {
    const page = await call("GET", `${path}?limit=50`);
    await ready(page.items.map((/** @type {{message: import("../types.js").Message}} */ { message }) => message));
    const mayUnpin = may(store, { channelId }, "PIN_MESSAGES");
    list.removeAttribute("aria-busy");
    list.replaceChildren(...page.items.map((/** @type {{message: import("../types.js").Message}} */ { message }) =>
      foundElement(message, store, { buttons: [mayUnpin && h("button", {
        type: "button", class: "link", onclick: () => void client.try(call("DELETE", `${path}/${message.id}`)),
      }, "Unpin")] })));
    if (page.items.length === 0) {
      list.replaceChildren(h("div", { class: "panel-empty" }, icon("pin"), h("p", {}, "Nothing is pinned here yet."),
        h("p", { class: "hint" }, "Pin what people should find again from the menu of a message.")));
    }
  };
  let seen = store.channels.get(channelId ?? "")?.last_pin_timestamp;
  const end = store.subscribe(["channels"], () => {
    if (!panel.element.isConnected) return end();
    const latest = store.channels.get(channelId ?? "")?.last_pin_timestamp;
    if (latest !== seen) void client.try(draw());
    seen = latest;
  });
  if (!await client.try(draw())) panel.close();
  else void call("POST", `/channels/${channelId}/pins/ack`, {}).catch(() => {});
  panel.element.focus();
}
