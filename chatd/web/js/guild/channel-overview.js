/** A channel's name and what it is about, how fast one may write in it; and its end. */

import { isForum, isVocal, Type } from "../channel-types.js";
import { categoryField } from "../dialogs/new-channel.js";
import { deleteChannel } from "../dialogs/delete-channel.js";
import { h } from "../dom.js";
import { submit } from "../rest.js";
import { button } from "../ui/buttons.js";
import { savedForm } from "../ui/saved-form.js";

/** @typedef {import("../client.js").Client} Client */
/** @typedef {import("./channel-page.js").ChannelPlace} ChannelPlace */
/** @typedef {import("../ui/form.js").Field} Field */

const SLOW = [
  ["0", "off"], ["5", "5 seconds"], ["10", "10 seconds"], ["15", "15 seconds"], ["30", "30 seconds"], ["60", "1 minute"],
  ["120", "2 minutes"], ["300", "5 minutes"], ["600", "10 minutes"], ["900", "15 minutes"], ["1800", "30 minutes"],
  ["3600", "1 hour"], ["7200", "2 hours"], ["21600", "6 hours"],
];

/** @param {Client} client @param {ChannelPlace} place */
export function channelOverview({ store }, { guildId, channelId }) {
  const channel = /** @type {import("../types.js").Channel} */ (store.channels.get(channelId));
  const isCategory = channel.type === Type.CATEGORY;
  const convertible = channel.type === Type.TEXT || channel.type === Type.NEWS;
  const slow = String(channel.rate_limit_per_user ?? 0);
  const speeds = SLOW.some(([value]) => value === slow) ? SLOW : [...SLOW, [slow, `${slow} seconds`]];
  /** @type {(Field | false)[]} */
  const fields = [
    { name: "name", label: "Name", value: channel.name ?? "", required: true, attributes: { maxlength: 100, autocomplete: "off" } },
    !isCategory && !isVocal(channel) && {
      name: "topic", label: isForum(channel) ? "Guidelines" : "Topic", type: "textarea", optional: true, value: channel.topic ?? "",
      attributes: { maxlength: isForum(channel) ? 4096 : 1024 },
      hint: isForum(channel) ? "Whoever begins a post reads them." : "It stands beside the channel’s name.",
    },
    convertible && {
      name: "type", label: "Kind", type: "radio", value: String(channel.type), options: [
        { value: String(Type.TEXT), label: "Text" },
        { value: String(Type.NEWS), label: "Announcements", hint: "What is published here goes to the channels that follow it." },
      ],
    },
    !isCategory && categoryField(store, guildId, channel.parent_id ?? ""),
    !isCategory && {
      name: "rate_limit_per_user", label: "Slow mode", type: "select", value: slow,
      options: speeds.map(([value, label]) => ({ value, label })),
      hint: isForum(channel) ? "How long somebody waits between two posts." : "How long somebody waits between two messages.",
    },
    isVocal(channel) && {
      name: "user_limit", label: "Room for", type: "number", value: channel.user_limit ?? 0, attributes: { min: 0, max: 99 },
      hint: "People at a time; 0 is no limit.",
    },
    !isCategory && { name: "nsfw", label: "For adults only", type: "checkbox", value: channel.nsfw ?? false },
  ];
  const shown = /** @type {Field[]} */ (fields.filter(Boolean));
  return savedForm({
    fields: shown,
    send: (values) => submit("PATCH", `/channels/${channelId}`, {
      ...values,
      ...("topic" in values && { topic: values.topic.trim() || null }),
      ...("type" in values && { type: Number(values.type) }),
      ...("parent_id" in values && { parent_id: values.parent_id || null }),
      ...("rate_limit_per_user" in values && { rate_limit_per_user: Number(values.rate_limit_per_user) }),
    }),
  });
}

/** @param {Client} client @param {ChannelPlace} place */
export const channelEnd = (client, place) => h("div", {},
  h("p", { class: "lead" }, client.store.channels.get(place.channelId)?.type === Type.CATEGORY
    ? "The channels of the category stay, and are in none." : "What was said in it is gone with it, for everybody."),
  button("Delete it", () => void deleteChannel(client, place), "danger"));
