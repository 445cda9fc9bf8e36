"""What can be refused, and how: one row per error, with the HTTP status and the API's JSON code.

Source: the Discord documentation, "Opcodes and status codes", JSON error codes. An action raises
a row; each door turns it into bytes at one place. `errors` of InvalidFormBody is a tree by path:
{"embeds": {"0": {"title": {"_errors": [{"code": "BASE_TYPE_MAX_LENGTH", "message": "…"}]}}}}.
"""

from __future__ import annotations

import math
from typing import Any


class ApiError(Exception):
    """A refusal that its asker is told about: `status` for HTTP, `code` and `message` in the body."""

    status: int = 500
    code: int = 0
    message: str = "Internal Server Error"

    def __init__(self, message: str | None = None) -> None:
        if message is not None:
            self.message = message
        super().__init__(self.message)

    def headers(self) -> list[tuple[str, str]]:
        """Fields that this refusal adds to its response."""
        return []

    def body(self) -> dict[str, Any]:
        return {"message": self.message, "code": self.code}


# ── who is asking ──


class Unauthorized(ApiError):
    status, code, message = 401, 0, "401: Unauthorized"

    def headers(self) -> list[tuple[str, str]]:
        return [("WWW-Authenticate", "Bearer")]  # RFC 9110 section 15.5.2 wants a challenge


class InvalidWebhookToken(ApiError):
    status, code, message = 401, 50027, "Invalid Webhook Token"


class WrongCredentials(ApiError):
    """Unknown user or wrong password: the answer does not tell which."""

    status, code, message = 401, 40001, "Wrong name or password."


class CrossSite(ApiError):
    """A cookie came with a request that another site's page made."""

    status, code, message = 403, 0, "403: Cross-site request refused"


class BotsForbidden(ApiError):
    status, code, message = 403, 20001, "Bots cannot use this endpoint"


class BotsOnly(ApiError):
    status, code, message = 403, 20002, "Only bots can use this endpoint"


class NotYourApplication(ApiError):
    """Its commands are its bot's to change; where it is not public, its owner's to let into guilds."""

    status, code = 403, 20012
    message = "You are not authorized to perform this action on this application"


class AccountDisabled(ApiError):
    status, code, message = 403, 20013, "This account is disabled"


class RegistrationClosed(ApiError):
    status, code, message = 403, 0, "This server does not accept new accounts"


class UnknownSecret(ApiError):
    """A one-time link was used, is over, or never was one."""

    status, code, message = 403, 10020, "This link is no longer valid"


# ── what is asked for ──


class RouteNotFound(ApiError):
    status, code, message = 404, 0, "404: Not Found"


class MethodNotAllowed(ApiError):
    status, code, message = 405, 0, "405: Method Not Allowed"

    def __init__(self, allow: list[str]) -> None:
        super().__init__()
        self.allow = allow

    def headers(self) -> list[tuple[str, str]]:
        return [("Allow", ", ".join(self.allow))]


class UnknownApplication(ApiError):
    status, code, message = 404, 10002, "Unknown Application"


class UnknownChannel(ApiError):
    status, code, message = 404, 10003, "Unknown Channel"


class UnknownGuild(ApiError):
    status, code, message = 404, 10004, "Unknown Guild"


class UnknownIntegration(ApiError):
    status, code, message = 404, 10005, "Unknown Integration"


class UnknownInvite(ApiError):
    """Never made, deleted, used up or over: the answer does not tell which."""

    status, code, message = 404, 10006, "Unknown Invite"


class UnknownMember(ApiError):
    status, code, message = 404, 10007, "Unknown Member"


class UnknownMessage(ApiError):
    status, code, message = 404, 10008, "Unknown Message"


class UnknownOverwrite(ApiError):
    status, code, message = 404, 10009, "Unknown Overwrite"


class UnknownRole(ApiError):
    status, code, message = 404, 10011, "Unknown Role"


class UnknownUser(ApiError):
    status, code, message = 404, 10013, "Unknown User"


class UnknownEmoji(ApiError):
    """Of a guild or an application."""

    status, code, message = 404, 10014, "Unknown Emoji"


class UnknownWebhook(ApiError):
    status, code, message = 404, 10015, "Unknown Webhook"


class UnknownBan(ApiError):
    status, code, message = 404, 10026, "Unknown Ban"


class UnknownInteraction(ApiError):
    """Never made, not answered in time or long over, or another's token: the answer does not tell which."""

    status, code, message = 404, 10062, "Unknown interaction"


class UnknownSticker(ApiError):
    status, code, message = 404, 10060, "Unknown sticker"


class UnknownCommand(ApiError):
    status, code, message = 404, 10063, "Unknown application command"


class UnknownCommandPermissions(ApiError):
    """Nothing has been said of the command there."""

    status, code, message = 404, 10066, "Unknown application command permissions"


class UnknownVoiceState(ApiError):
    status, code, message = 404, 10065, "Unknown Voice State"


class UnknownStageInstance(ApiError):
    status, code, message = 404, 10067, "Unknown Stage Instance"


class UnknownScheduledEvent(ApiError):
    status, code, message = 404, 10070, "Unknown Guild Scheduled Event"


class UnknownScheduledEventUser(ApiError):
    status, code, message = 404, 10071, "Unknown Guild Scheduled Event User"


class UnknownTag(ApiError):
    status, code, message = 404, 10087, "Unknown Tag"


class UnknownSound(ApiError):
    status, code, message = 404, 10097, "Unknown sound"


class UnknownAutoModerationRule(ApiError):
    """The documentation has no code of its own for it."""

    status, code, message = 404, 0, "Unknown auto moderation rule"


class UnknownLockdown(ApiError):
    """The channel, or the guild, is not locked."""

    status, code, message = 404, 0, "Unknown lockdown"


class UnknownPurge(ApiError):
    """Of this guild."""

    status, code, message = 404, 0, "Unknown purge"


class UnknownReport(ApiError):
    status, code, message = 404, 0, "Unknown report"


class UnknownSession(ApiError):
    """Of one's own signed-in devices."""

    status, code, message = 404, 0, "Unknown session"


class UnknownConnection(ApiError):
    """Nobody is connected by this name any more."""

    status, code, message = 404, 0, "Unknown connection"


class UnknownAnswer(ApiError):
    """The documentation has no code of its own for it."""

    status, code, message = 404, 0, "Unknown poll answer"


# ── what may be done ──


class LastAdministrator(ApiError):
    status, code, message = 403, 50013, "The last administrator stays one"


class OwnsGuilds(ApiError):
    status, code, message = (
        400, 40011, "You must transfer ownership of any owned guilds before deleting your account"
    )  # fmt: skip


class MissingAccess(ApiError):
    status, code, message = 403, 50001, "Missing Access"


class MissingPermissions(ApiError):
    status, code, message = 403, 50013, "Missing Permissions"


class DirectMessageChannel(ApiError):
    status, code, message = 400, 50003, "Cannot execute action on a DM channel"


class NotATextChannel(ApiError):
    status, code, message = 400, 50008, "Cannot send messages in a non-text channel"


class WrongChannelType(ApiError):
    status, code, message = 400, 50024, "Cannot execute action on this channel type"


# ── guilds, and who comes to them ──


class OwnerStays(ApiError):
    """Who owns a guild makes somebody else its owner, or deletes it, but cannot leave it."""

    status, code, message = 400, 50055, "Invalid Guild"


class HomeStays(ApiError):
    """The guild that everybody joins when they sign up."""

    status, code, message = 403, 50013, "The guild that everybody joins cannot be deleted"


class RequiredChannel(ApiError):
    status, code, message = 400, 50074, "Cannot delete a channel required for Community guilds"


class InvalidRole(ApiError):
    """@everyone and managed roles cannot be deleted, moved or renamed."""

    status, code, message = 400, 50028, "Invalid Role"


class UserBanned(ApiError):
    status, code, message = 403, 40007, "The user is banned from this guild."


class BulkBanFailed(ApiError):
    status, code, message = 400, 500000, "Failed to ban users"


class InvitesPaused(ApiError):
    status, code, message = 403, 0, "Invites to this guild are paused"


class VanityTaken(ApiError):
    status, code, message = 400, 50020, "Invite code is either invalid or taken"


# ── people ──


class CannotMessageUser(ApiError):
    status, code, message = 403, 50007, "Cannot send messages to this user"


class FriendRequestsDisabled(ApiError):
    status, code, message = 403, 80000, "Incoming friend requests disabled."


class FriendRequestBlocked(ApiError):
    status, code, message = 403, 80001, "Friend request blocked"


class BotsAreNoFriends(ApiError):
    status, code, message = 400, 80002, "Bots cannot have incoming or outgoing friend requests"


class OneselfIsNoFriend(ApiError):
    status, code, message = 400, 80003, "Cannot send friend request to self"


class NoSuchUsername(ApiError):
    status, code, message = 400, 80004, "No users with that username exist"


class FriendsOnly(ApiError):
    status, code, message = 400, 80006, "You need to be friends in order to make this change"


class AlreadyFriends(ApiError):
    status, code, message = 400, 80007, "You are already friends with that user"


# ── messages ──


class EmptyMessage(ApiError):
    status, code, message = 400, 50006, "Cannot send an empty message"


class CannotEditOther(ApiError):
    status, code, message = 403, 50005, "Cannot edit a message authored by another user"


class SystemMessage(ApiError):
    status, code, message = 403, 50021, "Cannot execute action on a system message"


class CommandExists(ApiError):
    status, code, message = 400, 40041, "An application command with that name already exists"


class InvalidMessageType(ApiError):
    status, code, message = 400, 50068, "Invalid message type"


class InvalidSticker(ApiError):
    """One that does not exist, or is of a guild that the sender is not in."""

    status, code, message = 400, 50081, "Invalid sticker sent"


class MessageBlocked(ApiError):
    """By a rule of the guild, which may have its own words for why."""

    status, code, message = 400, 200000, "Message was blocked by automatic moderation"


class TitleBlocked(ApiError):
    status, code, message = 400, 200001, "Title was blocked by automatic moderation"


class CannotReplyUnread(ApiError):
    status, code, message = 403, 160002, "Cannot reply without permission to read message history"


class CannotForwardUnread(ApiError):
    status, code, message = 403, 160014, "You cannot forward a message whose content you cannot read"


class AlreadyCrossposted(ApiError):
    status, code, message = 400, 40033, "This message has already been crossposted"


class WrongNumberToDelete(ApiError):
    status, code, message = 400, 50016, "Must provide between 2 and 100 messages to delete"


class MessagesTooOld(ApiError):
    status, code, message = 400, 50034, "A message provided was too old to bulk delete"


class UnknownReactionEmoji(ApiError):
    """What somebody wants to react with is no emoji, or none that they may use."""

    status, code, message = 400, 10014, "Unknown Emoji"


class ReactionBlocked(ApiError):
    status, code, message = 403, 90001, "Reaction was blocked"


class PollVotingBlocked(ApiError):
    status, code, message = 403, 520000, "Poll voting blocked"


class PollExpired(ApiError):
    status, code, message = 400, 520001, "Poll expired"


class CannotEditPoll(ApiError):
    status, code, message = 400, 520003, "Cannot edit a poll message"


class InvalidPollEmoji(ApiError):
    status, code, message = 400, 520004, "Cannot use an emoji included with the poll"


class NotAPoll(ApiError):
    status, code, message = 400, 520006, "Cannot expire a non-poll message"


class AlreadyAcknowledged(ApiError):
    status, code, message = 400, 40060, "Interaction has already been acknowledged."


# ── threads, and webhooks that post in them ──


class ThreadArchived(ApiError):
    status, code, message = 400, 50083, "Thread is archived"


class ThreadLocked(ApiError):
    status, code, message = 400, 160005, "Thread is locked"


class ThreadExists(ApiError):
    status, code, message = 400, 160004, "A thread has already been created for this message"


class TagRequired(ApiError):
    status, code, message = 400, 40067, "A tag is required to create a forum post in this channel"


class NoTagToChoose(ApiError):
    status, code, message = 400, 40066, "There are no tags available that can be set by non-moderators"


class WebhookNeedsThread(ApiError):
    status, code = 400, 220001
    message = "Webhooks posted to forum channels must have a thread_name or thread_id"


class WebhookThreadTwice(ApiError):
    status, code = 400, 220002
    message = "Webhooks posted to forum channels cannot have both a thread_name and thread_id"


class WebhookThreadOutsideForum(ApiError):
    status, code, message = 400, 220003, "Webhooks can only create threads in forum channels"


# ── stickers and sounds, events and voice ──


class FileTooLarge(ApiError):
    status, code, message = 400, 50045, "File uploaded exceeds the maximum size"


class InvalidFileType(ApiError):
    status, code, message = 400, 50123, "The provided file type is invalid."


class TooManyFrames(ApiError):
    status, code, message = 400, 170004, "Sticker frame count exceeds maximum of 1000 frames"


class StickerTooLong(ApiError):
    status, code, message = 400, 170007, "Sticker animation duration exceeds maximum of 5 seconds"


class SoundTooLong(ApiError):
    status, code, message = 400, 50124, "The provided file duration exceeds maximum of 5.2 seconds."


class InvalidDuration(ApiError):
    status, code, message = 400, 50192, "The provided file does not have a valid duration."


class FinishedEvent(ApiError):
    status, code, message = 400, 180000, "Cannot update a finished event"


class StageAlreadyOpen(ApiError):
    status, code, message = 400, 150006, "The Stage is already open"


class NotInVoice(ApiError):
    status, code, message = 400, 40032, "Target user is not connected to voice."


class VoiceEffectDenied(ApiError):
    status, code = 400, 50167
    message = "Cannot send voice effect when user is server muted, deafened, or suppressed"


# ── what is full ──


class MaximumGuilds(ApiError):
    status, code, message = 400, 30001, "Maximum number of guilds reached"


class MaximumFriends(ApiError):
    status, code, message = 400, 30002, "Maximum number of friends reached (1000)"


class MaximumPins(ApiError):
    status, code, message = 400, 30003, "Maximum number of pins reached for the channel (250)"


class MaximumRecipients(ApiError):
    status, code, message = 400, 30004, "Maximum number of recipients reached (10)"


class MaximumRoles(ApiError):
    status, code, message = 400, 30005, "Maximum number of guild roles reached (250)"


class MaximumWebhooks(ApiError):
    status, code, message = 400, 30007, "Maximum number of webhooks reached (15)"


class MaximumEmojis(ApiError):
    status, code, message = 400, 30008, "Maximum number of emojis reached"


class MaximumReactions(ApiError):
    status, code, message = 400, 30010, "Maximum number of reactions reached (20)"


class MaximumChannels(ApiError):
    status, code, message = 400, 30013, "Maximum number of guild channels reached (500)"


class MaximumInvites(ApiError):
    status, code, message = 400, 30016, "Maximum number of invites reached (1000)"


class MaximumAnimatedEmojis(ApiError):
    status, code, message = 400, 30018, "Maximum number of animated emojis reached"


class MaximumCommands(ApiError):
    status, code, message = 400, 30032, "Maximum number of application commands reached (100)"


class MaximumCommandCreations(ApiError):
    status, code = 400, 30034
    message = "Maximum number of daily application command creates has been reached (200)"


class MaximumThreadMembers(ApiError):
    status, code, message = 400, 30033, "Maximum number of thread participants has been reached (1000)"


class MaximumScheduledEvents(ApiError):
    status, code = 400, 30038
    message = "Maximum number of uncompleted guild scheduled events reached (100)"


class MaximumStickers(ApiError):
    status, code, message = 400, 30039, "Maximum number of stickers reached"


class MaximumSounds(ApiError):
    status, code, message = 400, 30045, "Maximum number of soundboard sounds reached"


class MaximumPinnedThreads(ApiError):
    status, code, message = 400, 30047, "Maximum number of pinned threads in a forum has been reached (1)"


class MaximumActiveThreads(ApiError):
    status, code, message = 400, 160006, "Maximum number of active threads reached (1000)"


# ── how it was asked ──


class InvalidFormBody(ApiError):
    """Every fault of a body at once; `errors` is a tree by path (see the module's head)."""

    status, code, message = 400, 50035, "Invalid Form Body"

    def __init__(self, errors: dict[str, Any]) -> None:
        super().__init__()
        self.errors = errors

    @classmethod
    def at(cls, path: str, code: str, message: str) -> InvalidFormBody:
        """One fault at a dotted path, such as `author.name`."""
        tree: dict[str, Any] = {"_errors": [{"code": code, "message": message}]}
        for key in reversed(path.split(".")):
            tree = {key: tree}
        return cls(tree)

    def body(self) -> dict[str, Any]:
        return {**super().body(), "errors": self.errors}


class InvalidJSON(ApiError):
    status, code, message = 400, 50109, "The request body contains invalid JSON."


class EntityTooLarge(ApiError):
    status, code, message = 413, 40005, "Request entity too large"


class RateLimited(ApiError):
    """Asked too often. `scope` is user, shared or global; a client waits `retry_after_s` seconds.

    Both times are rounded up: a client that comes back when it was told to is not too early again.
    """

    status, code, message = 429, 0, "You are being rate limited."

    def __init__(self, retry_after_s: float, scope: str = "user") -> None:
        super().__init__()
        self.retry_after_s = retry_after_s
        self.scope = scope

    def headers(self) -> list[tuple[str, str]]:
        fields = [
            ("Retry-After", str(max(1, math.ceil(self.retry_after_s)))),
            ("X-RateLimit-Scope", self.scope),
            # discord.py takes a 429 without Via for a ban by a proxy, and gives up.
            ("Via", "1.1 chatd"),
        ]
        return fields + ([("X-RateLimit-Global", "true")] if self.scope == "global" else [])

    def body(self) -> dict[str, Any]:
        return {
            "message": self.message,
            "retry_after": math.ceil(self.retry_after_s * 1000) / 1000,
            "global": self.scope == "global",
        }


class SlowModeActive(RateLimited):
    """Somebody has spoken in the channel a moment ago, and it wants a pause between."""

    status, code = 429, 20016
    message = "This action cannot be performed due to slowmode rate limit"

    def body(self) -> dict[str, Any]:
        return {**super().body(), "code": self.code}


# ── what the server cannot do now ──


class Unavailable(ApiError):
    """The database is away. Nothing was done; the same request may be sent again."""

    status, code, message = 503, 0, "503: Service Unavailable"

    def headers(self) -> list[tuple[str, str]]:
        return [("Retry-After", "2")]


class OutOfRoom(ApiError):
    """The disk is nearly full: what is left belongs to the database."""

    status, code, message = 507, 0, "507: Insufficient Storage"
