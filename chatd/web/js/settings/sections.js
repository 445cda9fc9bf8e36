/** What can be set, in the order of the list; each section is loaded when it is chosen. */

/** @type {import("../ui/sections.js").Section[]} */
export const SETTINGS = [
  { slug: "profile", name: "Profile", group: "You", build: async (client) => (await import("./profile.js")).profile(client) },
  { slug: "account", name: "Account", group: "You", build: async (client) => (await import("./account.js")).account(client) },
  { slug: "privacy", name: "Privacy", group: "You", build: async (client) => (await import("./privacy.js")).privacy(client) },
  { slug: "devices", name: "Devices", group: "You", build: async (client) => (await import("./devices.js")).devices(client) },
  {
    slug: "notifications", name: "Notifications", group: "This device",
    build: async () => (await import("./notifications.js")).notifications(),
  },
  {
    slug: "appearance", name: "Appearance", group: "This device",
    build: async (client) => (await import("./appearance.js")).appearance(client),
  },
  {
    slug: "shortcuts", name: "Shortcuts", group: "This device",
    build: async () => (await import("./shortcuts.js")).shortcuts(),
  },
];
