/** Doors for the administrators of the server. */

/** @type {import("../doors.js").Door[]} */
export const ADMIN_DOORS = [];
