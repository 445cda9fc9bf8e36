/** Friends, requests and blocks: what can be done about somebody. The gateway tells what came of it. */

import { h } from "../dom.js";
import { call, submit } from "../rest.js";
import { confirm, openForm } from "../ui/dialog.js";
import { toast } from "../ui/toast.js";

/** @typedef {import("../client.js").Client} Client */

const FRIEND = 1, BLOCKED = 2;
const path = (/** @type {string} */ userId) => `/users/@me/relationships/${userId}`;

/** Ask to be friends, or agree to it. @param {Client} client @param {string} userId */
export const befriend = (client, userId) =>
  client.try(call("PUT", path(userId), { type: FRIEND }).then(() => {
    toast(client.store.relationships.get(userId)?.type === FRIEND ? "You are friends." : "Asked to be friends.");
  }));

/** End a request, of either side, or lift a block. @param {Client} client @param {string} userId */
export const forget = (client, userId) => client.try(call("DELETE", path(userId)));

/** @param {Client} client @param {string} userId @param {string} name */
export async function unfriend(client, userId, name) {
  const sure = await confirm({
    title: `Remove ${name} from your friends?`, id: "unfriend", yes: "Remove",
    body: [h("p", {}, "They are not told. What you have written to each other stays.")],
  });
  if (sure) await forget(client, userId);
}

/** @param {Client} client @param {string} userId @param {string} name */
export async function block(client, userId, name) {
  const sure = await confirm({
    title: `Block ${name}?`, id: "block", yes: "Block",
    body: [h("p", {}, "They cannot write to you directly, nor you to them, and what they say elsewhere does not count as a mention. They are not told.")],
  });
  if (sure) await client.try(call("PUT", path(userId), { type: BLOCKED }));
}

/** What to call a friend. @param {Client} client @param {string} userId */
export const nameFriend = ({ store }, userId) => openForm({
  title: "Name of your own", id: "friend-name", submit: "Save", lead: "What you call this friend. Only you see it.",
  fields: [{
    name: "nickname", label: "Name", value: store.relationships.get(userId)?.nickname ?? "",
    attributes: { maxlength: 32, autocomplete: "off", placeholder: store.relationships.get(userId)?.user.username },
  }],
  send: ({ nickname }) => submit("PATCH", path(userId), { nickname: nickname.trim() || null }),
});
