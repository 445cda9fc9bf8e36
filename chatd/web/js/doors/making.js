/** Doors to make and change guilds, channels, roles, invites. */

/** @type {import("../doors.js").Door[]} */
export const MAKING_DOORS = [];
