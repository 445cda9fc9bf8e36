/** Style sheets that only some views need, loaded with them: `await styles("settings")`. */

/** @type {Map<string, Promise<void>>} */
const loaded = new Map();

/** @param {...string} names  of files in css/ */
export async function styles(...names) {
  await Promise.all(names.map((name) => {
    const known = loaded.get(name) ?? load(`/assets/css/${name}.css`);
    loaded.set(name, known);
    return known;
  }));
}

/** @param {string} href @returns {Promise<void>} */
function load(href) {
  return new Promise((resolve) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = href;
    // Without its styles a view is plain, and still of use.
    link.onload = link.onerror = () => resolve();
    document.head.append(link);
  });
}
