/** Files that are dragged to a place from elsewhere. */

import { h } from "../dom.js";
import { icon } from "../ui/icons.js";

/**
 * Files that are dragged over `place` may be dropped there.
 * @param {HTMLElement} place
 * @param {() => boolean} may
 * @param {(files: File[]) => void} ondrop
 */
export function acceptDrops(place, may, ondrop) {
  const sign = h("div", { class: "drop-sign", hidden: true }, icon("attach"), h("p", {}, "Drop files to attach them"));
  place.append(sign);
  let depth = 0;
  const isFiles = (/** @type {DragEvent} */ event) => may() && event.dataTransfer?.types.includes("Files");
  place.addEventListener("dragenter", (event) => {
    if (isFiles(event)) sign.hidden = ++depth === 0;
  });
  place.addEventListener("dragleave", (event) => {
    if (isFiles(event) && --depth <= 0) end();
  });
  place.addEventListener("dragover", (event) => isFiles(event) && event.preventDefault());
  place.addEventListener("drop", (event) => {
    if (!isFiles(event)) return;
    event.preventDefault();
    end();
    ondrop([...(event.dataTransfer?.files ?? [])]);
  });
  const end = () => {
    depth = 0;
    sign.hidden = true;
  };
}
