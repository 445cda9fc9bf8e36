"""People who use an application's commands, and bots that answer, for tests of interactions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chatd.actions import commands, interaction_messages, interaction_responses, interactions
from chatd.actions.rows import arguments_of
from chatd.model.actor import ANYONE, Actor
from chatd.model.commands import Command, CommandDraft
from chatd.model.credentials import hash_token, mint_interaction_token
from chatd.model.interaction_responses import Callback, ResponseDraft, ResponseEdit
from chatd.model.interactions import ANSWER_WITHIN, Interaction, InteractionDraft, InteractionType
from chatd.model.json_text import encode_json
from chatd.store.queries import interactions as queries
from tests.people import Heard, bot, general

BYTES_MAX = 25 * 2**20


async def make_command(store: Any, application: Actor, guild_id: int | None = None, **body: Any) -> Command:
    """A command of a bot: /ping, unless the body says otherwise."""
    draft = CommandDraft.parse(
        {"name": "ping", "description": "Answers", **body}, in_guild=guild_id is not None
    )
    async with store.transaction(application) as tx:
        command, _ = await commands.create_command(tx, application.id, guild_id, draft)
    return command


async def listening_bot(store: Any, name: str = "robo") -> Actor:
    """A bot that is on the gateway, as its row there says."""
    actor, _ = await bot(store, name)
    await listen(store, actor.id)
    return actor


async def listen(store: Any, application_id: int) -> None:
    async with store.pool.acquire() as conn:
        await conn.execute(
            """insert into gateway_sessions (id, user_id, token_hash, intents, presence)
               select 'session of ' || user_id, user_id, hash, 0, '{}' from tokens where user_id = $1""",
            application_id,
        )


async def use(
    store: Any, actor: Actor, command: Command, *, channel_id: int | None = None, type: int = 2,
    files: Any = (), nonce: str | None = "7", **data: Any,
) -> Interaction:  # fmt: skip
    """Use a command, in #general unless another channel is named."""
    body = {
        "type": type, "application_id": str(command.application_id), "nonce": nonce,
        "channel_id": str(channel_id or general(store).id), "data": {"id": str(command.id), **data},
    }  # fmt: skip
    return await ask(store, actor, body, files)


async def ask(store: Any, actor: Actor, body: dict[str, Any], files: Any = ()) -> Interaction:
    draft = InteractionDraft.parse(body, files, interactions.READERS)
    async with store.transaction(actor) as tx:
        return await interactions.create_interaction(
            tx, draft, attachment_bytes_max=BYTES_MAX, is_connected=lambda user_id: False
        )


async def pressed(store: Any, actor: Actor, message: Any) -> Application:
    """A component of a message, used by somebody: the row alone, whatever the message has."""
    made = Interaction(
        id=store.mint.next(), application_id=message.author.id, user_id=actor.id,
        channel_id=message.channel_id, guild_id=store.directory.channels[message.channel_id].guild_id,
        type=InteractionType.MESSAGE_COMPONENT, token_hash=b"",
        expires_at=store.reading(actor).now() + ANSWER_WITHIN,
        metadata={}, message_id=message.id, message_ephemeral=message.is_ephemeral,
    )  # fmt: skip
    token = mint_interaction_token(made.id)
    metadata = {
        "id": str(made.id), "type": 3, "user": store.directory.users[actor.id].payload(),
        "authorizing_integration_owners": {}, "interacted_message_id": str(message.id),
    }  # fmt: skip
    made = replace(made, token_hash=hash_token(token), metadata=metadata)
    async with store.transaction(ANYONE) as tx:
        columns = arguments_of(made, queries.insert_interaction, details=encode_json(made.details))
        await queries.insert_interaction(tx.conn, **columns)
    told = {"id": str(made.id), "token": token, "application_id": str(made.application_id)}
    return Application(store, told)


class Application:
    """A bot that has heard of an interaction, and has its token from there."""

    def __init__(self, store: Any, told: dict[str, Any]) -> None:
        self.store, self.told = store, told
        self.id, self.token = int(told["id"]), told["token"]
        self.application_id = int(told["application_id"])

    @classmethod
    def of(cls, store: Any, heard: Heard) -> Application:
        """The one that was told of most lately."""
        created = [entry.d for entry in heard.entries if entry.name == "INTERACTION_CREATE"]
        return cls(store, [d for d in created if "token" in d][-1])

    async def answer(self, type: int, data: Any = None, files: Any = ()) -> Any:
        async with self.store.reading(ANYONE) as tx:
            interaction = await interaction_responses.find_to_answer(tx, self.id, self.token)
        callback = Callback.parse({"type": type, "data": data}, files, interaction)
        async with self.store.transaction(interaction.actor()) as tx:
            return await interaction_responses.answer(tx, interaction, callback)

    async def found(self) -> Interaction:
        async with self.store.reading(ANYONE) as tx:
            return await interaction_responses.find_answered(tx, self.application_id, self.token)

    async def follow_up(self, files: Any = (), **body: Any) -> Any:
        interaction = await self.found()
        draft = ResponseDraft.parse(body, files)
        async with self.store.transaction(interaction.actor()) as tx:
            interaction = await interaction_responses.hold(tx, interaction)
            return await interaction_messages.follow_up(tx, interaction, draft)

    async def edit(self, message_id: int | None = None, files: Any = (), **body: Any) -> Any:
        interaction = await self.found()
        draft = ResponseEdit.parse(body, files)
        async with self.store.transaction(interaction.actor()) as tx:
            return await interaction_messages.edit(tx, interaction, message_id, draft)

    async def get(self, message_id: int | None = None) -> Any:
        interaction = await self.found()
        async with self.store.reading(interaction.actor()) as tx:
            return await interaction_messages.get(tx, interaction, message_id)

    async def delete(self, message_id: int | None = None) -> None:
        interaction = await self.found()
        async with self.store.transaction(interaction.actor()) as tx:
            await interaction_messages.delete(tx, interaction, message_id)
