/** "Invite people": a link that leads here, made with the usual terms and made anew with others. */

import { isVocal } from "../channel-types.js";
import { h } from "../dom.js";
import { copyable } from "../ui/copyable.js";
import { linkOf } from "../invite/codes.js";
import { may } from "../permissions.js";
import { submit } from "../rest.js";
import { chatsOf } from "../select/channels.js";
import { button } from "../ui/buttons.js";
import { openDialog } from "../ui/dialog.js";
import { fieldElement, valuesOf } from "../ui/form.js";
import { styles } from "../ui/styles.js";

/** @typedef {import("../client.js").Client} Client */

const DAY_S = 86_400;
const AGES = [
  { value: "1800", label: "30 minutes" }, { value: "3600", label: "1 hour" }, { value: "21600", label: "6 hours" },
  { value: "43200", label: "12 hours" }, { value: String(DAY_S), label: "1 day" },
  { value: String(7 * DAY_S), label: "7 days" }, { value: String(30 * DAY_S), label: "30 days" },
  { value: "0", label: "for ever" },
];
const USES = [0, 1, 5, 10, 25, 50, 100].map((uses) =>
  ({ value: String(uses), label: uses === 0 ? "as often as one likes" : uses === 1 ? "once" : `${uses} times` }));

/** @param {Client} client @param {import("../doors.js").Place} place */
export async function invitePeople(client, { guildId, channelId }) {
  const { store } = client;
  const id = store.channels.get(channelId ?? "")?.guild_id ?? guildId ?? "";
  const guild = store.guilds.get(id);
  const channels = chatsOf(store, id).filter((one) => may(store, { channelId: one.id }, "CREATE_INSTANT_INVITE"));
  const first = channels.find((one) => one.id === channelId) ?? channels.find((one) => !isVocal(one)) ?? channels[0];
  await styles("making", "developers");
  if (!guild || !first) {
    openDialog({ title: "Invite people", id: "invite-people", body: [h("p", {}, "There is no channel that you could invite to.")] });
    return;
  }
  const link = copyable("Link", "");
  link.element.hidden = true;
  /** @type {import("../ui/form.js").Field[]} */
  const fields = [
    {
      name: "channel", label: "Leads to", type: "select", value: first.id,
      options: channels.map((one) => ({ value: one.id, label: `#${one.name}` })),
    },
    { name: "max_age", label: "Holds", type: "select", value: String(7 * DAY_S), options: AGES },
    { name: "max_uses", label: "Can be used", type: "select", value: "0", options: USES },
    {
      name: "temporary", label: "Only for a visit", type: "checkbox",
      hint: "Who comes by it leaves by going offline, unless they are given a role.",
    },
  ];
  const form = h("form", { class: "invite-terms" }, ...fields.map(fieldElement));
  form.addEventListener("submit", (event) => event.preventDefault());
  const make = button("Make the link", () => void create(), "primary");

  async function create() {
    const { channel, max_age, max_uses, temporary } = valuesOf(form, fields);
    make.disabled = true;
    await client.try(submit("POST", `/channels/${channel}/invites`,
      { max_age: Number(max_age), max_uses: Number(max_uses), temporary }).then(({ code }) => {
      link.set(linkOf(code));
      link.element.hidden = false;
      make.textContent = "Make another link";
      link.element.querySelector("input")?.focus();
    }));
    make.disabled = false;
  }
  openDialog({
    title: `Invite people to ${guild.name}`, id: "invite-people",
    body: [link.element, form], buttons: [make],
  });
}
