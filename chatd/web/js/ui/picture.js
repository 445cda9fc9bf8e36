/**
 * A field for a picture: what there is, a button to choose another, which is cropped, and one to take it away.
 *
 * Its value is undefined as long as nothing was done, a data: URI for another picture, null for none, so it can
 * go into a PATCH as it is.
 */

import { h } from "../dom.js";
import { button } from "./buttons.js";
import { cropPicture } from "./crop.js";
import { icon } from "./icons.js";
import { styles } from "./styles.js";

const PICTURES = "image/png,image/jpeg,image/gif,image/webp";

/**
 * @param {object} options
 * @param {string} options.name
 * @param {string} options.label
 * @param {string} [options.hint]
 * @param {string | null} [options.src]   the picture that there is
 * @param {boolean} [options.round]
 * @param {number} [options.size_px]      of a side, at most
 * @returns {import("./form.js").Field}
 */
export function pictureField({ name, label, hint, src = null, round = false, size_px }) {
  /** @type {string | null | undefined} */
  let value;
  return {
    name, label, hint, type: "custom", read: () => value,
    build: () => pictureControl({ label, src, round, size_px, onchange: (/** @type {string | null} */ next) => (value = next) }),
  };
}

/**
 * @param {{label: string, src: string | null, round: boolean, size_px?: number,
 *   onchange: (value: string | null) => void}} options
 */
function pictureControl({ label, src, round, size_px, onchange }) {
  void styles("crop");
  const shown = h("span", { class: round ? "picture-now round" : "picture-now", "aria-hidden": "true" });
  const input = h("input", {
    type: "file", accept: PICTURES, class: "unseen", tabindex: "-1", "aria-hidden": "true", onchange: async () => {
      const [file] = input.files ?? [];
      input.value = "";
      const cropped = file && await cropPicture(file, { title: label, round, size_px });
      if (cropped) set(cropped);
    },
  });
  const choose = button("", () => input.click());
  const remove = button("Remove", () => {
    set(null);
    choose.focus();
  }, "link");

  /** @param {string | null} next */
  function set(next) {
    draw(next);
    onchange(next);
  }

  /** @param {string | null} now */
  function draw(now) {
    shown.replaceChildren(now ? h("img", { src: now, alt: "" }) : icon("image"));
    choose.textContent = now ? "Choose another picture" : "Choose a picture";
    remove.hidden = !now;
  }
  draw(src);
  return h("div", { class: "picture-field" }, shown, choose, remove, input);
}
