"""Write the list of what is missing into docs/compatibility.md: `python -m tests.compatibility.page`.

Each official operation that has no row in rest/table.py stands under the first group whose beginning it
has; the words of a group say why. The test beside this file holds the page to what is so.
"""

from __future__ import annotations

import re
from pathlib import Path

from tests.compatibility.official import OFFICIAL, implemented, missing

PAGE = Path(__file__).parent.parent.parent / "docs" / "compatibility.md"
BEGIN, END = "<!-- begin: missing operations -->\n", "<!-- end: missing operations -->\n"

# A heading, and the patterns of the paths below it. The last takes what is left.
GROUPS = [
    ("Webhooks", r"webhooks"),
    ("Application commands and interactions", r"commands|^/interactions"),
    ("Automatic moderation", r"auto-moderation"),
    (
        "Discord's shop, games and account linking, which mean nothing here",
        r"^/lobbies|^/partner-sdk|^/skus|entitlements|role-connection|activity-instances|/attachment$"
        r"|^/oauth2|/connections$",
    ),
    ("Not yet", r""),
]


def listed() -> str:
    """The groups, each with its operations."""
    left, texts = missing(), []
    for heading, pattern in GROUPS:
        here = [operation for operation in left if re.search(pattern, operation.partition(" ")[2])]
        left = [operation for operation in left if operation not in here]
        if here:
            texts.append(f"### {heading}\n\n" + "".join(f"- `{operation}`\n" for operation in here))
    return "\n".join(texts)


def main() -> None:
    """Assumes that every answer validates; the test says if it does not."""
    page = PAGE.read_text()
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    counts = f"{len(OFFICIAL['operations'])} official operations: {len(implemented())} implemented, "
    counts += f"{len(implemented())} validated, {len(missing())} missing"
    before = re.sub(r"\d+ official operations: [^.]*", counts, before)
    PAGE.write_text(f"{before}{BEGIN}\n{listed()}\n{END}{after}")


if __name__ == "__main__":
    main()
