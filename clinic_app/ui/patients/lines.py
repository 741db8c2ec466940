"""What the case page says of a case: chips, flags, diagnoses, sites."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from clinic_app.domain.case_page import CaseSummary
from clinic_app.domain.cases import Case
from clinic_app.domain.schedule import Attempt, Flag, FollowUp, FollowUpStatus
from clinic_app.domain.treatment import InjectionSite, SiteSide
from clinic_app.domain.units import plain
from clinic_app.ui.theme import Tone
from clinic_app.ui.widgets import Interval
from clinic_app.wording.cases import condition_lines
from clinic_app.wording.language import translate

if TYPE_CHECKING:
    from clinic_app.domain.catalogues import Catalogues

SOLID_FROM_DAYS = 7

TONES = {
    FollowUpStatus.OVERDUE: Tone.OVERDUE,
    FollowUpStatus.DUE: Tone.DUE,
    FollowUpStatus.COMING: Tone.NOT_DUE,
    FollowUpStatus.BOOKED: Tone.BOOKED,
    FollowUpStatus.ON_HOLD: Tone.STOPPED,
    FollowUpStatus.NOT_STARTED: Tone.NOT_DUE,
    FollowUpStatus.NOT_DUE: Tone.NOT_DUE,
    FollowUpStatus.STOPPED: Tone.STOPPED,
}
STATUS_ICONS = {
    FollowUpStatus.COMING: "calendar-clock",
    FollowUpStatus.NOT_STARTED: "syringe",
    FollowUpStatus.STOPPED: "phone-off",
}
FLAG_LOOKS = {
    Flag.MISSED: ("user-x", Tone.NO_SHOW),
    Flag.ASK_DOCTOR: ("stethoscope", Tone.CONTACTING),
    Flag.DRUG_MISSING: ("package-x", Tone.DUE),
    Flag.TOO_EARLY: ("calendar-x", Tone.OVERDUE),
    Flag.LATE: ("calendar-clock", Tone.OVERDUE),
    Flag.NOT_FINALISED: ("file-pen-line", Tone.DUE),
    Flag.AFTER_PHOTO: ("camera", Tone.BOOKED),
    Flag.NOT_SEEN: ("user-search", Tone.NOT_DUE),
}
CALL_ICONS = {
    Attempt.NO_ANSWER: "phone-missed",
    Attempt.SWITCHED_OFF: "phone-off",
    Attempt.TOLD_FAMILY: "phone-forwarded",
    Attempt.WILL_COME: "phone-outgoing",
    Attempt.BOOKED: "calendar-check",
}
PRODUCT_INKS = {
    "ona": "accent",
    "abo": "contacting.mark",
    "inco": "due.mark",
    "rima": "no_show.mark",
    "daxi": "treated.mark",
    "prabo": "booked.mark",
    "leti": "overdue.mark",
}
"""One colour for each product; the product's name stands beside it wherever it is used."""


def product_ink(product: str | None) -> str:
    """The token of a product's colour."""
    return PRODUCT_INKS.get(product or "", "text3")


def call_icon(outcome: Attempt) -> str:
    """The drawing of what came of a call."""
    return "phone-incoming" if outcome.incoming else CALL_ICONS.get(outcome, "phone-off")


def solid(answer: FollowUp) -> bool:
    """Whether the chip of a status is solid."""
    return answer.status is FollowUpStatus.OVERDUE and answer.days_overdue >= SOLID_FROM_DAYS


def diagnosis_lines(catalogues: Catalogues, case: Case) -> tuple[str, str]:
    """The two lines of a diagnosis; the code itself where the catalogue does not know it."""
    known = catalogues.conditions.get(case.condition)
    details = case.details
    return (case.condition, "") if known is None else condition_lines(known, details.side, details.pattern)


def diagnosis_words(catalogues: Catalogues, case: Case) -> str:
    """A diagnosis on one line."""
    return ", ".join(part for part in diagnosis_lines(catalogues, case) if part)


def interval_of(summary: CaseSummary, on: date) -> tuple[Interval, float]:
    """The bar from the last injection to somewhat after the window, and how many days it spans."""
    window = summary.answer.window
    if window.last is None or window.closes is None or window.opens is None:
        return Interval(), 0.0
    start = window.last.day
    end = max(window.closes, on)
    span = max((end - start).days, 1) * 1.06
    return (
        Interval(
            (window.opens - start).days / span,
            (window.closes - start).days / span,
            (on - start).days / span,
            f"{TONES[summary.answer.status].value}.mark",
            start_dot=True,
        ),
        span,
    )


_SITE_SIDES = {SiteSide.RIGHT: "right", SiteSide.LEFT: "left", SiteSide.MIDLINE: "midline"}


def site_side_words(side: SiteSide) -> str:
    """``right``."""
    return translate(_SITE_SIDES[side])


def sites_line(sites: Iterable[InjectionSite], catalogues: Catalogues) -> str:
    """The sites muscle by muscle: ``Corrugator R 5 L 5 · Procerus 2.5``."""
    letters = {SiteSide.RIGHT: translate("R"), SiteSide.LEFT: translate("L"), SiteSide.MIDLINE: ""}
    by_muscle: dict[str, list[str]] = {}
    for site in sites:
        said = " ".join(part for part in (letters[site.side], plain(site.units)) if part)
        by_muscle.setdefault(site.muscle, []).append(said)
    parts = []
    for muscle, doses in by_muscle.items():
        known = catalogues.muscles.get(muscle)
        parts.append(f"{known.name if known else muscle} {' '.join(doses)}")
    return " · ".join(parts)
