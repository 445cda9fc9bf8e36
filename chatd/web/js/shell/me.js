/** One's own panel: name, presence and custom status, and the doors on oneself. */

import { h, reconcile } from "../dom.js";
import { doorsOn, labelOf, menuOf } from "../doors.js";
import { customStatusOf } from "../select/people.js";
import { avatar } from "../ui/avatar.js";
import { iconButton } from "../ui/buttons.js";
import { menuButton } from "../ui/menu.js";

/** @typedef {import("../client.js").Client} Client */

/** @param {Client} client @param {HTMLElement} place */
export function showMe(client, place) {
  const { store } = client;
  const face = h("span", { class: "me-face" });
  const name = h("b"), handle = h("span");
  const card = h("button", { type: "button", class: "me-card", "aria-label": "Your account" }, face,
    h("span", { class: "me-name" }, name, handle));
  menuButton(card, () => menuOf(client, "me", {}), "Your account");
  const buttons = h("div", { class: "me-buttons" });
  place.append(card, buttons);
  store.subscribe(["members", "open", "settings"], () => {
    const { me } = store;
    if (!me) return;
    const called = store.nameOf(me);
    // Presence is told per guild: without one, nobody sees ours and neither do we.
    const status = store.guilds.size > 0 ? store.statusOf(me.id) : undefined;
    const signature = [me.avatar, called, status].join();
    reconcile(face, [{ key: "face", signature, build: () => avatar(me, called, status) }]);
    name.textContent = called;
    handle.textContent = customStatusOf(store, me.id) || `@${me.username}`;
    card.setAttribute("aria-label", `${called}, your account`);
    reconcile(buttons, doorsOn(store, "me", {}).filter(({ main }) => main).map((door) => ({
      key: door.name, signature: labelOf(store, door, {}),
      build: () => iconButton(door.icon, labelOf(store, door, {}), {
        "data-door": door.name, onclick: () => void door.open(client, {}),
      }),
    })));
  });
}
