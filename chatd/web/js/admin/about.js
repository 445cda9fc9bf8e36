/** What is stored, and what the server is made of. */

import { h } from "../dom.js";
import { call } from "../rest.js";
import { bytesText } from "../views/attachments.js";
import { counted, factsElement, readPart, when } from "./parts.js";

const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

export function about() {
  return readPart(async () => {
    const [storage, server] = await Promise.all([call("GET", "/admin/storage"), call("GET", "/admin/server")]);
    return [
      h("h3", {}, "Storage"), factsElement(Object.entries(storage).map(([name, value]) => [wordsOf(name), shown(name, value)])),
      h("h3", {}, "In it"), factsElement(Object.entries(server.counts).map(([name, value]) => [wordsOf(name), shown(name, value)])),
      h("h3", {}, "Server"), factsElement([
        ["Address", server.url ?? "—"], ["Running since", when(server.started_at)],
        ...Object.entries(server.versions).map(([name, value]) =>
          /** @type {[string, string]} */ ([wordsOf(name), String(value ?? "—")])),
        ["Largest file", bytesText(server.attachment_bytes_max)], ["Signed in for", `${server.session_days} days`],
      ]),
    ];
  }).element;
}

/** "attachment_bytes" to "Attachment bytes". @param {string} name */
const wordsOf = (name) => (name[0].toUpperCase() + name.slice(1)).replaceAll("_", " ");

/** @param {string} name @param {any} value @returns {string} */
function shown(name, value) {
  if (typeof value === "number") return name.includes("bytes") ? bytesText(value) : counted(value);
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).map(([part, inside]) => {
      if (part.includes("bytes") || part === "count") return shown(part, inside);
      if (part === "since") return `since ${moment.format(new Date(inside))}`;
      return `${shown(part, inside)} ${part.replaceAll("_", " ")}`;
    }).join(", ");
  }
  return String(value ?? "—");
}
