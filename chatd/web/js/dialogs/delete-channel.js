/** The question before a channel or a category is gone. */

import { Type } from "../channel-types.js";
import { call } from "../rest.js";
import { confirm } from "../ui/dialog.js";
import { toast } from "../ui/toast.js";

/** @param {import("../client.js").Client} client @param {import("../doors.js").Place} place @returns {Promise<boolean>}  it is gone */
export async function deleteChannel(client, { channelId }) {
  const channel = client.store.channels.get(channelId ?? "");
  if (!channel) return false;
  const isCategory = channel.type === Type.CATEGORY;
  const agreed = await confirm({
    title: isCategory ? `Delete the category ${channel.name}?` : `Delete #${channel.name}?`, id: "delete-channel",
    yes: isCategory ? "Delete the category" : "Delete the channel",
    body: [isCategory ? "Its channels stay, and are in no category then."
      : "Everything that was said in it is gone with it. This cannot be taken back."],
  });
  if (!agreed) return false;
  return client.try(call("DELETE", `/channels/${channel.id}`).then(() => toast(`${channel.name} is deleted.`)));
}
