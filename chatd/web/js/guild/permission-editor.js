/**
 * Permissions in words and in groups, with a search: as switches for a role, or as three states each (deny, as
 * elsewhere, allow) for the overwrite of a channel. Only what one may give can be changed.
 */

import { h } from "../dom.js";
import { PERMISSION_GROUPS } from "../permission-words.js";
import { Permission } from "../permissions.js";
import { icon } from "../ui/icons.js";

/** @typedef {import("../permissions.js").PermissionName} PermissionName */

const NOT_YOURS = "You do not have this yourself.";
let lastId = 0;

/**
 * @param {object} options
 * @param {bigint} options.value
 * @param {bigint} options.mayGive    what is not in it is fixed
 * @param {() => void} [options.onchange]
 * @returns {{element: HTMLElement, value: () => bigint}}
 */
export function permissionSwitches({ value, mayGive, onchange }) {
  let now = value;
  const element = editor((name, label) => {
    const bit = Permission[name], fixed = !(mayGive & bit);
    const box = h("input", {
      type: "checkbox", role: "switch", value: name, disabled: fixed, onchange: () => {
        now = box.checked ? now | bit : now & ~bit;
        onchange?.();
      },
    });
    box.checked = (value & bit) !== 0n;
    return h("label", { class: "permission-row", "data-tip": fixed && NOT_YOURS }, h("span", {}, label), box);
  });
  return { element, value: () => now };
}

/**
 * @param {object} options
 * @param {bigint} options.allow
 * @param {bigint} options.deny
 * @param {bigint} options.mayGive
 * @param {bigint} options.shown      those that mean something here
 * @param {() => void} [options.onchange]
 * @returns {{element: HTMLElement, value: () => {allow: bigint, deny: bigint}}}
 */
export function permissionStates({ allow, deny, mayGive, shown, onchange }) {
  let allowed = allow, denied = deny;
  const element = editor((name, label) => {
    const bit = Permission[name], fixed = !(mayGive & bit), group = `p${++lastId}`;
    const state = allow & bit ? "allow" : deny & bit ? "deny" : "neutral";
    const choice = (/** @type {string} */ value, /** @type {string} */ word, /** @type {Node} */ sign) => {
      const radio = h("input", {
        type: "radio", name: group, value, disabled: fixed, onchange: () => {
          allowed = value === "allow" ? allowed | bit : allowed & ~bit;
          denied = value === "deny" ? denied | bit : denied & ~bit;
          onchange?.();
        },
      });
      radio.checked = value === state;
      return h("label", { class: "state", "data-state": value, "data-tip": fixed ? NOT_YOURS : word }, radio,
        h("span", { class: "unseen" }, word), sign);
    };
    return h("fieldset", { class: "permission-row", "data-permission": name },
      h("legend", {}, label),
      h("span", { class: "states" }, choice("deny", "Deny", icon("close")),
        choice("neutral", "As elsewhere", h("span", { class: "slash", "aria-hidden": "true" }, "/")),
        choice("allow", "Allow", icon("check"))));
  }, shown);
  return { element, value: () => ({ allow: allowed, deny: denied }) };
}

/**
 * @param {(name: PermissionName, label: string) => HTMLElement} rowOf
 * @param {bigint} [shown]
 */
function editor(rowOf, shown = ~0n) {
  const search = h("input", {
    type: "search", class: "input", placeholder: "Search", "aria-label": "Search permissions", autocomplete: "off",
    oninput: () => filter(search.value.trim().toLocaleLowerCase()),
  });
  const nothing = h("p", { class: "hint", role: "status" });
  const groups = PERMISSION_GROUPS.map(({ name, permissions }) => {
    const rows = permissions.filter(([key]) => Permission[key] & shown)
      .map(([key, label]) => ({ words: label.toLocaleLowerCase(), element: rowOf(key, label) }));
    const element = h("section", { class: "permission-section" }, h("h4", {}, name), ...rows.map((row) => row.element));
    element.hidden = rows.length === 0;
    return { element, rows };
  });

  /** @param {string} wanted */
  function filter(wanted) {
    let found = 0;
    for (const { element, rows } of groups) {
      for (const row of rows) row.element.hidden = !row.words.includes(wanted);
      const left = rows.filter((row) => !row.element.hidden).length;
      element.hidden = left === 0;
      found += left;
    }
    nothing.textContent = found === 0 ? "No permission of that name." : "";
  }
  return h("div", { class: "permission-editor" }, search, nothing, ...groups.map(({ element }) => element));
}
