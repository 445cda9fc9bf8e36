/*
 * The service worker: keeps the client's own files, and nothing that anybody has written.
 *
 * shell.js, which the server makes, lists the files under a version that is made of their content. A version is
 * fetched whole before it is used, and a page goes on with the one it began with; js/updates.js offers to reload.
 * Pages themselves come from the server, which knows who is signed in; only without it the kept page stands in,
 * and says that the server cannot be reached.
 *
 * It also leads from a notification to its message, in a page that is open or in a new one.
 */

/// <reference lib="webworker" />
/** @type {ServiceWorkerGlobalScope & {shell: {version: string, files: string[]}}} */
const worker = /** @type {any} */ (self);

importScripts("/assets/shell.js");

const { version, files } = worker.shell;
const NAME = `shell ${version}`;
// Served to everybody, signed in or not; it is the one page there is.
const PAGE = "/setup";

worker.addEventListener("install", (event) => event.waitUntil(keepAll()));
worker.addEventListener("activate", (event) => event.waitUntil(forgetOthers()));
worker.addEventListener("message", ({ data }) => {
  if (data === "take over") void worker.skipWaiting();
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => kept(PAGE)));
  else if (files.includes(pathname)) event.respondWith(kept(pathname));
});

worker.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(goTo(event.notification.data.path));
});

/** @param {string} path */
async function goTo(path) {
  const pages = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  const page = pages.find(({ focused }) => focused) ?? pages[0];
  if (!page) return worker.clients.openWindow(path);
  page.postMessage({ go: path }); // notifications/notify.js goes there
  return page.focus();
}

async function keepAll() {
  const cache = await caches.open(NAME);
  // The browser asks whether what it has is still the same, and mostly hears that it is.
  await cache.addAll([PAGE, ...files].map((path) => new Request(path, { cache: "no-cache" })));
}

async function forgetOthers() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== NAME).map((name) => caches.delete(name)));
}

/** @param {string} path */
async function kept(path) {
  const cache = await caches.open(NAME);
  return (await cache.match(path)) ?? fetch(path);
}
