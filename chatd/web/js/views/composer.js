/**
 * Writing: the box below the messages. The one inside a message that is edited is in acts.js.
 *
 * Enter sends and Shift+Enter breaks the line, except while an input method is composing: there Enter picks
 * a word.
 */

import { h } from "../dom.js";
import { iconButton } from "../ui/buttons.js";
import { icon } from "../ui/icons.js";
import { tellShortcut } from "../ui/shortcuts.js";
import { styles } from "../ui/styles.js";
import { Picks } from "./picks.js";

export const LENGTH_MAX = 2000;
const COUNTER_FROM = 1800;
const TYPING_EVERY_MS = 8000;
const KEPT = "chatd.drafts";
// What somebody pasted by mistake is not worth filling the browser's storage.
const KEPT_LENGTH_MAX = 20_000;

/** What Ctrl and a letter put around what is selected. @type {Record<string, string>} */
const MARKS = { b: "**", i: "*", u: "__" };

tellShortcut("Mod+B", "Bold", "Writing");
tellShortcut("Mod+I", "Italic", "Writing");
tellShortcut("Mod+U", "Underline", "Writing");
tellShortcut("ArrowUp", "Edit your last message, in an empty box", "Writing");
tellShortcut("Shift+Enter", "New line", "Writing");

/** Put marks around what is selected, or take them away. @param {HTMLTextAreaElement} box @param {string} mark */
function around(box, mark) {
  const { selectionStart: start, selectionEnd: end, value } = box;
  const inside = value.slice(start, end), { length } = mark;
  if (value.slice(start - length, start) === mark && value.slice(end, end + length) === mark) {
    box.setRangeText(inside, start - length, end + length, "select");
  } else {
    box.setRangeText(`${mark}${inside}${mark}`, start, end, "preserve");
    box.setSelectionRange(start + length, end + length);
  }
}

/** "45 s", "1 min 30 s", "2 h" @param {number} all_s */
function durationOf(all_s) {
  const parts = [[Math.floor(all_s / 3600), "h"], [Math.floor(all_s / 60) % 60, "min"], [all_s % 60, "s"]];
  return parts.filter(([count]) => count).map(([count, unit]) => `${count} ${unit}`).join(" ");
}

/** The server counts code points; a string's length counts UTF-16 units. @param {string} text */
export const lengthOf = (text) => [...text].length;

/**
 * Blank lines before and spaces after are dropped; the indentation of the first line is kept.
 * @param {string} text
 */
export const trimmed = (text) => text.replace(/^(?:[ \t]*\r?\n)+/, "").trimEnd();

/** @param {HTMLTextAreaElement} box */
export function fitHeight(box) {
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
}

/** @param {KeyboardEvent} event */
export const isSend = (event) =>
  event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229;

/** @param {KeyboardEvent} event */
const hasModifier = ({ altKey, ctrlKey, metaKey, shiftKey }) => altKey || ctrlKey || metaKey || shiftKey;

/** @typedef {import("../types.js").Reference} Reference */
/** @typedef {import("../outbox.js").Attached} Attached */
/** Slow mode: how long one waits between two messages, 0 if it does not hold for one, and until when. @typedef {{wait_s: number, until_ms: number}} Slow */
/** What has been begun in a channel. @typedef {{text: string, reply?: Reference, files: Attached[]}} Draft */

export class Composer {
  #box = h("textarea", {
    id: "composer", rows: "1", autocomplete: "off", enterkeyhint: "send", "aria-describedby": "counter",
  });
  #label = h("label", { class: "unseen", for: "composer" }, "Message");
  #counter = h("span", { id: "counter", "aria-live": "polite", hidden: true });
  #slow = h("span", { id: "slow", hidden: true });
  #send = h("button", {
    type: "submit", id: "send", class: "icon-button", "aria-label": "Send", "data-tip": "Send", disabled: true,
  }, icon("send"));
  #emoji = iconButton("smile", "Emoji", { id: "pick-emoji", "aria-haspopup": "dialog", "aria-expanded": "false" });
  #choose = h("input", { type: "file", multiple: true, hidden: true, id: "choose-files", "aria-label": "Files to attach" });
  #attach = iconButton("add", "Attach files", { id: "attach", onclick: () => this.#choose.click() });
  #reply = h("div", { class: "reply-bar", hidden: true });
  /** Of what is attached, once something is. @type {import("./tray.js").Tray | null} */ #tray = null;
  /** Once somebody writes. @type {import("./completion.js").Completion | null} */ #completion = null;
  #picks = new Picks();
  /** For what the box has its height. @type {string | null} */ #fitted = null;
  typing = h("p", { id: "typing", "aria-live": "polite" });
  /** Channel id to what was begun there. @type {Map<string, Draft>} */ #drafts = new Map();
  /** @type {string | null} */ #channelId = null;
  /** @type {Reference | undefined} */ #answered;
  #title = "";
  /** Why one cannot write here; "" if one can. */ #closed = "";
  /** @type {Slow} */ #slowness = { wait_s: 0, until_ms: 0 };
  #tick = 0;
  /** Whose drafts these are. @type {string | null} */ #me = null;
  /** Channel id to when typing was last told. @type {Map<string, number>} */ #told = new Map();

  /**
   * @param {import("../client.js").Client} client
   * @param {object} on
   * @param {(channelId: string, content: string, extras: {reply?: Reference, files: Attached[]}) => void} on.send
   * @param {(channelId: string) => void} on.typing
   * @param {() => void} on.editLast
   * @param {() => void} on.leave  Escape, when nothing is begun that it would end
   * @param {(anchor: HTMLElement) => void} on.pickEmoji
   */
  constructor(client, on) {
    this.client = client;
    this.on = on;
    this.element = h("form", { id: "compose" }, this.typing, h("div", { class: "compose-notes" }, this.#counter, this.#slow),
      this.#reply,
      h("div", { class: "compose-box" }, this.#attach, this.#choose, this.#label, this.#box, this.#emoji, this.#send));
    this.#box.addEventListener("input", () => this.#changed(true));
    this.#box.addEventListener("input", () => void this.#complete(), { once: true });
    // It may be filled before one sees it, and the text breaks otherwise in another width.
    let width = 0;
    new ResizeObserver(([{ contentRect }]) => {
      if (contentRect.width === width) return;
      width = contentRect.width;
      fitHeight(this.#box);
    }).observe(this.#box);
    this.#box.addEventListener("keydown", (event) => this.#keyed(event));
    this.#box.addEventListener("paste", (event) => this.#pasted(event));
    this.#emoji.addEventListener("click", () => on.pickEmoji(this.#emoji));
    this.#choose.addEventListener("change", () => {
      this.attach([...(this.#choose.files ?? [])]);
      this.#choose.value = "";
    });
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
    for (const [id, text, reply] of kept.drafts) this.#drafts.set(id, { text, reply: reply ?? undefined, files: [] });
    for (const [shown, token] of kept.picks ?? []) this.#picks.put(shown, token);
    if (this.#channelId && this.#box.value === "") this.#fill(this.#channelId);
  }

  /** Drop what was begun, and keep nothing of it. */
  forget() {
    this.#me = null;
  }

  #keep() {
    if (this.#me === null) return;
    this.#putAway();
    const drafts = [...this.#drafts].map(([id, { text, reply }]) => /** @type {const} */ ([id, text, reply]))
      .filter(([, text]) => text !== "" && text.length <= KEPT_LENGTH_MAX);
    sessionStorage.setItem(KEPT, JSON.stringify({ me: this.#me, drafts, picks: this.#picks.entries }));
  }

  #putAway() {
    if (this.#channelId) {
      this.#drafts.set(this.#channelId, { text: this.#box.value, reply: this.#answered, files: this.#files });
    }
  }

  /** @param {string | null} channelId @param {string} title */
  show(channelId, title) {
    this.#title = title;
    if (channelId !== this.#channelId) {
      this.#putAway();
      this.#channelId = channelId;
      this.#fill(channelId);
      this.#showClosed();
      // On a touch screen the focus would bring the keyboard up over the messages.
      if (matchMedia("(hover: hover)").matches) this.focus();
    } else this.#showClosed();
  }

  /**
   * What one may do here.
   * @param {string} closed     why one cannot write; "" if one can
   * @param {boolean} attaches  whether one may attach files
   * @param {Slow} slowness
   */
  allow(closed, attaches, slowness) {
    this.#closed = closed;
    this.#attach.hidden = !attaches;
    this.#slowness = slowness;
    this.#showClosed();
    this.#countDown();
  }

  #showClosed() {
    const words = this.#closed || `Message ${this.#title}`;
    this.#box.placeholder = words;
    this.#label.textContent = words;
    const isClosed = this.#closed !== "";
    if (this.#box.disabled === isClosed) return;
    this.#box.disabled = this.#emoji.disabled = isClosed;
    this.#changed(false);
  }

  #countDown() {
    clearTimeout(this.#tick);
    const { wait_s, until_ms } = this.#slowness;
    const left_s = Math.ceil((until_ms - Date.now()) / 1000);
    this.#slow.hidden = wait_s === 0;
    this.#slow.textContent = left_s > 0 ? `Slow mode: ${durationOf(left_s)} left` : `Slow mode: one message in ${durationOf(wait_s)}`;
    this.#slow.classList.toggle("waiting", left_s > 0);
    if (left_s > 0) this.#tick = setTimeout(() => this.#countDown(), 1000);
    this.#changed(false);
  }

  focus() {
    this.#box.focus();
  }

  /** Whether there may be files in what is written now. */
  get attaches() {
    return !this.#attach.hidden && this.#closed === "";
  }

  /** @param {File[]} files */
  attach(files) {
    if (this.attaches && files.length > 0) void this.#fillTray(files);
  }

  /** @param {File[]} files */
  async #fillTray(files) {
    const [{ Tray }] = await Promise.all([import("./tray.js"), styles("tray")]);
    if (!this.#tray) {
      this.#tray = new Tray(() => this.#changed(false));
      this.#reply.after(this.#tray.element);
    }
    await this.#tray.add(files);
    this.focus();
  }

  get #files() {
    return this.#tray?.files ?? [];
  }

  /** From the first letter on, what one writes may be completed. */
  async #complete() {
    const loading = Promise.all([import("./completion.js"), styles("listbox", "completion")]);
    const [{ Completion }] = await loading.catch(() => [{ Completion: null }]); // the server is away: one writes without
    if (!Completion) return;
    this.#completion = new Completion(this.#box, this.client, this.#picks);
    this.element.append(this.#completion.element);
    void this.#completion.look();
  }

  /** Write where the caret is, in the place of what is selected. @param {string} text @param {string} [token]  sent instead */
  insert(text, token) {
    const { selectionStart: start, selectionEnd: end, value } = this.#box;
    const before = value.slice(0, start), gap = before === "" || /\s$/.test(before) ? "" : " ";
    this.#box.setRangeText(`${gap}${this.#picks.put(text, token)} `, start, end, "end");
    this.#changed(true);
    this.focus();
  }

  /** What is written next answers this. @param {Reference | undefined} reference */
  answer(reference) {
    this.#answered = reference;
    this.#reply.hidden = !reference;
    this.#reply.replaceChildren(...(reference ? this.#replyParts(reference) : []));
    if (reference) this.focus();
  }

  /** @param {Reference} reference */
  #replyParts(reference) {
    const ping = h("button", {
      type: "button", class: "ping", "aria-pressed": String(reference.mention), "data-tip": "Whether they are notified",
      onclick: () => this.answer({ ...reference, mention: !reference.mention }),
    }, reference.mention ? "@ on" : "@ off", h("span", { class: "unseen" }, ": notify them"));
    return [
      icon("reply"), h("span", { class: "reply-bar-words" }, "Replying to ", h("b", {}, h("bdi", {}, reference.name))), ping,
      iconButton("close", "Do not reply", { onclick: () => { this.answer(undefined); this.focus(); } }),
    ];
  }

  /** @param {string | null} channelId */
  #fill(channelId) {
    const { text, reply, files } = this.#drafts.get(channelId ?? "") ?? { text: "", files: [] };
    this.#box.value = text;
    this.answer(reply);
    this.#tray?.show(files);
    this.#completion?.close();
    this.#changed(false);
  }

  /** @param {KeyboardEvent} event */
  #keyed(event) {
    if (this.#completion?.keyed(event)) return;
    const mark = (event.ctrlKey || event.metaKey) && !event.altKey ? MARKS[event.key.toLowerCase()] : undefined;
    if (isSend(event)) {
      event.preventDefault();
      this.#submit();
    } else if (mark) {
      event.preventDefault();
      around(this.#box, mark);
      this.#changed(true);
    } else if (event.key === "ArrowUp" && this.#box.value === "" && !hasModifier(event)) {
      event.preventDefault();
      this.on.editLast();
    } else if (event.key === "Escape") {
      event.preventDefault();
      if (this.#answered) this.answer(undefined);
      else this.on.leave();
    }
  }

  /** @param {ClipboardEvent} event */
  #pasted(event) {
    const files = [...(event.clipboardData?.files ?? [])];
    // A table copied from an office comes as a picture too; who pastes it means the text.
    if (files.length === 0 || event.clipboardData?.types.includes("text/plain")) return;
    event.preventDefault();
    this.attach(files);
  }

  /** What is to be sent, and whether it can be. */
  #written() {
    const content = this.#picks.sent(trimmed(this.#box.value));
    const length = lengthOf(content), files = this.#files;
    const ready = (content !== "" || files.length > 0) && length <= LENGTH_MAX && this.#closed === ""
      && Date.now() >= this.#slowness.until_ms;
    return { content, length, files, ready };
  }

  #submit() {
    const { content, files, ready } = this.#written();
    if (!this.#channelId || !ready) return;
    const reply = this.#answered;
    this.#box.value = "";
    this.answer(undefined);
    this.#tray?.show([]);
    this.#completion?.close();
    this.on.send(this.#channelId, content, { reply, files });
  }

  /** @param {boolean} typed */
  #changed(typed) {
    // Every event of a channel leads here, and to measure is to lay the page out.
    const { value } = this.#box;
    if (value !== this.#fitted) fitHeight(this.#box);
    this.#fitted = value;
    const { content, length, ready } = this.#written();
    this.#counter.hidden = length < COUNTER_FROM;
    this.#counter.textContent = `${length} / ${LENGTH_MAX}`;
    this.#counter.classList.toggle("over", length > LENGTH_MAX);
    this.#box.toggleAttribute("aria-invalid", length > LENGTH_MAX);
    this.#send.disabled = !ready;
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
