/** Who did what in a guild, to what, and why: the newest first, by person and by kind. */

import { h } from "../dom.js";
import { ALL, Permission } from "../permissions.js";
import { call } from "../rest.js";
import { avatar } from "../ui/avatar.js";
import { button } from "../ui/buttons.js";
import { timeOf } from "../ids.js";
import { DEEDS, keyWord, valueWord } from "./audit-words.js";
import { onDispatch } from "./live.js";
import { loadInto, nothing, time } from "./parts.js";

/** @typedef {import("../client.js").Client} Client */
/**
 * @typedef {object} Entry
 * @property {string} id
 * @property {string | null} user_id
 * @property {string | null} target_id
 * @property {number} action_type
 * @property {{key: string, old_value?: any, new_value?: any}[]} [changes]
 * @property {Record<string, string>} [options]
 * @property {string} [reason]
 *
 * @typedef {{audit_log_entries: Entry[], users: import("../types.js").User[], webhooks: {id: string, name: string}[],
 *   threads: {id: string, name: string}[], integrations: {id: string, name: string}[],
 *   auto_moderation_rules: {id: string, name: string}[]}} Log
 */

const PAGE = 50;
// Differences of sets of bits are said as what was added and what was taken.
const SETS = new Set(["permissions", "allow", "deny"]);

/** @param {Client} client @param {import("./page.js").GuildPlace} place */
export function auditLog(client, { guildId }) {
  const { store } = client;
  /** @type {Map<string, string>} */
  const names = new Map();
  const list = h("ol", { class: "cards log" });
  const body = h("div", {});
  const who = h("select", { class: "input", "aria-label": "By whom", onchange: again }, h("option", { value: "" }, "Everybody"));
  const what = h("select", { class: "input", "aria-label": "What was done", onchange: again }, h("option", { value: "" }, "Everything"),
    ...[...DEEDS].map(([type, deed]) => h("option", { value: type }, deed[0].toLocaleUpperCase() + deed.slice(1))));
  const more = button("Show what was before", () => void load(true));
  let before = "";

  /** @param {string} id */
  const nameOf = (id) => {
    const guild = store.guilds.get(guildId);
    const user = guild?.members.get(id)?.user;
    if (user) return store.nameOf(user, guildId);
    const channel = store.channels.get(id);
    return (channel && `#${channel.name}`) ?? (id === guildId ? "Everyone" : guild?.roles.get(id)?.name) ?? guild?.emojis.get(id)?.name
      ?? guild?.stickers.get(id)?.name ?? names.get(id);
  };

  function again() {
    before = "";
    void load(false);
  }

  /** @param {boolean} further */
  async function load(further) {
    const query = new URLSearchParams({ limit: String(PAGE) });
    if (who.value) query.set("user_id", who.value);
    if (what.value) query.set("action_type", what.value);
    if (further && before) query.set("before", before);
    await loadInto(body, () => call("GET", `/guilds/${guildId}/audit-logs?${query}`), (/** @type {Log} */ log) => {
      learn(log);
      const rows = log.audit_log_entries.map(row);
      if (further) list.append(...rows);
      else list.replaceChildren(...rows);
      before = log.audit_log_entries.at(-1)?.id ?? before;
      more.hidden = log.audit_log_entries.length < PAGE;
      body.replaceChildren(list.childElementCount > 0 ? list : nothing("Nothing was done", "Or nothing of that kind."), more);
    });
  }

  /** What the ids of these entries are called. @param {Log} log */
  function learn(log) {
    for (const user of log.users) {
      names.set(user.id, user.global_name ?? user.username);
      if (![...who.options].some(({ value }) => value === user.id) && log.audit_log_entries.some(({ user_id }) => user_id === user.id)) {
        who.append(h("option", { value: user.id }, nameOf(user.id)));
      }
    }
    for (const one of [log.webhooks, log.threads, log.integrations, log.auto_moderation_rules].flat()) {
      if (one) names.set(one.id, one.name);
    }
  }

  /** @param {Entry} entry */
  function row(entry) {
    const { id, user_id, action_type, options, reason } = entry;
    const actor = user_id ? nameOf(user_id) ?? "Somebody who is gone" : "Nobody by name";
    const user = store.guilds.get(guildId)?.members.get(user_id ?? "")?.user ?? { id: user_id ?? "0" };
    const changes = (entry.changes ?? []).flatMap(changeWords);
    return h("li", { class: "row-card", "data-action": action_type },
      h("span", { class: "row-face" }, avatar(user, actor)),
      h("div", { class: "row-words" },
        h("p", {}, h("b", { class: "inline" }, h("bdi", {}, actor)), ` ${DEEDS.get(action_type) ?? `did something of kind ${action_type}`} `,
          h("b", { class: "inline" }, h("bdi", {}, targetOf(entry))), options?.count && Number(options.count) > 1 ? ` (${options.count})` : ""),
        h("span", {}, time(new Date(timeOf(id)).toISOString()), reason ? `: “${reason}”` : ""),
        changes.length > 0 && h("details", {}, h("summary", {}, changes.length === 1 ? "1 change" : `${changes.length} changes`),
          h("ul", {}, ...changes.map((words) => h("li", {}, words))))));
  }

  /** @param {Entry} entry */
  function targetOf({ target_id, action_type, changes = [], options }) {
    if (action_type === 1 || action_type === 21 || action_type === 26 || action_type === 27) return "";
    if (options?.auto_moderation_rule_name) return options.auto_moderation_rule_name;
    const told = changes.find(({ key }) => key === "name" || key === "code");
    return nameOf(target_id ?? "") ?? told?.new_value ?? told?.old_value ?? "";
  }

  /** @param {{key: string, old_value?: any, new_value?: any}} change @returns {string[]} */
  function changeWords({ key, old_value, new_value }) {
    if (key === "$add" || key === "$remove") return [`${keyWord(key)}: ${valueWord(key, new_value, nameOf)}`];
    if (SETS.has(key)) return setWords(key, BigInt(old_value ?? 0), BigInt(new_value ?? 0));
    const after = valueWord(key, new_value, nameOf);
    return [old_value === undefined ? `${keyWord(key)}: ${after}` : `${keyWord(key)}: ${valueWord(key, old_value, nameOf)} → ${after}`];
  }

  // A new entry is at the top only of what is not looked at in part.
  onDispatch(client, ["GUILD_AUDIT_LOG_ENTRY_CREATE"], (data) => {
    if (data.guild_id === guildId && list.childElementCount <= PAGE) again();
  });
  void load(false);
  return h("div", {}, h("div", { class: "section-tools" }, who, what), body);
}

/** @param {string} key @param {bigint} old @param {bigint} now */
function setWords(key, old, now) {
  const known = Object.values(Permission).reduce((all, one) => all | one, 0n) & ALL;
  const word = (/** @type {bigint} */ bits) => valueWord(key, String(bits & known), () => undefined);
  const added = now & ~old & known, taken = old & ~now & known;
  return [added && `${keyWord(key)} now: ${word(added)}`, taken && `${keyWord(key)} no more: ${word(taken)}`]
    .filter((words) => typeof words === "string");
}
