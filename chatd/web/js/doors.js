/**
 * Doors: everything that a person can do to something, one row each, in a file per subject below doors/.
 *
 * The shell never knows a dialog by name. It asks which doors there are on a guild, a channel, a member …
 * that may be used here, and shows them as a button or in the menu of that thing. What lies behind a door is
 * loaded when it is opened. So a new dialog is one row here and one file of its own.
 */

import { ADMIN_DOORS } from "./doors/admin.js";
import { CHANNEL_DOORS } from "./doors/channels.js";
import { INTERACTION_DOORS } from "./doors/interactions.js";
import { MAKING_DOORS } from "./doors/making.js";
import { PEOPLE_DOORS } from "./doors/people.js";

/** @typedef {import("./client.js").Client} Client */
/** @typedef {import("./store.js").Store} Store */

/**
 * What a door is on:
 *
 *     rail      the foot of the guild rail
 *     home      direct messages: the button above their list
 *     me        one's own panel
 *     guild     the menu under a guild's name, and its menu in the rail
 *     category  the menu of a category; `main` doors are its button
 *     channel   the menu of a channel or thread; `main` doors are buttons beside its name
 *     header    the buttons at the end of the header of the open channel
 *     member    the menu of a person; the `main` door is what a click does
 *     message   the menu of a message; `main` doors are its buttons
 * @typedef {"rail" | "home" | "me" | "guild" | "category" | "channel" | "header" | "member" | "message"} On
 *
 * @typedef {{guildId?: string | null, channelId?: string | null, userId?: string, messageId?: string,
 *   anchor?: HTMLElement}} Place   what it is about; `anchor` is the control that was pressed
 *
 * @typedef {object} Door
 * @property {string} name            unique, for tests and for `open`
 * @property {On[]} on
 * @property {string | ((store: Store, place: Place) => string)} label
 * @property {string} icon
 * @property {boolean} [main]
 * @property {boolean} [danger]
 * @property {string} [group]         entries of one group stand together in a menu, between lines
 * @property {(store: Store, place: Place) => boolean} [checked]  a choice: its entry has a tick where it holds
 * @property {string} [keys]          a shortcut that opens it for what is on screen
 * @property {(store: Store, place: Place) => boolean} [may]   absent: everybody may
 * @property {(client: Client, place: Place) => unknown} open
 */

/** In the order in which menus list them. @type {Door[]} */
export const DOORS = [...CHANNEL_DOORS, ...PEOPLE_DOORS, ...INTERACTION_DOORS, ...MAKING_DOORS, ...ADMIN_DOORS];

/** Doors that are loaded with what they are on come before the others. @param {Door[]} doors */
export function addDoors(doors) {
  DOORS.unshift(...doors);
}

/** @param {Store} store @param {On} on @param {Place} place */
export function doorsOn(store, on, place) {
  return DOORS.filter((door) => door.on.includes(on) && (door.may?.(store, place) ?? true));
}

/** @param {Store} store @param {Door} door @param {Place} place */
export const labelOf = (store, door, place) =>
  (typeof door.label === "string" ? door.label : door.label(store, place));

/**
 * As entries of a menu, a line between groups; those that destroy come last.
 * @param {Client} client
 * @param {On} on
 * @param {Place} place
 * @returns {import("./ui/menu.js").Entry[]}
 */
export function menuOf(client, on, place) {
  const doors = doorsOn(client.store, on, place);
  const entry = (/** @type {Door} */ door) => ({
    label: labelOf(client.store, door, place), icon: door.icon, danger: door.danger,
    checked: door.checked?.(client.store, place), run: () => door.open(client, place),
  });
  const ordered = [...doors.filter(({ danger }) => !danger), ...doors.filter(({ danger }) => danger)];
  return ordered.flatMap((door, at) => {
    const before = ordered[at - 1];
    const begins = before && (before.group !== door.group || Boolean(before.danger) !== Boolean(door.danger));
    return begins ? ["line", entry(door)] : [entry(door)];
  });
}
