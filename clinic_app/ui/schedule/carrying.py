"""Somebody on the way to a day: picked up with the mouse or with M, aimed at days, dropped or brought back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, Protocol

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QWidget

from clinic_app.domain.calendar_board import CalendarDay, Carried, why_not
from clinic_app.domain.case_page import DayEntry
from clinic_app.domain.errors import ClinicError, RuleBroken
from clinic_app.domain.schedule import Appointment
from clinic_app.ui.context import UiContext
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import painting
from clinic_app.ui.widgets.themed import Themed
from clinic_app.wording.calendar import short_weekday_day
from clinic_app.wording.calendar_board import why_not_words
from clinic_app.wording.language import translate

EDGE = 28
"""Pixels at 100 % from the upper and lower edge of a list in which it creeps under what is dragged."""
CREEP_EVERY = 40
"""Milliseconds between two steps of it."""
GHOST_STRENGTH = 0.92


@dataclass(frozen=True, slots=True)
class Passenger:
    """Who is carried: a diagnosis to be booked, or with ``booking`` one that is moved."""

    patient_id: int
    case_id: int
    name: str
    booking: Appointment | None = None

    @property
    def case_ids(self) -> tuple[int, ...]:
        """The diagnoses the booking is or will be for."""
        return self.booking.case_ids if self.booking is not None else (self.case_id,)


def passenger_of(booking: DayEntry | None) -> Passenger | None:
    """Whose booking it is, to be moved; None where it is over."""
    if booking is None or not booking.appointment.status.live or not booking.appointment.case_ids:
        return None
    item = booking.appointment
    return Passenger(item.patient_id, item.case_ids[0], booking.name, item)


class DropLook(NamedTuple):
    """What days show while somebody is carried: those that are free for them, and the one aimed at."""

    allowed: frozenset[date]
    aimed: date | None
    name: str

    @property
    def fits(self) -> bool:
        """Whether the day aimed at is one of them."""
        return self.aimed in self.allowed


class DayTarget(Protocol):
    """A widget that shows days on which somebody can be dropped."""

    def day_at(self, where: QPoint) -> date | None:
        """The day at a place of the screen, None beside all of them."""
        ...

    def show_drop(self, look: DropLook | None) -> None:
        """Mark the days; None: nobody is carried any more."""
        ...


class GhostChip(Themed):
    """The name of whoever is dragged, under the pointer."""

    def __init__(self, keeper: ThemeKeeper, name: str, window: QWidget) -> None:
        super().__init__(keeper, window)
        self._name = name
        self._window = window
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.resize(self.sizeHint())

    def sizeHint(self) -> QSize:
        """The name with room around it."""
        px = self.keeper.px
        width = self.keeper.metrics(Style.NAME).horizontalAdvance(self._name) + px(24)
        return QSize(min(width, px(240)), px(30))

    def follow(self, where: QPoint) -> None:
        """Stand beside a place of the screen."""
        self.move(self._window.mapFromGlobal(where) + QPoint(self.keeper.px(10), self.keeper.px(8)))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint plate and name."""
        painter = QPainter(self)
        painter.setOpacity(GHOST_STRENGTH)
        line = self.keeper.colour("accent")
        painting.box(painter, self.rect(), self.keeper.px(6), fill=self.keeper.colour("raised"), line=line, width=1.5)
        inner = self.rect().adjusted(self.keeper.px(12), 0, -self.keeper.px(10), 0)
        painting.text(painter, self.keeper, inner, self._name, Style.NAME)


class Carry(QObject):
    """One way of somebody to a day.

    ``boards`` answers what is known of a day. ``looked`` comes whenever the marks or the words change, ``dropped``
    (Passenger, day) on a day that takes them, ``refused`` (Passenger, day, RuleBroken) where Enter is pressed on
    one that does not, and ``ended`` after all of it, however it ended.
    """

    looked = Signal()
    dropped = Signal(object, object)
    refused = Signal(object, object, object)
    ended = Signal()

    def __init__(
        self,
        context: UiContext,
        passenger: Passenger,
        boards: Callable[[date], CalendarDay | None],
        days: Callable[[], tuple[date, ...]],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self.passenger = passenger
        self._boards = boards
        self._days = days
        self._facts: Carried | None = None
        self.aimed: date | None = None
        self.over = False
        self._meant: Callable[[], None] | None = None
        """What was wanted of the day aimed at before anything was known of it."""
        booking = passenger.booking
        context.tasks.ask(
            lambda s: s.calendar_board.carried(passenger.case_ids, None if booking is None else booking.id),
            self._know,
            owner=self,
            failed=self._unknown,
        )

    def refusal(self, day: date) -> RuleBroken | None:
        """Why they cannot be dropped on a day; None where they can, or nothing is known of it yet."""
        board = self._boards(day)
        if board is None or self._facts is None:
            return None
        context = self._context
        return why_not(self._facts, board, context.clinic.rules, context.today())

    def takes(self, day: date) -> bool:
        """Whether they can be dropped on a day."""
        return self._knows(day) and self.refusal(day) is None

    def aim(self, day: date | None) -> None:
        """Aim at a day, or at none."""
        if day != self.aimed:
            self.aimed = day
            self._meant = None
            self.looked.emit()

    def look(self) -> DropLook:
        """What the days show."""
        allowed = frozenset(day for day in self._days() if self.takes(day))
        return DropLook(allowed, self.aimed, self.passenger.name)

    @property
    def words(self) -> str:
        """The line that says what would come of dropping them here."""
        name, day = self.passenger.name, self.aimed
        if day is None:
            return translate("{name}: choose a day. Esc cancels.").format(name=name)
        when = short_weekday_day(day, self._context.today())
        refusal = self.refusal(day)
        if refusal is not None:
            return translate("Not on {day}: {reason}.").format(day=when, reason=why_not_words(refusal, day))
        if not self.takes(day):
            return translate("{name}: {day}…").format(name=name, day=when)
        board = self._boards(day)
        if board is None or self._context.clinic.rules.gives_times:
            words = translate("Move {name} to {day}.") if self.passenger.booking else translate("Book {name} on {day}.")
            return words.format(name=name, day=when)
        place = board.place.next_token
        if self.passenger.booking is not None:
            return translate("Move {name} to {day}, place {place}.").format(name=name, day=when, place=place)
        return translate("Book {name} on {day}, place {place}.").format(name=name, day=when, place=place)

    def look_again(self) -> None:
        """More is known of the days: what was wanted before is done now."""
        if self.over:
            return
        self.looked.emit()
        meant, self._meant = self._meant, None
        if meant is not None:
            meant()

    def drop(self) -> None:
        """Let go over the day aimed at; over one that does not take them they go back."""
        day = self.aimed
        if day is not None and not self._knows(day):
            self._meant = self.drop
        elif day is not None and self.takes(day):
            self._end()
            self.dropped.emit(self.passenger, day)
        else:
            self.cancel()

    def enter(self) -> None:
        """Enter: drop, or say once more why not; they stay on the way."""
        day = self.aimed
        if day is None:
            return
        if not self._knows(day):
            self._meant = self.enter
            return
        refusal = self.refusal(day)
        if refusal is not None:
            self.refused.emit(self.passenger, day, refusal)
        elif self.takes(day):
            self.drop()

    def cancel(self) -> None:
        """Bring them back."""
        self._end()

    def _end(self) -> None:
        if not self.over:
            self.over = True
            self.ended.emit()

    def _knows(self, day: date) -> bool:
        return self._facts is not None and self._boards(day) is not None

    def _know(self, facts: Carried) -> None:
        self._facts = facts
        self.look_again()

    def _unknown(self, problem: ClinicError) -> None:
        self.cancel()
        self._context.tasks.refused.emit(problem)


class MouseCarry(QObject):
    """The mouse carries: a chip with the name goes along, the pointer says where nobody can be dropped.

    Lists creep under it at their edges; Esc, another button and leaving the window bring them back.
    """

    def __init__(self, keeper: ThemeKeeper, carry: Carry, target: DayTarget, window: QWidget, where: QPoint) -> None:
        super().__init__(carry)
        self._keeper = keeper
        self._carry = carry
        self._target = target
        self._where = where
        self._window = window
        self.ghost = GhostChip(keeper, carry.passenger.name, window)
        self._creeping = QTimer(self)
        self._creeping.setInterval(CREEP_EVERY)
        self._creeping.timeout.connect(self._creep)
        carry.looked.connect(self._show)
        carry.ended.connect(self._stop)
        QApplication.setOverrideCursor(Qt.CursorShape.DragMoveCursor)
        application = QApplication.instance()
        if application is not None:
            application.installEventFilter(self)
        self.ghost.show()
        self.ghost.raise_()
        self._move(where)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The mouse and Esc belong to it until it is over."""
        kind = event.type()
        if kind in (QEvent.Type.ApplicationDeactivate, QEvent.Type.WindowDeactivate):
            self._carry.cancel()
            return False
        if not isinstance(watched, QWidget):
            return False
        if isinstance(event, QMouseEvent):
            if kind == QEvent.Type.MouseMove:
                self._move(event.globalPosition().toPoint())
            elif kind == QEvent.Type.MouseButtonRelease and event.button() == Qt.MouseButton.LeftButton:
                self._move(event.globalPosition().toPoint())
                self._carry.drop()
            elif kind == QEvent.Type.MouseButtonPress:
                self._carry.cancel()
            return True
        if isinstance(event, QKeyEvent) and kind in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
            event.accept()
            if kind == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape:
                self._carry.cancel()
            return True
        return False

    def _move(self, where: QPoint) -> None:
        self._where = where
        self.ghost.follow(where)
        self._carry.aim(self._target.day_at(where))
        if self._area() is None:
            self._creeping.stop()
        elif not self._creeping.isActive():
            self._creeping.start()

    def _show(self) -> None:
        day = self._carry.aimed
        fits = day is not None and self._carry.takes(day)
        QApplication.changeOverrideCursor(Qt.CursorShape.DragMoveCursor if fits else Qt.CursorShape.ForbiddenCursor)

    def _area(self) -> tuple[QAbstractScrollArea, int] | None:
        """The list under the pointer and the way it creeps, where the pointer is at one of its edges."""
        above: QWidget | None = self._window.childAt(self._window.mapFromGlobal(self._where))
        while above is not None and not isinstance(above, QAbstractScrollArea):
            above = above.parentWidget()
        if not isinstance(above, QAbstractScrollArea):
            return None
        port = above.viewport()
        y = port.mapFromGlobal(self._where).y()
        edge = self._keeper.px(EDGE)
        step = -1 if y < edge else 1 if y > port.height() - edge else 0
        return (above, step) if step else None

    def _creep(self) -> None:
        found = self._area()
        if found is None:
            self._creeping.stop()
            return
        bar = found[0].verticalScrollBar()
        bar.setValue(bar.value() + found[1] * self._keeper.px(12))
        self._carry.aim(self._target.day_at(self._where))

    def _stop(self) -> None:
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)
        self._creeping.stop()
        QApplication.restoreOverrideCursor()
        self.ghost.hide()
        self.ghost.deleteLater()


class PickUp(QObject):
    """Watches a widget: who is pressed and dragged comes out as ``picked`` (Passenger, QPoint of the screen).

    ``who`` answers who stands at a place of the widget, None for nobody, and for whoever may not be moved now.
    """

    picked = Signal(object, QPoint)

    def __init__(self, widget: QWidget, who: Callable[[QPoint], Passenger | None]) -> None:
        super().__init__(widget)
        self._who = who
        self._pressed: QPoint | None = None
        self._passenger: Passenger | None = None
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note where the button went down; far enough from it they are picked up."""
        if not isinstance(event, QMouseEvent):
            return False
        kind, here = event.type(), event.position().toPoint()
        if kind == QEvent.Type.MouseButtonPress:
            left = event.button() == Qt.MouseButton.LeftButton
            self._passenger = self._who(here) if left else None
            self._pressed = here if self._passenger is not None else None
        elif kind == QEvent.Type.MouseButtonRelease:
            self._pressed = None
        elif kind == QEvent.Type.MouseMove and self._pressed is not None and event.buttons():
            if (here - self._pressed).manhattanLength() >= QApplication.startDragDistance():
                self._pressed = None
                self.picked.emit(self._passenger, event.globalPosition().toPoint())
            return True
        return False


def paint_drop(painter: QPainter, keeper: ThemeKeeper, rect: QRect, radius: float, look: DropLook, day: date) -> None:
    """The mark of a day while somebody is carried: dashed where it takes them, stronger under the pointer."""
    aimed = day == look.aimed
    if day in look.allowed:
        soft = QColor(keeper.colour("accent_soft"))
        if not aimed:
            soft.setAlphaF(0.45)
        line = keeper.colour("accent")
        painting.box(painter, rect, radius, fill=soft, line=line, width=2.0 if aimed else 1.5, dashed=not aimed)
    elif aimed:
        painting.box(painter, rect, radius, line=keeper.colour("danger"), width=1.5)
