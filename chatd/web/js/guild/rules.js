/** The rules of automatic moderation: what they look for, and what they do about it. */

import { isChat, isForum, Type } from "../channel-types.js";
import { h } from "../dom.js";
import { compareRoles } from "../permissions.js";
import { call, submit } from "../rest.js";
import { button, iconButton } from "../ui/buttons.js";
import { confirm, openForm } from "../ui/dialog.js";
import { onDispatch } from "./live.js";
import { lead, loadInto, nothing, several } from "./parts.js";

/** @typedef {import("../client.js").Client} Client */
/** @typedef {import("../ui/form.js").Field} Field */
/**
 * @typedef {object} Rule
 * @property {string} id
 * @property {string} name
 * @property {number} trigger_type
 * @property {number} event_type
 * @property {Record<string, any>} trigger_metadata
 * @property {{type: number, metadata?: Record<string, any>}[]} actions
 * @property {boolean} enabled
 * @property {string[]} exempt_roles
 * @property {string[]} exempt_channels
 */

const KEYWORD = 1, SPAM = 3, PRESET = 4, MENTIONS = 5, PROFILE = 6;
const BLOCK = 1, ALERT = 2, TIME_OUT = 3, QUARANTINE = 4;
const KEYWORDS_MAX = 6;

/** @type {Record<number, {name: string, hint: string, actions: number[]}>} */
const TRIGGERS = {
  [KEYWORD]: { name: "Words", hint: "Messages with words or patterns of your own.", actions: [BLOCK, ALERT, TIME_OUT] },
  [PRESET]: { name: "Lists of words", hint: "Swear words, slurs, sexual content, as they come with the server.", actions: [BLOCK, ALERT] },
  [MENTIONS]: { name: "Too many mentions", hint: "Of different people and roles in one message.", actions: [BLOCK, ALERT, TIME_OUT] },
  [SPAM]: { name: "Spam", hint: "Too much at once, or the same again and again.", actions: [BLOCK, ALERT] },
  [PROFILE]: { name: "Names of members", hint: "Username, display name and nickname of who joins.", actions: [QUARANTINE, ALERT] },
};

const lines = (/** @type {HTMLElement} */ element) =>
  (/** @type {HTMLTextAreaElement} */ (element.querySelector("textarea")).value).split("\n").map((one) => one.trim()).filter(Boolean);

/** @param {Client} client @param {import("./page.js").GuildPlace} place */
export function rules(client, { guildId }) {
  const path = `/guilds/${guildId}/auto-moderation/rules`;
  const body = h("div", {});
  /** @type {Rule[]} */
  let all = [];
  const add = button("New rule", () => void choose(), "primary");
  const load = () => loadInto(body, () => call("GET", path), (/** @type {Rule[]} */ found) => {
    all = found;
    body.replaceChildren(all.length > 0 ? h("ul", { class: "cards" }, ...all.map(card))
      : nothing("No rules", "Moderators see to everything themselves."));
  });

  /** @param {Rule} rule */
  function card(rule) {
    const box = h("input", {
      type: "checkbox", role: "switch", "aria-label": `${rule.name} is on`,
      onchange: () => void client.try(call("PATCH", `${path}/${rule.id}`, { enabled: box.checked })),
    });
    box.checked = rule.enabled;
    return h("li", { class: "row-card", "data-rule-id": rule.id },
      h("div", { class: "row-words" }, h("b", {}, rule.name), h("span", {}, `${TRIGGERS[rule.trigger_type].name}: ${deedsOf(client, rule)}.`)),
      iconButton("edit", `Edit ${rule.name}`, { onclick: () => void edit(rule.trigger_type, rule) }),
      iconButton("delete", `Delete ${rule.name}`, { onclick: () => void remove(rule) }), box);
  }

  /** Of most triggers there can be one. */
  async function choose() {
    const full = (/** @type {number} */ type) =>
      all.filter(({ trigger_type }) => trigger_type === type).length >= (type === KEYWORD ? KEYWORDS_MAX : 1);
    const options = [KEYWORD, PRESET, MENTIONS, SPAM, PROFILE].map((type) => ({
      value: String(type), label: TRIGGERS[type].name, disabled: full(type),
      hint: full(type) ? "There is one already." : TRIGGERS[type].hint,
    }));
    const chosen = await openForm({
      title: "New rule", id: "new-rule", submit: "Go on",
      fields: [{
        name: "trigger", label: "What it looks for", type: "radio", options, value: options.find(({ disabled }) => !disabled)?.value,
      }],
      send: async ({ trigger }) => Number(trigger),
    });
    if (chosen) await edit(chosen);
  }

  /** @param {number} type @param {Rule} [rule] */
  async function edit(type, rule) {
    await openForm({
      title: rule ? `Edit ${rule.name}` : `New rule: ${TRIGGERS[type].name.toLocaleLowerCase()}`, id: "rule", size: "wide",
      submit: rule ? "Save" : "Create rule",
      fields: [
        { name: "name", label: "Name", required: true, value: rule?.name ?? TRIGGERS[type].name, attributes: { maxlength: 100, autocomplete: "off" } },
        ...triggerFields(type, rule?.trigger_metadata ?? {}), ...actionFields(client, guildId, type, rule), ...exemptFields(client, guildId, rule),
      ],
      send: (values) => {
        const fields = bodyOf(type, values);
        return rule ? submit("PATCH", `${path}/${rule.id}`, fields)
          : submit("POST", path, { ...fields, trigger_type: type, event_type: type === PROFILE ? 2 : 1, enabled: true });
      },
    });
  }

  /** @param {Rule} rule */
  async function remove({ id, name }) {
    const agreed = await confirm({ title: `Delete ${name}?`, id: "delete-rule", yes: "Delete the rule", body: ["Nothing looks for it then."] });
    if (agreed) await client.try(call("DELETE", `${path}/${id}`));
  }

  onDispatch(client, ["AUTO_MODERATION_RULE_CREATE", "AUTO_MODERATION_RULE_UPDATE", "AUTO_MODERATION_RULE_DELETE"],
    (data) => data.guild_id === guildId && load());
  void load();
  return h("div", {}, lead("They hold for everybody but bots and those who manage the guild.", add), body);
}

/** @param {Client} client @param {Rule} rule */
function deedsOf({ store }, { actions }) {
  const words = actions.map(({ type, metadata }) => {
    if (type === ALERT) return `tells #${store.channels.get(metadata?.channel_id)?.name ?? "…"}`;
    return { [BLOCK]: "blocks the message", [TIME_OUT]: "times out", [QUARANTINE]: "holds the member back" }[type] ?? "";
  });
  return words.join(", ");
}

/** @param {number} type @param {Record<string, any>} metadata @returns {Field[]} */
function triggerFields(type, metadata) {
  const words = (/** @type {string} */ key, /** @type {string} */ label, /** @type {string} */ hint) => ({
    name: `trigger_metadata.${key}`, label, hint, type: /** @type {const} */ ("textarea"), optional: true,
    value: (metadata[key] ?? []).join("\n"), read: lines, attributes: { spellcheck: "false", rows: 3 },
  });
  if (type === KEYWORD || type === PROFILE) {
    return [
      words("keyword_filter", "Words", "One a line. cat is a word, cat* begins one, *cat ends one, *cat* is anywhere."),
      words("regex_patterns", "Patterns", "Regular expressions, one a line."),
      words("allow_list", "But not", "One a line."),
    ];
  }
  if (type === PRESET) {
    return [
      several({
        name: "trigger_metadata.presets", label: "Lists", value: (metadata.presets ?? [1, 3]).map(String),
        options: [{ value: "1", label: "Profanity" }, { value: "2", label: "Sexual content" }, { value: "3", label: "Slurs" }],
      }),
      words("allow_list", "But not", "One a line."),
    ];
  }
  if (type !== MENTIONS) return [];
  return [
    {
      name: "trigger_metadata.mention_total_limit", label: "Mentions at most", type: "number", value: metadata.mention_total_limit ?? 10,
      attributes: { min: 0, max: 50 },
    },
    {
      name: "trigger_metadata.mention_raid_protection_enabled", label: "Notice raids", type: "checkbox",
      value: metadata.mention_raid_protection_enabled ?? true, hint: "When newcomers mention twenty people within a minute.",
    },
  ];
}

/** @param {Client} client @param {string} guildId @param {number} type @param {Rule} [rule] @returns {Field[]} */
function actionFields({ store }, guildId, type, rule) {
  const has = (/** @type {number} */ action) => rule?.actions.find((one) => one.type === action);
  const may = (/** @type {number} */ action) => TRIGGERS[type].actions.includes(action);
  const channels = [...store.channels.values()].filter((one) => one.guild_id === guildId && (one.type === Type.TEXT || one.type === Type.NEWS));
  /** @type {(Field | false)[]} */
  const fields = [
    may(BLOCK) && { name: "block", label: "Block the message", type: "checkbox", value: rule ? has(BLOCK) : true },
    may(BLOCK) && {
      name: "custom_message", label: "And say", optional: true, value: has(BLOCK)?.metadata?.custom_message ?? "",
      attributes: { maxlength: 150, autocomplete: "off" }, hint: "Only who wrote it reads this.",
    },
    may(QUARANTINE) && { name: "quarantine", label: "Hold the member back until they are called otherwise", type: "checkbox", value: rule ? has(QUARANTINE) : true },
    {
      name: "alert", label: "Tell a channel", type: "select", value: has(ALERT)?.metadata?.channel_id ?? "",
      options: [{ value: "", label: "none" }, ...channels.map(({ id, name }) => ({ value: id, label: `#${name}` }))],
    },
    may(TIME_OUT) && {
      name: "time_out", label: "Time out for", type: "select", value: String(has(TIME_OUT)?.metadata?.duration_seconds ?? 0), options: [
        { value: "0", label: "not at all" }, { value: "60", label: "1 minute" }, { value: "300", label: "5 minutes" },
        { value: "600", label: "10 minutes" }, { value: "3600", label: "1 hour" }, { value: "86400", label: "1 day" },
        { value: "604800", label: "1 week" },
      ],
    },
  ];
  return /** @type {Field[]} */ (fields.filter(Boolean));
}

/** @param {Client} client @param {string} guildId @param {Rule} [rule] @returns {Field[]} */
function exemptFields({ store }, guildId, rule) {
  const roles = [...(store.guilds.get(guildId)?.roles.values() ?? [])].filter(({ id }) => id !== guildId).sort((a, b) => compareRoles(b, a));
  const channels = [...store.channels.values()].filter((one) => one.guild_id === guildId && !one.thread_metadata && (isChat(one) || isForum(one)));
  return [
    ...(roles.length > 0 ? [several({
      name: "exempt_roles", label: "Not for these roles", value: rule?.exempt_roles ?? [],
      options: roles.map(({ id, name }) => ({ value: id, label: name })),
    })] : []),
    several({
      name: "exempt_channels", label: "Not in these channels", value: rule?.exempt_channels ?? [],
      options: channels.map(({ id, name }) => ({ value: id, label: `#${name}` })),
    }),
  ];
}

/** @param {number} type @param {Record<string, any>} values */
function bodyOf(type, values) {
  /** @type {Record<string, any>} */
  const trigger_metadata = {};
  for (const [key, value] of Object.entries(values)) {
    if (key.startsWith("trigger_metadata.")) trigger_metadata[key.slice("trigger_metadata.".length)] = value;
  }
  if (type === PRESET) trigger_metadata.presets = trigger_metadata.presets.map(Number);
  const { name, block, custom_message, quarantine, alert, time_out, exempt_roles = [], exempt_channels } = values;
  const message = custom_message?.trim();
  return {
    name, exempt_roles, exempt_channels, ...(type !== SPAM && { trigger_metadata }),
    actions: [
      block && { type: BLOCK, metadata: message ? { custom_message: message } : {} },
      quarantine && { type: QUARANTINE, metadata: {} },
      alert && { type: ALERT, metadata: { channel_id: alert } },
      Number(time_out ?? 0) > 0 && { type: TIME_OUT, metadata: { duration_seconds: Number(time_out) } },
    ].filter(Boolean),
  };
}
