/**
 * Where the web client begins: the path says which page this is, and only that page's code is loaded.
 *
 *     /login /register /setup     views/enter.js
 *     /reset                      reset/page.js
 *     /invite/<code>              invite/page.js, for who is signed in and who is not
 *     everything else             shell/shell.js, the client of somebody who is signed in
 *
 * A map of the rooms, in the order in which to read them:
 *
 *     types.js channel-types.js   the shapes of what the server tells
 *     store.js folds/ select/     everything the page knows; how events change it; what is asked of it
 *     permissions.js              what may I do here
 *     gateway.js rest.js          how it comes in and goes out; outbox.js, history.js, readmarks.js on top
 *     timeline.js rows.js         the messages of one channel in memory, and as rows
 *     paths.js router.js          addresses; client.js goes where they say, and ties all of this together
 *     dom.js ui/                  elements; dialogs, forms, menus, popovers, toasts, lists, theme
 *     shell/                      rail, sidebar, header, people, one's own panel
 *     views/ markdown/            the conversation in the middle: messages and the box to write in
 *     interactions/               bots: their components, forms and commands, loaded when one is used
 *     people/ notifications/      cards, presence, friends; what is told on the desktop
 *     doors.js doors/ dialogs/    everything one can do to a thing: buttons and menus come from there
 *     pages.js                    the pages beside the chat: settings/ admin/ developers/ guild/ oauth2/
 *
 * How to add to it is told in docs/web.md.
 */

import { wireLooks } from "./ui/looks.js";
import { wireTheme } from "./ui/theme.js";

wireTheme();
wireLooks();
for (const type of ["pointerover", "keydown"]) addEventListener(type, toTooltips, { once: true });

const page = /^\/(login|register|setup)\/?$/.exec(location.pathname)?.[1];

if (page) (await import("./views/enter.js")).showForm(/** @type {"login" | "register" | "setup"} */ (page));
else if (/^\/invite\/[^/]+\/?$/.test(location.pathname)) await (await import("./invite/page.js")).showAlone();
else if (/^\/reset\/?$/.test(location.pathname)) (await import("./reset/page.js")).showReset();
else (await import("./shell/shell.js")).showShell();

function toTooltips() {
  import("./ui/tooltip.js").catch(() => {}); // the server is away, and the labels are there without them
}
