"""What a guild stops for a while when it is raided: coming by invites, and writing to each other directly.

Source: the Discord documentation, "Modify Guild Incident Actions" and "Incidents Data Object".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chatd.model.shapes import Form
from chatd.model.times import iso_or_none

# "Supplied timestamps cannot be more than 24 hours in the future."
UNTIL_MAX = timedelta(hours=24)
NAMES = ("invites_disabled_until", "dms_disabled_until")


@dataclass(slots=True, frozen=True)
class IncidentActions:
    """`values` by name, only what was sent; None ends it."""

    values: dict[str, datetime | None]

    @classmethod
    def parse(cls, body: Any) -> IncidentActions:
        form = Form(body)
        draft = cls({name: form.moment(name, default=None) for name in NAMES if name in form})
        form.finish()
        return draft


def incidents_payload(
    invites_disabled_until: datetime | None, dms_disabled_until: datetime | None
) -> dict[str, Any]:
    return {
        "invites_disabled_until": iso_or_none(invites_disabled_until),
        "dms_disabled_until": iso_or_none(dms_disabled_until),
    }
