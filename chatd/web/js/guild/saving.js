/** "You have changed something": the bar that saves it or takes it back, at the foot of what was changed. */

import { h } from "../dom.js";
import { button } from "../ui/buttons.js";
import { orToast, toast } from "../ui/toast.js";

/**
 * @param {object} bar
 * @param {() => Promise<unknown>} bar.save
 * @param {() => void} bar.undo
 */
export function saveBar({ save, undo }) {
  const yes = button("Save", () => void attempt(), "primary");
  const element = h("div", { class: "save-bar", role: "status", hidden: true },
    h("span", {}, "Not saved yet."), button("Undo", () => {
      element.hidden = true;
      undo();
    }), yes);

  async function attempt() {
    yes.disabled = true;
    const saved = await orToast(save());
    yes.disabled = false;
    if (!saved) return;
    element.hidden = true;
    toast("Saved.");
  }
  return { element, changed: () => { element.hidden = false; }, isOpen: () => !element.hidden };
}
