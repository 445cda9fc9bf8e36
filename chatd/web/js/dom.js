/**
 * A few words for building the page: elements, templates, and lists that are changed and not rebuilt.
 *
 * Text goes in as text nodes; there is no way in here to write HTML from a string.
 */

/**
 * An element: `h("a", {href, class: "x", onclick: f}, "text", child)`. A property that starts with "on" is a
 * listener; one that is null, undefined or false is left out; everything else is an attribute.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, any>} [properties]
 * @param {...(Node | string | null | undefined | false | "")} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) if (child) element.append(child);
  return element;
}

/** A copy of `<template id=…>`. @param {string} id */
export function fromTemplate(id) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById(id));
  return /** @type {DocumentFragment} */ (template.content.cloneNode(true));
}

/**
 * The element that must be there.
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} selector
 * @param {ParentNode} [within]
 * @returns {T}
 */
export function find(selector, within = document) {
  const element = within.querySelector(selector);
  if (!element) throw new Error(`no ${selector}`);
  return /** @type {T} */ (element);
}

/** @typedef {{key: string, signature: string, build: () => HTMLElement}} Item */

/**
 * What each list shows now.
 * @type {WeakMap<Element, Map<string, {signature: string, element: HTMLElement}>>}
 */
const shown = new WeakMap();

/**
 * Make the children of `parent` the items, touching only those whose signature changed, so that focus,
 * selection and scroll position survive. The list owns all children of `parent`; keys are unique.
 * @param {Element} parent
 * @param {Item[]} items
 */
export function reconcile(parent, items) {
  const before = shown.get(parent) ?? new Map();
  const after = new Map();
  const kept = new Set(items.map((item) => item.key));
  for (const [key, { element }] of before) if (!kept.has(key)) element.remove();
  let place = parent.firstElementChild;
  for (const { key, signature, build } of items) {
    const known = before.get(key);
    const element = known?.signature === signature ? known.element : build();
    if (known && element !== known.element) {
      if (place === known.element) place = element;
      replace(known.element, element);
    }
    if (place === element) place = element.nextElementSibling;
    else parent.insertBefore(element, place);
    after.set(key, { signature, element });
  }
  shown.set(parent, after);
}

const FOCUSABLE = "a[href], button, textarea, [tabindex]";

/**
 * Put one element in the place of another, and the focus with it: to what has the same `data-key`, if it had one.
 * @param {HTMLElement} old
 * @param {HTMLElement} next
 */
function replace(old, next) {
  const focused = /** @type {HTMLElement | null} */ (document.activeElement);
  const hadFocus = old.contains(focused);
  old.replaceWith(next);
  if (!hadFocus) return;
  const key = focused?.dataset.key;
  /** @type {HTMLElement | null} */
  const same = key ? next.querySelector(`[data-key="${CSS.escape(key)}"]`) : null;
  /** @type {HTMLElement | null} */
  const heir = same ?? (next.matches(FOCUSABLE) ? next : next.querySelector(FOCUSABLE));
  heir?.focus({ preventScroll: true });
}
