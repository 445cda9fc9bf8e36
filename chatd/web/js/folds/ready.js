/** READY: a new session, and all that is one's own. */

import { removeGuild } from "./guilds.js";
import { setChannel } from "./channels.js";
import { notificationKey } from "./people.js";

/** @type {import("./index.js").Folds} */
export const READY_FOLDS = {
  READY(store, data) {
    store.me = data.user;
    store.users.set(data.user.id, data.user);
    store.ready = true;
    // What happened between the last session and this was not told to us. Guilds we know stay on screen until
    // GUILD_CREATE replaces them.
    const ids = new Set(data.guilds.map((/** @type {{id: string}} */ guild) => guild.id));
    for (const id of store.guilds.keys()) if (!ids.has(id)) removeGuild(store, id);
    store.awaited = ids;
    store.reads = new Map(data.read_state.entries.map(
      (/** @type {any} */ { id, last_message_id, mention_count }) =>
        [id, { last: last_message_id, mentions: mention_count }]));
    store.relationships = keyed(data.relationships ?? [], ({ id }) => id);
    for (const { user } of store.relationships.values()) store.users.set(user.id, user);
    store.settings = data.user_settings ?? {};
    store.notifications = keyed(data.user_guild_settings?.entries ?? [], notificationKey);
    for (const channel of store.channels.values()) if (!channel.guild_id) store.channels.delete(channel.id);
    for (const channel of data.private_channels ?? []) setChannel(store, channel);
    for (const { user, status, activities } of data.presences ?? []) {
      store.presences.set(user.id, { status, activities });
    }
    for (const [id, timeline] of store.timelines) {
      if (id === store.open) timeline.miss();
      else store.timelines.delete(id);
    }
    for (const window of store.windows.values()) window.miss();
    store.tellAll("open", "guilds", "channels", "roles", "members", "messages", "relationships", "settings");
  },
};

/** @param {any[]} list @param {(one: any) => string} keyOf */
const keyed = (list, keyOf) => new Map(list.map((one) => [keyOf(one), one]));
