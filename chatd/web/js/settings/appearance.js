/** How the client looks: in this browser the theme, size, clock and motion; for the account how close messages stand. */

import { h } from "../dom.js";
import { submit } from "../rest.js";
import { fieldElement } from "../ui/form.js";
import { live } from "../guild/live.js";
import { chooseLooks, looks } from "../ui/looks.js";
import { styles } from "../ui/styles.js";
import { chooseTheme, theme } from "../ui/theme.js";
import { messageElement } from "../views/message.js";

/** @typedef {import("../client.js").Client} Client */

/** @param {Client} client */
export async function appearance(client) {
  const { store } = client;
  await styles("settings");
  const { size, motion, clock } = looks();
  const compact = store.settings.message_display_compact === true;

  const fields = [
    chosenBy({
      name: "theme", label: "Theme", type: "radio", value: theme(),
      options: [
        { value: "system", label: "As the system", hint: "Dark when your device is." },
        { value: "light", label: "Light", hint: "Ink on paper." },
        { value: "dark", label: "Dark", hint: "For the evening." },
      ],
    }, (value) => chooseTheme(/** @type {import("../ui/theme.js").Theme} */ (value))),
    chosenBy({
      name: "density", label: "Messages, on all your devices", type: "radio", value: compact ? "compact" : "cosy",
      options: [
        { value: "cosy", label: "Cosy", hint: "With faces, and room to breathe." },
        { value: "compact", label: "Compact", hint: "More on the screen: name and words on one line." },
      ],
    }, (value) => void client.try(submit("PATCH", "/users/@me/settings", { message_display_compact: value === "compact" })
      .then((settings) => store.apply("USER_SETTINGS_UPDATE", settings)))),
    chosenBy({
      name: "size", label: "Size of text and all else", type: "select", value: String(size),
      options: [["87.5", "Small"], ["100", "As the browser has it"], ["112.5", "Large"], ["125", "Larger"], ["150", "Largest"]]
        .map(([value, label]) => ({ value, label })),
    }, (value) => chooseLooks({ size: Number(value) })),
    chosenBy({
      name: "clock", label: "Clock", type: "select", value: clock,
      options: [
        { value: "system", label: "As the language of the browser has it" },
        { value: "h23", label: "24 hours, 14:05" },
        { value: "h12", label: "12 hours, 2:05 pm" },
      ],
    }, (value) => chooseLooks({ clock: /** @type {import("../ui/looks.js").Looks["clock"]} */ (value) })),
    chosenBy({
      name: "motion", label: "Less motion", type: "checkbox", value: motion === "less",
      hint: "Nothing glides or fades. It is so already where your device asks for it.",
    }, (_, checked) => chooseLooks({ motion: checked ? "less" : "system" })),
  ];
  const sample = h("div", { class: "looks-sample", inert: true, "aria-hidden": "true" });
  const draw = () => sample.replaceChildren(...sampleOf(client));
  live(client, ["settings", "messages"], draw);
  return h("form", { class: "appearance" }, sample, ...fields);
}

/**
 * A field that acts at once.
 * @param {import("../ui/form.js").Field} field
 * @param {(value: string, checked: boolean) => void} choose
 */
function chosenBy(field, choose) {
  const element = fieldElement(field);
  element.addEventListener("change", ({ target }) => {
    const { value, checked } = /** @type {HTMLInputElement} */ (target);
    choose(value, checked);
  });
  return element;
}

/** A few words of one's own, as they would stand in a chat. @param {Client} client */
function sampleOf({ store }) {
  const time_ms = new Date().setHours(14, 5, 0, 0);
  return ["This is how messages look.", "A second one, a minute later."].map((content, n) => messageElement({
    kind: "message", key: `sample${n}`, grouped: n > 0, time_ms: time_ms + n * 60_000,
    message: {
      id: String(n), channel_id: "", type: 0, content, author: store.me ?? { id: "0", username: "" },
      timestamp: new Date(time_ms).toISOString(), edited_timestamp: null, attachments: [], embeds: [],
    },
  }, store));
}
