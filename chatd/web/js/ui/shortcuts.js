/**
 * Keyboard shortcuts: one list of all of them, which `?` shows.
 *
 *     shortcut({keys: "Mod+K", label: "Go to a channel", group: "Moving around", run})
 *
 * "Mod" is Ctrl, and the command key on a Mac. A shortcut without a modifier does nothing while one types.
 */

/** @typedef {{keys: string, label: string, group: string, run: (event: KeyboardEvent) => unknown}} Shortcut */

export const isMac = /^Mac|^iP/.test(navigator.platform);
/** @type {Shortcut[]} */
const known = [];
/** Listed, and handled where they belong: in the message box, in lists. @type {[string, string, string][]} */
const told = [];

/** @param {Shortcut} shortcut */
export function shortcut(shortcut) {
  known.push(shortcut);
}

/** One that another module handles. @param {string} keys @param {string} label @param {string} group */
export function tellShortcut(keys, label, group) {
  told.push([keys, label, group]);
}

/** Everything there is to know. @returns {[string, string, string][]} keys, label, group */
export const allShortcuts = () =>
  [...known.map(({ keys, label, group }) => /** @type {[string, string, string]} */ ([keys, label, group])), ...told];

export const showShortcuts = async () => (await import("./shortcut-list.js")).showList(allShortcuts());

export function wireShortcuts() {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    // What lies over the page has the keys to itself.
    if (document.querySelector("dialog:modal, .popover .menu")) return;
    const pressed = keysOf(event);
    const found = known.find(({ keys }) => keys === pressed);
    if (!found || (isTyping(event) && !/^(Mod|Alt)\+/.test(pressed))) return;
    event.preventDefault();
    found.run(event);
  });
  shortcut({ keys: "?", label: "Show these shortcuts", group: "General", run: showShortcuts });
}

/** @param {KeyboardEvent} event */
function keysOf({ key, ctrlKey, metaKey, altKey, shiftKey }) {
  const mod = isMac ? metaKey : ctrlKey;
  const letter = key.length === 1 ? key.toUpperCase() : key;
  // Shift is part of what "?" is, and not of what an arrow is.
  const shift = shiftKey && (key.length > 1 || mod || altKey);
  return [mod && "Mod", altKey && "Alt", shift && "Shift", letter].filter(Boolean).join("+");
}

/** @param {Event} event */
const isTyping = ({ target }) =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));
