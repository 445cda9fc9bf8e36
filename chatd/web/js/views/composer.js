/**
 * Writing: the box below the messages, and the same box inside a message that is edited.
 *
 * Enter sends and Shift+Enter breaks the line, except while an input method is composing: there Enter picks
 * a word.
 */

import { h } from "../dom.js";
import { iconButton } from "../ui/buttons.js";
import { icon } from "../ui/icons.js";

const LENGTH_MAX = 2000;
const COUNTER_FROM = 1800;
const TYPING_EVERY_MS = 8000;
const KEPT = "chatd.drafts";
// What somebody pasted by mistake is not worth filling the browser's storage.
const KEPT_LENGTH_MAX = 20_000;

/** The server counts code points; a string's length counts UTF-16 units. @param {string} text */
const lengthOf = (text) => [...text].length;

/**
 * Blank lines before and spaces after are dropped; the indentation of the first line is kept.
 * @param {string} text
 */
const trimmed = (text) => text.replace(/^(?:[ \t]*\r?\n)+/, "").trimEnd();

/** @param {HTMLTextAreaElement} box */
function fitHeight(box) {
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
}

/** @param {KeyboardEvent} event */
const isSend = (event) =>
  event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229;

/** @param {KeyboardEvent} event */
const hasModifier = ({ altKey, ctrlKey, metaKey, shiftKey }) => altKey || ctrlKey || metaKey || shiftKey;

export class Composer {
  #box = h("textarea", {
    id: "composer", rows: "1", autocomplete: "off", enterkeyhint: "send", "aria-describedby": "counter",
  });
  #label = h("label", { class: "unseen", for: "composer" }, "Message");
  #counter = h("span", { id: "counter", "aria-live": "polite", hidden: true });
  #send = h("button", {
    type: "submit", id: "send", class: "icon-button", "aria-label": "Send", "data-tip": "Send", disabled: true,
  }, icon("send"));
  #emoji = iconButton("smile", "Emoji", { id: "pick-emoji", "aria-haspopup": "dialog", "aria-expanded": "false" });
  typing = h("p", { id: "typing", "aria-live": "polite" });
  element = h("form", { id: "compose" }, this.typing,
    h("div", { class: "compose-box" }, this.#label, this.#box, this.#counter, this.#emoji, this.#send));
  /** Channel id to what was begun there. @type {Map<string, string>} */ #drafts = new Map();
  /** @type {string | null} */ #channelId = null;
  /** Whose drafts these are. @type {string | null} */ #me = null;
  /** Channel id to when typing was last told. @type {Map<string, number>} */ #told = new Map();

  /**
   * @param {object} on
   * @param {(channelId: string, content: string) => void} on.send
   * @param {(channelId: string) => void} on.typing
   * @param {() => void} on.editLast
   * @param {(anchor: HTMLElement) => void} on.pickEmoji
   */
  constructor(on) {
    this.on = on;
    this.#box.addEventListener("input", () => this.#changed(true));
    this.#box.addEventListener("keydown", (event) => this.#keyed(event));
    this.#emoji.addEventListener("click", () => on.pickEmoji(this.#emoji));
    addEventListener("pagehide", () => this.#keep());
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
  }

  /**
   * Take up what was begun in this tab before it was reloaded, or before the session ended under it. Does its
   * work once.
   * @param {string} me
   */
  restore(me) {
    if (this.#me !== null) return;
    this.#me = me;
    const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
    if (kept?.me !== me) return;
    this.#drafts = new Map(kept.drafts);
    if (this.#channelId && this.#box.value === "") this.#fill(this.#channelId);
  }

  /** Drop what was begun, and keep nothing of it. */
  forget() {
    this.#me = null;
  }

  #keep() {
    if (this.#me === null) return;
    if (this.#channelId) this.#drafts.set(this.#channelId, this.#box.value);
    const drafts = [...this.#drafts].filter(([, text]) => text !== "" && text.length <= KEPT_LENGTH_MAX);
    sessionStorage.setItem(KEPT, JSON.stringify({ me: this.#me, drafts }));
  }

  /** @param {string | null} channelId @param {string} title */
  show(channelId, title) {
    this.#box.placeholder = `Message ${title}`;
    this.#label.textContent = `Message ${title}`;
    if (channelId === this.#channelId) return;
    if (this.#channelId) this.#drafts.set(this.#channelId, this.#box.value);
    this.#channelId = channelId;
    this.#fill(channelId);
    // On a touch screen the focus would bring the keyboard up over the messages.
    if (matchMedia("(hover: hover)").matches) this.focus();
  }

  focus() {
    this.#box.focus();
  }

  /** Write where the caret is, in the place of what is selected. @param {string} text */
  insert(text) {
    const { selectionStart: start, selectionEnd: end, value } = this.#box;
    const before = value.slice(0, start), gap = before === "" || /\s$/.test(before) ? "" : " ";
    this.#box.setRangeText(`${gap}${text} `, start, end, "end");
    this.#changed(true);
    this.focus();
  }

  /** @param {string | null} channelId */
  #fill(channelId) {
    this.#box.value = this.#drafts.get(channelId ?? "") ?? "";
    this.#changed(false);
  }

  /** @param {KeyboardEvent} event */
  #keyed(event) {
    if (isSend(event)) {
      event.preventDefault();
      this.#submit();
    } else if (event.key === "ArrowUp" && this.#box.value === "" && !hasModifier(event)) {
      event.preventDefault();
      this.on.editLast();
    }
  }

  #submit() {
    const content = trimmed(this.#box.value);
    if (!this.#channelId || content === "" || lengthOf(content) > LENGTH_MAX) return;
    this.#box.value = "";
    this.#changed(false);
    this.on.send(this.#channelId, content);
  }

  /** @param {boolean} typed */
  #changed(typed) {
    fitHeight(this.#box);
    const content = trimmed(this.#box.value);
    const length = lengthOf(content);
    this.#counter.hidden = length < COUNTER_FROM;
    this.#counter.textContent = `${length} / ${LENGTH_MAX}`;
    this.#counter.classList.toggle("over", length > LENGTH_MAX);
    this.#box.toggleAttribute("aria-invalid", length > LENGTH_MAX);
    this.#send.disabled = content === "" || length > LENGTH_MAX;
    if (typed && content !== "") this.#tellTyping();
  }

  #tellTyping() {
    const id = this.#channelId;
    const now_ms = Date.now();
    if (!id || now_ms - (this.#told.get(id) ?? 0) < TYPING_EVERY_MS) return;
    this.#told.set(id, now_ms);
    this.on.typing(id);
  }
}

/**
 * The box to edit a message in.
 * @param {string} content
 * @param {(content: string) => void} save
 * @param {() => void} cancel
 */
export function editor(content, save, cancel) {
  const box = h("textarea", { class: "edit-box", "aria-label": "Edit message", rows: "1" });
  box.value = content;
  const finish = () => {
    const edited = trimmed(box.value);
    if (lengthOf(edited) <= LENGTH_MAX) save(edited);
  };
  box.addEventListener("input", () => fitHeight(box));
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") cancel();
    if (!isSend(event)) return;
    event.preventDefault();
    finish();
  });
  const element = h("div", { class: "editor" }, box,
    h("p", { class: "hint" },
      h("button", { type: "button", onclick: finish }, "Save"), " with Enter, ",
      h("button", { type: "button", onclick: cancel }, "cancel"), " with Escape"));
  return {
    element,
    focus() {
      fitHeight(box);
      box.focus();
      box.setSelectionRange(box.value.length, box.value.length);
    },
  };
}
