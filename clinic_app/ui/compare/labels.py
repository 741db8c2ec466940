"""What stands on a photograph: how long after which injection, and its day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from clinic_app.domain.pictures import Certainty, LabelUnit, Phase, PhaseKind, PictureEntry, TakenAt
from clinic_app.wording.calendar import days_words, weeks_words
from clinic_app.wording.dates import day as day_words
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.pictures import exact_words, phase_label, phase_spelled, told_words


@dataclass(frozen=True, slots=True)
class Caption:
    """What a label plate says; ``short`` and ``day`` head a group of the filmstrip.

    ``exact``: the exact days, whole and then ever shorter; ``told``: what was injected meanwhile that they do not
    count. ``diagnosis`` is the one whose injections are meant, blank where the patient has only that one.
    ``spelled`` is the title in full, for where there is room.
    """

    title: str = ""
    short: str = ""
    day: str = ""
    exact: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    unsure: bool = False
    diagnosis: str = ""
    spelled: str = ""

    @property
    def second(self) -> str:
        """The day and all that is known of how it lies to the injections."""
        return " · ".join(part for part in (self.day, *self.exact[:1], *self.told) if part)

    @property
    def words(self) -> str:
        """All of it in one line."""
        return ", ".join(part for part in (self.spelled or self.title, self.second, self.diagnosis) if part)


def caption_of(entry: PictureEntry, products: Mapping[str, str], diagnosis: str = "") -> Caption:
    """The label of a photograph; ``products`` are product names by code.

    On screen: "10 days after Botox" over "21 Nov 2025 · 10 days after injection 4 (11 Nov 2025, 35 U)".
    """
    phase = entry.phase
    title, _ = phase_label(phase, product_name(phase, products))
    day = day_of(entry.picture.taken)
    unsure = phase.kind is PhaseKind.UNSURE
    if unsure and day:
        day = translate("perhaps {day}").format(day=day)
    exact, told = exact_words(phase), told_words(phase)
    return Caption(title, _short(phase, title), day, exact, told, unsure, diagnosis, phase_spelled(phase))


def day_of(taken: TakenAt) -> str:
    """The day of a photograph, and that it is the day it was received where the camera does not say."""
    if taken.day is None:
        return ""
    words = day_words(taken.day)
    return translate("received {day}").format(day=words) if taken.certainty is Certainty.RECEIVED else words


def product_name(phase: Phase, products: Mapping[str, str]) -> str:
    """The name of the product of the injection a photograph is placed by, blank where nobody knows it."""
    code = phase.injection.product if phase.injection is not None else None
    return products.get(code, code) if code else ""


def _short(phase: Phase, title: str) -> str:
    match phase.kind:
        case PhaseKind.AFTER if phase.unit is LabelUnit.DAYS:
            return days_words(phase.amount) if phase.amount else translate("Same day, after")
        case PhaseKind.AFTER if phase.unit is LabelUnit.WEEKS:
            return weeks_words(phase.amount)
        case PhaseKind.AFTER:
            return translate_many("{count} month", "{count} months", phase.amount)
        case PhaseKind.BEFORE if phase.previous is not None and phase.injection is not None:
            return translate("Before")
        case _:
            return title
