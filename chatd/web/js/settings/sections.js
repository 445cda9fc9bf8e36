/** What can be set, in the order of the list; each section is loaded when it is chosen. */

/** @type {import("../ui/sections.js").Section[]} */
export const SETTINGS = [
  {
    slug: "appearance", name: "Appearance", group: "This device",
    build: async () => (await import("./appearance.js")).appearance(),
  },
];
