/** Webhooks: addresses by which programs write in a channel. Of a guild, or of one channel of it. */

import { isThread, Type } from "../channel-types.js";
import { h } from "../dom.js";
import { may } from "../permissions.js";
import { call, submit } from "../rest.js";
import { avatar } from "../ui/avatar.js";
import { button, iconButton } from "../ui/buttons.js";
import { confirm, openForm } from "../ui/dialog.js";
import { pictureField } from "../ui/picture.js";
import { toast } from "../ui/toast.js";
import { onDispatch } from "./live.js";
import { lead, loadInto, nothing } from "./parts.js";

/** @typedef {import("../client.js").Client} Client */
/**
 * @typedef {object} Webhook
 * @property {string} id
 * @property {number} type          1 posts what is sent to it, 2 follows a channel
 * @property {string} name
 * @property {string | null} avatar
 * @property {string} channel_id
 * @property {string} [url]
 * @property {import("../types.js").User} [user]
 * @property {{name: string}} [source_channel]
 */

/** @param {Client} client @param {{guildId: string, channelId?: string}} place */
export function webhooks(client, { guildId, channelId }) {
  const { store } = client;
  const body = h("div", {});
  const channels = [...store.channels.values()].filter((one) => one.guild_id === guildId && one.type !== Type.CATEGORY
    && !isThread(one) && may(store, { channelId: one.id }, "MANAGE_WEBHOOKS"));
  const channelField = (/** @type {string | undefined} */ value) => ({
    name: "channel_id", label: "Writes in", type: /** @type {const} */ ("select"), value,
    options: channels.map(({ id, name }) => ({ value: id, label: `#${name}` })),
  });
  const load = () => loadInto(body, () => call("GET", channelId ? `/channels/${channelId}/webhooks` : `/guilds/${guildId}/webhooks`),
    (/** @type {Webhook[]} */ all) => body.replaceChildren(all.length > 0 ? h("ul", { class: "cards" }, ...all.map(card))
      : nothing("No webhooks", "A program that has the address of one writes here without an account.")));

  /** @param {Webhook} webhook */
  function card(webhook) {
    const { id, name, url, user, channel_id, source_channel } = webhook;
    const isolated = (/** @type {string} */ words) => h("bdi", {}, words);
    return h("li", { class: "row-card", "data-webhook-id": id }, h("span", { class: "row-face" }, avatar(webhook, name)),
      h("div", { class: "row-words" }, h("b", {}, name),
        h("span", {}, "Writes in ", isolated(`#${store.channels.get(channel_id)?.name ?? "…"}`),
          ...(source_channel ? [" what is published in ", isolated(`#${source_channel.name}`)] : []), ".",
          ...(user ? [" Made by ", isolated(store.nameOf(user, guildId)), "."] : []))),
      url && iconButton("copy", `Copy the address of ${name}`, { onclick: () => void copy(url) }),
      iconButton("edit", `Edit ${name}`, { onclick: () => void edit(webhook) }),
      iconButton("delete", `Delete ${name}`, { onclick: () => void remove(webhook) }));
  }

  const add = () => openForm({
    title: "New webhook", id: "new-webhook", submit: "Create webhook",
    fields: [
      pictureField({ name: "avatar", label: "Picture", round: true, size_px: 256 }),
      { name: "name", label: "Name", required: true, attributes: { maxlength: 80, autocomplete: "off" } },
      ...(channelId ? [] : [channelField(channels[0]?.id)]),
    ],
    send: ({ channel_id = channelId, ...values }) => submit("POST", `/channels/${channel_id}/webhooks`, values),
  });

  /** @param {Webhook} webhook */
  const edit = (webhook) => openForm({
    title: `Edit ${webhook.name}`, id: "edit-webhook", submit: "Save",
    fields: [
      pictureField({
        name: "avatar", label: "Picture", round: true, size_px: 256,
        src: webhook.avatar ? `/avatars/${webhook.id}/${webhook.avatar}.png?size=128` : null,
      }),
      { name: "name", label: "Name", required: true, value: webhook.name, attributes: { maxlength: 80, autocomplete: "off" } },
      channelField(webhook.channel_id),
    ],
    send: (values) => submit("PATCH", `/webhooks/${webhook.id}`, values),
  });

  /** @param {Webhook} webhook */
  async function remove({ id, name }) {
    const agreed = await confirm({
      title: `Delete ${name}?`, id: "delete-webhook", yes: "Delete it", body: ["Its address is dead then. What it has written stays."],
    });
    if (agreed) await client.try(call("DELETE", `/webhooks/${id}`));
  }

  onDispatch(client, ["WEBHOOKS_UPDATE"], (data) => data.guild_id === guildId && load());
  void load();
  return h("div", {}, lead("Whoever knows the address of a webhook can write by it. Keep it to yourself.",
    button("New webhook", () => void add(), "primary")), body);
}

/** @param {string} url */
async function copy(url) {
  try {
    await navigator.clipboard.writeText(url);
    toast("Copied.");
  } catch {
    toast(url, { stays: true });
  }
}
