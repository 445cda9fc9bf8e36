/** Say something to everybody, in the server's own name. */

import { h } from "../dom.js";
import { submit } from "../rest.js";
import { toast } from "../ui/toast.js";
import { clearErrors, demandRequired, errorPlace, fieldElement, showErrors, valuesOf } from "../ui/form.js";

/** @type {import("../ui/form.js").Field[]} */
const FIELDS = [
  { name: "content", label: "What to say", type: "textarea", required: true, attributes: { rows: 5, maxlength: 1900 } },
  {
    name: "everywhere", label: "In every guild", type: "checkbox",
    hint: "Otherwise in the guild that everybody joins. It mentions everyone.",
  },
];

export function announce() {
  const button = h("button", { type: "submit", class: "primary" }, "Announce");
  const fieldset = h("fieldset", {}, ...FIELDS.map(fieldElement), button);
  const form = h("form", { class: "saved-form", novalidate: true }, errorPlace(), fieldset);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    clearErrors(form);
    if (fieldset.disabled || demandRequired(form, FIELDS)) return;
    const values = valuesOf(form, FIELDS);
    fieldset.disabled = true;
    try {
      const { messages } = await submit("POST", "/admin/announcements", values);
      toast(messages.length === 1 ? "Said in one guild." : `Said in ${messages.length} guilds.`);
      form.reset();
    } catch (error) {
      showErrors(form, error);
    } finally {
      fieldset.disabled = false;
    }
  });
  return form;
}
