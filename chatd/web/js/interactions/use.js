/** Somebody uses a component of a message: press it, or choose from it, and ask its bot. */

import { ApiError, NetworkError } from "../rest.js";
import { sentenceOf } from "../ui/toast.js";
import { chosenOf, EPHEMERAL, keyOf } from "../views/components.js";
import { ask } from "./asking.js";
import { choicesOfMenu } from "./choices.js";
import { listenForForms } from "./modal.js";
import { pick } from "./picker.js";

/** @typedef {import("../client.js").Client} Client */
/** @typedef {import("../types.js").Component} Component */
/** @typedef {import("../types.js").Message} Message */

const BUTTON = 2;

/**
 * @param {Client} client
 * @param {string} channelId
 * @param {string} messageId
 * @param {number} number   of the component in the message
 * @param {HTMLElement} control
 */
export async function use(client, channelId, messageId, number, control) {
  const { store } = client;
  const message = store.messageOf(channelId, messageId);
  const component = message && within(message.components ?? []).find(({ id }) => id === number);
  if (!message || !component) return;
  listenForForms(client);
  if (component.type === BUTTON) return press(client, message, component);
  const key = keyOf(message, component);
  const before = store.chosen.get(key) ?? chosenOf(component);
  const values = await pick(control, {
    label: component.placeholder ?? "Make a selection", choices: choicesOfMenu(store, channelId, component),
    least: component.min_values, most: component.max_values, chosen: before,
  });
  if (values === null) return;
  store.chosen.set(key, values);
  if (!(await press(client, message, component, values))) {
    store.chosen.set(key, before);
    store.tell("messages");
  }
}

/** Answers whether the bot was asked. @param {Client} client @param {Message} message @param {Component} component @param {string[]} [values] */
async function press(client, message, component, values) {
  const { id: message_id, channel_id, application_id, author, flags = 0 } = message;
  const about = { channel_id, application_id: application_id ?? author.id, key: keyOf(message, component) };
  const { type: component_type, custom_id } = component;
  try {
    await ask(client, about, {
      type: 3, message_id, message_flags: flags & EPHEMERAL, data: { component_type, custom_id, ...(values && { values }) },
    });
    return true;
  } catch (error) {
    if (!(error instanceof ApiError) && !(error instanceof NetworkError)) throw error;
    const { store } = client;
    const nonce = `failed ${about.key}`;
    store.asked.set(nonce, { nonce, ...about, state: "failed", reason: sentenceOf(error) });
    store.tell("messages");
    return false;
  }
}

/** Every component, those that hold others before these. @param {Component[]} components @returns {Component[]} */
export function within(components) {
  return components.flatMap((one) => [
    one, ...within([...(one.components ?? []), ...(one.accessory ? [one.accessory] : []), ...(one.component ? [one.component] : [])]),
  ]);
}
