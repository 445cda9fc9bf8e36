import pytest

from chatd.model.errors import InvalidFormBody
from chatd.model.file_types import file_types_of, is_wanted
from chatd.model.shapes import Form


@pytest.mark.parametrize(
    "filename, file_types, wanted",
    [
        ("cat.png", [], True), ("cat.PNG", ["image"], True), ("cat.png", ["audio", ".pdf"], False),
        ("a.tar.gz", [".tar.gz"], True), ("a.gz", [".tar.gz"], False), ("png", ["image"], False),
        ("song.mp3", ["image", "audio"], True), ("", ["image"], False),
    ],
)  # fmt: skip
def test_a_file_is_known_by_its_extension(filename, file_types, wanted):
    assert is_wanted(filename, file_types) is wanted


def test_file_types_are_read_once_each_and_in_lower_case():
    assert file_types_of(Form({"file_types": ["image", ".PDF", ".pdf"]})) == ["image", ".pdf"]
    assert file_types_of(Form({})) == []
    for wrong in (["pdf"], ["."], [".a b"], [7], ["image"] * 11, "image"):
        form = Form({"file_types": wrong})
        file_types_of(form)
        with pytest.raises(InvalidFormBody):
            form.finish()
