/** Forwarding: to which chat a message is passed on. */

import { isChat, isThread } from "../channel-types.js";
import { may } from "../permissions.js";
import { submit } from "../rest.js";
import { chatsOf, directMessages, guildsInOrder } from "../select/channels.js";
import { openForm } from "../ui/dialog.js";
import { toast } from "../ui/toast.js";

const FORWARD = 1;

/** @param {import("../client.js").Client} client @param {import("../doors.js").Place} place */
export async function forward(client, { guildId, channelId, messageId }) {
  const { store } = client;
  const here = store.channels.get(channelId ?? "");
  const chats = [
    ...(here && isThread(here) ? [here] : []), ...directMessages(store),
    ...guildsInOrder(store).flatMap(({ id }) => chatsOf(store, id)),
  ].filter((channel) => isChat(channel) && may(store, { channelId: channel.id }, "SEND_MESSAGES"));
  const options = chats.map((channel) => {
    const guild = store.guilds.get(channel.guild_id ?? "");
    return { value: channel.id, label: guild ? `#${channel.name} · ${guild.name}` : store.titleOf(channel) };
  });
  const sent = await openForm({
    title: "Forward", id: "forward", submit: "Forward",
    fields: [{ name: "channel_id", label: "To", type: "select", options, value: channelId ?? "" }],
    send: ({ channel_id }) => submit("POST", `/channels/${channel_id}/messages`, {
      message_reference: { type: FORWARD, message_id: messageId, channel_id: channelId, ...(guildId && { guild_id: guildId }) },
    }),
  });
  const to = sent && store.channels.get(sent.channel_id);
  if (to && to.id !== store.open) toast("Forwarded.", { action: { label: "Go there", run: () => client.goTo(to) } });
}
