/**
 * Search: words, and filters that turn into chips as they are written: from: mentions: in: has: before: after:
 *
 * What was found stands in a panel; each leads to where it was said, and the panel stays.
 */

import { isChat, isPrivate } from "../channel-types.js";
import { h } from "../dom.js";
import { idOf } from "../ids.js";
import { call } from "../rest.js";
import { chatsOf } from "../select/channels.js";
import { peopleIn } from "../select/people.js";
import { iconButton } from "../ui/buttons.js";
import { icon } from "../ui/icons.js";
import { toast } from "../ui/toast.js";
import { foundElement } from "./found.js";
import { openPanel } from "./panel.js";
import { ready } from "./parts.js";

/** @typedef {import("../client.js").Client} Client */
/** @typedef {import("../types.js").Message} Message */
/** A filter that has been understood: what is shown, and what the server is asked. @typedef {{words: string, query: [string, string]}} Chip */

const PAGE = 25;
const HAS = ["link", "embed", "file", "image", "video", "sound", "sticker", "poll"];
const FILTERS = [
  ["from:", "somebody"], ["mentions:", "somebody"], ["in:", "a channel"], ["has:", HAS.slice(0, 4).join(", ")],
  ["before:", "2026-01-31"], ["after:", "2026-01-31"],
];
const FILTER = /(?:^|\s)(from|mentions|in|has|before|after):("[^"]+"|\S+)(?=\s|$)/i;
const DAY_MS = 86_400_000;

/** @param {Client} client @param {import("../doors.js").Place} place */
export async function openSearch(client, { guildId, channelId, anchor }) {
  const { store } = client;
  const channel = store.channels.get(channelId ?? "");
  if (!channel) return;
  /** @type {Chip[]} */
  let chips = [];
  const box = h("input", {
    type: "search", class: "input", "aria-label": "Search messages", placeholder: "Search, or from: in: has: …",
    autocomplete: "off", enterkeyhint: "search",
  });
  const chipList = h("div", { class: "chips", role: "group", "aria-label": "Filters" });
  const hints = h("div", { class: "chips hints" }, ...FILTERS.map(([name, what]) =>
    h("button", { type: "button", class: "chip", title: what, onclick: () => begin(name) }, name)));
  const status = h("p", { class: "hint search-status", role: "status" });
  const results = h("div", { class: "panel-body" });
  const form = h("form", { class: "search-form", role: "search" },
    h("div", { class: "search-line" }, box, h("button", { type: "submit", class: "primary" }, "Search")), chipList, hints);
  const title = guildId ? `Search ${store.guilds.get(guildId)?.name ?? ""}` : `Search ${store.titleOf(channel)}`;
  const panel = await openPanel(client, { id: "search", title, anchor, body: [form, status, results], stays: Boolean(guildId) });
  if (!panel) return;
  box.focus();

  /** @param {string} name */
  function begin(name) {
    box.value = `${box.value.trimEnd()} ${name}`.trimStart();
    box.focus();
  }

  /** Each filter in the text that is understood becomes a chip. */
  function takeFilters() {
    for (let match = FILTER.exec(box.value); match; match = FILTER.exec(box.value)) {
      const chip = chipOf(client, guildId, match[1].toLowerCase(), match[2].replaceAll('"', ""));
      if (!chip) return `Nothing here is called ${match[2]}.`;
      chips = [...chips.filter(({ words }) => words !== chip.words), chip];
      box.value = (box.value.slice(0, match.index) + box.value.slice(match.index + match[0].length)).trim();
    }
    drawChips();
    return "";
  }

  function drawChips() {
    chipList.replaceChildren(...chips.map((chip) => h("span", { class: "chip set" }, h("bdi", {}, chip.words),
      iconButton("close", `Without ${chip.words}`, { onclick: () => {
        chips = chips.filter((one) => one !== chip);
        drawChips();
        box.focus();
      } }))));
  }

  /** @param {number} offset */
  async function search(offset) {
    const query = new URLSearchParams([...chips.map((chip) => chip.query), ["limit", String(PAGE)], ["offset", String(offset)]]);
    if (box.value.trim()) query.set("content", box.value.trim());
    const path = guildId ? `/guilds/${guildId}/messages/search` : `/channels/${channelId}/messages/search`;
    status.textContent = "Searching…";
    const found = await call("GET", `${path}?${query}`);
    for (const thread of found.threads ?? []) if (!store.channels.has(thread.id)) store.apply("THREAD_CREATE", thread);
    const messages = found.messages.map((/** @type {Message[]} */ [message]) => message);
    const total = found.total_results;
    await ready(messages);
    status.textContent = total === 0 ? "Nothing was found." : total === 1 ? "1 message" : `${total} messages`;
    const elements = messages.map((/** @type {Message} */ message) => foundElement(message, store, { withChannel: Boolean(guildId) }));
    const shown = offset + messages.length;
    const more = shown < total && messages.length > 0 && h("button", {
      type: "button", class: "plain more", onclick: () => { more && more.remove(); void client.try(search(shown)); },
    }, "More");
    if (offset === 0) results.replaceChildren();
    if (total === 0) results.append(h("div", { class: "panel-empty" }, icon("search"), h("p", {}, "No message matches that.")));
    results.append(...elements, ...(more ? [more] : []));
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const problem = takeFilters();
    if (problem) return toast(problem, { kind: "error" });
    if (chips.length === 0 && box.value.trim() === "") return;
    if (!await client.try(search(0))) status.textContent = "";
  });
  box.addEventListener("input", () => box.value.endsWith(" ") && takeFilters());
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Backspace" || box.value !== "" || chips.length === 0) return;
    chips = chips.slice(0, -1);
    drawChips();
  });
}

/**
 * What a filter means here; null when it means nothing.
 * @param {Client} client
 * @param {string | null | undefined} guildId
 * @param {string} name
 * @param {string} value
 * @returns {Chip | null}
 */
function chipOf({ store }, guildId, name, value) {
  const low = value.toLocaleLowerCase().replace(/^[@#]/, "");
  if (name === "has") return HAS.includes(low) ? { words: `has: ${low}`, query: ["has", low] } : null;
  if (name === "before" || name === "after") {
    const day_ms = new Date(`${value}T00:00`).getTime();
    if (Number.isNaN(day_ms)) return null;
    return { words: `${name}: ${value}`, query: name === "before" ? ["max_id", idOf(day_ms)] : ["min_id", idOf(day_ms + DAY_MS)] };
  }
  if (name === "in") {
    const all = guildId ? chatsOf(store, guildId) : [...store.channels.values()].filter((one) => isPrivate(one) && isChat(one));
    const channel = all.find((one) => store.titleOf(one).toLocaleLowerCase() === low);
    return channel ? { words: `in: ${store.titleOf(channel)}`, query: ["channel_id", channel.id] } : null;
  }
  const channel = store.openChannel;
  const people = channel ? peopleIn(store, channel) : [];
  const is = (/** @type {import("../types.js").User} */ user) =>
    low === "me" ? user.id === store.me?.id : [user.username, store.nameOf(user, guildId ?? undefined)].some((one) => one.toLocaleLowerCase() === low);
  const user = people.find(is);
  return user ? { words: `${name}: ${store.nameOf(user, guildId ?? undefined)}`, query: [name === "from" ? "author_id" : "mentions", user.id] } : null;
}
