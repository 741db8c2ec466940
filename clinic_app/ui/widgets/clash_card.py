"""Somebody else saved while a sheet was open: both versions, and who decides, field by field, which one stays."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from clinic_app.domain.conflicts import Keep, KeepQuestion, clashes_in, questions_of
from clinic_app.domain.errors import Conflict
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import painting
from clinic_app.ui.widgets.buttons import Button
from clinic_app.ui.widgets.themed import Card, Member, TextLabel
from clinic_app.wording.conflicts import question_line, who_words
from clinic_app.wording.language import translate

LONGEST = 200
"""Letters of a version that are shown; the tooltip has the whole."""


class VersionButton(Member):
    """One version of a field: its words in as many lines as they need, a tick where it stays."""

    def __init__(self, keeper: ThemeKeeper, words: str, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self._words = words if len(words) <= LONGEST else words[:LONGEST].rstrip() + "…"
        self.setAccessibleName(name)
        self.setToolTip(words if self._words != words else "")
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        keeper.changed.connect(self.updateGeometry)
        keeper.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Half of a side sheet."""
        width = self._keeper.px(170)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """One line of a few letters."""
        return QSize(self._keeper.px(96), self._keeper.measures.control_small)

    def heightForWidth(self, width: int) -> int:
        """As many lines as the words need."""
        room = QRect(0, 0, max(1, width - self._keeper.px(40)), 10_000)
        words = self._keeper.metrics(Style.BODY).boundingRect(room, int(self._flags()), self._words)
        return max(self._keeper.measures.control_small, words.height() + self._keeper.px(12))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint plate, tick, words and ring."""
        keeper, painter = self._keeper, QPainter(self)
        on, radius = self.isChecked(), keeper.px(6)
        fill = "accent_soft" if on else "hover" if self.underMouse() else "surface"
        line, width = ("accent", 1.5) if on else ("border_strong", 1.0)
        painting.box(painter, self.rect(), radius, fill=keeper.colour(fill), line=keeper.colour(line), width=width)
        ink = ("accent_text" if on else "text") if self.isEnabled() else "disabled"
        direction = self.layoutDirection()
        if on:
            tick = QRect(keeper.px(8), 0, keeper.px(16), keeper.px(28))
            painting.icon(painter, keeper, painting.mirrored(tick, self.rect(), direction), "check", ink, 16)
        words = self.rect().adjusted(keeper.px(30), keeper.px(6), -keeper.px(10), -keeper.px(6))
        painter.setFont(keeper.font(Style.BODY))
        painter.setPen(keeper.colour(ink))
        painter.drawText(painting.mirrored(words, self.rect(), direction), int(self._flags()), self._words)
        if self.hasFocus():
            painting.focus_ring(painter, keeper, self.rect(), radius)

    def _flags(self) -> Qt.AlignmentFlag | Qt.TextFlag:
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        side = Qt.AlignmentFlag.AlignRight if rtl else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap


class KeepRow(QWidget):
    """One question: mine at the leading side, theirs beside it. Left and right choose."""

    answered = Signal()

    def __init__(self, keeper: ThemeKeeper, question: KeepQuestion, parent: QWidget) -> None:
        super().__init__(parent)
        self.question = question
        self.name, mine, theirs = question_line(question)
        spoken = {
            Keep.MINE: translate("{field}: yours, {value}").format(field=self.name, value=mine),
            Keep.THEIRS: translate("{field}: theirs, {value}").format(field=self.name, value=theirs),
        }
        self.buttons = {
            Keep.MINE: VersionButton(keeper, mine, spoken[Keep.MINE], self),
            Keep.THEIRS: VersionButton(keeper, theirs, spoken[Keep.THEIRS], self),
        }
        group = QButtonGroup(self)
        sides = QHBoxLayout()
        sides.setSpacing(keeper.px(8))
        for button in self.buttons.values():
            group.addButton(button)
            sides.addWidget(button, 1)
            button.toggled.connect(lambda on: self.answered.emit() if on else None)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(keeper.px(3))
        column.addWidget(TextLabel(keeper, self.name, Style.CHIP, "text2", self, wrap=True))
        column.addLayout(sides)
        if question.leans is not None:
            self.keep(question.leans)

    @property
    def kept(self) -> Keep | None:
        """Whose version stays; None while nothing is chosen."""
        return next((side for side, button in self.buttons.items() if button.isChecked()), None)

    def keep(self, side: Keep) -> None:
        """Choose a side."""
        self.buttons[side].setChecked(True)

    def take_keyboard(self) -> None:
        """The keyboard goes to what is chosen, or to mine."""
        self.buttons[self.kept or Keep.MINE].setFocus(Qt.FocusReason.TabFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right choose between the two."""
        if event.key() not in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            super().keyPressEvent(event)
            return
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        side = Keep.MINE if (event.key() == Qt.Key.Key_Left) != rtl else Keep.THEIRS
        self.keep(side)
        self.take_keyboard()


class ClashCard(Card):
    """Both versions, a row for each field (or fields that belong together). ``decided(values)``: the values of theirs
    that stay, by field; all others stay as they are typed."""

    decided = Signal(object)

    def __init__(self, keeper: ThemeKeeper, parent: QWidget) -> None:
        super().__init__(keeper, parent, fill="warning_soft", line=None, radius=8)
        self.rows: tuple[KeepRow, ...] = ()
        self._unread: tuple[KeepQuestion, ...] = ()
        self._who = TextLabel(keeper, "", Style.NAME, "text", self, wrap=True)
        what = translate(
            "Choose what stays, line by line. Where only one of you changed something, it is chosen already."
        )
        self._what = TextLabel(keeper, what, Style.SECONDARY, "text2", self, wrap=True)
        self.missing = TextLabel(keeper, "", Style.SECONDARY, "danger", self, wrap=True, weight=600)
        self.missing.hide()
        self.all_mine = Button(keeper, translate("All mine"), small=True, parent=self)
        self.all_theirs = Button(keeper, translate("All theirs"), small=True, parent=self)
        self.all_mine.setToolTip(translate("Choose your version in every line"))
        self.all_theirs.setToolTip(translate("Choose what they saved in every line"))
        self.all_mine.clicked.connect(lambda: self._choose(Keep.MINE))
        self.all_theirs.clicked.connect(lambda: self._choose(Keep.THEIRS))
        heads = QGridLayout()
        heads.setHorizontalSpacing(keeper.px(8))
        for place, (words, button) in enumerate(
            ((translate("Yours"), self.all_mine), (translate("Saved by them"), self.all_theirs))
        ):
            head = QHBoxLayout()
            head.addWidget(TextLabel(keeper, words, Style.CHIP, "text", self), 1)
            head.addWidget(button)
            heads.addLayout(head, 0, place)
            heads.setColumnStretch(place, 1)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(keeper.px(8))
        self.save = Button(keeper, translate("Save as chosen"), small=True, parent=self)
        self.save.clicked.connect(self.take)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(keeper.px(12), keeper.px(10), keeper.px(12), keeper.px(10))
        column.setSpacing(keeper.px(8))
        column.addWidget(self._who)
        column.addWidget(self._what)
        column.addWidget(self.missing)
        column.addLayout(heads)
        column.addLayout(self._lines)
        column.addLayout(foot)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.hide()

    @property
    def lines(self) -> tuple[tuple[str, str, str], ...]:
        """Field, mine and theirs of every row."""
        return tuple(question_line(row.question) for row in self.rows)

    def show_clash(self, error: Conflict, read: Mapping[str, object]) -> None:
        """Show both versions of a conflict that carries them; ``read``: the values before anybody edited."""
        for row in self.rows:
            row.hide()
            row.deleteLater()
        questions = questions_of(clashes_in(error), read)
        self._unread = tuple(one for one in questions if not question_line(one)[0])
        self.rows = tuple(KeepRow(self._keeper, one, self) for one in questions if one not in self._unread)
        before: QWidget = self.all_theirs
        for row in self.rows:
            self._lines.addWidget(row)
            row.answered.connect(self._judge)
            for button in row.buttons.values():
                QWidget.setTabOrder(before, button)
                before = button
        QWidget.setTabOrder(before, self.save)
        self.missing.hide()
        self._who.setText(who_words(error))
        self.setAccessibleName(who_words(error))
        self._judge()
        self.show()
        self._go_on()

    def take(self) -> None:
        """Say what was decided; where a line has no answer yet, the keyboard goes there."""
        waiting = [row.name for row in self.rows if row.kept is None]
        if waiting:
            words = translate("Not saved yet. Choose what stays first: {fields}.").format(fields=", ".join(waiting))
            self.missing.setText(words)
            self.missing.show()
            self._go_on()
            return
        unread = [one for one in self._unread if one.leans is Keep.THEIRS]
        chosen = [row.question for row in self.rows if row.kept is Keep.THEIRS]
        values = {clash.field: clash.theirs for question in (*chosen, *unread) for clash in question.clashes}
        self.hide()
        self.decided.emit(values)

    def _choose(self, side: Keep) -> None:
        for row in self.rows:
            row.keep(side)
        self.save.setFocus(Qt.FocusReason.TabFocusReason)

    def _go_on(self) -> None:
        """The keyboard goes to the first line without an answer; where there is none, to *Save as chosen*."""
        waiting = next((row for row in self.rows if row.kept is None), None)
        if waiting is not None:
            waiting.take_keyboard()
        else:
            self.save.setFocus(Qt.FocusReason.TabFocusReason)

    def _judge(self) -> None:
        open_lines = any(row.kept is None for row in self.rows)
        self.save.setEnabled(not open_lines)
        if not open_lines:
            self.missing.hide()
        self.save.setToolTip(translate("Choose in every line first") if open_lines else "")
