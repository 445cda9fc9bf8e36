/** What administrators should know, as it happens. The server tells nobody else. */

import { go } from "../router.js";
import { toast } from "../ui/toast.js";

/** @typedef {{kind: string, user: import("../types.js").User | null, by: string | null}} Notice */

/** @type {Record<string, (who: string) => string>} */
const SENTENCES = {
  user_signed_up: (who) => `${who} has signed up.`, user_created: (who) => `${who} got an account.`,
  user_deleted: (who) => `${who} was deleted.`, user_disabled: (who) => `${who} is kept out now.`,
  user_enabled: (who) => `${who} was let in again.`, admin_made: (who) => `${who} is an administrator now.`,
  admin_unmade: (who) => `${who} is no longer an administrator.`,
  password_link_made: (who) => `A link for another password was made for ${who}.`,
  user_signed_out: (who) => `${who} was signed out everywhere.`, bot_token_reset: (who) => `The bot ${who} got another token.`,
  bot_deleted: (who) => `The bot ${who} was deleted.`, settings_changed: () => "The settings of the server were changed.",
};

/** @param {import("../client.js").Client} client @param {Notice} notice */
export function tellNotice({ store }, { kind, user, by }) {
  // One knows what one has done oneself.
  if (!store.me?.admin || by === store.me.id || !SENTENCES[kind]) return;
  const path = kind === "settings_changed" ? "/admin/general" : "/admin/users";
  toast(SENTENCES[kind](user ? `@${user.username}` : "Somebody"), { action: { label: "Show", run: () => go(path) } });
}
