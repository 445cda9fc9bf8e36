/** One's own settings, /settings/<section>. The sections are in sections.js. */

import { sectionsPage } from "../ui/sections.js";
import { SETTINGS } from "./sections.js";

/** @param {import("../client.js").Client} client @param {string[]} rest */
export const show = (client, [chosen]) =>
  sectionsPage({ client, title: "Settings", base: "/settings", chosen, sections: SETTINGS });
