/** The shortcuts of the shell: from channel to channel, and to the doors that have keys. */

import { isVocal } from "../channel-types.js";
import { DOORS } from "../doors.js";
import { chatsOf, directMessages, guildsInOrder } from "../select/channels.js";
import { unreadOf } from "../select/unread.js";
import { go } from "../router.js";
import { pathOf, pathOfGuild } from "../paths.js";
import { shortcut, tellShortcut } from "../ui/shortcuts.js";

/** @typedef {import("../client.js").Client} Client */

const GROUP = "Moving around";

/** @param {Client} client */
export function wireKeys(client) {
  const { store } = client;
  const chats = () => (store.openGuild ? chatsOf(store, store.openGuild).filter((one) => !isVocal(one)) : directMessages(store));

  /** @param {number} step @param {boolean} unread */
  const walk = (step, unread) => {
    const all = chats();
    const at = all.findIndex(({ id }) => id === store.open);
    for (let n = 1; n <= all.length; n++) {
      const next = all[(at + step * n + all.length * (n + 1)) % all.length];
      if (!unread || unreadOf(store, next).unread) return go(pathOf(next));
    }
  };
  /** @param {number} step */
  const walkGuilds = (step) => {
    const ids = [null, ...guildsInOrder(store).map(({ id }) => id)];
    go(pathOfGuild(ids[(ids.indexOf(store.openGuild) + step + ids.length) % ids.length]));
  };
  shortcut({ keys: "Alt+ArrowUp", label: "Previous channel", group: GROUP, run: () => walk(-1, false) });
  shortcut({ keys: "Alt+ArrowDown", label: "Next channel", group: GROUP, run: () => walk(1, false) });
  shortcut({ keys: "Alt+Shift+ArrowUp", label: "Previous unread channel", group: GROUP, run: () => walk(-1, true) });
  shortcut({ keys: "Alt+Shift+ArrowDown", label: "Next unread channel", group: GROUP, run: () => walk(1, true) });
  shortcut({ keys: "Mod+Alt+ArrowUp", label: "Previous guild", group: GROUP, run: () => walkGuilds(-1) });
  shortcut({ keys: "Mod+Alt+ArrowDown", label: "Next guild", group: GROUP, run: () => walkGuilds(1) });
  tellShortcut("Escape", "Close what is open", "General");
  for (const door of DOORS) {
    if (!door.keys) continue;
    shortcut({
      keys: door.keys, label: typeof door.label === "string" ? door.label : door.name, group: "General",
      run: () => {
        const place = { guildId: store.openGuild, channelId: store.open };
        if (door.may?.(store, place) ?? true) void door.open(client, place);
      },
    });
  }
}
