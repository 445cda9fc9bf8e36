/*
 * Before anything is painted: the theme that somebody chose in this browser, see ui/theme.js. A classic script,
 * for which the page waits; a module would run after the first paint, which would be in the other colours.
 */
{
  const kept = localStorage.getItem("chatd.theme");
  if (kept === "light" || kept === "dark") document.documentElement.dataset.theme = kept;
}
