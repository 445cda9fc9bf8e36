/** A poll: its question, its answers as choices with what they have got, and when it ends. */

import { h } from "../dom.js";
import { call } from "../rest.js";
import { emojiAddress } from "./names.js";
import { fromNow } from "./markup.js";

/** @typedef {import("../types.js").Message} Message */
/** @typedef {import("../types.js").Poll} Poll */

/** @param {Message} message @param {(attempt: Promise<unknown>) => unknown} attempt  says what went wrong */
export function pollElement({ poll, id, channel_id }, attempt) {
  if (!poll) return null;
  const counts = new Map(poll.results?.answer_counts.map((one) => [one.id, one]) ?? []);
  const total = [...counts.values()].reduce((sum, { count }) => sum + count, 0);
  const over = poll.results?.is_finalized === true || (poll.expiry !== null && Date.parse(poll.expiry) < Date.now());
  const mine = poll.answers.map(({ answer_id }) => answer_id).filter((each) => counts.get(each)?.me_voted);
  const vote = (/** @type {number} */ answer) => attempt(call(mine.includes(answer) ? "DELETE" : "PUT",
    `/channels/${channel_id}/polls/${id}/answers/${answer}/votes/@me`));
  const answers = poll.answers.map((answer) => {
    const { count = 0, me_voted = false } = counts.get(answer.answer_id) ?? {};
    return answerElement(answer, count, total, me_voted, over ? null : () => vote(answer.answer_id));
  });
  return h("section", { class: "poll", "aria-label": "Poll" },
    h("p", { class: "poll-question" }, poll.question.text),
    h("p", { class: "hint" }, poll.allow_multiselect ? "Choose any number of answers." : "Choose one answer."),
    h("div", { class: "answers", role: "group", "aria-label": poll.question.text }, ...answers),
    h("p", { class: "hint" }, `${total === 1 ? "1 vote" : `${total} votes`} · `,
      over ? "ended" : poll.expiry ? `ends ${fromNow(Date.parse(poll.expiry))}` : "no end"));
}

/**
 * @param {Poll["answers"][number]} answer
 * @param {number} count
 * @param {number} total
 * @param {boolean} mine
 * @param {(() => void) | null} vote  null: it is over
 */
function answerElement({ poll_media: { text, emoji } }, count, total, mine, vote) {
  const share = total ? Math.round((100 * count) / total) : 0;
  const picture = emoji?.id
    ? h("img", { class: "emoji", src: emojiAddress(emoji.id, emoji.animated === true), alt: "" })
    : emoji?.name ?? null;
  const button = h("button", {
    type: "button", class: "answer", "aria-pressed": String(mine), disabled: vote === null, onclick: vote,
  }, picture, h("span", { class: "answer-text" }, text ?? ""),
    h("span", { class: "answer-share" }, `${share}%`, h("span", { class: "unseen" }, `, ${count} votes`)));
  button.style.setProperty("--share", `${share}%`);
  return button;
}
