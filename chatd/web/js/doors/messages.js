/** Doors on messages, and on the header of a channel. */

/** @type {import("../doors.js").Door[]} */
export const MESSAGE_DOORS = [];
