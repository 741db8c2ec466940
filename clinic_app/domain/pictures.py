"""Photographs: how sure their date is, where they stand between the injections, and which two belong together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum

from clinic_app.domain.calendar import whole_months_between, whole_weeks

BEFORE_DAYS = 28
"""A photograph up to 28 days before an injection is *Before* it (design section 5.4)."""
PAIR_FIRST, PAIR_LAST = 7, 56
DAYS_UNTIL, WEEKS_UNTIL = 20, 181
SESSION_GAP = timedelta(hours=3)
FIRST_PHOTOGRAPH = date(1990, 1, 1)


class Certainty(Enum):
    """Where the date of a photograph comes from."""

    CAMERA = "camera"
    RECEIVED = "received"
    TYPED = "typed"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class TakenAt:
    """When a photograph was taken, as far as known."""

    day: date | None
    clock: time | None
    certainty: Certainty

    @property
    def known(self) -> bool:
        """Whether the day is known well enough to pair by."""
        return self.day is not None and self.certainty is not Certainty.UNSURE


UNSURE = TakenAt(None, None, Certainty.UNSURE)

_EXIF = re.compile(r"^(\d{4})[:\-/](\d{2})[:\-/](\d{2})[ T](\d{2}):(\d{2})(?::(\d{2}))?")
_CAMERA_WORD = r"(?:IMG|VID|MVIMG|PXL|WIN|WP|DSC|PANO|Photo|Screenshot|Capture|signal|received)"
_NOT_INSIDE = r"(?<![0-9A-Za-z+])(?<![0-9][-_ .+])"
_CLOCK = r"([01]\d|2[0-3])([0-5]\d)([0-5]\d)"
_RECEIVED = (
    re.compile(
        rf"(?:{_NOT_INSIDE}|(?<![0-9A-Za-z]){_CAMERA_WORD}[-_ ]?)(20\d\d)(\d\d)(\d\d)"
        rf"(?:(?=[-_ .~()]|$)(?:[-_ ]{_CLOCK}(?:\d{{2,3}})?(?![0-9A-Za-z]))?|{_CLOCK}(?:\d{{2,3}})?(?![0-9A-Za-z]))",
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?:{_NOT_INSIDE}|(?<![0-9A-Za-z]){_CAMERA_WORD}[-_ ]?)(20\d\d)([-_.])(\d\d)\2(\d\d)(?![0-9A-Za-z])"
        rf"(?:[-_ T]{_CLOCK}(?![0-9A-Za-z])"
        r"|(?:\s(?:at|um|a|alle|às|à)\s|[-_ T])(\d{1,2})[-_.:h](\d\d)[-_.:m](\d\d)(?:\s?([AP])M)?(?![0-9A-Za-z]))?",
        re.IGNORECASE,
    ),
)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_PIXEL = re.compile(r"(?<![0-9A-Za-z])PXL_", re.IGNORECASE)


def taken_at(file_name: str, exif: str | None, *, today: date) -> TakenAt:
    """When a file says it was taken: the camera's own date, else a date in its name, else unsure.

    Never the file's own time. Dates in the future, or before 1990 (a camera whose clock was never set), do not count,
    nor do digits inside a longer number or word. The clock in the name of a Pixel photograph is UTC and left out.
    """
    if exif:
        match = _EXIF.match(exif.strip("\x00 "))
        if match:
            day = _real_day(match[1], match[2], match[3], today)
            if day is not None:
                return TakenAt(day, _real_clock(match[4], match[5], match[6]), Certainty.CAMERA)
    return _received(file_name, today) or UNSURE


def _received(file_name: str, today: date) -> TakenAt | None:
    name = _UUID.sub("#", file_name)
    compact, dashed = _RECEIVED
    for match in compact.finditer(name):
        day = _real_day(match[1], match[2], match[3], today)
        if day is not None:
            hour, minute, second = match.group(4, 5, 6) if match[4] else match.group(7, 8, 9)
            return TakenAt(day, _clock_of_name(name, hour, minute, second), Certainty.RECEIVED)
    for match in dashed.finditer(name):
        day = _real_day(match[1], match[3], match[4], today)
        if day is not None:
            hour, minute, second = match.group(5, 6, 7) if match[5] else match.group(8, 9, 10)
            if hour and match[11]:
                hour = str(int(hour) % 12 + (12 if match[11].upper() == "P" else 0))
            return TakenAt(day, _clock_of_name(name, hour, minute, second), Certainty.RECEIVED)
    return None


def _clock_of_name(name: str, hour: str | None, minute: str | None, second: str | None) -> time | None:
    if hour is None or minute is None or _PIXEL.search(name):
        return None
    return _real_clock(hour, minute, second)


def _real_day(year: str, month: str, day: str, today: date) -> date | None:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return found if FIRST_PHOTOGRAPH <= found <= today else None


def _real_clock(hour: str, minute: str, second: str | None) -> time | None:
    try:
        return time(int(hour), int(minute), int(second or 0))
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Picture:
    """A photograph of a patient. ``known_after`` says that one of an injection's own day was taken after it.

    It is shown turned by ``turned`` quarters clockwise; ``width`` and ``height`` are of the turned one.
    """

    id: int
    patient_id: int
    view: str | None
    taken: TakenAt
    width: int
    height: int
    sha256: str
    original: str
    display: str
    preview: str
    thumbnail: str
    file_name: str = ""
    known_after: bool = False
    notes: tuple[str, ...] = ()
    imported_at: datetime | None = None
    version: int = 1
    turned: int = 0


@dataclass(frozen=True, slots=True)
class Injected:
    """One injection of a case, as photographs are placed by it: its day, number, product and dose ("35 U").

    A touch-up that does not restart the window starts no cycle (``starts_cycle`` False, ``number`` that of the
    injection it belongs to): days are counted from it, but no photograph is *Before* it and no pair belongs to it.
    """

    day: date
    number: int
    product: str | None
    units_text: str = ""
    session_id: int = 0
    starts_cycle: bool = True


class PhaseKind(Enum):
    """Where a photograph stands."""

    BEFORE = "before"
    AFTER = "after"
    BEFORE_ANY = "before_any"
    UNSURE = "unsure"


class LabelUnit(Enum):
    """How the time after an injection is said."""

    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"


@dataclass(frozen=True, slots=True)
class Phase:
    """Where a photograph stands between the injections of a case.

    ``days`` are the real days after ``previous`` (before an injection: since the one before it, None where there is
    none). ``amount`` and ``unit`` are what the label says. ``days_before`` are the real days until ``injection`` for a
    photograph taken before it. ``toxin_elsewhere``: botulinum toxin was given elsewhere since ``previous``, or ever
    where there is none, so that the label alone would mislead; ``other_diagnosis``: the same of an injection for
    another diagnosis of the patient.
    """

    kind: PhaseKind
    injection: Injected | None = None
    previous: Injected | None = None
    days: int | None = None
    amount: int = 0
    unit: LabelUnit = LabelUnit.DAYS
    toxin_elsewhere: bool = False
    days_before: int | None = None
    other_diagnosis: bool = False


def time_after(start: date, end: date) -> tuple[int, LabelUnit]:
    """How the time between two days is said: days to day 20, whole weeks to day 181, then whole calendar months."""
    elapsed = (end - start).days
    if elapsed <= DAYS_UNTIL:
        return elapsed, LabelUnit.DAYS
    if elapsed <= WEEKS_UNTIL:
        return whole_weeks(elapsed), LabelUnit.WEEKS
    return whole_months_between(start, end), LabelUnit.MONTHS


def phase_of(
    taken: TakenAt,
    injections: Sequence[Injected],
    *,
    known_after: bool = False,
    elsewhere: Sequence[date] = (),
    others: Sequence[date] = (),
) -> Phase:
    """Where a photograph stands among the injections of a case (oldest first), and how to say it.

    On an injection's day (unless known to be after it) or within 28 days before it: *Before* that injection.
    Otherwise so many days after the previous one; before any injection: *Before any toxin*.
    ``elsewhere`` are the days of toxin given elsewhere that count for the case, ``others`` those of injections for the
    patient's other diagnoses.
    """
    day = taken.day
    if day is None or not taken.known:
        return Phase(PhaseKind.UNSURE)
    previous = max(
        (item for item in injections if item.day < day or (item.day == day and known_after)),
        key=lambda item: item.day,
        default=None,
    )
    following = min(
        (
            item
            for item in injections
            if item.starts_cycle and (item.day > day or (item.day == day and not known_after))
        ),
        key=lambda item: item.day,
        default=None,
    )
    toxin_elsewhere = any(other <= day and (previous is None or other > previous.day) for other in elsewhere)
    other_diagnosis = any(other < day and (previous is None or other > previous.day) for other in others)
    until = (following.day - day).days if following is not None else None
    before = until is not None and until <= BEFORE_DAYS
    if previous is None:
        kind = PhaseKind.BEFORE if before else PhaseKind.BEFORE_ANY
        return Phase(
            kind,
            following,
            toxin_elsewhere=toxin_elsewhere,
            days_before=until,
            other_diagnosis=other_diagnosis,
        )
    since = (day - previous.day).days
    amount, unit = time_after(previous.day, day)
    if before:
        return Phase(
            PhaseKind.BEFORE, following, previous, since, amount, unit, toxin_elsewhere, until, other_diagnosis
        )
    return Phase(PhaseKind.AFTER, previous, previous, since, amount, unit, toxin_elsewhere, None, other_diagnosis)


class PairReason(Enum):
    """Why these two photographs were put side by side."""

    PINNED = "pinned"
    NEAREST_PEAK = "nearest_peak"
    NEWEST_AFTER = "newest_after"
    NO_AFTER = "no_after"
    NO_SESSION = "no_session"


@dataclass(frozen=True, slots=True)
class PicturePair:
    """Two photographs of one view: ``a`` before, ``b`` after; either may be missing."""

    view: str
    a: Picture | None
    b: Picture | None
    injection: Injected | None
    reason: PairReason
    peak_day: int
    a_is_first_ever: bool = False


def right_pair(
    pictures: Iterable[Picture],
    injections: Sequence[Injected],
    view: str,
    *,
    peak_day: int,
    pinned: tuple[int, int] | None = None,
) -> PicturePair:
    """The pair the doctor wants to see first, and why (design section 5.4).

    The cycle is the newest injection that has both sides (an after-photo of 7 to 56 days, and a before-photo), else
    the newest. B is nearest to the peak day (a tie: the later), else the newest after; A is the newest within 28 days
    before, else the first ever before. Photographs with an unsure date are never paired by themselves; a pinned pair
    wins while both are of the view.
    """
    known = {picture.id: picture for picture in pictures}
    first, second = (known.get(id_) for id_ in pinned or (0, 0))
    if first is not None and second is not None and first.view == second.view == view:
        return PicturePair(view, first, second, None, PairReason.PINNED, peak_day)
    dated = _dated(known.values(), view)
    cycles = cycle_pairs(known.values(), injections, view, peak_day=peak_day)
    if not cycles:
        first_ever = dated[0] if dated else None
        newest = dated[-1] if len(dated) > 1 else None
        return PicturePair(view, first_ever, newest, None, PairReason.NO_SESSION, peak_day, first_ever is not None)
    for pair in reversed(cycles):
        if pair.a is not None and pair.reason is PairReason.NEAREST_PEAK:
            return pair
    return cycles[-1]


def cycle_pairs(
    pictures: Iterable[Picture], injections: Sequence[Injected], view: str, *, peak_day: int
) -> tuple[PicturePair, ...]:
    """The pair of every injection that starts a cycle, oldest first, by the rule of ``right_pair``."""
    dated = _dated(pictures, view)
    starts = [item for item in injections if item.starts_cycle]
    return tuple(_pair_of_cycle(dated, starts, index, view, peak_day) for index in range(len(starts)))


def cycle_of(session_id: int, injections: Sequence[Injected]) -> Injected | None:
    """The injection that starts the cycle of one (by its session id; injections oldest first): mostly itself."""
    started = None
    for item in injections:
        started = item if item.starts_cycle else started
        if item.session_id == session_id:
            return started
    return None


def _dated(pictures: Iterable[Picture], view: str) -> list[Picture]:
    """The photographs of a view whose date is sure, oldest first."""
    return sorted(
        (picture for picture in pictures if picture.view == view and picture.taken.known),
        key=lambda picture: (picture.taken.day, picture.taken.clock or time.min, picture.id),
    )


def _pair_of_cycle(
    dated: list[Picture], injections: Sequence[Injected], index: int, view: str, peak_day: int
) -> PicturePair:
    injection = injections[index]
    until = injections[index + 1].day if index + 1 < len(injections) else date.max
    before = [p for p in dated if _day(p) < injection.day or (_day(p) == injection.day and not p.known_after)]
    after = [
        p
        for p in dated
        if (injection.day < _day(p) < until or (_day(p) == injection.day and p.known_after and injection.day < until))
    ]
    recent = [p for p in before if (injection.day - _day(p)).days <= BEFORE_DAYS]
    a = recent[-1] if recent else (before[0] if before else None)
    at_peak = [p for p in after if PAIR_FIRST <= (_day(p) - injection.day).days <= PAIR_LAST]
    first_ever = not recent and a is not None
    if at_peak:
        b = min(reversed(at_peak), key=lambda p: abs((_day(p) - injection.day).days - peak_day))
        return PicturePair(view, a, b, injection, PairReason.NEAREST_PEAK, peak_day, first_ever)
    if after:
        return PicturePair(view, a, after[-1], injection, PairReason.NEWEST_AFTER, peak_day, first_ever)
    return PicturePair(view, a, None, injection, PairReason.NO_AFTER, peak_day, first_ever)


def _day(picture: Picture) -> date:
    day = picture.taken.day
    if day is None:
        raise ValueError("a photograph without a date cannot be placed")
    return day


def picture_sessions(taken: Sequence[TakenAt]) -> list[list[int]]:
    """Sort photographs of one import into sittings: indices grouped by day and by gaps of more than three hours.

    Photographs of a day without a clock go to the first sitting of that day. Those whose date is unsure form one
    group of their own, last.
    """
    by_day: dict[date, list[int]] = {}
    for index, item in enumerate(taken):
        if item.day is not None and item.known:
            by_day.setdefault(item.day, []).append(index)
    groups: list[list[int]] = []
    for day in sorted(by_day):
        previous: datetime | None = None
        groups.append([])
        for index in sorted(by_day[day], key=lambda index: (taken[index].clock or time.min, index)):
            clock = taken[index].clock
            if clock is not None:
                moment = datetime.combine(day, clock)
                if previous is not None and moment - previous > SESSION_GAP:
                    groups.append([])
                previous = moment
            groups[-1].append(index)
    unsure = [index for index, item in enumerate(taken) if not item.known]
    return [*groups, unsure] if unsure else groups


@dataclass(frozen=True, slots=True)
class PictureEntry:
    """One photograph in a list, with where it stands among the injections of a case (None: no case is there)."""

    picture: Picture
    phase: Phase
    session_id: int | None = None
    case_id: int | None = None
