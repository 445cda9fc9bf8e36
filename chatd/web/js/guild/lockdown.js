/** For bad hours: to close channels, all or one, and to stop invites and direct messages for a while. */

import { isThread, Type } from "../channel-types.js";
import { h } from "../dom.js";
import { may } from "../permissions.js";
import { call, submit } from "../rest.js";
import { sectionsOf } from "../select/channels.js";
import { button } from "../ui/buttons.js";
import { confirm, openForm } from "../ui/dialog.js";
import { toast } from "../ui/toast.js";
import { live } from "./live.js";
import { loadInto, time } from "./parts.js";

/** @typedef {import("../client.js").Client} Client */
/**
 * @typedef {{id: string, channel_id: string | null, channel_ids: string[], moderator_id: string | null, reason: string | null,
 *   created_at: string}} Lockdown
 */

const HOUR_MS = 3_600_000;

/** @param {Client} client @param {import("./page.js").GuildPlace} place */
export function lockdown(client, { guildId }) {
  const { store } = client;
  return h("div", {},
    may(store, { guildId }, "MANAGE_CHANNELS", "MANAGE_ROLES") && locks(client, guildId),
    may(store, { guildId }, "MANAGE_GUILD") && pauses(client, guildId));
}

/** @param {Client} client @param {string} guildId */
function locks(client, guildId) {
  const { store } = client;
  const body = h("div", {});
  const load = () => loadInto(body, () => call("GET", `/guilds/${guildId}/lockdowns`), draw);

  /** @param {Lockdown[]} all */
  function draw(all) {
    const whole = all.find(({ channel_id }) => channel_id === null);
    body.replaceChildren(
      whole ? h("p", { class: "form-note" }, "All channels are closed since ", time(whole.created_at),
        whole.moderator_id ? `, by ${nameOf(whole.moderator_id)}` : "", whole.reason ? `: ${whole.reason}` : ".") : "",
      whole ? button("Open all channels", () => void open(`/guilds/${guildId}/lockdown`), "primary")
        : button("Close all channels", () => void close(`/guilds/${guildId}/lockdown`, "all channels"), "danger"),
      h("h4", {}, "One at a time"), h("ul", { class: "plain-rows" }, ...channels().map((channel) => {
        const closed = all.some(({ channel_id, channel_ids }) => channel_id === channel.id || channel_ids.includes(channel.id));
        const own = all.some(({ channel_id }) => channel_id === channel.id);
        const path = `/channels/${channel.id}/lockdown`;
        return h("li", { "data-channel": channel.id }, h("span", {}, `#${channel.name}`), h("span", {}, closed && h("span", { class: "tag" }, "closed")),
          own ? button("Open", () => void open(path)) : !closed && button("Close", () => void close(path, `#${channel.name}`)));
      })));
  }

  /** @param {string} id */
  const nameOf = (id) => store.nameOf(store.guilds.get(guildId)?.members.get(id)?.user ?? { id, username: "" }, guildId);
  const channels = () => sectionsOf(store, guildId).flatMap((section) => section.channels.map(({ channel }) => channel))
    .filter((channel) => channel.type !== Type.CATEGORY && !isThread(channel));

  /** @param {string} path @param {string} name */
  async function close(path, name) {
    const done = await openForm({
      title: `Close ${name}?`, id: "close-channels", submit: "Close", danger: true,
      lead: "Nobody writes, reacts or speaks there then but administrators, and those whom a channel allows by name.",
      fields: [{ name: "reason", label: "Reason", optional: true, attributes: { maxlength: 512, autocomplete: "off" } }],
      send: async ({ reason }) => {
        await submit("PUT", path, undefined, reason);
        return true;
      },
    });
    if (done) await load();
  }

  /** @param {string} path */
  async function open(path) {
    const agreed = await confirm({
      title: "Open again?", id: "open-channels", yes: "Open", danger: false, body: ["Who may do what is as it was before."],
    });
    if (agreed && await client.try(call("DELETE", path))) await load();
  }

  void load();
  return h("section", {}, h("h3", {}, "Close channels"), body);
}

/** @param {Client} client @param {string} guildId */
function pauses(client, guildId) {
  const { store } = client;
  const rows = h("ul", { class: "plain-rows" });
  live(client, ["guilds"], () => {
    const data = /** @type {Record<string, string | null>} */ (/** @type {any} */ (store.guilds.get(guildId))?.incidents_data ?? {});
    rows.replaceChildren(row("invites_disabled_until", "Invites", "Nobody comes by an invite."),
      row("dms_disabled_until", "Direct messages", "Members who are no friends cannot write to each other."));

    /** @param {string} key @param {string} label @param {string} hint */
    function row(key, label, hint) {
      const until = data[key], paused = until && Date.parse(until) > Date.now();
      const choose = h("select", { class: "input", "aria-label": `Pause for: ${label}` },
        ...[1, 2, 6, 12, 24].map((hours) => h("option", { value: hours }, hours === 1 ? "1 hour" : `${hours} hours`)));
      const set = async (/** @type {string | null} */ value) => {
        if (await client.try(call("PUT", `/guilds/${guildId}/incident-actions`, { ...ahead(data), [key]: value }))) toast("Saved.");
      };
      return h("li", { "data-pause": key }, h("div", { class: "row-words" }, h("b", {}, label),
        h("span", {}, ...(paused ? ["Paused until ", time(until), ". "] : []), hint)),
      h("span", {}, !paused && choose),
      paused ? button("Go on", () => void set(null))
        : button("Pause", () => void set(new Date(Date.now() + Number(choose.value) * HOUR_MS).toISOString())));
    }
  });
  return h("section", {}, h("h3", {}, "Pause for a while"), rows);
}

/** What of it is still to come; the rest is over. @param {Record<string, string | null>} data */
function ahead(data) {
  return Object.fromEntries(["invites_disabled_until", "dms_disabled_until"].map((key) => {
    const until = data[key];
    return [key, until && Date.parse(until) > Date.now() ? until : null];
  }));
}
