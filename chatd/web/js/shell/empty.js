/** What stands in the place of a chat: why there is none, and what one can do about it. */

import { h } from "../dom.js";
import { doorsOn, labelOf } from "../doors.js";
import { icon } from "../ui/icons.js";

/** @typedef {import("../client.js").Client} Client */
/** @typedef {{key: string, icon: string, title: string, sentence: string, on?: "home" | "rail"}} Absence */

/** Null while a chat may still come. @param {Client} client @returns {Absence | null} */
export function absenceOf({ store }) {
  if (!store.ready && store.connection.state !== "connecting") {
    return {
      key: "away", icon: "warning", title: "The server cannot be reached",
      sentence: "This page goes on trying by itself.",
    };
  }
  if (!store.settled) return null;
  if (store.guilds.size === 0 && store.channels.size === 0) {
    return {
      key: "none", icon: "home", title: "You are in no chat yet", on: "rail",
      sentence: "As soon as someone adds you to one, it appears here by itself.",
    };
  }
  if (store.open === null && store.openGuild === null) {
    return {
      key: "home", icon: "message", title: "Direct messages", on: "home",
      sentence: "Choose a conversation, or begin one.",
    };
  }
  return {
    key: "gone", icon: "hash", title: "This chat is not here",
    sentence: "It was deleted, or it is not open to you. Choose another one from the list.",
  };
}

/** @param {Client} client @param {HTMLElement} place @param {Absence | null} absence */
export function emptyElement(client, place, absence) {
  if (place.dataset.shown === (absence?.key ?? "")) return;
  place.dataset.shown = absence?.key ?? "";
  if (!absence) return place.replaceChildren();
  if (absence.key === "home") return void showFriends(client, place);
  const doors = absence.on ? doorsOn(client.store, absence.on, {}) : [];
  const retry = absence.key === "away" && h("button", { type: "button", class: "primary", onclick: () => client.gateway.hurry() }, "Try now");
  place.replaceChildren(
    h("span", { class: "empty-sign" }, icon(absence.icon)),
    h("h2", {}, absence.title), h("p", {}, absence.sentence), ...(retry ? [retry] : []),
    ...doors.map((door) => h("button", { type: "button", class: "primary", onclick: () => void door.open(client, {}) },
      labelOf(client.store, door, {}))));
}

/** Where no conversation is chosen stand those whom one could begin one with. @param {Client} client @param {HTMLElement} place */
async function showFriends(client, place) {
  place.replaceChildren();
  friends ??= import("../people/friends.js").then(({ friendsView }) => friendsView(client));
  const view = await friends;
  if (place.dataset.shown === "home") place.replaceChildren(view);
}

/** Made when it is first needed. @type {Promise<HTMLElement> | null} */
let friends = null;
