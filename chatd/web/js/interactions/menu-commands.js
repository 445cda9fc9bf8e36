/** Commands about a message or a person: the menu of them, and asking for one. */

import { openMenu } from "../ui/menu.js";
import { styles } from "../ui/styles.js";
import { toast } from "../ui/toast.js";
import { ask } from "./asking.js";
import { showAsked } from "./asked-line.js";
import { commandsIn, OF_MESSAGE, OF_USER, spoken } from "./command-index.js";
import { listenForForms } from "./modal.js";

/** @typedef {import("../client.js").Client} Client */
/** @typedef {import("../doors.js").Place} Place */
/** @typedef {import("./command-index.js").Command} Command */

/** @param {Client} client @param {Place} place */
export async function openApps(client, place) {
  const { channelId, messageId, userId } = place;
  if (!channelId) return;
  const anchor = anchorOf(place);
  /** @type {import("./command-index.js").Index | null} */ let index = null;
  const read = commandsIn(client, channelId).then((found) => (index = found));
  if (!(await client.try(read)) || !index) return;
  await styles("components", "listbox", "commands");
  const { applications, application_commands } = /** @type {import("./command-index.js").Index} */ (index);
  const wanted = messageId ? OF_MESSAGE : OF_USER;
  const names = new Map(applications.map(({ id, name }) => [id, name]));
  const entries = application_commands.filter(({ type }) => type === wanted).map((command) => ({
    label: spoken(command), hint: names.get(command.application_id), icon: "bot",
    run: () => choose(client, channelId, command, messageId ?? userId ?? ""),
  }));
  if (entries.length === 0) return toast("No application here has anything to do with it.");
  await openMenu(anchor, entries, "Apps");
}

/** What it is about, as far as it is on the screen. @param {Place} place */
function anchorOf({ anchor, messageId, userId }) {
  const found = document.querySelector(messageId ? `article[data-message-id="${messageId}"]` : `li[data-user-id="${userId}"]`);
  return anchor?.isConnected ? anchor : found ?? { x: innerWidth / 2, y: innerHeight / 3 };
}

/** @param {Client} client @param {string} channelId @param {Command} command @param {string} targetId */
async function choose(client, channelId, command, targetId) {
  listenForForms(client);
  showAsked(client);
  const { id, version, application_id } = command;
  const about = { application_id, channel_id: channelId, words: spoken(command) };
  await client.try(ask(client, about, { type: 2, data: { id, version, target_id: targetId } }));
}
