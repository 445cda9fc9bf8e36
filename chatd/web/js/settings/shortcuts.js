/** The keys that do something, as `?` lists them. */

import { h } from "../dom.js";
import { listOf } from "../ui/shortcut-list.js";
import { allShortcuts } from "../ui/shortcuts.js";
import { styles } from "../ui/styles.js";

export async function shortcuts() {
  await styles("settings", "dialogs");
  return h("div", {}, h("p", { class: "lead" }, "While you write, those with Ctrl or Alt still work."), ...listOf(allShortcuts()));
}
