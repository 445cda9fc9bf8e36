/**
 * Commands in the message box: those whose name is being typed, for the list above it, and in the place of the box
 * the row in which the chosen one is filled in.
 */

import { closePopover } from "../ui/popover.js";
import { styles } from "../ui/styles.js";
import { avatar } from "../ui/avatar.js";
import { showAsked } from "./asked-line.js";
import { CommandBar } from "./command-bar.js";
import { commandsIn, typedCommands } from "./command-index.js";
import { listenForForms } from "./modal.js";

/** @typedef {import("../client.js").Client} Client */
/** @typedef {import("../views/completers.js").Context} Context */
/** @typedef {import("../views/completers.js").Option} Option */
/** @typedef {import("./command-index.js").Usable} Usable */

const SHOWN_MAX = 60;

/** The row that stands in the place of the box. @type {CommandBar | null} */
let bar = null;
let isWired = false;

/**
 * As views/completers.js wants it.
 * @param {Context} context
 * @param {string} typed
 * @returns {Promise<Option[] | string>}
 */
export async function findCommands(context, typed) {
  const { client, channelId, box } = context;
  if (box.value !== `/${typed}`) return [];
  wire(context);
  await styles("components", "commands");
  const index = await commandsIn(client, channelId).catch(() => null);
  const options = found(index ? typedCommands(index) : [], typed.toLocaleLowerCase()).map((usable) => optionOf(context, usable));
  if (options.length > 0 || typed !== "") return options;
  return index ? "No application here has commands that you may use." : "The commands could not be fetched.";
}

/** What answers need, from the first "/" on. @param {Context} context */
function wire({ client, box }) {
  if (isWired) return;
  isWired = true;
  listenForForms(client);
  showAsked(client);
  client.addEventListener("route", () => leave(box));
}

/** @param {Context} context @param {Usable} usable @returns {Option} */
function optionOf(context, usable) {
  const { application, name, description } = usable;
  return {
    label: `/${name}`, hint: description, group: application.name, shown: "",
    sign: () => avatar(application.bot ?? { id: application.id }, application.name),
    run: () => open(context, usable),
  };
}

/** @param {Context} context @param {Usable} usable @param {Map<string, any>} [values] */
function open(context, usable, values) {
  const { client, channelId, box } = context;
  closePopover();
  leave(box);
  bar = new CommandBar(client, usable, channelId, {
    leave: () => { leave(box); box.focus(); },
    again: (given) => {
      if (client.store.open === channelId) open(context, usable, given);
    },
  }, values);
  boxesOf(box).hidden = true;
  box.form?.append(bar.element);
  bar.focus();
}

/** @param {HTMLTextAreaElement} box */
function leave(box) {
  if (!bar) return;
  bar.element.remove();
  bar = null;
  boxesOf(box).hidden = false;
}

/** @param {HTMLTextAreaElement} box */
const boxesOf = (box) => /** @type {HTMLElement} */ (box.closest(".compose-box"));

/** By application; within it those first that begin so. @param {Usable[]} all @param {string} typed */
function found(all, typed) {
  const rank = (/** @type {Usable} */ { name }) => {
    const low = name.toLocaleLowerCase();
    return low === typed ? 0 : low.startsWith(typed) ? 1 : low.includes(typed) ? 2 : 3;
  };
  const ranked = all.map((usable) => ({ usable, rank: rank(usable) })).filter((one) => one.rank < 3);
  const best = new Map();
  for (const { usable: { application }, rank } of ranked) best.set(application.id, Math.min(best.get(application.id) ?? 3, rank));
  return ranked.sort((a, b) => best.get(a.usable.application.id) - best.get(b.usable.application.id)
    || a.usable.application.id.localeCompare(b.usable.application.id) || a.rank - b.rank)
    .slice(0, SHOWN_MAX).map(({ usable }) => usable);
}
