"""What the schedule puts on paper: its kinds, the sheets they lie on, and pages as values in words.

``wording`` fills the words, ``paper`` breaks them into pages and draws them. Lengths are in millimetres.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, time
from enum import Enum
from typing import Protocol

from clinic_app.domain.calls import QrMatrix
from clinic_app.domain.patients import Patient, Phone
from clinic_app.domain.schedule import Appointment, ContactAttempt, DueEntry, FollowUp, FollowUpStatus
from clinic_app.domain.schedule_filter import CallListFilter
from clinic_app.domain.units import Units

CALLS_A_PAGE = 25
"""Rows of the call list on one page (ux.md 3.6)."""
MOST_LINES = 2000
"""More rows than these are not printed at once: 80 pages."""
TO_CALL = (FollowUpStatus.OVERDUE, FollowUpStatus.DUE, FollowUpStatus.COMING)
"""Whom a call list holds where nobody chose a status."""
BLANK_CALLS, BLANK_BOOKINGS, BLANK_INJECTIONS = 8, 8, 8
"""Empty rows, at least, for whoever was not foreseen, on the sheet for a day without power."""


class PaperSize(Enum):
    """A sheet: its name, width and height upright."""

    A4 = ("A4", 210.0, 297.0)
    LETTER = ("Letter", 215.9, 279.4)
    A6 = ("A6", 105.0, 148.0)

    @property
    def words(self) -> str:
        """What the sheet is called everywhere."""
        return self.value[0]

    @property
    def width(self) -> float:
        """Width upright."""
        return self.value[1]

    @property
    def height(self) -> float:
        """Height upright."""
        return self.value[2]


class PaperKind(Enum):
    """What is printed. The value is what the audit calls it."""

    CALL_LIST = "call_list"
    DAY_LIST = "day_list"
    DAY_PLAN = "day_plan"
    SLIP = "appointment_slip"
    NEXT_VISIT = "next_visit_slip"
    LETTER = "letter"
    LABELS = "labels"
    POWER_CUT = "power_cut_sheet"
    HANDOVER = "handover_note"


class CellStyle(Enum):
    """How a column of a list is drawn: plain words, a name, large figures, boxes to tick, or room to write."""

    PLAIN = "plain"
    NAME = "name"
    LARGE = "large"
    BOXES = "boxes"
    ROOM = "room"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list. ``share``: its part of the width, against the other columns'.

    ``boxes``: the letters beside the boxes of every row.
    """

    heading: str
    share: float
    style: CellStyle = CellStyle.PLAIN
    boxes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One row: for each column its lines of words. ``heading``: a line over all columns instead."""

    cells: tuple[tuple[str, ...], ...] = ()
    heading: str = ""
    spoken: str = ""
    """Remarks under the row, over its whole width: warnings."""


@dataclass(frozen=True, slots=True)
class ListPart:
    """A list with its heading, on as many pages as it takes. ``a_page``: rows on each, all of one height; 0: as high
    as their words, and as many as go on a page. ``wide``: the sheet lies on its side.
    """

    title: str
    about: tuple[str, ...]
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    legend: str = ""
    empty: str = ""
    a_page: int = 0
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Slip:
    """A small sheet for the patient: heading, what is set large (a day), and lines under it. ``code``: a QR code."""

    clinic: str
    heading: str
    person: str
    over_day: str
    day: str
    month: str
    under_day: tuple[str, ...]
    lines: tuple[str, ...]
    foot: str = ""
    code: QrMatrix = ()


@dataclass(frozen=True, slots=True)
class SlipPart:
    """Slips: each on a sheet of A6, or four on one sheet to cut."""

    slips: tuple[Slip, ...]
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter on a page of its own."""

    sender: tuple[str, ...]
    to: tuple[str, ...]
    day: str
    subject: str
    paragraphs: tuple[str, ...]
    closing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LetterPart:
    """Letters."""

    letters: tuple[Letter, ...]


@dataclass(frozen=True, slots=True)
class LabelSheet:
    """A sheet of labels as it is sold: ``left`` and ``top`` of the first one, and how far each is from the next."""

    code: str
    name: str
    size: PaperSize
    across: int
    down: int
    width: float
    height: float
    left: float
    top: float
    step_x: float
    step_y: float

    def __post_init__(self) -> None:
        right = self.left + (self.across - 1) * self.step_x + self.width
        bottom = self.top + (self.down - 1) * self.step_y + self.height
        if self.across < 1 or self.down < 1 or right > self.size.width + 0.1 or bottom > self.size.height + 0.1:
            raise ValueError(f"the labels of {self.code} do not lie on their sheet")

    @property
    def labels(self) -> int:
        """How many labels one sheet has."""
        return self.across * self.down


@dataclass(frozen=True, slots=True)
class LabelPart:
    """Labels, each with its lines. ``used``: how many of the first sheet are gone already."""

    labels: tuple[tuple[str, ...], ...]
    sheet: LabelSheet
    used: int = 0


Part = ListPart | SlipPart | LetterPart | LabelPart


@dataclass(frozen=True, slots=True)
class PrintedPaper:
    """Everything that is printed at once. ``stem`` names a file of it; ``patient_ids`` are all who stand on it."""

    kind: PaperKind
    title: str
    size: PaperSize
    parts: tuple[Part, ...]
    foot: str
    patient_ids: tuple[int, ...]
    stem: str
    left_out: tuple[str, ...] = ()
    """Why somebody who was asked for is not on it, a sentence each."""
    notes: tuple[str, ...] = ()
    """What else has to be known before it is printed, a sentence each."""


class PageWriter(Protocol):
    """Draws papers. ``device`` is one of Qt's paged devices: a printer, a preview, a file."""

    def pages(self, paper: PrintedPaper) -> int:
        """How many pages it takes."""
        ...

    def missing_letters(self, paper: PrintedPaper) -> str:
        """The letters on it no font of this computer has; they would be printed as boxes."""
        ...

    def draw(self, paper: PrintedPaper, device: object) -> None:
        """Draw all pages on a device."""
        ...

    def pdf(self, paper: PrintedPaper) -> bytes:
        """All pages as a PDF file, with nothing in it but what is seen."""
        ...

    def image(self, paper: PrintedPaper, page: int, dpi: float) -> object:
        """One page (the first is 1) as a picture of Qt."""
        ...


@dataclass(frozen=True, slots=True)
class CallRow:
    """A row of a call list on paper. ``number``: what it is called when it is typed back (``paper_number``)."""

    number: str
    entry: DueEntry
    village: str = ""


@dataclass(frozen=True, slots=True)
class LastDose:
    """The last injection of a case: product and units, and the day; ``elsewhere``: not given here."""

    day: date
    units: Units
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class DayCase:
    """A case on a day list: its place in the schedule, and its last dose."""

    entry: DueEntry
    last: LastDose | None
    earliest: date | None = None
    """The first day an injection may be given, by all toxin before the day of the list."""


@dataclass(frozen=True, slots=True)
class DayVisit:
    """A booking on a day list, with everything whoever injects has to know. ``cases``: none for a closed record."""

    appointment: Appointment
    patient: Patient
    cases: tuple[DayCase, ...]
    number: str = ""


@dataclass(frozen=True, slots=True)
class SlipFacts:
    """A booking as its slip says it."""

    patient: Patient
    day: date
    token: int
    at: time | None


@dataclass(frozen=True, slots=True)
class NextVisit:
    """When a patient should come again, of all cases of a visit: no day before the latest of their earliest days."""

    patient: Patient
    earliest: date | None
    opens: date
    closes: date
    come_on: date | None = None


def next_visit_of(patient: Patient, answers: Sequence[FollowUp]) -> NextVisit | None:
    """One window for all cases injected together: where they overlap, else that of the first to open; None without any.

    A *come on* date is said where it is the same for all that have one, and not too early.
    """
    windows = [one.window for one in answers if one.window.opens is not None and one.window.closes is not None]
    if not windows:
        return None
    opens = [one.opens for one in windows if one.opens is not None]
    closes = [one.closes for one in windows if one.closes is not None]
    first, last = max(opens), min(closes)
    if last < first:
        chosen = min(windows, key=lambda one: one.opens or date.max)
        first, last = chosen.opens or first, chosen.closes or last
    earliest = max((one.earliest for one in windows if one.earliest is not None), default=None)
    said = {one.come_on for one in windows if one.come_on is not None and not one.come_on_too_early}
    come_on = said.pop() if len(said) == 1 else None
    if come_on is not None and earliest is not None and come_on < earliest:
        come_on = None
    return NextVisit(patient, earliest, first, last, come_on)


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What the next person has to know: calls of a day with whose they were, and what is left to do."""

    day: date
    called: tuple[tuple[DueEntry, ContactAttempt], ...]
    call_again: tuple[DueEntry, ...]
    ask_doctor: tuple[DueEntry, ...]
    missed: tuple[DueEntry, ...]
    without_drug: tuple[DueEntry, ...]
    not_called: int
    """Overdue and due cases nobody called on that day."""


@dataclass(frozen=True, slots=True)
class Addressed:
    """A patient a letter or a label is for, and why no letter goes to them: a code, blank where one may."""

    patient: Patient
    phone: Phone | None
    window: FollowUp | None = None
    barred: str = ""


@dataclass(frozen=True, slots=True)
class PaperRequest:
    """Which paper is wanted, and of what.

    The call list is that of ``case_ids``, or of ``statuses`` narrowed by ``narrow``; ``filters`` says so in words.
    ``day``: of a day list or a plan of a day; None for the next Botox day. ``cut``: four slips on one sheet.
    """

    kind: PaperKind
    size: PaperSize
    day: date | None = None
    private: bool = False
    case_ids: tuple[int, ...] = ()
    statuses: tuple[FollowUpStatus, ...] = TO_CALL
    narrow: CallListFilter = field(default_factory=CallListFilter)
    filters: tuple[str, ...] = ()
    patient_ids: tuple[int, ...] = ()
    appointment_ids: tuple[int, ...] = ()
    cut: bool = False
    label_sheet: str = ""
    labels_used: int = 0


def paper_number(patient: Patient, case_id: int, case_ids: Sequence[int]) -> str:
    """What a row is called when it is typed back: the clinic's own number, ``-2`` for a patient's second diagnosis.

    It is the same on every list and on every day, so a sheet printed last week still says whom it means.
    """
    place = sorted(case_ids).index(case_id)
    return str(patient.number) if place == 0 else f"{patient.number}-{place + 1}"


def stem_of(kind: PaperKind, day: date, part: str = "") -> str:
    """A name for a file that says what it is and of which day, and nobody's name: ``call-list-2026-03-19``."""
    safe = re.sub(r"[^A-Za-z0-9]+", "-", part).strip("-")[:40]
    return "-".join(word for word in (kind.value.replace("_", "-"), safe, day.isoformat()) if word)
