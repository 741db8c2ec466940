"""What is read of a case to compare its photographs, with the words for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clinic_app.domain.case_page import PairAnswer
from clinic_app.domain.cases import Case
from clinic_app.domain.catalogues import Catalogues
from clinic_app.domain.lens import Extent
from clinic_app.domain.marks import Mark
from clinic_app.domain.measurements import irises_of
from clinic_app.domain.measuring import Line
from clinic_app.domain.pictures import PhaseKind, PictureEntry, cycle_of
from clinic_app.ui.compare.labels import Caption, caption_of
from clinic_app.wording.cases import condition_lines
from clinic_app.wording.dates import day as day_words
from clinic_app.wording.language import translate, translate_many

if TYPE_CHECKING:
    from clinic_app.services import Services


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another diagnosis of the patient by name, and its views as (code, name)."""

    case_id: int
    diagnosis: str
    views: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of a case to compare its photographs, with the names of everything."""

    answer: PairAnswer
    diagnosis: str
    views: Mapping[str, str]
    products: Mapping[str, str]
    captions: Mapping[int, Caption]
    elsewhere: tuple[Elsewhere, ...] = ()

    @property
    def view(self) -> str:
        """The view that is compared."""
        return self.answer.pair.view

    @property
    def automatic(self) -> tuple[int | None, int | None]:
        """The pair the rule gives, or the pinned one."""
        pair = self.answer.pair
        return (pair.a.id if pair.a else None, pair.b.id if pair.b else None)

    def pair_of(self, session_id: int) -> tuple[int | None, int | None] | None:
        """The pair of the cycle of an injection; None where it is none of the case."""
        cycle = cycle_of(session_id, self.answer.injections)
        pair = next((one for one in self.answer.cycles if one.injection == cycle), None)
        return None if pair is None else (pair.a.id if pair.a else None, pair.b.id if pair.b else None)

    def entry(self, picture_id: int | None) -> PictureEntry | None:
        """A photograph with its phase."""
        return next((one for one in self.answer.pictures if one.picture.id == picture_id), None)

    def size(self, picture_id: int) -> Extent | None:
        """The size of a photograph in pixels; None where it is not there any more."""
        entry = self.entry(picture_id)
        return Extent(entry.picture.width, entry.picture.height) if entry is not None else None

    @property
    def irises(self) -> dict[int, tuple[Line, float]]:
        """The measured irises by photograph: limbus to limbus in picture units, and millimetres."""
        return irises_of(self.answer.measured)

    def turned(self, picture_id: int) -> int:
        """By how many quarters a photograph is turned."""
        entry = self.entry(picture_id)
        return entry.picture.turned if entry is not None else 0

    def marks_on(self, picture_id: int) -> tuple[Mark, ...]:
        """What is drawn on a photograph."""
        return tuple(mark for mark in self.answer.marks if mark.picture_id == picture_id)

    def of_view(self) -> list[int]:
        """The photographs of the view, oldest first."""
        return [one.picture.id for one in self.answer.pictures if one.picture.view == self.view]

    def without_view(self, letter: str) -> list[PictureEntry]:
        """The photographs nobody gave a view that A or B might be among: of the same side of the same injection."""
        injection = self.answer.pair.injection
        sides = (PhaseKind.AFTER,) if letter == "B" else (PhaseKind.BEFORE, PhaseKind.BEFORE_ANY)
        untagged = [one for one in self.answer.pictures if one.picture.view is None]
        if injection is None:
            return untagged
        return [one for one in untagged if one.phase.kind in sides and one.phase.injection == injection]


def read_pair(services: Services, case_id: int, view: str | None, session_id: int | None = None) -> Reading:
    """Read the pair of a case and the words for it, of a view around an injection where no view is said.

    Raises ``NotFound``, ``StorageUnavailable``.
    """
    answer = services.pictures.pair(case_id, view, session_id)
    catalogues = services.catalogues
    products = {code: product.brand or product.generic for code, product in catalogues.products.items()}
    views = {code: one.name for code, one in catalogues.views.items()}
    others = [one.case for one in answer.others]
    whole = {one.id: case_words(one, catalogues) for one in (answer.case, *others)}
    short = {one.id: _lines(one, catalogues)[0] for one in (answer.case, *others)}
    alike = Counter(short.values())
    named = {id_: whole[id_] if alike[words] > 1 else words for id_, words in short.items()} if others else {}
    captions = {
        entry.picture.id: caption_of(entry, products, named.get(entry.case_id or 0, "")) for entry in answer.pictures
    }
    elsewhere = tuple(
        Elsewhere(one.case.id, whole[one.case.id], tuple((code, views.get(code, code)) for code in one.views))
        for one in answer.others
    )
    return Reading(answer, whole[answer.case.id], views, products, captions, elsewhere)


def missing_words(reading: Reading, letter: str, *, alone: bool) -> str:
    """What an empty pane says; ``alone``: the other one holds a photograph."""
    words = _not_there(reading, letter, alone=alone)
    untagged = reading.without_view(letter)
    if not untagged:
        return words
    days = sorted({day for one in untagged if (day := one.picture.taken.day) is not None})
    many = translate_many("{count} photo has no view yet", "{count} photos have no view yet", len(untagged))
    if days:
        said = day_words(days[0]) if len(days) == 1 else f"{day_words(days[0])} – {day_words(days[-1])}"
        many = translate("{photos} ({day})").format(photos=many, day=said)
    return translate("{missing} {photos}.").format(missing=words, photos=many)


def _not_there(reading: Reading, letter: str, *, alone: bool) -> str:
    injection = reading.answer.pair.injection
    if letter == "B" and injection is not None:
        return translate("No photo of this view after injection {number} ({day}) yet.").format(
            number=injection.number, day=day_words(injection.day)
        )
    if letter == "A" and injection is not None:
        return translate("No photo of this view before injection {number} ({day}).").format(
            number=injection.number, day=day_words(injection.day)
        )
    if alone:
        return translate("There is only one photo of this view.")
    return translate("No photo of this view with a sure date.")


def case_words(case: Case, catalogues: Catalogues) -> str:
    """A diagnosis on one line."""
    return ", ".join(part for part in _lines(case, catalogues) if part)


def _lines(case: Case, catalogues: Catalogues) -> tuple[str, str]:
    """The name of a diagnosis, and its detail, pattern and side."""
    details = case.details
    condition = catalogues.conditions.get(details.condition)
    if condition is None:
        return details.condition, ""
    return condition_lines(condition, details.side, details.pattern)
