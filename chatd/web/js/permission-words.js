/** Permissions in words, in groups, as whoever gives them reads them. */

/** @typedef {import("./permissions.js").PermissionName} PermissionName */

/** @type {{name: string, permissions: [PermissionName, string][]}[]} */
export const PERMISSION_GROUPS = [
  {
    name: "The whole guild",
    permissions: [
      ["ADMINISTRATOR", "Do everything (administrator)"],
      ["MANAGE_GUILD", "Manage the guild"],
      ["MANAGE_ROLES", "Manage roles"],
      ["MANAGE_CHANNELS", "Manage channels"],
      ["VIEW_CHANNEL", "See channels"],
      ["MANAGE_WEBHOOKS", "Manage webhooks"],
      ["MANAGE_GUILD_EXPRESSIONS", "Manage emoji, stickers and sounds"],
      ["CREATE_GUILD_EXPRESSIONS", "Add emoji, stickers and sounds"],
      ["VIEW_AUDIT_LOG", "Read the audit log"],
      ["VIEW_GUILD_INSIGHTS", "See insights"],
      ["MANAGE_EVENTS", "Manage events"],
      ["CREATE_EVENTS", "Create events"],
    ],
  },
  {
    name: "People",
    permissions: [
      ["CREATE_INSTANT_INVITE", "Invite people"],
      ["CHANGE_NICKNAME", "Change their own nickname"],
      ["MANAGE_NICKNAMES", "Change others’ nicknames"],
      ["KICK_MEMBERS", "Put members out"],
      ["BAN_MEMBERS", "Ban members"],
      ["MODERATE_MEMBERS", "Time members out"],
    ],
  },
  {
    name: "Messages",
    permissions: [
      ["SEND_MESSAGES", "Send messages"],
      ["SEND_MESSAGES_IN_THREADS", "Send messages in threads"],
      ["CREATE_PUBLIC_THREADS", "Start public threads"],
      ["CREATE_PRIVATE_THREADS", "Start private threads"],
      ["EMBED_LINKS", "Embed links"],
      ["ATTACH_FILES", "Attach files"],
      ["ADD_REACTIONS", "Add reactions"],
      ["USE_EXTERNAL_EMOJIS", "Use emoji of other guilds"],
      ["USE_EXTERNAL_STICKERS", "Use stickers of other guilds"],
      ["MENTION_EVERYONE", "Mention @everyone, @here and all roles"],
      ["MANAGE_MESSAGES", "Delete others’ messages"],
      ["PIN_MESSAGES", "Pin messages"],
      ["BYPASS_SLOWMODE", "Ignore slow mode"],
      ["MANAGE_THREADS", "Manage threads"],
      ["READ_MESSAGE_HISTORY", "Read what was said before"],
      ["SEND_TTS_MESSAGES", "Send messages that are read aloud"],
      ["SEND_VOICE_MESSAGES", "Send voice messages"],
      ["SEND_POLLS", "Start polls"],
      ["USE_APPLICATION_COMMANDS", "Use commands of applications"],
      ["USE_EXTERNAL_APPS", "Use applications of their own"],
    ],
  },
  {
    name: "Voice",
    permissions: [
      ["CONNECT", "Join voice channels"],
      ["SPEAK", "Speak"],
      ["STREAM", "Share video"],
      ["USE_VAD", "Speak without pressing a key"],
      ["PRIORITY_SPEAKER", "Be heard before others"],
      ["MUTE_MEMBERS", "Mute members"],
      ["DEAFEN_MEMBERS", "Deafen members"],
      ["MOVE_MEMBERS", "Move members"],
      ["REQUEST_TO_SPEAK", "Ask to speak on a stage"],
      ["USE_SOUNDBOARD", "Play sounds"],
      ["USE_EXTERNAL_SOUNDS", "Play sounds of other guilds"],
      ["USE_EMBEDDED_ACTIVITIES", "Start activities"],
      ["SET_VOICE_CHANNEL_STATUS", "Say what a voice channel is for"],
    ],
  },
];
