/** The first "/" in the message box loads what commands need; until then they cost nothing. */

/** @param {import("../client.js").Client} client @param {HTMLElement} form  the composer's */
export function wireCommands(client, form) {
  /** @type {Promise<import("./commands.js").Commands> | null} */
  let commands = null;
  form.addEventListener("input", async ({ target }) => {
    const box = /** @type {HTMLTextAreaElement} */ (target);
    if (box.id !== "composer" || (!commands && !box.value.startsWith("/"))) return;
    commands ??= import("./commands.js").then(({ Commands }) => new Commands(client, form, box));
    (await commands).typed();
  });
}
