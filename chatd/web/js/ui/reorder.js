/**
 * Lists whose entries are dragged into another order. It is the browser's own drag and drop: where an entry would
 * come to stand is marked by `data-drop` on the one beside it. What the pointer can do, keys must be able to do
 * elsewhere: in a menu, or with arrows.
 */

/**
 * @param {HTMLElement} list
 * @param {string} selector   of the entries
 * @param {object} options
 * @param {(moved: HTMLElement, target: HTMLElement) => boolean} options.may
 * @param {(moved: HTMLElement, target: HTMLElement, after: boolean) => void} options.drop
 * @param {DragEvent} [begun]  a drag that was under way before
 */
export function reorderable(list, selector, { may, drop }, begun) {
  /** @type {HTMLElement | null} */
  let moved = null;

  /** @param {DragEvent} event */
  function begin(event) {
    const entry = /** @type {Element} */ (event.target).closest(selector);
    moved = entry instanceof HTMLElement ? entry : null;
    moved?.classList.add("dragged");
  }
  list.addEventListener("dragstart", begin);
  list.addEventListener("dragover", (event) => {
    const target = targetOf(event);
    unmark();
    if (!target) return;
    event.preventDefault();
    target.dataset.drop = isAfter(event, target) ? "after" : "before";
  });
  list.addEventListener("drop", (event) => {
    const target = targetOf(event);
    if (!target || !moved) return;
    event.preventDefault();
    drop(moved, target, isAfter(event, target));
    end();
  });
  list.addEventListener("dragend", end);
  if (begun) begin(begun);

  /** @param {DragEvent} event */
  function targetOf(event) {
    const target = /** @type {Element} */ (event.target).closest(selector);
    return moved && target instanceof HTMLElement && target !== moved && may(moved, target) ? target : null;
  }

  /** @param {DragEvent} event @param {HTMLElement} target */
  function isAfter({ clientY }, target) {
    const { top, height } = target.getBoundingClientRect();
    return clientY > top + height / 2;
  }

  function unmark() {
    for (const entry of list.querySelectorAll("[data-drop]")) entry.removeAttribute("data-drop");
  }

  function end() {
    unmark();
    moved?.classList.remove("dragged");
    moved = null;
  }
}
