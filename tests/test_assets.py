import zipfile
from pathlib import Path

import pytest

from chatd import assets


def test_sql_is_found_beside_the_checkout():
    assert (assets.sql() / "schema").is_dir()
    assert (assets.sql() / "migrations.sql").read_text("utf-8").startswith("--")


def test_what_is_inside_the_package_comes_before_what_is_beside_it(tmp_path):
    inside, beside = tmp_path / "inside", tmp_path / "beside"
    beside.mkdir()
    assert assets.first_folder(inside, beside) == beside
    inside.mkdir()
    assert assets.first_folder(inside, beside) == inside


def test_a_folder_inside_an_archive_will_do(tmp_path):
    with zipfile.ZipFile(tmp_path / "chatd.zip", "w") as archive:
        archive.writestr("chatd/_sql/users.sql", "-- users")
    folder = zipfile.Path(tmp_path / "chatd.zip", "chatd/_sql/")
    assert (assets.first_folder(folder, Path("/nowhere")) / "users.sql").read_text() == "-- users"


def test_an_installation_that_is_not_whole_says_what_is_missing(tmp_path):
    with pytest.raises(FileNotFoundError, match=f"missing: {tmp_path}/a or {tmp_path}/b"):
        assets.first_folder(tmp_path / "a", tmp_path / "b")
