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

const LONG_PRESS_MS = 500, SLOP_PX = 10;

/** @param {Element | {x: number, y: number}} anchor @param {Entry[] | Promise<Entry[]>} entries @param {string} [label] */
export async function openMenu(anchor, entries, label = "Menu") {
  const [{ showMenu }, known] = await Promise.all([import("./menu-list.js"), entries]);
  if (known.length > 0) showMenu(anchor, known, label);
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
 * @param {(element: HTMLElement) => Entry[] | Promise<Entry[]>} entries  none: the browser's own menu
 * @param {string} [label]
 */
export function onContextMenu(list, selector, entries, label) {
  list.addEventListener("contextmenu", (event) => {
    const element = /** @type {Element} */ (event.target).closest(selector);
    if (!(element instanceof HTMLElement) || event.shiftKey) return;
    // Who right-clicks a link in a text or a selection wants the browser's menu.
    if (!getSelection()?.isCollapsed && element.contains(getSelection()?.anchorNode ?? null)) return;
    const items = entries(element);
    if (Array.isArray(items) && items.length === 0) return;
    event.preventDefault();
    // The menu key has no place of its own.
    const at = event.clientX || event.clientY ? { x: event.clientX, y: event.clientY } : element;
    void openMenu(at, items, label);
  });
}

/**
 * The same where a long press is no contextmenu event, as on iOS: there a click comes after it, which is not meant.
 * @param {HTMLElement} list
 * @param {string} selector
 * @param {(element: HTMLElement) => Entry[] | Promise<Entry[]>} entries
 * @param {string} [label]
 */
export function onLongPress(list, selector, entries, label) {
  let timer = 0, from = { x: 0, y: 0 }, held = false;
  const stop = () => clearTimeout(timer);
  list.addEventListener("pointerdown", ({ target, pointerType, clientX, clientY }) => {
    stop();
    held = false;
    const element = /** @type {Element} */ (target).closest(selector);
    if (pointerType !== "touch" || !(element instanceof HTMLElement)) return;
    from = { x: clientX, y: clientY };
    timer = setTimeout(() => {
      held = true;
      void openMenu(from, entries(element), label);
    }, LONG_PRESS_MS);
  });
  list.addEventListener("click", (event) => {
    if (!held) return;
    held = false;
    event.preventDefault();
    event.stopPropagation();
  }, { capture: true });
  list.addEventListener("pointermove", ({ clientX, clientY }) => {
    if (Math.hypot(clientX - from.x, clientY - from.y) > SLOP_PX) stop();
  });
  for (const type of ["pointerup", "pointercancel", "contextmenu"]) list.addEventListener(type, stop);
}
