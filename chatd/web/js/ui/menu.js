/**
 * Menus, and what opens them: a button, or the right mouse button, the menu key or a long press on what they are about.
 *
 *     menuButton(button, () => [{label: "Mute", icon: "muted", run}, "line", {label: "Leave", danger: true, run}])
 *     onContextMenu(list, "[data-channel-id]", (element) => items)
 */

/**
 * @typedef {{label: string, icon?: string, danger?: boolean, checked?: boolean, disabled?: boolean,
 *   hint?: string, run: () => unknown}} Item
 * @typedef {Item | "line"} Entry
 */

/** @param {Element | {x: number, y: number}} anchor @param {Entry[]} entries @param {string} [label] */
export async function openMenu(anchor, entries, label = "Menu") {
  if (entries.length > 0) (await import("./menu-list.js")).showMenu(anchor, entries, label);
}

/** @param {HTMLElement} button @param {() => Entry[]} entries @param {string} [label] */
export function menuButton(button, entries, label = button.getAttribute("aria-label") ?? "Menu") {
  button.setAttribute("aria-haspopup", "menu");
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-expanded") === "true") return;
    void openMenu(button, entries(), label);
  });
}

/**
 * @param {HTMLElement} list
 * @param {string} selector   what has a menu, below `list`
 * @param {(element: HTMLElement) => Entry[]} entries  none: the browser's own menu
 */
export function onContextMenu(list, selector, entries) {
  list.addEventListener("contextmenu", (event) => {
    const element = /** @type {Element} */ (event.target).closest(selector);
    if (!(element instanceof HTMLElement) || event.shiftKey) return;
    // Who right-clicks a link in a text or a selection wants the browser's menu.
    if (!getSelection()?.isCollapsed && element.contains(getSelection()?.anchorNode ?? null)) return;
    const items = entries(element);
    if (items.length === 0) return;
    event.preventDefault();
    // The menu key has no place of its own.
    const at = event.clientX || event.clientY ? { x: event.clientX, y: event.clientY } : element;
    void openMenu(at, items);
  });
}
