/**
 * The shapes this client reads, as JSDoc types; nothing here runs.
 *
 * They are the documented objects of the v10 API, cut down to the keys that are used. A key may be missing
 * where it is marked optional; a list is never null.
 *
 * @typedef {{id: string, username: string, global_name?: string | null, bot?: boolean,
 *   system?: boolean}} User
 * @typedef {{user: User, nick?: string | null}} Member
 * @typedef {"online" | "idle" | "dnd" | "offline"} Status
 *
 * @typedef {object} Channel
 * @property {string} id
 * @property {number} type            0 text, 1 direct message, 3 group, 4 category, 5 announcements
 * @property {string} [guild_id]      absent in direct messages
 * @property {string} [name]
 * @property {string | null} [topic]
 * @property {number} [position]
 * @property {string | null} [parent_id]
 * @property {string | null} [last_message_id]
 * @property {User[]} [recipients]    direct messages: everyone but oneself
 *
 * @typedef {object} Guild
 * @property {string} id
 * @property {string} name
 * @property {number} member_count
 * @property {Map<string, Member>} members  by user id
 *
 * @typedef {object} Message
 * @property {string} id
 * @property {string} channel_id
 * @property {string} [guild_id]
 * @property {number} type            0 default, 19 reply; the rest are notices
 * @property {string} content
 * @property {User} author
 * @property {{nick?: string | null}} [member]
 * @property {string} timestamp       ISO 8601
 * @property {string | null} edited_timestamp
 * @property {string | number} [nonce]
 * @property {string} [webhook_id]
 * @property {{message_id?: string}} [message_reference]
 * @property {Message | null} [referenced_message]
 * @property {{message: {content: string}}[]} [message_snapshots]  what a forward passes on
 * @property {{question: {text: string}}} [poll]
 * @property {{name: string}[]} [sticker_items]
 * @property {Attachment[]} [attachments]
 * @property {Embed[]} [embeds]
 *
 * @typedef {{id: string, filename: string, size: number, url: string, content_type?: string,
 *   width?: number | null, height?: number | null, description?: string | null}} Attachment
 * @typedef {{title?: string, description?: string, url?: string, color?: number,
 *   fields?: {name: string, value: string}[]}} Embed
 *
 * @typedef {object} Pending          a message of ours the server has not answered for
 * @property {string} nonce
 * @property {string} channel_id
 * @property {string} content
 * @property {number} created_ms
 * @property {number | null} first_try_ms   null until the first request left
 * @property {"sending" | "waiting" | "failed"} state
 * @property {string} reason          why it failed, for a person
 *
 * @typedef {object} Connection
 * @property {"connecting" | "live" | "reconnecting" | "stopped"} state
 * @property {number} [retry_at_ms]   when the next attempt begins
 * @property {string} [reason]        why it stopped for good
 * @property {number} [attempt]       failures in a row
 */

export {};
