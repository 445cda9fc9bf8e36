/** Members of guilds, users, and who is here. */

/** @typedef {import("../store.js").Store} Store */

/** @type {import("./index.js").Folds} */
export const MEMBER_FOLDS = {
  GUILD_MEMBER_ADD(store, { guild_id, ...member }) {
    const guild = store.guilds.get(guild_id);
    if (!guild) return;
    if (!guild.members.has(member.user.id)) guild.member_count += 1;
    guild.members.set(member.user.id, member);
    store.tell("members");
  },

  GUILD_MEMBER_UPDATE(store, { guild_id, ...member }) {
    const guild = store.guilds.get(guild_id);
    const known = guild?.members.get(member.user.id);
    guild?.members.set(member.user.id, { ...known, ...member });
    // One's own roles decide what one may do.
    if (member.user.id === store.me?.id) store.tell("roles");
    store.tell("members");
  },

  GUILD_MEMBER_REMOVE(store, { guild_id, user }) {
    const guild = store.guilds.get(guild_id);
    if (guild?.members.delete(user.id)) guild.member_count -= 1;
    store.tell("members");
  },

  GUILD_MEMBERS_CHUNK(store, { guild_id, members, presences = [] }) {
    store.addMembers(guild_id, members);
    for (const presence of presences) setPresence(store, presence);
  },

  USER_UPDATE(store, user) {
    store.me = { ...store.me, ...user };
    store.users.set(user.id, { ...store.users.get(user.id), ...user });
    for (const { members } of store.guilds.values()) {
      const member = members.get(user.id);
      if (member) members.set(user.id, { ...member, user: { ...member.user, ...user } });
    }
    store.tell("members");
  },

  PRESENCE_UPDATE(store, presence) {
    setPresence(store, presence);
    store.tell("members");
  },
};

/**
 * @param {Store} store
 * @param {{user: {id: string}, status: string, activities?: import("../types.js").Activity[]}} presence
 */
export function setPresence(store, { user, status, activities = [] }) {
  // One's own status may be "invisible"; it looks like offline.
  const here = status === "online" || status === "idle" || status === "dnd";
  if (here) store.presences.set(user.id, { status, activities });
  else store.presences.delete(user.id);
}
