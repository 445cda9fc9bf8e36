/**
 * One tab stop for a whole list: Tab goes in and out, arrows walk, Home and End jump, a letter finds.
 *
 * `rove(list, "a")` once, and `refresh()` after each drawing; which entry is the stop survives as long as it
 * is there.
 */

/**
 * @param {HTMLElement} list
 * @param {string} selector   of the entries, anywhere below it
 * @param {{orientation?: "vertical" | "horizontal" | "both", wrap?: boolean}} [options]
 */
export function rove(list, selector, { orientation = "vertical", wrap = false } = {}) {
  const forward = { vertical: ["ArrowDown"], horizontal: ["ArrowRight"], both: ["ArrowDown", "ArrowRight"] }[orientation];
  const back = { vertical: ["ArrowUp"], horizontal: ["ArrowLeft"], both: ["ArrowUp", "ArrowLeft"] }[orientation];
  /** @returns {HTMLElement[]} */
  const entries = () => [.../** @type {NodeListOf<HTMLElement>} */ (list.querySelectorAll(selector))]
    .filter((one) => one.checkVisibility());
  /** @param {HTMLElement | undefined} chosen */
  const stopAt = (chosen) => {
    for (const one of entries()) one.tabIndex = one === chosen ? 0 : -1;
  };

  function refresh() {
    const all = entries();
    const has = all.find((one) => one === document.activeElement);
    const marked = all.find((one) => one.hasAttribute("aria-current") || one.getAttribute("aria-selected") === "true");
    stopAt(has ?? marked ?? all.find((one) => one.tabIndex === 0) ?? all[0]);
  }

  list.addEventListener("focusin", ({ target }) => {
    const entry = /** @type {Element} */ (target).closest(selector);
    if (entry instanceof HTMLElement) stopAt(entry);
  });
  list.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const all = entries();
    const at = all.findIndex((one) => one === event.target);
    if (at < 0) return;
    const next = nextOf(event.key, at, all);
    if (!next) return;
    event.preventDefault();
    stopAt(next);
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  });

  /** @param {string} key @param {number} at @param {HTMLElement[]} all */
  function nextOf(key, at, all) {
    const to = forward.includes(key) ? at + 1 : back.includes(key) ? at - 1 : key === "Home" ? 0
      : key === "End" ? all.length - 1 : -2;
    if (to === -2) return key.length === 1 && /\S/.test(key) ? beginningWith(key, at, all) : undefined;
    return all[wrap ? (to + all.length) % all.length : Math.max(0, Math.min(all.length - 1, to))];
  }

  refresh();
  return { refresh };
}

/** The next entry whose words begin so. @param {string} letter @param {number} at @param {HTMLElement[]} all */
function beginningWith(letter, at, all) {
  const rotated = [...all.slice(at + 1), ...all.slice(0, at + 1)];
  const wanted = letter.toLocaleLowerCase();
  return rotated.find((one) => (one.dataset.word ?? one.textContent ?? "").trim().toLocaleLowerCase().startsWith(wanted));
}
