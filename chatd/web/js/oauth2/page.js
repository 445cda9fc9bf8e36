/**
 * /oauth2/authorize: somebody has followed a bot's link, and decides whether to let it into a guild of theirs.
 *
 * Everything that the address says is the bot's author's to say, so it is shown in words before anything is
 * done; and done it is only by the button, with a request that no other site can make.
 */

import { h } from "../dom.js";
import { applicationIcon } from "../developers/parts.js";
import { PERMISSION_GROUPS } from "../permission-words.js";
import { Permission } from "../permissions.js";
import * as rest from "../rest.js";
import { button } from "../ui/buttons.js";
import { errorPlace, showErrors } from "../ui/form.js";
import { styles } from "../ui/styles.js";
import { sentenceOf } from "../ui/toast.js";

/**
 * @typedef {{id: string, name: string, icon: string | null, permissions: string}} OwnGuild
 * @typedef {object} Question
 * @property {import("../developers/parts.js").Application} application
 * @property {import("../types.js").User & {approximate_guild_count: number}} bot
 * @property {import("../types.js").User} user
 * @property {OwnGuild[]} guilds
 */

const UNKNOWN_APPLICATION = 10002, NOT_PUBLIC = 20012;

/** @param {import("../client.js").Client} client @param {string[]} path */
export async function show(client, [what]) {
  await styles("enter", "developers");
  if (what !== "authorize") return refusal("There is no page here", "The address may have been mistyped.");
  const asked = new URLSearchParams(location.search);
  try {
    return question(client, asked, await rest.call("GET", `/oauth2/authorize?${asked}`));
  } catch (error) {
    if (!(error instanceof rest.ApiError) && !(error instanceof rest.NetworkError)) throw error;
    if (error instanceof rest.ApiError && error.code === UNKNOWN_APPLICATION) {
      return refusal("There is no such bot", "The link names an application that was never here, or is gone.");
    }
    if (error instanceof rest.ApiError && error.code === NOT_PUBLIC) {
      return refusal("This bot is not public", "Only its owner can add it to a guild.");
    }
    return refusal("This link does not work", sentenceOf(error));
  }
}

/** @param {string} title @param {string} sentence */
function refusal(title, sentence) {
  return h("main", { class: "enter authorize" }, h("div", { class: "card" },
    h("header", {}, h("h1", {}, title), h("p", { class: "lead" }, sentence)),
    h("a", { href: "/", class: "primary" }, "Go to the chat")));
}

/**
 * @param {import("../client.js").Client} client
 * @param {URLSearchParams} asked
 * @param {Question} told
 */
function question(client, asked, told) {
  const { application, bot, user } = told;
  const guilds = told.guilds.filter(({ permissions }) => (BigInt(permissions) & Permission.MANAGE_GUILD) !== 0n);
  const wanted = asked.get("guild_id");
  const fixed = asked.get("disable_guild_select") === "true" && guilds.some(({ id }) => id === wanted);
  const select = h("select", { id: "authorize-guild", class: "input", disabled: fixed, onchange: showGranted },
    ...guilds.map(({ id, name }) => h("option", { value: id, selected: id === wanted }, name)));
  const granted = h("div", { class: "granted", "aria-live": "polite" });
  const allow = h("button", { type: "submit", class: "primary" }, "Authorise");
  const form = h("form", { class: "card", novalidate: true },
    h("header", { class: "authorize-head" }, applicationIcon(application),
      h("h1", {}, `Add ${application.name}?`),
      h("p", { class: "lead" }, application.description || `The bot ${bot.username} wants to join a guild of yours.`),
      h("p", { class: "hint" }, `Signed in as ${user.username}`)),
    errorPlace(),
    ...(guilds.length === 0
      ? [h("p", { class: "form-note" }, "You manage no guild, so there is none that you could add it to.")]
      : [h("div", { class: "field", "data-name": "guild_id" }, h("label", { for: select.id }, "Guild"), select), granted]),
    h("div", { class: "authorize-buttons" }, button("Cancel", () => client.leavePage(), "plain"),
      guilds.length > 0 && allow));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void authorize();
  });

  const chosen = () => /** @type {OwnGuild} */ (guilds.find(({ id }) => id === select.value));

  function showGranted() {
    if (guilds.length > 0) granted.replaceChildren(...grantedWords(askedFor(asked), BigInt(chosen().permissions)));
  }

  async function authorize() {
    const guild = chosen();
    allow.disabled = true;
    try {
      await rest.submit("POST", `/oauth2/authorize?${asked}`, { guild_id: guild.id, authorize: true });
      form.replaceWith(done(application, guild));
    } catch (error) {
      allow.disabled = false;
      showErrors(form, error);
    }
  }

  showGranted();
  return h("main", { class: "enter authorize" }, form);
}

/** What it asks for; what is no number asks for nothing, and is refused by the server. @param {URLSearchParams} asked */
function askedFor(asked) {
  const text = asked.get("permissions") ?? "0";
  return /^[0-9]+$/.test(text) ? BigInt(text) : 0n;
}

/** @param {bigint} asked @param {bigint} own */
function grantedWords(asked, own) {
  const all = PERMISSION_GROUPS.flatMap(({ permissions }) => permissions);
  const wanted = all.filter(([name]) => (asked & Permission[name]) !== 0n);
  const given = wanted.filter(([name]) => (own & Permission[name]) !== 0n);
  if (wanted.length === 0) return [h("p", {}, "It asks for no permissions, and will have those of @everyone.")];
  return [
    h("h2", {}, "It will be allowed to"),
    given.length > 0 ? h("ul", {}, ...given.map(([name, label]) =>
      h("li", { "data-permission": name, "data-strong": name === "ADMINISTRATOR" }, label))) : h("p", {}, "do nothing that it asks for."),
    given.length < wanted.length && h("p", { class: "hint" },
      `It asks for more (${wanted.filter((one) => !given.includes(one)).map(([, label]) => label.toLowerCase()).join(", ")}), `
      + "which you cannot give there."),
  ].filter((one) => one !== false);
}

/** @param {{name: string}} application @param {OwnGuild} guild */
function done(application, guild) {
  const way = h("a", { href: `/channels/${guild.id}`, class: "primary" }, `Go to ${guild.name}`);
  queueMicrotask(() => way.focus());
  return h("div", { class: "card", role: "status" },
    h("header", {}, h("h1", {}, `${application.name} is in ${guild.name}`),
      h("p", { class: "lead" }, "What it may do there is in its role, which you can change.")), way);
}
