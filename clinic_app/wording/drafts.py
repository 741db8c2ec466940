"""Words for what was typed and not saved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from clinic_app.domain.drafts import DraftKind
from clinic_app.wording.dates import moment_seen_from
from clinic_app.wording.language import translate, translate_many


def draft_words(kind: DraftKind, name: str, at: datetime, today: date) -> str:
    """``Injection of Asha Verma, typed at 14:03``; the day is said where it was not today."""
    said = {
        DraftKind.PATIENT: translate("Facts of {name}") if name else translate("A new patient"),
        DraftKind.CASE: translate("Diagnosis of {name}"),
        DraftKind.VISIT: translate("Visit of {name}"),
        DraftKind.CALL: translate("Call about {name}"),
        DraftKind.BOOKING: translate("Booking of {name}"),
    }[kind].format(name=name)
    return translate("{what}, typed {when}").format(what=said, when=moment_seen_from(at, today))


def unsaved_words(drafts: Sequence[str]) -> str:
    """What the strip says at the start, and where somebody comes back."""
    if len(drafts) == 1:
        return translate("Typed and not saved: {draft}. It was kept.").format(draft=drafts[0])
    return translate_many(
        "{count} thing was typed and not saved: {drafts}. It was kept.",
        "{count} things were typed and not saved: {drafts}. They were kept.",
        len(drafts),
        drafts="; ".join(drafts[:3]) + ("…" if len(drafts) > 3 else ""),
    )
