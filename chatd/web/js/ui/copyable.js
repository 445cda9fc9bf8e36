/** A text to be copied: a token, a link. */

import { h } from "../dom.js";
import { iconButton } from "./buttons.js";
import { toast } from "./toast.js";

/**
 * A text that cannot be changed, and a button that copies it.
 * @param {string} label
 * @param {string} text
 * @param {string} [hint]
 */
export function copyable(label, text, hint) {
  const id = `copy-${label.toLowerCase().replaceAll(/[^a-z]+/g, "-")}`;
  const input = h("input", { id, class: "input", readonly: true, spellcheck: "false", onfocus: () => input.select() });
  input.value = text;
  const copy = iconButton("copy", `Copy ${label.toLowerCase()}`, { onclick: () => void copyText(input) });
  const element = h("div", { class: "field copyable" },
    h("label", { for: id }, label), h("div", { class: "copy-row" }, input, copy),
    hint && h("p", { class: "hint" }, hint));
  return { element, set: (/** @type {string} */ value) => { input.value = value; } };
}

/** @param {HTMLInputElement} input */
async function copyText(input) {
  try {
    await navigator.clipboard.writeText(input.value);
    toast("Copied.");
  } catch {
    // Without TLS, or where the browser was told not to: it is selected, and a key does the rest.
    input.select();
    toast("Press Ctrl+C to copy what is selected.");
  }
}

/** A short text, to the clipboard. @param {string} text */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast("Copied.");
  } catch {
    const { openDialog } = await import("./dialog.js");
    openDialog({ title: "Copy this", body: [copyable("Text", text).element] });
  }
}
