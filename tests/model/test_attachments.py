"""Attachments: files matched with what is said of them, names that are safe, types that are true."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatd.model.attachments import (
    ATTACHMENTS_MAX,
    BINARY,
    FILENAME_CHARACTERS_MAX,
    IS_ANIMATED,
    IS_SPOILER,
    AttachmentsDraft,
    UploadedFile,
    clean_filename,
    content_type_of,
)
from chatd.model.image_formats import picture_of
from chatd.model.shapes import Form
from tests.model.test_shapes import faults_of
from tests.pictures import gif, jpeg, lottie, png


def upload(number: int | None, name: str = "a.txt", data: bytes = b"hello") -> UploadedFile:
    return UploadedFile(number, name, BINARY, len(data), data)


def read(attachments: Any, *files: UploadedFile, editing: bool = False) -> AttachmentsDraft:
    form = Form({} if attachments is None else {"attachments": attachments})
    draft = AttachmentsDraft.of(form, files, editing=editing)
    form.finish()
    return draft


def faults(attachments: Any, *files: UploadedFile, editing: bool = False) -> dict[str, list[str]]:
    form = Form({"attachments": attachments})
    AttachmentsDraft.of(form, files, editing=editing)
    return faults_of(form)


def test_what_is_said_is_matched_by_number_whatever_the_order():
    cat, dog = upload(0, "cat.png"), upload(1, "dog.png")
    said = [{"id": 1, "description": "a dog"}, {"id": "0", "filename": "Katze.png"}]
    new = read(said, cat, dog).new
    assert [(one.file, one.filename, one.description) for one in new] == [
        (cat, "Katze.png", None), (dog, "dog.png", "a dog"),
    ]  # fmt: skip


def test_a_file_that_nobody_described_is_attached_all_the_same():
    new = read(None, upload(7, "a b.txt"), upload(None, ""), upload(None, "c.txt")).new
    assert [one.filename for one in new] == ["a_b.txt", "unknown", "c.txt"]


def test_an_edit_keeps_all_unless_it_lists_some():
    assert read(None, editing=True).kept is None
    assert read([], editing=True).kept == ()
    assert read([{"id": "123456789"}, {"id": 0}], upload(0), editing=True).kept == (123456789,)
    form = Form({"attachments": None})
    assert AttachmentsDraft.of(form, editing=True).kept == ()


@pytest.mark.parametrize(("said", "expected"), [
    ("x", {"attachments": ["LIST_TYPE_CONVERT"]}),
    ([5], {"attachments.0": ["DICT_TYPE_CONVERT"], "attachments.0.id": ["NUMBER_TYPE_COERCE"]}),
    ([{}], {"attachments.0.id": ["NUMBER_TYPE_COERCE"]}),
    ([{"id": "x"}], {"attachments.0.id": ["NUMBER_TYPE_COERCE"]}),
    ([{"id": 3}], {"attachments.0.id": ["ATTACHMENT_NOT_FOUND"]}),
    ([{"id": 0}, {"id": "0"}], {"attachments.1.id": ["DUPLICATE"]}),
    ([{"id": 0}] * 11, {"attachments": ["BASE_TYPE_BAD_LENGTH"]}),
    ([{"id": 0, "filename": "", "description": "x" * 1025, "duration_secs": -1, "waveform": "x" * 401,
       "is_spoiler": 1}],
     {"attachments.0.filename": ["BASE_TYPE_REQUIRED"], "attachments.0.description": ["BASE_TYPE_MAX_LENGTH"],
      "attachments.0.duration_secs": ["NUMBER_TYPE_MIN"], "attachments.0.waveform": ["BASE_TYPE_MAX_LENGTH"],
      "attachments.0.is_spoiler": ["BOOLEAN_TYPE_CONVERT"]}),
])  # fmt: skip
def test_every_fault_is_told_by_its_path(said, expected):
    assert faults(said, upload(0)) == expected


def test_there_are_only_so_many():
    many = [upload(None) for _ in range(ATTACHMENTS_MAX + 1)]
    assert faults([], *many) == {"files": ["BASE_TYPE_MAX_LENGTH"]}


def test_a_record_says_what_the_content_is():
    said = {"id": 0, "description": "two frames", "duration_secs": 1.5, "waveform": "AAAA"}
    (new,) = read([said], upload(0, "wave.bin", gif(30, 20, frames=2))).new
    assert new.record(5) == {
        "id": "5", "filename": "wave.bin", "size": len(gif(frames=2)), "content_type": "image/gif",
        "width": 30, "height": 20, "description": "two frames", "duration_secs": 1.5, "waveform": "AAAA",
        "flags": IS_ANIMATED,
    }  # fmt: skip
    (new,) = read(None, upload(0)).new
    assert new.record(6) == {
        "id": "6", "filename": "a.txt", "size": 5, "content_type": "text/plain; charset=utf-8",
    }  # fmt: skip


@pytest.mark.parametrize(("name", "said", "kept"), [
    ("cat.png", {}, "cat.png"), ("SPOILER_cat.png", {}, "SPOILER_cat.png"),
    ("cat.png", {"is_spoiler": True}, "SPOILER_cat.png"), ("cat.png", {"filename": "SPOILER_x"}, "SPOILER_x"),
    ("SPOILER_cat.png", {"filename": "x"}, "x"),
])  # fmt: skip
def test_a_spoiler_is_one_by_name_and_by_flag(name, said, kept):
    (new,) = read([{"id": 0, **said}], upload(0, name)).new
    record = new.record(1)
    assert record["filename"] == kept
    assert (record.get("flags", 0) == IS_SPOILER) == kept.startswith("SPOILER_")


@pytest.mark.parametrize(("name", "declared", "data", "kind"), [
    ("a.png", BINARY, png(), "image/png"), ("a.txt", "text/html", jpeg(), "image/jpeg"),
    ("a.png", "image/png", b"<svg/>", BINARY), ("a", "image/jpeg", b"", BINARY),
    ("a.html", BINARY, b"<b>", "text/html; charset=utf-8"), ("a.json", BINARY, lottie(), "application/json"),
    ("a.tar.gz", BINARY, b"", BINARY), ("a.mp4", BINARY, b"", "video/mp4"),
    ("a", "application/X-Thing; v=1", b"", "application/x-thing"), ("a", "what\r\never", b"", BINARY),
    ("a", "", b"", BINARY), ("a.svg", BINARY, b"<svg/>", "image/svg+xml"),
])  # fmt: skip
def test_only_content_makes_a_picture_and_else_the_name_tells(name, declared, data, kind):
    picture = picture_of(data)
    recognised = picture.media_type if picture is not None and data != lottie() else None
    assert content_type_of(name, declared, recognised) == kind


@pytest.mark.parametrize(("name", "kept"), [
    ("cat.png", "cat.png"), ("my cat.png", "my_cat.png"), ("  a  ", "a"), ("", "unknown"), ("...", "unknown"),
    ("../../etc/passwd", "_.._etc_passwd"), ("C:\\a\\b.exe", "C_a_b.exe"), (".htaccess", "htaccess"),
    ("a\r\nb: c", "a_b_c"), ("a\x00b\u202egnp.exe", "abgnp.exe"), ('a"b\'c.txt', "a_b'c.txt"),
    ("猫.png", "猫.png"), ("Grüße.txt", "Grüße.txt"), ("a.", "a"), ("<script>.svg", "_script_.svg"),
    ("x" * 300 + ".png", "x" * 251 + ".png"), ("x." + "y" * 300, "x." + "y" * 253),
])  # fmt: skip
def test_a_name_is_made_safe(name, kept):
    assert clean_filename(name) == kept


@given(st.text(max_size=600))
def test_any_name_becomes_one_that_is_safe_and_stays_as_it_is(name):
    clean = clean_filename(name)
    assert 0 < len(clean) <= FILENAME_CHARACTERS_MAX
    assert clean.isprintable() and not set(clean) & set("/\\ \"<>") and clean[0] != "."
    assert clean_filename(clean) == clean
