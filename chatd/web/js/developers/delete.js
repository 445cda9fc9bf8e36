/** The end of an application. */

import { h } from "../dom.js";
import * as rest from "../rest.js";
import { go } from "../router.js";
import { button } from "../ui/buttons.js";
import { confirm } from "../ui/dialog.js";
import { toast } from "../ui/toast.js";
import { inGuilds } from "./parts.js";

/** @param {import("../client.js").Client} client @param {import("./parts.js").Application} application */
export function deletion(client, application) {
  async function ask() {
    const agreed = await confirm({
      title: `Delete ${application.name}?`, id: "delete-application", yes: "Delete it",
      body: [`The bot is ${inGuilds(application.approximate_guild_count)}. This cannot be taken back.`],
    });
    if (!agreed) return;
    await client.try(rest.submit("POST", `/applications/${application.id}/delete`).then(() => {
      go("/developers");
      toast(`${application.name} is deleted.`);
    }));
  }
  return h("div", {},
    h("p", { class: "lead" }, "The bot leaves every guild, its token dies, and its commands and emoji are gone. ",
      "What it has said stays, under another name."),
    button("Delete the application", () => void ask(), "danger"));
}
