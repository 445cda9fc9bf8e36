/** Times for people, in the language and the time zone of the browser, and by the clock that was chosen in it. */

import { looks } from "./ui/looks.js";

const day = new Intl.DateTimeFormat(undefined, { dateStyle: "full" });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

/** The language of the browser, with how its clocks count where somebody has chosen that. */
export function locale() {
  const { clock } = looks();
  return clock === "system" ? undefined : new Intl.Locale(navigator.language, { hourCycle: clock }).toString();
}

/** To write a time with hours in it; made anew when another clock was chosen. @param {Intl.DateTimeFormatOptions} options */
export function writer(options) {
  /** @type {Intl.DateTimeFormat | null} */
  let format = null;
  document.addEventListener("looks", () => (format = null));
  return () => (format ??= new Intl.DateTimeFormat(locale(), options));
}

const clock = writer({ hour: "numeric", minute: "2-digit" });
const full = writer({ dateStyle: "full", timeStyle: "medium" });
const moment = writer({ dateStyle: "medium", timeStyle: "short" });

/** "14:05" or "2:05 PM" @param {number} time_ms */
export const clockTime = (time_ms) => clock().format(time_ms);

/** "14:05", and "2:05" where clocks count to twelve: for a narrow column. @param {number} time_ms */
export function shortTime(time_ms) {
  const parts = clock().formatToParts(time_ms).filter(({ type }) => type !== "dayPeriod");
  return parts.map(({ value }) => value).join("").trim();
}

/** For the tooltip of a time. @param {number} time_ms */
export const fullTime = (time_ms) => full().format(time_ms);

/** "20 Nov 2026, 14:05" @param {number} time_ms */
export const momentTime = (time_ms) => moment().format(time_ms);

/** "Today", "Yesterday", or the date. @param {number} time_ms */
export function dayName(time_ms, now_ms = Date.now()) {
  const days = Math.round((midnight(time_ms) - midnight(now_ms)) / 86_400_000);
  if (days !== 0 && days !== -1) return day.format(time_ms);
  const word = relative.format(days, "day");
  return word[0].toLocaleUpperCase() + word.slice(1);
}

/** @param {number} time_ms */
const midnight = (time_ms) => new Date(time_ms).setHours(0, 0, 0, 0);
