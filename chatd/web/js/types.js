/**
 * The shapes this client reads, as JSDoc types; nothing here runs.
 *
 * They are the documented objects of the v10 API, cut down to the keys that are used. A key may be missing
 * where it is marked optional; a list is never null.
 *
 * @typedef {{id: string, username: string, global_name?: string | null, avatar?: string | null,
 *   banner?: string | null, accent_color?: number | null, bot?: boolean, system?: boolean, admin?: boolean,
 *   email?: string | null}} User
 *
 * @typedef {object} Member
 * @property {User} user
 * @property {string | null} [nick]
 * @property {string | null} [avatar]
 * @property {string[]} roles         ids, without that of everyone
 * @property {string} [joined_at]
 * @property {string | null} [communication_disabled_until]
 * @property {number} [flags]
 *
 * @typedef {"online" | "idle" | "dnd" | "offline"} Status
 * @typedef {{type: number, name?: string, state?: string | null, emoji?: {id?: string | null, name: string,
 *   animated?: boolean} | null}} Activity
 * @typedef {{status: Status, activities: Activity[]}} Presence  who has none is offline
 *
 * @typedef {{id: string, type: 0 | 1, allow: string, deny: string}} Overwrite  of a role (0) or a member (1)
 *
 * @typedef {object} Channel
 * @property {string} id
 * @property {number} type            one of channel-types.js
 * @property {string} [guild_id]      absent in direct messages
 * @property {string} [name]
 * @property {string | null} [topic]
 * @property {number} [position]
 * @property {string | null} [parent_id]  the category; of a thread its channel
 * @property {string | null} [last_message_id]
 * @property {string | null} [last_pin_timestamp]
 * @property {Overwrite[]} [permission_overwrites]
 * @property {number} [rate_limit_per_user]  seconds of slow mode
 * @property {boolean} [nsfw]
 * @property {number} [user_limit]
 * @property {number} [flags]
 * @property {User[]} [recipients]    direct messages: everyone but oneself
 * @property {string | null} [icon]   of a group
 * @property {string | null} [owner_id]  of a group or a thread
 * @property {{archived: boolean, locked: boolean, auto_archive_duration: number,
 *   archive_timestamp: string, invitable?: boolean}} [thread_metadata]
 * @property {{user_id?: string, join_timestamp: string, flags: number}} [member]  a thread that we are in
 * @property {number} [message_count]
 * @property {number} [member_count]
 * @property {string[]} [applied_tags]
 * @property {{id: string, name: string, moderated: boolean, emoji_id: string | null,
 *   emoji_name: string | null}[]} [available_tags]
 *
 * @typedef {object} Role
 * @property {string} id              that of everyone is the guild's
 * @property {string} name
 * @property {string} permissions     a sum of bits, as a decimal string
 * @property {number} color           0 for none
 * @property {boolean} hoist          its members are listed apart
 * @property {number} position
 * @property {boolean} managed
 * @property {boolean} mentionable
 * @property {string | null} [icon]
 * @property {string | null} [unicode_emoji]
 *
 * @typedef {{id: string, name: string, animated: boolean, available?: boolean, managed?: boolean,
 *   roles?: string[], user?: User}} Emoji
 * @typedef {{id: string, name: string, description?: string | null, tags: string, format_type: number,
 *   available?: boolean}} Sticker
 *
 * @typedef {object} Guild
 * @property {string} id
 * @property {string} name
 * @property {string | null} [icon]
 * @property {string | null} [description]
 * @property {string} owner_id
 * @property {string[]} [features]
 * @property {number} member_count
 * @property {string} joined_at
 * @property {number} [default_message_notifications]  0 everything, 1 mentions
 * @property {string | null} [system_channel_id]
 * @property {string | null} [rules_channel_id]
 * @property {Map<string, Role>} roles
 * @property {Map<string, Emoji>} emojis
 * @property {Map<string, Sticker>} stickers
 * @property {Map<string, Member>} members  by user id
 *
 * @typedef {{user_id: string, guild_id?: string | null, channel_id: string | null, self_mute: boolean,
 *   self_deaf: boolean, mute: boolean, deaf: boolean, suppress?: boolean}} VoiceState
 *
 * @typedef {{id: string, type: number, nickname: string | null, user: User}} Relationship
 *   1 friend, 2 blocked, 3 asks us, 4 asked by us
 *
 * @typedef {object} ChannelOverride   of the notification settings
 * @property {string} channel_id
 * @property {number} message_notifications  0 everything, 1 mentions, 2 nothing, 3 as around it
 * @property {boolean} muted
 * @property {{end_time: string | null, selected_time_window: number} | null} [mute_config]
 * @property {boolean} [collapsed]
 *
 * @typedef {object} NotificationSettings
 * @property {string | null} guild_id  null for direct messages
 * @property {number} message_notifications
 * @property {boolean} muted
 * @property {{end_time: string | null, selected_time_window: number} | null} [mute_config]
 * @property {boolean} suppress_everyone
 * @property {boolean} suppress_roles
 * @property {ChannelOverride[]} channel_overrides
 *
 * @typedef {{last: string, mentions: number}} ReadState  the newest message read, and mentions since
 *
 * @typedef {object} Message
 * @property {string} id
 * @property {string} channel_id
 * @property {string} [guild_id]
 * @property {number} type            0 default, 19 reply; the rest are notices
 * @property {string} content
 * @property {User} author
 * @property {{nick?: string | null, roles?: string[]}} [member]
 * @property {string} timestamp       ISO 8601
 * @property {string | null} edited_timestamp
 * @property {string | number} [nonce]
 * @property {string} [webhook_id]
 * @property {boolean} [pinned]
 * @property {number} [flags]
 * @property {boolean} [mention_everyone]
 * @property {User[]} [mentions]
 * @property {string[]} [mention_roles]
 * @property {{message_id?: string, channel_id?: string, guild_id?: string, type?: number}} [message_reference]
 * @property {Message | null} [referenced_message]
 * @property {{message: {content: string, attachments?: Attachment[], embeds?: Embed[]}}[]} [message_snapshots]
 *   what a forward passes on
 * @property {Poll} [poll]
 * @property {{id: string, name: string, format_type: number}[]} [sticker_items]
 * @property {Attachment[]} [attachments]
 * @property {Embed[]} [embeds]
 * @property {Reaction[]} [reactions]
 * @property {Channel} [thread]
 *
 * @typedef {{count: number, me: boolean, emoji: {id: string | null, name: string | null,
 *   animated?: boolean}}} Reaction
 * @typedef {{id: string, filename: string, size: number, url: string, content_type?: string,
 *   width?: number | null, height?: number | null, description?: string | null, title?: string}} Attachment
 * @typedef {{type?: string, title?: string, description?: string, url?: string, color?: number,
 *   fields?: {name: string, value: string, inline?: boolean}[],
 *   author?: {name: string, url?: string}, footer?: {text: string}, timestamp?: string,
 *   provider?: {name?: string, url?: string},
 *   image?: {url: string, proxy_url?: string, width?: number, height?: number},
 *   thumbnail?: {url: string, proxy_url?: string, width?: number, height?: number}}} Embed
 *
 * @typedef {object} Poll
 * @property {{text: string}} question
 * @property {{answer_id: number, poll_media: {text?: string,
 *   emoji?: {id?: string | null, name?: string | null, animated?: boolean} | null}}[]} answers
 * @property {string | null} expiry
 * @property {boolean} allow_multiselect
 * @property {{is_finalized: boolean, answer_counts: {id: number, count: number, me_voted: boolean}[]}} [results]
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
 * @property {number} [latency_ms]    of the last heartbeat
 */

export {};
