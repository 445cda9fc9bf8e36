/**
 * What each gateway event does to the store: one function per event, named after it, in a file per subject.
 *
 * An event may arrive twice (a replay after a resume, an answer that overtook it), so each function is safe
 * to run again with the same data, and each says which topics it has changed. To fold another event, add its
 * function to the file of its subject, and its intent to gateway.js.
 */

import { CHANNEL_FOLDS } from "./channels.js";
import { GUILD_FOLDS } from "./guilds.js";
import { INTERACTION_FOLDS } from "./interactions.js";
import { MEMBER_FOLDS } from "./members.js";
import { MESSAGE_FOLDS } from "./messages.js";
import { PEOPLE_FOLDS } from "./people.js";
import { READY_FOLDS } from "./ready.js";
import { THREAD_FOLDS } from "./threads.js";
import { VOICE_FOLDS } from "./voice.js";

/** @typedef {Record<string, (store: import("../store.js").Store, data: any) => void>} Folds */

/** @type {Folds} */
export const FOLDS = {
  ...READY_FOLDS, ...GUILD_FOLDS, ...CHANNEL_FOLDS, ...THREAD_FOLDS, ...MEMBER_FOLDS, ...MESSAGE_FOLDS,
  ...PEOPLE_FOLDS, ...VOICE_FOLDS, ...INTERACTION_FOLDS,
};
