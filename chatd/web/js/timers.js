/**
 * Timers that keep time while the page is hidden.
 *
 * Browsers let the timers of a hidden page fire once a minute. A heartbeat of forty seconds would come
 * late, the server would take us for gone, and everyone would see us leave and come back all day. Timers in
 * a worker are not slowed down, so the sleeping is done there.
 */

/** @type {Map<number, {call: () => void, ms: number}>} */
const waiting = new Map();
let lastId = 0;
let worker = startWorker();

function startWorker() {
  try {
    const started = new Worker(new URL("./timer-worker.js", import.meta.url));
    started.onmessage = ({ data: id }) => fire(id);
    started.onerror = withoutWorker;
    return started;
  } catch {
    return null; // no workers here: the page's own timers do, while it is visible
  }
}

/** The worker did not load: whoever waits is moved over. */
function withoutWorker() {
  worker = null;
  for (const [id, { ms }] of waiting) setTimeout(() => fire(id), ms);
}

/** @param {number} id */
function fire(id) {
  const timer = waiting.get(id);
  waiting.delete(id);
  timer?.call();
}

/**
 * Call once, after `ms` milliseconds.
 * @param {() => void} call
 * @param {number} ms
 * @returns {number} for clearTimer; never 0
 */
export function setTimer(call, ms) {
  const id = ++lastId;
  waiting.set(id, { call, ms });
  if (worker) worker.postMessage({ id, ms });
  else setTimeout(() => fire(id), ms);
  return id;
}

/** @param {number} id  of a timer, or 0 for none */
export function clearTimer(id) {
  waiting.delete(id);
}
