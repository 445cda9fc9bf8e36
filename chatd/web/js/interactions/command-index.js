/** Which commands one may use in a channel, asked of the server once and again after what may have changed it. */

import { call } from "../rest.js";

/** @typedef {import("../client.js").Client} Client */
/**
 * @typedef {object} Option     of a command, as its bot has defined it
 * @property {number} type
 * @property {string} name
 * @property {string} description
 * @property {Record<string, string> | null} [name_localizations]
 * @property {Record<string, string> | null} [description_localizations]
 * @property {boolean} [required]
 * @property {boolean} [autocomplete]
 * @property {{name: string, value: string | number, name_localizations?: Record<string, string> | null}[]} [choices]
 * @property {Option[]} [options]
 * @property {number[]} [channel_types]
 * @property {string[]} [file_types]
 * @property {number} [min_value]
 * @property {number} [max_value]
 * @property {number} [min_length]
 * @property {number} [max_length]
 *
 * @typedef {{id: string, application_id: string, version: string, type: number, name: string, description: string,
 *   name_localizations?: Record<string, string> | null, description_localizations?: Record<string, string> | null,
 *   options?: Option[]}} Command
 * @typedef {{id: string, name: string, icon?: string | null, bot?: import("../types.js").User}} Application
 * @typedef {{applications: Application[], application_commands: Command[]}} Index
 *
 * @typedef {object} Usable     a command, or a sub command of it, that can be typed
 * @property {Command} command
 * @property {Application} application
 * @property {string[]} path    the names of the sub commands
 * @property {string} name      all of it: "config colour set"
 * @property {string} description
 * @property {Option[]} options the required ones first
 */

export const TYPED = 1, OF_USER = 2, OF_MESSAGE = 3;
const SUB_COMMAND = 1, GROUP = 2;

/** @type {WeakMap<Client, Map<string, Promise<Index>>>} */
const known = new WeakMap();

// The bot's coming and going and changes of one's own roles are not told by an event of their own.
const CHANGING = [
  "GUILD_APPLICATION_COMMAND_INDEX_UPDATE", "READY", "GUILD_MEMBER_ADD", "GUILD_MEMBER_REMOVE", "GUILD_MEMBER_UPDATE",
  "GUILD_ROLE_UPDATE", "GUILD_ROLE_DELETE", "CHANNEL_UPDATE",
];

/** @param {Client} client @param {string} channelId @returns {Promise<Index>} */
export function commandsIn(client, channelId) {
  let byChannel = known.get(client);
  if (!byChannel) {
    const made = byChannel = new Map();
    known.set(client, made);
    for (const type of CHANGING) client.addEventListener(type, (event) => isAboutUs(client, event) && made.clear());
  }
  const asked = byChannel.get(channelId) ?? call("GET", `/channels/${channelId}/application-command-index`);
  byChannel.set(channelId, asked);
  // What failed is asked again the next time.
  asked.catch(() => byChannel.delete(channelId));
  return asked;
}

/** Of members only bots and we ourselves matter. @param {Client} client @param {Event} event */
function isAboutUs({ store }, event) {
  const { type, detail } = /** @type {CustomEvent} */ (event);
  return !type.startsWith("GUILD_MEMBER") || detail.user.bot === true || detail.user.id === store.me?.id;
}

/** All that can be typed. @param {Index} index @returns {Usable[]} */
export function typedCommands({ applications, application_commands }) {
  const byId = new Map(applications.map((one) => [one.id, one]));
  return application_commands.filter(({ type }) => type === TYPED).flatMap((command) => {
    const application = byId.get(command.application_id);
    return application ? leavesOf(command, command, [], application) : [];
  }).sort((a, b) => collator.compare(a.application.name, b.application.name) || collator.compare(a.name, b.name));
}

/**
 * @param {Command} command
 * @param {Command | Option} part
 * @param {string[]} path
 * @param {Application} application
 * @returns {Usable[]}
 */
function leavesOf(command, part, path, application) {
  const options = part.options ?? [];
  const inside = options.filter(({ type }) => type === SUB_COMMAND || type === GROUP);
  if (inside.length > 0) return inside.flatMap((each) => leavesOf(command, each, [...path, each.name], application));
  const name = [spoken(command), ...partsOf(command, path).map(spoken)].join(" ");
  const required = options.filter((one) => one.required), optional = options.filter((one) => !one.required);
  return [{ command, application, path, name, description: described(part), options: [...required, ...optional] }];
}

/** @param {Command} command @param {string[]} path @returns {Option[]} */
function partsOf(command, path) {
  /** @type {Option[]} */ const parts = [];
  for (const name of path) {
    const found = (parts.at(-1) ?? command).options?.find((one) => one.name === name);
    if (found) parts.push(found);
  }
  return parts;
}

const collator = new Intl.Collator(undefined, { sensitivity: "base" });

/** Its name in the reader's language. @param {{name: string, name_localizations?: Record<string, string> | null}} thing */
export const spoken = ({ name, name_localizations: names }) => names?.[navigator.language] ?? name;

/** @param {{description: string, description_localizations?: Record<string, string> | null}} thing */
export const described = ({ description, description_localizations: all }) => all?.[navigator.language] ?? description;
