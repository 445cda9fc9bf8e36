/** A guild's name, picture and words, and where its own notices go. */

import { savedForm } from "../ui/saved-form.js";
import { Type } from "../channel-types.js";
import { submit } from "../rest.js";
import { sectionsOf } from "../select/channels.js";
import { pictureField } from "../ui/picture.js";

const QUIET_ABOUT_JOINS = 1;

/** @param {import("../client.js").Client} client @param {import("./page.js").GuildPlace} place */
export function overview({ store }, { guildId }) {
  const guild = /** @type {import("../types.js").Guild} */ (store.guilds.get(guildId));
  const texts = sectionsOf(store, guildId).flatMap(({ channels }) => channels.map(({ channel }) => channel))
    .filter(({ type }) => type === Type.TEXT || type === Type.NEWS);
  const flags = guild.system_channel_flags ?? 0;
  return savedForm({
    fields: [
      pictureField({
        name: "icon", label: "Picture", hint: "A square; 512 pixels are enough.",
        src: guild.icon ? `/icons/${guild.id}/${guild.icon}.png?size=256` : null,
      }),
      { name: "name", label: "Name", value: guild.name, required: true, attributes: { maxlength: 100, autocomplete: "off" } },
      {
        name: "description", label: "Description", type: "textarea", optional: true, value: guild.description ?? "",
        attributes: { maxlength: 300 }, hint: "Whoever is invited reads it.",
      },
      {
        name: "system_channel_id", label: "Notices go to", type: "select", value: guild.system_channel_id ?? "",
        options: [{ value: "", label: "nowhere" }, ...texts.map(({ id, name }) => ({ value: id, label: `#${name}` }))],
      },
      { name: "joins", label: "Say who joins", type: "checkbox", value: !(flags & QUIET_ABOUT_JOINS) },
      {
        name: "default_message_notifications", label: "Members are notified of", type: "radio",
        value: String(guild.default_message_notifications ?? 0), options: [
          { value: "0", label: "Everything" },
          { value: "1", label: "Mentions only", hint: "Better for large guilds. Each member can choose otherwise." },
        ],
      },
    ],
    send: ({ joins, ...values }) => submit("PATCH", `/guilds/${guildId}`, {
      ...values, description: values.description.trim() || null, system_channel_id: values.system_channel_id || null,
      system_channel_flags: joins ? flags & ~QUIET_ABOUT_JOINS : flags | QUIET_ABOUT_JOINS,
      default_message_notifications: Number(values.default_message_notifications),
    }),
  });
}
