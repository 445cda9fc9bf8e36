/** What this browser does when something is for one. What of a guild or a channel is for one is chosen in its menu. */

import { h } from "../dom.js";
import { choose, chosen } from "../notifications/here.js";
import { chime } from "../notifications/sound.js";
import { fieldElement } from "../ui/form.js";
import { toast } from "../ui/toast.js";

export function notifications() {
  const now = chosen();
  const possible = "Notification" in window;
  const desktop = fieldElement({
    name: "desktop", label: "Desktop notifications", type: "checkbox",
    value: now.desktop && possible && Notification.permission === "granted",
    hint: possible ? "For mentions and direct messages, while you look at something else. The browser will ask you once."
      : "This browser has none, or the server is reached without TLS.",
    attributes: { disabled: !possible },
  });
  const sound = fieldElement({ name: "sound", label: "Sound", type: "checkbox", value: now.sound, hint: "Two soft notes for the same." });
  desktop.addEventListener("change", async ({ target }) => {
    const box = /** @type {HTMLInputElement} */ (target);
    // Only after a click: browsers rightly think little of pages that ask unasked.
    if (box.checked && await Notification.requestPermission() !== "granted") {
      box.checked = false;
      toast("The browser does not allow it. You can change that beside the address.", { kind: "error" });
    }
    choose({ desktop: box.checked });
  });
  sound.addEventListener("change", ({ target }) => {
    const { checked } = /** @type {HTMLInputElement} */ (target);
    choose({ sound: checked });
    if (checked) void chime();
  });
  return h("form", {}, desktop, sound, h("p", { class: "hint" },
    "Nothing is told while you are set to “Do not disturb”. What a guild or a channel may tell you is under “Notifications” in its menu."));
}
