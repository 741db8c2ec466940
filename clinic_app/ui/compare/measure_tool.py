"""The hand that measures: figures set point by point in A and B, kept at once, shown again with their values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent

from clinic_app.domain.alignment import Similarity
from clinic_app.domain.changes import Changes
from clinic_app.domain.comparison import CompareMode
from clinic_app.domain.errors import ClinicError, RuleBroken
from clinic_app.domain.measurements import (
    MeasuredPair,
    MeasureKind,
    Measurement,
    SuggestedFigures,
    Value,
    check_figure,
    check_iris,
    in_pixels,
    measured_pairs,
)
from clinic_app.domain.measuring import IRIS_MM, Point
from clinic_app.ui.compare.align_tool import FAR, WAYS
from clinic_app.ui.compare.aligning import Aligner
from clinic_app.ui.compare.correcting import Corrections
from clinic_app.ui.compare.figures import Figure
from clinic_app.ui.compare.loading import Loader
from clinic_app.ui.compare.measure_panel import MeasurePanel, Row
from clinic_app.ui.compare.photo import Photo, longer
from clinic_app.ui.compare.stage import LETTERS, Stage
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.widgets.key_map import KeyMap
from clinic_app.wording.language import translate
from clinic_app.wording.measuring import (
    change_said,
    measure_words,
    millimetres_said,
    not_comparable_words,
    scale_said,
    share_said,
    step_words,
    to_compare_words,
    value_said,
)
from clinic_app.wording.sentences import sentence_of

if TYPE_CHECKING:
    from clinic_app.services import Services
    from clinic_app.ui.compare.reading import Reading
    from clinic_app.ui.tasks import Tasks


class MeasureTool(QObject):
    """Measures in every pane. ``said(words)``: why not; ``told``: other words; ``kept(words, undo)``: it is in the
    record; ``failed(error)``: it is not; ``mode_asked(mode)``: figures are set side by side."""

    said = Signal(str)
    told = Signal()
    kept = Signal(str, object)
    failed = Signal(object)
    mode_asked = Signal(object)

    def __init__(
        self,
        keeper: ThemeKeeper,
        keys: KeyMap,
        tasks: Tasks,
        stage: Stage,
        loader: Loader,
        aligner: Aligner,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._keys = keys
        self._tasks, self._stage, self._loader, self._aligner = tasks, stage, loader, aligner
        self.panel = MeasurePanel(keeper, keys)
        self.panel.hide()
        self._case_id = 0
        self._reading: Reading | None = None
        self._shows: tuple[int | None, ...] = (None, None)
        self._furnished = self._beside = False
        self._wanted: bool | None = None
        self.kind: MeasureKind | None = None
        """What is being measured, while it is."""
        self._points: tuple[Point, ...] = ()
        self._letter = ""
        self._of = 0
        self._kept: tuple[str, Figure] | None = None
        self._suggested: dict[str, tuple[int, SuggestedFigures]] = {}
        self._chosen: tuple[int, ...] = ()
        self._held: tuple[int, int] | None = None
        """The measurement and the place of its point that the arrows move."""
        self.corrections = Corrections(tasks, self)
        self._trouble = ""
        self._iris_mm = IRIS_MM
        self._before: CompareMode | None = None
        panel = self.panel
        panel.kind_asked.connect(self.toggle)
        panel.chosen.connect(self.choose)
        panel.remove_asked.connect(self.remove)
        panel.hide_asked.connect(self.toggle_shown)
        panel.iris_asked.connect(self.take_iris)
        panel.iris_unread.connect(
            lambda: self.said.emit(translate("Enter the width of the iris as a number of millimetres."))
        )
        stage.clicked.connect(self._clicked)
        stage.held.connect(self._hold)
        stage.point_moved.connect(self._drag_point)
        stage.let_go.connect(self._drop)
        self.corrections.kept.connect(self.kept)
        self.corrections.failed.connect(self._not_kept)
        self.corrections.said.connect(self.said)
        aligner.told.connect(self._aligns)

    def acts(self) -> dict[str, Callable[[], object]]:
        """What each command does."""
        kinds: dict[str, Callable[[], object]] = {kind.value: partial(self.toggle, kind) for kind in MeasureKind}
        return {**kinds, "measures": self.toggle_shown, "remove_measure": self.remove,
                "measure_point": self.hold_next}  # fmt: skip

    # --- what is there ----------------------------------------------------------------------------------------
    @property
    def may_write(self) -> bool:
        """Whether whoever looks may measure."""
        return self._reading is not None and self._reading.answer.may_write

    @property
    def shown(self) -> bool:
        """Whether panel and figures are shown: by themselves where something was measured."""
        there = bool(self.pairs) if self._wanted is None else self._wanted
        return self._furnished and there

    @property
    def pairs(self) -> tuple[MeasuredPair, ...]:
        """What was measured in the photographs, moved points where they are now."""
        measured = () if self._reading is None else self._reading.answer.measured
        a, b, *further = self._shows
        return measured_pairs(self.corrections.seen(measured), a, b, *further)

    @property
    def chosen(self) -> MeasuredPair | None:
        """What is chosen in the panel."""
        return next((pair for pair in self.pairs if set(pair.ids) & set(self._chosen)), None)

    def read(self, case_id: int, reading: Reading | None) -> None:
        """What is known of a case was read again; another case or none begins anew."""
        if reading is None or case_id != self._case_id:
            self._held = None
            self.end()
            self._wanted, self._chosen, self._iris_mm = None, (), IRIS_MM
        self._case_id, self._reading, self._kept = case_id, reading, None
        if reading is not None:
            known = [one.scale.mm for one in reading.answer.measured if one.kind is MeasureKind.IRIS and one.scale]
            self._iris_mm = known[-1] if known else self._iris_mm
        self.corrections.read(case_id, reading.answer.measured if reading is not None else ())

    def refresh(self, shows: tuple[int | None, ...], *, furnished: bool, beside: bool = False) -> None:
        """Show what was measured in these photographs; ``furnished``: there is room beside them.

        ``beside``: something else stands there, for which the panel makes way until something is measured.
        """
        self._shows, self._furnished, self._beside = shows, furnished, beside
        if self.kind is not None and (not furnished or self._stage.mode.composed):
            self._before = None
            self.end()
        if self._held is not None and (not furnished or self._letter_of(self._held[0]) is None):
            self.release()
        if self.kind is not None:
            self._pick()
        if self._points and self._of != self._id(self._letter):
            self._points = ()
        self._show()

    def _id(self, letter: str) -> int | None:
        place = LETTERS.index(letter) if letter else len(self._shows)
        return self._shows[place] if place < len(self._shows) else None

    @property
    def _letters(self) -> tuple[str, ...]:
        return tuple(LETTERS[: len(self._shows)])

    def _values(self, pair: MeasuredPair) -> list[Value | None]:
        """What a figure says in every photograph."""
        sides = map(self._side, self._letters)
        return [None if one is None else one.value(side) for one, side in zip(pair.all, sides, strict=True)]

    def _side(self, letter: str) -> float:
        picture_id = self._id(letter)
        size = self._reading.size(picture_id) if self._reading is not None and picture_id is not None else None
        return longer(size) if size is not None else 0.0

    def _show(self) -> None:
        pairs = self.pairs
        figures: dict[str, list[Figure]] = {letter: [] for letter in self._letters}
        rows = []
        movable = self.may_write and self._aligner.picking is None
        for number, pair in enumerate(pairs, 1):
            chosen = bool(set(pair.ids) & set(self._chosen))
            values = self._values(pair)
            rows.append(self._row(number, pair, values))
            for letter, one, value in zip(self._letters, pair.all, values, strict=True):
                if one is not None:
                    words = f"{number}  {self._plate(pair.kind, value)}".strip()
                    held = self._held[1] if self._held is not None and self._held[0] == one.id else None
                    id_ = one.id if movable else 0
                    figures[letter].append(Figure(pair.kind, one.points, words, chosen, id=id_, held=held))
        if self.kind is not None and self._points:
            figures[self._letter].append(Figure(self.kind, self._points, open=True))
        if self._kept is not None and self._kept[0] in figures:
            figures[self._kept[0]].append(self._kept[1])
        for letter in self._letters:
            figures[letter] += self._suggested_in(letter)
            self._stage.set_figures(letter, tuple(figures[letter]) if self.shown else ())
        self.panel.show_rows(rows, self._chosen)
        scales = [one.scale for pair in pairs for one in pair.all if one is not None]
        note = scale_said(*scales)
        if any(row.note for row in rows):
            note = f"{to_compare_words()} {note}".strip()
        self.panel.show_state(self.kind, self._hint(), note, self._iris_mm, may_write=self.may_write)
        self.panel.setVisible(self.shown and (self.kind is not None or not self._beside))

    def _plate(self, kind: MeasureKind, value: Value | None) -> str:
        """What stands at a figure itself; at an iris nothing, so that the eye is seen."""
        if kind is MeasureKind.IRIS:
            return ""
        if kind is MeasureKind.HORIZONTAL:
            return measure_words(kind)
        return value_said(kind, value)

    def _row(self, number: int, pair: MeasuredPair, values: Sequence[Value | None]) -> Row:
        a, b = values[:2]
        title = f"{number}  {measure_words(pair.kind)}"
        if pair.kind.lids:
            title = translate("{name}, % of iris").format(name=title)
        said = [value_said(pair.kind, one) for one in values]
        if pair.kind is MeasureKind.HORIZONTAL:
            said = [translate("set") if one is not None else "–" for one in pair.all]
        about = millimetres_said(a), millimetres_said(b), share_said(a, b) if not pair.kind.lids else ""
        further = tuple(zip(self._letters[2:], said[2:], strict=True))
        change, note = change_said(pair, a, b), not_comparable_words() if in_pixels(values) else ""
        return Row(pair.ids, title, said[0], said[1], change, about, further, note)

    def _hint(self) -> str:
        if self.kind is not None:
            return self._trouble or next(filter(None, map(self.words, self._letters)), "")
        if any(value is not None and value.number is None and pair.kind.lids for pair in self.pairs
               for value in self._values(pair)):  # fmt: skip
            return translate("Measure the width of the iris too (C): apertures are told in widths of the iris.")
        if self.chosen is not None and self.may_write:
            words = translate("Drag its points to correct them, or move them with {key} and the arrows.")
            return words.format(key=self._keys.key_of("measure_point"))
        return "" if self.pairs else translate("Choose what to measure, then click its points in A and in B.")

    # --- setting a figure -------------------------------------------------------------------------------------
    def toggle(self, kind: MeasureKind) -> None:
        """Begin a figure of a kind, or end it."""
        if self.kind is kind:
            self.end()
            self.told.emit()
            return
        photos = [self._loader.shown[letter] for letter in self._letters]
        if not any(photo is not None for photo in photos):
            self.said.emit(translate("There is no photo to measure in."))
        elif not self.may_write:
            self.said.emit(translate("Only doctors and nurses measure in photos."))
        else:
            self._begin(kind)

    def _pick(self) -> None:
        """Clicks set points in every pane there is."""
        for letter in self._letters:
            pane = self._stage.panes[letter]
            if not pane.picking:
                pane.set_points((), picking=True)

    def _begin(self, kind: MeasureKind) -> None:
        self.release()
        self._aligner.end_points()
        if self.kind is None and self._stage.mode.composed:
            self._before = self._stage.mode
        mode = CompareMode.SIDE_BY_SIDE if self._stage.mode.composed else self._stage.mode
        self.mode_asked.emit(mode)
        self.kind, self._points, self._trouble, self._wanted, self._chosen = kind, (), "", True, ()
        self._suggested.clear()
        self._pick()
        if kind in (MeasureKind.IRIS, MeasureKind.TILT):
            for letter in self._letters:
                self._ask_suggestion(kind, letter)
        self.told.emit()

    def end(self) -> None:
        """Measure no more; what was kept stays."""
        if self.kind is None:
            return
        self._stop()
        for pane in self._stage.panes.values():
            pane.set_points((), picking=False)
        if self._before is not None:
            before, self._before = self._before, None
            self.mode_asked.emit(before)

    def _stop(self) -> None:
        self.kind, self._points, self._trouble = None, (), ""
        self._suggested.clear()

    def leave(self) -> bool:
        """Let a point go, give up the points that are set, else the figure; False where nothing is measured."""
        if self._held is not None:
            self.release()
            self.told.emit()
            return True
        if self.kind is None:
            return False
        if self._points:
            self._points, self._trouble = (), ""
        else:
            self.end()
        self.told.emit()
        return True

    def _aligns(self) -> None:
        """Points are set to align: nothing is measured meanwhile."""
        if self._aligner.picking is not None and self.kind is not None:
            self._before = None
            self._stop()

    def words(self, letter: str) -> str:
        """What to do next in a photograph."""
        kind = self.kind
        if self._held is not None and kind is None:
            return self._words_of_held() if letter == self._letter_of(self._held[0]) else ""
        if kind is None or self._loader.shown[letter] is None:
            return ""
        if self._points and letter != self._letter:
            return ""
        if self._points or not self._waits_for(letter):
            if not self._points and any(map(self._waits_for, self._letters)):
                return ""
            step = step_words(kind, len(self._points))
            words = translate("{name} in {letter}: {step}").format(name=measure_words(kind), letter=letter, step=step)
        else:
            step = step_words(kind, 0)
            words = translate("Now the same in {letter}: {step}").format(letter=letter, step=step)
            if kind is MeasureKind.IRIS and (way_out := self._without_iris(letter)):
                words = f"{words}. {way_out}"
        if not self._points and self._suggested_in(letter):
            sure = round(self._suggested[letter][1].sureness * 100)
            return translate("Found by the program, {percent} % sure: Enter takes it, or click it yourself").format(
                percent=sure
            )
        return words

    def _without_iris(self, letter: str) -> str:
        """What becomes of a photograph whose eyes are shut: it takes the scale of one it is aligned with."""
        pair = self._open_pair(letter)
        of = (
            next((other for other, one in zip(self._letters, pair.all, strict=True) if one is not None), "")
            if pair
            else ""
        )
        if not of:
            return ""
        words = translate("Eyes shut in {letter}? Enter leaves it out; aligned with {of} it takes {of}’s scale")
        if self._aligner.together(self._id(letter), self._id(of)):
            words = translate("Eyes shut in {letter}? Enter leaves it out: {letter} has {of}’s scale")
        return words.format(letter=letter, of=of)

    def _waits_for(self, letter: str) -> bool:
        """Whether the figure set last is missing here."""
        last = self._open_pair(letter)
        return last is not None and bool(set(last.ids) & set(self._chosen))

    def _open_pair(self, letter: str) -> MeasuredPair | None:
        """What was measured last of this kind and is missing in a photograph that is shown."""
        same = [pair for pair in self.pairs if pair.kind is self.kind]
        shown = self._loader.shown[letter] is not None
        return same[-1] if same and shown and same[-1].all[LETTERS.index(letter)] is None else None

    def _clicked(self, letter: str, spot: tuple[float, float]) -> None:
        photo = self._loader.shown[letter]
        if self.kind is None or letter not in self._letters or photo is None:
            return
        if self._points and letter != self._letter:
            self.said.emit(translate("Finish this figure in {letter} first.").format(letter=self._letter))
            return
        self._put((*self._points, _inside(photo, photo.unit_of(spot))), letter)

    def _put(self, points: tuple[Point, ...], letter: str) -> None:
        kind, picture_id = self.kind, self._id(letter)
        if kind is None or picture_id is None:
            return
        self._points, self._letter, self._of, self._trouble = points, letter, picture_id, ""
        self._suggested.pop(letter, None)
        if len(points) == kind.points:
            try:
                check_figure(kind, points)
            except RuleBroken as broken:
                self._points, self._trouble = points[:-1], sentence_of(broken)
                self.said.emit(self._trouble)
            else:
                self._keep(kind, letter, picture_id, points)
        self.told.emit()

    def _keep(self, kind: MeasureKind, letter: str, picture_id: int, points: tuple[Point, ...]) -> None:
        open_pair = None if kind.once else self._open_pair(letter)
        partner_id = open_pair.ids[0] if open_pair is not None else None
        case_id, iris_mm = self._case_id, self._iris_mm
        self._points, self._kept = (), (letter, Figure(kind, points))

        def done(changes: Changes) -> None:
            if isinstance(changes.result, int):
                self._chosen = (changes.result,)
            self.kept.emit(translate("{name} measured").format(name=measure_words(kind)), changes.undo)

        self._tasks.tell(
            lambda services: services.measuring.measure(
                case_id, picture_id, kind, points, partner_id=partner_id, iris_mm=iris_mm
            ),
            done,
            owner=self,
            failed=self._not_kept,
        )

    def _not_kept(self, error: ClinicError) -> None:
        self._kept = None
        self.failed.emit(error)

    # --- keys -------------------------------------------------------------------------------------------------
    def act_of(self, event: QKeyEvent) -> Callable[[], object] | None:
        """What a key does while a figure is set; None where it means what it always does."""
        if self.kind is None and self._held is None:
            return None
        key = Qt.Key(event.key())
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        plain = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
        if self.kind is None:
            if key in WAYS and modifiers in plain:
                far = FAR if modifiers == Qt.KeyboardModifier.ShiftModifier else 1
                return partial(self._nudge_held, WAYS[key][0] * far, WAYS[key][1] * far)
            return self.leave if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and modifiers == plain[0] else None
        if key in WAYS and modifiers in plain and self._points:
            far = FAR if modifiers == Qt.KeyboardModifier.ShiftModifier else 1
            return partial(self._shift_point, WAYS[key][0] * far, WAYS[key][1] * far)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and modifiers == Qt.KeyboardModifier.NoModifier:
            return self.confirm
        return self._drop_point if key == Qt.Key.Key_Backspace and self._points else None

    def _shift_point(self, dx: int, dy: int) -> None:
        """Move the point set last by pixels of the screen."""
        self._points = (*self._points[:-1], self._shifted(self._letter, self._points[-1], dx, dy))
        self.told.emit()

    def _shifted(self, letter: str, point: Point, dx: int, dy: int) -> Point:
        """A point of the photograph in a pane, moved by pixels of the screen."""
        photo = self._loader.shown[letter]
        if photo is None:
            return point
        at = photo.on(self._stage.panes[letter].frame_of(photo), self._stage.lens_of(letter))
        across = -dx if self._stage.looks.mirrored else dx
        x, y = Similarity(1 / at.scale, -at.rotation).apply((across, dy))
        return _inside(photo, (point[0] + x / longer(photo.size), point[1] + y / longer(photo.size)))

    def _drop_point(self) -> None:
        self._points, self._trouble = self._points[:-1], ""
        self.told.emit()

    # --- suggestions ------------------------------------------------------------------------------------------
    def _ask_suggestion(self, kind: MeasureKind, letter: str) -> None:
        """Look in the background whether the figure is surely seen, where it was not measured yet."""
        photo = self._loader.shown[letter]
        if photo is None or any(
            pair.kind is kind and pair.all[LETTERS.index(letter)] is not None for pair in self.pairs
        ):
            return
        picture_id = photo.picture_id

        def look(services: Services) -> SuggestedFigures | None:
            return services.measuring.suggest(services.pictures.preview(picture_id))

        def came(found: SuggestedFigures | None) -> None:
            if found is not None and self.kind is kind and not (self._points and self._letter == letter):
                self._suggested[letter] = (picture_id, found)
                self.told.emit()

        self._tasks.paint(look, came, owner=self, key=("suggested", letter), failed=lambda _: None)

    def _suggested_in(self, letter: str) -> list[Figure]:
        picture_id, found = self._suggested.get(letter, (0, None))
        if found is None or self.kind is None or picture_id != self._id(letter):
            return []
        line = found.iris if self.kind is MeasureKind.IRIS else found.midline
        inside = all(0 <= one <= 1 for point in line for one in point)
        return [Figure(self.kind, line, suggested=True)] if inside else []

    def confirm(self) -> None:
        """What is suggested is right: the iris is kept, the midline waits for the shoulders.

        Where nothing is suggested and an iris is marked already, the other photographs are left out.
        """
        letters = sorted(self._letters, key=lambda letter: letter != self._stage.active_letter)
        found = next((letter for letter in letters if self._suggested_in(letter)), None)
        if found is not None and not self._points:
            self._put(self._suggested_in(found)[0].points, found)
        elif not self._points and self.kind is MeasureKind.IRIS and any(map(self._waits_for, self._letters)):
            self.end()
            self.told.emit()

    # --- correcting a point -----------------------------------------------------------------------------------
    def _found(self, id_: int) -> tuple[str, Measurement] | None:
        """A measurement that is shown, as it is now, and the pane it is in."""
        for pair in self.pairs:
            for letter, one in zip(self._letters, pair.all, strict=True):
                if one is not None and one.id == id_:
                    return letter, one
        return None

    def _letter_of(self, id_: int) -> str | None:
        found = self._found(id_)
        return found[0] if found is not None else None

    def _words_of_held(self) -> str:
        found = self._found(self._held[0]) if self._held is not None else None
        if found is None or self._held is None:
            return ""
        step = step_words(found[1].kind, self._held[1])
        return translate("{name}, {step}: arrows move it, Esc lets it go").format(
            name=measure_words(found[1].kind), step=step
        )

    def hold_next(self) -> None:
        """Let the arrows move the next point of what is chosen, of the last measured where nothing is."""
        pair = self.chosen or next(reversed(self.pairs), None)
        if pair is None or not self.shown:
            self.said.emit(translate("Nothing was measured here yet."))
        elif not self.may_write:
            self.said.emit(translate("Only doctors and nurses measure in photos."))
        else:
            self.end()
            points = [(one.id, place) for one in pair.all if one is not None for place in range(len(one.points))]
            place = points.index(self._held) + 1 if self._held in points else 0
            self._take(*points[place % len(points)])

    def _hold(self, letter: str, id_: int, number: int) -> None:
        """A point was clicked: the arrows move it, or no more."""
        if self._held == (id_, number):
            self.release()
            self.told.emit()
        else:
            self._take(id_, number)

    def _take(self, id_: int, number: int) -> None:
        self._held, self._chosen = (id_, number), (id_,)
        self.told.emit()

    def release(self) -> None:
        """The arrows move photographs again; what was moved is kept."""
        self.corrections.write()
        self._held = None

    def _nudge_held(self, dx: int, dy: int) -> None:
        found = self._found(self._held[0]) if self._held is not None else None
        if found is not None and self._held is not None:
            letter, one = found
            point = self._shifted(letter, one.points[self._held[1]], dx, dy)
            self.corrections.nudge(one.id, _with_point(one, self._held[1], point))
            self._show()

    def _drag_point(self, letter: str, id_: int, number: int, unit: Point) -> None:
        found, photo = self._found(id_), self._loader.shown[letter]
        if found is not None and photo is not None and self.may_write:
            self._held, self._chosen = (id_, number), (id_,)
            self.corrections.drag(id_, _with_point(found[1], number, _inside(photo, unit)))
            self._show()

    def _drop(self, letter: str) -> None:
        """The point is where it belongs."""
        self.corrections.drop()
        self.told.emit()

    # --- what is kept -----------------------------------------------------------------------------------------
    def toggle_shown(self) -> None:
        """Panel and figures, or the photographs alone."""
        self._wanted = not self.shown
        if not self._wanted:
            self.end()
        self.told.emit()

    def choose(self, ids: tuple[int, ...]) -> None:
        """Mark one line of values, or none."""
        self.release()
        self._chosen = () if set(ids) & set(self._chosen) else ids
        self.told.emit()

    def remove(self) -> None:
        """Take what is chosen out of the record, in every photograph that is shown."""
        self.release()
        pair, case_id = self.chosen, self._case_id
        if pair is None:
            self.said.emit(translate("Choose a measured value first; then it can be removed."))
            return
        if not self.may_write:
            self.said.emit(translate("Only doctors and nurses measure in photos."))
            return

        def done(changes: Changes) -> None:
            self._chosen = ()
            self.kept.emit(translate("Measurement removed"), changes.undo)

        self._tasks.tell(
            lambda services: services.measuring.remove(case_id, pair.ids), done, owner=self, failed=self.failed.emit
        )

    def take_iris(self, mm: float) -> None:
        """This patient's iris is so wide, in millimetres."""
        case_id = self._case_id
        try:
            check_iris(mm)
        except RuleBroken as broken:
            self.said.emit(sentence_of(broken))
            return
        self._iris_mm = mm
        if self._reading is None or all(one.kind is not MeasureKind.IRIS for one in self._reading.answer.measured):
            self.told.emit()
            return

        def done(changes: Changes) -> None:
            self.kept.emit(translate("Width of the iris changed"), changes.undo)

        self._tasks.tell(
            lambda services: services.measuring.set_iris(case_id, mm), done, owner=self, failed=self.failed.emit
        )


def _inside(photo: Photo, unit: Point) -> Point:
    """A point on the photograph itself, picture units."""
    side = longer(photo.size)
    return min(max(unit[0], 0.0), photo.size.width / side), min(max(unit[1], 0.0), photo.size.height / side)


def _with_point(one: Measurement, number: int, point: Point) -> tuple[Point, ...]:
    """The points of a figure, one of them elsewhere."""
    return tuple(point if place == number else old for place, old in enumerate(one.points))
