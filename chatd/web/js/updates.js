/**
 * The service worker, sw.js: registered where browsers allow one, and a word when there is a new version.
 *
 * A page that has begun goes on with the files that it began with. A new version waits until somebody takes it,
 * or until no page is open.
 */

import { toast } from "./ui/toast.js";

/** @type {ServiceWorkerRegistration | null} */
let known = null;

/** With each session: the connection came back, perhaps to a new server. */
export async function keepShell() {
  if (!("serviceWorker" in navigator)) return;
  if (known) return void known.update().catch(() => {}); // the server is away again
  // A browser that keeps nothing, in a private window say, needs no worker.
  const registration = await navigator.serviceWorker.register("/sw.js").catch(() => null);
  if (!registration) return;
  known = registration;
  const offer = () => {
    // Without a controller this is the first version, not a new one.
    if (registration.waiting && navigator.serviceWorker.controller) offerReload(registration.waiting);
  };
  offer();
  registration.addEventListener("updatefound", () =>
    registration.installing?.addEventListener("statechange", offer));
}

/** @param {ServiceWorker} waiting */
function offerReload(waiting) {
  toast("There is a new version of this page.", { stays: true, action: { label: "Reload", run: () => {
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    waiting.postMessage("take over");
  } } });
}
