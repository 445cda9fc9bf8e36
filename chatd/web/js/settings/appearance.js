/** How the client looks in this browser: dark or light. */

import { h } from "../dom.js";
import { fieldElement } from "../ui/form.js";
import { chooseTheme, theme } from "../ui/theme.js";

export function appearance() {
  const field = fieldElement({
    name: "theme", label: "Theme", type: "radio", value: theme(),
    options: [
      { value: "system", label: "As the system", hint: "Dark when your device is." },
      { value: "light", label: "Light", hint: "Ink on paper." },
      { value: "dark", label: "Dark", hint: "For the evening." },
    ],
  });
  field.addEventListener("change", ({ target }) =>
    chooseTheme(/** @type {import("../ui/theme.js").Theme} */ (/** @type {HTMLInputElement} */ (target).value)));
  return h("form", {}, field);
}
