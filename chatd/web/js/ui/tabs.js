/** Tabs: a list of names above what each shows. Arrow keys go from one to the next. */

import { h } from "../dom.js";
import { rove } from "./roving.js";

let lastId = 0;

/**
 * @param {string} label   what the tabs are of
 * @param {{name: string, build: () => HTMLElement}[]} tabs  each is built when it is first shown
 */
export function tabs(label, tabs) {
  const id = `tabs-${++lastId}`;
  const panels = tabs.map((_, n) =>
    h("div", { role: "tabpanel", id: `${id}-${n}`, "aria-labelledby": `${id}-tab-${n}`, tabindex: "0", hidden: true }));
  const buttons = tabs.map(({ name }, n) =>
    h("button", {
      type: "button", role: "tab", id: `${id}-tab-${n}`, "aria-controls": `${id}-${n}`, onclick: () => choose(n),
    }, name));
  const list = h("div", { class: "tabs", role: "tablist", "aria-label": label }, ...buttons);

  /** @param {number} chosen */
  function choose(chosen) {
    if (panels[chosen].childElementCount === 0) panels[chosen].append(tabs[chosen].build());
    panels.forEach((panel, n) => (panel.hidden = n !== chosen));
    buttons.forEach((button, n) => button.setAttribute("aria-selected", String(n === chosen)));
    roving.refresh();
  }

  const roving = rove(list, "[role=tab]", { orientation: "horizontal", wrap: true });
  list.addEventListener("focusin", ({ target }) => choose(buttons.indexOf(/** @type {any} */ (target))));
  choose(0);
  return { element: h("div", { class: "tabbed" }, list, ...panels), choose };
}
