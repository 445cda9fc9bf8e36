/** Who is in which voice channel. A person is in one at a time. */

/** @typedef {import("../store.js").Store} Store */

/** @type {import("./index.js").Folds} */
export const VOICE_FOLDS = {
  VOICE_STATE_UPDATE(store, state) {
    setVoiceState(store, state);
    store.tell("voice");
  },
};

/** @param {Store} store @param {import("../types.js").VoiceState} state */
export function setVoiceState(store, state) {
  for (const inside of store.voice.values()) {
    if (inside.get(state.user_id)?.guild_id === state.guild_id) inside.delete(state.user_id);
  }
  if (state.channel_id === null) return;
  const inside = store.voice.get(state.channel_id) ?? new Map();
  store.voice.set(state.channel_id, inside.set(state.user_id, state));
}
