/** The settings of a channel or a category, /channel/<id>/<section>. */

import { isForum, isPrivate, isThread, Type } from "../channel-types.js";
import { pathOf } from "../paths.js";
import { may } from "../permissions.js";
import { go } from "../router.js";
import { sectionsPage } from "../ui/sections.js";
import { styles } from "../ui/styles.js";
import { toast } from "../ui/toast.js";
import { live } from "./live.js";
import { notHere } from "./page.js";

/** @typedef {import("../client.js").Client} Client */
/** @typedef {{guildId: string, channelId: string, rest: string[]}} ChannelPlace */

/** @type {import("../ui/sections.js").Section[]} */
const SECTIONS = [
  {
    slug: "overview", name: "Overview", may: ({ store }, place) => may(store, place, "MANAGE_CHANNELS"),
    build: async (client, place) => (await import("./channel-overview.js")).channelOverview(client, place),
  },
  {
    slug: "permissions", name: "Permissions", may: ({ store }, place) => may(store, place, "MANAGE_ROLES"),
    build: async (client, place) => (await import("./overwrites.js")).overwrites(client, place),
  },
  {
    slug: "tags", name: "Tags",
    may: ({ store }, place) => {
      const channel = store.channels.get(place.channelId);
      return channel !== undefined && isForum(channel) && may(store, place, "MANAGE_CHANNELS");
    },
    build: async (client, place) => (await import("./tags.js")).tags(client, place),
  },
  {
    slug: "webhooks", name: "Webhooks",
    may: ({ store }, place) => store.channels.get(place.channelId)?.type !== Type.CATEGORY && may(store, place, "MANAGE_WEBHOOKS"),
    build: async (client, place) => (await import("./webhooks.js")).webhooks(client, place),
  },
  {
    slug: "delete", name: "Delete", may: ({ store }, place) => may(store, place, "MANAGE_CHANNELS"),
    build: async (client, place) => (await import("./channel-overview.js")).channelEnd(client, place),
  },
];

/** @param {Client} client @param {string[]} path */
export async function show(client, [channelId = "", chosen, ...rest]) {
  await styles("making", "guild", "developers");
  const { store } = client;
  const channel = store.channels.get(channelId);
  if (!channel || isPrivate(channel) || isThread(channel)) return notHere();
  const place = { guildId: channel.guild_id ?? "", channelId, rest };
  const open = () => SECTIONS.filter((section) => section.may?.(client, place)).map(({ slug }) => slug);
  if (open().length === 0) return notHere();
  const isCategory = channel.type === Type.CATEGORY;
  const titleOf = () => (isCategory ? "" : "#") + (store.channels.get(channelId)?.name ?? "");
  const close = () => {
    const now = store.channels.get(channelId);
    return now && !isCategory ? go(pathOf(now)) : client.leavePage();
  };
  const page = await sectionsPage({
    client, title: titleOf(), base: `/channel/${channelId}`, chosen, sections: SECTIONS, place, onclose: close,
  });
  live(client, ["channels", "guilds", "roles"], () => {
    const title = page.querySelector("h1");
    const there = store.channels.has(channelId);
    if (there && title && title.textContent !== titleOf()) title.textContent = titleOf();
    if (there && open().length > 0 && (chosen === undefined || open().includes(chosen) || !SECTIONS.some(({ slug }) => slug === chosen))) return;
    toast(there ? "You may not change this here any more." : "The channel is gone.");
    client.leavePage();
  });
  return page;
}
