"""New guilds: with their first roles and channels, in one transaction.

A new guild reaches every server by an entry that only servers read; its owner then hears of it as of any
guild that one joins.
"""

from __future__ import annotations

from dataclasses import replace

from chatd.actions import channels
from chatd.actions.rows import arguments_of
from chatd.model import audience, events
from chatd.model.channel_drafts import ChannelDraft
from chatd.model.channels import Channel, ChannelType
from chatd.model.errors import InvalidFormBody, MaximumGuilds
from chatd.model.guilds import CHANNEL_SETTINGS, GUILDS_OF_BOT_MAX, Guild, GuildDraft
from chatd.model.members import Member
from chatd.model.permissions import DEFAULT_EVERYONE, Overwrite
from chatd.model.roles import Role
from chatd.store.queries import guilds, members, roles
from chatd.store.transaction import Transaction


async def create_guild(
    tx: Transaction, draft: GuildDraft, *, icon: str | None = None, owned_max: int
) -> Guild:
    """Make a guild that the actor owns. `icon` is the hash of the draft's.

    Somebody owns at most `owned_max`, and a bot is in fewer than GUILDS_OF_BOT_MAX. Emits GUILD_MEMBER_ADD,
    which the hub tells the actor as GUILD_CREATE.
    Raises MaximumGuilds, InvalidFormBody where something is called by a name that nothing has.
    """
    owner = tx.directory.users[tx.actor.id]
    await guilds.lock_owner(tx.conn, user_id=owner.id)
    owned = await guilds.count_owned(tx.conn, user_id=owner.id)
    if owned >= owned_max or tx.actor.bot and len(tx.directory.guilds_of(owner.id)) >= GUILDS_OF_BOT_MAX:
        raise MaximumGuilds()
    guild, made = _furnished(tx, draft, owner.id)
    guild.icon = icon
    await guilds.insert_guild(tx.conn, id=guild.id, name=guild.name, owner_id=owner.id)
    for role in guild.roles.values():
        await roles.insert_role(tx.conn, **arguments_of(role, roles.insert_role, guild_id=guild.id))
    for channel in made:
        await channels.insert(tx, channel)
    await guilds.update_guild(tx.conn, **arguments_of(guild, guilds.update_guild))
    row = await members.insert_member(tx.conn, guild_id=guild.id, user_id=owner.id, temporary=False)
    member = Member(owner.id, row["joined_at"], flags=row["flags"])
    tx.emit(events.guild_made(guild, made), to=audience.Nobody())
    tx.emit(events.guild_member_add(guild.id, member, owner), to=audience.Guild(guild.id))
    return guild


def _furnished(tx: Transaction, draft: GuildDraft, owner_id: int) -> tuple[Guild, list[Channel]]:
    """The guild with its roles, and its channels; every placeholder has become an id."""
    guild = Guild(tx.next_id(), draft.values["name"], owner_id)
    roles_by_name = _roles(tx, guild, draft)
    channels_by_name: dict[int, Channel] = {}
    if draft.channels is None:
        made = _first_channels(tx, guild)
        guild.system_channel_id = made[1].id
    else:
        for at, (name, each) in enumerate(draft.channels):
            channels_by_name[name] = _channel(tx, guild, at, each, roles_by_name, channels_by_name)
        made = list(channels_by_name.values())
    values = dict(draft.values)
    for setting in CHANNEL_SETTINGS:
        named = values.get(setting)
        if named is not None and named not in channels_by_name:
            raise InvalidFormBody.at(setting, "CHANNEL_INVALID", "Must be one of `channels`.")
        if named is not None:
            values[setting] = channels_by_name[named].id
    return replace(guild, **values), made


def _roles(tx: Transaction, guild: Guild, draft: GuildDraft) -> dict[int, int]:
    """Give the guild its roles; their ids by what the draft calls them.

    The first of the draft says what @everyone may do; the others follow from the lowest up.
    """
    everyone = guild.roles[guild.id] = Role(guild.id, "@everyone", DEFAULT_EVERYONE)
    by_name = {}
    for at, (name, edit) in enumerate(draft.roles):
        if at == 0:
            everyone.permissions = edit.values.get("permissions", DEFAULT_EVERYONE)
            by_name[name] = guild.id
        else:
            role = edit.applied_to(Role(tx.next_id(), "new role", DEFAULT_EVERYONE, position=at), None)
            guild.roles[role.id], by_name[name] = role, role.id
    return by_name


def _first_channels(tx: Transaction, guild: Guild) -> list[Channel]:
    """What a guild has when nothing is said: a place to write and one to speak."""
    texts = Channel(tx.next_id(), ChannelType.GUILD_CATEGORY, guild.id, "Text Channels")
    text = Channel(tx.next_id(), ChannelType.GUILD_TEXT, guild.id, "general", parent_id=texts.id)
    voices = Channel(tx.next_id(), ChannelType.GUILD_CATEGORY, guild.id, "Voice Channels", position=1)
    voice = Channel(tx.next_id(), ChannelType.GUILD_VOICE, guild.id, "General", parent_id=voices.id)
    return [texts, text, voices, voice]


def _channel(
    tx: Transaction, guild: Guild, at: int, draft: ChannelDraft, roles: dict[int, int],
    before: dict[int, Channel],
) -> Channel:  # fmt: skip
    """One of a draft's channels. Its category must be one of those before it."""
    channel = channels.drafted(tx, Channel(tx.next_id(), draft.type, guild.id, position=at), draft)
    if channel.parent_id is not None:
        parent = before.get(channel.parent_id)
        if parent is None or parent.type != ChannelType.GUILD_CATEGORY:
            path = f"channels.{at}.parent_id"
            raise InvalidFormBody.at(path, "CHANNEL_PARENT_INVALID", "Category does not exist")
        channel.parent_id = parent.id
    for name, exception in (draft.overwrites or {}).items():
        if name not in roles:
            path = f"channels.{at}.permission_overwrites"
            raise InvalidFormBody.at(path, "ROLE_INVALID", "Role does not exist")
        target_id = roles[name]
        channel.overwrites[target_id] = Overwrite(target_id, 0, exception.allow, exception.deny)
    return channel
