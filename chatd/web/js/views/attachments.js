/**
 * Files that hang on a message: pictures with their place kept before they are there, players, and cards.
 *
 * Everything is asked of this server at the path that its address names, whatever name the server has for
 * itself; what is not a file of this server is not shown.
 */

import { h } from "../dom.js";
import { icon } from "../ui/icons.js";

/** @typedef {import("../types.js").Attachment} Attachment */

// A picture is drawn no larger than this; a smaller one as it is.
const WIDTH_MAX = 480, HEIGHT_MAX = 360;
const SPOILER = "SPOILER_";

/** @param {Attachment[]} attachments */
export function attachmentsElement(attachments) {
  return attachments.length > 0 && h("div", { class: "attachments" }, ...attachments.map(attachmentElement));
}

/** @param {Attachment} attachment */
function attachmentElement(attachment) {
  const src = pathOfFile(attachment.url);
  if (src === null) return h("p", { class: "file" }, attachment.filename);
  const shown = shownElement(attachment, src);
  return attachment.filename.startsWith(SPOILER) ? hidden(shown) : shown;
}

/** @param {Attachment} attachment @param {string} src */
function shownElement(attachment, src) {
  const { content_type = "", width, height } = attachment;
  if (content_type.startsWith("image/") && width && height) return picture(attachment, src, width, height);
  if (content_type.startsWith("video/")) return video(attachment, src);
  if (content_type.startsWith("audio/")) return audio(attachment, src);
  return card(attachment, src);
}

/** @param {Attachment} attachment @param {string} src @param {number} width @param {number} height */
function picture({ filename, description }, src, width, height) {
  const link = h("a", { class: "picture", href: src, target: "_blank", rel: "noopener noreferrer" },
    h("img", { src, alt: description ?? filename, title: description, loading: "lazy", ...fitted(width, height) }));
  return link;
}

/** @param {Attachment} attachment @param {string} src */
function video(attachment, src) {
  const { filename, description, width, height } = attachment;
  const size = width && height ? fitted(width, height) : {};
  return h("figure", { class: "player" },
    h("video", { src, controls: true, preload: "metadata", "aria-label": description ?? filename, ...size }),
    h("figcaption", {}, card(attachment, src)));
}

/** @param {Attachment} attachment @param {string} src */
function audio(attachment, src) {
  const label = attachment.description ?? attachment.filename;
  return h("figure", { class: "player" },
    h("audio", { src, controls: true, preload: "none", "aria-label": label }),
    h("figcaption", {}, card(attachment, src)));
}

/** @param {Attachment} attachment @param {string} src */
function card({ filename, size, title, description }, src) {
  return h("a", { class: "file", href: src, download: filename, title: description },
    icon("attach"), h("span", { class: "file-name" }, h("bdi", {}, title || filename)),
    h("span", { class: "file-size" }, bytesText(size)));
}

/** What its sender has hidden until somebody asks for it. @param {HTMLElement} shown */
export function hidden(shown) {
  shown.inert = true;
  const veil = h("button", { type: "button", class: "veil" }, "Spoiler: show");
  const box = h("div", { class: "veiled" }, shown, veil);
  veil.addEventListener("click", () => {
    box.classList.remove("veiled");
    shown.inert = false;
    veil.remove();
  });
  return box;
}

/** The size at which a picture is drawn. @param {number} width @param {number} height */
export function fitted(width, height) {
  const scale = Math.min(1, WIDTH_MAX / width, HEIGHT_MAX / height);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** The path and query of a file of this server; null for anything else. @param {string | undefined} url */
export function pathOfFile(url) {
  if (!url || !URL.canParse(url, location.href)) return null;
  const { protocol, pathname, search } = new URL(url, location.href);
  const ours = /^\/(?:attachments|ephemeral-attachments|previews)\//.test(pathname);
  return /^https?:$/.test(protocol) && ours ? pathname + search : null;
}

/** "3 KB" @param {number} size */
export function bytesText(size) {
  if (size < 1024) return `${size} B`;
  if (size < 2 ** 20) return `${Math.round(size / 1024)} KB`;
  return size < 2 ** 30 ? `${(size / 2 ** 20).toFixed(1)} MB` : `${(size / 2 ** 30).toFixed(1)} GB`;
}
