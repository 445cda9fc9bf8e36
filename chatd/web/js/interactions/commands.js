/**
 * Commands in the message box: a list of them above it as long as what is typed may be the name of one, and in
 * the place of the box the row in which the chosen one is filled in.
 */

import { h } from "../dom.js";
import { closePopover } from "../ui/popover.js";
import { styles } from "../ui/styles.js";
import { avatar } from "../ui/avatar.js";
import { showAsked } from "./asked-line.js";
import { CommandBar } from "./command-bar.js";
import { commandsIn, typedCommands } from "./command-index.js";
import { Listbox } from "./listbox.js";
import { listenForForms } from "./modal.js";

/** @typedef {import("../client.js").Client} Client */
/** @typedef {import("./command-index.js").Usable} Usable */
/** @typedef {import("./choices.js").Choice & {usable: Usable}} Choice */

// "/config colour se": a name and up to two sub commands, and nothing after them.
const NAME = /^\/([^\s/]*(?: [^\s/]*){0,2})$/;
const SHOWN_MAX = 60;

export class Commands {
  #box; #client; #form;
  /** @type {Listbox} */ #list;
  #nothing = h("p", { class: "hint nothing", hidden: true });
  #panel = h("div", { class: "command-list", hidden: true });
  /** @type {CommandBar | null} */ #bar = null;
  /** What the box is described by when there is no list. */ #controls;
  #asked = 0;

  /** @param {Client} client @param {HTMLElement} form @param {HTMLTextAreaElement} box */
  constructor(client, form, box) {
    this.#client = client;
    this.#form = form;
    this.#box = box;
    this.#controls = box.getAttribute("aria-controls");
    void styles("commands");
    listenForForms(client);
    this.#list = new Listbox(box, {
      label: "Commands", pick: (choice) => this.#choose(/** @type {Choice} */ (choice).usable),
      groupOf: (choice) => /** @type {Choice} */ (choice).usable.application.name,
    });
    this.#panel.append(this.#list.element, this.#nothing);
    form.prepend(this.#panel);
    showAsked(client);
    // Before the box itself has the key: while the list is open, Enter takes from it.
    form.addEventListener("keydown", (event) => this.#keyed(event), { capture: true });
    box.addEventListener("blur", () => this.#close());
    client.addEventListener("route", () => this.#leave());
    client.addEventListener("GUILD_APPLICATION_COMMAND_INDEX_UPDATE", () => this.#panel.hidden || void this.typed());
  }

  /** Something was written in the box. */
  async typed() {
    const asked = ++this.#asked;
    const typed = NAME.exec(this.#box.value)?.[1];
    const channelId = this.#client.store.open;
    if (typed === undefined || channelId === null) return this.#close();
    const index = await commandsIn(this.#client, channelId).catch(() => null);
    if (asked !== this.#asked) return;
    const all = index ? typedCommands(index) : [];
    const choices = found(all, typed.toLocaleLowerCase()).map(choiceOf);
    if (choices.length === 0 && typed !== "") return this.#close();
    this.#list.show(choices, 0);
    this.#nothing.hidden = choices.length > 0;
    this.#nothing.textContent = index ? "No application here has commands that you may use." : "The commands could not be fetched.";
    this.#panel.hidden = false;
    this.#box.setAttribute("aria-controls", this.#list.element.id);
  }

  #close() {
    this.#asked++;
    if (this.#panel.hidden) return;
    this.#panel.hidden = true;
    this.#box.removeAttribute("aria-activedescendant");
    if (this.#controls) this.#box.setAttribute("aria-controls", this.#controls);
    else this.#box.removeAttribute("aria-controls");
  }

  /** @param {KeyboardEvent} event */
  #keyed(event) {
    if (event.target !== this.#box || this.#panel.hidden) return;
    if (event.key === "Escape") {
      this.#close();
    } else if (event.key === "Tab" && !event.shiftKey && this.#list.count > 0) {
      this.#list.keyed(new KeyboardEvent("keydown", { key: "Enter" }));
    } else {
      this.#list.keyed(event);
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {Usable} usable */
  #choose(usable) {
    const channelId = this.#client.store.open;
    if (channelId === null) return;
    this.#close();
    this.#write("");
    this.#open(usable, channelId);
  }

  /** @param {Usable} usable @param {string} channelId @param {Map<string, any>} [values] */
  #open(usable, channelId, values) {
    closePopover();
    this.#leave();
    this.#bar = new CommandBar(this.#client, usable, channelId, {
      leave: () => { this.#leave(); this.#box.focus(); },
      again: (given) => {
        if (this.#client.store.open === channelId) this.#open(usable, channelId, given);
      },
    }, values);
    this.#boxes.hidden = true;
    this.#form.append(this.#bar.element);
    this.#bar.focus();
  }

  /** @returns {HTMLElement} */
  get #boxes() {
    return /** @type {HTMLElement} */ (this.#box.closest(".compose-box"));
  }

  #leave() {
    this.#close();
    if (!this.#bar) return;
    this.#bar.element.remove();
    this.#bar = null;
    this.#boxes.hidden = false;
  }

  /** @param {string} text */
  #write(text) {
    this.#box.value = text;
    this.#box.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

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

/** @param {Usable} usable @returns {Choice} */
function choiceOf(usable) {
  const { application, name, description } = usable;
  return {
    usable, value: name, label: `/${name}`, hint: description,
    sign: () => avatar(application.bot ?? { id: application.id }, application.name),
  };
}
