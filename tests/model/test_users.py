"""Users: names by the rule, edits of oneself, and nothing secret in what others see."""

from __future__ import annotations

import pytest

from chatd.model.accounts import LoginDraft, RegisterDraft, SetUpDraft
from chatd.model.dms import DirectMessageDraft
from chatd.model.errors import InvalidFormBody
from chatd.model.users import User, UserEdit

PASSWORD = "correct horse battery"
# The documentation's user object, as far as clients rely on it.
KEYS = {"id", "username", "discriminator", "global_name", "avatar", "bot", "public_flags", "flags", "banner",
        "accent_color", "avatar_decoration_data", "primary_guild"}  # fmt: skip
OWN_KEYS = {"mfa_enabled", "verified", "email", "locale"}


def register(**fields):
    return RegisterDraft.parse({"username": "ada", "password": PASSWORD, **fields})


@pytest.mark.parametrize(
    "name, kept",
    [("ada", "ada"), ("Ada", "ada"), ("  ADA  ", "ada"), ("a.b_c.1", "a.b_c.1"), ("__", "__"),
     ("a" * 32, "a" * 32), ("\u212aelvin", "kelvin")],
)  # fmt: skip
def test_a_username_is_kept_in_lower_case(name, kept):
    assert register(username=name).username == kept
    assert UserEdit.parse({"username": name}).username == kept


@pytest.mark.parametrize(
    "name", ["a", "", "   ", "a" * 33, "a..b", "..", "a b", "a-b", "ädä", "a\nb", "a\n", "ada\x00", "a@b",
             "@everyone", "\u0430da", "ada\u200b", 5, None, ["ada"], "deleted_user_7", "Deleted_Bot_7"]
)  # fmt: skip
def test_other_usernames_are_refused(name):
    with pytest.raises(InvalidFormBody) as refused:
        register(username=name)
    assert list(refused.value.errors) == ["username"]


@pytest.mark.parametrize("name", ["deleted_user_7", " DELETED_bot_7"])
def test_nobody_takes_the_name_that_somebody_will_have_when_they_are_deleted(name):
    with pytest.raises(InvalidFormBody):
        UserEdit.parse({"username": name}, of_bot=True)
    assert User(7, "bob").name_of_deleted == "deleted_user_7"
    assert User(7, "robo", bot=True).name_of_deleted == "deleted_bot_7"


@pytest.mark.parametrize("password", ["x" * 8, "x" * 256, "        ", "пароль!!", "😀" * 8])
def test_long_passwords_of_any_characters_are_welcome(password):
    assert register(password=password).password == password


@pytest.mark.parametrize("password", ["x" * 7, "x" * 257, "", None, 12345678, "x" * 8 + "\x00", "\ud800" * 8])
def test_other_passwords_are_refused(password):
    with pytest.raises(InvalidFormBody) as refused:
        register(password=password)
    assert list(refused.value.errors) == ["password"]


@pytest.mark.parametrize(
    "email, kept",
    [("a@b", "a@b"), (" Ada@Chat.Example ", "Ada@Chat.Example"), ("", None), (None, None),
     ("a" * 64 + "@" + "b" * 255, "a" * 64 + "@" + "b" * 255)],
)  # fmt: skip
def test_a_mail_address_is_optional(email, kept):
    assert register(email=email).email == kept


@pytest.mark.parametrize(
    "email", ["a", "@", "a@", "@b", "a b@c", "a@b@c", "a" * 65 + "@b", "a@" + "b" * 256, 5, "a@\x00"]
)
def test_other_mail_addresses_are_refused(email):
    with pytest.raises(InvalidFormBody) as refused:
        register(email=email)
    assert list(refused.value.errors) == ["email"]


def test_an_empty_display_name_is_none():
    assert [register(display_name=name).global_name for name in ("Ada", " Ada ", "", "  ", None)] == [
        "Ada", "Ada", None, None, None,
    ]  # fmt: skip


def test_to_sign_in_any_login_and_any_password_may_be_tried():
    draft = LoginDraft.parse({"login": " Ada@Chat.Example ", "password": "x"})
    assert draft == LoginDraft("ada@chat.example", "x")
    with pytest.raises(InvalidFormBody) as refused:
        LoginDraft.parse({"login": "", "password": "x" * 257})
    assert set(refused.value.errors) == {"login", "password"}


def test_setting_up_takes_the_secret_and_no_invite():
    draft = SetUpDraft.parse({"secret": "s", "username": "ada", "password": PASSWORD, "invite": "i"})
    assert draft == SetUpDraft("s", RegisterDraft("ada", PASSWORD, None, None, None))
    with pytest.raises(InvalidFormBody) as refused:
        SetUpDraft.parse({})
    assert set(refused.value.errors) == {"secret", "username", "password"}


def test_an_edit_tells_what_was_not_sent_from_what_was_cleared():
    sets = frozenset({"global_name"})
    assert UserEdit.parse({}) == UserEdit()
    assert UserEdit.parse({"global_name": "Ada"}) == UserEdit(global_name="Ada", sets=sets)
    assert UserEdit.parse({"global_name": None}) == UserEdit(sets=sets)
    cleared = UserEdit.parse({"avatar": None, "banner": None, "accent_color": None, "username": None})
    assert cleared == UserEdit(sets=frozenset({"avatar", "banner", "accent_color"}))
    with pytest.raises(InvalidFormBody) as refused:
        UserEdit.parse({"global_name": "x" * 33, "avatar": "me.png", "banner": 5, "accent_color": 1 << 24})
    assert set(refused.value.errors) == {"global_name", "avatar", "banner", "accent_color"}


def test_whom_to_write_to():
    assert DirectMessageDraft.parse({"recipient_id": "5"}) == DirectMessageDraft.parse({"recipient_id": 5})
    with pytest.raises(InvalidFormBody):
        DirectMessageDraft.parse({"recipients": ["5"]})


def test_a_user_has_the_keys_that_clients_rely_on():
    user = User(5, "ada", "Ada", None, public_flags=4)
    payload = user.payload()
    assert payload.keys() >= KEYS and not payload.keys() & {"email", "verified"}
    assert (payload["id"], payload["discriminator"], payload["bot"]) == ("5", "0", False)
    own = user.own_payload(email="a@b", verified=False)
    assert own.keys() >= KEYS | OWN_KEYS
    assert (own["email"], own["verified"], own["flags"]) == ("a@b", False, 4)


def test_a_user_reads_back_from_what_others_see():
    user = User(5, "ada", "Ada", "a_hash", bot=True, system=True, public_flags=4, banner="b", accent_color=7)
    assert User.from_payload(user.payload()) == user
    assert User.from_payload(user.own_payload(email="a@b", verified=True)) == user
