/** Buttons as they are made everywhere. */

import { h } from "../dom.js";
import { icon } from "./icons.js";

/**
 * A button that shows a drawing; its words are its label and its tooltip.
 * @param {string} name   of the drawing
 * @param {string} label
 * @param {Record<string, any>} [properties]
 */
export const iconButton = (name, label, properties = {}) =>
  h("button", { type: "button", class: "icon-button", "aria-label": label, "data-tip": label, ...properties },
    icon(name));

/**
 * @param {string} label
 * @param {(event: Event) => void} onclick
 * @param {"plain" | "primary" | "danger" | "link"} [kind]
 */
export const button = (label, onclick, kind = "plain") =>
  h("button", { type: "button", class: kind, onclick }, label);
