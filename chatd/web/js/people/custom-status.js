/** The dialog to say what one is up to: an emoji, a line, and until when. */

import { h } from "../dom.js";
import { submit } from "../rest.js";
import { momentTime } from "../time.js";
import { openForm } from "../ui/dialog.js";
import { iconButton } from "../ui/buttons.js";
import { styles } from "../ui/styles.js";
import { openEmojiPicker } from "../views/emoji-picker.js";
import { ownCustomStatus } from "./presence.js";

// Emoji and text are told in one line of up to 128 characters.
const TEXT_MAX = 100;
const HOUR_S = 3600;

/** @param {import("../client.js").Client} client */
export async function customStatus(client) {
  const { store } = client;
  await styles("card");
  const now = ownCustomStatus(store);
  let emoji = now?.emoji_name ?? "";
  const shown = h("span", { class: "status-emoji-shown" });
  const pick = h("button", {
    type: "button", class: "plain status-emoji", "aria-haspopup": "dialog",
    onclick: () => void openEmojiPicker(pick, store, null, (choice) => {
      if (choice.src === null) set(choice.text);
    }),
  }, shown, h("span", { class: "unseen" }, "Choose an emoji"));
  const set = (/** @type {string} */ chosen) => {
    emoji = chosen;
    shown.textContent = chosen || "🙂";
    pick.toggleAttribute("data-none", !chosen);
  };
  set(emoji);
  const clear = iconButton("close", "Without an emoji", { onclick: () => set("") });
  await openForm({
    title: "Custom status", id: "custom-status", submit: "Save",
    lead: "A line below your name, for everybody who shares a guild with you.",
    fields: [
      { name: "text", label: "What are you up to?", value: now?.text ?? "", attributes: { maxlength: TEXT_MAX, autocomplete: "off" } },
      { name: "emoji_name", label: "Emoji", type: "custom", build: () => h("div", { class: "status-emoji-row" }, pick, clear), read: () => emoji },
      { name: "expires_at", label: "Clear after", type: "select", value: now?.expires_at ? "keep" : "never", options: [
        ...(now?.expires_at ? [{ value: "keep", label: `As it is: ${momentTime(Date.parse(now.expires_at))}` }] : []),
        { value: "never", label: "Do not clear" },
        { value: String(HOUR_S / 2), label: "30 minutes" },
        { value: String(HOUR_S), label: "1 hour" },
        { value: String(4 * HOUR_S), label: "4 hours" },
        { value: "today", label: "Today" },
        { value: String(7 * 24 * HOUR_S), label: "A week" },
      ] },
    ],
    send: async ({ text, emoji_name, expires_at }) => {
      const custom_status = text.trim() || emoji_name
        ? { text: text.trim() || null, emoji_name: emoji_name || null, expires_at: endOf(expires_at, now?.expires_at ?? null) } : null;
      store.apply("USER_SETTINGS_UPDATE", await submit("PATCH", "/users/@me/settings", { custom_status }));
    },
  });
}

/** @param {string} chosen @param {string | null} before */
function endOf(chosen, before) {
  if (chosen === "never") return null;
  if (chosen === "keep") return before;
  const end_ms = chosen === "today" ? new Date().setHours(24, 0, 0, 0) : Date.now() + Number(chosen) * 1000;
  return new Date(end_ms).toISOString();
}
