/** A mute that was for a while ends by itself, and what it held back is shown then. */

// A timer that waits for longer ends at once.
const TIMER_MAX_MS = 2 ** 31 - 1;

/** @param {import("../client.js").Client} client */
export function wireMutes({ store }) {
  let timer = 0;
  const wait = () => {
    clearTimeout(timer);
    const ends = [...store.notifications.values()]
      .flatMap((settings) => [settings, ...settings.channel_overrides])
      .map(({ muted, mute_config }) => Date.parse((muted && mute_config?.end_time) || "") - Date.now())
      .filter((left_ms) => left_ms > 0);
    if (ends.length === 0) return;
    timer = setTimeout(() => store.tellAll("settings", "guilds", "channels"), Math.min(Math.min(...ends) + 1, TIMER_MAX_MS));
  };
  store.subscribe(["settings"], wait);
  wait();
}
