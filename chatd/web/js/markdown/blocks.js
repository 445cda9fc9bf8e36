/**
 * Markdown line by line: headings, quotes, lists, and paragraphs of what is left.
 *
 * As people know it from chats and not as documents have it: a line break is a line break, a quote does not
 * hold a quote, and there are neither tables nor pictures. A code block is part of a paragraph, wherever in a
 * line it begins, so lines from its first ticks to its last stay together.
 *
 * @import {Block, Heading, List} from "./tree.js"
 */

import { parseInline } from "./inline.js";

const HEADING = /^(#{1,3}|-#) +(.*\S.*)$/;
const QUOTE_TO_END = /^>>> ?/;
const ITEM = /^( *)(?:([-*])|(\d{1,9})\.) +(.*\S.*)$/;
const FENCE = /```/g;
const LISTS_MAX = 10;

/**
 * @param {string} text
 * @returns {Block[]}
 */
export function parseMarkdown(text) {
  return blocksOf(linesOf(text), true);
}

/**
 * The lines of a text; those that a code block holds together are one.
 * @param {string} text
 */
function linesOf(text) {
  /** @type {string[]} */
  const lines = [];
  // An odd one at the end opens nothing.
  let fences = (text.match(FENCE)?.length ?? 0) & ~1;
  let open = false;
  for (const line of text.split("\n")) {
    if (open) lines[lines.length - 1] += `\n${line}`;
    else lines.push(line);
    const here = Math.min(line.match(FENCE)?.length ?? 0, fences);
    fences -= here;
    if (here % 2) open = !open;
  }
  return lines;
}

/**
 * @param {string[]} lines
 * @param {boolean} quotes  whether a quote may begin here
 * @returns {Block[]}
 */
function blocksOf(lines, quotes) {
  /** @type {Block[]} */
  const blocks = [];
  /** @type {string[]} */
  let paragraph = [];
  const endParagraph = () => {
    if (paragraph.length) blocks.push({ type: "paragraph", children: parseInline(paragraph.join("\n")) });
    paragraph = [];
  };
  for (let at = 0; at < lines.length;) {
    const found = quoteAt(lines, at, quotes) ?? headingAt(lines, at) ?? listAt(lines, at);
    if (found) endParagraph(), blocks.push(found.block), at = found.end;
    else paragraph.push(lines[at++]);
  }
  endParagraph();
  return blocks;
}

/** @param {string[]} lines @param {number} at @param {boolean} allowed */
function quoteAt(lines, at, allowed) {
  if (!allowed) return null;
  if (QUOTE_TO_END.test(lines[at])) {
    const inside = [lines[at].replace(QUOTE_TO_END, ""), ...lines.slice(at + 1)];
    return { block: quote(inside), end: lines.length };
  }
  /** @type {string[]} */
  const inside = [];
  let end = at;
  // ">" alone or ">word" is what somebody wrote. Of a code block, each line has the mark.
  for (; end < lines.length && lines[end].startsWith("> "); end++) {
    inside.push(lines[end].replace(/^> /gm, ""));
  }
  return inside.length ? { block: quote(inside), end } : null;
}

/** @param {string[]} lines @returns {Block} */
const quote = (lines) => ({ type: "quote", children: blocksOf(lines, false) });

/** @param {string[]} lines @param {number} at @returns {{block: Heading, end: number} | null} */
function headingAt(lines, at) {
  const match = HEADING.exec(lines[at]);
  if (!match) return null;
  const level = /** @type {Heading["level"]} */ (match[1] === "-#" ? 4 : match[1].length);
  return { block: { type: "heading", level, children: parseInline(match[2]) }, end: at + 1 };
}

/**
 * A list goes on as long as its lines are items, or stand further in than the item they belong to.
 * @param {string[]} lines
 * @param {number} at
 * @param {number} depth  of how many lists it is part
 * @returns {{block: List, end: number} | null}
 */
function listAt(lines, at, depth = 0) {
  const first = ITEM.exec(lines[at]);
  if (!first || depth === LISTS_MAX) return null;
  const indent = first[1].length;
  /** @type {List} */
  const list = { type: "list", start: first[3] === undefined ? null : Number(first[3]), items: [] };
  let end = at;
  while (end < lines.length) {
    const match = ITEM.exec(lines[end]);
    const inner = match && match[1].length > indent && depth + 1 < LISTS_MAX;
    const last = list.items.at(-1);
    if (inner && last) {
      const nested = listAt(lines, end, depth + 1);
      if (!nested) break;
      last.push(nested.block), end = nested.end;
    } else if (match && (match[1].length >= indent) && Boolean(match[2]) === (list.start === null)) {
      list.items.push([{ type: "paragraph", children: parseInline(match[4]) }]), end++;
    } else if (!match && last && /^ {2,}\S/.test(lines[end]) && lines[end].search(/\S/) > indent) {
      last.push({ type: "paragraph", children: parseInline(lines[end++].trimStart()) });
    } else break;
  }
  return { block: list, end };
}
