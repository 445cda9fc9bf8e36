/** Emoji of one's own: put up, called otherwise, deleted. */

import { h, reconcile } from "../dom.js";
import { may } from "../permissions.js";
import { call, submit } from "../rest.js";
import { button, iconButton } from "../ui/buttons.js";
import { confirm, openForm } from "../ui/dialog.js";
import { refusal } from "../dialogs/refusal.js";
import { pictureField } from "../ui/picture.js";
import { live } from "./live.js";
import { counted, nothing } from "./parts.js";

/** @typedef {import("../client.js").Client} Client */
/** @typedef {import("../types.js").Emoji} Emoji */

const SIDE_PX = 128;
const NAME = {
  name: "name", label: "Name", required: true, hint: "Letters, digits and underscores; written between colons.",
  attributes: { minlength: 2, maxlength: 32, autocomplete: "off", spellcheck: "false", autocapitalize: "none" },
};

/** @param {Client} client @param {import("./page.js").GuildPlace} place */
export function emoji(client, { guildId }) {
  const { store } = client;
  const list = h("ul", { class: "expressions" });
  const empty = nothing("No emoji yet", "A picture of up to 256 KiB, and a name for it.");
  const words = h("p", { class: "lead", role: "status" });
  const managesAll = () => may(store, { guildId }, "MANAGE_GUILD_EXPRESSIONS");

  function draw() {
    const all = [...(store.guilds.get(guildId)?.emojis.values() ?? [])].sort((a, b) => a.name.localeCompare(b.name));
    words.textContent = `${counted(all.length, "emoji", "emoji")}. There is room for 50 still and 50 moving ones.`;
    empty.hidden = all.length > 0;
    reconcile(list, all.map((one) => ({
      key: one.id, signature: `${one.name} ${managesAll()}`,
      build: () => h("li", { "data-emoji-id": one.id },
        h("img", { src: `/emojis/${one.id}.${one.animated ? "gif" : "png"}?size=96`, alt: "", width: 48, height: 48, loading: "lazy" }),
        h("code", {}, `:${one.name}:`),
        (managesAll() || one.user?.id === store.me?.id) && h("span", { class: "row-buttons" },
          iconButton("edit", `Rename ${one.name}`, { onclick: () => void rename(one) }),
          iconButton("delete", `Delete ${one.name}`, { onclick: () => void remove(one) }))),
    })));
  }

  const add = () => openForm({
    title: "New emoji", id: "new-emoji", submit: "Add it",
    fields: [pictureField({ name: "image", label: "Picture", size_px: SIDE_PX }), NAME],
    send: async ({ image, name }) => {
      if (!image) throw refusal("image", "It needs a picture.");
      return submit("POST", `/guilds/${guildId}/emojis`, { image, name });
    },
  });

  /** @param {Emoji} one */
  const rename = ({ id, name }) => openForm({
    title: `Rename :${name}:`, id: "rename-emoji", submit: "Save", fields: [{ ...NAME, value: name }],
    send: (values) => submit("PATCH", `/guilds/${guildId}/emojis/${id}`, values),
  });

  /** @param {Emoji} one */
  async function remove({ id, name }) {
    const agreed = await confirm({
      title: `Delete :${name}:?`, id: "delete-emoji", yes: "Delete it", body: ["Where it was written, its name stays."],
    });
    if (agreed) await client.try(call("DELETE", `/guilds/${guildId}/emojis/${id}`));
  }

  live(client, ["emojis", "roles"], draw);
  return h("div", {}, h("div", { class: "section-lead" }, words, button("New emoji", () => void add(), "primary")), empty, list);
}
