/**
 * Markdown within a line of thought: styles, code, links, mentions, emoji, times.
 *
 * One walk from left to right. A style opens a frame; its other end closes the nearest frame of that style,
 * and frames in between that never closed turn back into the text they were. A style that is open is closed
 * by its next mark, so frames are never many, and no text however hostile takes more than a walk: what a mark
 * needs to know of the text ahead (where code ends) is found once, before.
 *
 * @import {Inline, Style} from "./tree.js"
 */

/** @typedef {{kind: Style["type"] | "link" | null, mark: string, children: Inline[]}} Frame */

/** @type {Record<string, Style["type"]>} */
const STYLES = {
  "**": "bold", __: "underline", "~~": "strike", "||": "spoiler", "*": "italic", _: "italic",
};

// Everything that may mean more than itself. The order matters where one begins like another.
const TOKEN = new RegExp(
  [
    /\\[!-/:-@[-`{-~]/, // an escape: of ASCII punctuation, as everywhere in Markdown
    /`+/,
    /<(?:@[!&]?|#)\d{1,20}>/,
    /<a?:\w{2,32}:\d{1,20}>/,
    /<t:-?\d{1,13}(?::[tTdDfFRsS])?>/,
    /<\/[^\s<>:/][^<>:/]{0,100}:\d{1,20}>/,
    /<https?:\/\/[^\s<>]{1,2048}>/,
    /@everyone\b|@here\b/,
    /https?:\/\/[^\s<>]{1,2048}/,
    /\*{1,3}|_{1,3}|~~|\|\|/,
    /\[/,
    /\]/,
  ].map(({ source }) => source).join("|"),
  "gi",
);
// Where a link that was opened with "[" goes: an address, and perhaps a title in quotes.
const TARGET = /\(<?(https?:\/\/(?:[^\s<>()[\]]|\([^\s<>()[\]]{0,200}\)){1,2048})>?(?: {1,3}"([^"\n]{1,200})")? {0,3}\)/iy;
const CODE_LANGUAGE = /^([\w+#.-]{1,20})\n/;
// A row of opening brackets is only so many beginnings of links.
const FRAMES_MAX = 16;
const WORD = /[\p{L}\p{N}_]/u;
// A sentence may end right after a link, and its full stop is not part of it.
const SENTENCE_END = /[.,:;!?'"*_~|]$/;

/**
 * @param {string} text
 * @returns {Inline[]}
 */
export function parseInline(text) {
  return new Walk(text).nodes();
}

class Walk {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
    this.ticks = ticksOf(text);
    /** @type {Frame[]} */
    this.frames = [{ kind: null, mark: "", children: [] }];
  }

  nodes() {
    const token = new RegExp(TOKEN);
    let at = 0;
    for (let match = token.exec(this.text); match; match = token.exec(this.text)) {
      this.say(this.text.slice(at, match.index));
      at = this.take(match[0], match.index);
      token.lastIndex = at;
    }
    this.say(this.text.slice(at));
    this.giveUp(1);
    return this.frames[0].children;
  }

  /**
   * One token; the offset behind it.
   * @param {string} token
   * @param {number} at
   */
  take(token, at) {
    const end = at + token.length;
    switch (token[0]) {
      case "\\": return this.say(token[1]), end;
      case "`": return this.takeCode(token, at);
      case "<": return this.add(bracketed(token)), end;
      case "@": return this.add({ type: "everyone", text: token === "@here" ? "@here" : "@everyone" }), end;
      case "h": case "H": return this.takeAddress(token, at);
      case "[": return this.takeLinkStart(), end;
      case "]": return this.takeLinkEnd(at);
      default: return this.takeMark(token, at);
    }
  }

  /** @param {string} text */
  say(text) {
    if (!text) return;
    const children = this.frames[this.frames.length - 1].children;
    const last = children[children.length - 1];
    if (last?.type === "text") last.text += text;
    else children.push({ type: "text", text });
  }

  /** @param {Inline} node */
  add(node) {
    if (node.type === "text") this.say(node.text);
    else this.frames[this.frames.length - 1].children.push(node);
  }

  /** @param {Frame["kind"]} kind @param {string} mark */
  open(kind, mark) {
    this.frames.push({ kind, mark, children: [] });
  }

  /** Turn the frames from `depth` up into the text they were. @param {number} depth */
  giveUp(depth) {
    for (const { mark, children } of this.frames.splice(depth)) {
      this.say(mark);
      for (const child of children) this.add(child);
    }
  }

  /** @param {string} mark  one to three of the same @param {number} at */
  takeMark(mark, at) {
    const end = at + mark.length;
    if (mark[0] === "_" && this.amidWord(at, end)) return this.say(mark), end;
    if (mark.length < 3) return this.takeStyle(mark, at, end), end;
    // Three stand for one and two: what was opened last is closed first.
    const inner = this.top(STYLES[mark[0]]) > this.top(STYLES[mark.slice(1)]) ? 1 : 2;
    this.takeStyle(mark.slice(0, inner), at, end);
    this.takeStyle(mark.slice(inner), at, end);
    return end;
  }

  /**
   * Open a style, or close it. `at` and `end` are those of all the marks that stand together.
   * @param {string} mark
   * @param {number} at
   * @param {number} end
   */
  takeStyle(mark, at, end) {
    const style = STYLES[mark];
    const depth = this.top(style, mark);
    if (depth < 0 && (this.top(style) > 0 || (mark === "*" && !this.beginsHere(end)))) return this.say(mark);
    if (depth < 0) return this.open(style, mark);
    const empty = depth === this.frames.length - 1 && this.frames[depth].children.length === 0;
    if (empty || (mark === "*" && !this.endsHere(at))) return this.say(mark);
    this.close(depth, { type: style, children: [] });
  }

  /**
   * @param {number} depth
   * @param {Extract<Inline, {children: Inline[]}>} node  gets what the frame holds
   */
  close(depth, node) {
    this.giveUp(depth + 1);
    const [{ children }] = this.frames.splice(depth);
    node.children = children;
    this.add(node);
  }

  /**
   * The depth of the open frame of a kind, opened with `mark` if one is given; -1 if there is none.
   * @param {Frame["kind"]} kind
   * @param {string} [mark]
   */
  top(kind, mark) {
    return this.frames.findLastIndex((frame) => frame.kind === kind && (!mark || frame.mark === mark));
  }

  /** The "_" of snake_case is a letter like others. @param {number} at @param {number} end */
  amidWord(at, end) {
    return WORD.test(this.text[at - 1] ?? " ") && WORD.test(this.text[end] ?? " ");
  }

  /** @param {number} end */
  beginsHere(end) {
    return /\S/.test(this.text[end] ?? " ");
  }

  /** @param {number} at */
  endsHere(at) {
    return /\S/.test(this.text[at - 1] ?? " ");
  }

  /**
   * Code runs to as many ticks as it began with; three begin a block.
   * @param {string} ticks
   * @param {number} at
   */
  takeCode(ticks, at) {
    const start = at + ticks.length;
    const end = this.ticks.next(ticks.length, start);
    if (end < 0) return this.say(ticks), start;
    const inside = this.text.slice(start, end);
    this.add(ticks.length === 3 ? codeBlock(inside) : { type: "code", text: unpadded(inside) });
    return end + ticks.length;
  }

  /** @param {string} found @param {number} at */
  takeAddress(found, at) {
    const href = withoutTail(found, this.top("link") > 0);
    // The pattern lets http and https through and nothing else; the parser says whether it is an address.
    if (!URL.canParse(href)) return this.say(href), at + href.length;
    this.add({ type: "link", href, title: null, children: [{ type: "text", text: href }] });
    return at + href.length;
  }

  takeLinkStart() {
    if (this.frames.length < FRAMES_MAX) this.open("link", "[");
    else this.say("[");
  }

  /**
   * "[words](address)": the words may be styled, and may not be an address, lest one is shown and another
   * opened.
   * @param {number} at
   */
  takeLinkEnd(at) {
    const depth = this.top("link");
    TARGET.lastIndex = at + 1;
    const target = depth < 0 ? null : TARGET.exec(this.text);
    if (!target) {
      if (depth > 0) this.giveUp(depth);
      return this.say("]"), at + 1;
    }
    const [whole, href, title = null] = target;
    if (!URL.canParse(href) || !says(this.frames.slice(depth))) {
      this.giveUp(depth);
      return this.say("]"), at + 1;
    }
    this.close(depth, { type: "link", href, title, children: [] });
    return at + 1 + whole.length;
  }
}

/**
 * Whether there are words, and no address, in what a link is to show.
 * @param {Frame[]} frames
 */
function says(frames) {
  /** @param {Inline[]} nodes @returns {string} */
  const textOf = (nodes) => nodes.map((node) =>
    "children" in node ? (node.type === "link" ? "://" : textOf(node.children))
      : "text" in node ? node.text : "x").join("");
  const text = textOf(frames.flatMap(({ children }) => children));
  return text.trim() !== "" && !/:\/\//.test(text);
}

/**
 * Where each run of ticks stands, by its length, asked for from left to right.
 * @param {string} text
 */
function ticksOf(text) {
  /** @type {Map<number, {at: number[], next: number}>} */
  const runs = new Map();
  for (const { 0: { length }, index } of text.matchAll(/`+/g)) {
    const known = runs.get(length) ?? { at: [], next: 0 };
    known.at.push(index);
    runs.set(length, known);
  }
  return {
    /** The first run of that length at or behind `start`, or -1. @param {number} length @param {number} start */
    next(length, start) {
      const known = runs.get(length);
      if (!known) return -1;
      while (known.next < known.at.length && known.at[known.next] < start) known.next++;
      return known.at[known.next] ?? -1;
    },
  };
}

/** @param {string} inside @returns {Inline} */
function codeBlock(inside) {
  const language = CODE_LANGUAGE.exec(inside);
  const text = (language ? inside.slice(language[0].length) : inside).replace(/^\n+|\s+$/g, "");
  return text === "" ? { type: "code", text: inside }
    : { type: "codeblock", language: language ? language[1].toLowerCase() : null, text };
}

/** "`` ` ``" is a tick: one space at each end is there to keep ticks apart. @param {string} inside */
function unpadded(inside) {
  return /^ .*\S.* $/s.test(inside) && /^ `|` $/.test(inside) ? inside.slice(1, -1) : inside;
}

/** What stands in angle brackets. @param {string} token @returns {Inline} */
function bracketed(token) {
  const inside = token.slice(1, -1);
  if (/^https?:/i.test(inside)) {
    if (!URL.canParse(inside)) return { type: "text", text: token };
    return { type: "link", href: inside, title: null, children: [{ type: "text", text: inside }] };
  }
  const [, sigil, id] = /^(@[!&]?|#)(\d+)$/.exec(inside) ?? [];
  if (sigil) return { type: sigil === "#" ? "channel" : sigil === "@&" ? "role" : "user", id };
  const [first, second, third] = inside.split(":");
  if (first[0] === "/") return { type: "command", name: first.slice(1), id: second };
  if (first !== "t" || third?.length > 1) {
    return { type: "emoji", name: second, id: third, animated: first === "a" };
  }
  const time_ms = Number(second) * 1000;
  if (Number.isNaN(new Date(time_ms).getTime())) return { type: "text", text: token };
  return { type: "time", time_ms, style: third ?? "f" };
}

/**
 * Drop what ends the sentence; a closing bracket belongs to the link only if it was opened in it.
 * @param {string} found
 * @param {boolean} inLink  whether "]" may end the words of a link
 */
function withoutTail(found, inLink) {
  let end = inLink && found.includes("]") ? found.indexOf("]") : found.length;
  let open = 0;
  for (let i = 0; i < end; i++) open += found[i] === "(" ? 1 : found[i] === ")" ? -1 : 0;
  for (; end > 0; end--) {
    const last = found[end - 1];
    if (last === ")" && open < 0) open++;
    else if (!SENTENCE_END.test(last)) break;
  }
  return found.slice(0, end);
}
