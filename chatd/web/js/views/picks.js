/** What is sent in the place of what the message box shows: `<@1>` for "@ada". */

export class Picks {
  /** What is shown, and what is sent. @type {Map<string, string>} */ #all = new Map();

  /**
   * Something was chosen; answers how it is written. Two people of one name are two.
   * @param {string} shown
   * @param {string} [token]  absent: it is sent as it is shown
   */
  put(shown, token) {
    if (!token) return shown;
    let written = shown;
    for (let n = 2; (this.#all.get(written) ?? token) !== token; n++) written = `${shown} (${n})`;
    this.#all.set(written, token);
    return written;
  }

  /** The text as it is sent. @param {string} text */
  sent(text) {
    // The longest first: "@ada" is also how "@ada lovelace" begins.
    const shown = [...this.#all.keys()].filter((one) => text.includes(one)).sort((a, b) => b.length - a.length);
    if (shown.length === 0) return text;
    const names = shown.map((one) => one.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
    const pattern = new RegExp(`(?:${names})(?![\\p{L}\\p{N}_])`, "gu");
    return text.replace(pattern, (one) => this.#all.get(one) ?? one);
  }

  /** To be kept. @returns {[shown: string, token: string][]} */
  get entries() {
    return [...this.#all];
  }
}
