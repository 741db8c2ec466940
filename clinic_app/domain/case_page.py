"""What the case page and the inspector show of one patient, read in one go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from clinic_app.domain.cases import Case, PlanLevel, ReinjectionPlan
from clinic_app.domain.comparison import CompareState, FramedAlignment
from clinic_app.domain.doses import RollingSum
from clinic_app.domain.errors import ClinicError
from clinic_app.domain.marks import Mark
from clinic_app.domain.measurements import Measurement
from clinic_app.domain.patients import Patient
from clinic_app.domain.pictures import Injected, Picture, PictureEntry, PicturePair
from clinic_app.domain.schedule import Appointment, BotoxDay, ContactAttempt, FollowUp
from clinic_app.domain.suggestion import SuggestedDay
from clinic_app.domain.treatment import ExternalToxin, InjectionSession, Visit


@dataclass(frozen=True, slots=True)
class CaseSummary:
    """One case with its place in the schedule, its plan, its injections (oldest first) and its pinned pairs by view."""

    case: Case
    answer: FollowUp
    plan: ReinjectionPlan
    plan_level: PlanLevel
    injections: tuple[Injected, ...]
    last_session: InjectionSession | None
    pins: Mapping[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CasePage:
    """A patient with everything that happened, newest first."""

    patient: Patient
    today: date
    cases: tuple[CaseSummary, ...]
    visits: tuple[Visit, ...]
    external: tuple[ExternalToxin, ...]
    calls: tuple[ContactAttempt, ...]
    appointments: tuple[Appointment, ...]
    pictures: tuple[PictureEntry, ...]


@dataclass(frozen=True, slots=True)
class Inspector:
    """What the panel beside a list shows of the case selected there.

    ``days`` are the Botox days offered, best first; ``botox_400`` says when the 400 U rule leaves room for the last
    dose again, None when the case never had Botox. ``without_view``: photographs nobody sorted yet.
    """

    patient: Patient
    summary: CaseSummary
    other_cases: tuple[CaseSummary, ...]
    calls: tuple[ContactAttempt, ...]
    days: tuple[SuggestedDay, ...]
    botox_400: RollingSum | None
    pair: PicturePair | None
    without_view: int = 0


@dataclass(frozen=True, slots=True)
class OtherDiagnosis:
    """A diagnosis of the patient beside the compared one, and the views with photographs that are compared there."""

    case: Case
    views: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PairAnswer:
    """The pair to compare, and everything the viewer's filmstrip and labels need.

    ``pictures`` are all of the patient's, oldest first, with their phase for this case, those of a view that only
    another diagnosis wants with their phase for that one; ``views`` are the codes that have photographs and are
    compared under this case, in the order of the condition's set, then others. ``others`` are the patient's other
    diagnoses, the next one first. ``cycles`` are the pairs of every injection in
    the view of ``pair``, ``alignments`` its aligned photographs by id. ``usual_peak_day`` is the condition's,
    ``peak_day`` the doctor's choice. ``state`` is what the viewer remembered; ``may_write``: whether whoever looks may
    align, measure, mark, pin and turn. ``measured``: everything measured for the case; ``marks``: everything drawn on
    any of ``pictures``; ``pins``: every pair pinned for the case, by view.
    """

    patient: Patient
    case: Case
    pair: PicturePair
    pictures: tuple[PictureEntry, ...]
    injections: tuple[Injected, ...]
    views: tuple[str, ...]
    cycles: tuple[PicturePair, ...] = ()
    alignments: Mapping[int, FramedAlignment] = field(default_factory=dict)
    state: CompareState = field(default_factory=CompareState)
    usual_peak_day: int = 0
    peak_day: int | None = None
    may_write: bool = True
    measured: tuple[Measurement, ...] = ()
    others: tuple[OtherDiagnosis, ...] = ()
    marks: tuple[Mark, ...] = ()
    pins: Mapping[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DayEntry:
    """One booking on a day of the week board."""

    appointment: Appointment
    mrn: str
    name: str


@dataclass(frozen=True, slots=True)
class DayBoard:
    """One day of the week board."""

    day: BotoxDay
    entries: tuple[DayEntry, ...]


@dataclass(frozen=True, slots=True)
class PictureImport:
    """What came of one file of a picture import: ``imported``, ``duplicate`` or ``refused``.

    A refused file carries its error, of which ``wording`` makes the sentence; ``reason`` is the error's code.
    ``kept_for`` is the number of another patient who has the same photograph already, "" where nobody has: it may have
    been given to the wrong patient, here or there.
    """

    path: str
    result: str
    reason: str
    picture: Picture | None = None
    sha256: str = ""
    error: ClinicError | None = None
    kept_for: str = ""


@dataclass(frozen=True, slots=True)
class PictureImportReport:
    """What came of a picture import.

    ``deletable`` are the source files whose copies here were read back and found whole. ``others`` are the files of the
    folders that do not end like a photograph the program reads: each ending (lower case with its dot, "" for none) with
    how many, most first.
    """

    files: tuple[PictureImport, ...]
    sessions: tuple[tuple[int, ...], ...]
    deletable: tuple[str, ...]
    cancelled: bool = False
    others: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Undone:
    """An inverse command that was carried out."""

    code: str
    at: datetime
