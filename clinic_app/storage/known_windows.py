"""The windows of all cases as they were known, in the database: kept with every write, and asked as of any day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    case,
    delete,
    func,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session

from clinic_app.domain.known_windows import KnownWindow
from clinic_app.domain.schedule import COMING_DAYS, FollowUpStatus
from clinic_app.storage.call_list import LIVE
from clinic_app.storage.patients import chunks
from clinic_app.storage.records import Record
from clinic_app.storage.records.cases import HoldRecord, StopRecord
from clinic_app.storage.records.schedule import AppointmentCaseRecord, AppointmentRecord, KnownWindowRecord

TABLE = KnownWindowRecord.__tablename__
NUMBERS = Table(
    TABLE,
    MetaData(),
    *(Column(name, Integer) for name in ("until", "case_id", "since", "come_on_rank", "opens", "closes")),
    Column("mrn", String),
)
"""The same table, its days as the numbers they are kept as: there are very many."""
_NAMES = tuple(column.name for column in NUMBERS.columns)
_KEY = itemgetter(0, 1)
HELD = 100_000
"""So many rows are taken up before they are written: some 20 MB, sorted in one short step."""
WRITTEN = 2_000
"""So many rows are written in one step."""
Row = dict[str, Any]
Numbers = tuple[Any, ...]
"""A window as it is kept: until, since, rank, opens, closes, number of the patient."""
Rule = tuple[FollowUpStatus, ColumnElement[bool]]


class KnownWindowRows:
    """What was known of every case on any day. Sessions after it are ignored, as are holds and stops; bookings stand
    as stored.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._moved: list[Numbers] = []
        self._gone: list[int] = []
        self._added: list[Numbers] = []

    def none(self) -> bool:
        """Whether none are kept yet: an older version of the program wrote this database."""
        return self._session.scalar(select(KnownWindowRecord.case_id).limit(1)) is None

    def of_cases(self, case_ids: Sequence[int]) -> dict[int, tuple[KnownWindow, ...]]:
        """What is kept of these cases, by day."""
        return {
            id_: tuple(
                KnownWindow(
                    date.fromordinal(since),
                    date.fromordinal(until),
                    None if opens is None else date.fromordinal(opens),
                    None if closes is None else date.fromordinal(closes),
                    rank == 0,
                )
                for until, since, rank, opens, closes, _ in kept
            )
            for id_, kept in self._kept(case_ids).items()
        }

    def keep(self, windows: Mapping[int, tuple[str, Sequence[KnownWindow]]]) -> None:
        """Keep these of each case, with the number of its patient, and no others; what is alike is not written."""
        self.take(windows)
        for _ in self.write():
            pass

    def take(self, windows: Mapping[int, tuple[str, Sequence[KnownWindow]]], *, none_kept: bool = False) -> bool:
        """Take up what ``write`` is to keep of these cases; True when it is time to write.

        Where windows begin and end on the days they did, only what moved is written, in place: removing rows and
        adding others takes ten times as long. ``none_kept``: nothing is kept of these cases.
        """
        kept = {} if none_kept else self._kept(tuple(windows))
        for id_, (mrn, known) in windows.items():
            wanted, before = [_numbers(mrn, one) for one in known], kept.get(id_, [])
            if wanted == before:
                continue
            if [_place(one) for one in wanted] == [_place(one) for one in before]:
                pairs = zip(wanted, before, strict=True)
                self._moved += [(new[0], id_, *new[2:5]) for new, old in pairs if new != old]
                continue
            if before:
                self._gone.append(id_)
            self._added += [(new[0], id_, *new[1:]) for new in wanted]
        return len(self._moved) + len(self._added) >= HELD

    def write(self) -> Iterator[None]:
        """Write what was taken up, in the order of the rows, some at a time.

        The rows of a case lie far apart: in this order each page of the file is changed, and sealed, once.
        """
        from clinic_app.storage.bulk import BulkLoad

        bulk = BulkLoad(self._session)
        self._moved.sort(key=_KEY)
        for part in chunks(self._moved, WRITTEN):
            bulk.update(NUMBERS, ("until", "case_id"), ("come_on_rank", "opens", "closes"), part)
            yield
        table = Record.metadata.tables[TABLE]
        for ids in chunks(self._gone):
            self._session.connection().execute(delete(table).where(table.c.case_id.in_(ids)))
            yield
        self._added.sort(key=_KEY)
        for part in chunks(self._added, WRITTEN):
            bulk.insert(NUMBERS, [dict(zip(_NAMES, row, strict=True)) for row in part])
            yield
        self._moved, self._gone, self._added = [], [], []

    def _kept(self, case_ids: Sequence[int]) -> dict[int, list[Numbers]]:
        """What is kept of these cases, by day."""
        columns = NUMBERS.columns
        wanted = (columns[name] for name in ("case_id", "until", "since", "come_on_rank", "opens", "closes", "mrn"))
        statement = select(*wanted)
        found: dict[int, list[Numbers]] = {}
        for part in chunks(case_ids):
            for row in self._session.execute(statement.where(columns.case_id.in_(part))):
                found.setdefault(row[0], []).append(tuple(row[1:]))
        for rows in found.values():
            rows.sort()
        return found

    def counts(self, on: date) -> dict[FollowUpStatus, int]:
        """How many cases are in each status on a day.

        Eight sums over one walk, as in the call list of today; the offset keeps SQLite from working the status of a
        row out eight times.
        """
        ruled = select(case(*((holds, status.value) for status, holds in _rules(on))).label("status"))
        walked = ruled.where(*_known_on(on)).offset(0).subquery()
        counts = [func.count().filter(walked.c.status == one.value) for one in FollowUpStatus]
        return dict(zip(FollowUpStatus, self._session.execute(select(*counts).select_from(walked)).one(), strict=True))

    def case_ids(self, status: FollowUpStatus, on: date, offset: int, limit: int) -> list[int]:
        """One page of a status on a day, in the order of urgency."""
        earlier: list[ColumnElement[bool]] = []
        for one, holds in _rules(on):
            if one is status:
                break
            earlier.append(not_(holds))
        statement = (
            select(KnownWindowRecord.case_id)
            .where(*_known_on(on), holds, *reversed(earlier))
            .order_by(
                KnownWindowRecord.come_on_rank, *_order(status, on), KnownWindowRecord.mrn, KnownWindowRecord.case_id
            )
        )
        return list(self._session.scalars(statement.offset(offset).limit(limit)))


def row_of(case_id: int, mrn: str, window: KnownWindow) -> Row:
    """The row that keeps a window of a case whose patient has this number."""
    return {
        "until": window.until,
        "case_id": case_id,
        "since": window.since,
        "come_on_rank": 0 if window.come_on else 1,
        "opens": window.opens,
        "closes": window.closes,
        "mrn": mrn,
    }


def _numbers(mrn: str, window: KnownWindow) -> Numbers:
    since, until, opens, closes, come_on = window
    return (
        until.toordinal(),
        since.toordinal(),
        0 if come_on else 1,
        None if opens is None else opens.toordinal(),
        None if closes is None else closes.toordinal(),
        mrn,
    )


def _place(kept: Numbers) -> Numbers:
    """Which row it is, and what of it does not follow from the rule."""
    return kept[0], kept[1], kept[5]


def _known_on(on: date) -> tuple[ColumnElement[bool], ...]:
    return KnownWindowRecord.until > on, KnownWindowRecord.since <= on


def _rules(on: date) -> tuple[Rule, ...]:
    """The rule of ``status_of`` over what was known on a day: the first that holds wins."""
    window = KnownWindowRecord
    return (
        (FollowUpStatus.STOPPED, window.case_id.in_(_stopped(on))),
        (FollowUpStatus.ON_HOLD, window.case_id.in_(_held(on))),
        (FollowUpStatus.BOOKED, window.case_id.in_(_booked(on))),
        (FollowUpStatus.NOT_STARTED, window.opens.is_(None)),
        (FollowUpStatus.OVERDUE, window.closes < on),
        (FollowUpStatus.DUE, window.opens <= on),
        (FollowUpStatus.COMING, window.opens <= on + timedelta(days=COMING_DAYS)),
        (FollowUpStatus.NOT_DUE, true()),
    )


def _stopped(on: date) -> Select[int]:
    """The cases with a stop in force; ``Stop.holds_on`` says the same."""
    not_ended = or_(StopRecord.ended_on.is_(None), StopRecord.ended_on > on)
    return select(StopRecord.case_id).where(StopRecord.since <= on, not_ended)


def _held(on: date) -> Select[int]:
    """The cases with a hold in force; ``Hold.holds_on`` says the same."""
    not_ended = or_(HoldRecord.ended_on.is_(None), HoldRecord.ended_on > on)
    return select(HoldRecord.case_id).where(HoldRecord.since <= on, HoldRecord.until >= on, not_ended)


def _booked(on: date) -> Select[int]:
    """The cases with a live booking on the day or after it."""
    return (
        select(AppointmentCaseRecord.case_id)
        .join(AppointmentRecord, AppointmentRecord.id == AppointmentCaseRecord.appointment_id)
        .where(*_live_from(on))
    )


def _live_from(on: date) -> tuple[ColumnElement[bool], ...]:
    return (
        AppointmentRecord.status.in_(LIVE),
        AppointmentRecord.taken_back_at.is_(None),
        AppointmentRecord.day >= on,
    )


def _order(status: FollowUpStatus, on: date) -> tuple[ColumnElement[Any], ...]:
    if status in (FollowUpStatus.OVERDUE, FollowUpStatus.DUE):
        return (KnownWindowRecord.closes.expression,)
    if status is FollowUpStatus.COMING:
        return (KnownWindowRecord.opens.expression,)
    if status is FollowUpStatus.BOOKED:
        following = (
            select(func.min(AppointmentRecord.day))
            .join(AppointmentCaseRecord, AppointmentCaseRecord.appointment_id == AppointmentRecord.id)
            .where(AppointmentCaseRecord.case_id == KnownWindowRecord.case_id, *_live_from(on))
            .correlate(KnownWindowRecord)
            .scalar_subquery()
        )
        return (following,)
    return ()
