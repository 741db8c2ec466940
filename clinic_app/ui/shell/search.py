"""The one search: patients as you type, under the field in the header."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QSizePolicy, QVBoxLayout, QWidget

from clinic_app.domain.errors import ClinicError
from clinic_app.domain.patients import PatientEntry, fold
from clinic_app.ui.context import UiContext
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import painting
from clinic_app.ui.widgets.disc import paint_disc
from clinic_app.ui.widgets.search_field import SearchField
from clinic_app.ui.widgets.themed import Themed
from clinic_app.wording.language import translate
from clinic_app.wording.patient_lines import do_not_call_words
from clinic_app.wording.patients import person_line
from clinic_app.wording.sentences import sentence_of

if TYPE_CHECKING:
    from clinic_app.services import Services

SHOWN = 8


class FoundRow(Themed):
    """One answer of the search, or the offer to create somebody."""

    pressed = Signal()
    hovered = Signal()

    def __init__(self, keeper: ThemeKeeper, parent: QWidget) -> None:
        super().__init__(keeper, parent)
        self.entry: PatientEntry | None = None
        self.current = False
        self._name = ""
        self._under = ""
        self._side = ""
        self._typed = ""
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_entry(self, entry: PatientEntry, under: str, typed: str) -> None:
        """Show a patient; what was typed is marked in the name."""
        self.entry = entry
        side = entry.phone if entry.may_be_called else do_not_call_words()
        self._name, self._under, self._side, self._typed = entry.name, under, side, typed
        self.setAccessibleName(", ".join(part for part in (entry.name, under, side) if part))
        self.update()

    def show_offer(self, words: str) -> None:
        """Show an offer."""
        self.entry = None
        self._name, self._under, self._side, self._typed = words, "", "", ""
        self.setAccessibleName(words)
        self.update()

    def sizeHint(self) -> QSize:
        """A row."""
        return QSize(self.keeper.px(300), self.keeper.px(46))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take it."""
        self.pressed.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The pointer chooses too."""
        self.hovered.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the row."""
        keeper = self.keeper
        px = keeper.px
        painter = QPainter(self)
        if self.current:
            painting.box(painter, self.rect().adjusted(px(4), 1, -px(4), -1), px(6), fill=keeper.colour("selected"))
        disc = QRect(px(14), (self.height() - px(28)) // 2, px(28), px(28))
        if self.entry is None:
            painting.icon(painter, keeper, disc, "plus", "accent_text", 18)
            words = self.rect().adjusted(px(52), 0, -px(12), 0)
            painting.text(painter, keeper, words, self._name, Style.BUTTON, "accent_text")
            return
        paint_disc(painter, keeper, disc, self._name)
        side = keeper.metrics(Style.SECONDARY, numbers=True).horizontalAdvance(self._side) + px(4)
        right = QRect(self.width() - side - px(14), 0, side, self.height())
        ink = "text2"
        painting.text(painter, keeper, right, self._side, Style.SECONDARY, ink, align=painting.RIGHT, numbers=True)
        words = QRect(px(52), 0, right.left() - px(60), self.height())
        self._mark(painter, words)
        painting.two_lines(painter, keeper, words, self._name, self._under, first_style=Style.NAME)

    def _mark(self, painter: QPainter, words: QRect) -> None:
        """A pale plate behind the letters typed, where they stand in the name."""
        keeper = self.keeper
        at = fold(self._name).find(fold(self._typed)) if fold(self._typed) else -1
        if at < 0 or len(fold(self._name)) != len(self._name):
            return
        metrics = keeper.metrics(Style.NAME)
        left = words.left() + metrics.horizontalAdvance(self._name[:at])
        wide = metrics.horizontalAdvance(self._name[at : at + len(fold(self._typed))])
        upper = keeper.line(Style.NAME)
        top = words.top() + (words.height() - upper - keeper.line(Style.SECONDARY)) // 2
        painting.box(painter, QRect(left, top, wide, upper), keeper.px(3), fill=keeper.colour("accent_soft"))


def read_found(services: Services, text: str) -> tuple[str, tuple[PatientEntry, ...], tuple[str, ...]]:
    """What was typed, the patients that match, and their second lines."""
    found = services.patients.entries(text, 0, SHOWN)
    today = services.today()
    return text, found, tuple(_under(services, entry, today) for entry in found)


def _under(services: Services, entry: PatientEntry, today: date) -> str:
    names = []
    for condition, _ in entry.cases[:2]:
        known = services.catalogues.conditions.get(condition)
        names.append(known.name if known is not None else condition)
    more = f" +{len(entry.cases) - 2}" if len(entry.cases) > 2 else ""
    person = person_line(entry.mrn, entry.birth, entry.sex, today)
    return " · ".join(part for part in (person, ", ".join(names) + more) if part)


class SearchPopup(Themed):
    """The answers under the field. Enter opens the case, Ctrl+Enter compares, Shift+Enter logs a call."""

    open_wanted = Signal(int)
    compare_wanted = Signal(int)
    call_wanted = Signal(int)
    create_wanted = Signal(str)

    def __init__(self, context: UiContext, field: SearchField, host: QWidget) -> None:
        super().__init__(context.theme, host)
        self._context = context
        self._field = field
        self._host = host
        self._at = 0
        self._sentence = ""
        self.rows = [FoundRow(context.theme, self) for _ in range(SHOWN)]
        self._column = QVBoxLayout(self)
        for place, row in enumerate(self.rows):
            row.pressed.connect(lambda place=place: self._press(place))
            row.hovered.connect(lambda place=place: self._choose(place))
            self._column.addWidget(row)
            row.hide()
        self.setAccessibleName(translate("Patients found"))
        self.hide()
        field.edited.connect(self._edited)
        field.stepped.connect(self._step)
        field.accepted.connect(self._accept)
        host.installEventFilter(self)
        QApplication.instance().focusChanged.connect(self._focus_moved)  # type: ignore[union-attr]  # it runs
        context.detached.connect(self.close_now)
        context.concealed.connect(self.close_now)
        self.restyle()

    @property
    def found(self) -> tuple[PatientEntry, ...]:
        """The patients shown."""
        return tuple(row.entry for row in self.rows if not row.isHidden() and row.entry is not None)

    @property
    def foot(self) -> str:
        """What stands under the rows: that nobody matches, or the keys."""
        return self._sentence or translate("Enter opens · Ctrl+Enter compares · Shift+Enter logs a call")

    def close_now(self) -> None:
        """Forget what was searched."""
        self.hide()
        for row in self.rows:
            row.show_offer("")
            row.hide()
        if self._field.words:
            self._field.clear()

    def restyle(self) -> None:
        """Take margins anew."""
        edge = self.keeper.px(6)
        self._column.setContentsMargins(edge // 2, edge, edge // 2, edge + self.keeper.px(24))
        self._column.setSpacing(0)
        super().restyle()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the plate, and the keys under the rows."""
        keeper = self.keeper
        px = keeper.px
        painter = QPainter(self)
        line = keeper.colour("border_strong")
        painting.box(painter, self.rect(), px(8), fill=keeper.colour("raised"), line=line)
        foot = QRect(px(14), self.height() - px(28), self.width() - px(28), px(24))
        painting.text(painter, keeper, foot, self.foot, Style.CAPTION, "text3")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay under the field."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._settle()
        return False

    def _edited(self, text: str) -> None:
        if not text.strip() or not self._context.open:
            self.hide()
            return
        self._context.tasks.ask(
            lambda s: read_found(s, text), self._show, owner=self, key="search", failed=self._failed
        )

    def _show(self, read: tuple[str, tuple[PatientEntry, ...], tuple[str, ...]]) -> None:
        text, found, unders = read
        if text != self._field.words:
            return
        self._sentence = ""
        for place, row in enumerate(self.rows):
            row.setVisible(place < len(found))
            if place < len(found):
                row.show_entry(found[place], unders[place], text)
        if not found:
            self._sentence = translate("Nobody matches “{text}”.").format(text=text)
            self._offer(text)
        self._choose(0)
        self._settle()
        self.show()
        self.raise_()
        self.update()

    def _offer(self, text: str) -> None:
        self.rows[0].show_offer(translate("Create “{name}”").format(name=_short(text)))
        self.rows[0].setVisible(any(character.isalpha() for character in text))

    def _failed(self, problem: ClinicError) -> None:
        for row in self.rows:
            row.hide()
        self._sentence = sentence_of(problem)
        self._settle()
        self.show()
        self.update()

    def _choose(self, place: int) -> None:
        self._at = place
        for number, row in enumerate(self.rows):
            if row.current != (number == place):
                row.current = number == place
                row.update()

    def _step(self, step: int) -> None:
        count = sum(not row.isHidden() for row in self.rows)
        if self.isVisible() and count:
            self._choose((self._at + step) % count)

    def _press(self, place: int) -> None:
        self._choose(place)
        self._take(Qt.KeyboardModifier.NoModifier)

    def _accept(self, modifiers: Qt.KeyboardModifier) -> None:
        if self.isVisible():
            self._take(modifiers)

    def _take(self, modifiers: Qt.KeyboardModifier) -> None:
        row = self.rows[self._at]
        if row.isHidden():
            return
        entry, text = row.entry, self._field.words.strip()
        self.close_now()
        if entry is None:
            self.create_wanted.emit(text)
        elif modifiers & Qt.KeyboardModifier.ControlModifier:
            self.compare_wanted.emit(entry.id)
        elif modifiers & Qt.KeyboardModifier.ShiftModifier:
            self.call_wanted.emit(entry.id)
        else:
            self.open_wanted.emit(entry.id)

    def _focus_moved(self, _: QWidget | None, now: QWidget | None) -> None:
        if self.isVisible() and now is not self._field.line:
            self.hide()

    def _settle(self) -> None:
        px = self.keeper.px
        shown = sum(not row.isHidden() for row in self.rows)
        width = min(max(self._field.width(), px(460)), self._host.width() - px(16))
        corner = self._field.mapTo(self._host, QPoint(0, self._field.height() + px(4)))
        left = min(corner.x(), self._host.width() - width - px(8))
        self.setGeometry(max(px(8), left), corner.y(), width, shown * px(46) + px(12) + px(24))


def _short(text: str) -> str:
    tidy = " ".join(text.split())
    return tidy if len(tidy) <= 24 else f"{tidy[:23]}…"
