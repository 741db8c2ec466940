"""Which photographs are drawn of the invented people, and how each of them looks on that day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random

from clinic_app.domain.cases import CaseDetails, Side
from clinic_app.domain.demo_stories import InventedCase, InventedPatient
from clinic_app.domain.patients import Sex
from clinic_app.domain.treatment import SessionKind
from clinic_app.imaging.sitters import Portrait, PortraitKind
from clinic_app.services.context import ClinicContext

LARGE = (3000, 4000)
USUAL = (1200, 1600)
OLDER = (1050, 1400)
LARGE_PATIENTS = 4
"""The first patients of the cast have their newest pair in twelve megapixels, stored turned as telephones do."""

_WORN_OFF_AFTER = 77
_UNTREATED_AFTER = 8
_TOLD_FROM_THE_START = 13

_KINDS = {
    "F01": PortraitKind.FACE_FRONT,
    "F02": PortraitKind.FACE_EYES_CLOSED,
    "E01": PortraitKind.EYES,
    "N01": PortraitKind.NECK_EYES_CLOSED,
    "N01O": PortraitKind.NECK_FRONT,
    "N05": PortraitKind.NECK_SIDE_LEFT,
    "N06": PortraitKind.NECK_BACK,
    "S01": PortraitKind.SHOULDERS,
    "H01": PortraitKind.HAND_REST,
    "H04": PortraitKind.HAND_WRITING,
    "H07": PortraitKind.HANDWRITING_SPIRAL,
    "H08": PortraitKind.HAND_WRITING,
    "B01": PortraitKind.BODY_FRONT,
}
_ACROSS = frozenset({"E01", "H01", "H04", "H07", "H08"})

_VIEWS = {
    "blepharospasm_bilateral": ("F01", "E01"),
    "blepharospasm_unilateral": ("F01", "E01"),
    "hemifacial_spasm": ("F01", "E01"),
    "meige": ("F01", "F02"),
    "oromandibular": ("F01", "F02"),
    "cervical_dystonia": ("N01", "N06"),
    "cd_torticollis": ("N01", "N01O"),
    "cd_laterocollis": ("N01", "N06"),
    "cd_retrocollis": ("N01", "N05"),
    "cd_anterocollis": ("N01", "N05"),
    "cd_lateral_retro": ("N01", "N05"),
    "shoulder_dystonia": ("S01",),
    "writers_cramp": ("H04", "H07"),
    "musicians_dystonia": ("H08", "H01"),
    "spasmodic_dysphonia": (),
    "anismus": (),
}
_WHOLE_BODY = ("B01",)


@dataclass(frozen=True, slots=True)
class PlannedPicture:
    """One photograph to draw: of the patient at this place of the cast, on a day, in a view."""

    patient: int
    view: str
    at: datetime
    portrait: Portrait
    file_name: str


@dataclass(frozen=True, slots=True)
class _Occasion:
    """A day on which a case was photographed: how severe it was (0 to 1), and how soon it is to be drawn."""

    day: date
    view: str
    severity: float
    rank: int
    size: tuple[int, int]


def planned_pictures(
    context: ClinicContext, people: Sequence[InventedPatient], today: date, seed: int
) -> tuple[PlannedPicture, ...]:
    """Every photograph of a demo clinic filled on ``today``, in the order of drawing.

    First the pairs in twelve megapixels, then the newest pair of everybody from the top of the call list, then the
    rest.
    """
    found: list[tuple[int, int, PlannedPicture]] = []
    for place, person in enumerate(people):
        if not person.pictured:
            continue
        chance = Random(f"photographs {seed} {place}")  # noqa: S311
        number = 0
        for case in person.cases:
            for occasion in _occasions(context, case, person, place, today, chance):
                number += 1
                found.append((occasion.rank, place, _picture(person, case, place, number, occasion, seed, chance)))
    return tuple(picture for _, _, picture in sorted(found, key=lambda item: item[:2]))


def _occasions(
    context: ClinicContext, case: InventedCase, person: InventedPatient, place: int, today: date, chance: Random
) -> Iterator[_Occasion]:
    views = _views_of(case.details)
    given = [session.day for session in case.sessions if session.kind is SessionKind.FULL]
    if not views:
        return
    if not given:
        yield _Occasion(person.known_since + timedelta(days=_UNTREATED_AFTER), views[0], 0.9, 3, USUAL)
        return
    peak = context.peak_day(case.details.condition)
    first, last = context.after_photo(case.details.condition)
    paired = False
    for age, day in enumerate(reversed(given[-2:])):
        following = given[-age] if age else None
        after = day + timedelta(days=10 if place == 0 and not age else peak + chance.randint(-3, 2))
        there = day + timedelta(days=last) < today if following is None else after < following
        large = place < LARGE_PATIENTS and not age
        size = LARGE if large else USUAL if not age else OLDER
        rank = 0 if large else 1 if there and not paired else 3
        severity = chance.uniform(0.8, 1.0)
        yield _Occasion(day, views[0], severity, rank, size)
        if there and after >= day + timedelta(days=first):
            yield _Occasion(after, views[0], severity * chance.uniform(0.08, 0.3), rank, size)
        if there and not paired:
            paired = True
            for view in views[1:]:
                yield _Occasion(day, view, severity, 2, USUAL)
                yield _Occasion(after, view, severity * chance.uniform(0.08, 0.3), 2, USUAL)
        worn = day + timedelta(days=_WORN_OFF_AFTER)
        if not age and worn < today and place < _TOLD_FROM_THE_START:
            yield _Occasion(worn, views[0], severity * chance.uniform(0.5, 0.7), 3, OLDER)
    if len(given) > 2 and place < _TOLD_FROM_THE_START:
        yield _Occasion(given[0], views[0], 1.0, 3, OLDER)


def _picture(
    person: InventedPatient,
    case: InventedCase,
    place: int,
    number: int,
    occasion: _Occasion,
    seed: int,
    chance: Random,
) -> PlannedPicture:
    at = datetime.combine(occasion.day, time(9 + chance.randint(0, 2), chance.randint(0, 59), chance.randint(0, 59)))
    across = occasion.view in _ACROSS
    width, height = occasion.size[::-1] if across else occasion.size
    details = person.details
    portrait = replace(
        posture_of(case.details, occasion.severity),
        kind=_KINDS[occasion.view],
        seed=seed * 1009 + place,
        sex=details.sex.value if details.sex in (Sex.FEMALE, Sex.MALE) else None,
        age=details.birth.years_on(occasion.day),
        jitter=occasion.day.toordinal(),
        width=width,
        height=height,
        taken_text=at.strftime("%Y:%m:%d %H:%M:%S"),
        camera="Demo telephone" if occasion.size == LARGE else "Demo camera",
        orientation=6 if occasion.size == LARGE and not across else 1,
    )
    return PlannedPicture(place, occasion.view, at, portrait, f"DEMO_{place + 1:03}_{number:02}.jpg")


def _views_of(details: CaseDetails) -> tuple[str, ...]:
    if details.condition == "musicians_dystonia" and details.pattern == "embouchure":
        return ("F01",)
    return _VIEWS.get(details.condition, _WHOLE_BODY)


def posture_of(details: CaseDetails, severity: float) -> Portrait:
    """How a condition shows in a portrait, from 0 (nothing to see) to 1 (as bad as it gets); everything else blank."""
    right = -1.0 if details.side is Side.LEFT else 1.0
    shut = max(1 - 0.93 * severity, 0.05)
    match details.condition:
        case "blepharospasm_bilateral":
            return replace(_CALM, lid_aperture_right=shut, lid_aperture_left=min(shut * 1.15, 1.0))
        case "blepharospasm_unilateral":
            return _lids(right, shut, 0.95)
        case "hemifacial_spasm":
            other, pull = (min(shut * 1.5, 1.0), 0.4) if details.side is Side.BILATERAL else (0.97, 0.85)
            return replace(_lids(right, shut, other), mouth_pull=pull * right * severity)
        case "meige":
            return replace(_lids(right, shut, shut), jaw_open=0.55 * severity)
        case "oromandibular":
            return _jaw(details, severity, right)
        case "cervical_dystonia":
            return replace(_CALM, head_turn_deg=16 * severity, head_tilt_deg=9 * severity)
        case "cd_torticollis":
            return replace(_CALM, head_turn_deg=36 * right * severity, head_tilt_deg=-5 * right * severity)
        case "cd_laterocollis":
            return replace(_CALM, head_tilt_deg=25 * right * severity, shoulder_drop=-0.5 * right * severity)
        case "cd_retrocollis":
            return replace(_CALM, retro_deg=26 * severity)
        case "cd_anterocollis":
            return replace(_CALM, retro_deg=-24 * severity)
        case "cd_lateral_retro":
            return replace(_CALM, head_tilt_deg=18 * right * severity, retro_deg=18 * severity)
        case "shoulder_dystonia":
            return replace(_CALM, shoulder_drop=-0.9 * right * severity, head_tilt_deg=6 * right * severity)
        case "writers_cramp" | "musicians_dystonia":
            return replace(_CALM, hand_cramp=severity, mouth_pull=0.4 * severity)
        case "other_non_dystonia" | "dopa_responsive":
            return replace(_CALM, trunk_lean_deg=4 * severity)
        case _:
            lean, tilt = 13 * right * severity, 12 * right * severity
            return replace(_CALM, trunk_lean_deg=lean, head_tilt_deg=tilt, hand_cramp=0.6 * severity)


_CALM = Portrait(PortraitKind.FACE_FRONT, seed=0)


def _lids(right: float, own: float, other: float) -> Portrait:
    first, second = (own, other) if right > 0 else (other, own)
    return replace(_CALM, lid_aperture_right=first, lid_aperture_left=second)


def _jaw(details: CaseDetails, severity: float, right: float) -> Portrait:
    match details.pattern:
        case "jaw_opening":
            return replace(_CALM, jaw_open=0.85 * severity)
        case "jaw_deviation":
            return replace(_CALM, mouth_pull=0.9 * right * severity, jaw_open=0.1 * severity)
        case "lingual" | "mixed":
            return replace(_CALM, jaw_open=0.4 * severity, mouth_pull=0.3 * severity)
        case _:
            return replace(_CALM, mouth_pull=0.35 * severity)
