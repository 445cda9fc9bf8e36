"""What an operator may choose about the HTTP door. Every limit is a number here, and 0 turns it off.

The names of the limits say their unit: `message_create_per_5_s` is requests in five seconds, per user
(or per address, where nobody is signed in) and per major parameter. rest/table.py says which route
draws on which.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class LimitSettings:
    """How often one caller may ask. 0 = as often as it likes."""

    # The customary ceiling of Discord for one bot, over all routes.
    global_per_1_s: int = 50

    # Every route that names no other.
    default_per_5_s: int = 30

    # Signing in and up. Guessing is slow for a person with a bad memory and hopeless for a machine: an
    # address may be an office of many, a login name is one account that anybody can lock out, so neither is
    # small.
    sign_in_per_300_s: int = 30
    sign_in_of_one_name_per_300_s: int = 10
    register_per_3600_s: int = 30

    # The gateway's address, and what people have of their own.
    gateway_per_5_s: int = 20
    user_update_per_60_s: int = 10
    own_settings_per_10_s: int = 20
    relationship_per_60_s: int = 30
    dm_open_per_10_s: int = 10

    # Administrators, whose pages look at several things at once.
    admin_per_10_s: int = 60

    # Applications, their bots and their bots' tokens.
    application_write_per_60_s: int = 30

    # Guilds, channels and roles.
    guild_create_per_60_s: int = 5
    guild_update_per_60_s: int = 20
    channel_create_per_60_s: int = 30
    channel_update_per_10_s: int = 10
    role_change_per_10_s: int = 15
    auto_moderation_write_per_60_s: int = 30

    # Of one channel, by anybody: who has another name every minute cannot be found again.
    channel_rename_per_600_s: int = 2

    # Members and invites.
    member_search_per_10_s: int = 10
    member_update_per_10_s: int = 10
    member_remove_per_10_s: int = 10
    prune_per_60_s: int = 10
    moderation_per_10_s: int = 10
    report_per_60_s: int = 5
    invite_write_per_10_s: int = 10
    # Codes have 64 bits of chance; who guesses at them shall not even try.
    invite_read_per_60_s: int = 60
    invite_accept_per_60_s: int = 20

    # Emoji, stickers and sounds, scheduled events and stages, voice.
    expression_write_per_60_s: int = 30
    sound_play_per_5_s: int = 5
    event_write_per_60_s: int = 30
    event_interest_per_10_s: int = 10
    voice_update_per_10_s: int = 10

    # Application commands, and who may use them.
    command_write_per_10_s: int = 20

    # Messages and threads.
    message_list_per_5_s: int = 25
    message_create_per_5_s: int = 5
    message_update_per_5_s: int = 5
    message_delete_per_1_s: int = 5
    message_bulk_delete_per_5_s: int = 5
    crosspost_per_3600_s: int = 10
    reaction_per_1_s: int = 4
    pin_per_5_s: int = 5
    poll_vote_per_5_s: int = 10
    typing_per_5_s: int = 10
    thread_create_per_60_s: int = 20
    ack_per_5_s: int = 60
    search_per_10_s: int = 10

    # What somebody asks of applications, with each letter of what one of them completes.
    interaction_create_per_5_s: int = 25

    # Of one webhook, whoever has its token.
    webhook_execute_per_2_s: int = 5

    @classmethod
    def off(cls) -> LimitSettings:
        """No limit at all: for a bench, or behind a proxy that limits."""
        return cls(**{limit.name: 0 for limit in fields(cls)})


@dataclass(frozen=True, slots=True)
class RestSettings:
    """The HTTP door's part of the configuration."""

    # Where browsers find this server, without a trailing slash; "" = whatever Host they asked for.
    public_url: str = ""
    # Where we listen, which whoever binds the port fills in; for clients that name no Host.
    local_url: str = "http://127.0.0.1"
    # Foreign origins whose pages may read answers and send the cookie, such as "https://chat.example".
    cors_origins: tuple[str, ...] = ()
    # Mark the session cookie Secure even when neither TLS nor public_url says https (a proxy ends TLS).
    secure_cookies: bool = False
    # How long a session lasts after it was last used, give or take an hour.
    session: timedelta = timedelta(days=30)
    # Guilds that one user may own, beside the one that everybody joins.
    guilds_owned_max: int = 100
    # Who may make applications, "everybody" or "admins", and how many one user may own.
    applications: str = "everybody"
    applications_owned_max: int = 25
    # A JSON body; the largest legal message with embeds stays below a tenth of it.
    json_bytes_max: int = 2**20
    # The same on a route that takes an image in it, or as much: base64 makes four octets of three.
    large_json_bytes_max: int = 16 * 2**20
    # A file that is attached to a message.
    attachment_bytes_max: int = 25 * 2**20
    # Serve attachments only to who has an address that was signed, and not too long ago.
    signed_links: bool = True
    limits: LimitSettings = field(default_factory=LimitSettings)
