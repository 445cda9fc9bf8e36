/**
 * Where the web client begins: the path says which page this is, and only that page's code is loaded.
 *
 *     /login /register /setup     views/enter.js
 *     everything else             views/chat.js, which reads the channel from the path
 *
 * Reading order for the chat: types.js, store.js, folds.js, gateway.js, then the views.
 */

const page = /^\/(login|register|setup)\/?$/.exec(location.pathname)?.[1];

if (page) (await import("./views/enter.js")).showForm(/** @type {"login" | "register" | "setup"} */ (page));
else (await import("./views/chat.js")).showChat();

export {}; // a module, and not a script
