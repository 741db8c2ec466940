"""How photographs lie: by points, nudged, refined or found; each step can be taken back, no photograph changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from time import monotonic_ns
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from clinic_app.domain.alignment import (
    IDENTITY,
    LEAST_POINTS,
    Alignment,
    AlignmentMethod,
    FacePoints,
    Landmark,
    Point,
    PointPair,
    Registered,
    Similarity,
    alignment_of_points,
    anchor_of,
    between,
    head_turn_differs,
    may_replace,
)
from clinic_app.domain.comparison import FramedAlignment
from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.lens import Extent
from clinic_app.ui.compare.photo import longer
from clinic_app.wording.alignment import automatic_words, landmark_words, points_doubt, points_words, refined_words
from clinic_app.wording.language import translate
from clinic_app.wording.sentences import sentence_of

if TYPE_CHECKING:
    from clinic_app.ui.compare.photo import Photo
    from clinic_app.ui.tasks import Tasks

SAVE_AFTER = 400
"""Milliseconds after the last step until it is written; what is left meanwhile is written at once."""

_FACE = (Landmark.INNER_CORNER_RIGHT, Landmark.INNER_CORNER_LEFT, Landmark.NASAL_BASE)

Placed = dict[int, FramedAlignment | None]


class _Step(QUndoCommand):
    """One step: how photographs lay before and lie after it. Steps of one kind in a row become one."""

    def __init__(
        self, owner: Aligner, before: Placed, after: Placed, words: str, kind: int = -1, found: str = ""
    ) -> None:
        super().__init__(words)
        self._owner, self._before, self.after, self._kind, self.found = owner, before, after, kind, found
        self._again = False
        self.at = monotonic_ns()
        self.reading = owner.readings

    def id(self) -> int:
        """Steps of one kind may become one."""
        return self._kind

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Two nudges of one photograph are one step, unless something else was written between them."""
        if not isinstance(other, _Step) or other.reading != self.reading or not other.after.keys() <= self.after.keys():
            return False
        self.after = {**self.after, **other.after}
        self.at = other.at
        return True

    def undo(self) -> None:
        """As before."""
        self._owner.place(self._before, back=True)
        self._again = True

    def redo(self) -> None:
        """As after."""
        self._owner.place(self.after, back=self._again)


NUDGED, TURNED = 1, 2


@dataclass(slots=True)
class Picking:
    """Points that are being set: by letter, in picture units, in the order they were set."""

    points: dict[str, list[Point]] = field(default_factory=lambda: {"A": [], "B": []})
    last: str = "A"
    rms: float | None = None
    doubt: str = ""
    """Why points that say something can hardly be right."""
    trouble: str = ""
    turned: bool | None = None
    why: str = ""
    """Why points are needed, until the next one is set."""

    @property
    def pairs(self) -> int:
        """How many points both photographs have."""
        return min(map(len, self.points.values()))

    @property
    def wanted(self) -> str:
        """Where the next point is expected: two in A, two in B, then one each in turn."""
        a, b = (len(self.points[letter]) for letter in "AB")
        if a < LEAST_POINTS:
            return "A"
        return "B" if b < a else "A"


@dataclass(frozen=True, slots=True)
class Rough:
    """What is refined: how ``moved`` lies on ``onto`` (picture ids) by its points, and where those are in ``onto``."""

    moved: int
    onto: int
    similarity: Similarity
    points: tuple[Point, ...]


class Aligner(QObject):
    """How the photographs of one view of a case lie in its frame. ``moved``: somewhere else; ``told``: other words."""

    moved = Signal()
    told = Signal()
    failed = Signal(object)

    def __init__(self, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._case_id = 0
        self._view = ""
        self._placed: dict[int, FramedAlignment] = {}
        self._shown: dict[int, FramedAlignment] = {}
        self._unsaved: set[int] = set()
        self._back = False
        self.readings = 0
        """How often alignments were read anew: steps before and after that are never one."""
        self._pair: tuple[Photo, Photo] | None = None
        self.picking: Picking | None = None
        self.stack = QUndoStack(self)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(SAVE_AFTER)
        self._later.timeout.connect(self.save)

    # --- what is aligned --------------------------------------------------------------------------------------
    def open(self, case_id: int, view: str, placed: Mapping[int, FramedAlignment]) -> None:
        """The alignments of a view of a case were read; the steps taken in it stay while it is the same."""
        if (case_id, view) != (self._case_id, self._view):
            self.save()
            self.end_points()
            self.stack.clear()
            self._unsaved.clear()
        self._case_id, self._view = case_id, view
        self.readings += 1
        mine = {id_: self._placed.get(id_) for id_ in self._unsaved}
        self._placed = dict(placed)
        for id_, one in mine.items():
            self._put(id_, one)

    def close(self) -> None:
        """The case is left."""
        self.save()
        self.end_points()
        self.stack.clear()
        self._placed = {}
        self._unsaved.clear()
        self._case_id, self._view = 0, ""

    @property
    def place_of_work(self) -> tuple[int, str]:
        """The case and the view photographs are aligned in."""
        return self._case_id, self._view

    def of(self, picture_id: int) -> FramedAlignment | None:
        """How a photograph lies; while points are set, as they say."""
        return self._shown.get(picture_id) or self._placed.get(picture_id)

    @property
    def lying(self) -> Mapping[int, FramedAlignment]:
        """All that are aligned, by picture id; while points are set, as they say."""
        return {**self._placed, **self._shown}

    @property
    def stepped_at(self) -> int:
        """When the newest step that is not taken back was made, in nanoseconds of the computer's steady clock."""
        step = self.stack.command(self.stack.index() - 1) if self.stack.index() else None
        return step.at if isinstance(step, _Step) else 0

    def together(self, first: int | None, second: int | None) -> bool:
        """Whether two photographs lie over each other."""
        a = self.of(first) if first is not None else None
        b = self.of(second) if second is not None else None
        return a is not None and b is not None and a.frame == b.frame

    def place(self, placed: Placed, *, back: bool = False) -> None:
        """Let photographs lie so, and write it in a moment; ``back``: as they lay before, and write it at once.

        What is taken back next may be a turn: it must find what was taken back here.
        """
        self._back |= back
        for id_, one in placed.items():
            self._put(id_, one)
            self._unsaved.add(id_)
        if back:
            self.save()
        else:
            self._later.start()
        self.moved.emit()

    def _put(self, id_: int, one: FramedAlignment | None) -> None:
        if one is None:
            self._placed.pop(id_, None)
        else:
            self._placed[id_] = one

    def save(self) -> None:
        """Write what was not yet written."""
        self._later.stop()
        if not self._unsaved or not self._case_id or not self._tasks.attached:
            return
        case_id, view = self._case_id, self._view
        placed = {id_: self._placed.get(id_) for id_ in self._unsaved}
        back, self._back = self._back, False
        self._unsaved.clear()
        self._tasks.tell(
            lambda services: services.comparison.align(case_id, view, placed, back=back),
            owner=self,
            failed=self.failed.emit,
        )

    # --- nudging ----------------------------------------------------------------------------------------------
    def nudge(self, photo: Photo, other: Photo, by: Similarity, *, turned: bool = False) -> None:
        """Move or turn one photograph in the frame it is seen to share with another (``by`` in frame units).

        Seen as taken, it comes as it is seen into the frame of the other, which, seen as taken too, begins one.
        """
        before: Placed = {photo.picture_id: self._placed.get(photo.picture_id)}
        after: Placed = {}
        there = before[photo.picture_id] if photo.placed is not None else None
        if there is None:
            known = self._placed.get(other.picture_id)
            if known is None or other.placed is None:
                before[other.picture_id] = known
                known = after[other.picture_id] = _begun(other)
            there = FramedAlignment(known.frame, Alignment(_as_shown(photo, other.extent), AlignmentMethod.POINTS))
        after[photo.picture_id] = replace(there, alignment=there.alignment.nudged(by))
        words = translate("Photo turned") if turned else translate("Photo moved")
        self.stack.push(_Step(self, before, after, words, TURNED if turned else NUDGED))

    def forget(self, *photos: Photo) -> None:
        """Take the alignment of photographs away, as one step."""
        before: Placed = {one.picture_id: self._placed.get(one.picture_id) for one in photos}
        if any(before.values()):
            self.stack.push(_Step(self, before, dict.fromkeys(before), translate("Alignment taken away")))

    def _frame_for(self, photo: Photo) -> tuple[int, FramedAlignment | None]:
        """The frame a photograph lies in, and how it lies where it begins one."""
        known = self._placed.get(photo.picture_id)
        if known is not None:
            return known.frame, None
        return photo.picture_id, _begun(photo)

    # --- refined and found ------------------------------------------------------------------------------------
    def rough(self, a: Photo, b: Photo) -> Rough | None:
        """What can be refined of a pair: one by its points, B rather than A; None where none has points."""
        for moved, onto in ((b.picture_id, a.picture_id), (a.picture_id, b.picture_id)):
            mine, theirs = self.of(moved), self.of(onto)
            if mine is None or theirs is None or mine.frame != theirs.frame:
                continue
            if self._shown and moved not in self._shown:
                continue
            if len(mine.alignment.points) >= LEAST_POINTS:
                way = between(mine.alignment.similarity, theirs.alignment.similarity)
                points = tuple(way.apply(pair.picture) for pair in mine.alignment.points)
                return Rough(moved, onto, way, points)
        return None

    def movable(self, a: Photo, b: Photo) -> tuple[int, int] | None:
        """Which photograph an automatic alignment may lay on the other, B rather than A; None where both are by hand.

        Where only B lies in a frame yet, A goes there.
        """
        lies = {one.picture_id: self._placed.get(one.picture_id) for one in (a, b)}
        order = [(b.picture_id, a.picture_id), (a.picture_id, b.picture_id)]
        if lies[a.picture_id] is None and lies[b.picture_id] is not None:
            order.reverse()
        for moved, onto in order:
            there = lies[moved]
            if may_replace(there.alignment if there is not None else None, AlignmentMethod.AUTOMATIC):
                return moved, onto
        return None

    def put_refined(self, rough: Rough, answer: Registered, onto_photo: Photo) -> None:
        """Let a photograph lie as its points were refined, as one step after them."""
        if self.picking is not None:
            self.keep_points()
        before, onto = self._placed[rough.moved], self._placed[rough.onto].alignment.similarity
        refined = self._found(AlignmentMethod.REFINED, answer, onto)
        refined = replace(refined, points=before.alignment.points, head_turned=before.alignment.head_turned)
        words = refined_words((refined.rms or 0.0) * longer(onto_photo.extent), answer.sureness)
        self._push_found({rough.moved: FramedAlignment(before.frame, refined)}, translate("Refined"), words)

    def put_automatic(self, moved: int, onto: Photo, answer: Registered) -> None:
        """Let a photograph lie on another as was found, as one step."""
        frame, framing = self._frame_for(onto)
        there = framing or self._placed[onto.picture_id]
        found = self._found(AlignmentMethod.AUTOMATIC, answer, there.alignment.similarity)
        after: Placed = {moved: FramedAlignment(frame, found)}
        if framing is not None:
            after[onto.picture_id] = framing
        words = automatic_words(anchor_of(self._view).found_by, answer.sureness)
        self._push_found(after, translate("Aligned automatically"), words)

    @staticmethod
    def _found(method: AlignmentMethod, answer: Registered, onto: Similarity) -> Alignment:
        rms = None if answer.rms is None else answer.rms * onto.scale
        way = answer.similarity.then(onto)
        return Alignment(way, method, rms, answer.sureness, head_turned=answer.head_turned)

    def _push_found(self, after: Placed, words: str, found: str) -> None:
        before: Placed = {id_: self._placed.get(id_) for id_ in after}
        self.stack.push(_Step(self, before, after, words, found=found))

    @property
    def found(self) -> str:
        """What the newest step found by itself and how sure; empty where another step is the newest."""
        step = self.stack.command(self.stack.index() - 1) if self.stack.index() else None
        return step.found if isinstance(step, _Step) else ""

    def forget_found(self) -> None:
        """Another pair is seen, or something newer was done: what steps found is said no more."""
        for place in range(self.stack.count()):
            step = self.stack.command(place)
            if isinstance(step, _Step):
                step.found = ""

    def head_turned(self, first: int | None, second: int | None) -> bool:
        """Whether one of two photographs that lie over each other shows the head turned otherwise."""
        pair = [one for id_ in (first, second) if id_ is not None and (one := self.of(id_)) is not None]
        return self.together(first, second) and any(one.alignment.head_turned for one in pair)

    # --- points -----------------------------------------------------------------------------------------------
    def begin_points(self, first: Photo, second: Photo, why: str = "") -> None:
        """Set points in A and in B; ``why`` they are needed."""
        self._pair = (first, second)
        self.picking = Picking(why=why)
        self.told.emit()

    def want_points(self, why: str) -> None:
        """Say why the points that are being set have to be looked at again."""
        if self.picking is not None:
            self.picking.why = why
            self.told.emit()

    def add_point(self, letter: str, unit: Point) -> None:
        """One more point; once both photographs have two, they lie as the points say."""
        if self.picking is not None and letter in self.picking.points:
            self.picking.points[letter].append(unit)
            self.picking.last = letter
            self._fit()

    def drop_point(self) -> None:
        """The point set last is gone."""
        picking = self.picking
        if picking is None:
            return
        a, b = (len(picking.points[letter]) for letter in "AB")
        letter = "B" if b and (b >= a or a <= LEAST_POINTS) else "A"
        if picking.points[letter]:
            picking.points[letter].pop()
            self._fit()

    def shift_point(self, dx: float, dy: float) -> None:
        """Move the point set last by picture units."""
        picking = self.picking
        if picking is not None and picking.points[picking.last]:
            x, y = picking.points[picking.last][-1]
            picking.points[picking.last][-1] = (x + dx, y + dy)
            self._fit()

    def keep_points(self) -> bool:
        """The points are right: one step. False while they say nothing yet."""
        if self.picking is None or not self._shown:
            return False
        after: Placed = dict(self._shown)
        before: Placed = {id_: self._placed.get(id_) for id_ in after}
        self.end_points()
        self.stack.push(_Step(self, before, after, translate("Aligned by points")))
        return True

    def end_points(self) -> None:
        """Set no points any more; everything lies as before."""
        if self.picking is not None:
            self.picking = None
            self._pair = None
            self._shown = {}
            self.moved.emit()
            self.told.emit()

    def _fit(self) -> None:
        picking, pair = self.picking, self._pair
        if picking is None or pair is None:
            return
        self._shown, picking.rms, picking.trouble, picking.turned, picking.why = {}, None, "", None, ""
        picking.doubt = ""
        count = picking.pairs
        if count >= LEAST_POINTS:
            first, second = pair
            a, b = picking.points["A"][:count], picking.points["B"][:count]
            if self._placed.get(first.picture_id) is None and self._placed.get(second.picture_id) is not None:
                first, second, a, b = second, first, b, a
            frame, framing = self._frame_for(first)
            there = framing or self._placed[first.picture_id]
            onto = there.alignment.similarity
            try:
                found = alignment_of_points(
                    [PointPair(mine, onto.apply(theirs)) for theirs, mine in zip(a, b, strict=True)]
                )
            except RuleBroken as broken:
                picking.trouble = sentence_of(broken)
            else:
                picking.turned = self._head_turned(a, b)
                self._shown = {second.picture_id: FramedAlignment(frame, replace(found, head_turned=picking.turned))}
                if framing is not None:
                    self._shown[first.picture_id] = framing
                picking.rms = (found.rms or 0.0) * longer(first.extent)
                way = found.similarity.then(onto.inverse())
                scale = way.scale if second is pair[1] else 1 / way.scale
                picking.doubt = points_doubt(scale, found.rms or 0.0, picking.rms)
        self.moved.emit()
        self.told.emit()

    def _head_turned(self, a: list[Point], b: list[Point]) -> bool | None:
        """Whether the head is turned otherwise; None where the points do not say."""
        if len(a) < len(_FACE) or anchor_of(self._view).landmarks[: len(_FACE)] != _FACE:
            return None
        try:
            return head_turn_differs(FacePoints(*a[:3]), FacePoints(*b[:3]))
        except RuleBroken:
            return None

    @property
    def words(self) -> str:
        """What to do next while points are set."""
        picking = self.picking
        if picking is None:
            return ""
        if picking.trouble:
            return picking.trouble
        letter = picking.wanted
        number = len(picking.points[letter]) + 1
        marks = anchor_of(self._view).landmarks
        place = landmark_words(marks[number - 1]) if number <= len(marks) else ""
        if picking.rms is not None and letter == "A":
            return points_words(picking.pairs, picking.rms, picking.doubt)
        head = translate("Point {number} in {letter}").format(number=number, letter=letter)
        return f"{head}: {place}" if place else translate("{head}: click at the same spot in both").format(head=head)


def _begun(photo: Photo) -> FramedAlignment:
    """A photograph in a frame of its own: the reference of its view."""
    return FramedAlignment(photo.picture_id, Alignment(IDENTITY, AlignmentMethod.REFERENCE))


def _as_shown(photo: Photo, room: Extent) -> Similarity:
    """How a photograph that is not aligned is seen in a frame of a size: whole, in its middle."""
    scale = min(room.width / photo.size.width, room.height / photo.size.height)
    side, mine = longer(room), longer(photo.size)
    dx = (room.width - photo.size.width * scale) / 2 / side
    dy = (room.height - photo.size.height * scale) / 2 / side
    return Similarity(scale * mine / side, 0.0, dx, dy)
