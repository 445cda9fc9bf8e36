"""Images in JSON: read from a data URI, judged by their content, refused by their path."""

from __future__ import annotations

import pytest

from chatd.model.errors import InvalidFormBody
from chatd.model.image_formats import Format
from chatd.model.images import Image, blob_of, image_of
from chatd.model.shapes import Form
from tests.model.test_shapes import faults_of
from tests.pictures import data_uri, gif, jpeg, lottie, png


def test_an_image_is_judged_by_its_content_not_by_what_is_said_of_it():
    for said in ("image/png", "image/jpg", "image/gif", "text/html", "image/png;charset=utf-8", ""):
        form = Form({"avatar": data_uri(jpeg(3, 4), said)})
        image = image_of(form, "avatar")
        assert image is not None and image.data == jpeg(3, 4)
        assert (image.picture.format, image.picture.width, image.picture.height) == (Format.JPEG, 3, 4)
        form.finish()


def test_null_and_nothing_are_no_image():
    form = Form({"icon": None})
    assert image_of(form, "icon") is None and image_of(form, "banner") is None
    assert "icon" in form and "banner" not in form
    form.finish()


def test_one_that_is_required_is_a_fault_where_it_is_missing():
    form = Form({"image": None})
    assert image_of(form, "image", required=True) is None
    assert faults_of(form) == {"image": ["BASE_TYPE_REQUIRED"]}


@pytest.mark.parametrize(("value", "code"), [
    (5, "IMAGE_INVALID"),
    ({}, "IMAGE_INVALID"),
    ("", "IMAGE_INVALID"),
    ("https://chat.example/a.png", "IMAGE_INVALID"),
    ("data:image/png,abc", "IMAGE_INVALID"),
    ("data:image/png;base64,", "IMAGE_INVALID"),
    ("data:image/png;base64,!!!!", "IMAGE_INVALID"),
    ("data:image/png;base64,é", "IMAGE_INVALID"),
    ("data:" + "a" * 500 + ";base64,", "IMAGE_INVALID"),
    (data_uri(png())[:-3], "IMAGE_INVALID"),
    (data_uri(b"<svg/>", "image/svg+xml"), "IMAGE_INVALID"),
    (data_uri(lottie(), "application/json"), "IMAGE_INVALID"),
    (data_uri(png() + bytes(1000)), "BINARY_TYPE_MAX_SIZE"),
])  # fmt: skip
def test_what_is_no_image_is_a_fault_at_its_field(value, code):
    form = Form({"name": 7, "icon": value})
    form.string("name")
    assert image_of(form, "icon", bytes_max=1000) is None
    assert faults_of(form) == {"name": ["STRING_TYPE_CONVERT"], "icon": [code]}


def test_the_fault_names_the_formats_that_are_taken():
    form = Form({"icon": data_uri(lottie())})
    assert image_of(form, "icon") is None
    with pytest.raises(InvalidFormBody) as refused:
        form.finish()
    assert "Must be one of GIF, JPEG, PNG, WEBP." in refused.value.errors["icon"]["_errors"][0]["message"]


def test_the_hash_of_one_that_moves_says_so():
    blob = "0123456789abcdef" * 2
    for data, expected in ((gif(frames=2), "a_" + blob), (gif(), blob), (png(frames=3), "a_" + blob)):
        image = image_of(Form({"avatar": data_uri(data)}), "avatar")
        assert isinstance(image, Image) and image.hash_of(blob) == expected
        assert blob_of(expected) == blob
