"""The hand that draws: words, arrows, ellipses and strokes on a photograph, and regions that are hidden in what leaves.

What is drawn is kept at once and taken back like everything else; the photographs stay as they are.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from dataclasses import replace
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from clinic_app.domain.alignment import IDENTITY, Similarity, between
from clinic_app.domain.changes import Changes
from clinic_app.domain.comparison import CompareMode
from clinic_app.domain.errors import ClinicError, RuleBroken
from clinic_app.domain.marks import (
    Hiding,
    Ink,
    Mark,
    MarkKind,
    Part,
    check_mark,
    hit,
    mark_at,
    on_photo,
    room_of,
    thinned,
)
from clinic_app.domain.measuring import Point
from clinic_app.ui.compare.align_tool import FAR, WAYS
from clinic_app.ui.compare.aligning import Aligner
from clinic_app.ui.compare.loading import Loader
from clinic_app.ui.compare.mark_figures import words_box
from clinic_app.ui.compare.mark_panel import MarkPanel, WordsField
from clinic_app.ui.compare.measure_tool import MeasureTool
from clinic_app.ui.compare.photo import Photo, longer
from clinic_app.ui.compare.stage import LETTERS, Stage
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.widgets.key_map import KeyMap
from clinic_app.wording.language import translate
from clinic_app.wording.marks import carried_words, hidden_words, hiding_note, named, way_to_draw
from clinic_app.wording.sentences import sentence_of

if TYPE_CHECKING:
    from clinic_app.services import Services
    from clinic_app.ui.compare.reading import Reading
    from clinic_app.ui.tasks import Tasks

REACH, HANDLE_REACH = 7.0, 11.0
"""How far from a line and from a handle the hand still takes hold of it, pixels."""
SETTLES = 600
"""Milliseconds after the last arrow key until a mark that was moved by keys is kept."""
LEAST_KEPT = 0.02
"""Shorter side of the smallest region that stays, picture units."""


class MarkTool(QObject):
    """Draws in the photographs. ``said(words)``: why not; ``told``: other words; ``kept(words, undo)``: it is in the
    record; ``failed(error)``: it is not; ``mode_asked(mode)``: one draws side by side; ``layer_asked``: show or hide
    what is drawn; ``shown_asked``: show it, for something is drawn now."""

    said = Signal(str)
    told = Signal()
    kept = Signal(str, object)
    failed = Signal(object)
    mode_asked = Signal(object)
    layer_asked = Signal()
    shown_asked = Signal()

    def __init__(
        self,
        keeper: ThemeKeeper,
        keys: KeyMap,
        tasks: Tasks,
        stage: Stage,
        loader: Loader,
        aligner: Aligner,
        measures: MeasureTool,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._keeper, self._tasks, self._stage, self._loader = keeper, tasks, stage, loader
        self._aligner, self._measures = aligner, measures
        self.panel = MarkPanel(keeper, keys)
        self.panel.hide()
        self._case_id = 0
        self._reading: Reading | None = None
        self.kind: MarkKind | None = None
        """What is drawn, while the tool is in hand; ``COVER`` for every region."""
        self._last = MarkKind.ARROW
        self._ink, self._part, self._hiding = Ink.YELLOW, Part.REGION, Hiding.SOLID
        self._chosen = 0
        self._letter = ""
        self._open: Mark | None = None
        self._pressed: Point | None = None
        self._does: Callable[[Point], None] | None = None
        self._wrote = self._moved_by_keys = False
        self._saving: dict[int, Mark] = {}
        self._saved: set[int] = set()
        self._tokens = count(1)
        self._field: WordsField | None = None
        self._editing: Mark | None = None
        self._swallows = False
        self._trouble = ""
        self._loose: set[int] = set()
        """Marks that were carried to a photograph that is not aligned, and not moved since."""
        self._before: CompareMode | None = None
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLES)
        self._settle.timeout.connect(self.keep_moved)
        panel = self.panel
        panel.kind_asked.connect(self.toggle)
        panel.ink_asked.connect(self.set_ink)
        panel.part_asked.connect(self.set_part)
        panel.hiding_asked.connect(self.set_hiding)
        panel.also_asked.connect(self.draw_also)
        panel.remove_asked.connect(self.remove)
        panel.layer_asked.connect(self.layer_asked)
        panel.close_asked.connect(self._close)
        stage.stroked.connect(self._stroked)
        aligner.told.connect(self._others_act)
        measures.told.connect(self._others_act)

    def acts(self) -> dict[str, Callable[[], object]]:
        """What each command does."""
        kinds = (MarkKind.TEXT, MarkKind.ARROW, MarkKind.ELLIPSE, MarkKind.FREEHAND, MarkKind.COVER)
        return {**{kind.value: partial(self.toggle, kind) for kind in kinds}, "mark": self.toggle_last}

    # --- what is there ----------------------------------------------------------------------------------------
    @property
    def may_write(self) -> bool:
        """Whether whoever looks may draw."""
        return self._reading is not None and self._reading.answer.may_write

    @property
    def chosen(self) -> Mark | None:
        """The mark in hand, as it is now."""
        photo = self._loader.shown.get(self._letter) if self._letter else None
        if not self._chosen or photo is None:
            return None
        if self._open is not None and self._open.id == self._chosen:
            return self._open
        return next((mark for mark in photo.marks if mark.id == self._chosen), None)

    @property
    def bare(self) -> tuple[str, ...]:
        """The photographs, by letter, in which one sees at this screen what is hidden in what leaves."""
        looks = self._stage.looks
        if looks.marks or looks.sealed:
            return ()
        shown = self._loader.shown
        return tuple(one for one in LETTERS if (photo := shown[one]) and any(mark.kind.hides for mark in photo.marks))

    @property
    def pending(self) -> bool:
        """Whether something that was drawn is on its way into the record."""
        return bool(self._saving)

    @property
    def held(self) -> bool:
        """Whether the mouse draws or moves something this moment."""
        return self._does is not None and self._wrote

    def unchecked(self, letters: Collection[str]) -> str:
        """What is to be said of regions that were carried to photographs, by letter, that are not aligned."""
        shown = self._loader.shown
        found = [
            letter
            for letter in letters
            if (photo := shown[letter]) and any(mark.kind.hides and mark.id in self._loose for mark in photo.marks)
        ]
        return " ".join(carried_words(letter) for letter in found)

    @property
    def there(self) -> bool:
        """Whether anything is drawn on the photographs that are shown."""
        return any(photo.marks for photo in self._loader.photos)

    def read(self, case_id: int, reading: Reading | None) -> None:
        """What is known of a case was read again; another case or none begins anew."""
        if reading is None or case_id != self._case_id:
            self.end()
            self._saving.clear()
            self._loose.clear()
            self._open = None
        self._case_id, self._reading = case_id, reading
        for token in self._saved & self._saving.keys():
            mark = self._saving.pop(token)
            if self._open is not None and self._open.id == mark.id and not self._settle.isActive():
                self._open = None
        self._saved.clear()

    def refresh(self, *, furnished: bool) -> None:
        """Show what is in hand; ``furnished``: there is room beside the photographs."""
        if self.kind is not None and (not furnished or self._stage.mode.composed):
            self._before = None
            self.end()
        chosen = self.chosen
        if self._chosen and chosen is None and not any(one.id == self._chosen for one in self._saving.values()):
            self._let_go()
        lifted = chosen.id if chosen is not None and self.kind is not None else 0
        if lifted != self._stage.looks.lifted:
            self._stage.set_looks(lifted=lifted)
        for letter in LETTERS:
            photo = self._loader.shown[letter]
            id_ = photo.picture_id if photo is not None else 0
            sketches = [mark for mark in self._saving.values() if mark.picture_id == id_ and mark.id != lifted]
            in_hand = chosen or self._open
            if self.kind is None or letter != self._letter or in_hand is None or in_hand.picture_id != id_:
                in_hand = None
            self._stage.panes[letter].set_sketches(tuple(sketches), in_hand)
        if self._field is not None and self._editing is not None:
            self._put_field(self._editing)
        self.panel.setVisible(self.kind is not None)
        if self.kind is not None:
            self._show_panel(self.kind, chosen)

    def _show_panel(self, kind: MarkKind, chosen: Mark | None) -> None:
        shown = chosen or Mark(0, 0, kind, (), "", self._ink, self._part, self._hiding)
        notes = [carried_words(self._letter)] if shown.id in self._loose else []
        notes += [words] if shown.kind.hides and (words := hiding_note(shown.part, shown.hiding)) else []
        hint = self._trouble or (
            way_to_draw(shown.part.kind if kind.hides else kind) if chosen is None else self._chosen_words(chosen)
        )
        self.panel.show_state(
            shown.kind, shown.ink, shown.part, shown.hiding, " ".join(notes), hint,
            chosen=chosen is not None, also=self._also, layer=self._stage.looks.marks,
        )  # fmt: skip

    def _chosen_words(self, mark: Mark) -> str:
        """What can be done with the mark in hand."""
        if mark.kind is MarkKind.TEXT:
            return translate("Drag or arrow keys move it, Enter changes the words, Del removes it.")
        if mark.handles:
            return translate("Drag it or its handles; arrow keys move it, Del removes it.")
        return translate("Drag or arrow keys move it, Del removes it.")

    # --- the tool ---------------------------------------------------------------------------------------------
    def toggle(self, kind: MarkKind) -> None:
        """Take a tool in hand, or put it away."""
        kind = MarkKind.COVER if kind.hides else kind
        if self.kind is kind:
            if self.keep_words():
                self._close()
            return
        if not self._loader.photos:
            self.said.emit(translate("There is no photo to draw on."))
        elif not self.may_write:
            self.said.emit(translate("Only doctors and nurses draw on photos."))
        else:
            self._begin(kind)

    def toggle_last(self) -> None:
        """The tool that was in hand last, or none."""
        self.toggle(self.kind or self._last)

    def _begin(self, kind: MarkKind) -> None:
        if not self.keep_words():
            return
        self._aligner.end_points()
        self._measures.end()
        self.keep_moved()
        if self.kind is None and self._stage.mode.composed:
            self._before = self._stage.mode
        mode = CompareMode.SIDE_BY_SIDE if self._stage.mode.composed else self._stage.mode
        self.mode_asked.emit(mode)
        self.shown_asked.emit()
        self.kind = self._last = kind
        self._trouble = ""
        self._let_go()
        for pane in self._stage.panes.values():
            pane.set_drawing(drawing=True)
        self.told.emit()

    def end(self) -> None:
        """Draw no more; what was kept stays."""
        if self.kind is None:
            return
        self._put_away()
        if self._before is not None:
            before, self._before = self._before, None
            self.mode_asked.emit(before)

    def _put_away(self) -> None:
        self.keep_moved()
        self.keep_words()
        self._give_up_words()
        self._let_go()
        self.kind, self._trouble = None, ""
        for pane in self._stage.panes.values():
            pane.set_drawing(drawing=False)

    def _close(self) -> None:
        self.end()
        self.told.emit()

    def leave(self) -> bool:
        """Give up what is being drawn, else let go of what is chosen, else the tool; False where none is in hand."""
        if self.kind is None:
            return False
        if self._does is not None or self._chosen:
            self.keep_moved()
            self._let_go()
            self._trouble = ""
        else:
            self.end()
        self.told.emit()
        return True

    def _others_act(self) -> None:
        """Points are set or something is measured: nothing is drawn meanwhile."""
        if self.kind is not None and (self._aligner.picking is not None or self._measures.kind is not None):
            self._before = None
            self._put_away()
            self.told.emit()

    def _let_go(self) -> None:
        self._chosen, self._letter = 0, ""
        self._open = self._pressed = self._does = None
        self._wrote = False

    # --- the mouse --------------------------------------------------------------------------------------------
    def _stroked(self, letter: str, phase: str, spot: Point) -> None:
        photo = self._loader.shown.get(letter)
        if self.kind is None or photo is None:
            return
        at = on_photo(photo.unit_of(spot), _room(photo))
        if phase == "press":
            if self._swallows:
                self._swallows = False
            elif not photo.covers(spot) and self._held(letter, photo, at) is None:
                self._trouble = sentence_of(RuleBroken("points", "mark_outside"))
                self.keep_moved()
                self._let_go()
                self.said.emit(self._trouble)
            else:
                self._press(letter, photo, at)
        elif phase == "double":
            self._edit_at(letter, photo, at)
        elif self._does is not None and self._pressed is not None and letter == self._letter:
            if phase == "move" and (self._wrote or self._far(letter, photo, at)):
                self._wrote = True
                self._does(at)
            elif phase == "release":
                self._release(photo, at)
        self.told.emit()

    def _press(self, letter: str, photo: Photo, at: Point) -> None:
        """Take hold of a handle, of a mark, or begin a new one."""
        held = self._held(letter, photo, at)
        self.keep_moved()
        self._trouble, self._wrote = "", False
        if held is None:
            self._let_go()
        self._letter, self._pressed = letter, at
        if held is not None:
            place, mark = held
            self._chosen, self._open = mark.id, mark
            self.kind = MarkKind.COVER if mark.kind.hides else mark.kind
            self._does = partial(self._pull, mark, place, _room(photo))
            return
        self._does = partial(self._draw, self._fresh(photo.picture_id, at))

    def _held(self, letter: str, photo: Photo, at: Point) -> tuple[int, Mark] | None:
        """The handle of the mark in hand, or the mark (handle -1), that is at a place."""
        unit = self._pixels(letter, photo)
        chosen = self.chosen
        if chosen is not None and letter == self._letter:
            near = [(math.dist(point, at) * unit, place) for place, point in enumerate(chosen.handles)]
            distance, place = min(near, default=(math.inf, -1))
            if distance <= HANDLE_REACH:
                return place, chosen
        marks = [chosen if chosen is not None and mark.id == chosen.id else mark for mark in photo.marks]
        words = next((mark for mark in reversed(marks) if self._in_words(letter, mark, at)), None)
        if words is not None:
            return -1, words
        regions = self.kind is MarkKind.COVER
        found = hit([one for one in marks if one.kind is not MarkKind.TEXT], at, REACH / unit)
        if found is None or (found.distance(at) * unit > REACH and not (regions or found is chosen)):
            return None
        return -1, found

    def _in_words(self, letter: str, mark: Mark, at: Point) -> bool:
        """Whether a place lies in the words of a mark."""
        pane = self._stage.panes[letter]
        if mark.kind is not MarkKind.TEXT:
            return False
        box = words_box(self._keeper, mark.words, pane.place_of(mark.points[0]), pane.rect())
        return box.adjusted(-4, -4, 4, 4).contains(pane.place_of(at).toPoint())

    def _pixels(self, letter: str, photo: Photo) -> float:
        """Pixels of the pane to one picture unit."""
        pane = self._stage.panes[letter]
        at = photo.on(pane.frame_of(photo), self._stage.lens_of(letter))
        return at.scale * longer(photo.size) / pane.ratio

    def _far(self, letter: str, photo: Photo, at: Point) -> bool:
        """Whether the pointer moved so far that it drags."""
        if self._pressed is None:
            return False
        return math.dist(at, self._pressed) * self._pixels(letter, photo) >= QApplication.startDragDistance() / 2

    def _pull(self, mark: Mark, place: int, room: Point, at: Point) -> None:
        if self._pressed is None:
            return
        if place >= 0:
            self._open = mark.with_handle(place, at)
        else:
            self._open = mark.moved((at[0] - self._pressed[0], at[1] - self._pressed[1]), room)

    def _draw(self, fresh: Mark, at: Point) -> None:
        if self._pressed is None or fresh.kind is MarkKind.TEXT:
            return
        if fresh.kind is MarkKind.FREEHAND:
            points = self._open.points if self._open is not None else (self._pressed,)
            self._open = replace(fresh, points=(*points, at))
        else:
            self._open = replace(fresh, points=(self._pressed, at))

    def _release(self, photo: Photo, at: Point) -> None:
        dragged, made, chosen = self._wrote, self._open, self._chosen
        self._does = self._pressed = None
        self._wrote = False
        if chosen:
            if dragged and made is not None:
                self._keep(self._letter, made)
            return
        if self.kind is MarkKind.COVER and self._part.kind is MarkKind.KEEP and not (made and _sized(made)):
            self._refuse(RuleBroken("points", "mark_keeps_nothing"))
        elif dragged and made is not None:
            points = thinned(made.points) if made.kind is MarkKind.FREEHAND else made.points
            self._keep(self._letter, replace(made, points=points))
        else:
            self._draw_at(photo, at)

    def _fresh(self, picture_id: int, at: Point) -> Mark:
        """A new mark of the kind in hand that begins at a point."""
        kind = self._part.kind if self.kind is MarkKind.COVER else self.kind or self._last
        mark = Mark(0, picture_id, kind, (at,), "", self._ink)
        return replace(mark, part=self._part, hiding=self._hiding) if kind.hides else mark

    def _draw_at(self, photo: Photo, at: Point) -> None:
        """Words are typed there; anything else is drawn there at its usual size."""
        fresh = self._fresh(photo.picture_id, at)
        if fresh.kind is MarkKind.TEXT:
            self._open_words(self._letter, fresh)
        elif fresh.kind is MarkKind.FREEHAND:
            self._refuse(RuleBroken("points", "mark_without_size"))
        else:
            self._keep(self._letter, mark_at(fresh, at, _room(photo)))

    # --- keeping ----------------------------------------------------------------------------------------------
    def _keep(self, letter: str, mark: Mark, *, loose: bool = False) -> bool:
        """Put a mark into the record, new or as it is now; False where it cannot be. ``loose``: somebody has to look
        whether it lies where it should."""
        photo = self._loader.shown.get(letter)
        if photo is None or photo.picture_id != mark.picture_id:
            self._let_go()
            return False
        try:
            check_mark(mark, _room(photo))
        except RuleBroken as broken:
            self._refuse(broken)
            return False
        if any(one.id == mark.id and one.points != mark.points for one in photo.marks):
            self._loose.discard(mark.id)
        token, picture_id = next(self._tokens), mark.picture_id
        self._saving[token] = mark
        self._letter, self._chosen, self._open = letter, mark.id, mark if mark.id else None

        def write(services: Services) -> Changes:
            return services.marking.change(picture_id, mark) if mark.id else services.marking.draw(picture_id, mark)

        def done(changes: Changes) -> None:
            self._saved.add(token)
            if loose and isinstance(changes.result, int):
                self._loose.add(changes.result)
            words = translate("{name} changed") if mark.id else translate("{name} drawn")
            if mark.kind.hides and not mark.id:
                words = hidden_words(mark.part)
            if not mark.id and token in self._saving and isinstance(changes.result, int):
                self._saving[token] = replace(mark, id=changes.result)
                if not self._chosen and self._does is None and self._letter == letter:
                    self._chosen = changes.result
            self.kept.emit(words.format(name=named(mark)), changes.undo)

        self._tasks.tell(write, done, owner=self, failed=partial(self._not_kept, token))
        return True

    def _not_kept(self, token: int, error: ClinicError) -> None:
        self._saving.pop(token, None)
        self._let_go()
        self.failed.emit(error)

    def _refuse(self, broken: RuleBroken) -> None:
        self._trouble = sentence_of(broken)
        self._open = None
        self.said.emit(self._trouble)

    def keep_moved(self) -> None:
        """What was moved by keys is kept."""
        self._settle.stop()
        moved, by_keys = self._open, self._moved_by_keys
        self._moved_by_keys = False
        if moved is not None and moved.id and by_keys and self._tasks.attached:
            self._keep(self._letter, moved)

    def keep_all(self) -> bool:
        """What was moved by keys and what is being typed is kept; False where something cannot be, and why is said."""
        self.keep_moved()
        return self.keep_words()

    def remove(self) -> None:
        """Take the mark in hand off its photograph."""
        mark = self.chosen
        if mark is None or not mark.id:
            self.said.emit(translate("Choose a mark first; then it can be removed."))
            return
        picture_id, id_ = mark.picture_id, mark.id
        self._moved_by_keys = False
        self._settle.stop()
        self._let_go()

        def done(changes: Changes) -> None:
            self.kept.emit(translate("{name} removed").format(name=named(mark)), changes.undo)

        self._tasks.tell(
            lambda services: services.marking.remove(picture_id, [id_]), done, owner=self, failed=self.failed.emit
        )
        self.told.emit()

    @property
    def _also(self) -> str:
        """The other photograph the mark in hand can be drawn on too, by letter; blank where there is none."""
        other = "B" if self._letter == "A" else "A"
        here, there = self._loader.shown.get(self._letter), self._loader.shown[other]
        return other if here is not None and there is not None and here.picture_id != there.picture_id else ""

    def draw_also(self) -> None:
        """The mark in hand on the other photograph too, at the same spot where both are aligned."""
        mark, other = self.chosen, self._also
        here, there = self._loader.shown.get(self._letter), self._loader.shown.get(other)
        if mark is None or here is None or there is None:
            return
        self.keep_moved()
        by, aligned = IDENTITY, self._aligner.together(here.picture_id, there.picture_id)
        if aligned and here.placed and there.placed:
            by = between(here.placed, there.placed)
        self._let_go()
        self._keep(other, mark.carried(there.picture_id, by, _room(there)), loose=not aligned)
        self.told.emit()

    # --- how it looks -----------------------------------------------------------------------------------------
    def set_ink(self, ink: Ink) -> None:
        """Draw in this colour; what is chosen too."""
        self._ink = ink
        chosen = self.chosen
        if chosen is not None and not chosen.kind.hides and chosen.ink is not ink:
            self._keep(self._letter, replace(chosen, ink=ink))
        self.told.emit()

    def set_part(self, part: Part) -> None:
        """Hide, or keep, this; what is chosen too."""
        self._part = part
        chosen = self.chosen
        if chosen is not None and chosen.kind.hides and chosen.part is not part:
            self._keep(self._letter, replace(chosen, kind=part.kind, part=part))
        self.told.emit()

    def set_hiding(self, hiding: Hiding) -> None:
        """Hide so; what is chosen too."""
        self._hiding = hiding
        chosen = self.chosen
        if chosen is not None and chosen.kind.hides and chosen.hiding is not hiding:
            self._keep(self._letter, replace(chosen, hiding=hiding))
        self.told.emit()

    # --- words ------------------------------------------------------------------------------------------------
    def _edit_at(self, letter: str, photo: Photo, at: Point) -> None:
        held = self._held(letter, photo, at)
        self._does = self._pressed = None
        if held is not None and held[1].kind is MarkKind.TEXT:
            self._open_words(letter, held[1])

    def _open_words(self, letter: str, mark: Mark) -> None:
        """Words are typed where they will stand."""
        self._give_up_words()
        pane = self._stage.panes[letter]
        self._letter, self._editing = letter, mark
        self._field = field = WordsField(self._keeper, mark.words, pane)
        field.taken.connect(self._take_words)
        field.given_up.connect(self._give_up_and_tell)
        self._put_field(mark)
        field.show()
        field.selectAll()
        field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _put_field(self, mark: Mark) -> None:
        field = self._field
        if field is None or not isinstance(pane := field.parentWidget(), type(self._stage.panes["A"])):
            return
        at = pane.place_of(mark.points[0]) - QPointF(8, 6)
        size = field.sizeHint()
        left = min(max(round(at.x()), 0), max(pane.width() - field.width(), 0))
        top = min(max(round(at.y()), 0), max(pane.height() - size.height(), 0))
        field.move(left, top)

    def _take_words(self, words: str, *, back: bool = True) -> None:
        """Keep what was typed, or say why not; ``back``: the photograph has the keyboard then."""
        field, mark = self._field, self._editing
        if field is None or mark is None:
            return
        changed = replace(mark, words=" ".join(words.split()))
        photo = self._loader.shown.get(self._letter)
        if photo is not None and photo.picture_id == mark.picture_id:
            try:
                check_mark(changed, _room(photo))
            except RuleBroken as broken:
                self._trouble = sentence_of(broken)
                self.said.emit(self._trouble)
                self.told.emit()
                return
        self._swallows = field.clicked_away
        letter = self._letter
        self._give_up_words()
        if back:
            self._stage.panes[letter].setFocus(Qt.FocusReason.OtherFocusReason)
        if changed.words != mark.words:
            self._trouble = ""
            self._keep(letter, changed)
        self.told.emit()

    def keep_words(self) -> bool:
        """What is being typed is kept, as by Enter; False where it cannot be, and why is said."""
        field = self._field
        if field is None:
            return True
        if not field.text().strip():
            self._give_up_words()
        elif self._tasks.attached:
            self._take_words(field.text(), back=False)
        if self._field is not None:
            field.setFocus(Qt.FocusReason.OtherFocusReason)
        return self._field is None

    def _give_up_words(self) -> None:
        field, self._field, self._editing = self._field, None, None
        if field is not None:
            field.close_quietly()

    def _give_up_and_tell(self) -> None:
        field, letter = self._field, self._letter
        self._swallows = field is not None and field.clicked_away
        self._give_up_words()
        self._trouble = ""
        if letter and not self._swallows:
            self._stage.panes[letter].setFocus(Qt.FocusReason.OtherFocusReason)
        self.told.emit()

    # --- keys -------------------------------------------------------------------------------------------------
    def act_of(self, event: QKeyEvent) -> Callable[[], object] | None:
        """What a key does while a mark is in hand; None where it means what it always does."""
        chosen = self.chosen
        if self.kind is None:
            return None
        key = Qt.Key(event.key())
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        enter = key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and modifiers == Qt.KeyboardModifier.NoModifier
        if chosen is None:
            return self._draw_in_the_middle if enter else None
        plain = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
        if key in WAYS and modifiers in plain:
            far = FAR if modifiers == Qt.KeyboardModifier.ShiftModifier else 1
            return partial(self._shift, WAYS[key][0] * far, WAYS[key][1] * far)
        if enter:
            return partial(self._open_words, self._letter, chosen) if chosen.kind is MarkKind.TEXT else _nothing
        return None

    def _draw_in_the_middle(self) -> None:
        """Without a mouse: in the middle of what is seen of the active photograph, then the arrows move it."""
        letter = self._stage.active_letter
        photo = self._loader.shown.get(letter)
        if photo is not None:
            pane = self._stage.panes[letter]
            middle = pane.lens.spot(pane.frame, (pane.frame.pane.width / 2, pane.frame.pane.height / 2))
            at = on_photo(photo.unit_of(middle), _room(photo))
            self._letter, self._trouble = letter, ""
            self._draw_at(photo, at)
            self.told.emit()

    def _shift(self, dx: int, dy: int) -> None:
        """Move the mark in hand by pixels of the screen."""
        chosen, photo = self.chosen, self._loader.shown.get(self._letter)
        if chosen is None or photo is None:
            return
        pane = self._stage.panes[self._letter]
        at = photo.on(pane.frame_of(photo), self._stage.lens_of(self._letter))
        across = -dx if self._stage.looks.mirrored else dx
        x, y = Similarity(1 / at.scale, -at.rotation).apply((across * pane.ratio, dy * pane.ratio))
        side = longer(photo.size)
        self._open = chosen.moved((x / side, y / side), _room(photo))
        self._moved_by_keys = True
        self._settle.start()
        self.told.emit()


def _room(photo: Photo) -> Point:
    return room_of(photo.size.width, photo.size.height)


def _sized(mark: Mark) -> bool:
    """Whether a region that stays was drawn on purpose: a click or a twitch would cover the whole photograph."""
    left, top, right, bottom = mark.box
    return min(right - left, bottom - top) >= LEAST_KEPT


def _nothing() -> None:
    """Enter on a mark that has no words."""
