/** To start a thread at a message, or to post in a forum. */

import { submit } from "../rest.js";
import { openForm } from "../ui/dialog.js";

/** @typedef {import("../client.js").Client} Client */

const ARCHIVE_AFTER = [
  { value: "60", label: "an hour" }, { value: "1440", label: "a day" }, { value: "4320", label: "three days" },
  { value: "10080", label: "a week" },
];
const NAME_MAX = 100;

/** @param {Client} client @param {import("../doors.js").Place} place */
export async function startThread(client, { channelId, messageId }) {
  const said = client.store.messageOf(channelId ?? "", messageId ?? "")?.content ?? "";
  const thread = await openForm({
    title: "Start a thread", id: "new-thread", submit: "Start",
    fields: [
      {
        name: "name", label: "Name", required: true, attributes: { maxlength: NAME_MAX },
        value: said.replace(/\s+/g, " ").slice(0, 40).trim(),
      },
      { name: "auto_archive_duration", label: "Put away when silent for", type: "select", options: ARCHIVE_AFTER, value: "1440" },
    ],
    send: ({ name, auto_archive_duration }) => submit("POST", `/channels/${channelId}/messages/${messageId}/threads`,
      { name, auto_archive_duration: Number(auto_archive_duration) }),
  });
  if (!thread) return;
  client.store.apply("THREAD_CREATE", thread);
  client.goTo(thread);
}

/** @param {Client} client @param {import("../types.js").Channel} forum */
export async function newPost(client, forum) {
  const tags = (forum.available_tags ?? []).map(({ id, name }) => ({ id, name }));
  const thread = await openForm({
    title: "New post", id: "new-post", submit: "Post", size: "wide",
    fields: [
      { name: "name", label: "Title", required: true, attributes: { maxlength: NAME_MAX } },
      { name: "message.content", label: "Message", type: "textarea", required: true, attributes: { maxlength: 2000, rows: 6 } },
      ...tags.map(({ id, name }) => /** @type {import("../ui/form.js").Field} */ (
        { name: `applied_tags.${id}`, label: name, type: "checkbox" })),
    ],
    send: (values) => submit("POST", `/channels/${forum.id}/threads`, {
      name: values.name, message: { content: values["message.content"] },
      applied_tags: tags.filter(({ id }) => values[`applied_tags.${id}`]).map(({ id }) => id),
    }),
  });
  if (!thread) return;
  client.store.apply("THREAD_CREATE", thread);
  client.goTo(thread);
}
