/** What people have reported here, for those who look after it: take it, resolve it, dismiss it, with a note. */

import { h } from "../dom.js";
import { menuOf } from "../doors.js";
import { call, submit } from "../rest.js";
import { button, iconButton } from "../ui/buttons.js";
import { openForm } from "../ui/dialog.js";
import { menuButton } from "../ui/menu.js";
import { onDispatch } from "./live.js";
import { loadInto, nothing, time } from "./parts.js";

/** @typedef {import("../client.js").Client} Client */
/** @typedef {import("../types.js").User} User */
/**
 * @typedef {object} Report
 * @property {string} id
 * @property {"message" | "user" | "guild"} kind
 * @property {"open" | "claimed" | "resolved" | "dismissed"} state
 * @property {string} category
 * @property {string | null} text
 * @property {string | null} channel_id
 * @property {string | null} message_id
 * @property {{content: string} | null} message
 * @property {User | null} user
 * @property {User | null} reporter
 * @property {User | null} handler
 * @property {string | null} note
 * @property {string} created_at
 */

/** @type {Record<string, string>} */
export const CATEGORIES = {
  spam: "Spam", harassment: "Harassment", hate: "Hate", violence: "Violence", sexual: "Sexual content", self_harm: "Self-harm",
  illegal: "Against the law", impersonation: "Pretending to be somebody else", raid: "Raid", other: "Something else",
};
const STATES = { open: "Open", claimed: "Looked after", resolved: "Resolved", dismissed: "Dismissed" };
const PAGE = 50;

/** @param {Client} client @param {import("./page.js").GuildPlace} place */
export function reports(client, { guildId }) {
  const { store } = client;
  const body = h("div", {});
  const list = h("ul", { class: "cards" });
  const state = h("select", { class: "input", "aria-label": "State", onchange: () => void load() },
    h("option", { value: "" }, "All states"), ...Object.entries(STATES).map(([value, label]) => h("option", { value }, label)));
  state.value = "open";
  const category = h("select", { class: "input", "aria-label": "Category", onchange: () => void load() },
    h("option", { value: "" }, "All categories"), ...Object.entries(CATEGORIES).map(([value, label]) => h("option", { value }, label)));
  const more = button("Show older ones", () => void load(true));
  let before = "";

  async function load(further = false) {
    const query = new URLSearchParams({ limit: String(PAGE) });
    if (state.value) query.set("state", state.value);
    if (category.value) query.set("category", category.value);
    if (further && before) query.set("before", before);
    await loadInto(body, () => call("GET", `/guilds/${guildId}/reports?${query}`), (/** @type {{reports: Report[]}} */ answer) => {
      if (further) list.append(...answer.reports.map(card));
      else list.replaceChildren(...answer.reports.map(card));
      before = answer.reports.at(-1)?.id ?? before;
      more.hidden = answer.reports.length < PAGE;
      body.replaceChildren(list.childElementCount > 0 ? list : nothing("Nothing to look after", "What members report of others comes here."), more);
    });
  }

  /** @param {Report} report */
  function card(report) {
    const { id, user, reporter, handler, message, text, note, channel_id, message_id, created_at } = report;
    const name = user ? store.nameOf(user, guildId) : "the guild";
    const set = (/** @type {string} */ next) => () => void client.try(call("PATCH", `/guilds/${guildId}/reports/${id}`, { state: next }));
    const over = report.state === "resolved" || report.state === "dismissed";
    const act = iconButton("more", `What to do about ${name}`);
    menuButton(act, () => menuOf(client, "member", { guildId, userId: user?.id }));
    return h("li", { class: "row-card wrapping report", "data-report-id": id },
      h("div", { class: "row-words" },
        h("b", {}, `${CATEGORIES[report.category] ?? report.category}: `, h("bdi", {}, name), " ", h("span", { class: "tag" }, STATES[report.state])),
        h("span", {}, ...(reporter ? ["Reported by ", h("bdi", {}, store.nameOf(reporter, guildId)), ", "] : []), time(created_at),
          ...(handler ? ["; ", h("bdi", {}, store.nameOf(handler, guildId)), " has it"] : []), "."),
        text && h("p", {}, text),
        message && h("blockquote", { dir: "auto" }, message.content || "A message without text."),
        channel_id && message_id && h("a", { href: `/channels/${guildId}/${channel_id}/${message_id}` }, "Go to the message"),
        note && h("p", { class: "hint" }, `Note: ${note}`)),
      user && menuOf(client, "member", { guildId, userId: user.id }).length > 0 && act,
      h("div", { class: "report-buttons" },
        report.state === "open" && button("Look after it", set("claimed"), "primary"),
        over ? button("Open again", set("open")) : button("Resolve", set("resolved")),
        !over && button("Dismiss", set("dismissed")),
        button(note ? "Change the note" : "Note", () => void write(report), "link")));
  }

  /** @param {Report} report */
  const write = ({ id, note }) => openForm({
    title: "Note", id: "report-note", submit: "Save", lead: "Whoever looks after reports reads it.",
    fields: [{ name: "note", label: "Note", type: "textarea", value: note ?? "", attributes: { maxlength: 1000 } }],
    send: (values) => submit("PATCH", `/guilds/${guildId}/reports/${id}`, { note: values.note.trim() || null }),
  });

  onDispatch(client, ["CHATD_REPORT_CREATE", "CHATD_REPORT_UPDATE"], (data) => data.guild_id === guildId && load());
  void load();
  return h("div", {}, h("div", { class: "section-tools" }, state, category), body);
}
