/** Doors on people, and on oneself. */

import { go } from "../router.js";

/** @type {import("../doors.js").Door[]} */
export const PEOPLE_DOORS = [
  {
    name: "message-somebody", on: ["member"], main: true, label: "Send a message", icon: "message",
    // Nobody reads what is written to the server's own user.
    may: (store, { userId }) => userId !== store.me?.id && !store.users.get(userId ?? "")?.system,
    open: (client, { userId }) => client.openDirectMessage(userId ?? ""),
  },
  { name: "settings", on: ["me"], main: true, label: "Settings", icon: "gear", keys: "Mod+,", open: () => go("/settings") },
  { name: "developers", on: ["me"], label: "Applications", icon: "bot", open: () => go("/developers") },
  { name: "sign-out", on: ["me"], label: "Sign out", icon: "exit", danger: true, open: (client) => client.signOut() },
];
