/**
 * The address bar: what is shown follows from the path, so links, Back, Forward and reload work.
 *
 * Whoever wants to go somewhere calls `go` or puts a plain `<a href>` on the page; clicks on links of this
 * site are followed here, without leaving the page. One listener, the client, is told of each new route.
 */

import { routeOf } from "./paths.js";

/** @typedef {import("./paths.js").Route} Route */

// These are pages of their own, and files: the browser goes there.
const ELSEWHERE = /^\/(login|register|setup|assets|attachments|api)(\/|$)/;

/** @type {(route: Route) => void} */
let arrived = () => {};

/** Begin to listen, and tell where we are. @param {(route: Route) => void} onArrival */
export function startRouting(onArrival) {
  arrived = onArrival;
  addEventListener("popstate", () => arrived(here()));
  document.addEventListener("click", followLink);
  arrived(here());
}

export const here = () => routeOf(location.pathname);

/** @param {string} path */
export function go(path) {
  if (path !== location.pathname) history.pushState(null, "", path);
  arrived(here());
}

/** As `go`, without a way back to where we are now. @param {string} path */
export function replace(path) {
  history.replaceState(null, "", path);
  arrived(here());
}

/** @param {MouseEvent} event */
function followLink(event) {
  const link = /** @type {Element} */ (event.target).closest("a");
  const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  if (!link || !plain || link.target || link.hasAttribute("download") || event.defaultPrevented) return;
  if (link.origin !== location.origin || ELSEWHERE.test(link.pathname)) return;
  event.preventDefault();
  go(link.pathname + link.search);
}
