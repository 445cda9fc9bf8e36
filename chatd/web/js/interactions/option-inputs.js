/** One control for each type of option: what it holds, whether it is empty, and what is wrong with it. */

import { h } from "../dom.js";
import { choicesAmong, matching } from "./choices.js";
import { Combo } from "./combo.js";
import { spoken } from "./command-index.js";

/** @typedef {import("./command-index.js").Option} Option */
/** @typedef {import("./choices.js").Choice} Choice */
/**
 * @typedef {object} Input
 * @property {HTMLElement} element
 * @property {HTMLElement} control            has the focus and the label
 * @property {() => boolean} isEmpty
 * @property {() => any} value                null where what stands there is none
 * @property {() => any} kept                 to fill it with again
 * @property {(kept: any) => void} [fill]
 *
 * @typedef {{store: import("../store.js").Store, channelId: string}} Where
 */

const STRING = 3, INTEGER = 4, BOOLEAN = 5, USER = 6, CHANNEL = 7, ROLE = 8, MENTIONABLE = 9, NUMBER = 10, FILE = 11;
const COMPLETED_AFTER_MS = 200;
/** @type {Record<number, import("./choices.js").What[]>} */
const NAMED = { [USER]: ["user"], [CHANNEL]: ["channel"], [ROLE]: ["role"], [MENTIONABLE]: ["user", "role"] };

/**
 * @param {Where} where
 * @param {Option} option
 * @param {(typed: string) => Promise<Choice[]>} complete
 * @returns {Input}
 */
export function optionInput(where, option, complete) {
  const { type, choices = [], autocomplete } = option;
  if (type === BOOLEAN) return selectInput([["True", true], ["False", false]], option.required === true);
  if (choices.length > 0) return selectInput(choices.map((one) => [spoken(one), one.value]), option.required === true);
  if (type === FILE) return fileInput(option);
  if (NAMED[type]) return namedInput(where, option);
  return autocomplete ? completedInput(option, complete) : textInput(option);
}

/** @param {[string, string | number | boolean][]} choices @param {boolean} required @returns {Input} */
function selectInput(choices, required) {
  const control = h("select", { class: "input" }, h("option", { value: "" }, required ? "Choose…" : "—"),
    ...choices.map(([label], n) => h("option", { value: n }, label)));
  return {
    element: control, control, isEmpty: () => control.value === "", value: () => choices[Number(control.value)]?.[1] ?? null,
    kept: () => control.value, fill: (kept) => (control.value = kept),
  };
}

/** @param {Option} option @returns {Input} */
function fileInput({ file_types = [] }) {
  const accept = file_types.map((each) => (each.startsWith(".") ? each : `${each}/*`)).join(",");
  const control = h("input", { type: "file", class: "input", accept: accept || null });
  return {
    element: control, control, isEmpty: () => !control.files?.length, value: () => control.files?.[0] ?? null,
    kept: () => control.files, fill: (kept) => (control.files = kept),
  };
}

/** Somebody or something of the place. @param {Where} where @param {Option} option @returns {Input} */
function namedInput({ store, channelId }, option) {
  const all = () => choicesAmong(store, channelId, NAMED[option.type], option.channel_types);
  const combo = new Combo(spoken(option), (typed) => matching(all(), typed.replace(/^[@#]/, "")));
  // Who types the whole name means it.
  const named = () => combo.chosen ?? all().find(({ label, words }) =>
    [label, words].some((one) => one?.toLocaleLowerCase() === combo.input.value.trim().replace(/^[@#]/, "").toLocaleLowerCase())) ?? null;
  return {
    element: combo.element, control: combo.input, isEmpty: () => combo.input.value.trim() === "", value: () => named()?.value ?? null,
    kept: named, fill: (kept) => kept && combo.take(kept),
  };
}

/** @param {Option} option @param {(typed: string) => Promise<Choice[]>} complete @returns {Input} */
function completedInput(option, complete) {
  const combo = new Combo(spoken(option), complete, COMPLETED_AFTER_MS);
  const typed = () => combo.input.value;
  const meant = () => /** @type {any} */ (combo.chosen)?.meant ?? asType(option, typed());
  return {
    element: combo.element, control: combo.input, isEmpty: () => typed() === "", value: meant,
    kept: () => combo.chosen ?? { label: typed(), value: typed(), meant: meant() }, fill: (kept) => combo.take(kept),
  };
}

/** @param {Option} option @returns {Input} */
function textInput(option) {
  const { type, min_value: min, max_value: max, max_length: maxlength } = option;
  const isNumber = type === INTEGER || type === NUMBER;
  const control = h("input", {
    type: "text", class: "input", inputmode: isNumber ? (type === INTEGER ? "numeric" : "decimal") : null, maxlength, autocomplete: "off",
    placeholder: isNumber && (min !== undefined || max !== undefined) ? `${min ?? "…"} to ${max ?? "…"}` : null,
  });
  return {
    element: control, control, isEmpty: () => control.value === "", value: () => asType(option, control.value),
    kept: () => control.value, fill: (kept) => (control.value = kept),
  };
}

/** @param {Option} option @param {string} typed @returns {string | number | null} */
function asType({ type }, typed) {
  if (type !== INTEGER && type !== NUMBER) return typed;
  const pattern = type === INTEGER ? /^[+-]?\d+$/ : /^[+-]?(?:\d+[.,]?\d*|[.,]\d+)$/;
  return pattern.test(typed.trim()) ? Number(typed.trim().replace(",", ".")) : null;
}

/** What is wrong with what stands there, for a person; "" if nothing is. @param {Option} option @param {Input} input */
export function valueProblem(option, input) {
  if (input.isEmpty()) return option.required ? "This is needed." : "";
  const value = input.value();
  if (value === null) {
    if (option.type === INTEGER) return "This must be a whole number.";
    return option.type === NUMBER ? "This must be a number." : "There is nobody and nothing of that name here.";
  }
  if (typeof value === "number") return rangeProblem(value, option);
  return option.type === STRING ? lengthProblem([...value].length, option) : "";
}

/** @param {number} value @param {Option} option */
function rangeProblem(value, { min_value: min = -Infinity, max_value: max = Infinity }) {
  if (value < min) return `This must be ${min} or more.`;
  return value > max ? `This must be ${max} or less.` : "";
}

/** @param {number} length @param {Option} option */
function lengthProblem(length, { min_length: min = 0, max_length: max = Infinity, choices }) {
  if (choices?.length) return "";
  if (length < min) return `This must have ${min} characters or more.`;
  return length > max ? `This must have ${max} characters or fewer.` : "";
}
