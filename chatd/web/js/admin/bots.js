/** Every bot of the server, whoever made it. */

import { h } from "../dom.js";
import { call } from "../rest.js";
import { avatar } from "../ui/avatar.js";
import { copyable } from "../ui/copyable.js";
import { confirm, openDialog } from "../ui/dialog.js";
import { orToast } from "../ui/toast.js";
import { readPart, table, when } from "./parts.js";

/** @typedef {import("../types.js").User & {owner: import("../types.js").User | null, created_at: string, online: boolean}} Bot */

export function bots() {
  const list = readPart(async () => {
    /** @type {{bots: Bot[]}} */
    const { bots: all } = await call("GET", "/admin/bots");
    return [table("Bots", ["Name", "Owner", "Made", "", ""], all.map((bot) => row(bot, list.again)), "There are no bots yet.")];
  });
  return h("div", {},
    h("p", { class: "hint" }, "Bots are made on the page for ", h("a", { href: "/developers" }, "developers"), "."),
    list.element);
}

/** @param {Bot} bot @param {() => void} again */
function row(bot, again) {
  return h("tr", { "data-user-id": bot.id },
    h("th", { scope: "row" }, h("span", { class: "admin-who" }, avatar(bot, bot.username, bot.online ? "online" : "offline"),
      h("b", {}, h("bdi", {}, bot.username)))),
    h("td", {}, bot.owner ? `@${bot.owner.username}` : "nobody"), h("td", {}, when(bot.created_at)),
    h("td", {}, h("button", { type: "button", class: "plain", onclick: () => void reset(bot) }, "Reset token")),
    h("td", {}, h("button", { type: "button", class: "danger", onclick: () => void remove(bot, again) }, "Delete")));
}

/** @param {Bot} bot */
async function reset(bot) {
  const agreed = await confirm({
    title: `Another token for ${bot.username}?`, yes: "Reset token",
    body: ["The bot is disconnected at once, and needs the new one to come back."],
  });
  if (!agreed) return;
  await orToast(call("POST", `/admin/bots/${bot.id}/token`).then(({ token }) => {
    const { element } = copyable("Token", token, "It is shown this once.");
    const { close } = openDialog({
      title: `Token of ${bot.username}`, body: [element],
      buttons: [h("button", { type: "button", class: "primary", onclick: () => close() }, "Done")],
    });
  }));
}

/** @param {Bot} bot @param {() => void} again */
async function remove(bot, again) {
  const agreed = await confirm({
    title: `Delete ${bot.username}?`, yes: "Delete for good",
    body: ["Its application, commands and webhooks' owner are gone for good. What it has said stays."],
  });
  if (agreed && await orToast(call("DELETE", `/admin/bots/${bot.id}`))) again();
}
