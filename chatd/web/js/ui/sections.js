/**
 * A page of sections: their names on the left, the chosen one on the right; below 700 px the names are first
 * and a section covers them. For settings of all kinds: one's own, of a guild, of the server.
 *
 *     sectionsPage({title, base: "/settings", chosen: rest[0], sections: SETTINGS, client, place})
 */

import { h } from "../dom.js";
import { go } from "../router.js";
import { iconButton } from "./buttons.js";
import { rove } from "./roving.js";
import { styles } from "./styles.js";

/** @typedef {import("../client.js").Client} Client */

/**
 * @typedef {object} Section
 * @property {string} slug            the part of the path
 * @property {string} name
 * @property {string} [group]         a heading above it in the list
 * @property {(client: Client, place: any) => boolean} [may]
 * @property {(client: Client, place: any) => HTMLElement | Promise<HTMLElement>} build  loaded when chosen
 */

/**
 * @param {object} page
 * @param {Client} page.client
 * @param {string} page.title
 * @param {string} page.base          the path of the page
 * @param {string | undefined} page.chosen  a slug; none: the first, or on narrow screens the list
 * @param {Section[]} page.sections
 * @param {any} [page.place]          handed on to the sections
 * @param {() => void} [page.onclose] back to the chat by default
 */
export async function sectionsPage({ client, title, base, chosen, sections, place, onclose }) {
  await styles("sections");
  const open = sections.filter(({ may }) => may?.(client, place) ?? true);
  const section = open.find(({ slug }) => slug === chosen) ?? open[0];
  const close = onclose ?? (() => client.leavePage());
  const links = open.map((one, n) => [
    one.group !== undefined && one.group !== open[n - 1]?.group && h("h2", {}, one.group),
    h("a", { href: `${base}/${one.slug}`, "aria-current": one === section && "page" }, one.name),
  ]).flat();
  const nav = h("nav", { class: "sections-nav", "aria-label": title }, ...links);
  rove(nav, "a");
  const content = h("div", { class: "sections-content" });
  const element = h("main", { class: "sections", "data-page": base, "data-chosen": chosen !== undefined && "" },
    h("header", { class: "sections-bar" },
      iconButton("back", "Back to the sections", { class: "icon-button to-sections", onclick: () => go(base) }),
      h("h1", {}, title), iconButton("close", "Close", { class: "icon-button to-chat", onclick: close })),
    nav, content);
  element.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) close();
  });
  if (section) content.append(h("h2", {}, section.name), await section.build(client, place));
  // Where there is nothing to press, the keys scroll it.
  if (section && !content.querySelector("a, button, input, select, textarea, [tabindex='0']")) {
    content.tabIndex = 0;
    content.setAttribute("role", "region");
    content.setAttribute("aria-label", section.name);
  }
  return element;
}
