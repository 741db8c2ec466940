"""A day, typed or picked: one line, a preview under it, a calendar beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from PySide6.QtCore import QDate, QEvent, QLocale, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QCalendarWidget, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from clinic_app.domain.calendar import add_months
from clinic_app.domain.date_entry import DateOrder, DateReading, EnteredDate, Precision, Toward, read_date
from clinic_app.domain.errors import RuleBroken
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.widgets import painting
from clinic_app.ui.widgets.buttons import IconButton, Kind
from clinic_app.ui.widgets.form_field import Remark
from clinic_app.ui.widgets.themed import Themed
from clinic_app.wording.dates import day as day_words
from clinic_app.wording.dates import weekday_day
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.sentences import sentence_of


def order_of(locale: QLocale) -> DateOrder:
    """Which number comes first in the locale's short dates."""
    pattern = locale.dateFormat(QLocale.FormatType.ShortFormat).lower()
    places = {pattern.find("d"): DateOrder.DAY_FIRST, pattern.find("m"): DateOrder.MONTH_FIRST}
    places[pattern.find("y")] = DateOrder.YEAR_FIRST
    return places[min(places)]


def locale_reading(today: date, locale: QLocale, **others: object) -> DateReading:
    """How days are read where the clinic is; ``others`` are further fields of ``DateReading``."""
    long = QLocale.FormatType.LongFormat
    found = DateReading(
        today,
        order=order_of(locale),
        months=tuple(locale.standaloneMonthName(month, long) for month in range(1, 13)),
        weekdays=tuple(locale.standaloneDayName(day, long) for day in range(1, 8)),
        today_words=(translate("today"),),
        tomorrow_words=(translate("tomorrow"),),
        yesterday_words=(translate("yesterday"),),
    )
    return replace(found, **others)  # type: ignore[arg-type]  # the names are checked by replace itself


class DateField(Themed):
    """A line edit that understands days (``domain.date_entry``) and a calendar button.

    Up and Down move by a day, PgUp and PgDn by a week, with Ctrl by a month; Alt+Down opens the calendar. ``edited``
    comes whenever the day became another one or none.
    """

    edited = Signal()

    def __init__(
        self,
        keeper: ThemeKeeper,
        today: Callable[[], date],
        *,
        name: str = "date",
        base: date | None = None,
        base_words: str = "",
        toward: Toward = Toward.FUTURE,
        partial: bool = False,
        ends: bool = False,
        earliest: date | None = None,
        latest: date | None = None,
        locale: QLocale | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """``today``: the clinic's clock. ``base``: the day ``+12w`` counts from (the last injection, say).

        ``partial``: a month or a year may be typed, for old records;
        ``ends``: it counts as its last day. ``name``: the field name of problems.
        """
        super().__init__(keeper, parent)
        self._today = today
        self._name = name
        self._base = base
        self._base_words = base_words
        self._toward = toward
        self._partial = partial
        self._ends = ends
        self._earliest = earliest
        self._latest = latest
        self._locale = locale or QLocale()
        self._day: EnteredDate | None = None
        self._problem: RuleBroken | None = None
        self.line = QLineEdit(self)
        self.line.setPlaceholderText(translate("19/3, mon, +12w"))
        self.line.textEdited.connect(self._typed)
        self.line.editingFinished.connect(self._finished)
        self.line.installEventFilter(self)
        self._button = IconButton(
            keeper, "calendar", translate("Calendar"), shortcut="Alt+↓", kind=Kind.GHOST, parent=self
        )
        self._button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._button.clicked.connect(self.open_calendar)
        self._preview = Remark(keeper, self)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self.line)
        row.addWidget(self._button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self._preview)
        self.setFocusProxy(self.line)
        self._calendar: CalendarPopup | None = None
        self.restyle()
        self._show_preview()

    @property
    def day(self) -> date | None:
        """The day, or None while there is none."""
        return None if self._day is None else self._day.day

    @property
    def entered(self) -> EnteredDate | None:
        """The day with its precision, or None."""
        return self._day

    @property
    def problem(self) -> RuleBroken | None:
        """Why there is no day, where something was typed; an empty field is no problem of its own."""
        return self._problem

    def take(self) -> date:
        """The day. Raises ``RuleBroken`` (field ``name``) if there is none."""
        if self._day is None:
            raise self._problem or RuleBroken(self._name, "date_entry_empty")
        return self._day.day

    def set_day(self, day: date | None, precision: Precision = Precision.DAY) -> None:
        """Show a day, or an empty field; without ``edited``."""
        self._day = None if day is None else EnteredDate(day, precision)
        self._problem = None
        self.line.setText("" if self._day is None else self._words(self._day))
        if self.line.hasFocus():
            self.line.selectAll()
        self._show_preview()

    def set_words(self, words: str) -> None:
        """Show words as they were typed, understood or not."""
        self.line.setText(words)
        self._typed(words)

    def set_base(self, base: date | None, words: str = "") -> None:
        """Count ``+12w`` and the preview's weeks from another day."""
        self._base = base
        self._base_words = words
        self._show_preview()

    def set_limits(self, earliest: date | None, latest: date | None) -> None:
        """Refuse days outside (both ends allowed)."""
        self._earliest, self._latest = earliest, latest
        if self.line.text():
            self._typed(self.line.text())

    def open_calendar(self) -> None:
        """Show the calendar under the field."""
        if self._calendar is None:
            self._calendar = CalendarPopup(self.keeper, self._locale, self)
            self._calendar.picked.connect(self._picked)
        self._calendar.open_at(self, self.day or self._today(), self._earliest, self._latest)

    def restyle(self) -> None:
        """Take measures anew."""
        self.line.setFixedWidth(self.keeper.px(184))
        super().restyle()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Steps by keys, wherever the cursor stands."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key_pressed(event)
        return False

    def _key_pressed(self, event: QKeyEvent) -> bool:
        key = event.key()
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if key == Qt.Key.Key_Down and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.open_calendar()
            return True
        start = self.day or self._today()
        step = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(key))
        page = {Qt.Key.Key_PageUp: 1, Qt.Key.Key_PageDown: -1}.get(Qt.Key(key))
        if step is not None:
            self._move_to(start + timedelta(days=step) if self.day else start)
        elif page is not None and control:
            self._move_to(add_months(start, page))
        elif page is not None:
            self._move_to(start + timedelta(weeks=page))
        else:
            return False
        return True

    def _move_to(self, day: date) -> None:
        if self._earliest is not None:
            day = max(day, self._earliest)
        if self._latest is not None:
            day = min(day, self._latest)
        self._picked(day)

    def _picked(self, day: date) -> None:
        self.set_day(day)
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)
        self.line.selectAll()
        self.edited.emit()

    def _typed(self, words: str) -> None:
        before = (self._day, None if self._problem is None else self._problem.code)
        self._day, self._problem = None, None
        if words.strip():
            try:
                found = read_date(words, self._reading(), field=self._name)
                self._check(found)
                self._day = found
            except RuleBroken as problem:
                self._problem = problem
        self._show_preview()
        if before != (self._day, None if self._problem is None else self._problem.code):
            self.edited.emit()

    def hush(self) -> None:
        """What is wrong with the day is said under the whole field now: do not say it twice."""
        if self._problem is not None:
            self._preview.show_words("")

    def _finished(self) -> None:
        if self._day is not None:
            self.line.setText(self._words(self._day))

    def _check(self, found: EnteredDate) -> None:
        if self._earliest is not None and found.day < self._earliest and found.precision is Precision.DAY:
            raise RuleBroken(self._name, "date_entry_too_early", limit=self._earliest)
        if self._latest is not None and found.day > self._latest:
            raise RuleBroken(self._name, "date_entry_too_late", limit=self._latest)

    def _reading(self) -> DateReading:
        return locale_reading(
            self._today(), self._locale, base=self._base, toward=self._toward, partial=self._partial, ends=self._ends
        )

    def _words(self, entered: EnteredDate) -> str:
        if entered.precision is Precision.YEAR:
            return str(entered.day.year)
        if entered.precision is Precision.MONTH:
            return f"{entered.day.month:02d}/{entered.day.year}"
        return day_words(entered.day)

    def _show_preview(self) -> None:
        if self._problem is not None:
            self._preview.show_words(sentence_of(self._problem), "circle-alert", "danger")
        else:
            self._preview.show_words("" if self._day is None else self._preview_words(self._day))

    def _preview_words(self, entered: EnteredDate) -> str:
        if entered.precision is not Precision.DAY:
            known = (
                translate("only the year is known")
                if entered.precision is Precision.YEAR
                else translate("only the month is known")
            )
            if not self._ends:
                return known
            return translate("{known}: counts as {day}").format(known=known, day=day_words(entered.day))
        start = self._base or self._today()
        days = (entered.day - start).days
        parts = [weekday_day(entered.day)]
        if self._base is None and days == 0:
            parts.append(translate("today"))
        elif days:
            away = abs(days)
            if away % 7 == 0 and away >= 14:
                length = translate_many("{count} week", "{count} weeks", away // 7)
            else:
                length = translate_many("{count} day", "{count} days", away)
            if self._base is not None:
                side = translate("{length} after {day}") if days > 0 else translate("{length} before {day}")
                parts.append(side.format(length=length, day=self._base_words or day_words(self._base)))
            else:
                side = translate("in {length}") if days > 0 else translate("{length} ago")
                parts.append(side.format(length=length))
        return ", ".join(parts)


class CalendarPopup(QFrame):
    """A month to pick a day from."""

    picked = Signal(object)

    def __init__(self, keeper: ThemeKeeper, locale: QLocale, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._keeper = keeper
        self.setAccessibleName(translate("Calendar"))
        self.month = QCalendarWidget(self)
        self.month.setLocale(locale)
        self.month.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
        self.month.setGridVisible(False)
        self.month.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        self.month.setAccessibleName(translate("Calendar"))
        self.month.clicked.connect(self._take)
        self.month.activated.connect(self._take)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 6, 6, 6)
        column.addWidget(self.month)

    def open_at(self, field: QWidget, day: date, earliest: date | None, latest: date | None) -> None:
        """Open under a field, at a day."""
        low = earliest or date(1900, 1, 1)
        high = latest or date(2200, 12, 31)
        self.month.setDateRange(QDate(low.year, low.month, low.day), QDate(high.year, high.month, high.day))
        self.month.setSelectedDate(QDate(day.year, day.month, day.day))
        self.adjustSize()
        place = field.mapToGlobal(QPoint(0, self._keeper.measures.control + 4))
        screen = field.screen().availableGeometry()
        size = self.sizeHint()
        left = min(max(place.x(), screen.left()), max(screen.left(), screen.right() - size.width()))
        top = min(place.y(), max(screen.top(), screen.bottom() - size.height()))
        self.move(left, top)
        self.show()
        self.month.setFocus(Qt.FocusReason.PopupFocusReason)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the plate."""
        painting.box(
            QPainter(self),
            self.rect(),
            0,
            fill=self._keeper.colour("raised"),
            line=self._keeper.colour("border_strong"),
        )

    def _take(self, picked: QDate) -> None:
        self.hide()
        self.picked.emit(date(picked.year(), picked.month(), picked.day()))
