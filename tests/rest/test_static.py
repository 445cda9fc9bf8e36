"""Files: validators, codings, ranges."""

from __future__ import annotations

import gzip

import pytest

from chatd.rest.static import Asset, bare, load_assets, modules_of, parse_range
from tests.rest.asking import Reply, reply_of, request_of

SCRIPT = b"export const answer = 42;\n" * 100
ASSET = Asset.of("app.js", SCRIPT)
IMAGE = Asset.of("dot.png", b"\x89PNG" + bytes(50))


def get(asset: Asset, method: str = "GET", **headers: str) -> Reply:
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    request = request_of(method, "/assets/x", fields)
    return reply_of(request, asset.answer(request))


def test_a_file_has_a_type_a_tag_and_its_content():
    reply = get(ASSET)
    assert (reply.status, reply.content) == (200, SCRIPT)
    assert reply.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert reply.headers["ETag"] == ASSET.etag
    assert reply.headers["Vary"] == "Accept-Encoding"
    assert "Content-Encoding" not in reply.headers


@pytest.mark.parametrize("accepted", ["gzip", "br, GZIP;q=0.5", "x-gzip", "*", "gzip;q=1.0, identity;q=0"])
def test_it_comes_gzipped_to_who_accepts_that(accepted):
    reply = get(ASSET, Accept_Encoding=accepted)
    assert reply.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(reply.content) == SCRIPT
    assert reply.headers["ETag"] != ASSET.etag
    assert len(reply.content) == int(reply.headers["Content-Length"])


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0", "gzip; q=0.000", "*;q=0", "gzip;q=0, *"])
def test_it_comes_as_it_is_to_who_does_not(accepted):
    assert get(ASSET, Accept_Encoding=accepted).content == SCRIPT


def test_what_is_compressed_already_is_not_compressed_again():
    assert "Content-Encoding" not in get(IMAGE, Accept_Encoding="gzip").headers


@pytest.mark.parametrize("condition", ["{}", "W/{}", '"other", {}', "*", '"a,b" , W/{}'])
def test_who_has_it_already_hears_that_it_is_the_same(condition):
    reply = get(ASSET, If_None_Match=condition.format(ASSET.etag))
    assert (reply.status, reply.content) == (304, b"")
    assert reply.headers["ETag"] == ASSET.etag
    assert reply.headers["Vary"] == "Accept-Encoding"


def test_the_tag_of_one_coding_is_not_the_tag_of_the_other():
    assert get(ASSET, If_None_Match=ASSET.etag, Accept_Encoding="gzip").status == 200
    assert get(ASSET, If_None_Match=ASSET.gzip_etag, Accept_Encoding="gzip").status == 304
    assert get(ASSET, If_None_Match='"other"').status == 200


def test_head_says_the_length_and_sends_nothing():
    reply = get(ASSET, "HEAD")
    assert (reply.status, reply.content) == (200, b"")
    assert reply.headers["Content-Length"] == str(len(SCRIPT))


@pytest.mark.parametrize(
    "wanted, start, stop",
    [("bytes=0-0", 0, 1), ("bytes=10-19", 10, 20), ("bytes=2590-", 2590, 2600), ("bytes=-5", 2595, 2600),
     ("bytes=2590-9999", 2590, 2600), ("bytes=-9999", 0, 2600), ("Bytes = 1-2", 1, 3)],
)  # fmt: skip
def test_a_range_is_of_the_content_as_it_is(wanted, start, stop):
    reply = get(ASSET, Range=wanted, Accept_Encoding="gzip")
    assert (reply.status, reply.content) == (206, SCRIPT[start:stop])
    assert reply.headers["Content-Range"] == f"bytes {start}-{stop - 1}/2600"
    assert reply.headers["ETag"] == ASSET.etag
    assert "Content-Encoding" not in reply.headers


@pytest.mark.parametrize("wanted", ["bytes=2600-", "bytes=2600-2700", "bytes=-0"])
def test_a_range_beyond_the_end_is_told_the_length(wanted):
    reply = get(ASSET, Range=wanted)
    assert (reply.status, reply.content) == (416, b"")
    assert reply.headers["Content-Range"] == "bytes */2600"


@pytest.mark.parametrize(
    "wanted", ["bytes=5-1", "bytes=0-1,3-4", "lines=1-2", "bytes=", "bytes=-", "bytes=a-b", "0-1"]
)
def test_a_range_that_is_not_understood_is_ignored(wanted):
    reply = get(ASSET, Range=wanted)
    assert (reply.status, reply.content) == (200, SCRIPT)


def test_a_range_of_other_content_is_ignored():
    assert get(ASSET, Range="bytes=0-1", If_Range=ASSET.etag).status == 206
    for condition in ('"other"', f"W/{ASSET.etag}", "Sun, 06 Nov 1994 08:49:37 GMT"):
        assert get(ASSET, Range="bytes=0-1", If_Range=condition).status == 200


def test_a_range_is_for_get_only():
    assert get(ASSET, "HEAD", Range="bytes=0-1").status == 200


def test_any_range_is_within_the_content(rng):
    for _ in range(500):
        first, last = rng.randrange(40), rng.randrange(40)
        span = parse_range(rng.choice([f"bytes={first}-{last}", f"bytes={first}-", f"bytes=-{last}"]), 20)
        if span is not None and span[0] < span[1]:
            assert 0 <= span[0] < span[1] <= 20


def test_a_folder_is_loaded_whole_but_for_what_is_hidden(tmp_path):
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "app.js").write_bytes(SCRIPT)
    (tmp_path / ".secret").write_bytes(b"x")
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "x.pyc").write_bytes(b"x")
    assert list(load_assets(tmp_path)) == [("js", "app.js")]


def test_comments_stay_at_home_and_lines_keep_their_numbers():
    source = b"""/**
 * What it is for.
 */
// And why.
const a = "//not one"; // but this stays, for it is cheap
/** @type {string} */ let b = 1; /* so does this */
  /* two */ /** words ** here **/
  const c = 1 /* 2 */ * /** @type {any} */ (3);
"""
    sent = b"""



const a = "//not one"; // but this stays, for it is cheap
let b = 1; /* so does this */
/** words ** here **/
const c = 1 /* 2 */ * (3);
"""
    assert bare("a.js", source) == sent
    assert bare("a.css", b"/* one\n * two */\na {\n  color: red }\n//x") == b"\n\na {\ncolor: red }\n//x"
    assert bare("a.html", b"/* no */") == b"/* no */"


def test_the_modules_that_are_needed_at_once_are_known(tmp_path):
    (tmp_path / "js" / "deep").mkdir(parents=True)
    files = {
        "js/a.js": 'import { b } from "./deep/b.js";\nimport {\n  c,\n} from "./c.js";\nimport("./late.js");',
        "js/deep/b.js": 'export { c } from "../c.js";\nimport "../a.js";',
        "js/c.js": "",
        "js/late.js": "",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    found = modules_of(load_assets(tmp_path), ("js", "a.js"))
    assert ["/".join(path) for path in found] == ["js/a.js", "js/deep/b.js", "js/c.js"]


def test_a_style_sheet_is_sent_with_what_it_imports(tmp_path):
    css = tmp_path / "css"
    css.mkdir()
    imports = ["a.css", "b.css", "//else.where/c.css"]
    (css / "style.css").write_text("\n".join(f'@import "{name}";' for name in imports))
    (css / "a.css").write_text("a { color: red }\n")
    (css / "b.css").write_text("b { color: blue }\n")
    sent = load_assets(tmp_path)["css", "style.css"].identity.decode()
    assert sent.split() == 'a { color: red } b { color: blue } @import "//else.where/c.css";'.split()
