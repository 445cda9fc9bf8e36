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
 * @property {number} [system_channel_flags]
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
 * @property {any[]} [components]
 * @property {Channel} [thread]
 * @property {Component[]} [components]
 * @property {string} [application_id]
 * @property {{id: string, type: number, name?: string, user: User, target_user?: User,
 *   target_message_id?: string}} [interaction_metadata]  whom a bot answers
 * @property {{id: string, type: number, name: string, user: User}} [interaction]  and what they have asked
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
 * @typedef {object} Component        of a message or a form; which keys there are depends on the type
 * @property {number} type            a row 1, button 2, menu 3 and 5 to 8, text input 4, section 9, text 10, thumbnail 11,
 *   gallery 12, file 13, separator 14, container 17, label 18, files 19, radio buttons 21, check boxes 22, check box 23
 * @property {number} id              its number in the message
 * @property {string} [custom_id]
 * @property {Component[]} [components]  what it holds
 * @property {Component} [accessory]  of a section
 * @property {Component} [component]  of a label
 * @property {number} [style]
 * @property {string} [label]
 * @property {string} [description]
 * @property {string} [content]
 * @property {string} [url]
 * @property {string} [placeholder]
 * @property {any} [value]
 * @property {boolean} [default]
 * @property {boolean} [disabled]
 * @property {boolean} [required]
 * @property {boolean} [spoiler]
 * @property {PartialEmoji} [emoji]
 * @property {{label: string, value: string, description?: string, emoji?: PartialEmoji, default?: boolean}[]} [options]
 * @property {{id: string, type: "user" | "role" | "channel"}[]} [default_values]
 * @property {number[]} [channel_types]
 * @property {string[]} [file_types]
 * @property {number} [min_values]
 * @property {number} [max_values]
 * @property {number} [min_length]
 * @property {number} [max_length]
 * @property {Media} [media]
 * @property {{media: Media, description?: string, spoiler?: boolean}[]} [items]
 * @property {Media} [file]
 * @property {string} [name]          of a file
 * @property {number} [size]
 * @property {boolean} [divider]
 * @property {number} [spacing]       1 small, 2 large
 * @property {number | null} [accent_color]
 *
 * @typedef {{id?: string | null, name?: string | null, animated?: boolean}} PartialEmoji
 * @typedef {{url: string, proxy_url?: string, width?: number | null, height?: number | null, content_type?: string}} Media
 *
 * @typedef {object} Asked            what we have asked of a bot
 * @property {string} nonce
 * @property {string} [id]            the server has heard it
 * @property {string} channel_id
 * @property {string} application_id
 * @property {string} [key]           the message and the component that was used, "123 4"
 * @property {string} [words]         the command that was used
 * @property {() => void} [again]    fill it in once more
 * @property {"sent" | "failed"} state
 * @property {string} reason          why it failed, for a person
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
 * @property {Reference} [reply]      what it answers
 * @property {OutgoingFile[]} [files] what hangs on it; the bytes are the outbox's
 * @property {number} [sent]          of the bytes of its files, from 0 to 1
 * @property {"sending" | "waiting" | "failed"} state
 * @property {string} reason          why it failed, for a person
 *
 * @typedef {{messageId: string, name: string, mention: boolean}} Reference
 * @typedef {{id: string, name: string, size: number, description: string, spoiler: boolean}} OutgoingFile
 *
 * @typedef {object} Connection
 * @property {"connecting" | "live" | "reconnecting" | "stopped"} state
 * @property {number} [retry_at_ms]   when the next attempt begins
 * @property {string} [reason]        why it stopped for good
 * @property {number} [attempt]       failures in a row
 * @property {number} [latency_ms]    of the last heartbeat
 */

export {};
