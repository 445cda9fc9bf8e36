/**
 * One's own presence: what was chosen is a setting, which all devices agree on; each device tells it to the
 * gateway, for a presence belongs to a connection and ends with it.
 */

/** @typedef {import("../client.js").Client} Client */
/** @typedef {import("../store.js").Store} Store */
/** @typedef {{text: string | null, emoji_name: string | null, expires_at: string | null}} CustomStatus */

const PRESENCE_UPDATE = 3, CUSTOM = 4;
// A timer that waits for longer ends at once.
const TIMER_MAX_MS = 2 ** 31 - 1;
// Two devices that hear of two choices at once must not answer each other for ever: the last one is told.
const SETTLE_MS = 250;

/** What one may choose to be, and what it means. */
export const CHOICES = /** @type {const} */ ([
  { value: "online", label: "Online", hint: "" },
  { value: "idle", label: "Away", hint: "" },
  { value: "dnd", label: "Do not disturb", hint: "No notifications" },
  { value: "invisible", label: "Invisible", hint: "Looks like offline" },
]);

/** @param {Store} store @returns {typeof CHOICES[number]["value"]} */
export const chosenStatus = (store) => store.settings.status ?? "online";

/** The custom status that holds now. @param {Store} store @returns {CustomStatus | null} */
export function ownCustomStatus(store, now_ms = Date.now()) {
  const chosen = store.settings.custom_status;
  if (!chosen || (!chosen.text && !chosen.emoji_name)) return null;
  return chosen.expires_at && Date.parse(chosen.expires_at) <= now_ms ? null : chosen;
}

/** "🌴 on holiday" @param {CustomStatus | null} status */
export const statusText = (status) => [status?.emoji_name, status?.text].filter(Boolean).join(" ");

/** Tell the gateway what was chosen, with each new session and each change. @param {Client} client */
export function tellPresence({ store, gateway }) {
  let told = "", expiry = 0, settling = 0;
  const tell = () => {
    if (store.connection.state !== "live" || !store.ready) return;
    const custom = ownCustomStatus(store);
    const activities = custom ? [{ type: CUSTOM, name: "Custom Status", state: statusText(custom) }] : [];
    const presence = { since: null, afk: false, status: chosenStatus(store), activities };
    const text = JSON.stringify(presence);
    if (text !== told) gateway.tell(PRESENCE_UPDATE, presence);
    told = text;
    clearTimeout(expiry);
    if (!custom?.expires_at) return;
    const left_ms = Date.parse(custom.expires_at) - Date.now();
    expiry = setTimeout(() => { tell(); store.tell("settings"); }, Math.min(left_ms + 1, TIMER_MAX_MS));
  };
  const soon = () => {
    clearTimeout(settling);
    settling = setTimeout(tell, SETTLE_MS);
  };
  store.subscribe(["settings"], soon);
  // A new connection has forgotten, or its server has.
  store.subscribe(["connection"], () => {
    if (store.connection.state === "live") return soon();
    told = "";
  });
  soon();
}
