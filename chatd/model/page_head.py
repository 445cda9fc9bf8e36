"""What a web page says of itself in its head: its title and its meta elements, read in one pass.

The page comes from anybody, so this is no parser of HTML but a scanner of bounded cost: it looks at the
beginning of the text, at so many tags, at so much of each. What stands in a comment or a script may be
taken for a tag; that is the page's own affair. Source: HTML, "The meta element"; The Open Graph protocol.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from html import unescape
from itertools import islice

HEAD_CHARACTERS_MAX = 500_000
TAGS_MAX = 400
TAG_CHARACTERS_MAX = 8192
ATTRIBUTES_MAX = 20
VALUE_CHARACTERS_MAX = 4096

TAG = re.compile(r"<(meta|title|/head|body)\b", re.IGNORECASE)
ATTRIBUTE = re.compile(
    r"""[\s/]*+ (?P<name>[^\s"'<>/=]++) (?: \s*+ = \s*+ (?: "([^"]*+)" | '([^']*+)' | ([^\s"'<>`]++) ) )?""",
    re.VERBOSE,
)
# HTML, "Extracting a character encoding from a meta element", for what stands in the first 1024 octets.
CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([a-zA-Z0-9_.:-]{1,40})""", re.IGNORECASE)
CHARSET_BYTES = 1024
# The Encoding Standard's, by Python's names. Python knows others that are no encodings of text, and slow.
ENCODINGS = frozenset(
    [f"iso8859-{part}" for part in range(1, 17)] + [f"cp{page}" for page in (*range(1250, 1259), 866, 874)]
    + "utf-8 ascii koi8-r koi8-u mac-roman mac-cyrillic shift_jis cp932 euc_jp iso2022_jp gb2312 gbk gb18030"
      " big5 big5hkscs euc_kr cp949 utf-16 utf-16-le utf-16-be".split()
)  # fmt: skip


@dataclass(slots=True)
class PageHead:
    """`metas` by property or name, lower-cased; of several with one name the first counts."""

    title: str = ""
    metas: dict[str, str] = field(default_factory=dict)

    def first(self, *names: str) -> str:
        """The first of these metas that says anything, or nothing."""
        return next((self.metas[name] for name in names if self.metas.get(name)), "")


def read_head(text: str) -> PageHead:
    head = PageHead()
    text = text[:HEAD_CHARACTERS_MAX]
    for tag in islice(TAG.finditer(text), TAGS_MAX):
        kind = tag[1].lower()
        if kind == "meta":
            _read_meta(head, text[tag.end() : tag.end() + TAG_CHARACTERS_MAX])
        elif kind == "title":
            head.title = head.title or _title_at(text, tag.end())
        else:
            break
    return head


def decoded(content: bytes, content_type: str) -> str:
    """The text of a page by the charset that its Content-Type or itself names, else as UTF-8."""
    named = CHARSET.search(content_type.encode()) or CHARSET.search(content, 0, CHARSET_BYTES)
    try:
        encoding = codecs.lookup(named[1].decode()).name if named else "utf-8"
    except LookupError:
        encoding = "utf-8"
    return content.decode(encoding if encoding in ENCODINGS else "utf-8", "replace")


def clean(text: str) -> str:
    """On one line, without characters that cannot be seen; a joiner within an emoji may stay."""
    text = " ".join(unescape(text[:VALUE_CHARACTERS_MAX]).split())
    return "".join(character for character in text if character.isprintable() or character == "\u200d")


def _read_meta(head: PageHead, text: str) -> None:
    attributes: dict[str, str] = {}
    at = 0
    for _ in range(ATTRIBUTES_MAX):
        match = ATTRIBUTE.match(text, at)
        if match is None:
            break
        value = next((group for group in match.groups()[1:] if group is not None), "")
        attributes.setdefault(match["name"].lower(), value)
        at = match.end()
    name = clean(attributes.get("property") or attributes.get("name") or "").lower()
    if name and "content" in attributes:
        head.metas.setdefault(name, clean(attributes["content"]))


def _title_at(text: str, at: int) -> str:
    start = text.find(">", at, at + TAG_CHARACTERS_MAX) + 1
    end = text.find("<", start, start + VALUE_CHARACTERS_MAX)
    return clean(text[start:end]) if 0 < start <= end else ""
