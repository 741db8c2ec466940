"""Fingers on a photograph: one is as the mouse, two zoom, move and turn, a tap twice is a double click (ux.md 2.10)."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QEventPoint, QGuiApplication, QMouseEvent, QNativeGestureEvent, QTouchEvent
from PySide6.QtWidgets import QApplication, QWidget

DEAD_ZONE = 6.0
"""Degrees two fingers may turn before the photograph turns with them."""
TAP_REACH = 24
"""Pixels two taps of a double tap may lie apart."""


class Turning:
    """Degrees that were turned, of which the first few (``DEAD_ZONE``) turn nothing."""

    def __init__(self) -> None:
        self._sum = self._given = 0.0

    def add(self, degrees: float) -> float:
        """Turn on; answers by how much the photograph turns."""
        self._sum += degrees
        wanted = math.copysign(max(abs(self._sum) - DEAD_ZONE, 0.0), self._sum)
        step, self._given = wanted - self._given, wanted
        return step


class Touching(QObject):
    """Takes the touches and trackpad gestures of a pane.

    ``pinched(factor, middle, moved)``: zoom by that at the middle of two fingers, which moved (pixels of the pane).
    ``turned(degrees)``: clockwise, beyond the dead zone. One finger comes to the pane as mouse events, held still as
    the event of a context menu. What begins on a part that stands over the pane is left to Qt.
    """

    pinched = Signal(float, QPointF, QPointF)
    turned = Signal(float)

    def __init__(self, pane: QWidget) -> None:
        super().__init__(pane)
        self._pane = pane
        self._first: QPointF | None = None
        self._last = QPointF()
        self._pressed = self._spent = False
        self._two: tuple[QPointF, float, float] | None = None
        self._turning = Turning()
        self._tap: tuple[int, QPointF] | None = None
        self._hold = QTimer(self)
        self._hold.setSingleShot(True)
        self._hold.setInterval(QGuiApplication.styleHints().mousePressAndHoldInterval())
        self._hold.timeout.connect(self._held)
        pane.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)

    def handle(self, event: QEvent) -> bool:
        """Take an event of the pane; answers whether it was one of ours."""
        if isinstance(event, QNativeGestureEvent):
            return self._gesture(event)
        if event.type() == QEvent.Type.TouchCancel:
            self._forget()
            return True
        if not isinstance(event, QTouchEvent):
            return False
        if event.type() == QEvent.Type.TouchBegin and self._pane.childAt(event.points()[0].position().toPoint()):
            event.ignore()
            return False
        event.accept()
        down = [one for one in event.points() if one.state() != QEventPoint.State.Released]
        if len(down) > 1:
            self._both(down)
        elif len(down) == 1 and self._two is None and not self._spent:
            self._one(down[0].position())
        elif not down:
            self._up(event.timestamp())
        else:
            self._two, self._spent = None, True
        return True

    # --- one finger -------------------------------------------------------------------------------------------
    def _one(self, at: QPointF) -> None:
        self._last = at
        if self._first is None:
            self._first = at
            self._hold.start()
            return
        far = (at - self._first).manhattanLength() >= QApplication.startDragDistance()
        if far and not self._pressed:
            self._hold.stop()
            self._pressed = True
            self._send(QEvent.Type.MouseButtonPress, self._first)
        if self._pressed:
            self._send(QEvent.Type.MouseMove, at)

    def _up(self, moment: int) -> None:
        self._hold.stop()
        first, pressed, spent = self._first, self._pressed, self._spent
        self._forget()
        if pressed:
            self._send(QEvent.Type.MouseButtonRelease, self._last)
        elif first is not None and not spent:
            self._tapped(first, moment)

    def _tapped(self, at: QPointF, moment: int) -> None:
        """A tap is a click, a second one soon after and close by a double click."""
        before, self._tap = self._tap, (moment, at)
        soon = QGuiApplication.styleHints().mouseDoubleClickInterval()
        again = (
            before is not None and moment - before[0] <= soon and (at - before[1]).manhattanLength() <= 2 * TAP_REACH
        )
        if again:
            self._tap = None
        self._send(QEvent.Type.MouseButtonDblClick if again else QEvent.Type.MouseButtonPress, at)
        self._send(QEvent.Type.MouseButtonRelease, at)

    def _held(self) -> None:
        """Held still: what a right click does."""
        if self._first is None:
            return
        self._spent = True
        at = self._first.toPoint()
        reason = QContextMenuEvent.Reason.Mouse
        QApplication.sendEvent(self._pane, QContextMenuEvent(reason, at, self._pane.mapToGlobal(at)))

    def _send(self, kind: QEvent.Type, at: QPointF) -> None:
        pane, left, none = self._pane, Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        if kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick):
            self._focus()
        button = none if kind == QEvent.Type.MouseMove else left
        buttons = none if kind == QEvent.Type.MouseButtonRelease else left
        modifiers = QGuiApplication.keyboardModifiers()
        QApplication.sendEvent(pane, QMouseEvent(kind, at, pane.mapToGlobal(at), button, buttons, modifiers))

    def _focus(self) -> None:
        """The keyboard goes to the pane, as with a click, where clicks bring it there."""
        if self._pane.focusPolicy() & Qt.FocusPolicy.ClickFocus:
            self._pane.setFocus(Qt.FocusReason.MouseFocusReason)

    # --- two fingers ------------------------------------------------------------------------------------------
    def _both(self, points: Sequence[QEventPoint]) -> None:
        first, second = points[0].position(), points[1].position()
        apart = second - first
        middle, wide = (first + second) / 2, max(math.hypot(apart.x(), apart.y()), 1.0)
        angle = math.degrees(math.atan2(apart.y(), apart.x()))
        self._hold.stop()
        if self._pressed:
            self._pressed = False
            self._send(QEvent.Type.MouseButtonRelease, self._last)
        before, self._two, self._spent = self._two, (middle, wide, angle), True
        if before is None:
            self._turning = Turning()
            self._focus()
            return
        self.pinched.emit(wide / before[1], middle, middle - before[0])
        self._turn((angle - before[2] + 180) % 360 - 180)

    def _turn(self, degrees: float) -> None:
        step = self._turning.add(degrees)
        if step:
            self.turned.emit(step)

    def _forget(self) -> None:
        self._hold.stop()
        self._first = self._two = None
        self._pressed = self._spent = False

    # --- trackpad ---------------------------------------------------------------------------------------------
    def _gesture(self, event: QNativeGestureEvent) -> bool:
        kinds = Qt.NativeGestureType
        match event.gestureType():
            case kinds.ZoomNativeGesture:
                self.pinched.emit(1 + event.value(), event.position(), QPointF())
            case kinds.RotateNativeGesture:
                self._turn(event.value())
            case kinds.SmartZoomNativeGesture:
                self._send(QEvent.Type.MouseButtonDblClick, event.position())
                self._send(QEvent.Type.MouseButtonRelease, event.position())
            case kinds.BeginNativeGesture | kinds.EndNativeGesture:
                self._turning = Turning()
            case _:
                return False
        return True
