/** The invites of a guild: who made them, how often they were used, until when they hold; and their end. */

import { h, reconcile } from "../dom.js";
import { invitePeople } from "../dialogs/invite-people.js";
import { linkOf } from "../invite/codes.js";
import { call } from "../rest.js";
import { button, iconButton } from "../ui/buttons.js";
import { confirm } from "../ui/dialog.js";
import { toast } from "../ui/toast.js";
import { onDispatch } from "./live.js";
import { lead, loadInto, nothing, time } from "./parts.js";

/**
 * @typedef {import("../invite/page.js").Invite & {uses: number, max_uses: number, temporary: boolean,
 *   created_at: string}} ManagedInvite
 */

/** @param {import("../client.js").Client} client @param {import("./page.js").GuildPlace} place */
export function invites(client, { guildId }) {
  const list = h("ul", { class: "cards" });
  const body = h("div", { class: "section-body" });
  const load = () => loadInto(body, () => call("GET", `/guilds/${guildId}/invites`), draw);

  /** @param {ManagedInvite[]} all */
  function draw(all) {
    reconcile(list, all.map((invite) => ({
      key: invite.code, signature: [invite.uses, invite.max_uses, invite.expires_at].join(), build: () => card(invite),
    })));
    const empty = nothing("No invites", "Whoever is to come needs one.");
    body.replaceChildren(all.length > 0 ? list : empty);
  }

  /** @param {ManagedInvite} invite */
  const card = (invite) => h("li", { class: "row-card", "data-code": invite.code },
    h("div", { class: "row-words" },
      h("b", {}, h("code", {}, invite.code), invite.channel && ` leads to #${invite.channel.name}`),
      h("span", {}, ...(invite.inviter ? ["By ", h("bdi", {}, client.store.nameOf(invite.inviter, guildId)), ". "] : []),
        `Used ${invite.uses}${invite.max_uses ? ` of ${invite.max_uses}` : ""} times. `,
        ...(invite.expires_at ? ["Holds until ", time(invite.expires_at), "."] : ["Holds for ever."]),
        invite.temporary && " For a visit.")),
    iconButton("copy", `Copy the link ${invite.code}`, { onclick: () => void copy(invite.code) }),
    iconButton("delete", `End the invite ${invite.code}`, { onclick: () => void revoke(invite.code) }));

  /** @param {string} code */
  async function revoke(code) {
    const agreed = await confirm({
      title: "End this invite?", id: "end-invite", yes: "End it", body: ["Nobody can come by it then."],
    });
    if (agreed) await client.try(call("DELETE", `/invites/${encodeURIComponent(code)}`).then(load));
  }

  onDispatch(client, ["INVITE_CREATE", "INVITE_DELETE", "GUILD_MEMBER_ADD"], (data) => data.guild_id === guildId && load());
  void load();
  return h("div", {},
    lead("A link by which people come into the guild.",
      button("New invite", () => void invitePeople(client, { guildId }), "primary")), body);
}

/** @param {string} code */
async function copy(code) {
  try {
    await navigator.clipboard.writeText(linkOf(code));
    toast("Copied.");
  } catch {
    toast(linkOf(code));
  }
}
