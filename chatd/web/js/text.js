/**
 * Text as people wrote it, into nodes: links become links, mentions become names, the rest stays text.
 *
 * Nothing here is ever parsed as HTML. Line breaks and runs of spaces are kept by `white-space: pre-wrap`.
 */

import { h } from "./dom.js";

// A link runs to the next space or angle bracket. A mention is <@id>, <@!id>, <@&id> or <#id>.
const TOKEN = /(https?:\/\/[^\s<>]+)|<(@!?|@&|#)(\d{1,20})>/gi;
// A sentence may end right after a link, and its full stop is not part of it.
const TRAILING = /[.,:;!?'"*_~]+$/;

/**
 * @param {string} text
 * @param {(sigil: string, id: string) => string | null} nameOf  the text of a mention, null if unknown
 * @returns {(Node | string)[]}
 */
export function nodesOf(text, nameOf) {
  /** @type {(Node | string)[]} */
  const nodes = [];
  let at = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [whole, link, sigil, id] = match;
    const { node, length } = link ? linkNode(link) : mentionNode(whole, nameOf(sigil, id));
    nodes.push(text.slice(at, match.index), node);
    at = match.index + length;
  }
  nodes.push(text.slice(at));
  return nodes.filter((node) => node !== "");
}

/** @param {string} found */
function linkNode(found) {
  const href = withoutTail(found);
  // The pattern lets http and https through and nothing else; the parser says whether it is an address at
  // all.
  if (!URL.canParse(href)) return { node: found, length: found.length };
  const node = h("a", { href, target: "_blank", rel: "noopener noreferrer" }, href);
  return { node, length: href.length };
}

/**
 * Drop what ends the sentence; a closing bracket belongs to the link only if it was opened in it.
 * @param {string} found
 */
function withoutTail(found) {
  let href = found.replace(TRAILING, "");
  while (href.endsWith(")") && href.split("(").length < href.split(")").length) {
    href = href.slice(0, -1).replace(TRAILING, "");
  }
  return href;
}

/** @param {string} whole @param {string | null} name */
function mentionNode(whole, name) {
  return { node: name === null ? whole : h("span", { class: "mention" }, name), length: whole.length };
}
