/**
 * What a message says, as a tree: the shapes that `markdown/` makes of text and `views/markup.js` shows.
 *
 * The tree knows no names and no addresses of pictures: a mention is an id, and whoever shows it looks it up.
 *
 * @typedef {Span | CodeBlock | Leaf} Inline
 * @typedef {Paragraph | Heading | Quote | List} Block
 *
 * @typedef {{type: "bold" | "italic" | "underline" | "strike" | "spoiler", children: Inline[]}} Style
 * @typedef {{type: "link", href: string, title: string | null, children: Inline[]}} Link
 * @typedef {Style | Link} Span
 *
 * @typedef {{type: "codeblock", language: string | null, text: string}} CodeBlock
 *
 * @typedef {{type: "text", text: string}
 *   | {type: "code", text: string}
 *   | {type: "user" | "role" | "channel", id: string}
 *   | {type: "command", name: string, id: string}
 *   | {type: "everyone", text: "@everyone" | "@here"}
 *   | {type: "emoji", name: string, id: string, animated: boolean}
 *   | {type: "time", time_ms: number, style: string}} Leaf
 *
 * @typedef {{type: "paragraph", children: Inline[]}} Paragraph
 * @typedef {{type: "heading", level: 1 | 2 | 3 | 4, children: Inline[]}} Heading   4 is "subtext"
 * @typedef {{type: "quote", children: Block[]}} Quote
 * @typedef {{type: "list", start: number | null, items: Block[][]}} List   null: with dots
 */

export {};
