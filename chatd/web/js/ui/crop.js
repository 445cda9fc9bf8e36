/**
 * The dialog that cuts a square out of a picture: drag it, zoom with the slider or the wheel, or use the arrow
 * keys and plus and minus.
 *
 *     const uri = await cropPicture(file, {title: "Profile picture", round: true});   null: cancelled
 *
 * An animation is not cut, for a canvas has one frame; it goes up as it is.
 */

import { h } from "../dom.js";
import { button } from "./buttons.js";
import { openDialog } from "./dialog.js";
import { styles } from "./styles.js";
import { toast } from "./toast.js";

const SIDE_PX = 512, STAGE_PX = 288, ZOOM_MAX = 5, STEP_PX = 8;

/**
 * @param {File} file
 * @param {{title?: string, round?: boolean, size_px?: number}} [options]
 * @returns {Promise<string | null>}  a data: URI
 */
export async function cropPicture(file, { title = "Picture", round = false, size_px = SIDE_PX } = {}) {
  if (file.type === "image/gif") return dataUri(file);
  const picture = await createImageBitmap(file).catch(() => null);
  if (!picture) {
    toast("This file is no picture that the browser can read.", { kind: "error" });
    return null;
  }
  await styles("crop");
  const frame = new Frame(picture);
  /** @type {string | null} */
  let uri = null;
  const { close, closed } = openDialog({
    title, id: "crop", body: [stage(frame, round)],
    buttons: [button("Cancel", () => close()), button("Use it", () => {
      uri = frame.cut(size_px);
      close();
    }, "primary")],
  });
  await closed;
  picture.close();
  return uri;
}

/** Which square of the picture is seen. */
class Frame {
  zoom = 1;
  /** @type {() => void} */ onchange = () => {};

  /** @param {ImageBitmap} picture */
  constructor(picture) {
    this.picture = picture;
    // The middle of what is seen, in pixels of the picture.
    this.x = picture.width / 2;
    this.y = picture.height / 2;
  }

  /** Of the square, in pixels of the picture. */
  get side() {
    return Math.min(this.picture.width, this.picture.height) / this.zoom;
  }

  /** @param {number} dx @param {number} dy  in pixels of the stage */
  move(dx, dy) {
    const scale = this.side / STAGE_PX;
    this.x += dx * scale;
    this.y += dy * scale;
    this.#keepInside();
  }

  /** @param {number} zoom */
  zoomTo(zoom) {
    this.zoom = Math.max(1, Math.min(ZOOM_MAX, zoom));
    this.#keepInside();
  }

  #keepInside() {
    const half = this.side / 2, { width, height } = this.picture;
    this.x = Math.max(half, Math.min(width - half, this.x));
    this.y = Math.max(half, Math.min(height - half, this.y));
    this.onchange();
  }

  /** @param {HTMLCanvasElement} canvas */
  draw(canvas) {
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const { side } = this;
    context.imageSmoothingQuality = "high";
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.drawImage(this.picture, this.x - side / 2, this.y - side / 2, side, side, 0, 0, canvas.width, canvas.height);
  }

  /** No larger than what there is. @param {number} size_px */
  cut(size_px) {
    const px = Math.max(1, Math.round(Math.min(size_px, this.side)));
    const canvas = h("canvas", { width: px, height: px });
    this.draw(canvas);
    return canvas.toDataURL("image/webp", 0.92);
  }
}

/** @param {Frame} frame @param {boolean} round */
function stage(frame, round) {
  const ratio = Math.min(devicePixelRatio, 2);
  const canvas = h("canvas", {
    class: round ? "crop-stage round" : "crop-stage", width: STAGE_PX * ratio, height: STAGE_PX * ratio, tabindex: "0",
    role: "img", "aria-label": "What is kept of the picture. Arrow keys move it, plus and minus zoom.",
  });
  const slider = h("input", {
    type: "range", min: "1", max: String(ZOOM_MAX), step: "0.01", "aria-label": "Zoom", class: "crop-zoom",
    oninput: () => frame.zoomTo(Number(slider.value)),
  });
  frame.onchange = () => {
    frame.draw(canvas);
    slider.value = String(frame.zoom);
  };
  slider.value = "1";
  frame.draw(canvas);

  canvas.addEventListener("pointerdown", ({ pointerId }) => canvas.setPointerCapture(pointerId));
  canvas.addEventListener("pointermove", (event) => {
    if (canvas.hasPointerCapture(event.pointerId)) frame.move(-event.movementX, -event.movementY);
  });
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    frame.zoomTo(frame.zoom * (event.deltaY < 0 ? 1.08 : 1 / 1.08));
  }, { passive: false });
  /** @type {Record<string, () => void>} */
  const keys = {
    ArrowLeft: () => frame.move(-STEP_PX, 0), ArrowRight: () => frame.move(STEP_PX, 0),
    ArrowUp: () => frame.move(0, -STEP_PX), ArrowDown: () => frame.move(0, STEP_PX),
    "+": () => frame.zoomTo(frame.zoom * 1.1), "-": () => frame.zoomTo(frame.zoom / 1.1),
  };
  canvas.addEventListener("keydown", (event) => {
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  return h("div", { class: "crop" }, canvas, slider);
}

/** @param {Blob} file @returns {Promise<string>} */
export function dataUri(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}
