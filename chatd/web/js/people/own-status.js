/** To choose what one is to others. */

import { call } from "../rest.js";

/** All of one's devices hear of it, and tell it: presence.js. @param {import("../client.js").Client} client @param {string} status */
export const chooseStatus = (client, status) =>
  client.try(call("PATCH", "/users/@me/settings", { status }).then((settings) => client.store.apply("USER_SETTINGS_UPDATE", settings)));
