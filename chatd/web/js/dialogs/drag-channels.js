/**
 * Channels and categories of the sidebar, dragged to another place by those who manage them. For keys and touch
 * the menu of a channel has the same: up, down, into a category.
 */

import { isThread, isVocal, Type } from "../channel-types.js";
import { may } from "../permissions.js";
import { reorderable } from "../ui/reorder.js";
import { put, siblingsOf } from "./move-channel.js";

/** @typedef {import("../types.js").Channel} Channel */

/** @param {import("../client.js").Client} client @param {HTMLElement} list @param {DragEvent} begun  the first drag, under way */
export function dragChannels(client, list, begun) {
  const { store } = client;
  const channelOf = (/** @type {HTMLElement} */ row) => {
    const named = row.dataset.categoryId ?? /** @type {HTMLElement | null} */ (row.querySelector("[data-channel-id]"))?.dataset.channelId;
    return store.channels.get(named ?? "");
  };

  /** @param {Channel | undefined} moved @param {Channel | undefined} target */
  function fits(moved, target) {
    if (!moved?.guild_id || !target || isThread(moved) || isThread(target)) return false;
    if (!may(store, { channelId: moved.id }, "MANAGE_CHANNELS")) return false;
    const intoCategory = target.type === Type.CATEGORY;
    return moved.type === Type.CATEGORY ? intoCategory : intoCategory || isVocal(moved) === isVocal(target);
  }

  reorderable(list, ".channel-row, .category-row", {
    may: (moved, target) => fits(channelOf(moved), channelOf(target)),
    drop: (moved, target, after) => {
      const channel = channelOf(moved), other = channelOf(target);
      if (!channel || !other) return;
      // On the name of a category it comes to stand first in it.
      if (channel.type !== Type.CATEGORY && other.type === Type.CATEGORY) return void put(client, channel, other.id, 0);
      const parentId = channel.type === Type.CATEGORY ? null : other.parent_id ?? null;
      const others = siblingsOf(client, channel, parentId).filter(({ id }) => id !== channel.id);
      void put(client, channel, parentId, others.findIndex(({ id }) => id === other.id) + (after ? 1 : 0));
    },
  }, begun);
}
