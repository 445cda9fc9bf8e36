/**
 * What only some messages carry: files, embeds, a poll, what bots put there. The code that draws a kind, and its
 * styles, come with the first message that has it.
 *
 * A page of history is shown when all that it carries can be drawn, so that nothing moves afterwards. What comes
 * by the gateway is drawn at once, and again with what it carries.
 */

import { styles } from "../ui/styles.js";

/** @typedef {Partial<import("../types.js").Message>} Carrier */

// EPHEMERAL, LOADING, IS_COMPONENTS_V2
const FLAGS_OF_BOTS = 1 << 6 | 1 << 7 | 1 << 15;
const COMMAND = 20, CONTEXT_COMMAND = 23;

/**
 * The modules that are there.
 * @type {{files?: typeof import("./attachments.js"), embeds?: typeof import("./embeds.js"),
 *   polls?: typeof import("./polls.js"), bots?: typeof import("./components.js")}}
 */
export const parts = {};

/** @type {{isIn: (carrier: Carrier) => unknown, load: () => Promise<unknown>, loading?: Promise<unknown>, there?: boolean}[]} */
const KINDS = [
  {
    isIn: ({ attachments }) => attachments?.length,
    load: async () => ([parts.files] = await Promise.all([import("./attachments.js"), styles("files")])),
  },
  {
    isIn: ({ embeds }) => embeds?.length,
    load: async () => ([parts.embeds] = await Promise.all([import("./embeds.js"), styles("embeds")])),
  },
  {
    isIn: ({ poll }) => poll,
    load: async () => ([parts.polls] = await Promise.all([import("./polls.js"), styles("polls")])),
  },
  {
    isIn: ({ components, flags = 0, type }) =>
      components?.length || flags & FLAGS_OF_BOTS || type === COMMAND || type === CONTEXT_COMMAND,
    load: async () => ([parts.bots] = await Promise.all([import("./components.js"), styles("files", "components")])),
  },
];

/** Kinds that cannot be drawn yet. @param {Carrier[]} messages */
function missingIn(messages) {
  const waiting = KINDS.filter(({ there }) => !there);
  if (waiting.length === 0) return waiting;
  const carriers = messages.flatMap((one) => [one, ...(one.message_snapshots ?? []).map(({ message }) => message)]);
  return waiting.filter(({ isIn }) => carriers.some(isIn));
}

/** Something that the message carries is not drawn yet. @param {Carrier} message */
export const isPartial = (message) => missingIn([message]).length > 0;

/** Everything that these carry can be drawn, or cannot be fetched, which the shell tells. @param {Carrier[]} messages */
export async function ready(messages) {
  const ends = await Promise.allSettled(missingIn(messages).map(async (kind) => {
    kind.loading ??= kind.load();
    await kind.loading;
    kind.there = true;
  }));
  for (const end of ends) if (end.status === "rejected") void Promise.reject(end.reason);
}
