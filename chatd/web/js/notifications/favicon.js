/** A dot on the page's sign in the row of tabs, while something for one is unread. */

import { mentionsInAll } from "../select/unread.js";

const DOT = '<circle cx="75%" cy="25%" r="25%" fill="#d1523b"/></svg>';

/** @param {import("../client.js").Client} client */
export function wireFavicon({ store }) {
  const link = /** @type {HTMLLinkElement | null} */ (document.querySelector('link[rel="icon"]'));
  if (!link) return;
  const plain = link.href;
  let dotted = "", shown = false;
  const draw = async () => {
    const wanted = mentionsInAll(store) > 0;
    if (wanted === shown) return;
    shown = wanted;
    if (wanted && !dotted) {
      const drawing = await fetch(plain).then((answer) => answer.text()).catch(() => "");
      dotted = drawing.includes("</svg>") ? `data:image/svg+xml,${encodeURIComponent(drawing.replace("</svg>", DOT))}` : plain;
    }
    link.href = shown ? dotted || plain : plain;
  };
  store.subscribe(["guilds", "channels", "settings"], () => void draw());
  void draw();
}
