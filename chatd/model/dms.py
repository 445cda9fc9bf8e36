"""Direct messages: what a client sends to open one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chatd.model.shapes import Form


@dataclass(slots=True, frozen=True)
class DirectMessageDraft:
    recipient_id: int

    @classmethod
    def parse(cls, body: Any) -> DirectMessageDraft:
        form = Form(body)
        draft = cls(form.snowflake("recipient_id"))
        form.finish()
        return draft
