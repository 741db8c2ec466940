"""What belongs to comparing photographs: how they are turned and aligned, and what the viewer remembers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from clinic_app.domain.alignment import Alignment, AlignmentMethod, PointPair, Similarity
from clinic_app.domain.comparison import CompareState, FramedAlignment
from clinic_app.storage.records.comparison import AlignmentRecord, CompareStateRecord
from clinic_app.storage.records.pictures import PictureTurnRecord
from clinic_app.storage.row_watch import remove_rows


class ComparisonRows:
    """Turns, alignments and states of one unit of work."""

    def __init__(self, session: Session, user: str, now: datetime) -> None:
        self._session = session
        self._user = user
        self._now = now

    def alignments(self, case_id: int, view: str) -> dict[int, FramedAlignment]:
        """The aligned photographs of a view of a case, by picture id."""
        rows = self._session.scalars(
            select(AlignmentRecord).where(AlignmentRecord.case_id == case_id, AlignmentRecord.view == view)
        )
        return {row.picture_id: _alignment_of(row) for row in rows}

    def set_alignment(self, case_id: int, view: str, picture_id: int, placed: FramedAlignment | None) -> None:
        """Align a photograph, or take its alignment away."""
        row = self._session.get(AlignmentRecord, (case_id, view, picture_id))
        if placed is None:
            if row is not None:
                self._session.delete(row)
        else:
            if row is None:
                row = AlignmentRecord(case_id=case_id, view=view, picture_id=picture_id)
                self._session.add(row)
            found, by = placed.alignment, placed.alignment.similarity
            row.frame, row.source, row.facts = placed.frame, found.method.value, _facts_of(found)
            row.scale, row.turn, row.x, row.y = by.scale, by.rotation, by.dx, by.dy
            row.written_by, row.written_at = self._user, self._now
        self._session.flush()

    def drop_alignments(self, picture_id: int) -> None:
        """A photograph is turned or somebody else's: it lies in no frame any more."""
        remove_rows(self._session, select(AlignmentRecord).where(AlignmentRecord.picture_id == picture_id))

    def state(self, case_id: int) -> CompareState:
        """What the viewer remembers of a case."""
        row = self._session.get(CompareStateRecord, case_id)
        return CompareState.of(row.content) if row is not None else CompareState()

    def set_state(self, case_id: int, state: CompareState) -> None:
        """Remember how a case was compared."""
        self._row(case_id).content = state.content
        self._session.flush()

    def peak_day(self, case_id: int) -> int | None:
        """The day of the strongest effect the doctor chose for a case; None where the condition's holds."""
        row = self._session.get(CompareStateRecord, case_id)
        return row.peak_day if row is not None else None

    def set_peak_day(self, case_id: int, day: int | None) -> None:
        """Choose the day of the strongest effect, or let the condition's hold again."""
        self._row(case_id).peak_day = day
        self._session.flush()

    def set_turn(self, picture_id: int, quarters: int) -> None:
        """Show a photograph turned by so many quarters clockwise (0 to 3)."""
        row = self._session.get(PictureTurnRecord, picture_id)
        if quarters == 0:
            if row is not None:
                self._session.delete(row)
        elif row is None:
            self._session.add(
                PictureTurnRecord(picture_id=picture_id, quarters=quarters, written_by=self._user, written_at=self._now)
            )
        else:
            row.quarters, row.written_by, row.written_at = quarters, self._user, self._now
        self._session.flush()

    def _row(self, case_id: int) -> CompareStateRecord:
        row = self._session.get(CompareStateRecord, case_id)
        if row is None:
            row = CompareStateRecord(case_id=case_id, peak_day=None, content={})
            self._session.add(row)
        row.written_by, row.written_at = self._user, self._now
        return row


def _facts_of(alignment: Alignment) -> dict[str, object]:
    return {
        "rms": alignment.rms,
        "sureness": alignment.sureness,
        "points": [[*pair.picture, *pair.frame] for pair in alignment.points],
        **({} if alignment.head_turned is None else {"head_turned": alignment.head_turned}),
    }


def _alignment_of(row: AlignmentRecord) -> FramedAlignment:
    pairs = tuple(PointPair((one[0], one[1]), (one[2], one[3])) for one in row.facts.get("points", ()))
    placed = Similarity(row.scale, row.turn, row.x, row.y)
    rms, sureness, turned = (row.facts.get(name) for name in ("rms", "sureness", "head_turned"))
    return FramedAlignment(row.frame, Alignment(placed, AlignmentMethod(row.source), rms, sureness, pairs, turned))
