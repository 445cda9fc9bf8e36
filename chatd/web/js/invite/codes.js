/** The code in an invite's link, however somebody wrote it. */

const CODE = /^[\w-]{2,64}$/;

/** "https://host/invite/abc", "host/invite/abc" and "abc" are the same; null for what is none of them. @param {string} text */
export function safeCode(text) {
  const last = text.trim().replace(/[?#].*$/, "").replace(/\/$/, "").split("/").at(-1) ?? "";
  return CODE.test(last) ? last : null;
}

/** @param {string} code */
export const linkOf = (code) => `${location.origin}/invite/${code}`;
