/** Stickers: larger than emoji, posted one at a time. */

import { refusal } from "../dialogs/refusal.js";
import { h, reconcile } from "../dom.js";
import { may } from "../permissions.js";
import { call, submit } from "../rest.js";
import { button, iconButton } from "../ui/buttons.js";
import { confirm, openForm } from "../ui/dialog.js";
import { live } from "./live.js";
import { counted, nothing } from "./parts.js";

/** @typedef {import("../client.js").Client} Client */
/** @typedef {import("../types.js").Sticker} Sticker */

const GIF = 4;

/** @param {Partial<Sticker>} [sticker] @returns {import("../ui/form.js").Field[]} */
const fieldsOf = ({ name = "", description = "", tags = "" } = {}) => [
  { name: "name", label: "Name", required: true, value: name, attributes: { minlength: 2, maxlength: 30, autocomplete: "off" } },
  { name: "tags", label: "Emoji", required: true, value: tags, attributes: { maxlength: 200, autocomplete: "off" }, hint: "The one that says the same." },
  { name: "description", label: "Description", optional: true, value: description, attributes: { maxlength: 100 }, hint: "For those who cannot see it." },
];

/** @param {Client} client @param {import("./page.js").GuildPlace} place */
export function stickers(client, { guildId }) {
  const { store } = client;
  const list = h("ul", { class: "expressions large" });
  const empty = nothing("No stickers yet", "A PNG, APNG or GIF of up to 320 pixels and 512 KiB.");
  const words = h("p", { class: "lead", role: "status" });

  function draw() {
    const all = [...(store.guilds.get(guildId)?.stickers.values() ?? [])].sort((a, b) => a.name.localeCompare(b.name));
    const manages = may(store, { guildId }, "MANAGE_GUILD_EXPRESSIONS");
    words.textContent = `${counted(all.length, "sticker")} of 60.`;
    empty.hidden = all.length > 0;
    reconcile(list, all.map((one) => ({
      key: one.id, signature: [one.name, one.description, one.tags, manages].join("\n"),
      build: () => h("li", { "data-sticker-id": one.id },
        h("img", { src: `/stickers/${one.id}.${one.format_type === GIF ? "gif" : "png"}`, alt: one.description ?? "", width: 96, height: 96, loading: "lazy" }),
        h("b", {}, one.name),
        manages && h("span", { class: "row-buttons" },
          iconButton("edit", `Edit ${one.name}`, { onclick: () => void edit(one) }),
          iconButton("delete", `Delete ${one.name}`, { onclick: () => void remove(one) }))),
    })));
  }

  const add = () => openForm({
    title: "New sticker", id: "new-sticker", submit: "Add it",
    fields: [{ name: "file", label: "File", type: "file", attributes: { accept: "image/png,image/apng,image/gif" } }, ...fieldsOf()],
    send: async ({ file, name, tags, description }) => {
      if (!file) throw refusal("file", "It needs a file.");
      const form = new FormData();
      for (const [key, value] of Object.entries({ name, tags, description })) form.set(key, value);
      form.set("file", file, file.name);
      return submit("POST", `/guilds/${guildId}/stickers`, form);
    },
  });

  /** @param {Sticker} one */
  const edit = (one) => openForm({
    title: `Edit ${one.name}`, id: "edit-sticker", submit: "Save",
    fields: fieldsOf({ ...one, description: one.description ?? "" }),
    send: ({ description, ...values }) =>
      submit("PATCH", `/guilds/${guildId}/stickers/${one.id}`, { ...values, description: description.trim() || null }),
  });

  /** @param {Sticker} one */
  async function remove({ id, name }) {
    const agreed = await confirm({ title: `Delete ${name}?`, id: "delete-sticker", yes: "Delete it", body: ["Nobody can post it then."] });
    if (agreed) await client.try(call("DELETE", `/guilds/${guildId}/stickers/${id}`));
  }

  live(client, ["emojis", "roles"], draw);
  return h("div", {}, h("div", { class: "section-lead" }, words, button("New sticker", () => void add(), "primary")), empty, list);
}
