/** Doors for the administrators of the server. */

import { go } from "../router.js";

/** @type {import("../doors.js").Door[]} */
export const ADMIN_DOORS = [
  {
    name: "admin", on: ["me"], label: "Administration", icon: "admin",
    may: (store) => store.me?.admin === true, open: () => go("/admin"),
  },
];
