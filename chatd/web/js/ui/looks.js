/**
 * How this browser shows things, beside the theme: the size of everything, motion, and how clocks count. It is
 * kept here, in localStorage, for a large screen and a small one want different things; whether messages stand
 * close together is a setting of the account. Who draws by any of it listens for "looks" on the document.
 */

/** @typedef {{size: number, motion: "system" | "less", clock: "system" | "h12" | "h23"}} Looks  size in per cent */

const KEPT = "chatd.looks";
const USUAL = /** @type {Looks} */ ({ size: 100, motion: "system", clock: "system" });

let chosen = USUAL;

export const looks = () => chosen;

/** @param {Partial<Looks>} change */
export function chooseLooks(change) {
  localStorage.setItem(KEPT, JSON.stringify({ ...chosen, ...change }));
  apply();
}

/** @returns {Looks} */
function kept() {
  try {
    return { ...USUAL, ...JSON.parse(localStorage.getItem(KEPT) ?? "{}") };
  } catch {
    return USUAL; // somebody else's idea of it
  }
}

function apply() {
  chosen = kept();
  const { size, motion } = chosen;
  const root = document.documentElement;
  root.style.fontSize = size === USUAL.size ? "" : `${size}%`;
  root.toggleAttribute("data-still", motion === "less");
  document.dispatchEvent(new Event("looks"));
}

export function wireLooks() {
  apply();
  addEventListener("storage", ({ key }) => key === KEPT && apply());
}

/** Whether messages stand close together, as the account has it. @param {import("../store.js").Store} store */
export const wireDensity = (store) => store.subscribe(["settings"], () =>
  document.documentElement.toggleAttribute("data-compact", store.settings.message_display_compact === true));
