/** What one is called in a guild. */

import { submit } from "../rest.js";
import { openForm } from "../ui/dialog.js";

/** @param {import("../client.js").Client} client @param {{guildId?: string | null}} place */
export function ownNickname({ store }, { guildId }) {
  const guild = store.guilds.get(guildId ?? "");
  const { me } = store;
  if (!guild || !me) return;
  return openForm({
    title: `Your name in ${guild.name}`, id: "own-nickname", submit: "Save",
    fields: [{
      name: "nick", label: "Nickname", value: guild.members.get(me.id)?.nick ?? "",
      hint: "Without one you are called as everywhere else.",
      attributes: { maxlength: 32, autocomplete: "off", placeholder: me.global_name ?? me.username },
    }],
    send: ({ nick }) => submit("PATCH", `/guilds/${guild.id}/members/@me`, { nick: nick.trim() || null }),
  });
}
