/** The sound of a message: two soft notes, made here and read from no file. */

const NOTES_HZ = [659, 880], NOTE_S = 0.14, LOUDNESS = 0.12;

/** @type {AudioContext | null} */
let audio = null;

export async function chime() {
  audio ??= new AudioContext();
  // Browsers keep a page silent until somebody has clicked in it.
  if (audio.state === "suspended") await audio.resume();
  NOTES_HZ.forEach((pitch_hz, n) => {
    const context = /** @type {AudioContext} */ (audio);
    const at = context.currentTime + n * NOTE_S;
    const tone = new OscillatorNode(context, { type: "sine", frequency: pitch_hz });
    const volume = new GainNode(context, { gain: 0 });
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(LOUDNESS, at + 0.015);
    volume.gain.exponentialRampToValueAtTime(0.0001, at + 2 * NOTE_S);
    tone.connect(volume).connect(context.destination);
    tone.start(at);
    tone.stop(at + 2 * NOTE_S);
  });
}
