"""The viewer: the right pair of a case under one lens, in every mode, with the filmstrip below."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from functools import partial
from itertools import pairwise
from time import monotonic_ns
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QFocusEvent,
    QHideEvent,
    QImage,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.comparison import CompareMode, CompareState, Remembered
from clinic_app.domain.errors import ClinicError
from clinic_app.domain.lens import NOTCH, Lens
from clinic_app.domain.measurements import unit_millimetres
from clinic_app.domain.pictures import PairReason
from clinic_app.ui.compare import film, levels
from clinic_app.ui.compare.align_tool import AlignTool
from clinic_app.ui.compare.aligning import Aligner
from clinic_app.ui.compare.bars import StatusLine, ToolStrip, TopBar
from clinic_app.ui.compare.buttons import buttons_of
from clinic_app.ui.compare.composed import FASTEST, GAINS, SLOWEST
from clinic_app.ui.compare.cycles import CycleStrip, cycle_names, left_out_words, own_cycles, small
from clinic_app.ui.compare.film import FilmStrip
from clinic_app.ui.compare.film_filter import FilmFilter, choices
from clinic_app.ui.compare.finding import Finder
from clinic_app.ui.compare.injection_beside import InjectionBeside
from clinic_app.ui.compare.keys import COMMANDS, GROUPS, OF_DIVIDER
from clinic_app.ui.compare.levels import Level, Levels
from clinic_app.ui.compare.loading import Loader
from clinic_app.ui.compare.looks import Grid
from clinic_app.ui.compare.mark_tool import MarkTool
from clinic_app.ui.compare.measure_tool import MeasureTool
from clinic_app.ui.compare.menu import MoreMenu
from clinic_app.ui.compare.notice import Action
from clinic_app.ui.compare.photo import Photo
from clinic_app.ui.compare.reading import Reading, missing_words, read_pair
from clinic_app.ui.compare.remembering import put_back, seen_now
from clinic_app.ui.compare.ring_centre import RingCentre
from clinic_app.ui.compare.second import SecondWindow
from clinic_app.ui.compare.stage import LETTERS, Stage
from clinic_app.ui.compare.status_words import StatusWords
from clinic_app.ui.compare.taking_out import TakingOut
from clinic_app.ui.tasks import Tasks
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.widgets.key_map import KeyMap
from clinic_app.ui.widgets.menu_place import pop_under
from clinic_app.ui.widgets.themed import Plane
from clinic_app.wording.language import translate
from clinic_app.wording.sentences import sentence_of

if TYPE_CHECKING:
    from clinic_app.services import Services

FINE_TURN = 0.5
"""Degrees a photograph is turned by one key (ux.md 2.9)."""

REMEMBER_AFTER = 1200
"""Milliseconds after the last change until what is shown is remembered."""

CYCLE_SIDE = 700
"""Longest side in pixels of a photograph in the strip of all cycles."""

LOW, LOW_WORDS = 700, 560
"""Under so many pixels, or so many at 100 %, a window is low: a whole filmstrip leaves photographs too little."""

TOPICS = frozenset({Topic.PICTURES, Topic.TREATMENT, Topic.CASES, Topic.PATIENTS})


class CompareView(QWidget):
    """Photographs of a case under one lens; ``open_case`` shows the right pair.

    Signals: ``left`` (back to the case); ``case_chosen(patient_id, case_id)``: another diagnosis of the patient;
    ``import_wanted(patient_id)``; ``files_dropped(patient_id, paths)``;
    ``views_wanted(patient_id, case_id, picture_ids)``: photographs without a view are to be given one;
    ``pair_shown(a_id, b_id)`` after every photograph of the pair was painted (None: there is none);
    ``full_screen_changed(bool)`` so that the window can put its own parts away; ``undoable(words, undo_id)``: a
    write was made, or (None) what cannot be said in the line below; ``realigned(words, back)``: an alignment was taken
    back, or made again. ``session_asked(patient_id, case_id, session_id)``: an injection is to be opened in the record.
    """

    left = Signal()
    case_chosen = Signal(int, int)
    import_wanted = Signal(int)
    views_wanted = Signal(int, int, object)
    files_dropped = Signal(int, object)
    pair_shown = Signal(object, object)
    full_screen_changed = Signal(bool)
    realigned = Signal(str, bool)
    undoable = Signal(str, object)
    session_asked = Signal(int, int, int)

    def __init__(
        self, keeper: ThemeKeeper, tasks: Tasks, parent: QWidget | None = None, *, keys: KeyMap | None = None
    ) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self._tasks = tasks
        self._keys = KeyMap(COMMANDS, GROUPS) if keys is None else keys
        self._case_id: int | None = None
        self._wanted_view: str | None = None
        self._reading: Reading | None = None
        self._state = CompareState()
        self._chosen: dict[str, int | None] = {"A": None, "B": None}
        self._unpainted: set[str] = set()
        self._unread: set[str] = set()
        self._by_hand = self._folded_by_hand = False
        self._filter = FilmFilter()
        self._against: tuple[int | None, int | None] = (None, None)
        self._wanted_pair: tuple[int, int] | None = None
        self._wanted_session: int | None = None
        self._full = False
        self._everywhere = False
        self._presenting = False
        self._was_maximised = False
        self._second: SecondWindow | None = None
        self._said = ""
        self._trouble = self._still = ""
        """What went wrong; and what is still to be said of it once all is read again."""
        self._undone_at = 0
        self._awaited: Callable[[], object] | None = None
        """What leaves once all that was drawn is kept."""
        self.aligner = Aligner(tasks, self)
        self.written_at: Callable[[], int] = lambda: 0
        """When the newest other thing that Ctrl+Z would take back was done; the window knows."""
        self._soon = self._timer(0, self._tell)
        self._later = self._timer(REMEMBER_AFTER, self._remember)
        self.stage = Stage(keeper)
        self.loader = Loader(tasks, self.stage, lambda letter: self._chosen.get(letter), self._make, self)
        self.tool = AlignTool(self.stage, self.loader, self.aligner, self)
        self.finder = Finder(tasks, self.aligner, self.tool, self)
        self.measures = MeasureTool(keeper, self._keys, tasks, self.stage, self.loader, self.aligner, self)
        self.marker = MarkTool(keeper, self._keys, tasks, self.stage, self.loader, self.aligner, self.measures, self)
        self._layers = True
        self.rings = RingCentre(tasks, self.stage, self.loader, self)
        self.beside = InjectionBeside(keeper, self._keys, tasks, self)
        self.out = TakingOut(keeper, tasks, self.stage, self)
        self._words = StatusWords(self.stage, self.loader, self.aligner)
        self._acts = self._actions()
        self._build()
        self.setAcceptDrops(True)
        self.setAccessibleName(translate("Compare photos"))
        self.setFocusProxy(self.stage.panes["B"])
        tasks.changed.connect(self._something_changed)
        keeper.changed.connect(self._fold_where_low)

    def _timer(self, milliseconds: int, act: Callable[[], object]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(lambda: act())
        return timer

    def _build(self) -> None:
        keeper = self._keeper
        self.bar = TopBar(keeper, self._keys)
        self.cycles = CycleStrip(keeper)
        self.tools = ToolStrip(keeper)
        self.status = StatusLine(keeper, self._keys)
        self.film = FilmStrip(keeper)
        self._ground = Plane(keeper, "viewer.bar")
        strip = QVBoxLayout(self._ground)
        strip.setContentsMargins(0, 0, 0, 0)
        strip.addWidget(self.film)
        self._centre = QStackedWidget()
        self._centre.addWidget(self.stage)
        self._centre.addWidget(self.cycles)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.tools)
        middle.addWidget(self._centre, 1)
        middle.addWidget(self.measures.panel)
        middle.addWidget(self.marker.panel)
        middle.addWidget(self.beside.panel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addLayout(middle, 1)
        column.addWidget(self.status)
        column.addWidget(self._ground)
        self.buttons = buttons_of(self.tools, self._keys, self.act)
        self.stage.badge.follow(self._keys, "link")
        stage = self.stage
        self.bar.back.clicked.connect(self.leave)
        self.bar.full.clicked.connect(self.toggle_full_screen)
        self.bar.out.clicked.connect(self.save_picture)
        self.bar.more.clicked.connect(self.open_menu)
        self.bar.modes.chosen.connect(self.set_mode)
        self.bar.views.stepped.connect(self.step_view)
        self.bar.views.chosen.connect(self._open_view)
        self.bar.views.left_for.connect(self._open_diagnosis)
        self.bar.zoom.asked.connect(stage.zoom_to)
        self.bar.zoom.asked.connect(lambda _: self._tell())
        self.bar.zoom.left.connect(self._to_photos)
        stage.moved.connect(self._soon.start)
        stage.moved.connect(self._later.start)
        stage.painted.connect(self._painted)
        self.loader.told.connect(self._soon.start)
        self.loader.failed.connect(self._preview_failed)
        self.loader.blurred.connect(self._detail_failed)
        self.tool.said.connect(self._say)
        self.tool.mode_asked.connect(self._mode_for_points)
        self.finder.said.connect(self._say)
        self.finder.told.connect(self._soon.start)
        self.finder.failed.connect(self._refused)
        self.measures.said.connect(self._say)
        self.measures.told.connect(self._tell)
        self.measures.failed.connect(self._not_saved)
        self.measures.kept.connect(self.undoable)
        self.measures.mode_asked.connect(self._mode_for_points)
        self.measures.panel.left.connect(self._to_photos)
        self.marker.said.connect(self._say)
        self.marker.told.connect(self._tell)
        self.marker.failed.connect(self._refused)
        self.marker.kept.connect(self.undoable)
        self.marker.mode_asked.connect(self._mode_for_points)
        self.marker.layer_asked.connect(self.toggle_layers)
        self.marker.shown_asked.connect(lambda: self._show_layers(shown=True))
        self.beside.session_asked.connect(self._open_session)
        self.beside.here_asked.connect(self.show_session)
        self.beside.hide_asked.connect(partial(self.act, "injection"))
        self.beside.panel.left.connect(self._to_photos)
        self.out.said.connect(self._say)
        self.out.refused.connect(self._refused)
        stage.dropped.connect(self.show_picture)
        stage.menu_asked.connect(lambda at: self.menu().popup(at))
        stage.stepped.connect(lambda letter, way: self.step(letter if letter == "A" else "B", way, slides=False))
        self._keys.changed.connect(self._take_keys)
        stage.looks.wheel_steps = self._keys.choices.wheel_steps
        self.aligner.moved.connect(self._lie_anew)
        self.aligner.told.connect(self._soon.start)
        self.undoable.connect(self._soon.start)
        self.aligner.failed.connect(self._not_saved)
        self.film.picked.connect(self._picked)
        self.film.clicked.connect(self._to_photos)
        self.status.filter.clicked.connect(self.open_filter)
        self.film.added.connect(self.add_pane)
        self.film.alone.connect(self._show_alone)
        self.film.session_opened.connect(self.show_session)
        self.film.thumb_wanted.connect(self._load_thumb)
        self.cycles.chosen.connect(self._show_cycle)
        self.cycles.wanted.connect(self._load_of_cycles)
        order: list[QWidget] = [*stage.panes.values(), stage.composed, self.cycles, stage.badge, self.film]
        order += [self.status.filter, *self.bar.buttons, *self.tools.buttons, self.tools.more]
        for first, second in pairwise(order):
            QWidget.setTabOrder(first, second)

    def _actions(self) -> dict[str, Callable[[], object]]:
        """What each command of the viewer does, by its name."""
        acts: dict[str, Callable[[], object]] = {mode.value: partial(self.set_mode, mode) for mode in CompareMode}
        acts |= {
            "swap": self.swap,
            "stack": lambda: self.stage.toggle_stacked(),
            "add_pane": lambda: self.add_pane(None),
            "drop_pane": self.drop_pane,
            "cycles": self.toggle_cycles,
            "zoom_in": lambda: self.stage.zoom(NOTCH, everywhere=self._everywhere),
            "zoom_out": lambda: self.stage.zoom(1 / NOTCH, everywhere=self._everywhere),
            "fit": lambda: self.stage.fit(everywhere=self._everywhere),
            "actual": lambda: self.stage.toggle_actual_size(everywhere=self._everywhere),
            "turn_left": partial(self.turn, -1),
            "turn_right": partial(self.turn, 1),
            "fine_left": partial(self.tool.fine_turn, -FINE_TURN),
            "fine_right": partial(self.tool.fine_turn, FINE_TURN),
            "nudge_left": partial(self.tool.nudge_active, -1, 0),
            "nudge_right": partial(self.tool.nudge_active, 1, 0),
            "nudge_up": partial(self.tool.nudge_active, 0, -1),
            "nudge_down": partial(self.tool.nudge_active, 0, 1),
            "points": self.tool.toggle_points,
            "refine": partial(self.look_for, self.finder.refine),
            "automatic": partial(self.look_for, self.finder.automatic),
            "forget": self.tool.forget,
            "undo": self.undo_alignment,
            "redo": self.redo_alignment,
            "link": lambda: self.stage.set_linked(not self.stage.linked),
            "relink": lambda: self.stage.set_linked(True, drop_offset=True),
            "mirror": lambda: self.stage.set_looks(mirrored=not self.stage.looks.mirrored),
            "exposure": lambda: self.stage.set_looks(match_exposure=not self.stage.looks.match_exposure),
            "grid": lambda: self.stage.set_looks(grid=Grid((self.stage.looks.grid + 1) % len(Grid))),
            "loupe": lambda: self.stage.set_looks(loupe=not self.stage.looks.loupe),
            "labels": lambda: self.stage.set_looks(labels=not self.stage.looks.labels),
            "next_view": partial(self.step_view, 1),
            "previous_view": partial(self.step_view, -1),
            "diagnosis": self.next_diagnosis,
            "next_cycle": partial(self.step_cycle, 1),
            "previous_cycle": partial(self.step_cycle, -1),
            "as_a": partial(self.active_as, "A"),
            "as_b": partial(self.active_as, "B"),
            "more": partial(self.mix_more, 1),
            "less": partial(self.mix_more, -1),
            "pin": self.toggle_pin,
            "film": self.fold_film,
            "filter": self.open_filter,
            "full": self.toggle_full_screen,
            "present": self.toggle_presentation,
            "second": self.toggle_second,
            "copy": self.copy_picture,
            "save": self.save_picture,
            "print": self.print_comparison,
            "leave": self.leave,
            "peek": lambda: self.stage.peek(on=True),
        }
        acts |= {**self.measures.acts(), **self.marker.acts()}
        acts |= {"layers": self.toggle_layers, "remove_measure": self.remove_chosen}
        acts |= {"measures": self.toggle_measures, "injection": self.toggle_injection}
        for letter, tail in (("B", ""), ("A", "_a")):
            acts |= {
                f"next{tail}": partial(self.step, letter, 1),
                f"previous{tail}": partial(self.step, letter, -1),
                f"last{tail}": partial(self.step_to_end, letter, last=True),
                f"first{tail}": partial(self.step_to_end, letter, last=False),
            }
        return acts

    @property
    def reading(self) -> Reading | None:
        """What was read of the case; None until it came."""
        return self._reading

    def act(self, name: str) -> None:
        """Carry a command out, then the keyboard is with the photographs again. What is being typed is kept first."""
        self._awaited = None
        if not self.marker.keep_words():
            return
        self._acts[name]()
        if name not in ("leave", "full", "present", "save", "copy", "print") and self.isVisible():
            self._to_photos()

    def _to_photos(self) -> None:
        target: QWidget = self.cycles if self.all_cycles else self.stage.active
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- opening ----------------------------------------------------------------------------------------------
    @property
    def case_id(self) -> int | None:
        """The case that is compared."""
        return self._case_id

    @property
    def shown(self) -> tuple[int | None, int | None]:
        """The photographs chosen for A and B."""
        return self._chosen["A"], self._chosen["B"]

    @property
    def _by_pane(self) -> tuple[int | None, ...]:
        """The photographs chosen for every pane there is."""
        return tuple(self._chosen.get(letter) for letter in self.stage.letters)

    @property
    def all_cycles(self) -> bool:
        """Whether one view in all cycles is shown."""
        return self._centre.currentWidget() is self.cycles

    @property
    def second_window(self) -> SecondWindow | None:
        """The second window, while it is open."""
        return self._second

    def open_case(self, case_id: int, view: str | None = None, session_id: int | None = None) -> None:
        """Show the right pair of a case, of a view or of the case's main one. Only the newest call is answered.

        ``session_id``: that of the cycle of this injection instead (0: of no other), with the injection and its doses
        beside it.
        """
        if case_id != self._case_id:
            self._forget()
        self._case_id = case_id
        self._wanted_view = view
        self._wanted_pair = None
        self._wanted_session = session_id
        self._ask()

    def expect(self, picture_ids: Iterable[int]) -> None:
        """These photographs are most likely those of the case just opened: their pixels are read meanwhile."""
        if self._reading is None:
            self.loader.expect(picture_ids)

    def open_pair(self, case_id: int, view: str, a: int, b: int) -> None:
        """Show two photographs of a case that somebody chose, ``a`` as A; ``view`` is theirs, "" where unknown."""
        self.open_case(case_id, view or None)
        self._wanted_pair = (a, b)

    def close_case(self) -> None:
        """Let go of all photographs (the window shows something else, or is locked)."""
        self.finder.stop()
        self._remember()
        self.aligner.close()
        self._case_id = None
        self._tasks.forget(self)
        self._forget()

    def _ask(self, *, keep: bool = False) -> None:
        case_id, view, session_id = self._case_id, self._wanted_view, self._wanted_session
        if case_id is None:
            return
        self._tasks.ask(
            lambda services: read_pair(services, case_id, view, session_id),
            lambda reading: self._deliver(case_id, reading, keep=keep),
            owner=self,
            key="pair",
            failed=self._cannot_read,
        )

    def _forget(self) -> None:
        self.finder.stop()
        self._remember()
        self.aligner.close()
        self._close_second()
        self._reading = self.tool.reading = None
        self.measures.read(0, None)
        self.marker.read(0, None)
        self._show_layers(shown=True)
        self.beside.read(0, None)
        self._state = CompareState()
        self._by_hand = False
        self.rings.forget()
        self._said = self._trouble = self._still = ""
        self._awaited = None
        self._filter = FilmFilter()
        self._unpainted.clear()
        self._unread.clear()
        self._centre.setCurrentWidget(self.stage)
        self.cycles.clear()
        self._chosen = {"A": None, "B": None}
        self.loader.expect(())
        for letter in LETTERS:
            self.loader.forget(letter)
            self.stage.show_waiting(letter)
        self.bar.name.setText("")
        self.bar.about.setText("")
        self.bar.views.show_views((), "")
        self.stage.set_count(2)
        self.stage.show_panes()
        self.stage.set_looks(mirrored=False)
        self._put_back(Remembered())
        self.film.show_sittings((), None)
        self._tell()

    def _cannot_read(self, error: ClinicError) -> None:
        self._awaited = None
        self.beside.read(0, None)
        self._furnish(photographs=False)
        again: Action = (translate("Try again"), self._ask)
        self.stage.show_notice("image-off", sentence_of(error), (again,))

    def _deliver(self, case_id: int, reading: Reading, *, keep: bool) -> None:
        if case_id != self._case_id:
            return
        before = self._reading
        answer = reading.answer
        if before is not None and not keep:
            self._remember()
        self._reading = self.tool.reading = reading
        self.measures.read(case_id, reading)
        self.marker.read(case_id, reading)
        self.beside.read(case_id, reading)
        if before is None:
            self._state = answer.state
            self.beside.wanted = answer.state.injection
        self.aligner.open(case_id, reading.view, answer.alignments)
        self._wanted_view = reading.view
        self.bar.name.setText(answer.patient.name)
        alone = bool(answer.pictures) and len(answer.views) < 2
        view = reading.views.get(reading.view, reading.view) if alone else ""
        also = [translate("also {diagnosis}").format(diagnosis=other.diagnosis) for other in reading.elsewhere]
        self.bar.about.setText(" · ".join(part for part in (reading.diagnosis, view, *also) if part))
        views = [(code, reading.views.get(code, code)) for code in answer.views]
        self.bar.views.show_views(views, reading.view, reading.elsewhere)
        self._furnish(photographs=bool(answer.pictures))
        self.bar.fit()
        if not answer.pictures:
            words = translate("No photos yet. Drop a folder here or import from the camera.")
            self.stage.show_notice("image-plus", words, (self._import_action(),))
            self._chosen = {"A": None, "B": None}
            self._follow_session(self.shown)
            self._tell()
            return
        self._fill_film(reading)
        cycles = own_cycles(answer.cycles)
        injection = answer.pair.injection
        current = next((place for place, pair in enumerate(cycles) if pair.injection == injection), len(cycles) - 1)
        left_out = left_out_words(answer.cycles)
        self.cycles.show_cycles(cycles, cycle_names(cycles), dict(reading.captions), current, left_out)
        wanted = self._wanted_pair or self._wanted_session
        if keep and wanted is None and before is not None and before.view == reading.view:
            self._keep_choice(reading)
        else:
            self._choose_first(reading)
        if self._awaited is not None and not self.marker.pending:
            take_out, self._awaited, self._said = self._awaited, None, ""
            take_out()

    def _fill_film(self, reading: Reading) -> None:
        """The strip with the photographs its filter lets through."""
        shown, case_id = self._filter.of(reading), reading.answer.case.id
        sittings = film.sittings_of(
            shown, reading.answer.injections, reading.captions, reading.views, reading.products, case_id
        )
        if not shown:
            sittings.append(film.Sitting(translate("No photo fits what the strip shows"), ""))
        self.film.show_sittings(sittings, reading.view)

    def set_filter(self, **changes: Any) -> None:
        """Show other photographs in the strip: ``view`` and ``pinned`` of a ``FilmFilter``."""
        self._filter = replace(self._filter, **changes)
        if self._reading is not None:
            self._fill_film(self._reading)
            self._selected()

    def _fill_filter(self, menu: MoreMenu, reading: Reading) -> None:
        menu.choice(
            translate("Photos in the strip"), choices(reading, self._filter), lambda view: self.set_filter(view=view)
        )
        only = menu.addAction(translate("Only pinned pairs in the strip"))
        only.setCheckable(True)
        only.setChecked(self._filter.pinned)
        only.triggered.connect(lambda: self.set_filter(pinned=not self._filter.pinned))

    def open_filter(self) -> None:
        """Choose which photographs the strip shows."""
        self._tell()
        if self._reading is None:
            return
        menu = MoreMenu(self, self._keys, self.act)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._fill_filter(menu, self._reading)
        pop_under(menu, self.status.filter)

    def _keep_choice(self, reading: Reading) -> None:
        """Something changed elsewhere: what was chosen by hand stays as far as it is there."""
        kept = self._by_hand and any(reading.entry(one) for one in self._chosen.values())
        self._by_hand = bool(kept)
        a, b = reading.automatic
        chosen = {letter: one if reading.entry(one) else None for letter, one in self._chosen.items()}
        self._put(chosen if kept else {**chosen, "A": a, "B": b})
        self._trouble, self._still = self._still, ""

    def _choose_first(self, reading: Reading) -> None:
        """The pair the rule gives, or the one chosen last where nothing better came since; seen as it was seen last."""
        a, b = reading.automatic
        known = self._state.views.get(reading.view)
        stands = (
            known is not None
            and known.automatic == (a, b)
            and reading.answer.pair.reason is not PairReason.PINNED
            and all(reading.entry(one) is not None for one in known.pictures if one is not None)
            and any(one is not None for one in known.pictures)
        )
        pictures = known.pictures if stands and known is not None else (a, b)
        wanted: tuple[int | None, int | None] | None = self._wanted_pair
        self._wanted_pair = None
        if self._wanted_session:
            wanted = reading.pair_of(self._wanted_session)
        if wanted is not None and all(reading.entry(one) is not None for one in wanted if one is not None):
            pictures = wanted
            self._leave_cycles()
        self._follow_session((pictures[0], pictures[1]))
        self._by_hand = tuple(pictures[:2]) != (a, b)
        self._against = (a, b)
        same = known is not None and tuple(known.pictures) == tuple(pictures)
        seen = known or Remembered()
        if not same:
            seen = replace(seen, lens=Lens(), links=(), linked=True)
        if wanted is not None and seen.mode is CompareMode.SINGLE:
            seen = replace(seen, mode=CompareMode.SIDE_BY_SIDE)
        count = max(len(pictures), 2)
        self.stage.set_count(count)
        self.aligner.forget_found()
        self._chosen = dict(zip(LETTERS, (*pictures, None, None)[:count], strict=False))
        self._put_back(seen)
        self._put(dict(self._chosen))

    def _follow_session(self, shows: tuple[int | None, int | None]) -> None:
        """The injection that was asked for stands beside these photographs until others are shown."""
        session_id, self._wanted_session = self._wanted_session, None
        if session_id is not None:
            self.beside.wanted = True
            self.beside.follow(session_id, shows)

    def _put_back(self, seen: Remembered) -> None:
        """See them as they were seen."""
        put_back(self.stage, seen)
        mode = seen.mode
        if mode is CompareMode.DIFFERENCE and not self._together:
            mode = CompareMode.SIDE_BY_SIDE
        if mode is not self.stage.mode:
            self._set_mode(mode)
        self._later.stop()

    def _furnish(self, *, photographs: bool) -> None:
        """Bars and strip around photographs; only the bar above where there are none, little on the whole screen."""
        self.bar.setVisible(not self._full)
        self.bar.show_tools(shown=photographs)
        self.status.setVisible(photographs and not self._presenting)
        if self.stage.looks.sealed is not self._presenting:
            self.stage.set_looks(sealed=self._presenting)
        for part in (self.tools, self._ground):
            part.setVisible(photographs and not self._full)
        if photographs:
            self.stage.show_panes()

    # --- what stands where ------------------------------------------------------------------------------------
    def show_picture(self, letter: str, picture_id: int) -> None:
        """Put a photograph into a pane; one that stands in A or B already changes places."""
        reading = self._reading
        if reading is None or reading.entry(picture_id) is None or self._chosen.get(letter) == picture_id:
            return
        self._choose_by_hand()
        self._leave_cycles()
        held = next((other for other, one in self._chosen.items() if one == picture_id), None)
        if held is not None and {held, letter} == {"A", "B"}:
            self.swap()
        elif held is not None:
            self._put({**self._chosen, letter: picture_id, held: self._chosen.get(letter)})
        elif letter in self.stage.letters:
            self._put({**self._chosen, letter: picture_id})

    def _picked(self, picture_id: int, as_a: bool) -> None:
        """A photograph of the strip goes to A or B; from then on the keys act on it."""
        letter = "A" if as_a else "B"
        self.show_picture(letter, picture_id)
        self.stage.act_on(letter)

    def _choose_by_hand(self) -> None:
        """Somebody chose photographs, against the pair the rule gives now."""
        if self._reading is not None and not self._by_hand:
            self._by_hand = True
            self._against = self._reading.automatic

    def _show_alone(self, picture_id: int) -> None:
        self.show_picture("B", picture_id)
        held = next((letter for letter, one in self._chosen.items() if one == picture_id), "B")
        self.stage.activate(held)
        self.set_mode(CompareMode.SINGLE)

    def active_as(self, letter: str) -> None:
        """The photograph of the active pane goes to A or to B."""
        picture_id = self._chosen.get(self.stage.active_letter)
        if picture_id is not None:
            self.show_picture(letter, picture_id)

    def add_pane(self, picture_id: int | None) -> None:
        """One pane more, for this photograph or the next of the view that is not shown yet."""
        count = len(self.stage.letters)
        if self._reading is None or count >= len(LETTERS) or picture_id in self._chosen.values():
            return
        if picture_id is None:
            rest = [one for one in self._reading.of_view() if one not in self._chosen.values()]
            newer = [one for one in rest if self._chosen["B"] is not None and self._comes_after(one, self._chosen["B"])]
            picture_id = next(iter(newer or rest), None)
        if picture_id is None:
            self._say(translate("There is no further photo of this view."))
            return
        self._choose_by_hand()
        self._leave_cycles()
        if self.stage.mode is not CompareMode.SIDE_BY_SIDE:
            self.set_mode(CompareMode.SIDE_BY_SIDE)
        self.stage.set_count(count + 1)
        self._put({**self._chosen, LETTERS[count]: picture_id})

    def _comes_after(self, picture_id: int, other: int) -> bool:
        ids = self._reading.of_view() if self._reading is not None else []
        return other in ids and ids.index(picture_id) > ids.index(other)

    def drop_pane(self) -> None:
        """One pane fewer: the last."""
        count = len(self.stage.letters)
        if count <= 2:
            return
        letter = LETTERS[count - 1]
        self.loader.forget(letter)
        del self._chosen[letter]
        self.stage.set_count(count - 1)
        self._put(dict(self._chosen))

    def swap(self) -> None:
        """A becomes B and B becomes A, at once and without reading anything again."""
        if self._reading is None:
            return
        self._choose_by_hand()
        self.aligner.end_points()
        here = {letter: photo.picture_id for letter, photo in self.loader.shown.items() if photo is not None}
        ready = all(letter in here and here[letter] == self._chosen[letter] for letter in "AB")
        turned = {**self._chosen, "A": self._chosen["B"], "B": self._chosen["A"]}
        if not ready:
            self._put(turned)
            self._tell()
            return
        self._chosen = turned
        self.loader.exchange()
        self._lie_anew()
        self._selected()

    def step(self, letter: str, direction: int, *, slides: bool = True) -> None:
        """The next or previous photograph of the same view in A or B; those in other panes are left out.

        Sliding, the arrows move the divider instead (``slides``).
        """
        if slides and self.stage.mode is CompareMode.WIPE and not self.all_cycles:
            share = OF_DIVIDER["next_a" if letter == "A" else "next"] * direction
            self.stage.set_mix(divider=min(max(self.stage.mix.divider + share, 0.0), 1.0))
            return
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
        """The first or last photograph of the same view in A or B."""
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
        elif self._reading.elsewhere:
            words = translate("The views of {diagnosis}: {key}")
            key = self._keys.key_of("diagnosis")
            self._say(words.format(diagnosis=self._reading.elsewhere[0].diagnosis, key=key))

    def next_diagnosis(self) -> None:
        """The patient's next diagnosis, with its own views and injections."""
        elsewhere = self._reading.elsewhere if self._reading is not None else ()
        if elsewhere:
            self._open_diagnosis(elsewhere[0].case_id, "")
        else:
            self._say(translate("This patient has no other diagnosis."))

    def _open_diagnosis(self, case_id: int, view: str) -> None:
        patient_id = self._reading.answer.patient.id if self._reading is not None else 0
        self.open_case(case_id, view or None)
        self.case_chosen.emit(patient_id, case_id)

    def _open_view(self, code: str) -> None:
        self._remember()
        self._wanted_view = code
        self._by_hand = False
        self._ask()

    def _steps(self, letter: str) -> list[int]:
        if self._reading is None:
            return []
        others = {one for other, one in self._chosen.items() if other != letter}
        return [one for one in self._reading.of_view() if one not in others]

    def step_cycle(self, direction: int) -> None:
        """The pair of the next or previous injection in A and B at once."""
        reading = self._reading
        if reading is None or not reading.answer.cycles:
            return
        now = self._cycle_shown()
        later = [number for number, _ in enumerate(self.cycles.cycles) if (number - now) * direction > 0]
        if not later:
            self._say(translate("There is no further cycle with photos of this view."))
            return
        self._show_cycle(later[0] if direction > 0 else later[-1])

    def _cycle_shown(self) -> int:
        """The place of the cycle B belongs to, else A; beyond the end where there is none."""
        cycles = self.cycles.cycles
        for number, pair in reversed(list(enumerate(cycles))):
            if (pair.a.id if pair.a else None, pair.b.id if pair.b else None) == self.shown:
                return number
        for letter in "BA":
            entry = self._reading.entry(self._chosen[letter]) if self._reading is not None else None
            injection = entry.phase.injection if entry is not None else None
            for number, pair in enumerate(cycles):
                if injection is not None and pair.injection == injection:
                    return number
        return len(cycles)

    def _show_cycle(self, place: int) -> None:
        """Compare the pair of a cycle, by its place among those with photographs of their own."""
        reading = self._reading
        if reading is None:
            return
        injection = self.cycles.cycles[place].injection
        pair = next(pair for pair in reading.answer.cycles if pair.injection == injection)
        self._leave_cycles()
        chosen = {**self._chosen, "A": pair.a.id if pair.a else None, "B": pair.b.id if pair.b else None}
        for letter in LETTERS[2:]:
            if chosen.get(letter) in (chosen["A"], chosen["B"]):
                chosen[letter] = None
        if (chosen["A"], chosen["B"]) != reading.automatic:
            self._choose_by_hand()
        else:
            self._by_hand = False
        self._put(chosen)

    def toggle_injection(self) -> None:
        """The injection with its doses beside the photographs, or the photographs alone."""
        if self._reading is None:
            return
        self.beside.wanted = self.beside.panel.isHidden()
        if self.beside.wanted:
            self.measures.end()
            self.marker.end()
            self._leave_cycles()
        self._later.start()
        self._tell()

    def toggle_measures(self) -> None:
        """The measured values, in place of the injection or of drawing, or the photographs alone."""
        drew = self.marker.kind is not None
        self.marker.end()
        instead = (drew or self.beside.wanted) and self.measures.panel.isHidden()
        if instead and self.beside.wanted:
            self.beside.wanted = False
            self._later.start()
        if instead and self.measures.shown:
            self._tell()
        else:
            self.measures.toggle_shown()

    def show_session(self, session_id: int) -> None:
        """The pair around an injection of this case with its doses; of this view where that has a photograph."""
        reading, case_id = self._reading, self._case_id
        if reading is None or case_id is None:
            return
        here = any(one is not None for one in reading.pair_of(session_id) or ())
        self._remember()
        self.open_case(case_id, reading.view if here else None, session_id)

    def _open_session(self, session_id: int) -> None:
        if self._reading is not None and self._case_id is not None:
            self.session_asked.emit(self._reading.answer.patient.id, self._case_id, session_id)

    def toggle_cycles(self) -> None:
        """One view in all cycles, or the pair again."""
        if self.all_cycles:
            self._leave_cycles()
        elif self.cycles.cycles:
            self.aligner.end_points()
            self.cycles.set_lens(self.stage.lens)
            self._centre.setCurrentWidget(self.cycles)
        else:
            self._say(translate("There are no photos of this view before or after an injection yet."))
        self._tell()

    def _leave_cycles(self) -> None:
        if self.all_cycles:
            self._centre.setCurrentWidget(self.stage)
            self._tell()

    def _put(self, chosen: dict[str, int | None]) -> None:
        """Show these; what already stands in its pane stays."""
        reading = self._reading
        if reading is None:
            return
        if chosen != self._chosen:
            self.finder.stop()
            self.aligner.end_points()
        if {chosen["A"], chosen["B"]} != {*self.shown}:
            self.aligner.forget_found()
        self._chosen = chosen
        self._trouble = self._said = ""
        self._unread.clear()
        sizes = [size for one in chosen.values() if one is not None and (size := reading.size(one)) is not None]
        if sizes:
            self.stage.shape_for(sizes[0])
        self._unpainted = {letter for letter, one in chosen.items() if one is not None and letter in self.stage.seen}
        for letter, picture_id in chosen.items():
            shown = self.loader.shown[letter]
            if picture_id is None:
                self.loader.forget(letter)
                self.stage.show_instead(letter, "image", *self._missing(letter))
            elif shown is not None and (shown.picture_id, shown.size, shown.turned) == (
                picture_id, reading.size(picture_id), reading.turned(picture_id),
            ):  # fmt: skip
                self._unpainted.discard(letter)
                if shown.caption != reading.captions[picture_id]:
                    shown.caption = reading.captions[picture_id]
                    self.stage.look_again()
            else:
                self.loader.load(letter, picture_id)
        self.loader.expect(())
        self._lie_anew()
        self._selected()
        self._later.start()
        if not self._unpainted:
            self._settled()

    def _make(self, picture_id: int, preview: Levels) -> Photo | None:
        """A photograph that came, with its label and where it lies; None where it is not there any more."""
        reading = self._reading
        size = reading.size(picture_id) if reading is not None else None
        if reading is None or size is None:
            return None
        photo = Photo(picture_id, size, preview, reading.captions[picture_id], turned=reading.turned(picture_id))
        self._lay(photo, self._chosen.values())
        return photo

    def _preview_failed(self, letter: str, picture_id: int, error: ClinicError) -> None:
        again: Action = (translate("Try again"), self._try_again)
        words = translate("{photo}: {sentence}").format(photo=self._named(picture_id), sentence=sentence_of(error))
        self.stage.show_instead(letter, "image-off", words, (again,))
        self._unread.add(letter)
        self._painted(letter)
        self._tell()

    def _try_again(self) -> None:
        self.film.try_again()
        self._put(dict(self._chosen))

    def _named(self, picture_id: int) -> str:
        """A photograph by its view and its day: ``Face, eyes open, 21 Nov 2025``."""
        reading = self._reading
        entry = reading.entry(picture_id) if reading is not None else None
        if reading is None or entry is None:
            return translate("Photo")
        view = reading.views.get(entry.picture.view or "", translate("View not set"))
        return ", ".join(part for part in (view, reading.captions[picture_id].day) if part)

    def _detail_failed(self, letter: str, error: ClinicError) -> None:
        words = translate("Full detail of {letter}: {sentence}")
        self._trouble = words.format(letter=letter, sentence=sentence_of(error))
        self._tell()

    def _painted(self, letter: str) -> None:
        if letter in self._unpainted:
            self._unpainted.discard(letter)
            if not self._unpainted:
                self._settled()

    def _settled(self) -> None:
        self.film.start_loading()
        self.loader.ask_halves()
        if not self._unread:
            self.pair_shown.emit(self._chosen["A"], self._chosen["B"])

    def _selected(self) -> None:
        a, b, *further = self._by_pane
        self.film.set_current(a, b, *further)
        self._soon.start()

    def _missing(self, letter: str) -> tuple[str, tuple[Action, ...]]:
        """What to say in an empty pane, and what can be done about it."""
        reading = self._reading
        if reading is None:
            return "", ()
        other = self._chosen["A" if letter == "B" else "B"]
        words = missing_words(reading, letter, alone=other is not None)
        actions = [self._import_action()]
        steps = self._steps(letter)
        nearest = reading.entry(steps[-1 if letter == "B" else 0]) if steps else None
        if nearest is not None:
            picture_id = nearest.picture.id
            caption = reading.captions[picture_id]
            named = ", ".join(part for part in (caption.short, caption.day) if part)
            use = translate("Use {photo}").format(photo=named)
            actions.insert(0, (use, lambda: self.show_picture(letter, picture_id)))
        untagged = tuple(one.picture.id for one in reading.without_view(letter))
        if untagged and self.may_write:
            answer = reading.answer
            ask = partial(self.views_wanted.emit, answer.patient.id, answer.case.id, untagged)
            actions.insert(0, (translate("Set the view"), ask))
        return words, tuple(actions)

    def _import_action(self) -> Action:
        return translate("Import photos"), self._want_import

    def _want_import(self) -> None:
        if self._reading is not None:
            self.import_wanted.emit(self._reading.answer.patient.id)

    # --- modes ------------------------------------------------------------------------------------------------
    def set_mode(self, mode: CompareMode) -> None:
        """Lay the photographs against each other otherwise. Flipping by hand, the key flips once more."""
        if not self.marker.keep_words():
            return
        if mode is CompareMode.DIFFERENCE and not self._together:
            self._say(
                translate("Align the photos first (M): without it a difference shows only that they lie elsewhere.")
            )
            self._tell()
            return
        self._leave_cycles()
        if mode is self.stage.mode:
            if mode is CompareMode.BLINK and not self.stage.composed.flips:
                self.stage.flip()
            self._tell()
            return
        self.aligner.end_points()
        self._set_mode(mode)
        self._to_photos()

    def _mode_for_points(self, mode: CompareMode) -> None:
        """Points are set side by side, and where they were begun one comes back to."""
        self._leave_cycles()
        if mode is CompareMode.DIFFERENCE and not self._together:
            mode = CompareMode.SIDE_BY_SIDE
        if mode is not self.stage.mode:
            self._set_mode(mode)

    def _set_mode(self, mode: CompareMode) -> None:
        self.stage.mix.flipping = not self._keeper.reduced_motion
        self.stage.set_mode(mode)
        waited, self._unpainted = self._unpainted, self._unpainted & {*self.stage.seen}
        if waited and not self._unpainted:
            self._settled()
        self._tell()

    @property
    def _together(self) -> bool:
        return self.aligner.together(*self.shown)

    def mix_more(self, way: int) -> None:
        """↑ and ↓: more or less of B, faster or slower, stronger or weaker."""
        mix = self.stage.mix
        match self.stage.mode:
            case CompareMode.BLEND:
                self.stage.set_mix(blend=min(max(round(mix.blend + way * 0.05, 2), 0.0), 1.0))
            case CompareMode.BLINK:
                self.stage.set_mix(hertz=min(max(mix.hertz + way * 0.5, SLOWEST), FASTEST))
            case CompareMode.DIFFERENCE:
                place = min(max(GAINS.index(mix.gain) + way, 0), len(GAINS) - 1)
                self.stage.set_mix(gain=GAINS[place])
            case _:
                pass

    # --- alignment --------------------------------------------------------------------------------------------
    @property
    def may_write(self) -> bool:
        """Whether whoever looks may align, pin and turn."""
        return self.tool.may_write

    def _lay(self, photo: Photo, beside: Collection[int | None]) -> bool:
        """Where a photograph lies; answers whether it lay elsewhere before.

        Where none of those ``beside`` it lies in its frame it is seen as taken.
        """
        before = (photo.placed, photo.room, photo.mm, photo.marks)
        aligned = self.aligner.of(photo.picture_id)
        photo.placed = photo.room = photo.frame = None
        if aligned is not None and self._reading is not None and self._has_partner(photo.picture_id, beside):
            photo.placed = aligned.alignment.similarity
            photo.room, photo.frame = self._reading.size(aligned.frame) or photo.size, aligned.frame
        if self._reading is not None:
            photo.mm = unit_millimetres(
                photo.picture_id, self._reading.irises, self.aligner.lying, framed=photo.placed is not None
            )
            photo.marks = self._reading.marks_on(photo.picture_id)
        return (photo.placed, photo.room, photo.mm, photo.marks) != before

    def _has_partner(self, picture_id: int, beside: Collection[int | None]) -> bool:
        return any(other != picture_id and self.aligner.together(picture_id, other) for other in beside)

    def _lie_anew(self) -> None:
        """The photographs lie as the aligner says."""
        beside = self._chosen.values()
        elsewhere = [self._lay(photo, beside) for photo in self.loader.shown.values() if photo is not None]
        if self.stage.mode is CompareMode.DIFFERENCE and not self._together and self._reading is not None:
            self._set_mode(CompareMode.SIDE_BY_SIDE)
        if any(elsewhere):
            self.stage.look_again()
        self._soon.start()

    def look_for(self, look: Callable[[], object]) -> None:
        """Refine or find how A and B lie on each other, where both are seen."""
        self._leave_cycles()
        look()

    @property
    def lies(self) -> bool:
        """Whether any photograph is seen otherwise than as taken."""
        return any(photo.placed is not None for photo in self.loader.photos)

    @property
    def may_undo(self) -> bool:
        """Whether an alignment is the newest thing done: something newer is taken back first, by the window."""
        return self.aligner.stack.canUndo() and self.written_at() <= self.aligner.stepped_at

    @property
    def may_redo(self) -> bool:
        """Whether nothing was done since alignments were taken back."""
        return self.aligner.stack.canRedo() and self.written_at() <= self._undone_at

    def undo_alignment(self) -> None:
        """Take the newest step of aligning back, where nothing newer was done."""
        if self.may_undo:
            self._undone_at = monotonic_ns()
            self.aligner.stack.undo()
            self.realigned.emit(translate("Undone: alignment"), True)

    def redo_alignment(self) -> None:
        """Align again what was taken back last."""
        if self.may_redo:
            self.aligner.stack.redo()
            self.realigned.emit(translate("Aligned again"), False)

    def turn(self, quarters: int) -> None:
        """Show the active photograph turned by quarters; it stays so, everywhere."""
        photo = self.loader.shown[self.stage.active_letter]
        if photo is None or not self.may_write:
            self._say(translate("Only doctors and nurses turn photos."))
            self._tell()
            return
        self.aligner.save()
        picture_id = photo.picture_id

        def done(changes: Changes) -> None:
            self.undoable.emit(translate("Photo turned"), changes.undo)

        self._tasks.tell(
            lambda services: services.comparison.turn(picture_id, quarters), done, owner=self, failed=self._refused
        )

    def _not_saved(self, error: ClinicError) -> None:
        """An alignment or a measurement could not be written: what is kept is shown again, and why it is."""
        self._refused(error)
        self._still = self._trouble
        self._ask(keep=True)

    # --- thumbnails, cycles -----------------------------------------------------------------------------------
    def _load_thumb(self, picture_id: int) -> None:
        ratio = self.devicePixelRatioF()
        size = QSize(self._keeper.px(film.THUMB.width()), self._keeper.px(film.THUMB.height())) * ratio

        def read(services: Services) -> QImage | None:
            try:
                made = film.thumb_image(services.pictures.thumbnail(picture_id), size)
            except ClinicError:
                made = None
            if made is not None:
                return made
            return film.thumb_of(levels.wrapped(services.pictures.preview(picture_id)).image, size)

        self._tasks.paint(
            read,
            lambda image: self.film.set_thumb(picture_id, image),
            owner=self,
            key=("thumb", picture_id),
            failed=lambda _: self.film.set_thumb(picture_id, None),
        )

    def _load_of_cycles(self, picture_id: int) -> None:
        def read(services: Services) -> QImage:
            return small(levels.wrapped(services.pictures.preview(picture_id)).image, CYCLE_SIDE)

        self._tasks.paint(
            read,
            lambda image: self._came_for_cycles(picture_id, image),
            owner=self,
            key=("cycle", picture_id),
            failed=lambda error: self.cycles.set_broken(picture_id, sentence_of(error)),
        )

    def _came_for_cycles(self, picture_id: int, image: QImage) -> None:
        size = self._reading.size(picture_id) if self._reading is not None else None
        if self._reading is not None and size is not None:
            photo = Photo(picture_id, size, Levels([Level(image)]), self._reading.captions[picture_id])
            pairs = self.cycles.cycles
            self._lay(photo, [one.id for pair in pairs for one in (pair.a, pair.b) if one is not None])
            self.cycles.set_photo(photo)

    # --- what is remembered -----------------------------------------------------------------------------------
    def _remember(self) -> None:
        """Keep how this view is compared, where that changed and may be kept."""
        self._later.stop()
        reading, case_id = self._reading, self._case_id
        if reading is None or case_id is None or not reading.answer.pictures or not reading.answer.may_write:
            return
        if not self._tasks.attached:
            return
        automatic = self._against if self._by_hand else reading.automatic
        pictures = tuple(self._chosen.get(letter) for letter in self.stage.letters)
        now = seen_now(self.stage, pictures, automatic, self.tool.before or self.stage.mode)
        state = CompareState(reading.view, {**self._state.views, reading.view: now}, self.beside.wanted)
        if state == self._state:
            return
        self._state = state
        self._tasks.tell(
            lambda services: services.comparison.remember(case_id, state), owner=self, failed=lambda _: None
        )

    # --- words ------------------------------------------------------------------------------------------------
    def _say(self, words: str) -> None:
        """Say something in the line below until something else is done; in a presentation, without it, in a toast."""
        self._said = words
        if words and self._presenting:
            self.undoable.emit(words, None)
        self._tell()

    def _tell(self) -> None:
        """Say what is shown: zoom, why this pair, what the buttons would do."""
        stage, buttons = self.stage, self.buttons
        photographs = self._reading is not None and bool(self._reading.answer.pictures)
        room = not self.all_cycles
        self.measures.refresh(self._by_pane, furnished=photographs and room, beside=self.beside.wanted)
        self.marker.refresh(furnished=photographs and room)
        if self.marker.kind is not None:
            self.measures.panel.hide()
        room = room and self.measures.panel.isHidden() and self.marker.panel.isHidden()
        self.beside.refresh(self.shown, furnished=room, names=not self._presenting)
        pane = stage.active
        self.bar.zoom.show_number(pane.scale if pane.has_picture else None)
        self.bar.modes.show_mode(stage.mode, aligned=self._together)
        both = all(self._chosen[letter] is not None for letter in "AB")
        states = {
            "actual": pane.has_picture and abs(pane.scale - 1) < 1e-6,
            "stack": stage.mix.level if stage.mode is CompareMode.WIPE else stage.stacked,
            "labels": stage.looks.labels,
            "grid": stage.looks.grid is not Grid.OFF,
            "loupe": stage.looks.loupe,
            "points": self.aligner.picking is not None,
            "measures": not self.measures.panel.isHidden(),
            "injection": not self.beside.panel.isHidden(),
            "mark": self.marker.kind is not None,
            "cycles": self.all_cycles,
            "pin": self._pinned,
        }
        for name, checked in states.items():
            buttons[name].setChecked(checked)
        buttons["stack"].setEnabled(stage.mode in (CompareMode.SIDE_BY_SIDE, CompareMode.WIPE))
        buttons["points"].setEnabled(both and self.may_write)
        for name in ("automatic", "refine"):
            buttons[name].setEnabled(both and self.may_write)
        buttons["turn_right"].setEnabled(self.may_write)
        buttons["pin"].setEnabled(both and self.may_write)
        buttons["pin"].rename(
            translate("Let the app choose the pair again")
            if self._pinned
            else translate("Keep this pair as the best one")
        )
        self._put_chips()
        self.rings.look()
        parts = [one for one in (self._trouble, self._said) if one]
        if self._reading is not None:
            parts += [one for one in self._words.parts(self._reading, self.shown) if one]
        if self.loader.waits and not self._trouble:
            parts.append(translate("full detail is coming…"))
        self.status.left.setText("  ·  ".join(parts))
        shaded = translate("Peak effect 2–6 weeks shaded") if self.film.has_peak else ""
        only = self._filter.words(self._reading.views) if self._reading is not None else ""
        self.status.right.setText(" · ".join(part for part in (only, shaded) if part))
        self.status.filter.setChecked(not self._filter.plain)

    def _put_chips(self) -> None:
        """What must not be overlooked in the photographs themselves; the next point where it is expected."""
        if self.aligner.found and not self.may_undo:
            self.aligner.forget_found()
        picking, found, busy = self.aligner.picking, self.aligner.found, self.finder.words
        own: dict[str, tuple[str, ...]] = {}
        if picking is not None:
            for letter in "AB":
                next_ = (self.aligner.words,) if letter == picking.wanted or picking.trouble else ()
                own[letter] = (*((picking.why,) if picking.why and letter == picking.wanted else ()), *next_)
        elif found:
            words = translate("{found} · {undo} takes it back").format(found=found, undo=self._keys.key_of("undo"))
            own = dict.fromkeys(("A", "B", "AB"), (words,))
        for letter in self.stage.letters:
            if words := self.measures.words(letter):
                own[letter] = (words,)
        for letter in self.marker.bare:
            own[letter] = (translate("Hidden only in copies and prints"), *own.get(letter, ()))
            if letter in "AB":
                own["AB"] = (translate("Hidden only in copies and prints"),)
        if busy:
            own = {letter: (busy, *own.get(letter, ())) for letter in ("A", "B", "AB")}
        self.stage.set_chips(self._words.chips(self.shown), own)

    @property
    def _pinned(self) -> bool:
        if self._reading is None or self._reading.answer.pair.reason is not PairReason.PINNED:
            return False
        return None not in self.shown and self.shown == self._reading.automatic

    def toggle_pin(self) -> None:
        """Keep this pair for this view, or let the app choose again."""
        case_id, (a, b) = self._case_id, self.shown
        if self._reading is None or case_id is None or a is None or b is None or not self.may_write:
            return
        view = self._reading.view

        def write(services: Services) -> Changes:
            return services.pictures.unpin(case_id, view) if pinned else services.pictures.pin(case_id, view, a, b)

        def done(changes: Changes) -> None:
            self._by_hand = self._by_hand and not pinned
            self.undoable.emit(translate("Pair no longer kept") if pinned else translate("Pair kept"), changes.undo)
            self._state = replace(self._state, views={k: v for k, v in self._state.views.items() if k != view})
            self._ask(keep=True)

        pinned = self._pinned
        self._tasks.tell(write, done, owner=self, failed=self._refused)

    def _refused(self, error: ClinicError) -> None:
        self._awaited = None
        self._trouble = sentence_of(error)
        self._tell()

    def _something_changed(self, changes: Changes) -> None:
        if changes.topics & TOPICS and self._case_id is not None and self.isVisible():
            self._ask(keep=True)

    def set_peak_day(self, day: int | None) -> None:
        """B is nearest to this day after the injection; None: as the condition says."""
        case_id = self._case_id
        if case_id is None or not self.may_write:
            return

        def done(changes: Changes) -> None:
            self._by_hand = False
            self.undoable.emit(translate("Day of the strongest effect chosen"), changes.undo)

        self._tasks.tell(
            lambda services: services.comparison.set_peak_day(case_id, day), done, owner=self, failed=self._refused
        )

    def fold_film(self) -> None:
        """Small thumbnails, or all of the strip; from now on it stays so in a low window too."""
        self._folded_by_hand = True
        self.film.fold(folded=not self.film.folded)

    def _fold_where_low(self) -> None:
        """In a low window the strip folds by itself, so that the photographs have the room."""
        low = self.height() < max(LOW, self._keeper.px(LOW_WORDS))
        if not self._folded_by_hand and self.film.folded is not low:
            self.film.fold(folded=low)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Higher or lower: the strip unfolds or folds."""
        self._fold_where_low()
        super().resizeEvent(event)

    def open_menu(self) -> None:
        """Everything that has no button of its own."""
        pop_under(self.menu(), self.bar.more)

    def menu(self) -> MoreMenu:
        """The menu behind the three dots, as it is now."""
        stage, reading = self.stage, self.reading
        menu = MoreMenu(self, self._keys, self.act)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.command("points", translate("Align by points"), enabled=self.may_write)
        menu.command("refine", translate("Refine the points"), enabled=self.may_write)
        menu.command("automatic", translate("Align automatically"), enabled=self.may_write)
        menu.command("undo", translate("Take the last alignment back"), enabled=self.may_undo)
        menu.command("redo", translate("Align again"), enabled=self.may_redo)
        menu.command("forget", translate("Show as taken, not aligned"), enabled=self.lies and self.may_write)
        menu.command("turn_left", translate("Turn the active photo left"), enabled=self.may_write)
        menu.command("turn_right", translate("Turn the active photo right"), enabled=self.may_write)
        menu.fill_drawing(self.marker.kind, enabled=self.may_write)
        menu.addSeparator()
        menu.command("swap", translate("Swap A and B"))
        menu.command("stack", translate("One above the other"), checked=self.buttons["stack"].isChecked())
        menu.command("add_pane", translate("One pane more"), enabled=len(stage.letters) < len(LETTERS))
        menu.command("drop_pane", translate("One pane fewer"), enabled=len(stage.letters) > 2)
        menu.command("cycles", translate("This view in all cycles"), checked=self.all_cycles)
        if reading is not None and reading.elsewhere:
            words = translate("The other diagnosis: {diagnosis}").format(diagnosis=reading.elsewhere[0].diagnosis)
            menu.command("diagnosis", words)
        menu.command("next_cycle", translate("Pair of the next cycle"))
        menu.command("previous_cycle", translate("Pair of the previous cycle"))
        if reading is not None:
            answer = reading.answer
            menu.fill_peak(
                answer.usual_peak_day or answer.pair.peak_day,
                answer.peak_day,
                self.set_peak_day,
                enabled=self.may_write,
            )
        menu.addSeparator()
        menu.fill_looks(stage.looks, stage.mix, stage.set_looks, stage.set_mix, stage.without_millimetres)
        menu.command("measures", translate("Measured values"), checked=not self.measures.panel.isHidden())
        menu.command("injection", translate("Injection and doses"), checked=not self.beside.panel.isHidden())
        menu.command("layers", translate("Measured values and marks"), checked=self._shows_layers)
        menu.command("labels", translate("Labels"), checked=stage.looks.labels)
        menu.command("pin", self.buttons["pin"].accessibleName(), enabled=self.buttons["pin"].isEnabled())
        menu.command("film", translate("Fold the filmstrip"), checked=self.film.folded)
        if reading is not None:
            self._fill_filter(menu, reading)
        menu.addSeparator()
        menu.command("present", translate("Presentation: no names"), checked=self.presenting)
        menu.command("second", translate("Second window"), checked=self.second_window is not None)
        menu.command("copy", translate("Copy the comparison"))
        menu.command("save", translate("Save a picture of the comparison…"))
        menu.command("print", translate("Print the comparison…"))
        return menu

    # --- what lies over the photographs -----------------------------------------------------------------------
    @property
    def _shows_layers(self) -> bool:
        """Whether anything that was measured or drawn is shown."""
        return self.measures.shown or (self._layers and self.marker.there)

    def toggle_layers(self) -> None:
        """What was measured and drawn, or the photographs alone; what is drawn and hidden leaves all the same."""
        shown = not self._shows_layers
        if self.measures.shown or (shown and (self.measures.pairs or not self.marker.there)):
            self.measures.toggle_shown()
        self._show_layers(shown=shown)
        self._tell()

    def _show_layers(self, *, shown: bool) -> None:
        if not shown:
            self.marker.end()
        self._layers = shown
        if self.stage.looks.marks is not shown:
            self.stage.set_looks(marks=shown)

    def remove_chosen(self) -> None:
        """Take the mark in hand off, else the chosen measurement; never a photograph."""
        if self.marker.kind is not None:
            self.marker.remove()
        else:
            self.measures.remove()

    # --- out --------------------------------------------------------------------------------------------------
    def copy_picture(self) -> None:
        """The comparison as a picture on the clipboard, for a while, once it was said what that means and why."""
        if self._case_id is not None and (ids := self._to_take_out(self.copy_picture)):
            self.out.copy(self._case_id, ids, self._unchecked)

    def save_picture(self) -> None:
        """The comparison as a PNG file, once it was said what that means and why."""
        if self._case_id is not None and (ids := self._to_take_out(self.save_picture)):
            self.out.save(self._case_id, ids, self._unchecked)

    def print_comparison(self) -> None:
        """The comparison on paper or in a PDF file; in a presentation without saying whose it is."""
        reading = self._reading
        if self._case_id is None or reading is None or not (ids := self._to_take_out(self.print_comparison)):
            return
        patient = reading.answer.patient
        whose = () if self._presenting else (patient.mrn, patient.name)
        parts = (*whose, reading.diagnosis, reading.views.get(reading.view, ""))
        head = " · ".join(part for part in parts if part)
        self.out.print(self._case_id, ids, head, self._unchecked)

    @property
    def _unchecked(self) -> str:
        """What is to be said of regions nobody looked at where they lie now."""
        return self.marker.unchecked(self.stage.seen)

    def _to_take_out(self, take_out: Callable[[], object]) -> list[int]:
        """The photographs that are seen. While something drawn on them is not kept yet it would be missing: then none,
        and ``take_out`` is called once it is."""
        if not self.marker.keep_all():
            return []
        if self.marker.held:
            self._say(translate("Let go of the mouse first: what you draw would be missing."))
            return []
        if self.marker.pending:
            self._awaited = take_out
            self._say(translate("What was just drawn is kept first…"))
            return []
        seen = [photo for letter in self.stage.seen if (photo := self.loader.shown[letter]) is not None]
        if self.all_cycles:
            words = "All cycles at once cannot be copied, saved or printed. Choose one pair with Enter first."
            self._say(translate(words))
            return []
        if not seen:
            self._say(translate("There is no comparison to take out here."))
            return []
        return [photo.picture_id for photo in seen]

    # --- windows ----------------------------------------------------------------------------------------------
    def toggle_second(self) -> None:
        """The photographs in a second window too, or no more."""
        if self._second is not None:
            self._close_second()
            return
        second = self._second = SecondWindow(self._keeper, self.stage, self._keys)
        second.closed.connect(self._second_closed)
        screens = self.screen().virtualSiblings()
        other = next((one for one in screens if one is not self.screen()), None)
        if other is not None:
            second.setGeometry(other.availableGeometry())
            second.showMaximized()
        else:
            second.show()
        self._tell()

    def _close_second(self) -> None:
        if self._second is not None:
            self._second.close()

    def _second_closed(self) -> None:
        self._second = None

    def leave(self) -> None:
        """Out of a tool, of the strip of cycles, of full screen, or back to the case."""
        if self.finder.stop():
            pass
        elif self.measures.leave() or self.marker.leave():
            self._to_photos()
        elif self.aligner.picking is not None:
            self.aligner.end_points()
        elif self.all_cycles:
            self._leave_cycles()
            self._to_photos()
        elif self._full:
            self.toggle_full_screen()
        else:
            self.left.emit()

    def toggle_full_screen(self) -> None:
        """Only the photographs on the whole screen, and back."""
        window = self.window()
        self._full = not self._full
        self._presenting = self._presenting and self._full
        if self._full:
            self._was_maximised = window.isMaximized()
            window.showFullScreen()
        elif self._was_maximised:
            window.showMaximized()
        else:
            window.showNormal()
        self._furnish(photographs=self._reading is not None and bool(self._reading.answer.pictures))
        self._to_photos()
        self.full_screen_changed.emit(self._full)

    def toggle_presentation(self) -> None:
        """The whole screen with labels, without names and without the line below; and back.

        What is hidden in what leaves is hidden here too, whether marks are shown or not.
        """
        presenting = not self._presenting
        if presenting:
            self.stage.set_looks(sealed=True)
        if presenting is not self._full:
            self.toggle_full_screen()
        self._presenting = presenting
        self._furnish(photographs=self._reading is not None and bool(self._reading.answer.pictures))
        self._to_photos()

    @property
    def foot(self) -> int:
        """Pixels from below up to the labels of the lowest photographs, with them: nothing may lie over these."""
        parts = [one.height() for one in (self.status, self._ground) if one.isVisible()]
        return sum(parts) + (0 if self.all_cycles else self.stage.foot)

    @property
    def presenting(self) -> bool:
        """Whether names are hidden."""
        return self._presenting

    def hideEvent(self, event: QHideEvent) -> None:
        """Somebody went elsewhere: the window must not stay on the whole screen for it, nor a second one open."""
        self._awaited = None
        self._remember()
        self.aligner.save()
        self.marker.keep_all()
        self._close_second()
        if self._full:
            self.toggle_full_screen()
        super().hideEvent(event)

    # --- keys -------------------------------------------------------------------------------------------------
    def _command_of(self, event: QKeyEvent) -> str | None:
        """The command a key means now."""
        name = self._keys.name_of(event)
        if name is None and (plain := self._keys.unshifted_name_of(event)) in _EVERYWHERE:
            name = plain
        if self.tool.point_act(event) is not None:
            return "point"
        if self.measures.act_of(event) is not None:
            return "measure"
        if self.marker.act_of(event) is not None:
            return "mark_in_hand"
        if name == "undo" and not self.may_undo:
            return None
        if name == "redo" and not self.may_redo:
            return None
        if name in ("more", "less") and self.stage.mode not in _MIXED:
            return None
        return name

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The viewer's keys; they reach it from whatever part of it has the keyboard and does not use them itself.

        While Space is held a drag moves the picture, whatever tool is in the hand. Shift lets the keys of the size act
        on all panes that move apart.
        """
        if event.key() == Qt.Key.Key_Space and not event.modifiers():
            event.accept()
            self.stage.hold_pan(on=True)
            return
        name = self._command_of(event)
        if name is None:
            event.ignore()
            return
        event.accept()
        if name == "point":
            act = self.tool.point_act(event)
            if act is not None:
                act()
        elif name == "measure":
            step = self.measures.act_of(event)
            if step is not None:
                step()
        elif name == "mark_in_hand":
            step = self.marker.act_of(event)
            if step is not None:
                step()
        elif name != "peek" or not event.isAutoRepeat():
            self._said, self._awaited = "", None
            self._everywhere = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._acts[name]()
            self._everywhere = False

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """The other photograph was shown, or the hand held, as long as the key was."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.stage.hold_pan(on=False)
            event.accept()
            return
        if self._keys.name_of(event) == "peek" and not event.isAutoRepeat():
            self.stage.peek(on=False)
            event.accept()
            return
        super().keyReleaseEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dark wherever no part of it is for the moment: bars that go must not leave a white flash."""
        QPainter(self).fillRect(event.rect(), self._keeper.colour("viewer.canvas"))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Nothing is held any more."""
        self._let_go()
        super().focusOutEvent(event)

    def event(self, event: QEvent) -> bool:
        """While the keyboard is in here the viewer's keys go before shortcuts of the window."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._command_of(event) is not None
        ):
            event.accept()
            return True
        if event.type() == QEvent.Type.WindowDeactivate:
            self._let_go()
        return super().event(event)

    def _let_go(self) -> None:
        self.stage.peek(on=False)
        self.stage.hold_pan(on=False)

    def _take_keys(self) -> None:
        """Somebody chose other keys, or what the wheel does."""
        self.stage.looks.wheel_steps = self._keys.choices.wheel_steps
        self.stage.changed.emit()
        self._tell()

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


_EVERYWHERE = frozenset({"zoom_in", "zoom_out", "fit", "actual"})
"""What acts on all panes with Shift, though they move apart (Geeqie's rule, ux.md 2.3)."""

_MIXED = frozenset({CompareMode.BLEND, CompareMode.BLINK, CompareMode.DIFFERENCE})
