/** What moderators do to a member: nickname, roles, time-out, kick, ban. */

import { h } from "../dom.js";
import { compareRoles, isAboveRole } from "../permissions.js";
import { call, submit } from "../rest.js";
import { confirm, openForm } from "../ui/dialog.js";
import { styles } from "../ui/styles.js";
import { toast } from "../ui/toast.js";

/** @typedef {import("../client.js").Client} Client */
/** @typedef {import("../doors.js").Place} Place */

const HOUR_S = 3600, DAY_S = 24 * HOUR_S;
const REASON = {
  name: "reason", label: "Reason", optional: true, attributes: { maxlength: 512, autocomplete: "off" },
  hint: "It stands in the audit log.",
};

/** @param {Client} client @param {Place} place */
function about({ store }, { guildId, userId }) {
  const guild = store.guilds.get(guildId ?? "");
  const member = guild?.members.get(userId ?? "");
  const user = member?.user ?? store.users.get(userId ?? "") ?? { id: userId ?? "", username: "" };
  return { guild, member, name: store.nameOf(user, guild?.id), path: `/guilds/${guildId}/members/${userId}` };
}

/** @param {Client} client @param {Place} place */
export async function changeNickname(client, place) {
  const { member, name, path } = about(client, place);
  await openForm({
    title: `Nickname of ${name}`, id: "nickname", submit: "Save",
    fields: [{
      name: "nick", label: "Nickname", value: member?.nick ?? "", optional: true,
      attributes: { maxlength: 32, autocomplete: "off", placeholder: member?.user.global_name ?? member?.user.username },
      hint: "What people are called in this guild. Without one it is their own name.",
    }],
    send: ({ nick }) => submit("PATCH", path, { nick: nick.trim() || null }),
  });
}

/** Each change goes at once, so that what somebody else gives meanwhile is not taken. @param {Client} client @param {Place} place */
export async function changeRoles(client, place) {
  const { guild, member, name, path } = about(client, place);
  if (!guild || !member) return;
  await styles("making");
  const roles = [...guild.roles.values()].filter(({ id }) => id !== guild.id).sort((a, b) => compareRoles(b, a));
  const boxes = roles.map((role) => {
    const fixed = role.managed || !isAboveRole(client.store, guild, role);
    const box = h("input", { type: "checkbox", value: role.id, disabled: fixed });
    box.checked = member.roles.includes(role.id);
    return h("li", {}, h("label", { class: "pick" }, box, roleDot(role), h("span", { class: "pick-words" }, h("b", {}, role.name),
      fixed && h("span", {}, role.managed ? "Belongs to a bot" : "Not below your own"))));
  });
  await openForm({
    title: `Roles of ${name}`, id: "member-roles", submit: "Save",
    fields: [{
      name: "roles", label: "Roles", type: "custom", build: () => h("ul", { class: "picks roles" }, ...boxes),
      read: (element) => [.../** @type {NodeListOf<HTMLInputElement>} */ (element.querySelectorAll("input:enabled"))],
    }],
    send: async ({ roles: chosen }) => {
      for (const box of /** @type {HTMLInputElement[]} */ (chosen)) {
        if (box.checked === member.roles.includes(box.value)) continue;
        await call(box.checked ? "PUT" : "DELETE", `${path}/roles/${box.value}`);
      }
      return true;
    },
  });
}

/** @param {{color: number}} role */
export function roleDot({ color }) {
  const dot = h("span", { class: "role-dot", "aria-hidden": "true" });
  if (color) dot.style.background = `#${color.toString(16).padStart(6, "0")}`;
  return dot;
}

/** @param {Client} client @param {Place} place */
export async function timeOut(client, place) {
  const { name, path } = about(client, place);
  const done = await openForm({
    title: `Time out ${name}`, id: "time-out", submit: "Time out",
    lead: "They can read, but neither write, react nor speak until it is over.",
    fields: [
      {
        name: "seconds", label: "For", type: "select", value: String(10 * 60), options: [
          { value: "60", label: "1 minute" }, { value: "300", label: "5 minutes" }, { value: "600", label: "10 minutes" },
          { value: String(HOUR_S), label: "1 hour" }, { value: String(DAY_S), label: "1 day" },
          { value: String(7 * DAY_S), label: "1 week" }, { value: String(28 * DAY_S), label: "28 days" },
        ],
      },
      REASON,
    ],
    send: ({ seconds, reason }) => submit("PATCH", path,
      { communication_disabled_until: new Date(Date.now() + Number(seconds) * 1000).toISOString() }, reason),
  });
  if (done) toast(`${name} is timed out.`);
}

/** @param {Client} client @param {Place} place */
export async function endTimeOut(client, place) {
  const { name, path } = about(client, place);
  const done = await client.try(call("PATCH", path, { communication_disabled_until: null }));
  if (done) toast(`${name} may speak again.`);
}

/** @param {Client} client @param {Place} place */
export async function kick(client, place) {
  const { name, path } = about(client, place);
  const done = await openForm({
    title: `Put ${name} out?`, id: "kick", submit: "Put out", danger: true,
    lead: "They can come back by another invite.",
    fields: [REASON],
    send: async ({ reason }) => {
      await submit("DELETE", path, undefined, reason);
      return true;
    },
  });
  if (done) toast(`${name} is out.`);
}

/** @param {Client} client @param {Place} place */
export async function ban(client, place) {
  const { name } = about(client, place);
  const done = await openForm({
    title: `Ban ${name}?`, id: "ban", submit: "Ban", danger: true,
    lead: "They are put out, and cannot come back until the ban is lifted.",
    fields: [
      {
        name: "delete_message_seconds", label: "Delete what they have said", type: "select", value: "0", options: [
          { value: "0", label: "nothing" }, { value: String(HOUR_S), label: "in the last hour" },
          { value: String(6 * HOUR_S), label: "in the last 6 hours" }, { value: String(DAY_S), label: "in the last day" },
          { value: String(3 * DAY_S), label: "in the last 3 days" }, { value: String(7 * DAY_S), label: "in the last 7 days" },
        ],
      },
      REASON,
    ],
    send: async ({ delete_message_seconds, reason }) => {
      await submit("PUT", `/guilds/${place.guildId}/bans/${place.userId}`,
        { delete_message_seconds: Number(delete_message_seconds) }, reason);
      return true;
    },
  });
  if (done) toast(`${name} is banned.`);
}

/** @param {Client} client @param {{guildId: string, userId: string, name: string}} about @returns {Promise<boolean>} */
export async function unban(client, { guildId, userId, name }) {
  const agreed = await confirm({
    title: `Let ${name} come again?`, id: "unban", yes: "Lift the ban", danger: false,
    body: ["They can join by an invite again."],
  });
  return agreed && client.try(call("DELETE", `/guilds/${guildId}/bans/${userId}`));
}
