"""What belongs to comparing photographs: how they are turned and aligned, and what the viewer remembers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from clinic_app.domain.alignment import IDENTITY, Alignment, AlignmentMethod, PointPair, Similarity
from clinic_app.domain.comparison import CompareState, FramedAlignment
from clinic_app.storage.records.cases import CaseRecord
from clinic_app.storage.records.comparison import AlignmentRecord, CompareStateRecord
from clinic_app.storage.records.pictures import PictureRecord, PictureTurnRecord
from clinic_app.storage.row_watch import remove_rows


class ComparisonRows:
    """Turns, alignments and states of one unit of work."""

    def __init__(self, session: Session, user: str, now: datetime) -> None:
        self._session = session
        self._user = user
        self._now = now

    def alignments(self, case_id: int, view: str) -> dict[int, FramedAlignment]:
        """The aligned photographs of a view of a case, by picture id, as they are turned now.

        What was aligned while a photograph, or the one of its frame, was turned otherwise is there again once they are
        turned back.
        """
        rows = self._session.scalars(
            select(AlignmentRecord)
            .join(PictureRecord, PictureRecord.id == AlignmentRecord.picture_id)
            .where(AlignmentRecord.case_id == case_id, AlignmentRecord.view == view, PictureRecord.view == view)
        ).all()
        if not rows:
            return {}
        quarters = self._quarters(case_id, {id_ for row in rows for id_ in _concerned(row)})
        found: dict[int, FramedAlignment] = {}
        for row in rows:
            valid = next((one for one in _kept(row) if _holds(one, row.picture_id, quarters)), None)
            if valid is not None:
                found[row.picture_id] = _alignment_of(valid, row.picture_id)
        return found

    def set_alignment(self, case_id: int, view: str, picture_id: int, placed: FramedAlignment | None) -> None:
        """Align a photograph as it is turned now, or take that alignment away."""
        row = self._session.get(AlignmentRecord, (case_id, view, picture_id))
        concerned = {picture_id, *(_concerned(row) if row is not None else ())} | ({placed.frame} if placed else set())
        quarters = self._quarters(case_id, concerned)
        kept = [one for one in _kept(row) if not _holds(one, picture_id, quarters)] if row is not None else []
        if placed is not None:
            beneath = quarters.get(placed.frame)
            turned = self._turned_when_left(case_id, view, placed.frame) if beneath is None else beneath
            made = [quarters.get(picture_id, 0), turned]
            kept.insert(0, _content_of(placed, made))
        if not kept:
            if row is not None:
                self._session.delete(row)
            self._session.flush()
            return
        if row is None:
            row = AlignmentRecord(case_id=case_id, view=view, picture_id=picture_id)
            self._session.add(row)
        for name in _PLACE:
            setattr(row, name, kept[0][name])
        row.facts = kept[0]["facts"] | ({OTHERWISE: kept[1:]} if kept[1:] else {})
        row.written_by, row.written_at = self._user, self._now
        self._session.flush()

    def _quarters(self, case_id: int, picture_ids: set[int]) -> dict[int, int]:
        """How photographs are turned now, those that are there; one of another patient is not."""
        owner = select(CaseRecord.patient_id).where(CaseRecord.id == case_id).scalar_subquery()
        rows = self._session.execute(
            select(PictureRecord.id, PictureTurnRecord.quarters)
            .outerjoin(PictureTurnRecord, PictureTurnRecord.picture_id == PictureRecord.id)
            .where(PictureRecord.id.in_(picture_ids), PictureRecord.patient_id == owner)
        )
        return {id_: quarters or 0 for id_, quarters in rows}

    def _turned_when_left(self, case_id: int, view: str, frame: int) -> int:
        """How the photograph of a frame was turned when it went, as what else lies in the frame tells."""
        rows = self._session.scalars(
            select(AlignmentRecord).where(AlignmentRecord.case_id == case_id, AlignmentRecord.view == view)
        )
        known = [one["facts"].get(MADE) for row in rows for one in _kept(row) if one["frame"] == frame]
        return next((int(made[1]) for made in known if made is not None), 0)

    def leave_frames(self, picture_id: int) -> None:
        """A photograph is about to be turned: alignments that do not say how it was turned go."""
        rows = self._session.scalars(
            select(AlignmentRecord).where(
                (AlignmentRecord.picture_id == picture_id) | (AlignmentRecord.frame == picture_id)
            )
        ).all()
        ids = [(row.case_id, row.view, row.picture_id) for row in rows if MADE not in row.facts]
        if ids:
            key = tuple_(AlignmentRecord.case_id, AlignmentRecord.view, AlignmentRecord.picture_id)
            remove_rows(self._session, select(AlignmentRecord).where(key.in_(ids)))

    def state(self, case_id: int) -> CompareState:
        """What the viewer remembers of a case; no pair with a photograph that is another patient's now."""
        row = self._session.get(CompareStateRecord, case_id)
        if row is None:
            return CompareState()
        state = CompareState.of(row.content)
        if not state.pictures:
            return state
        owner = select(CaseRecord.patient_id).where(CaseRecord.id == case_id).scalar_subquery()
        strange = select(PictureRecord.id).where(
            PictureRecord.id.in_(state.pictures), PictureRecord.patient_id != owner
        )
        return state.without(frozenset(self._session.scalars(strange)))

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


_Content = dict[str, Any]
_PLACE = ("frame", "source", "scale", "turn", "x", "y")
MADE = "quarters"
"""In the facts: by how many quarters the photograph and the one of its frame were turned when it was aligned."""
OTHERWISE = "otherwise"
"""In the facts: how the photograph lay while these were turned otherwise."""


def _content_of(placed: FramedAlignment, made: list[int]) -> _Content:
    found, by = placed.alignment, placed.alignment.similarity
    place = (placed.frame, found.method.value, by.scale, by.rotation, by.dx, by.dy)
    return {**dict(zip(_PLACE, place, strict=True)), "facts": {**_facts_of(found), MADE: made}}


def _kept(row: AlignmentRecord) -> list[_Content]:
    """Every alignment a row holds, one for each way its photographs were turned."""
    facts = {name: value for name, value in row.facts.items() if name != OTHERWISE}
    return [{**{name: getattr(row, name) for name in _PLACE}, "facts": facts}, *row.facts.get(OTHERWISE, ())]


def _concerned(row: AlignmentRecord) -> set[int]:
    """The photographs whose turns matter to a row."""
    return {row.picture_id, *(one["frame"] for one in _kept(row))}


def _holds(content: _Content, picture_id: int, quarters: Mapping[int, int]) -> bool:
    """Whether photographs are turned as they were when this was aligned; a frame whose photograph is gone holds."""
    made = content["facts"].get(MADE)
    if made is None:
        return True
    now = [quarters.get(picture_id, 0), quarters.get(content["frame"], made[1])]
    return bool(now == made)


def _alignment_of(content: _Content, picture_id: int) -> FramedAlignment:
    """What was kept of a photograph; older programs kept a reference as one by points, without points."""
    facts = content["facts"]
    pairs = tuple(PointPair((one[0], one[1]), (one[2], one[3])) for one in facts.get("points", ()))
    placed = Similarity(*(content[name] for name in ("scale", "turn", "x", "y")))
    rms, sureness, turned = (facts.get(name) for name in ("rms", "sureness", "head_turned"))
    method = AlignmentMethod(content["source"])
    begins = content["frame"] == picture_id and placed == IDENTITY
    if begins and method is AlignmentMethod.POINTS and not pairs:
        method = AlignmentMethod.REFERENCE
    return FramedAlignment(content["frame"], Alignment(placed, method, rms, sureness, pairs, turned))
