/** Doors to what bots can do with a message or a person: the commands of their menus, under "Apps". */

/** @typedef {import("../store.js").Store} Store */
/** @typedef {import("../doors.js").Place} Place */

const EPHEMERAL = 1 << 6;

/** @type {import("../doors.js").Door[]} */
export const INTERACTION_DOORS = [
  {
    name: "apps", on: ["message", "member"], label: "Apps…", icon: "bot", group: "apps",
    may: (store, place) => hasBots(store, place) && isSeenByAll(store, place),
    open: async (client, place) => (await import("../interactions/menu-commands.js")).openApps(client, place),
  },
];

/** Without a bot there is nothing to choose. @param {Store} store @param {Place} place */
function hasBots(store, { channelId }) {
  const channel = store.channels.get(channelId ?? "");
  const people = channel?.guild_id ? [...(store.guilds.get(channel.guild_id)?.members.values() ?? [])].map(({ user }) => user)
    : channel?.recipients ?? [];
  return people.some(({ bot }) => bot);
}

/** Of what only we are shown no bot is told. @param {Store} store @param {Place} place */
const isSeenByAll = (store, { channelId, messageId }) =>
  !messageId || !((store.messageOf(channelId ?? "", messageId)?.flags ?? 0) & EPHEMERAL);
