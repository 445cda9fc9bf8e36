/**
 * Snowflakes: the 64-bit ids of everything, kept as decimal strings.
 *
 * The top 42 bits are milliseconds since 2015, so ids grow with time and "in id order" is "in time order".
 * A JavaScript number holds 53 bits and would round them, hence strings, compared by length and then by
 * digit.
 */

const EPOCH_MS = 1420070400000;

/**
 * Negative, zero or positive, as Array.prototype.sort wants it.
 * @param {string} a
 * @param {string} b
 */
export function compareIds(a, b) {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

/** The smallest id of a moment. @param {number} time_ms */
export function idOf(time_ms) {
  return (BigInt(time_ms - EPOCH_MS) << 22n).toString();
}

/** When something with this id was made, in milliseconds. @param {string} id */
export const timeOf = (id) => Number(BigInt(id) >> 22n) + EPOCH_MS;

/**
 * A nonce: the name a message has before the server has given it an id. It is shaped like a snowflake (at
 * most 20 digits, the server accepts 25), and its 22 random bits keep two tabs apart that send in one
 * millisecond.
 */
export function mintNonce(now_ms = Date.now(), random = Math.random) {
  const low = BigInt(Math.floor(random() * 2 ** 22));
  return ((BigInt(now_ms - EPOCH_MS) << 22n) | low).toString();
}

/**
 * A hue in degrees that belongs to an id, for the colour behind initials. Neighbouring ids differ in their
 * low bits only, so the digits are hashed (FNV-1a) before they become an angle.
 * @param {string} id
 */
export function hueOf(id) {
  let hash = 0x811c9dc5;
  for (const digit of id) hash = Math.imul(hash ^ digit.charCodeAt(0), 0x01000193);
  return (hash >>> 0) % 360;
}
