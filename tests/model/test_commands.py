"""Commands as applications define them: what is taken, in which form, and every fault by its path."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatd.model.command_names import is_slash_name, localized, preferred_locale
from chatd.model.commands import Command, CommandDraft, InteractionContext
from chatd.model.errors import InvalidFormBody
from tests.faults import faults_in

INSIDE = "options.0.options.0.type"
OPTION = {"type": 3, "name": "word", "description": "A word"}


def body(**fields: Any) -> dict[str, Any]:
    return {"name": "echo", "description": "Say it again", **fields}


def with_options(*options: Any) -> dict[str, Any]:
    return body(options=list(options))


def option(**fields: Any) -> dict[str, Any]:
    return {**OPTION, **fields}


def faults(sent: Any, **how: Any) -> dict[str, list[str]]:
    """The codes of all faults, by dotted path."""
    with pytest.raises(InvalidFormBody) as refusal:
        if isinstance(sent, list):
            CommandDraft.parse_all(sent, **how)
        else:
            CommandDraft.parse(sent, **how)
    return faults_in(refusal.value.errors)


def command_of(sent: Any, *, guild_id: int | None = None) -> Command:
    return Command(7, 5, guild_id, 9, CommandDraft.parse(sent, in_guild=guild_id is not None))


def test_a_command_that_says_nothing_more_is_for_everybody_everywhere():
    assert command_of(body()).payload() == {
        "id": "7", "application_id": "5", "version": "9", "type": 1, "name": "echo",
        "name_localizations": None, "description": "Say it again", "description_localizations": None,
        "default_member_permissions": None, "nsfw": False, "contexts": None, "integration_types": [0],
        "dm_permission": True, "options": [],
    }  # fmt: skip


def test_a_guilds_command_has_no_contexts_of_its_own():
    payload = command_of(body(contexts=[1], integration_types=[1], dm_permission=False), guild_id=3).payload()
    assert (payload["guild_id"], payload["contexts"], payload["integration_types"]) == ("3", None, [0])
    assert "dm_permission" not in payload


def test_a_command_of_a_context_menu_has_neither_description_nor_options():
    payload = command_of({"type": 2, "name": "High Five ", "description": "", "options": []}).payload()
    assert (payload["name"], payload["description"], "options" in payload) == ("High Five", "", False)
    assert faults({"type": 3, "name": "Pin", "description": "no", "options": [OPTION]}) == {
        "description": ["APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_INVALID"],
        "options": ["APPLICATION_COMMAND_CONTEXT_MENU_OPTIONS_INVALID"],
    }


@pytest.mark.parametrize(
    "name", ["a", "x" * 32, "größe", "生日", "a-b_c'd", "ʼn", "γενέθλια", "२३", "หนึ่ง", "हिन्दी", "7"]
)
def test_a_name_that_is_typed(name):
    assert is_slash_name(name)


@pytest.mark.parametrize(
    "name", ["Echo", "two words", "a.b", "a/b", "É", "ǅ", "İ", "a\u0301", "👍", "a\n", "฿"]
)
def test_no_name_that_is_typed(name):
    assert not is_slash_name(name)
    assert faults(body(name=name))["name"] == ["APPLICATION_COMMAND_INVALID_NAME"]


def test_all_faults_are_told_at_once():
    choice = {"name": "", "value": "x" * 101, "name_localizations": {"de": ""}}
    sent = body(
        name="", description="x" * 101, type=1, nsfw="yes", contexts=[3], integration_types=[],
        default_member_permissions="no", handler=1, name_localizations={"xx": "a", "de": "Groß"},
        description_localizations=[], options=[
            {"type": 12, "name": "A", "description": ""},
            option(choices=[choice], min_length=-1, max_length=6001),
            option(name="number", type=4, min_value="x", max_value=2**53),
            option(name="channel", type=7, channel_types=[99]),
            option(name="file", type=11, file_types=["image", ".PDF", "pdf"]),
        ],
    )  # fmt: skip
    assert faults(sent) == {
        "name": ["BASE_TYPE_REQUIRED"],
        "name_localizations.xx": ["BASE_TYPE_CHOICES"],
        "name_localizations.de": ["APPLICATION_COMMAND_INVALID_NAME"],
        "description": ["BASE_TYPE_MAX_LENGTH"],
        "description_localizations": ["DICT_TYPE_CONVERT"],
        "nsfw": ["BOOLEAN_TYPE_CONVERT"],
        "contexts.0": ["BASE_TYPE_CHOICES"],
        "integration_types": ["BASE_TYPE_BAD_LENGTH"],
        "default_member_permissions": ["NUMBER_TYPE_COERCE"],
        "handler": ["APPLICATION_COMMAND_HANDLER_INVALID"],
        "options.0.type": ["BASE_TYPE_CHOICES"],
        "options.0.name": ["APPLICATION_COMMAND_INVALID_NAME"],
        "options.0.description": ["BASE_TYPE_REQUIRED"],
        "options": ["APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"],
        "options.1.choices.0.name": ["BASE_TYPE_REQUIRED"],
        "options.1.choices.0.name_localizations.de": ["BASE_TYPE_REQUIRED"],
        "options.1.choices.0.value": ["BASE_TYPE_MAX_LENGTH"],
        "options.1.min_length": ["NUMBER_TYPE_MIN"],
        "options.1.max_length": ["NUMBER_TYPE_MAX"],
        "options.2.min_value": ["NUMBER_TYPE_COERCE"],
        "options.2.max_value": ["NUMBER_TYPE_MAX"],
        "options.3.channel_types.0": ["BASE_TYPE_CHOICES"],
        "options.4.file_types.2": ["STRING_TYPE_REGEX"],
    }


@pytest.mark.parametrize("sent", [None, "echo", [body()], 7])
def test_a_body_that_is_no_command(sent):
    with pytest.raises(InvalidFormBody):
        CommandDraft.parse(sent)


def test_an_entry_point_is_refused():
    assert faults(body(type=4, handler=2))["type"] == ["BASE_TYPE_CHOICES"]


def test_the_options_come_out_in_their_normal_form():
    every = [
        option(type=1, name="sub", options=[
            option(name="text", required=True, min_length=1, max_length=5, autocomplete=True),
            option(name="whole", type=4, min_value=-3, choices=[{"name": "One", "value": 1}]),
            option(name="flag", type=5, required=False, choices=[{"name": "left out"}]),
            option(name="who", type=6), option(name="where", type=7, channel_types=[0, 0, 5]),
            option(name="role", type=8), option(name="any", type=9),
            option(name="real", type=10, max_value=0.5, name_localizations={"de": "zahl", "fr": None}),
            option(name="file", type=11, file_types=["Image", ".PDF", ".pdf"]),
        ]),
        option(type=2, name="group", options=[option(type=1, name="inside", options=[])]),
    ]  # fmt: skip
    plain = {"description": "A word"}
    assert command_of(body(options=every)).options == [
        {"type": 1, "name": "sub", **plain, "options": [
            {"type": 3, "name": "text", **plain, "required": True, "min_length": 1, "max_length": 5,
             "autocomplete": True},
            {"type": 4, "name": "whole", **plain, "min_value": -3, "choices": [{"name": "One", "value": 1}]},
            {"type": 5, "name": "flag", **plain}, {"type": 6, "name": "who", **plain},
            {"type": 7, "name": "where", **plain, "channel_types": [0, 5]},
            {"type": 8, "name": "role", **plain}, {"type": 9, "name": "any", **plain},
            {"type": 10, "name": "real", "name_localizations": {"de": "zahl"}, **plain, "max_value": 0.5},
            {"type": 11, "name": "file", **plain, "file_types": ["image", ".pdf"]},
        ]},
        {"type": 2, "name": "group", **plain, "options": [{"type": 1, "name": "inside", **plain}]},
    ]  # fmt: skip


@pytest.mark.parametrize(
    "sent, path, code",
    [
        (with_options(option(), option(name="b", required=True)), "options.1",
         "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID"),
        (with_options(option(type=1), option(name="b")), "options",
         "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"),
        (with_options(option(), option()), "options.1.name", "APPLICATION_COMMAND_OPTIONS_DUPLICATE_NAME"),
        (with_options(option(name_localizations={"de": "b"}), option(name="b")),
         "options.0.name_localizations.de", "APPLICATION_COMMAND_OPTIONS_DUPLICATE_NAME"),
        (with_options(option(name_localizations={"de": "c"}),
                      option(name="b", name_localizations={"de": "c"})),
         "options.1.name_localizations.de", "APPLICATION_COMMAND_OPTIONS_DUPLICATE_NAME"),
        (with_options(option(type=1, options=[option(type=1)])), INSIDE, "BASE_TYPE_CHOICES"),
        (with_options(option(type=1, options=[option(type=2)])), INSIDE, "BASE_TYPE_CHOICES"),
        (with_options(option(type=2, options=[option(type=2)])), INSIDE, "BASE_TYPE_CHOICES"),
        (with_options(option(type=2, options=[option()])), INSIDE, "BASE_TYPE_CHOICES"),
        (with_options(option(autocomplete=True, choices=[{"name": "a", "value": "a"}])),
         "options.0.autocomplete", "APPLICATION_COMMAND_OPTION_AUTOCOMPLETE_INVALID"),
        (with_options(option(min_length=5, max_length=4)), "options.0.max_length", "NUMBER_TYPE_MIN"),
        (with_options(option(max_length=0)), "options.0.max_length", "NUMBER_TYPE_MIN"),
        (with_options(option(type=10, min_value=0.5, max_value=0.25)), "options.0.max_value",
         "NUMBER_TYPE_MIN"),
        (with_options(option(type=4, choices=[{"name": "a", "value": 0.5}])), "options.0.choices.0.value",
         "NUMBER_TYPE_COERCE"),
        (with_options(option(choices=[{"name": "a", "value": 7}])), "options.0.choices.0.value",
         "STRING_TYPE_CONVERT"),
        (with_options(option(choices=[{"name": "a", "value": "a"}] * 26)), "options.0.choices",
         "BASE_TYPE_BAD_LENGTH"),
        (with_options(*[option(name=f"o{at}") for at in range(26)]), "options", "BASE_TYPE_BAD_LENGTH"),
    ],
)  # fmt: skip
def test_options_that_are_refused(sent, path, code):
    assert faults(sent)[path] == [code]


def test_the_longest_texts_of_a_command_count_against_its_size():
    choices = [{"name": "n" * 100, "value": "v" * 100} for _ in range(25)]
    full = [option(name="many", choices=choices), option(name="some", choices=choices[:10])]
    at_bound = body(options=[*full, *full_of(8000 - len("echoSay it again") - 2 * len("manyA word") - 7000)])
    assert CommandDraft.parse(at_bound).size == 8000
    assert faults({**at_bound, "description_localizations": {"de": "Sag es bitte noch einmal"}}) == {
        "": ["APPLICATION_COMMAND_TOO_LARGE"]
    }
    assert faults([body(name="small"), {**at_bound, "description": "x" * 50}]) == {
        "1": ["APPLICATION_COMMAND_TOO_LARGE"]
    }


def full_of(characters: int) -> list[dict[str, Any]]:
    """Options that count for so many characters."""
    options = []
    while characters:
        take = min(characters, 102) if characters not in range(103, 106) else 90
        options.append(option(name=f"{len(options):02}", description="x" * (take - 2)))
        characters -= take
    return options


def test_a_set_has_each_name_once_for_each_type():
    both = [body(), {"type": 2, "name": "echo"}, {"type": 3, "name": "echo"}]
    assert [draft.type for draft in CommandDraft.parse_all(both)] == [1, 2, 3]
    assert faults([*both, body()]) == {"3": ["APPLICATION_COMMANDS_DUPLICATE_NAME"]}
    assert faults([body(), 7, body(name="A")]) == {
        "1": ["DICT_TYPE_CONVERT"], "1.name": ["BASE_TYPE_REQUIRED"], "1.description": ["BASE_TYPE_REQUIRED"],
        "2.name": ["APPLICATION_COMMAND_INVALID_NAME"],
    }  # fmt: skip


@pytest.mark.parametrize(
    "older, newer",
    [
        ({"dm_permission": False}, {"contexts": [0]}),
        ({"dm_permission": True}, {}),
        ({"dm_permission": False, "contexts": [0, 1]}, {"contexts": [0, 1]}),
        ({"default_permission": False}, {"default_member_permissions": "0"}),
        ({"default_permission": False, "default_member_permissions": "8"}, {"default_member_permissions": 8}),
        ({"default_permission": True}, {"default_member_permissions": None}),
    ],
)
def test_older_words_mean_what_newer_ones_do(older, newer):
    assert CommandDraft.parse(body(**older)) == CommandDraft.parse(body(**newer))


def test_an_edit_replaces_what_is_sent_and_keeps_the_rest():
    command = command_of(body(options=[OPTION], contexts=[0], default_member_permissions="32", nsfw=True))
    assert command.redrafted(CommandDraft.parse_edit({}, command), 10) is command
    edited = command.redrafted(CommandDraft.parse_edit({"description": "Again", "type": 3}, command), 10)
    assert edited.payload() == {**command.payload(), "description": "Again", "version": "10"}
    nothing = {"options": [], "contexts": None, "default_member_permissions": None, "nsfw": False}
    assert CommandDraft.parse_edit(nothing, command) == CommandDraft.parse(body(id="7"))
    assert CommandDraft.parse_edit({"dm_permission": True}, command).contexts is None
    for wrong in ({"name": None}, {"description": ""}, {"options": 7}, [], 7):
        with pytest.raises(InvalidFormBody):
            CommandDraft.parse_edit(wrong, command)


def test_where_a_command_is_used():
    everywhere, in_dms = command_of(body()), command_of(body(contexts=[1]))
    of_guild, of_users = command_of(body(), guild_id=3), command_of(body(integration_types=[1]))
    guild, bot_dm = InteractionContext.GUILD, InteractionContext.BOT_DM
    assert [each.is_used_in(guild) for each in (everywhere, in_dms, of_guild, of_users)] == [
        True, False, True, False,
    ]  # fmt: skip
    assert [each.is_used_in(bot_dm) for each in (everywhere, in_dms, of_guild, of_users)] == [
        True, True, False, False,
    ]  # fmt: skip


def test_a_list_shows_the_texts_of_one_locale():
    texts = {"name_localizations": {"en-GB": "colour"}}
    choice = {"name": "red", "value": "r", "name_localizations": {"de": "rot"}}
    sub = option(type=1, name="sub", options=[option(name="color", **texts, choices=[choice])])
    command = command_of(body(name_localizations={"en-GB": "shout"}, options=[sub]))
    shown = command.localized_payload("en-US")
    assert (shown["name"], shown["name_localized"]) == ("echo", "shout")
    inside = shown["options"][0]["options"][0]
    assert (inside["name_localized"], inside["choices"]) == ("colour", [{"name": "red", "value": "r"}])
    assert "_localizations" not in str(shown)
    assert "name_localized" not in command.localized_payload("de")
    assert "localized" not in str(command.localized_payload(None))
    assert localized({"es-ES": "hola"}, "es-419") == "hola" and localized({"de": "x"}, "fr") is None


def test_more_than_anybody_defines_is_not_read():
    many = [{"options": [{"choices": [{}] * 25}] * 25} for _ in range(31)]
    assert faults(many) == {"": ["APPLICATION_COMMAND_TOO_LARGE"]}
    assert faults({"options": [{}] * 20_001}) == {"": ["APPLICATION_COMMAND_TOO_LARGE"]}
    locales = {f"x{number}": "a" for number in range(35)}
    assert faults(body(name_localizations=locales)) == {"name_localizations": ["BASE_TYPE_BAD_LENGTH"]}


@pytest.mark.parametrize(
    "fields, locale",
    [
        ((None, None), None), (("de", "fr"), "de"), (("xx", "fr"), "fr"), (("", "de-AT;q=0.9, fr"), "de"),
        ((None, "en;q=1, xx, pt-BR"), "pt-BR"), ((None, "*"), None), ((None, ",;,=-"), None),
    ],
)  # fmt: skip
def test_the_locale_of_who_asks(fields, locale):
    assert preferred_locale(*fields) == locale


NAMES = st.sampled_from(["a", "b", "Ab", "x" * 33, ""]) | st.text(max_size=3)
VALUES = st.none() | st.booleans() | st.integers(-2, 12) | st.floats(allow_nan=False) | NAMES
LOCALIZED = st.dictionaries(st.sampled_from(["de", "fr", "xx"]), NAMES | st.none(), max_size=2) | VALUES
CHOICE = st.fixed_dictionaries({"name": NAMES, "value": VALUES}, optional={"name_localizations": LOCALIZED})
CHOICES = st.lists(CHOICE | VALUES, max_size=2)
LEAVES = {
    "name_localizations": LOCALIZED, "required": VALUES, "choices": CHOICES | VALUES, "autocomplete": VALUES,
    "min_value": VALUES, "max_value": VALUES, "min_length": VALUES, "max_length": VALUES,
    "channel_types": st.lists(VALUES, max_size=2) | VALUES,
    "file_types": st.lists(NAMES, max_size=2) | VALUES,
}  # fmt: skip
TYPES = st.integers(1, 11) | VALUES


def any_option(inside: Any) -> Any:
    said = {"type": TYPES, "name": NAMES, "description": st.just("d") | VALUES}
    more = {**LEAVES, "options": st.lists(inside, max_size=2) | VALUES}
    return st.fixed_dictionaries(said, optional=more)


ANY_COMMAND = st.fixed_dictionaries(
    {"name": NAMES, "description": st.just("d") | VALUES},
    optional={
        "type": TYPES, "options": st.lists(st.recursive(VALUES, any_option, max_leaves=6), max_size=3),
        "nsfw": VALUES, "contexts": st.lists(VALUES, max_size=2) | VALUES, "dm_permission": VALUES,
        "integration_types": st.lists(VALUES, max_size=2) | VALUES, "default_member_permissions": VALUES,
        "default_permission": VALUES, "handler": VALUES, "id": VALUES, "name_localizations": LOCALIZED,
        "description_localizations": LOCALIZED,
    },
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(sent=ANY_COMMAND | VALUES, in_guild=st.booleans())
def test_anything_at_all_is_refused_or_comes_out_as_it_went_in(sent, in_guild):
    try:
        draft = CommandDraft.parse(sent, in_guild=in_guild)
    except InvalidFormBody as refused:
        assert faults_in(refused.errors)
        return
    payload = Command(7, 5, 3 if in_guild else None, 9, draft.without_id()).payload()
    assert CommandDraft.parse(payload, in_guild=in_guild).without_id() == draft.without_id()
