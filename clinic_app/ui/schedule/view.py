"""The Schedule area: tiles, filters, the call list and the week."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMenu, QStackedLayout, QVBoxLayout, QWidget

from clinic_app.domain.access import Action
from clinic_app.domain.bin import BinCounts
from clinic_app.domain.call_list import ALWAYS_SHOWN, CallListChoices, Column, Columns, Grouping, ListShape
from clinic_app.domain.case_page import DayBoard, DayEntry
from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.errors import ClinicError
from clinic_app.domain.papers import PaperKind, PaperRequest
from clinic_app.domain.schedule import AppointmentStatus, DrugSupply, DueEntry, FollowUpStatus
from clinic_app.domain.schedule_filter import CallListFilter
from clinic_app.ui.context import UiContext
from clinic_app.ui.schedule.actions import ONE_KEY, CaseActions
from clinic_app.ui.schedule.call_model import COLUMNS, PAGE, CallListModel, GroupKey, Page
from clinic_app.ui.schedule.call_table import CallTable
from clinic_app.ui.schedule.carrying import Passenger
from clinic_app.ui.schedule.columns_panel import ColumnsPanel
from clinic_app.ui.schedule.counts_line import CountsLine
from clinic_app.ui.schedule.filters import FilterBar
from clinic_app.ui.schedule.lines import Line, line_of
from clinic_app.ui.schedule.list_choices import ListChoices
from clinic_app.ui.schedule.nobody_yet import NobodyYet
from clinic_app.ui.schedule.picked_rows import PickedRows
from clinic_app.ui.schedule.week_board import WeekBoard
from clinic_app.ui.schedule.week_drop import WeekDrop
from clinic_app.ui.widgets import Card, EmptyState, Tile
from clinic_app.ui.widgets.role_gate import keep_to_roles
from clinic_app.ui.widgets.tiles import fit_tiles
from clinic_app.wording.calendar import days_words, short_weekday_day
from clinic_app.wording.call_list import column_name, counts_words, group_name
from clinic_app.wording.dates import WEEKDAYS
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.numbers import number_words
from clinic_app.wording.sentences import sentence_of

if TYPE_CHECKING:
    from clinic_app.services import Services

LIST_TOPICS = frozenset({Topic.SCHEDULE, Topic.CASES, Topic.TREATMENT, Topic.PATIENTS, Topic.PICTURES})
ROWS_SEEN = 6
"""The week board gives way, down to its line, before fewer rows of the list than these are in sight."""
FEW_ROWS = 4
"""Where fewer rows than these are in sight, tiles take one line and gaps close."""
TWICE_WITHIN = 800
"""Milliseconds within which a second Escape clears the filters."""
LATER = 120
"""Milliseconds after a change before tiles and week are read again."""
DRUG_WEEKS = 2
"""The tile of visits without a drug looks at this week and so many more, and says until when."""
SEEN_AT_FIRST = 40
"""More rows than a screen holds; pages of further groups are read when they come into sight."""

OVERDUE, DUE, COMING, NEXT_DAY, NO_DRUG = "overdue", "due", "coming", "next_day", "no_drug"
STATUS_OF_TILE = {OVERDUE: FollowUpStatus.OVERDUE, DUE: FollowUpStatus.DUE, COMING: FollowUpStatus.COMING}


@dataclass(frozen=True, slots=True)
class ListRead:
    """Counts and pages of the call list, as read together; ``everything`` counts all diagnoses, filters or not.

    ``titles``: those of groups that are no statuses (None: they all are). ``choices``: what was kept for whoever works,
    where it was read along.
    """

    today: date
    counts: Mapping[GroupKey, int]
    pages: Mapping[Page, tuple[Line, ...]]
    everything: Mapping[FollowUpStatus, int]
    titles: Mapping[GroupKey, str] | None = None
    choices: CallListChoices | None = None

    @property
    def total(self) -> int:
        """How many diagnoses there are."""
        return sum(self.everything.values())


@dataclass(frozen=True, slots=True)
class TilesRead:
    """What the tiles say."""

    counts: Mapping[FollowUpStatus, int]
    oldest_days: int
    not_called: int
    next_day: DayBoard | None
    without_drug: tuple[DayEntry, ...]
    today: date
    binned: BinCounts


@dataclass(frozen=True, slots=True)
class ListAsked:
    """What is wanted of the list: filter, tile, and shape (None: the one kept for whoever works, which is not known
    yet); ``closed``: groups whose rows are not needed.
    """

    narrow: CallListFilter
    only: FollowUpStatus | None
    shape: ListShape | None
    closed: frozenset[GroupKey] = frozenset()

    def effective(self, shape: ListShape) -> CallListFilter:
        """The filter with the tile's: in groups by status the tile shows one of them."""
        if self.only is None or shape.grouping is Grouping.STATUS:
            return self.narrow
        return replace(self.narrow, statuses=frozenset({self.only}))


def _lines(services: Services, entries: tuple[DueEntry, ...]) -> tuple[Line, ...]:
    today = services.today()
    return tuple(line_of(entry, services.catalogues, today) for entry in entries)


def read_list(services: Services, asked: ListAsked, wanted: frozenset[Page] | None) -> ListRead:
    """Groups, and the pages wanted (None: those that are seen first)."""
    schedule, today = services.schedule, services.today()
    choices = services.call_list.mine()[0] if asked.shape is None else None
    shape = asked.shape if asked.shape is not None else choices.shape if choices is not None else ListShape()
    narrow = asked.effective(shape)
    everything = schedule.counts(CallListFilter())
    titles: dict[GroupKey, str] | None = None
    counts: dict[GroupKey, int] = {}
    if shape.grouping is Grouping.STATUS:
        counts.update((schedule.counts(narrow) if narrow.narrows else everything).items())
        if asked.only is not None:
            counts = {asked.only: counts.get(asked.only, 0)}
    else:
        counts.update((group.key, group.count) for group in services.call_list.groups(narrow, shape.grouping))
        titles = {key: group_name(key, shape.grouping, today) for key in counts}
    seen = 0
    if wanted is None:
        chosen: list[Page] = []
        for key, count in counts.items():
            if count and (key not in asked.closed or asked.only is not None) and seen < SEEN_AT_FIRST:
                chosen.append((key, 0))
                seen += count
    else:
        chosen = [page for page in wanted if counts.get(page[0], 0) > page[1] * PAGE]
    return ListRead(today, counts, read_pages(services, chosen, counts, narrow, shape), everything, titles, choices)


def read_pages(
    services: Services, chosen: Sequence[Page], counts: Mapping[GroupKey, int], narrow: CallListFilter, shape: ListShape
) -> dict[Page, tuple[Line, ...]]:
    """These pages of the list; small groups together, by one question."""
    if shape.usual:
        statuses = [(key, number) for key, number in chosen if isinstance(key, FollowUpStatus)]
        found = services.schedule.pages([(key, number * PAGE) for key, number in statuses], PAGE, narrow)
        return {page: _lines(services, entries) for page, entries in zip(statuses, found, strict=True)}
    small = [key for key, number in chosen if counts.get(key, 0) <= PAGE and not number]
    large = [page for page in chosen if page[0] not in set(small)]
    pages: dict[Page, tuple[Line, ...]] = {}
    if small:
        whole = services.call_list.whole_groups(small, narrow, shape)
        pages.update(((key, 0), _lines(services, entries)) for key, entries in whole.items())
    if large:
        found = services.call_list.pages([(key, number * PAGE) for key, number in large], PAGE, narrow, shape)
        pages.update((page, _lines(services, entries)) for page, entries in zip(large, found, strict=True))
    return pages


def read_cases(services: Services, case_ids: tuple[int, ...]) -> ListRead:
    """The list of named cases only."""
    entries = [entry for entry in (services.schedule.entry(one) for one in case_ids) if entry is not None]
    pages: dict[Page, tuple[Line, ...]] = {}
    counts: dict[GroupKey, int] = {}
    for status in FollowUpStatus:
        own = tuple(entry for entry in entries if entry.answer.status is status)
        counts[status] = len(own)
        for start in range(0, len(own), PAGE):
            pages[status, start // PAGE] = _lines(services, own[start : start + PAGE])
    return ListRead(services.today(), counts, pages, services.schedule.counts(CallListFilter()))


def read_tiles(services: Services) -> TilesRead:
    """What the tiles say, over all diagnoses."""
    schedule, today = services.schedule, services.today()
    counts = schedule.counts(CallListFilter())
    oldest = schedule.rows(FollowUpStatus.OVERDUE, 0, 1, CallListFilter())
    not_called = schedule.counts(CallListFilter(not_called_since=today - timedelta(days=6))).get(FollowUpStatus.DUE, 0)
    monday = today - timedelta(days=today.weekday())
    boards = [
        board
        for week in range(DRUG_WEEKS + 1)
        for board in schedule.week(monday + timedelta(weeks=week))
        if board.day.day >= today
    ]
    next_day = next((board for board in boards if board.day.is_botox_day), None)
    without = tuple(
        entry
        for board in boards
        for entry in board.entries
        if entry.appointment.drug.missing and entry.appointment.status.live
    )
    days = oldest[0].answer.days_overdue if oldest else 0
    return TilesRead(counts, days, not_called, next_day, without, today, services.bin.counts())


LOOKING = frozenset("cC")
"""Keys of a row that only look."""


class ScheduleView(QWidget):
    """The call list with everything around it.

    ``chosen`` brings patient and case of every row that becomes the current one, also while the list is not shown.
    ``pressed`` brings the keys of a row that the panel answers, ``counted`` the number of overdue cases. The shell
    connects all three.
    """

    chosen = Signal(int, int)
    pressed = Signal(str)
    counted = Signal(int)
    listed = Signal()
    open_wanted = Signal()
    """No clinic is open, and one is wanted."""
    """After rows that were asked for are on screen."""

    def __init__(self, context: UiContext, actions: CaseActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._actions = actions
        self._only: FollowUpStatus | None = None
        self._cases: tuple[int, ...] | None = None
        self._tile = ""
        self._tiles_read: TilesRead | None = None
        self._loaded = False
        self._stale = False
        self._return = 0
        self._first_day: date | None = None
        self.held: Callable[[], bool] = lambda: False
        """Whether nobody else may be chosen now; the window knows."""
        self._week_wanted = True
        self._everything: Mapping[FollowUpStatus, int] = {}
        self._build()
        self._twice = QTimer(self)
        self._twice.setSingleShot(True)
        self._twice.setInterval(TWICE_WITHIN)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(LATER)
        self._later.timeout.connect(self._read_rest)
        self._midnight = QTimer(self)
        self._midnight.setInterval(60_000)
        self._midnight.timeout.connect(self._look_at_day)
        self._day: date | None = None
        actions.leaving.connect(self._leaving)
        context.tasks.changed.connect(self._something_changed)
        context.attached.connect(self._attached)
        context.detached.connect(self._detached)
        context.concealed.connect(self._detached)
        context.theme.changed.connect(self._restyle)
        if context.open:
            self._attached()

    # --- building ----------------------------------------------------------------------------------------------

    def _build(self) -> None:
        keeper = self._context.theme
        self.tiles = {
            OVERDUE: Tile(keeper, "triangle-alert", translate("Overdue"), self),
            DUE: Tile(keeper, "clock", translate("Due"), self),
            COMING: Tile(keeper, "calendar-clock", translate("Coming"), self),
            NEXT_DAY: Tile(keeper, "user-check", translate("Next Botox day"), self),
            NO_DRUG: Tile(keeper, "package", translate("Without drug"), self),
        }
        self._tile_row = QHBoxLayout()
        for code, tile in self.tiles.items():
            self._tile_row.addWidget(tile, 1)
            tile.clicked.connect(self._tile_pressed(code))
        self.choices = ListChoices(self._context, self)
        self.filters = FilterBar(self._context, self.choices, self)
        self.filters.changed.connect(self._filter_changed)
        self.filters.tile_removed.connect(self._release_tile)
        self.model = CallListModel(self)
        self.card = Card(keeper, self)
        self.table = CallTable(keeper, self.model, self.card)
        self.empty = EmptyState(keeper, "calendar-clock", translate("Opening the clinic…"), "", self.card)
        self.empty.acted.connect(self._empty_acted)
        self._stack = QStackedLayout()
        self.nobody = NobodyYet(self._context, self.card)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.nobody)
        self._stack.addWidget(self.table)
        self._inside = QVBoxLayout(self.card)
        self.line = CountsLine(keeper, self.card)
        self.line.grown.connect(self._fit)
        self._inside.setSpacing(0)
        self._inside.addLayout(self._stack, 1)
        self._inside.addWidget(self.line)
        self.picked_rows = PickedRows(self._context, self._actions, self.table, self.line)
        self._empty_action: Callable[[], object] | None = None
        self.week = WeekBoard(self._context, self)
        self.drop = WeekDrop(self._context, self._actions, self.week)
        self.drop.watch(self.table.viewport(), self._who_at)
        self.model.pages_wanted.connect(self._read_pages)
        self.choices.changed.connect(self._show_choices)
        self.choices.shape_changed.connect(self._read_anew)
        self.table.sort_pressed.connect(
            lambda column, more: self.choices.set_shape(self.choices.shape.pressed(column, more=more))
        )
        self.table.columns_changed.connect(self._columns_changed)
        self.table.heads.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.heads.customContextMenuRequested.connect(self._pop_heads)
        self.filters.columns_wanted.connect(lambda: self.arrange_columns(self.filters.columns))
        self.filters.left.connect(lambda: self.table.setFocus(Qt.FocusReason.OtherFocusReason))
        self.line.safety_wanted.connect(self._context.intents.safety_check)
        self.table.chosen.connect(self.chosen)
        self.table.opened.connect(self._open)
        self.table.pressed.connect(self.press)
        self.table.menu.connect(self._pop_menu)
        self.week.week_wanted.connect(self._read_week)
        self.week.day_pressed.connect(self._day_pressed)
        self.week.entry_pressed.connect(self._entry_pressed)
        self._context.intents.select_case.connect(self._follow)
        self.week.status_wanted.connect(self._set_status)
        self.week.move_wanted.connect(self._move)
        self.week.drug_wanted.connect(self._set_drug)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addLayout(self._tile_row)
        self._column.addWidget(self.filters)
        self._column.addWidget(self.card, 1)
        self._column.addWidget(self.week)
        self.model.shape_changed.connect(self._fit)
        self.setFocusProxy(self.table)
        self._restyle()

    def _restyle(self) -> None:
        px = self._context.theme.px
        self._tile_row.setSpacing(px(10))
        edge = px(6)
        self._inside.setContentsMargins(1, edge, 1, px(3))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The week goes where there is no room for it (ux.md 6.9)."""
        super().resizeEvent(event)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        """Read what changed while it was not shown."""
        super().showEvent(event)
        if self._stale and self._context.open:
            self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing half-typed stays: a first Escape is forgotten."""
        self._twice.stop()

    def set_week_shown(self, shown: bool) -> None:
        """Show or hide the week board (View menu)."""
        self._week_wanted = shown
        self._fit()

    def _fit(self) -> None:
        """Tiles in one line where the list is low, and the week as high as the list leaves it, down to nothing.

        The list keeps ``ROWS_SEEN`` rows in sight, or all it has.
        """
        px, measures = self._context.theme.px, self._context.theme.measures
        filters, frame = self.filters.sizeHint().height(), measures.table_header + px(11) + self.line.high
        few = frame + measures.group_row + FEW_ROWS * measures.row
        low = self.height() < measures.tile + filters + 2 * measures.block_gap + few
        wanted = measures.group_row + ROWS_SEEN * measures.row
        if self.model.total:
            bar = self.table.horizontalScrollBar()
            rest = bar.sizeHint().height() if bar.maximum() else 0
            wanted = min(wanted, self.table.verticalHeader().length() + rest)
        left = self._room_below(filters + frame + wanted, low=low)
        if not low and left < self.week.least_height <= self._room_below(filters + frame + wanted, low=True):
            left = self._room_below(filters + frame + wanted, low=True)
        elif not low:
            left = self._room_below(filters + frame + wanted, low=False)
        line = left >= self.week.folded_height
        self.week.setVisible(self._week_wanted and self.width() >= px(560) and line)
        self.week.fit(left)

    def _room_below(self, taken: int, *, low: bool) -> int:
        """Lay out the tiles, in one line where it is low; answers the height left for the week."""
        gap = self._context.theme.px(6) if low else self._context.theme.measures.block_gap
        self._column.setSpacing(gap)
        return self.height() - self._fit_tiles(low=low) - taken - 3 * gap

    def _fit_tiles(self, *, low: bool) -> int:
        """Give the tiles their widths; answers their height."""
        return fit_tiles(self._tile_row, tuple(self.tiles.values()), self.width(), low=low)

    # --- reading -----------------------------------------------------------------------------------------------

    def _attached(self) -> None:
        self._day = self._context.today()
        monday = self._day - timedelta(days=self._day.weekday())
        self.week.monday = monday
        self.refresh()
        self._read_injectors()
        self._midnight.start()

    def _detached(self) -> None:
        self._midnight.stop()
        self._loaded = False
        self._later.stop()
        self._tiles_read = None
        self._return = 0
        self.model.show({}, {})
        self.table.choose(None)
        self.week.forget()
        for tile in self.tiles.values():
            tile.show_count("")
        self.filters.show_total("")
        self.filters.forget()
        self.choices.forget()
        self.line.show_counts("")
        self.line.show_worries(0)
        self.counted.emit(0)
        self._show_empty(
            translate("The clinic is closed."),
            translate("Open a clinic…"),
            self.open_wanted.emit,
            icon="lock",
            detail=translate("Nothing of a patient is shown until it is open again."),
        )

    def _look_at_day(self) -> None:
        if self._context.open and self._context.today() != self._day:
            self._attached()

    def refresh(self) -> None:
        """Read everything again; selection and place in the list stay. Tiles and week follow a moment later.

        So what the panel asks for the selected row is answered first.
        """
        self._stale = False
        self._read_list()
        self._later.start()

    def _read_rest(self) -> None:
        if self._context.open:
            self._read_tiles()
        if self._context.open and not self._stale:
            self._context.tasks.ask(
                lambda s: s.call_list.safety(1).total,
                self.line.show_worries,
                owner=self.line,
                key="worries",
                slow=True,
            )
            if self.week.monday is not None:
                self._read_week(self.week.monday)

    def _read_injectors(self) -> None:
        self._context.tasks.ask(
            lambda s: s.schedule.injectors(), self.filters.show_injectors, owner=self.filters, key="injectors"
        )
        self._context.tasks.ask(
            lambda s: s.call_list.places(),
            lambda found: self.filters.show_places(*found),
            owner=self.filters,
            key="places",
        )

    def _something_changed(self, changes: Changes) -> None:
        if self._context.open and changes.topics & LIST_TOPICS:
            if self.isVisible():
                self.refresh()
            else:
                self._stale = True
                self._later.start()
            if changes.topics & {Topic.TREATMENT, Topic.PATIENTS}:
                self._read_injectors()

    def _read_list(self) -> None:
        tasks = self._context.tasks
        if self._cases is not None:
            cases = self._cases
            tasks.ask(lambda s: read_cases(s, cases), self._take_list, owner=self, key="list", failed=self._failed)
            return
        asked = self._asked()
        wanted = frozenset(self.model.pages_at(self.table.visible_rows())) if self._loaded else None
        tasks.ask(
            lambda s: read_list(s, asked, wanted or None),
            self._take_list,
            owner=self,
            key="list",
            failed=self._failed,
        )

    def _asked(self) -> ListAsked:
        shape = self.choices.shape if self.choices.known else None
        return ListAsked(self.filters.filter, self._only, shape, self.model.closed())

    def _take_list(self, read: ListRead) -> None:
        back, self._return = self._return, 0
        case_id, row = back or self.table.case_id, self.table.currentIndex().row()
        anchor = self.table.anchor()
        fresh = not self._loaded
        self._loaded = True
        if read.choices is not None:
            self.choices.take(read.choices)
        self._everything = read.everything
        self._say_counts()
        self.model.show(read.counts, read.pages, read.titles)
        self.filters.show_total(translate_many("{count} diagnosis", "{count} diagnoses", read.total))
        if not self.model.total:
            self._show_nothing(read)
            self.table.restore(0, (0, 0), -1, fresh=True)
        else:
            self._stack.setCurrentWidget(self.table)
            self.table.restore(case_id, (0, 0) if fresh else anchor, row, fresh=fresh)
            if back and self.table.case_id == back:
                self.table.scrollTo(self.table.currentIndex())
            if fresh and self._stack.isEnabled() and self.isVisible() and self._may_take_focus():
                self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        self.listed.emit()

    def _may_take_focus(self) -> bool:
        holder = QApplication.focusWidget()
        return holder is None or holder is self or not holder.isVisible() or holder.isAncestorOf(self)

    def _read_pages(self, wanted: tuple[Page, ...]) -> None:
        asked, counts = self._asked(), self.model.counts()
        if asked.shape is None:
            return
        shape, narrow = asked.shape, asked.effective(asked.shape)

        def take(pages: dict[Page, tuple[Line, ...]]) -> None:
            if (asked.narrow, asked.shape, None) == (self.filters.filter, self.choices.shape, self._cases):
                for (key, number), lines in pages.items():
                    self.model.take_page(key, number, lines)
                self.listed.emit()

        self._context.tasks.ask(
            lambda s: read_pages(s, wanted, counts, narrow, shape), take, owner=self, key=("pages", wanted)
        )

    def _say_counts(self) -> None:
        read = self._tiles_read
        binned, merged = (read.binned.cases, read.binned.merged) if read is not None else (0, 0)
        self.line.show_counts(counts_words(self._everything, binned, merged))

    def _show_choices(self) -> None:
        self.table.show_columns(self._columns)
        self.table.show_shape(self.choices.shape)

    @property
    def _columns(self) -> Columns:
        """The columns as chosen, and until when somebody waits while the waiting list is shown."""
        columns = self.choices.columns
        return replace(columns, shown=columns.shown | {Column.WAITS_UNTIL}) if self.filters.filter.waits else columns

    def _columns_changed(self, columns: Columns) -> None:
        kept = Column.WAITS_UNTIL in self.choices.columns.shown
        self.choices.set_columns(columns if kept else replace(columns, shown=columns.shown - {Column.WAITS_UNTIL}))

    def arrange_columns(self, button: QWidget) -> None:
        """Open the panel of the columns."""
        panel = ColumnsPanel(self._context.theme, self.choices, button)
        panel.width_of.update(self.table.widths())
        panel.pop_under(button)

    def _pop_heads(self, where: QPoint) -> None:
        """The menu of a column's head: order by it, hide it, arrange all."""
        heads, choices = self.table.heads, self.choices
        section = heads.logicalIndexAt(where)
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        if section >= 0:
            column = COLUMNS[section]
            shape = choices.shape
            menu.addAction(
                translate("Order by {name}").format(name=column_name(column)),
                lambda: choices.set_shape(shape.pressed(column)),
            )
            menu.addAction(
                translate("Then by {name}").format(name=column_name(column)) + "\tShift+Click",
                lambda: choices.set_shape(shape.pressed(column, more=True)),
            )
            urgent = menu.addAction(
                translate("Order by urgency"), lambda: choices.set_shape(replace(choices.shape, sort=()))
            )
            urgent.setEnabled(bool(shape.sort))
            menu.addSeparator()
            hide = menu.addAction(
                translate("Hide this column"), lambda: choices.set_columns(choices.columns.toggled(column))
            )
            hide.setEnabled(column in choices.columns.shown - ALWAYS_SHOWN)
        shown = menu.addMenu(translate("Columns"))
        for column in choices.columns.order:
            action = shown.addAction(column_name(column))
            action.setCheckable(True)
            action.setChecked(column in choices.columns.shown)
            action.setEnabled(column not in ALWAYS_SHOWN)
            action.triggered.connect(
                lambda _=False, column=column: choices.set_columns(choices.columns.toggled(column))
            )
        menu.addAction(translate("Arrange columns…"), lambda: self.arrange_columns(self.filters.columns))
        menu.popup(heads.mapToGlobal(where))

    def _read_tiles(self) -> None:
        self._context.tasks.ask(read_tiles, self._take_tiles, owner=self, key="tiles", failed=lambda _: None, slow=True)

    def _take_tiles(self, read: TilesRead) -> None:
        self._tiles_read = read
        self._everything = read.counts
        self._say_counts()
        counts = read.counts
        overdue = counts.get(FollowUpStatus.OVERDUE, 0)
        oldest = translate("oldest {days}").format(days=days_words(read.oldest_days)) if overdue else ""
        self.tiles[OVERDUE].show_count(overdue, oldest, ink="overdue.fg" if overdue else None)
        due = counts.get(FollowUpStatus.DUE, 0)
        not_called = (
            translate("{count} not called").format(count=number_words(read.not_called)) if read.not_called else ""
        )
        self.tiles[DUE].show_count(due, not_called)
        self.tiles[COMING].show_count(counts.get(FollowUpStatus.COMING, 0), translate("in 3 weeks"))
        board = read.next_day
        tile = self.tiles[NEXT_DAY]
        if board is None:
            tile.show_count("–", translate("no Botox day soon"))
        else:
            when = translate("today") if board.day.day == read.today else _day_name(board.day.day, read.today)
            tile.show_count(
                board.day.taken,
                translate("of {places} · {day}").format(places=number_words(board.day.capacity), day=when),
            )
        missing = len(read.without_drug)
        last = read.today + timedelta(days=6 - read.today.weekday(), weeks=DRUG_WEEKS)
        until = short_weekday_day(last, read.today)
        remark = translate("until {day}").format(day=until)
        if missing:
            remark = _day_name(read.without_drug[0].appointment.day, read.today)
        scope = translate("Visits booked until {day}. The view “Without drug” shows later ones too.").format(day=until)
        self.tiles[NO_DRUG].show_count(missing, remark, ink="due.fg" if missing else None, scope=scope)
        self.counted.emit(overdue)
        self._fit()
        if self._tile in (NEXT_DAY, NO_DRUG):
            self._choose_tile(self._tile)

    def _read_week(self, monday: date) -> None:
        self._context.tasks.ask(
            lambda s: (s.schedule.week(monday), s.today()),
            lambda read: self.week.show_week(read[0], monday, read[1]),
            owner=self.week,
            key="week",
        )

    # --- states ------------------------------------------------------------------------------------------------

    def _show_empty(
        self,
        words: str,
        action: str = "",
        act: Callable[[], object] | None = None,
        *,
        icon: str,
        detail: str = "",
    ) -> None:
        self._empty_action = act
        self.empty.show_words(words, action, icon=icon, detail=detail)
        self._stack.setCurrentWidget(self.empty)

    def _show_nothing(self, read: ListRead) -> None:
        if not read.total:
            self._stack.setCurrentWidget(self.nobody)
        elif self._only is FollowUpStatus.OVERDUE and not self.filters.filter.narrows:
            self._show_empty(
                translate("Nobody is overdue."), translate("Show all"), self.clear_filters, icon="circle-check"
            )
        else:
            self._show_empty(
                translate("No one matches."),
                translate("Clear filters"),
                self.clear_filters,
                icon="search-x",
                detail=translate("or press Esc twice"),
            )

    def _failed(self, problem: ClinicError) -> None:
        self._show_empty(sentence_of(problem), translate("Try again"), self.refresh, icon="circle-alert")

    def _empty_acted(self) -> None:
        if self._empty_action is not None:
            self._empty_action()

    def printable(self, usual: PaperRequest) -> PaperRequest:
        """What Ctrl+P prints: the day of the week that has the keyboard or the tile, else the list as it is shown."""
        day = self.week.day_in_hand
        read = self._tiles_read
        if day is None and self._tile == NEXT_DAY and read is not None and read.next_day is not None:
            day = read.next_day.day.day
        if day is not None:
            return replace(usual, kind=PaperKind.DAY_LIST, day=day)
        only, picks, narrow = self._only, self.table.picks, self.filters.filter
        of_a_week = frozenset(FollowUpStatus) - {FollowUpStatus.STOPPED}
        chosen = narrow.statuses or (of_a_week if narrow.visits is not None else usual.statuses)
        return replace(
            usual,
            case_ids=tuple(line.case_id for line in picks) if len(picks) > 1 else self._cases or (),
            statuses=(only,) if only is not None else tuple(one for one in FollowUpStatus if one in chosen),
            narrow=narrow,
            filters=self.filters.words,
        )

    # --- filters -----------------------------------------------------------------------------------------------

    def show_status(self, status: FollowUpStatus | None) -> None:
        """Show everybody of a status, in place of what was filtered; None for everybody."""
        self.clear_filters()
        code = next((code for code, one in STATUS_OF_TILE.items() if one is status), "")
        if code != self._tile:
            self._choose_tile(code)

    def narrow_to(self, narrow: CallListFilter) -> None:
        """Show the rows another view asks for, in place of what was filtered."""
        self.clear_filters()
        self.filters.take(narrow)

    def clear_filters(self) -> None:
        """Take every filter off."""
        self.filters.clear()

    def _filter_changed(self, narrow: CallListFilter) -> None:
        self._cases = None
        self.table.show_columns(self._columns)
        for status in narrow.statuses:
            self.model.set_open(status, open_=True)
        if self._tile in (NEXT_DAY, NO_DRUG):
            self._set_tile("")
        self._read_anew()

    def _read_anew(self) -> None:
        """Other rows are wanted: from the top."""
        self._loaded = False
        self._read_list()

    def _tile_pressed(self, code: str) -> Callable[[], None]:
        return lambda: self._choose_tile("" if code == self._tile else code)

    def _choose_tile(self, code: str) -> None:
        before = (self._only, self._cases)
        read = self._tiles_read
        self._only = STATUS_OF_TILE.get(code)
        self._cases = None
        if code == NEXT_DAY and read is not None and read.next_day is not None:
            self._cases = _cases_of(read.next_day.entries)
        elif code == NO_DRUG and read is not None:
            self._cases = _cases_of(read.without_drug)
        self._set_tile(code)
        if self._only is not None:
            self.model.set_open(self._only, open_=True)
        if (self._only, self._cases) != before:
            self._read_anew()

    def _release_tile(self) -> None:
        self._choose_tile("")

    def _set_tile(self, code: str) -> None:
        self._tile = code
        for name, tile in self.tiles.items():
            tile.setChecked(name == code)
        words = {
            OVERDUE: translate("Overdue"),
            DUE: translate("Due"),
            COMING: translate("Coming"),
            NEXT_DAY: translate("Next Botox day"),
            NO_DRUG: translate("Without drug"),
        }
        self.filters.show_tile(words.get(code, ""))

    # --- acting ------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape twice clears the filters, / types into the quick filter."""
        if event.text() == "/" and self._context.open:
            self.filters.type_words()
            return
        if event.key() == Qt.Key.Key_Escape and self.filters.narrows:
            if self._twice.isActive():
                self._twice.stop()
                self.clear_filters()
            else:
                self._twice.start()
            return
        super().keyPressEvent(event)

    def show_suggestion(self, day: object, name: str) -> None:
        """Mark the day that ``B`` would book on the week board."""
        self._first_day = day if isinstance(day, date) else None
        self.week.suggest(self._first_day, name)

    def press(self, key: str) -> None:
        """A key on a row: photos, calls and booking go by the row itself, even before the panel has read it.

        While several rows are selected only the keys that look do something: a call is one patient.
        """
        line = self.table.line
        if key not in LOOKING and len(self.table.picks) > 1:
            self._context.intents.refused.emit(
                translate("Several rows are selected. Esc selects one of them; a call or a booking is for one.")
            )
            return
        if line is None:
            if key in LOOKING and self.table.loose:
                self.pressed.emit(key)
            return
        if key not in LOOKING and self._context.refuse(Action.REGISTER):
            return
        if key == "c":
            self._context.intents.compare.emit(line.case_id)
        elif key == "C":
            self._context.intents.show_injection.emit(line.case_id, 0)
        elif key in ONE_KEY and line.offers_call:
            self._actions.log(line.case_id, line.name, ONE_KEY[key])
        elif key == "b" and line.offers_call and line.status is not FollowUpStatus.BOOKED:
            self._actions.book(line.case_id, line.patient_id, line.name, self._first_day)
        elif key == "m" and line.booking is not None:
            self._context.intents.move_booking.emit(line.case_id, line.booking)
        elif key == "m":
            self._context.intents.book.emit(line.case_id)
        else:
            self.pressed.emit(key)

    def _entry_pressed(self, patient_id: int, case_id: int) -> None:
        if not self.held():
            self._context.intents.select_case.emit(patient_id, case_id)

    def _follow(self, _: int, case_id: int) -> None:
        """Somebody else was chosen beside the list: the row goes with it, so that keys never mean another than seen.

        Where that case has no row in sight of the list, no row is selected; C and Shift+C show the photos of the case
        in the panel, and the keys that write do nothing.
        """
        if not self.isVisible() or case_id == self.table.case_id:
            return
        row = self.model.row_of(case_id) if case_id else None
        if row is not None:
            self.table.choose(row)
        else:
            self.table.let_go()

    def return_to(self, case_id: int) -> None:
        """The next key means that case again: what was done for it is taken back, or the window was locked over it."""
        self._return = case_id
        row = self.model.row_of(case_id)
        if row is not None:
            self.table.choose(row)

    def _leaving(self, case_id: int) -> None:
        if case_id == self.table.case_id and self.isVisible():
            self.table.choose_next()

    def _open(self) -> None:
        if self.table.case_id:
            self._context.intents.open_case.emit(self.table.patient_id, self.table.case_id)

    def _pop_menu(self, where: QPoint) -> None:
        line = self.table.line
        if len(self.table.picks) > 1:
            self.picked_rows.pop_menu(where, self)
            return
        if line is None:
            return
        intents = self._context.intents
        case_id, patient_id, name, waits = line.case_id, line.patient_id, line.name, line.waits
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.addAction(translate("Open record") + "\t↵", lambda: intents.open_case.emit(patient_id, case_id))
        menu.addAction(translate("Compare photos") + "\tC", lambda: intents.compare.emit(case_id))
        menu.addAction(translate("Photos and doses") + "\tShift+C", lambda: intents.show_injection.emit(case_id, 0))
        copy = menu.addAction(translate("Copy row") + "\tCtrl+C", self.picked_rows.copy)
        menu.addSeparator()
        calls = menu.addMenu(translate("Log a call"))
        self._actions.fill(calls, case_id, name)
        call = menu.addAction(translate("Call sheet…") + "\tL", lambda: intents.log_call.emit(case_id))
        menu.addSeparator()
        first = menu.addAction(translate("Book first free place") + "\tB", lambda: self.pressed.emit("b"))
        book = menu.addAction(translate("Book…") + "\tShift+B", lambda: intents.book.emit(case_id))
        menu.addSeparator()
        visit = menu.addAction(translate("Record injection…"), lambda: intents.record_visit.emit(patient_id, case_id))
        hold = menu.addAction(translate("Put on hold…"), lambda: intents.hold.emit(case_id))
        stop = menu.addAction(translate("Stop…"), lambda: intents.stop.emit(case_id))
        gone = menu.addAction(translate("Died or moved away…"), lambda: intents.departed.emit(patient_id))
        off = menu.addAction(translate("Take off the waiting list"))
        off.triggered.connect(lambda: self._actions.stop_waiting(patient_id, case_id, name))
        off.setVisible(waits)
        for need, entries in (
            (Action.PRINT, (copy,)),
            (Action.REGISTER, (call, first, book, off, gone)),
            (Action.EDIT_RECORD, (hold, stop)),
            (Action.DRAFT_INJECTION, (visit,)),
        ):
            for entry in entries:
                keep_to_roles(self._context, entry, need)
        menu.popup(where)

    def _who_at(self, where: QPoint) -> Passenger | None:
        """Whoever may be dragged onto a day of the week from a place of the rows."""
        line = self.model.line_at(self.table.rowAt(where.y()))
        if line is None or not line.offers_call or line.status is FollowUpStatus.BOOKED:
            return None
        return Passenger(line.patient_id, line.case_id, line.name)

    def _day_pressed(self, day: date) -> None:
        if self.table.case_id:
            self._context.intents.book_on.emit(self.table.case_id, day)

    def _set_status(self, entry: DayEntry, status: AppointmentStatus) -> None:
        self._actions.set_status(entry.appointment, entry.name, status)

    def _set_drug(self, entry: DayEntry, drug: DrugSupply) -> None:
        self._actions.set_drug(entry.appointment, entry.name, drug)

    def _move(self, entry: DayEntry) -> None:
        booking = entry.appointment
        if booking.case_ids:
            self._context.intents.move_booking.emit(booking.case_ids[0], booking)


def _cases_of(entries: tuple[DayEntry, ...]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(case_id for entry in entries for case_id in entry.appointment.case_ids))


def _day_name(day: date, today: date) -> str:
    """``Fri`` within the next six days, else ``Fri 20 Mar``."""
    if 0 <= (day - today).days < 7:
        return translate(WEEKDAYS[day.weekday()])
    return short_weekday_day(day, today)
