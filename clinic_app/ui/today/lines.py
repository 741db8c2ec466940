"""What the rows of Today say, made once and painted often."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING

from clinic_app.domain.schedule import Appointment, AppointmentStatus, DueEntry, Flag, FollowUpStatus
from clinic_app.domain.schedule_filter import CallListFilter
from clinic_app.domain.today import CallBackDue, PhotoWanted, SinceOpened, TodayPage, Visitor
from clinic_app.ui.schedule.lines import Chip, diagnosis_lines, line_of
from clinic_app.ui.schedule.week_board import LOOKS
from clinic_app.ui.theme import Tone
from clinic_app.wording.calendar import short_day, short_weekday_day
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.patients import person_line
from clinic_app.wording.schedule import booking_words, drug_words, place_words

if TYPE_CHECKING:
    from clinic_app.domain.catalogues import Catalogues
    from clinic_app.services import Services


class Part(Enum):
    """The parts of Today, in their order."""

    VISITORS = "visitors"
    CALL_BACKS = "call_backs"
    OPEN_BOOKINGS = "open_bookings"
    MISSED = "missed"
    OVERDUE = "overdue"
    DUE = "due"
    PHOTOS = "photos"

    @property
    def of_bookings(self) -> bool:
        """Whether its rows are bookings."""
        return self in (Part.VISITORS, Part.OPEN_BOOKINGS, Part.MISSED)


LIST_OF_PART: Mapping[Part, FollowUpStatus | CallListFilter] = MappingProxyType(
    {
        Part.OVERDUE: FollowUpStatus.OVERDUE,
        Part.DUE: FollowUpStatus.DUE,
        Part.CALL_BACKS: CallListFilter(call_back=True),
        Part.MISSED: CallListFilter(flag=Flag.MISSED),
        Part.PHOTOS: CallListFilter(flag=Flag.AFTER_PHOTO),
    }
)
"""Parts of which the call list shows everybody: of a status, or narrowed."""
_SOLID = frozenset({AppointmentStatus.ARRIVED, AppointmentStatus.IN_ROOM})


@dataclass(frozen=True, slots=True)
class TodayRow:
    """One row: its part, whom a key on it means, and its words."""

    part: Part
    patient_id: int
    case_id: int
    place: str
    chip: Chip
    name: str
    person: str
    diagnosis: tuple[str, str]
    said: tuple[str, str]
    appointment: Appointment | None = None
    offers_call: bool = False

    @property
    def key(self) -> tuple[Part, int, int]:
        """What it is of, to be found again after it was read anew."""
        return self.part, self.case_id, self.appointment.id if self.appointment is not None else 0

    @property
    def sentence(self) -> str:
        """What a screen reader says."""
        parts = (self.place, self.name, self.chip.words, *self.diagnosis, *self.said)
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class TodayGroup:
    """A part with its rows; ``count`` counts all, also those that only the call list shows."""

    part: Part
    title: str
    count: int
    rows: tuple[TodayRow, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything on the screen. ``urgent``: who is still to come or to be called back; ``anything``: as of the page;
    ``diagnoses``: of all patients, whatever their status.
    """

    groups: tuple[TodayGroup, ...] = ()
    since: str = ""
    urgent: int = 0
    anything: bool = False
    visits: tuple[int, int] = (0, 0)
    calls: tuple[int, int] = (0, 0)
    overdue: int = 0
    due: int = 0
    diagnoses: int = 0


def read_today(services: Services) -> Shown:
    """Read everything but the photographs wanted."""
    page = services.today_page.page()
    booked = (*page.visitors, *page.open_bookings, *page.missed)
    cases = tuple(dict.fromkeys(one.case_id for one in booked if one.case_id))
    entries = {entry.case_id: entry for entry in services.schedule.entries(cases)}
    return shown_of(page, entries, services.catalogues)


def read_photos(services: Services) -> TodayGroup:
    """Read whose photographs are wanted."""
    count, rows = services.today_page.photos()
    today, catalogues = services.today(), services.catalogues
    return TodayGroup(
        Part.PHOTOS,
        translate("After-photos wanted"),
        count,
        tuple(_photo_row(wanted, entry, catalogues, today) for wanted, entry in rows),
    )


def shown_of(page: TodayPage, entries: dict[int, DueEntry], catalogues: Catalogues) -> Shown:
    """The words of what was read."""
    today = page.today

    def days_of(part: Part) -> tuple[date, ...]:
        return (page.missed_on,) if part is Part.MISSED and page.missed_on is not None else ()

    def bookings(part: Part, found: Iterable[Visitor]) -> tuple[TodayRow, ...]:
        rows = tuple(found)
        apart = part is not Part.VISITORS and len({*days_of(part), *(one.appointment.day for one in rows)}) > 1
        return tuple(
            _booking_row(part, one, entries.get(one.case_id), catalogues, today, says_day=apart) for one in rows
        )

    clock = page.now.time().replace(tzinfo=None)
    calls = tuple(_call_row(due, entry, catalogues, today, clock) for due, entry in page.call_backs)
    missed = ""
    if page.missed_on is not None:
        days = {page.missed_on, *(one.appointment.day for one in page.missed)}
        said = translate("Did not come since {day}") if len(days) > 1 else translate("Did not come on {day}")
        missed = said.format(day=short_weekday_day(page.missed_on, today))
    overdue, due = (page.counts.get(status, 0) for status in (FollowUpStatus.OVERDUE, FollowUpStatus.DUE))
    groups = (
        TodayGroup(Part.VISITORS, translate("Visits today"), page.visit_count, bookings(Part.VISITORS, page.visitors)),
        TodayGroup(Part.CALL_BACKS, translate("Call back"), page.call_back_count, calls),
        TodayGroup(
            Part.OPEN_BOOKINGS,
            translate("Earlier visits: did they come?"),
            page.open_count,
            bookings(Part.OPEN_BOOKINGS, page.open_bookings),
        ),
        TodayGroup(Part.MISSED, missed, page.missed_count, bookings(Part.MISSED, page.missed)),
        TodayGroup(
            Part.OVERDUE,
            translate("Overdue"),
            overdue,
            tuple(_due_row(Part.OVERDUE, entry, catalogues, today) for entry in page.overdue),
        ),
        TodayGroup(
            Part.DUE, translate("Due"), due, tuple(_due_row(Part.DUE, entry, catalogues, today) for entry in page.due)
        ),
    )
    return Shown(
        tuple(group for group in groups if group.count),
        since_words(page.since, today) if page.since is not None else "",
        page.waiting + page.call_back_count,
        page.anything,
        (page.visit_count, page.arrived),
        (page.call_back_count, page.call_backs_earlier),
        overdue,
        due,
        sum(page.counts.values()),
    )


def since_words(since: SinceOpened, today: date) -> str:
    """``Since Mon 16 Mar: 5 became overdue · 2 call-backs came due``; nothing where nothing happened."""
    parts = [
        translate_many("{count} became overdue", "{count} became overdue", since.became_overdue),
        translate_many("{count} call-back came due", "{count} call-backs came due", since.call_backs),
        translate_many("{count} did not come", "{count} did not come", since.no_shows),
        translate_many("{count} booking was cancelled", "{count} bookings were cancelled", since.cancelled),
    ]
    counts = (since.became_overdue, since.call_backs, since.no_shows, since.cancelled)
    said = " · ".join(part for part, count in zip(parts, counts, strict=True) if count)
    if not said:
        return ""
    return translate("Since you worked here last, {day}: {said}").format(
        day=short_weekday_day(since.since, today), said=said
    )


def _booking_row(
    part: Part,
    visitor: Visitor,
    entry: DueEntry | None,
    catalogues: Catalogues,
    today: date,
    *,
    says_day: bool,
) -> TodayRow:
    booking = visitor.appointment
    tone, icon = LOOKS[booking.status]
    words = booking_words(booking.status)
    if booking.status is AppointmentStatus.ARRIVED and booking.arrived_at is not None:
        words = translate("Arrived {time}").format(time=f"{booking.arrived_at:%H:%M}")
    place = place_words(booking)
    if part is Part.OPEN_BOOKINGS or says_day:
        place = short_day(booking.day, today)
    diagnosis = _diagnosis(entry, catalogues)
    more = len(booking.case_ids) - 1
    if more > 0:
        added = translate_many("and {count} more", "and {count} more", more)
        diagnosis = (diagnosis[0], ", ".join(one for one in (diagnosis[1], added) if one))
    note = " · ".join(one for one in (booking.reason, booking.note) if one)
    offers_call = part is Part.MISSED and entry is not None and entry.may_be_called and entry.answer.offers_call
    return TodayRow(
        part,
        booking.patient_id,
        visitor.case_id,
        place,
        Chip(Tone(tone), words, icon, booking.status in _SOLID),
        visitor.name,
        visitor.person or visitor.mrn,
        diagnosis,
        (drug_words(booking.drug), note),
        booking,
        offers_call,
    )


def _call_row(due: CallBackDue, entry: DueEntry, catalogues: Catalogues, today: date, clock: time) -> TodayRow:
    line = line_of(entry, catalogues, today)
    place = f"{due.at:%H:%M}" if due.at is not None and due.day == today else ""
    if due.day == today:
        words = translate("Today {time}").format(time=place) if place else translate("Today")
        chip = Chip(Tone.CONTACTING, words, "phone-outgoing", due.at is not None and due.at <= clock)
    elif due.day > today:
        words = translate("For {day}").format(day=short_weekday_day(due.day, today))
        chip = Chip(Tone.CONTACTING, words, "phone-outgoing", False)
    else:
        words = translate("Since {day}").format(day=short_day(due.day, today))
        chip = Chip(Tone.CONTACTING, words, "phone-outgoing", True)
    person = person_line(entry.mrn, entry.birth, entry.sex, today)
    return TodayRow(
        Part.CALL_BACKS,
        entry.patient_id,
        entry.case_id,
        place,
        chip,
        entry.name,
        person,
        line.diagnosis,
        line.call,
        None,
        line.offers_call,
    )


def _due_row(part: Part, entry: DueEntry, catalogues: Catalogues, today: date) -> TodayRow:
    line = line_of(entry, catalogues, today)
    return TodayRow(
        part,
        entry.patient_id,
        entry.case_id,
        "",
        line.chip,
        line.name,
        line.person,
        line.diagnosis,
        line.call,
        None,
        line.offers_call,
    )


def _photo_row(wanted: PhotoWanted, entry: DueEntry, catalogues: Catalogues, today: date) -> TodayRow:
    until = translate("Until {day}").format(day=short_day(wanted.last, today))
    given = translate("injected {day}").format(day=short_day(wanted.given_on, today))
    return TodayRow(
        Part.PHOTOS,
        entry.patient_id,
        entry.case_id,
        "",
        Chip(Tone.TREATED, until, "camera", False),
        entry.name,
        person_line(entry.mrn, entry.birth, entry.sex, today),
        _diagnosis(entry, catalogues),
        (translate("After-photo wanted"), given),
    )


def _diagnosis(entry: DueEntry | None, catalogues: Catalogues) -> tuple[str, str]:
    if entry is None or not entry.condition:
        return "", ""
    return diagnosis_lines(catalogues, entry.condition, entry.side, entry.pattern)
