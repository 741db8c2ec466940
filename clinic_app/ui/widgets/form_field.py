"""A form field: label above, the input, and under it a hint or what is wrong."""

from __future__ import annotations

from typing import Generic, TypeVar

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QSizePolicy, QTextEdit, QVBoxLayout, QWidget

from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import painting
from clinic_app.ui.widgets.themed import TextLabel, Themed
from clinic_app.wording.language import translate

InputT = TypeVar("InputT", bound=QWidget)


class Remark(Themed):
    """A line with an icon under a field: a hint, a warning (saving allowed) or a problem; as high as its words."""

    def __init__(self, keeper: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(keeper, parent)
        self._icon = ""
        self._ink = "text2"
        self._label = TextLabel(keeper, "", Style.SECONDARY, "text2", self, wrap=True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.hide()

    @property
    def words(self) -> str:
        """What stands there."""
        return self._label.text()

    def show_words(self, words: str, icon: str = "", ink: str = "text2") -> None:
        """Show a sentence, or nothing for an empty one."""
        self._icon, self._ink = icon, ink
        self._label.setText(words)
        self._label.set_ink(ink)
        self._fit()
        self.setVisible(bool(words))
        self.update()

    def restyle(self) -> None:
        """Take measures anew."""
        self._fit()
        super().restyle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the words anew."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the icon beside the words."""
        if self._icon:
            spot = QRect(0, 0, self.keeper.px(14), self.keeper.line(Style.SECONDARY))
            place = painting.mirrored(spot, self.rect(), self.layoutDirection())
            painting.icon(QPainter(self), self.keeper, place, self._icon, self._ink, 14)

    def _fit(self) -> None:
        lead = self.keeper.px(20) if self._icon else 0
        room = max(self.width() - lead, self.keeper.px(80))
        high = max(self._label.heightForWidth(room), self.keeper.line(Style.SECONDARY))
        area = QRect(lead, 0, room, high)
        self._label.setGeometry(painting.mirrored(area, self.rect(), self.layoutDirection()))
        self.setFixedHeight(high)


class FormField(QWidget, Generic[InputT]):
    """A labelled input. ``required`` is said in words; ``hint`` stands under it while nothing is wrong.

    ``name`` is the field name of ``RuleBroken``, so that a refusal finds its place.
    """

    def __init__(
        self,
        keeper: ThemeKeeper,
        name: str,
        label: str,
        control: InputT,
        *,
        required: bool = False,
        hint: str = "",
        width: int | None = None,
        height: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """``width``, ``height``: of the input, in pixels at 100 %, where it shall not take its own (notes: 72 high)."""
        super().__init__(parent)
        self._keeper = keeper
        self.name = name
        self.control = control
        self._width = width
        self._height = 72 if height is None and isinstance(control, (QPlainTextEdit, QTextEdit)) else height
        self._hint = hint
        self._label = TextLabel(keeper, label, Style.CHIP, "text2", self)
        self._required = TextLabel(keeper, translate("required"), Style.CAPTION, "text3", self)
        self._required.setVisible(required)
        self._remark = Remark(keeper, self)
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(self._label)
        head.addWidget(self._required)
        head.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(control, 1 if width is None else 0)
        if width is not None:
            row.addStretch(1)
        column.addLayout(row)
        column.addWidget(self._remark)
        column.addStretch(1)
        self._label.setBuddy(control)
        said = f"{label}, {translate('required')}" if required else label
        self._said = said
        control.setAccessibleName(said)
        proxy = control.focusProxy()
        if proxy is not None:
            proxy.setAccessibleName(said)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        keeper.changed.connect(self._restyle)
        self._restyle()
        self._show_hint()

    @property
    def problem(self) -> str:
        """What is wrong, or nothing."""
        return self._remark.words if self.control.property("problem") else ""

    def show_problem(self, sentence: str, *, focus: bool = True) -> None:
        """A red outline and the sentence under the field; the keyboard goes there."""
        self._mark(wrong=True)
        hush = getattr(self.control, "hush", None)
        if callable(hush):
            hush()
        self._remark.show_words(sentence, "circle-alert", "danger")
        self._describe(sentence)
        if focus:
            self.control.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_warning(self, sentence: str) -> None:
        """An amber remark: saving is allowed."""
        self._mark(wrong=False)
        self._remark.show_words(sentence, "triangle-alert", "warning")
        self._describe(sentence)

    def show_hint(self, words: str) -> None:
        """Another hint."""
        self._hint = words
        if not self.problem:
            self._show_hint()

    def clear_problem(self) -> None:
        """All is well again."""
        self._mark(wrong=False)
        self._show_hint()

    def set_label(self, label: str) -> None:
        """Another label; a screen reader says it too."""
        self._label.setText(label)
        self._said = f"{label}, {translate('required')}" if not self._required.isHidden() else label
        self.control.setAccessibleName(self._said)
        proxy = self.control.focusProxy()
        if proxy is not None:
            proxy.setAccessibleName(self._said)

    def set_required(self, required: bool) -> None:
        """Say (or no longer say) that it must be filled in."""
        self._required.setVisible(required)

    def _show_hint(self) -> None:
        self._remark.show_words(self._hint)
        self._describe(self._hint)

    def _describe(self, words: str) -> None:
        for widget in (self.control, self.control.focusProxy()):
            if widget is not None:
                widget.setAccessibleDescription(words)

    def _mark(self, *, wrong: bool) -> None:
        for widget in (self.control, self.control.focusProxy()):
            if widget is None or bool(widget.property("problem")) == wrong:
                continue
            widget.setProperty("problem", wrong)
            widget.style().unpolish(widget)
            widget.style().polish(widget)
            widget.update()

    def _restyle(self) -> None:
        if self._width is not None:
            self.control.setFixedWidth(self._keeper.px(self._width))
        if self._height is not None:
            self.control.setFixedHeight(self._keeper.px(self._height))
