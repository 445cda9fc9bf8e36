/**
 * A field to choose people in: a search, whom it finds, and on top who is chosen already.
 *
 * It looks among everybody whom the client has heard of, and asks the server about guilds that are too large to
 * be known whole.
 */

import { h, reconcile } from "../dom.js";
import { call } from "../rest.js";
import { avatar } from "../ui/avatar.js";
import { rove } from "../ui/roving.js";
import { styles } from "../ui/styles.js";

/** @typedef {import("../client.js").Client} Client */
/** @typedef {import("../types.js").User} User */

const SHOWN_MAX = 50, ASK_AFTER_MS = 250;

/**
 * @param {Client} client
 * @param {object} options
 * @param {string} options.name
 * @param {string} options.label
 * @param {string} [options.guildId]   only its members, by their names there
 * @param {number} [options.max]       one: a radio button each
 * @param {(user: User) => boolean} [options.filter]
 * @returns {import("../ui/form.js").Field}
 */
export function peopleField(client, { name, label, guildId, max = Infinity, filter = () => true }) {
  /** In the order in which they were chosen. @type {Map<string, User>} */
  const chosen = new Map();
  return {
    name, label, type: "custom", required: false,
    build: () => picker(client, { name, label, guildId, max, filter, chosen }),
    read: () => [...chosen.keys()],
  };
}

/** The members of a guild, or everybody whom we know. @param {import("../store.js").Store} store @param {string} [guildId] */
function candidates(store, guildId) {
  const guilds = [...store.guilds.values()].filter(({ id }) => guildId === undefined || id === guildId);
  /** @type {Map<string, User>} */
  const all = new Map(guilds.flatMap(({ members }) => [...members.values()].map(({ user }) => [user.id, user])));
  if (guildId === undefined) for (const user of store.users.values()) all.set(user.id, user);
  return [...all.values()];
}

/**
 * @param {Client} client
 * @param {{name: string, label: string, guildId?: string, max: number, filter: (user: User) => boolean,
 *   chosen: Map<string, User>}} options
 */
function picker({ store }, { name, label, guildId, max, filter, chosen }) {
  void styles("making");
  const search = h("input", {
    type: "search", class: "input", "aria-label": label, placeholder: "Name", autocomplete: "off", autofocus: true,
    spellcheck: "false",
  });
  const chips = h("ul", { class: "chips", "aria-label": "Chosen" });
  const list = h("ul", { class: "picks", "aria-label": "People" });
  const nobody = h("p", { class: "hint", role: "status" });
  const roving = rove(list, "input");
  const nameOf = (/** @type {User} */ user) => store.nameOf(user, guildId);

  /** @param {User} user @param {boolean} on */
  function choose(user, on) {
    if (on && max === 1) chosen.clear();
    if (on) chosen.set(user.id, user);
    else chosen.delete(user.id);
    draw();
  }

  function found() {
    const wanted = search.value.trim().toLocaleLowerCase().replace(/^@/, "");
    return candidates(store, guildId)
      .filter((user) => user.id !== store.me?.id && !user.system && filter(user))
      .map((user) => ({ user, rank: rankOf(user, wanted) }))
      .filter(({ rank }) => rank >= 0)
      .sort((a, b) => a.rank - b.rank || nameOf(a.user).localeCompare(nameOf(b.user)))
      .map(({ user }) => user);
  }

  /** 0 for who is called so, 1 for who has it somewhere in the name, -1 for others. @param {User} user @param {string} wanted */
  function rankOf(user, wanted) {
    const names = [nameOf(user), user.global_name ?? "", user.username].map((one) => one.toLocaleLowerCase());
    if (names.some((one) => one.startsWith(wanted))) return 0;
    return names.some((one) => one.includes(wanted)) ? 1 : -1;
  }

  function draw() {
    const users = found();
    reconcile(list, users.slice(0, SHOWN_MAX).map((user) => {
      const on = chosen.has(user.id), full = !on && max > 1 && chosen.size >= max;
      return {
        key: user.id, signature: [nameOf(user), user.avatar, on, full].join("\n"),
        build: () => {
          const box = h("input", {
            type: max === 1 ? "radio" : "checkbox", name: `${name}-pick`, value: user.id, disabled: full,
            onchange: () => choose(user, box.checked),
          });
          box.checked = on;
          return h("li", {}, h("label", { class: "pick" }, box, avatar(user, nameOf(user)),
            h("span", { class: "pick-words" }, h("b", {}, nameOf(user)), h("span", {}, `@${user.username}`)),
            user.bot && h("span", { class: "tag" }, "bot")));
        },
      };
    }));
    reconcile(chips, max === 1 ? [] : [...chosen.values()].map((user) => ({
      key: user.id, signature: nameOf(user),
      build: () => h("li", {}, h("button", {
        type: "button", class: "chip", "aria-label": `Take out ${nameOf(user)}`, onclick: () => choose(user, false),
      }, nameOf(user), h("span", { "aria-hidden": "true" }, "×"))),
    })));
    nobody.textContent = users.length === 0 ? "Nobody of that name."
      : users.length > SHOWN_MAX ? `${users.length - SHOWN_MAX} more: write more of the name.` : "";
    roving.refresh();
  }

  /** Guilds whose members are not all here. */
  async function ask() {
    const query = search.value.trim();
    if (!query) return;
    const large = [...store.guilds.values()].filter((guild) =>
      (!guildId || guild.id === guildId) && guild.member_count > guild.members.size);
    for (const guild of large) {
      const path = `/guilds/${guild.id}/members/search?${new URLSearchParams({ query, limit: "20" })}`;
      store.addMembers(guild.id, await call("GET", path).catch(() => []));
      draw();
    }
  }

  let timer = 0;
  search.addEventListener("input", () => {
    draw();
    clearTimeout(timer);
    timer = setTimeout(() => void ask(), ASK_AFTER_MS);
  });
  search.addEventListener("keydown", (event) => {
    const first = list.querySelector("input");
    if (event.key === "ArrowDown" && first) {
      event.preventDefault();
      first.focus();
    }
    // Enter chooses whom it has found; on an empty search it sends the form.
    if (event.key === "Enter" && search.value && first) {
      event.preventDefault();
      first.click();
      search.select();
    }
  });
  draw();
  return h("div", { class: "picker" }, search, chips, list, nobody);
}
