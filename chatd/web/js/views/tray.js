/**
 * What is attached to the message that is being written: a row of cards over the box, each with a picture of
 * the file, what it is called, and what can be done with it.
 */

import { h, reconcile } from "../dom.js";
import { getPolicy } from "../rest.js";
import { iconButton } from "../ui/buttons.js";
import { icon } from "../ui/icons.js";
import { toast } from "../ui/toast.js";
import { bytesText } from "./attachments.js";
import { ready } from "./parts.js";

/** @typedef {import("../outbox.js").Attached} Attached */

const FILES_MAX = 10;
const DESCRIPTION_MAX = 1024;
// What the server allows, until it has said so.
let bytesMax = 25 * 2 ** 20;
/** @type {Promise<void> | null} */
let asking = null;

export class Tray {
  element = h("ul", { class: "tray", "aria-label": "Attached files", hidden: true });
  /** @type {Attached[]} */ files = [];
  /** @type {WeakMap<File, string>} */ #pictures = new WeakMap();
  #lastId = 0;

  /** @param {() => void} onchange */
  constructor(onchange) {
    this.onchange = onchange;
  }

  /** @param {Attached[]} files */
  show(files) {
    this.files = files;
    this.#draw();
  }

  /** @param {Iterable<File>} files */
  async add(files) {
    const added = [...files];
    // What is sent will be shown, too.
    const shown = added.map(({ name, size }) => ({ id: "0", filename: name, size, url: "" }));
    await Promise.all([this.#ask(), ready([{ attachments: shown }])]);
    const large = added.filter(({ size }) => size > bytesMax);
    const fit = added.filter(({ size }) => size <= bytesMax);
    if (large.length) {
      const names = large.map(({ name }) => name).join(", ");
      toast(`${names}: larger than the ${bytesText(bytesMax)} that this server takes.`, { kind: "error" });
    }
    const room = FILES_MAX - this.files.length;
    if (fit.length > room) toast(`A message carries up to ${FILES_MAX} files.`, { kind: "error" });
    this.files = [...this.files, ...fit.slice(0, room).map((file) => ({
      id: String(++this.#lastId), file, name: file.name || "file", size: file.size, description: "", spoiler: false,
    }))];
    this.#draw();
  }

  /** Once; without an answer the server says by itself what is too large. */
  #ask() {
    return (asking ??= getPolicy().catch(() => null).then((policy) => {
      if (policy?.attachment_bytes_max) bytesMax = policy.attachment_bytes_max;
    }));
  }

  #draw() {
    this.element.hidden = this.files.length === 0;
    reconcile(this.element, this.files.map((one) => ({
      key: one.id, signature: [one.spoiler, one.description, one.name].join("\n"), build: () => this.#card(one),
    })));
    this.onchange();
  }

  /** @param {Attached} attached */
  #card(attached) {
    const { file, name, size, spoiler, description } = attached;
    const change = (/** @type {Partial<Attached>} */ changes) => {
      this.files = this.files.map((one) => (one.id === attached.id ? { ...one, ...changes } : one));
      this.#draw();
    };
    return h("li", { class: spoiler ? "card-file spoiled" : "card-file" },
      h("span", { class: "card-picture" }, this.#picture(file) ?? icon("attach")),
      h("span", { class: "card-name", title: name }, h("bdi", {}, name)),
      h("span", { class: "hint" }, bytesText(size), description && ` · ${description}`),
      h("span", { class: "card-buttons" },
        iconButton(spoiler ? "hidden" : "eye", spoiler ? `${name}: no spoiler` : `${name}: mark as spoiler`, {
          "aria-pressed": String(spoiler), onclick: () => change({ spoiler: !spoiler }),
        }),
        iconButton("edit", `Describe ${name}`, { onclick: async () => {
          const { openForm } = await import("../ui/dialog.js");
          const said = await openForm({
            title: "Describe the file", submit: "Save", id: "describe",
            fields: [
              { name: "name", label: "File name", value: name, required: true, attributes: { maxlength: 200 } },
              {
                name: "description", label: "Description", type: "textarea", value: description, optional: true,
                hint: "For those who cannot see it.", attributes: { maxlength: DESCRIPTION_MAX },
              },
            ],
            send: async (values) => values,
          });
          if (said) change({ name: said.name.trim(), description: said.description.trim() });
        } }),
        iconButton("delete", `Remove ${name}`, { onclick: () => {
          this.files = this.files.filter(({ id }) => id !== attached.id);
          this.#draw();
        } })));
  }

  /** @param {File} file */
  #picture(file) {
    if (!/^image\/(png|jpeg|gif|webp|avif)$/.test(file.type)) return null;
    const src = this.#pictures.get(file) ?? URL.createObjectURL(file);
    this.#pictures.set(file, src);
    return h("img", { src, alt: "" });
  }
}
