/** What this browser does to be heard: it is this device's alone, and off until somebody asks for it. */

const KEPT = "chatd.notifications";

/** @typedef {{desktop: boolean, sound: boolean}} Chosen */

/** @returns {Chosen} */
export function chosen() {
  try {
    return { desktop: false, sound: false, ...JSON.parse(localStorage.getItem(KEPT) ?? "{}") };
  } catch {
    return { desktop: false, sound: false }; // somebody else's idea of it
  }
}

/** @param {Partial<Chosen>} change */
export const choose = (change) => localStorage.setItem(KEPT, JSON.stringify({ ...chosen(), ...change }));
