/**
 * Dark or light: as the system has it, unless somebody chose. The choice is this browser's, in localStorage,
 * so that it is there before the first paint (first-paint.js) and at the doors too; css/tokens.css does the rest.
 */

/** @typedef {"system" | "light" | "dark"} Theme */

const KEPT = "chatd.theme";

/** @returns {Theme} */
export function theme() {
  const kept = localStorage.getItem(KEPT);
  return kept === "light" || kept === "dark" ? kept : "system";
}

/** @param {Theme} chosen */
export function chooseTheme(chosen) {
  if (chosen === "system") localStorage.removeItem(KEPT);
  else localStorage.setItem(KEPT, chosen);
  applyTheme();
}

export function applyTheme() {
  const chosen = theme();
  if (chosen === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
  const color = getComputedStyle(document.documentElement).getPropertyValue("--canvas").trim();
  for (const meta of document.querySelectorAll("meta[name=theme-color]")) meta.remove();
  document.head.append(Object.assign(document.createElement("meta"), { name: "theme-color", content: color }));
}

export function wireTheme() {
  applyTheme();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", applyTheme);
  addEventListener("storage", ({ key }) => key === KEPT && applyTheme());
}
