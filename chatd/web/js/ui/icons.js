/**
 * The drawings: 24 units square, drawn with a stroke of the text's colour. They are decoration; the control
 * around one carries the words. To add one, add its path.
 */

/** @type {Record<string, string>} */
const PATHS = {
  add: "M12 5v14M5 12h14",
  admin: "M12 3 5 6v5.5c0 4.3 2.9 7.6 7 9.5 4.1-1.9 7-5.2 7-9.5V6zM9 12l2 2 4-4",
  at: "M15.6 12a3.6 3.6 0 1 1-7.2 0 3.6 3.6 0 0 1 7.2 0v1.3a2.4 2.4 0 0 0 4.8 0V12a8.4 8.4 0 1 0-3.3 6.7",
  attach: "M20 11.5 12 19.4a5 5 0 0 1-7-7l8.3-8.3a3.3 3.3 0 0 1 4.7 4.7l-8.2 8.2a1.7 1.7 0 0 1-2.4-2.4l7.5-7.4",
  back: "M19 12H5M11 6l-6 6 6 6",
  ban: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17ZM6 6l12 12",
  bell: "M6 16.5V11a6 6 0 1 1 12 0v5.5l1.5 2h-15zM10 21h4",
  bot: "M7 8h10a3 3 0 0 1 3 3v5a3 3 0 0 1-3 3H7a3 3 0 0 1-3-3v-5a3 3 0 0 1 3-3ZM12 4v4M9 13v.6M15 13v.6",
  check: "m5 12.5 4.5 4.5L19 7.5",
  chevron: "m8 10 4 4 4-4",
  circle: "M12 17a5 5 0 1 0 0-10 5 5 0 0 0 0 10Z",
  clock: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17ZM12 7.5V12l3 2",
  close: "M6 6l12 12M18 6 6 18",
  copy: "M9 9h9a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H9a2 2 0 0 1-2-2v-8a2 2 0 0 1 2-2ZM4 15V5a2 2 0 0 1 2-2h9",
  crown: "M4 18h16M4.5 15 3 7l5 3.5L12 5l4 5.5L21 7l-1.5 8z",
  delete: "M5 7h14M10 7V4.5h4V7M7 7l.7 12.5h8.6L17 7M10.5 11v5M13.5 11v5",
  down: "M12 5v14M6 13l6 6 6-6",
  download: "M12 4v11M7 10.5l5 5 5-5M5 20h14",
  edit: "m4 20 .8-4L16 4.8a1.7 1.7 0 0 1 2.4 0l.8.8a1.7 1.7 0 0 1 0 2.4L8 19.2 4 20Z",
  external: "M14 4h6v6M20 4l-9 9M18 14v5a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1h5",
  exit: "M10 4H6a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h4M15 8l4 4-4 4M19 12H9",
  forum: "M4 5h11v8H9l-3 3v-3H4zM18 9h2v8h-2v3l-3-3H9",
  forward: "M5 12h14M13 6l6 6-6 6",
  gear: "M12 15.2a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4ZM10.4 3h3.2l.5 2.6 1.9.8 2.2-1.5 2.2 2.3-1.5 2.1.8 2 2.6.5v3.1l-2.6.5-.8 2 1.5 2.1-2.2 2.3-2.2-1.5-1.9.8-.5 2.6h-3.2l-.5-2.6-2-.8-2.1 1.5-2.3-2.3 1.5-2.1-.8-2-2.6-.5v-3.1l2.6-.5.8-2-1.5-2.1 2.3-2.3L8 6.4l1.9-.8z",
  grip: "M9 6h.1M15 6h.1M9 12h.1M15 12h.1M9 18h.1M15 18h.1",
  hash: "M9.5 4 7.5 20M16.5 4l-2 16M4.5 9h16M3.5 15h16",
  help: "M9 9.2a3 3 0 1 1 4.2 2.7c-.8.4-1.2 1-1.2 2v.6M12 18v.1",
  hidden: "M4 4l16 16M9.5 6.4A9 9 0 0 1 12 6c6 0 9.5 6 9.5 6a17 17 0 0 1-3 3.6M6 7.6A16 16 0 0 0 2.5 12S6 18 12 18a9 9 0 0 0 3.6-.8",
  home: "M4 11.5 12 4l8 7.5M6 10v9.5h12V10",
  image: "M5 4h14a1 1 0 0 1 1 1v14a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1ZM4 16l5-5 4 4 2.5-2.5L20 17M15 8.5v.1",
  info: "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16ZM12 11v5M12 8v.1",
  invite: "M9 12a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2.5 19.5c.6-3.6 3-5.5 6.5-5.5s5.9 1.9 6.5 5.5M18.5 7v6M15.5 10h6",
  link: "M10 14a4 4 0 0 0 5.7 0l3.1-3.1a4 4 0 0 0-5.7-5.7L12 6.3M14 10a4 4 0 0 0-5.7 0l-3.1 3.1a4 4 0 0 0 5.7 5.7l1.1-1.1",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  menu: "M4 7h16M4 12h16M4 17h10",
  message: "M4 5h16v11H12l-5 4v-4H4z",
  mic: "M12 14a3 3 0 0 0 3-3V6a3 3 0 1 0-6 0v5a3 3 0 0 0 3 3ZM6 11a6 6 0 0 0 12 0M12 17v4",
  moon: "M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10Z",
  more: "M6 12h.1M12 12h.1M18 12h.1",
  muted: "M8 8v3a6 6 0 0 1-2 4.5l-1.5 3h11M18 13.5V11A6 6 0 0 0 9.5 5.5M10 21h4M4 4l16 16",
  news: "M4 10v4h3l8 4.5v-13L7 10zM18 9.5a4 4 0 0 1 0 5M8 14l1.5 5.5",
  people: "M9 12a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2.5 19.5c.6-3.6 3-5.5 6.5-5.5s5.9 1.9 6.5 5.5M16 5.3a3.5 3.5 0 0 1 0 6.4M18.5 14.6c1.7.8 2.7 2.5 3 4.9",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20c.7-3.9 3.4-6 7.5-6s6.8 2.1 7.5 6",
  phone: "M8 3h8a1.5 1.5 0 0 1 1.5 1.5v15A1.5 1.5 0 0 1 16 21H8a1.5 1.5 0 0 1-1.5-1.5v-15A1.5 1.5 0 0 1 8 3ZM11 18h2",
  pin: "M9 4h6l-.7 6 3.2 3.5v1.5h-11v-1.5L9.7 10zM12 15v5.5",
  reply: "M9 6 4 11l5 5M4 11h9a6.5 6.5 0 0 1 6.5 6.5V19",
  screen: "M4 5h16v11H4zM9 20h6M12 16v4",
  search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM15.3 15.3 20 20",
  send: "M12 19V5M5.5 11.5 12 5l6.5 6.5",
  smile: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17ZM8.5 14.2c.8 1.3 2 2 3.5 2s2.7-.7 3.5-2M9 9.5v.6M15 9.5v.6",
  speaker: "M4 10v4h3.5L13 18.5v-13L7.5 10zM16 9.5a3.5 3.5 0 0 1 0 5M18.5 7a7 7 0 0 1 0 10",
  stage: "M12 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM7 19c.4-3 2.2-4.5 5-4.5s4.6 1.5 5 4.5M7.5 13.5a6 6 0 1 1 9 0",
  sun: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.4M5.6 18.4 7 17M17 7l1.4-1.4",
  thread: "M4 5h16v10h-7l-4 4v-4H4zM8 9h8M8 12h5",
  up: "M12 19V5M6 11l6-6 6 6",
  warning: "M12 4 3 19.5h18zM12 10v4.5M12 17v.1",
};

const SVG = "http://www.w3.org/2000/svg";

/** @param {string} name */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name] ?? PATHS.help);
  svg.append(path);
  return svg;
}
