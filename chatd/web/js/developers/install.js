/** The link by which others let the bot into their guilds, with the permissions that it asks for. */

import { h } from "../dom.js";
import { PERMISSION_GROUPS } from "../permission-words.js";
import { Permission } from "../permissions.js";
import { copyable } from "../ui/copyable.js";

/** @param {import("./parts.js").Application} application */
export function install(application) {
  let asked = 0n;
  const link = copyable("Link", linkOf(application.id, asked));
  const open = h("a", { class: "primary", href: linkOf(application.id, asked) }, "Add it to a guild");
  const groups = PERMISSION_GROUPS.map(({ name, permissions }) =>
    h("fieldset", { class: "permission-group" }, h("legend", {}, name), ...permissions.map(([key, label]) =>
      h("label", { class: "permission" },
        h("input", { type: "checkbox", value: key, onchange: change }), h("span", {}, label)))));

  /** @param {Event} event */
  function change({ target }) {
    const box = /** @type {HTMLInputElement} */ (target);
    const one = Permission[/** @type {import("../permissions.js").PermissionName} */ (box.value)];
    asked = box.checked ? asked | one : asked & ~one;
    link.set(linkOf(application.id, asked));
    open.href = linkOf(application.id, asked);
  }

  return h("div", {},
    h("p", { class: "lead" }, "Whoever follows the link is asked which of their guilds the bot may come to. It ",
      "comes with a role of its own that grants what is ticked here, as far as they have it themselves."),
    link.element, h("p", {}, open), h("h3", {}, "Permissions to ask for"),
    h("div", { class: "permission-groups" }, ...groups));
}

/** @param {string} id @param {bigint} permissions */
function linkOf(id, permissions) {
  const query = new URLSearchParams({ client_id: id, scope: "bot applications.commands", permissions: String(permissions) });
  return `${location.origin}/oauth2/authorize?${query}`;
}
