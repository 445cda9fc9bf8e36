/** The other half of timers.js: sleeps for it, in a worker, where nobody slows timers down. */

onmessage = ({ data: { id, ms } }) => setTimeout(() => postMessage(id), ms);
