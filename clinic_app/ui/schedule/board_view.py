"""The board: To call, Call back, Booked, Arrived, Treated today, No-show; cards go from one to the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMenu, QScrollArea, QStackedLayout, QVBoxLayout, QWidget

from clinic_app.domain.access import Action
from clinic_app.domain.board import FIRST_CARDS, BoardColumn, BoardMove, board_move
from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.errors import ClinicError, RuleBroken
from clinic_app.domain.schedule import AppointmentStatus
from clinic_app.ui.context import UiContext
from clinic_app.ui.schedule.actions import CaseActions
from clinic_app.ui.schedule.board_lane import BoardLane
from clinic_app.ui.schedule.carrying import GhostChip
from clinic_app.ui.schedule.lines import Line, line_of
from clinic_app.ui.schedule.nobody_yet import NobodyYet
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets import ElidedLabel
from clinic_app.ui.widgets.menu_place import pop_inside
from clinic_app.ui.widgets.role_gate import keep_to_roles
from clinic_app.wording.board import board_name
from clinic_app.wording.language import translate
from clinic_app.wording.schedule import booking_words
from clinic_app.wording.sentences import sentence_of

if TYPE_CHECKING:
    from clinic_app.services import Services

TOPICS = frozenset({Topic.SCHEDULE, Topic.CASES, Topic.TREATMENT, Topic.PATIENTS, Topic.PICTURES})
LEAST_WIDTH = 128
"""Pixels at 100 % a column has at least; a narrower window scrolls."""
EDGE = 40
"""Pixels at 100 % from an edge of the columns in which they creep under a card that is dragged."""
SLOW = 500
"""Milliseconds after which it is said that the cards are being read."""
Cards = dict[BoardColumn, tuple[int, tuple[Line, ...]]]


def read_board(services: Services, limits: dict[BoardColumn, int], only: BoardColumn | None = None) -> Cards:
    """The columns (``only``: that one) in words; no column at all where nobody has a diagnosis."""
    today = services.today()
    found = services.board.columns(limits, only)
    if (
        only is None
        and not any(cards.count for cards in found.values())
        and not any(services.schedule.counts().values())
    ):
        return {}
    return {
        column: (cards.count, tuple(line_of(entry, services.catalogues, today) for entry in cards.entries))
        for column, cards in found.items()
    }


class BoardView(QWidget):
    """The columns side by side. A card moves by a drag, or by Ctrl with Left and Right; keys are those of the list.

    ``chosen`` brings patient and case of the selected card.
    """

    chosen = Signal(int, int)
    shown = Signal()

    def __init__(self, context: UiContext, actions: CaseActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._actions = actions
        self._limits = dict.fromkeys(BoardColumn, FIRST_CARDS)
        self._stale = True
        self._pressed: QPoint | None = None
        self._carried: tuple[Line, BoardColumn] | None = None
        self._ghost: GhostChip | None = None
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(SLOW)
        self._slow.timeout.connect(self._say_slow)
        keeper = context.theme
        self.lanes = {column: BoardLane(keeper, column, self) for column in BoardColumn}
        inside = QWidget()
        inside.setAutoFillBackground(False)
        self._row = QHBoxLayout(inside)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._scroll = QScrollArea(self)
        self._scroll.setProperty("kind", "plain")
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.viewport().setAutoFillBackground(False)
        self._scroll.setWidget(inside)
        for lane in self.lanes.values():
            self._row.addWidget(lane, 1)
            self._listen(lane)
        self.said = ElidedLabel(keeper, "", Style.SECONDARY, "text2", self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._stack = QStackedLayout()
        self._stack.addWidget(self._scroll)
        self.empty = NobodyYet(context, self)
        self._stack.addWidget(self.empty)
        column.addLayout(self._stack, 1)
        column.addWidget(self.said)
        self.setFocusProxy(self.lanes[BoardColumn.TO_CALL].list)
        self.choosers = tuple(lane.list for lane in self.lanes.values())
        context.tasks.changed.connect(self._changed_elsewhere)
        context.attached.connect(self._refresh)
        context.new_day.connect(self._refresh)
        context.detached.connect(self._forget)
        context.concealed.connect(self._forget)
        context.theme.changed.connect(self._restyle)
        self._restyle()
        self._usual_words()

    @property
    def focused(self) -> BoardLane:
        """The column that has the keyboard, else the first."""
        return next((lane for lane in self.lanes.values() if lane.list.hasFocus()), self.lanes[BoardColumn.TO_CALL])

    def showEvent(self, event: QShowEvent) -> None:
        """Read what changed while it was not shown."""
        super().showEvent(event)
        if self._stale:
            self._refresh()

    def _restyle(self) -> None:
        px = self._context.theme.px
        self._row.setSpacing(px(8))
        for lane in self.lanes.values():
            lane.setMinimumWidth(px(LEAST_WIDTH))

    def _usual_words(self) -> None:
        self.said.set_ink("text2")
        self.said.setText(translate("Ctrl+→ and Ctrl+← move a card; B books the first free place."))

    def _listen(self, lane: BoardLane) -> None:
        cards = lane.list
        cards.chosen.connect(lambda line: self._chosen(lane, line))
        cards.pressed.connect(lambda key: self._press(lane, key))
        cards.stepped.connect(lambda step: self._step(lane, step))
        cards.moved.connect(lambda step: self._move_beside(lane, step))
        cards.opened.connect(lambda: self._open(lane))
        cards.menu.connect(lambda where: self._pop_menu(lane, where))
        lane.more_wanted.connect(lambda: self._more(lane.column))
        cards.viewport().installEventFilter(self)

    # --- reading -----------------------------------------------------------------------------------------------

    def _changed_elsewhere(self, changes: Changes) -> None:
        if changes.topics & TOPICS:
            self._refresh()

    def _refresh(self) -> None:
        self._stale = True
        if not self.isVisible() or not self._context.open:
            return
        self._stale = False
        self._slow.start()
        limits = dict(self._limits)
        self._context.tasks.ask(
            lambda s: read_board(s, limits), self._take, owner=self, key="board", failed=self._failed
        )

    def _say_slow(self) -> None:
        if self._ghost is None:
            self.said.setText(translate("Reading the cards…"))

    def _take(self, cards: Cards) -> None:
        self._slow.stop()
        if self._ghost is None:
            self._usual_words()
        for column, lane in self.lanes.items():
            lane.show_cards(*cards.get(column, (0, ())))
        self._stack.setCurrentWidget(self._scroll if cards else self.empty)
        self.said.setVisible(bool(cards))
        focused = self.focused.list
        if focused.hasFocus() and not focused.currentIndex().isValid():
            focused.choose(0)
        self.shown.emit()

    def _failed(self, problem: ClinicError) -> None:
        self._slow.stop()
        self.said.set_ink("danger")
        self.said.setText(sentence_of(problem))

    def _forget(self) -> None:
        self._slow.stop()
        self._drop_ghost()
        self._stale = True
        self._limits = dict.fromkeys(BoardColumn, FIRST_CARDS)
        for lane in self.lanes.values():
            lane.list.cards.show(())
            lane.count.setText("")
            lane.nobody.hide()
            lane.more.hide()

    def _more(self, column: BoardColumn) -> None:
        self._limits[column] += FIRST_CARDS
        limits = dict(self._limits)
        self._context.tasks.ask(
            lambda s: read_board(s, limits, column), self._take_more, owner=self, key=("more", column)
        )

    def _take_more(self, cards: Cards) -> None:
        for column, shown in cards.items():
            self.lanes[column].show_cards(*shown)
        self.shown.emit()

    # --- choosing and keys -------------------------------------------------------------------------------------

    def _chosen(self, lane: BoardLane, line: object) -> None:
        if isinstance(line, Line) and lane.list.hasFocus():
            for other in self.lanes.values():
                if other is not lane:
                    other.list.clearSelection()
            self.chosen.emit(line.patient_id, line.case_id)

    def _step(self, lane: BoardLane, step: int) -> None:
        beside = lane.column.beside(step)
        while beside is not None and not self.lanes[beside].list.cards.rowCount():
            beside = beside.beside(step)
        if beside is not None:
            self.lanes[beside].list.setFocus(Qt.FocusReason.OtherFocusReason)
            self._scroll.ensureWidgetVisible(self.lanes[beside], 0, 0)

    def _open(self, lane: BoardLane) -> None:
        line = lane.list.line
        if line is not None:
            self._context.intents.open_case.emit(line.patient_id, line.case_id)

    def _press(self, lane: BoardLane, key: str) -> None:
        if lane.list.line is not None:
            self._actions.press(key, lane.list.line, self._under(lane), self)

    def _under(self, lane: BoardLane) -> QPoint:
        cards = lane.list
        return cards.viewport().mapToGlobal(cards.visualRect(cards.currentIndex()).bottomLeft())

    def _pop_menu(self, lane: BoardLane, where: QPoint) -> None:
        line = lane.list.line
        if line is None:
            return
        intents = self._context.intents
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.addAction(translate("Open record") + "\t↵", lambda: self._open(lane))
        menu.addAction(translate("Compare photos") + "\tC", lambda: intents.compare.emit(line.case_id))
        menu.addSeparator()
        self._actions.fill(menu.addMenu(translate("Log a call")), line.case_id, line.name)
        moves = menu.addMenu(translate("Move to"))
        for column in BoardColumn:
            if column is not lane.column:
                action = moves.addAction(board_name(column))
                action.triggered.connect(lambda _=False, column=column: self.move_card(line, lane.column, column))
                keep_to_roles(self._context, action, Action.REGISTER)
        pop_inside(menu, where, self)

    # --- moving ------------------------------------------------------------------------------------------------

    def _move_beside(self, lane: BoardLane, step: int) -> None:
        line, beside = lane.list.line, lane.column.beside(step)
        if line is not None and beside is not None:
            self.move_card(line, lane.column, beside)

    def move_card(self, line: Line, source: BoardColumn, target: BoardColumn) -> None:
        """Do what a move means, through the same doors as the keys; a refusal is said."""
        if source is target or self._context.refuse(Action.REGISTER):
            return
        try:
            move = board_move(source, target)
        except RuleBroken as problem:
            self._context.intents.refused.emit(sentence_of(problem))
            return
        self._doing(line, move)()

    def _doing(self, line: Line, move: BoardMove) -> Callable[[], object]:
        intents, actions, booking = self._context.intents, self._actions, line.booking
        if move is BoardMove.BOOK:
            return lambda: actions.book(line.case_id, line.patient_id, line.name)
        if move is BoardMove.CALL:
            return lambda: intents.log_call.emit(line.case_id)
        if move is BoardMove.TREAT:
            return lambda: intents.record_visit.emit(line.patient_id, line.case_id)
        if booking is None:
            return lambda: None
        if move is BoardMove.CANCEL:
            return lambda: self._ask_who_cancelled(line)
        status = {
            BoardMove.ARRIVE: AppointmentStatus.ARRIVED,
            BoardMove.LEAVE: AppointmentStatus.BOOKED,
            BoardMove.MISS: AppointmentStatus.NO_SHOW,
        }[move]
        return lambda: actions.set_status(booking, line.name, status)

    def _ask_who_cancelled(self, line: Line) -> None:
        booking = line.booking
        if booking is None:
            return
        menu = QMenu(translate("Cancel the booking"), self)
        menu.aboutToHide.connect(menu.deleteLater)
        for status in (AppointmentStatus.CANCELLED_BY_PATIENT, AppointmentStatus.CANCELLED_BY_CLINIC):
            action = menu.addAction(booking_words(status))
            action.triggered.connect(
                lambda _=False, status=status: self._actions.set_status(booking, line.name, status)
            )
        pop_inside(menu, self._under(self.focused), self)
        menu.setActiveAction(menu.actions()[0])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc brings back what is dragged."""
        if event.key() == Qt.Key.Key_Escape and self._ghost is not None:
            self._drop_ghost()
        else:
            super().keyPressEvent(event)

    # --- dragging ----------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A card that is pressed and pulled goes along with the pointer until it is let go over a column."""
        if not isinstance(event, QMouseEvent):
            return False
        kind, where = event.type(), event.globalPosition().toPoint()
        if kind == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
            lane = next((one for one in self.lanes.values() if one.list.viewport() is watched), None)
            line = lane.list.line_at(event.position().toPoint()) if lane is not None else None
            self._carried = (line, lane.column) if line is not None and lane is not None else None
            self._pressed = where if self._carried is not None else None
        elif kind == QEvent.Type.MouseMove and self._pressed is not None and self._carried is not None:
            if self._ghost is None and (where - self._pressed).manhattanLength() >= QApplication.startDragDistance():
                self._ghost = GhostChip(self._context.theme, self._carried[0].name, self.window())
                self._ghost.show()
                self._ghost.raise_()
            if self._ghost is not None:
                self._ghost.follow(where)
                self._creep(where)
                self._aim(self._lane_at(where))
                return True
        elif kind == QEvent.Type.MouseButtonRelease:
            carried, target = self._carried, self._lane_at(where) if self._ghost is not None else None
            self._drop_ghost()
            if carried is not None and target is not None:
                self.move_card(carried[0], carried[1], target)
                return True
        return False

    def _lane_at(self, where: QPoint) -> BoardColumn | None:
        return next(
            (column for column, lane in self.lanes.items() if lane.rect().contains(lane.mapFromGlobal(where))), None
        )

    def _creep(self, where: QPoint) -> None:
        """Columns out of sight come in where a card is pulled to an edge."""
        port, px = self._scroll.viewport(), self._context.theme.px
        x, bar = port.mapFromGlobal(where).x(), self._scroll.horizontalScrollBar()
        step = -1 if x < px(EDGE) else 1 if x > port.width() - px(EDGE) else 0
        bar.setValue(bar.value() + step * px(EDGE) // 2)

    def _aim(self, target: BoardColumn | None) -> None:
        for column, lane in self.lanes.items():
            lane.set_aimed(aimed=column is target)
        carried = self._carried
        if carried is None or target is None or target is carried[1]:
            self._usual_words()
            return
        try:
            board_move(carried[1], target)
        except RuleBroken as problem:
            self.said.set_ink("danger")
            self.said.setText(sentence_of(problem))
        else:
            self.said.set_ink("text2")
            self.said.setText(f"{carried[0].name}: {board_name(target)}")

    def _drop_ghost(self) -> None:
        self._pressed = self._carried = None
        if self._ghost is not None:
            self._ghost.hide()
            self._ghost.deleteLater()
            self._ghost = None
            self._aim(None)
