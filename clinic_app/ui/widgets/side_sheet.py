"""The side sheet: a form that slides over the right side of the window."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, QPropertyAnimation, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QSizePolicy,
    QStackedLayout,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from clinic_app.domain.errors import ClinicError, RuleBroken
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets.banner import Banner, Level
from clinic_app.ui.widgets.buttons import Button, IconButton, Kind
from clinic_app.ui.widgets.choice_row import ChoiceRow
from clinic_app.ui.widgets.date_field import DateField
from clinic_app.ui.widgets.form_field import FormField
from clinic_app.ui.widgets.themed import ElidedLabel, Plane, TextLabel
from clinic_app.ui.widgets.units_field import UnitsField
from clinic_app.wording.language import translate
from clinic_app.wording.sentences import sentence_of


class SideSheet(Plane):
    """Title, a body that scrolls, Save and Cancel (480 px, ux.md 1.1).

    Ctrl+Enter saves (``save_asked``); Esc cancels and asks, in the footer, only if something changed. While it saves
    it is ``busy``; a refusal goes to its field by ``show_refusal``; ``finish`` closes it. ``closed`` comes when it
    is gone, True where it was finished. Close deletes nothing: the owner keeps or deletes the sheet.
    """

    save_asked = Signal()
    closed = Signal(bool)

    def __init__(
        self,
        keeper: ThemeKeeper,
        host: QWidget,
        title: str,
        *,
        save: str = "",
        cancel: str = "",
        subtitle: str = "",
    ) -> None:
        """``host``: the window's central widget. ``save``: the verb on the button ("Book", "Save")."""
        super().__init__(keeper, "surface", host, edge=Qt.Edge.LeftEdge, edge_ink="border_strong")
        self._host = host
        self._changed = False
        self._busy = False
        self._held: QWidget | None = None
        self._fields: dict[str, FormField[Any]] = {}
        self._before: QWidget | None = None
        self.setAccessibleName(title)
        self.hide()
        self._slide = QPropertyAnimation(self, b"pos", self)

        self._title = TextLabel(keeper, title, Style.PANEL_TITLE, "text", self)
        middle = Qt.TextElideMode.ElideMiddle
        self._subtitle = ElidedLabel(keeper, subtitle, Style.SECONDARY, "text2", self, elide=middle)
        self._subtitle.setVisible(bool(subtitle))
        self._cross = IconButton(keeper, "x", translate("Close"), shortcut="Esc", kind=Kind.GHOST, parent=self)
        self._cross.clicked.connect(self.cancel)
        self.banner = Banner(keeper, self)

        self._inside = QWidget()
        self.body = QVBoxLayout(self._inside)
        self._scroll = QScrollArea(self)
        self._scroll.setProperty("kind", "plain")
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.viewport().setAutoFillBackground(False)
        self._inside.setAutoFillBackground(False)

        self._save = Button(keeper, save or translate("Save"), kind=Kind.PRIMARY, parent=self)
        self._save.setToolTip(translate("Ctrl+Enter"))
        self._save.clicked.connect(self.ask_save)
        self._cancel = Button(keeper, cancel or translate("Cancel"), parent=self)
        self._cancel.clicked.connect(self.cancel)
        self._discard = Button(keeper, translate("Discard"), kind=Kind.DANGER, parent=self)
        self._discard.clicked.connect(self._drop)
        self._go_on = Button(keeper, translate("Keep editing"), parent=self)
        self._go_on.clicked.connect(self._keep)
        self._build()
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            self._shortcut(keys).activated.connect(self.ask_save)
        self._shortcut("Esc").activated.connect(self.step_out)
        host.installEventFilter(self)
        self.restyle()

    @property
    def changed(self) -> bool:
        """Whether something was edited since it opened."""
        return self._changed

    @property
    def busy(self) -> bool:
        """Whether it is saving."""
        return self._busy

    @property
    def save_button(self) -> Button:
        """The primary button."""
        return self._save

    def set_title(self, title: str, subtitle: str = "") -> None:
        """Show another title."""
        self._title.setText(title)
        self._subtitle.setText(subtitle)
        self._subtitle.setVisible(bool(subtitle))
        self.setAccessibleName(title)

    def add_field(self, field: FormField[Any]) -> FormField[Any]:
        """Put a field at the end of the body, watch it for edits, know it by its name for refusals."""
        self.body.addWidget(field)
        self.know_field(field)
        return field

    def know_field(self, field: FormField[Any]) -> None:
        """Watch a field that stands elsewhere in the body (in a row of its own)."""
        self._fields[field.name] = field
        self.watch(field.control)

    def add_widget(self, widget: QWidget) -> None:
        """Put any widget at the end of the body; the owner calls ``mark_changed`` for it."""
        self.body.addWidget(widget)

    def add_row(self, *fields: FormField[Any]) -> None:
        """Put fields side by side."""
        row = QHBoxLayout()
        row.setSpacing(self.keeper.px(12))
        for field in fields:
            row.addWidget(field, 1)
            self.know_field(field)
        self.body.addLayout(row)

    def add_section(self, title: str) -> None:
        """Put a section title."""
        self.body.addSpacing(self.keeper.px(8))
        self.body.addWidget(TextLabel(self.keeper, title, Style.SECTION, "text", self._inside))

    def field(self, name: str) -> FormField[Any] | None:
        """The field of a name, or None."""
        return self._fields.get(name)

    def watch(self, control: QWidget) -> None:
        """Note edits of an input: the sheet then asks before it is cancelled, and the input's problem is cleared."""
        if isinstance(control, (DateField, UnitsField)):
            control.edited.connect(self.mark_changed)
        elif isinstance(control, ChoiceRow):
            control.chosen.connect(self.mark_changed)
        elif isinstance(control, QLineEdit):
            control.textEdited.connect(self.mark_changed)
        elif isinstance(control, QComboBox):
            control.activated.connect(self.mark_changed)
            control.editTextChanged.connect(self.mark_changed)
        elif isinstance(control, (QPlainTextEdit, QTextEdit)):
            control.textChanged.connect(self.mark_changed)
        elif isinstance(control, QAbstractButton):
            control.clicked.connect(self.mark_changed)
        elif hasattr(control, "valueChanged"):
            control.valueChanged.connect(self.mark_changed)

    def mark_changed(self, *_: object) -> None:
        """Something was edited."""
        if not self.isVisible():
            return
        self._changed = True
        for field in self._fields.values():
            control = field.control
            if field.problem and (control.hasFocus() or control.isAncestorOf(_focus() or self)):
                field.clear_problem()

    def open(self) -> None:
        """Slide in; the first field gets the keyboard. Fill the fields before."""
        self._changed = False
        self._before = _focus()
        self.banner.clear()
        for field in self._fields.values():
            if field.problem:
                field.clear_problem()
        self._footer.setCurrentIndex(0)
        self.set_busy(False)
        self._settle()
        self.show()
        self.raise_()
        duration = self.keeper.motion(120)
        if duration:
            end = self.pos()
            self._slide.stop()
            self._slide.setDuration(duration)
            self._slide.setStartValue(end + QPoint(self._away(), 0))
            self._slide.setEndValue(end)
            self._slide.start()
        usable = (field.control for field in self._fields.values() if field.isEnabled() and not field.isHidden())
        first = next(usable, self._save)
        first.setFocus(Qt.FocusReason.OtherFocusReason)
        if isinstance(first, DateField):
            first.line.selectAll()

    def ask_save(self) -> None:
        """Ask the owner to save, unless it is already doing so."""
        if self._busy or not self.isVisible() or not self._save.isEnabled():
            return
        self.banner.clear()
        self._footer.setCurrentIndex(0)
        self.save_asked.emit()

    def cancel(self) -> None:
        """Close, or ask in the footer if something changed; not while it saves."""
        if self._busy:
            return
        if self.changed and self._footer.currentIndex() == 0:
            self._footer.setCurrentIndex(1)
            self._go_on.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self.changed:
            self._keep()
        else:
            self._leave(done=False)

    def step_out(self) -> None:
        """Esc: cancel, or put away first what stands over the form."""
        self.cancel()

    def come_back(self) -> None:
        """Stand over the host again, as it was when it was set aside."""
        self._settle()
        self.show()
        self.raise_()

    def finish(self) -> None:
        """It is saved: close."""
        self.set_busy(False)
        self._leave(done=True)

    def set_busy(self, busy: bool) -> None:
        """Saving: the button spins and nothing can be edited; afterwards the keyboard is where it was."""
        self._busy = busy
        holder = _focus()
        if busy and holder is not None and self.isAncestorOf(holder):
            self._held = holder
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._save.set_busy(busy)
        self._inside.setEnabled(not busy)
        self._cancel.setEnabled(not busy)
        self._cross.setEnabled(not busy)
        if not busy:
            held, self._held = self._held, None
            lost = _focus() in (None, self)
            if held is not None and isValid(held) and held.isVisible() and lost:
                held.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_problem(self, name: str, sentence: str) -> None:
        """A red outline and the sentence under the field, which gets the keyboard; else a strip at the top."""
        self.set_busy(False)
        field = self._fields.get(name)
        if field is None:
            self.banner.show_words(sentence, level=Level.PROBLEM)
            self._scroll.verticalScrollBar().setValue(0)
            return
        field.show_problem(sentence)
        self._scroll.ensureWidgetVisible(field, 0, self.keeper.px(24))

    def reveal(self, field: QWidget) -> None:
        """Scroll a part of the body that was just shown into sight."""
        QTimer.singleShot(0, field, lambda: self._scroll.ensureWidgetVisible(field, 0, self.keeper.px(24)))

    def show_refusal(self, error: ClinicError) -> None:
        """The sentence of a refused save, beside its field where it has one."""
        self.show_problem(error.field if isinstance(error, RuleBroken) else "", sentence_of(error))

    def clear_problems(self) -> None:
        """All fields are well."""
        self.banner.clear()
        for field in self._fields.values():
            field.clear_problem()

    def restyle(self) -> None:
        """Take measures anew."""
        px = self.keeper.px
        self._head.setContentsMargins(px(24), px(16), px(14), px(12))
        self._foot_line.setContentsMargins(px(24), px(12), px(24), px(14))
        self._ask_line.setContentsMargins(px(24), px(12), px(24), px(14))
        self.body.setContentsMargins(px(24), px(8), px(24), px(16))
        self.body.setSpacing(px(14))
        if self.isVisible():
            self._settle()
        super().restyle()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the edge of the host."""
        if watched is self.parent() and event.type() == QEvent.Type.Resize and self.isVisible():
            self._slide.stop()
            self._settle()
        return False

    def _build(self) -> None:
        keeper = self.keeper
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._title)
        words.addWidget(self._subtitle)
        self._head = QHBoxLayout()
        self._head.addLayout(words, 1)
        self._head.addWidget(self._cross, 0, Qt.AlignmentFlag.AlignTop)
        holder = QWidget()
        holder.setAutoFillBackground(False)
        outer = QVBoxLayout(holder)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._inside)
        outer.addStretch(1)
        self._scroll.setWidget(holder)
        holder.setAutoFillBackground(False)
        foot = Plane(keeper, "surface", self, edge=Qt.Edge.TopEdge)
        foot.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._footer = QStackedLayout(foot)
        usual = QWidget(foot)
        self._foot_line = QHBoxLayout(usual)
        self._foot_line.addStretch(1)
        self._foot_line.addWidget(self._cancel)
        self._foot_line.addWidget(self._save)
        asking = QWidget(foot)
        self._ask_line = QHBoxLayout(asking)
        question = TextLabel(keeper, translate("Discard what you typed?"), Style.NAME, "text", asking)
        self._ask_line.addWidget(question, 1)
        self._ask_line.addWidget(self._discard)
        self._ask_line.addWidget(self._go_on)
        self._footer.addWidget(usual)
        self._footer.addWidget(asking)
        strip = QHBoxLayout()
        strip.setContentsMargins(keeper.px(24), 0, keeper.px(24), keeper.px(4))
        strip.addWidget(self.banner)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head)
        column.addLayout(strip)
        column.addWidget(self._scroll, 1)
        column.addWidget(foot)

    def _shortcut(self, keys: str) -> QShortcut:
        answer = QShortcut(QKeySequence(keys), self)
        answer.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        return answer

    def _settle(self) -> None:
        width = min(self.keeper.measures.side_sheet, self._host.width())
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        self.setGeometry(QRect(0 if rtl else self._host.width() - width, 0, width, self._host.height()))

    def _away(self) -> int:
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        return self.keeper.px(-40 if rtl else 40)

    def _keep(self) -> None:
        self._footer.setCurrentIndex(0)
        first = next(iter(self._fields.values()), None)
        (first.control if first is not None else self._save).setFocus(Qt.FocusReason.OtherFocusReason)

    def _drop(self) -> None:
        self._leave(done=False)

    def _leave(self, *, done: bool) -> None:
        if not self.isVisible():
            if self.parent() is None:
                self._changed = False
                self.closed.emit(done)
            return
        self._changed = False
        before, self._before = self._before, None
        self.hide()
        try:
            if before is not None and isValid(before) and before.window() is self.window() and before.isVisible():
                before.setFocus(Qt.FocusReason.OtherFocusReason)
        finally:
            self.closed.emit(done)


def _focus() -> QWidget | None:
    return QApplication.focusWidget()
