/** A form on a page: its button saves, and says that it has. What the server says of a field stands beside it. */

import { h } from "../dom.js";
import { clearErrors, demandRequired, errorPlace, fieldElement, showErrors, valuesOf } from "./form.js";
import { toast } from "./toast.js";

/** @typedef {import("./form.js").Field} Field */

/**
 * @template T
 * @param {object} form
 * @param {Field[]} form.fields
 * @param {(values: Record<string, any>) => Promise<T>} form.send
 * @param {(answer: T) => void} [form.saved]
 */
export function savedForm({ fields, send, saved }) {
  const button = h("button", { type: "submit", class: "primary" }, "Save");
  const fieldset = h("fieldset", {}, ...fields.map(fieldElement), button);
  const form = h("form", { class: "saved-form", novalidate: true }, errorPlace(), fieldset);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void attempt();
  });

  async function attempt() {
    clearErrors(form);
    if (fieldset.disabled || demandRequired(form, fields)) return;
    const values = valuesOf(form, fields);
    fieldset.disabled = true;
    try {
      const answer = await send(values);
      fieldset.disabled = false;
      saved?.(answer);
      toast("Saved.");
      button.focus();
    } catch (error) {
      fieldset.disabled = false;
      showErrors(form, error);
    }
  }
  return form;
}
