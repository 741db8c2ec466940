"""The viewer: the right pair of a case, side by side under one lens, with the filmstrip below."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QHideEvent, QImage, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinic_app.domain.case_page import PairAnswer
from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.errors import ClinicError
from clinic_app.domain.lens import NOTCH, Extent
from clinic_app.domain.pictures import PairReason, PictureEntry
from clinic_app.ui.compare import film, levels
from clinic_app.ui.compare.bars import StatusLine, ToolStrip, TopBar
from clinic_app.ui.compare.chrome import percent
from clinic_app.ui.compare.film import FilmStrip
from clinic_app.ui.compare.labels import Caption, caption_of
from clinic_app.ui.compare.levels import Levels
from clinic_app.ui.compare.pane import Action, PicturePane
from clinic_app.ui.compare.stage import Stage
from clinic_app.ui.tasks import Tasks
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.widgets.themed import Plane
from clinic_app.wording.cases import condition_lines
from clinic_app.wording.dates import day as day_words
from clinic_app.wording.language import translate
from clinic_app.wording.pictures import pair_reason_words
from clinic_app.wording.sentences import sentence_of

if TYPE_CHECKING:
    from clinic_app.services import Services

KEEP_DETAIL = 1500
"""Milliseconds the full-size pixels are kept after the zoom no longer needs them."""

TOPICS = frozenset({Topic.PICTURES, Topic.TREATMENT, Topic.CASES, Topic.PATIENTS})
_PLAIN = Qt.KeyboardModifier.NoModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_CTRL = Qt.KeyboardModifier.ControlModifier


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of a case to compare its photographs, with the names of everything."""

    answer: PairAnswer
    diagnosis: str
    views: Mapping[str, str]
    products: Mapping[str, str]
    captions: Mapping[int, Caption]

    def entry(self, picture_id: int | None) -> PictureEntry | None:
        """A photograph with its phase."""
        return next((one for one in self.answer.pictures if one.picture.id == picture_id), None)


def read_pair(services: Services, case_id: int, view: str | None) -> Reading:
    """Read the pair of a case and the words for it. Raises ``NotFound``, ``StorageUnavailable``."""
    answer = services.pictures.pair(case_id, view)
    catalogues = services.catalogues
    products = {code: product.brand or product.generic for code, product in catalogues.products.items()}
    views = {code: one.name for code, one in catalogues.views.items()}
    details = answer.case.details
    condition = catalogues.conditions.get(details.condition)
    words = (details.condition,) if condition is None else condition_lines(condition, details.side, details.pattern)
    captions = {entry.picture.id: caption_of(entry, products) for entry in answer.pictures}
    return Reading(answer, ", ".join(word for word in words if word), views, products, captions)


class CompareView(QWidget):
    """Two photographs of a case under one lens; ``open_case`` shows the right pair.

    Signals: ``left`` (back to the case); ``import_wanted(patient_id)``; ``files_dropped(patient_id, paths)``;
    ``pair_shown(a_id, b_id)`` after every photograph of the pair was painted (None: there is none);
    ``full_screen_changed(bool)`` so that the window can put its own parts away.
    """

    left = Signal()
    import_wanted = Signal(int)
    files_dropped = Signal(int, object)
    pair_shown = Signal(object, object)
    full_screen_changed = Signal(bool)
    written = Signal(str)
    """(words): a write that has no undo was made."""

    def __init__(self, keeper: ThemeKeeper, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self._tasks = tasks
        self._case_id: int | None = None
        self._wanted_view: str | None = None
        self._reading: Reading | None = None
        self._chosen: dict[str, int | None] = {"A": None, "B": None}
        self._shown: dict[str, tuple[int, Levels] | None] = {"A": None, "B": None}
        self._detail_of: dict[str, int | None] = {"A": None, "B": None}
        self._unpainted: set[str] = set()
        self._unread: set[str] = set()
        self._by_hand = False
        self._labels = True
        self._full = False
        self._was_maximised = False
        self._trouble = ""
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._tell)
        self._build()
        self._release = {letter: self._release_timer(letter) for letter in "AB"}
        self.setAcceptDrops(True)
        self.setAccessibleName(translate("Compare photos"))
        self.setFocusProxy(self.stage.panes["B"])
        tasks.changed.connect(self._something_changed)

    def _build(self) -> None:
        keeper = self._keeper
        self.bar = TopBar(keeper)
        self.stage = Stage(keeper)
        self.tools = ToolStrip(keeper)
        self.status = StatusLine(keeper)
        self.film = FilmStrip(keeper)
        self._ground = Plane(keeper, "viewer.bar")
        strip = QVBoxLayout(self._ground)
        strip.setContentsMargins(0, 0, 0, 0)
        strip.addWidget(self.film)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.tools)
        middle.addWidget(self.stage, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addLayout(middle, 1)
        column.addWidget(self.status)
        column.addWidget(self._ground)
        stage, tools = self.stage, self.tools
        tools.add(translate("Zoom in"), "zoom-in", "+", lambda: stage.zoom(NOTCH))
        tools.add(translate("Zoom out"), "zoom-out", "-", lambda: stage.zoom(1 / NOTCH))
        tools.add(translate("Whole picture"), "scan", "0", stage.fit)
        self._actual = tools.add(
            translate("100 %: one pixel on one pixel"), "", "Z", stage.toggle_actual_size, checkable=True, text="1:1"
        )
        tools.separate()
        tools.add(translate("Swap A and B"), "arrow-left-right", "W", self.swap)
        self._stack = tools.add(translate("One above the other"), "rows-2", "V", stage.toggle_stacked, checkable=True)
        self._label_button = tools.add(translate("Labels"), "captions", "I", self.toggle_labels, checkable=True)
        self._label_button.setChecked(True)
        self._pin = tools.add(translate("Keep this pair as the best one"), "pin", "P", self.toggle_pin, checkable=True)
        self.bar.back.clicked.connect(self.leave)
        self.bar.full.clicked.connect(self.toggle_full_screen)
        self.bar.views.stepped.connect(self.step_view)
        self.bar.views.chosen.connect(self._open_view)
        self.bar.zoom.asked.connect(stage.zoom_to)
        self.bar.zoom.left.connect(lambda: stage.active.setFocus(Qt.FocusReason.OtherFocusReason))
        stage.moved.connect(self._soon.start)
        stage.detail_wanted.connect(self._detail_wanted)
        stage.painted.connect(self._painted)
        self.film.picked.connect(lambda picture_id, as_a: self.show_picture("A" if as_a else "B", picture_id))
        self.film.thumb_wanted.connect(self._load_thumb)
        order: list[QWidget] = [*stage.panes.values(), stage.badge, self.film, self.bar.back]
        order += [*self.bar.views.buttons, self.bar.zoom, self.bar.full, *tools.buttons]
        for first, second in pairwise(order):
            QWidget.setTabOrder(first, second)

    # --- opening ----------------------------------------------------------------------------------------------
    @property
    def case_id(self) -> int | None:
        """The case that is compared."""
        return self._case_id

    @property
    def shown(self) -> tuple[int | None, int | None]:
        """The photographs chosen for A and B."""
        return self._chosen["A"], self._chosen["B"]

    def open_case(self, case_id: int, view: str | None = None) -> None:
        """Show the right pair of a case, of a view or of the case's main one. Only the newest call is answered."""
        if case_id != self._case_id:
            self._forget()
        self._case_id = case_id
        self._wanted_view = view
        self._ask()

    def close_case(self) -> None:
        """Let go of all photographs (the window shows something else, or is locked)."""
        self._case_id = None
        self._tasks.forget(self)
        self._forget()

    def _ask(self, *, keep: bool = False) -> None:
        case_id, view = self._case_id, self._wanted_view
        if case_id is None:
            return
        self._tasks.ask(
            lambda services: read_pair(services, case_id, view),
            lambda reading: self._deliver(case_id, reading, keep=keep),
            owner=self,
            key="pair",
            failed=self._cannot_read,
        )

    def _forget(self) -> None:
        self._reading = None
        self._by_hand = False
        self._trouble = ""
        self._unpainted.clear()
        self._unread.clear()
        for letter, pane in self.stage.panes.items():
            self._drop_detail(letter)
            self._chosen[letter] = self._shown[letter] = None
            pane.show_waiting()
        self.bar.name.setText("")
        self.bar.about.setText("")
        self.bar.views.show_views((), "")
        self.stage.show_panes()
        self.stage.reset()
        self.film.show_sittings((), None)
        self._tell()

    def _cannot_read(self, error: ClinicError) -> None:
        self._furnish(photographs=False)
        again: Action = (translate("Try again"), self._ask)
        self.stage.show_notice("image-off", sentence_of(error), (again,))

    def _deliver(self, case_id: int, reading: Reading, *, keep: bool) -> None:
        if case_id != self._case_id:
            return
        before = self._reading
        answer = reading.answer
        self._reading = reading
        if before is None or before.answer.pair.view != answer.pair.view:
            self.stage.reset()
        self._wanted_view = answer.pair.view
        self.bar.name.setText(answer.patient.name)
        view = reading.views.get(answer.pair.view, answer.pair.view) if answer.pictures else ""
        self.bar.about.setText(" · ".join(part for part in (reading.diagnosis, view) if part))
        self.bar.views.show_views([(code, reading.views.get(code, code)) for code in answer.views], answer.pair.view)
        self._furnish(photographs=bool(answer.pictures))
        if not answer.pictures:
            words = translate("No photos yet. Drop a folder here or import from the camera.")
            self.stage.show_notice("image-plus", words, (self._import_action(),))
            self._chosen = {"A": None, "B": None}
            self._tell()
            return
        sittings = film.sittings_of(
            answer.pictures, answer.injections, reading.captions, reading.views, reading.products
        )
        self.film.show_sittings(sittings, answer.pair.view)
        pair = answer.pair
        automatic = {"A": pair.a.id if pair.a else None, "B": pair.b.id if pair.b else None}
        kept = keep and self._by_hand and any(reading.entry(one) for one in self._chosen.values())
        self._by_hand = bool(kept)
        chosen = {letter: one if reading.entry(one) else None for letter, one in self._chosen.items()}
        self._put(chosen if kept else automatic)

    def _furnish(self, *, photographs: bool) -> None:
        """Bars and strip around photographs; only the bar above where there are none, little on the whole screen."""
        self.bar.setVisible(not self._full)
        self.bar.zoom.setVisible(photographs)
        self.bar.full.setVisible(photographs)
        self.status.setVisible(photographs)
        for part in (self.tools, self._ground):
            part.setVisible(photographs and not self._full)
        if photographs:
            self.stage.show_panes()

    # --- what stands where ------------------------------------------------------------------------------------
    def show_picture(self, letter: str, picture_id: int) -> None:
        """Put a photograph into A or B; the one that stands in the other pane changes places with this."""
        if self._reading is None or self._reading.entry(picture_id) is None or self._chosen[letter] == picture_id:
            return
        other = "B" if letter == "A" else "A"
        self._by_hand = True
        if self._chosen[other] == picture_id:
            self.swap()
            return
        self._put({**self._chosen, letter: picture_id})

    def swap(self) -> None:
        """A becomes B and B becomes A, at once and without reading anything again."""
        if self._reading is None:
            return
        self._by_hand = True
        ready = all((shown := self._shown[letter]) is not None and shown[0] == self._chosen[letter] for letter in "AB")
        turned = {"A": self._chosen["B"], "B": self._chosen["A"]}
        if not ready:
            self._put(turned)
            return
        details = {letter: self.stage.panes[letter].take_detail() for letter in "AB"}
        self._shown = {"A": self._shown["B"], "B": self._shown["A"]}
        self._detail_of = {"A": self._detail_of["B"], "B": self._detail_of["A"]}
        self._chosen = turned
        self.stage.exchange()
        for letter, other in (("A", "B"), ("B", "A")):
            shown = self._shown[letter]
            if shown is not None:
                self._paint_into(letter, *shown)
            detail = details[other]
            if detail is not None:
                self.stage.panes[letter].set_detail(detail)
            elif self._detail_of[letter] is not None:
                self._detail_of[letter] = None
                self._detail_wanted(letter, self.stage.panes[letter].needs_detail)
        self._selected()

    def step(self, letter: str, direction: int) -> None:
        """The next or previous photograph of the same view in A or B; the one in the other pane is left out."""
        steps = self._steps(letter)
        if not steps:
            return
        current = self._chosen[letter]
        if current in steps:
            place = min(max(steps.index(current) + direction, 0), len(steps) - 1)
        else:
            place = 0 if direction > 0 else len(steps) - 1
        self.show_picture(letter, steps[place])

    def step_to_end(self, letter: str, *, last: bool) -> None:
        """The first or last photograph of the same view."""
        steps = self._steps(letter)
        if steps:
            self.show_picture(letter, steps[-1 if last else 0])

    def step_view(self, direction: int) -> None:
        """The next or previous view, with its own right pair."""
        if self._reading is None or not self._reading.answer.views:
            return
        views = self._reading.answer.views
        wanted = self._wanted_view
        if wanted in views:
            place = min(max(views.index(wanted) + direction, 0), len(views) - 1)
        else:
            place = 0 if direction > 0 else len(views) - 1
        if views[place] != wanted:
            self._open_view(views[place])

    def _open_view(self, code: str) -> None:
        self._wanted_view = code
        self._by_hand = False
        self._ask()

    def _steps(self, letter: str) -> list[int]:
        if self._reading is None:
            return []
        view = self._reading.answer.pair.view
        other = self._chosen["B" if letter == "A" else "A"]
        ids = [one.picture.id for one in self._reading.answer.pictures if one.picture.view == view]
        return [one for one in ids if one != other]

    def _put(self, chosen: dict[str, int | None]) -> None:
        """Show these two; what already stands in its pane stays."""
        if self._reading is None:
            return
        self._chosen = chosen
        self._trouble = ""
        self._unread.clear()
        sizes = [entry.picture for one in chosen.values() if (entry := self._reading.entry(one)) is not None]
        if sizes:
            self.stage.shape_for(Extent(sizes[0].width, sizes[0].height))
        self._unpainted = {letter for letter in "AB" if chosen[letter] is not None}
        for letter in "AB":
            picture_id = chosen[letter]
            shown = self._shown[letter]
            pane = self.stage.panes[letter]
            if picture_id is None:
                self._drop_detail(letter)
                self._shown[letter] = None
                pane.show_notice("image", *self._missing(letter))
            elif shown is not None and shown[0] == picture_id:
                pane.set_caption(self._reading.captions[picture_id])
                self._unpainted.discard(letter)
            else:
                self._load(letter, picture_id, pane)
        self._selected()
        if not self._unpainted:
            self._settled()

    def _load(self, letter: str, picture_id: int, pane: PicturePane) -> None:
        if self._shown[letter] is None:
            pane.show_waiting()
        self._tasks.paint(
            lambda services: levels.from_preview(services.pictures.preview(picture_id)),
            lambda preview: self._preview_came(letter, picture_id, preview),
            owner=self,
            key=("preview", letter),
            failed=lambda error: self._preview_failed(letter, picture_id, error),
        )

    def _preview_came(self, letter: str, picture_id: int, preview: Levels) -> None:
        if self._chosen[letter] != picture_id:
            return
        self._drop_detail(letter)
        self._shown[letter] = (picture_id, preview)
        self._paint_into(letter, picture_id, preview)
        self._tell()

    def _ask_halves(self) -> None:
        """Make the smaller levels of what was just painted; until then Qt shrinks it less finely."""
        for letter, shown in self._shown.items():
            if shown is not None and len(shown[1].steps) == 1:
                self._ask_halves_of(letter, shown[1])

    def _ask_halves_of(self, letter: str, preview: Levels) -> None:
        self._tasks.paint(
            lambda _: levels.halves_of(preview),
            lambda halves: self._halves_came(preview, halves),
            owner=self,
            key=("halves", letter),
        )

    def _halves_came(self, preview: Levels, halves: list[levels.Level]) -> None:
        if len(preview.steps) == 1:
            preview.steps.extend(halves)
        for pane in self.stage.panes.values():
            pane.update()

    def _paint_into(self, letter: str, picture_id: int, preview: Levels) -> None:
        entry = self._reading.entry(picture_id) if self._reading is not None else None
        if entry is not None and self._reading is not None:
            size = Extent(entry.picture.width, entry.picture.height)
            self.stage.panes[letter].show_picture(size, preview, self._reading.captions[picture_id])

    def _preview_failed(self, letter: str, picture_id: int, error: ClinicError) -> None:
        if self._chosen[letter] != picture_id:
            return
        self._drop_detail(letter)
        self._shown[letter] = None
        again: Action = (translate("Try again"), lambda: self._put(dict(self._chosen)))
        caption = self._reading.captions[picture_id] if self._reading is not None else None
        words = f"{caption.title}. {sentence_of(error)}" if caption is not None else sentence_of(error)
        self.stage.panes[letter].show_notice("image-off", words, (again,))
        self._unread.add(letter)
        self._painted(letter)
        self._tell()

    def _painted(self, letter: str) -> None:
        if letter in self._unpainted:
            self._unpainted.discard(letter)
            if not self._unpainted:
                self._settled()

    def _settled(self) -> None:
        self.film.start_loading()
        self._ask_halves()
        if not self._unread:
            self.pair_shown.emit(self._chosen["A"], self._chosen["B"])

    def _selected(self) -> None:
        self.film.set_current(self._chosen["A"], self._chosen["B"])
        self._tell()

    def _missing(self, letter: str) -> tuple[str, tuple[Action, ...]]:
        """What to say in an empty pane, and what can be done about it."""
        reading = self._reading
        if reading is None:
            return "", ()
        pair = reading.answer.pair
        injection = pair.injection
        if letter == "B" and injection is not None:
            words = translate("No photo of this view after injection {number} ({day}) yet.").format(
                number=injection.number, day=day_words(injection.day)
            )
        elif letter == "A" and injection is not None:
            words = translate("No photo of this view before injection {number} ({day}).").format(
                number=injection.number, day=day_words(injection.day)
            )
        elif self._chosen["A" if letter == "B" else "B"] is not None:
            words = translate("There is only one photo of this view.")
        else:
            words = translate("No photo of this view with a sure date.")
        actions = [self._import_action()]
        steps = self._steps(letter)
        nearest = reading.entry(steps[-1 if letter == "B" else 0]) if steps else None
        if nearest is not None:
            picture_id = nearest.picture.id
            caption = reading.captions[picture_id]
            named = ", ".join(part for part in (caption.short, caption.day) if part)
            use = translate("Use {photo}").format(photo=named)
            actions.insert(0, (use, lambda: self.show_picture(letter, picture_id)))
        return words, tuple(actions)

    def _import_action(self) -> Action:
        return translate("Import photos"), self._want_import

    def _want_import(self) -> None:
        if self._reading is not None:
            self.import_wanted.emit(self._reading.answer.patient.id)

    # --- full detail ------------------------------------------------------------------------------------------
    def _release_timer(self, letter: str) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(KEEP_DETAIL)
        timer.timeout.connect(lambda: self._drop_detail(letter))
        return timer

    def _detail_wanted(self, letter: str, needs: bool) -> None:
        shown = self._shown[letter]
        if not needs or shown is None:
            if self._detail_of[letter] is not None:
                self._release[letter].start()
            return
        self._release[letter].stop()
        picture_id = shown[0]
        if self._detail_of[letter] == picture_id:
            return
        self._detail_of[letter] = picture_id
        self._tasks.paint(
            lambda services: levels.from_pyramid(services.pictures.full(picture_id)),
            lambda detail: self._detail_came(letter, picture_id, detail),
            owner=self,
            key=("full", letter),
            failed=lambda error: self._detail_failed(letter, picture_id, error),
        )
        self._tell()

    def _detail_came(self, letter: str, picture_id: int, detail: Levels) -> None:
        shown = self._shown[letter]
        if self._detail_of[letter] == picture_id and shown is not None and shown[0] == picture_id:
            self._free(self.stage.panes[letter].set_detail(detail))
        else:
            self._free(detail)
        self._tell()

    def _detail_failed(self, letter: str, picture_id: int, error: ClinicError) -> None:
        if self._detail_of[letter] == picture_id:
            self._trouble = translate("Full detail of {letter}: {sentence}").format(
                letter=letter, sentence=sentence_of(error)
            )
            self._tell()

    def _drop_detail(self, letter: str) -> None:
        self._release[letter].stop()
        self._detail_of[letter] = None
        self._free(self.stage.panes[letter].take_detail())
        self._tell()

    def _free(self, detail: Levels | None) -> None:
        """Give up some hundred megabytes in a worker: freeing them here would make the window stutter."""
        if detail is not None:
            self._tasks.paint(lambda _: detail.steps.clear(), lambda _: None, owner=self)

    # --- thumbnails -------------------------------------------------------------------------------------------
    def _load_thumb(self, picture_id: int) -> None:
        ratio = self.devicePixelRatioF()
        size = QSize(self._keeper.px(film.THUMB.width()), self._keeper.px(film.THUMB.height())) * ratio

        def read(services: Services) -> QImage | None:
            return film.thumb_image(services.pictures.thumbnail(picture_id), size)

        self._tasks.paint(
            read,
            lambda image: self.film.set_thumb(picture_id, image),
            owner=self,
            key=("thumb", picture_id),
            failed=lambda _: self.film.set_thumb(picture_id, None),
        )

    # --- words ------------------------------------------------------------------------------------------------
    def _tell(self) -> None:
        """Say what is shown: zoom, why this pair, what the buttons would do."""
        stage = self.stage
        pane = stage.active
        self.bar.zoom.show_scale(pane.scale if pane.has_picture else None)
        self._actual.setChecked(pane.has_picture and abs(pane.scale - 1) < 1e-6)
        self._stack.setChecked(stage.stacked)
        self._pin.setChecked(self._pinned)
        both = all(one is not None for one in self._chosen.values())
        self._pin.setEnabled(both)
        self._pin.rename(
            translate("Let the app choose the pair again")
            if self._pinned
            else translate("Keep this pair as the best one")
        )
        self.status.left.setText("  ·  ".join(self._status_parts()))
        shaded = translate("Peak effect 2–6 weeks shaded")
        self.status.right.setText(shaded if self.film.has_peak else "")

    def _status_parts(self) -> list[str]:
        reading = self._reading
        if reading is None:
            return []
        parts = [self._trouble] if self._trouble else []
        pair = reading.answer.pair
        a, b = (reading.entry(self._chosen[letter]) for letter in "AB")
        if self._chosen == {"A": pair.a.id if pair.a else None, "B": pair.b.id if pair.b else None}:
            parts.append(pair_reason_words(pair))
        elif a is not None and b is not None:
            parts.append(translate("Chosen by hand"))
            same = a.picture.view == b.picture.view
            parts.append(translate("same view") if same else translate("different views: compare with care"))
        pane = self.stage.active
        if pane.has_picture:
            parts.append(percent(pane.scale))
        if not self.stage.linked:
            parts.append(translate("panes move separately"))
        loading = [
            letter
            for letter in "AB"
            if self._detail_of[letter] is not None
            and self.stage.panes[letter].needs_detail
            and not self.stage.panes[letter].has_detail
        ]
        if loading and not self._trouble:
            parts.append(translate("full detail is coming…"))
        return parts

    @property
    def _pinned(self) -> bool:
        if self._reading is None or self._reading.answer.pair.reason is not PairReason.PINNED:
            return False
        pair = self._reading.answer.pair
        return pair.a is not None and pair.b is not None and self.shown == (pair.a.id, pair.b.id)

    def toggle_labels(self) -> None:
        """Show or hide the labels on the photographs."""
        self._labels = not self._labels
        self._label_button.setChecked(self._labels)
        for pane in self.stage.panes.values():
            pane.set_labels(self._labels)

    def toggle_pin(self) -> None:
        """Keep this pair for this view, or let the app choose again."""
        case_id, (a, b) = self._case_id, self.shown
        if self._reading is None or case_id is None or a is None or b is None:
            return
        view = self._reading.answer.pair.view

        def write(services: Services) -> Changes:
            return services.pictures.unpin(case_id, view) if pinned else services.pictures.pin(case_id, view, a, b)

        def done(_: Changes) -> None:
            self._by_hand = False
            self.written.emit(translate("Pair let go") if pinned else translate("Pair kept"))
            self._ask()

        pinned = self._pinned
        self._tasks.tell(write, done, owner=self, failed=self._refused)

    def _refused(self, error: ClinicError) -> None:
        self._trouble = sentence_of(error)
        self._tell()

    def _something_changed(self, changes: Changes) -> None:
        if changes.topics & TOPICS and self._case_id is not None and self.isVisible():
            self._ask(keep=True)

    # --- keys -------------------------------------------------------------------------------------------------
    def _action_of(self, event: QKeyEvent) -> Callable[[], object] | None:
        stage = self.stage
        key = Qt.Key(event.key())
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal) and modifiers in (_PLAIN, _SHIFT, _CTRL, _CTRL | _SHIFT):
            return lambda: stage.zoom(NOTCH)
        if key in (Qt.Key.Key_Minus, Qt.Key.Key_Underscore) and modifiers in (_PLAIN, _CTRL):
            return lambda: stage.zoom(1 / NOTCH)
        if key == Qt.Key.Key_0 and modifiers in (_PLAIN, _CTRL):
            return stage.fit
        if modifiers in (_PLAIN, _SHIFT):
            letter = "A" if modifiers == _SHIFT else "B"
            steps: dict[Qt.Key, Callable[[], object]] = {
                Qt.Key.Key_Left: lambda: self.step(letter, -1),
                Qt.Key.Key_Right: lambda: self.step(letter, 1),
                Qt.Key.Key_Home: lambda: self.step_to_end(letter, last=False),
                Qt.Key.Key_End: lambda: self.step_to_end(letter, last=True),
            }
            if key in steps:
                return steps[key]
        if key == Qt.Key.Key_L and modifiers == _SHIFT:
            return lambda: stage.set_linked(True, drop_offset=True)
        plain: dict[Qt.Key, Callable[[], object]] = {
            Qt.Key.Key_X: stage.fit,
            Qt.Key.Key_Z: stage.toggle_actual_size,
            Qt.Key.Key_L: lambda: stage.set_linked(not stage.linked),
            Qt.Key.Key_V: stage.toggle_stacked,
            Qt.Key.Key_W: self.swap,
            Qt.Key.Key_I: self.toggle_labels,
            Qt.Key.Key_P: self.toggle_pin,
            Qt.Key.Key_F: self.toggle_full_screen,
            Qt.Key.Key_F11: self.toggle_full_screen,
            Qt.Key.Key_PageUp: lambda: self.step_view(-1),
            Qt.Key.Key_PageDown: lambda: self.step_view(1),
            Qt.Key.Key_Escape: self.leave,
        }
        return plain.get(key) if modifiers == _PLAIN else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The viewer's keys; they reach it from whatever part of it has the keyboard and does not use them itself."""
        action = self._action_of(event)
        if action is None:
            event.ignore()
            return
        action()
        event.accept()

    def event(self, event: QEvent) -> bool:
        """While the keyboard is in here the viewer's keys go before shortcuts of the window."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._action_of(event) is not None
        ):
            event.accept()
            return True
        return super().event(event)

    def leave(self) -> None:
        """Out of full screen, or back to the case."""
        if self._full:
            self.toggle_full_screen()
        else:
            self.left.emit()

    def toggle_full_screen(self) -> None:
        """Only the photographs on the whole screen, and back."""
        window = self.window()
        self._full = not self._full
        if self._full:
            self._was_maximised = window.isMaximized()
            window.showFullScreen()
        elif self._was_maximised:
            window.showMaximized()
        else:
            window.showNormal()
        self._furnish(photographs=self._reading is not None and bool(self._reading.answer.pictures))
        self.stage.active.setFocus(Qt.FocusReason.OtherFocusReason)
        self.full_screen_changed.emit(self._full)

    def hideEvent(self, event: QHideEvent) -> None:
        """Somebody went elsewhere: the window must not stay on the whole screen for it."""
        if self._full:
            self.toggle_full_screen()
        super().hideEvent(event)

    # --- files from outside -----------------------------------------------------------------------------------
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files may be dropped while a case is open."""
        if self._reading is not None and any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Hand the dropped files and folders on; the window imports them."""
        paths = tuple(url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile())
        if self._reading is not None and paths:
            event.acceptProposedAction()
            self.files_dropped.emit(self._reading.answer.patient.id, paths)
