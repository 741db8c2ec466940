"""What is drawn with, beside the photographs: kinds, colours, and what is hidden and how."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from clinic_app.domain.marks import MOST_WORDS, Hiding, Ink, MarkKind, Part
from clinic_app.ui.compare.chrome import Pressable, ViewerButton
from clinic_app.ui.compare.mark_figures import halo, ink_colour
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import painting
from clinic_app.ui.widgets.key_map import KeyMap
from clinic_app.ui.widgets.themed import Plane, TextLabel
from clinic_app.wording.language import translate
from clinic_app.wording.marks import hiding_words, ink_words, mark_words, part_words

WIDTH = 292
DRAWN = (
    (MarkKind.TEXT, "type"), (MarkKind.ARROW, "move-up-right"), (MarkKind.ELLIPSE, "circle"),
    (MarkKind.FREEHAND, "pencil"), (MarkKind.COVER, "eye-off"),
)  # fmt: skip
ORDER = (Part.REGION, Part.BACKGROUND, Part.ANY, Part.SKIN, Part.NAME, Part.MOUTH)


class InkButton(Pressable):
    """A colour to draw with."""

    def __init__(self, keeper: ThemeKeeper, ink: Ink, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keeper, self._ink = keeper, ink
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(ink_words(ink))
        self.setToolTip(ink_words(ink))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Large enough for a finger."""
        return QSize(self._keeper.px(36), self._keeper.px(36))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the colour on its halo, with a ring while it is chosen."""
        keeper = self._keeper
        painter = QPainter(self)
        if self.underMouse() or self.isChecked():
            painting.box(painter, self.rect(), keeper.px(6), fill=keeper.colour("viewer.active"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        disc = QRectF(self.rect()).adjusted(*(keeper.px(one) for one in (10, 10, -10, -10)))
        ink = ink_colour(keeper, self._ink) if self.isEnabled() else keeper.colour("viewer.line")
        painter.setPen(QPen(halo(keeper), 2.0))
        painter.setBrush(ink)
        painter.drawEllipse(disc)
        if self.isChecked():
            painter.setPen(QPen(QColor(Qt.GlobalColor.white), 2.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(disc.adjusted(-4, -4, 4, 4))
        if self.hasFocus():
            painting.box(painter, self.rect(), keeper.px(6), line=keeper.colour("viewer.accent"), width=2.0)


class WordsField(QLineEdit):
    """Words typed in the photograph itself. Enter (or a click elsewhere) takes them, Esc gives up.

    ``taken(words)``; ``given_up``. ``clicked_away``: a click took them that does nothing more.
    """

    taken = Signal(str)
    given_up = Signal()

    def __init__(self, keeper: ThemeKeeper, words: str, parent: QWidget) -> None:
        super().__init__(words, parent)
        self._over = False
        self.clicked_away = False
        self.setMaxLength(4 * MOST_WORDS)
        self.setAccessibleName(translate("Text on the photo"))
        self.setPlaceholderText(translate("Type, then Enter"))
        look, px = keeper.theme.viewer, keeper.px
        self.setFont(keeper.font(Style.PANEL_TITLE))
        self.setFixedWidth(px(240))
        self.setStyleSheet(
            f"QLineEdit {{ background: {look.bar}; color: {look.text}; border: 2px solid {look.accent};"
            f" border-radius: {px(6)}px; min-height: {px(30)}px; padding: 0 {px(6)}px;"
            f" selection-background-color: {look.accent}; selection-color: {look.on_accent}; }}"
        )

    def showEvent(self, event: QShowEvent) -> None:
        """A click on what takes no keyboard, as buttons do, ends it too."""
        super().showEvent(event)
        if (app := QApplication.instance()) is not None:
            app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the words before a click elsewhere in the window does anything else."""
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(watched, QWidget) and not self._over:
            inside = watched is self or self.isAncestorOf(watched)
            if not inside and watched.window() is self.window() and self.isVisible():
                self._end()
        return False

    def close_quietly(self) -> None:
        """It goes without saying anything."""
        self._over = True
        if (app := QApplication.instance()) is not None:
            app.removeEventFilter(self)
        self.hide()
        self.deleteLater()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Esc end it; no key reaches the viewer from here."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.taken.emit(self.text())
        elif event.key() == Qt.Key.Key_Escape:
            self.given_up.emit()
        else:
            super().keyPressEvent(event)
        event.accept()

    def focusOutEvent(self, event: QEvent) -> None:
        """It ends, unless another window or a menu has the keyboard for a while."""
        super().focusOutEvent(event)  # type: ignore[arg-type]
        if self._over or not self.isVisible():
            return
        reason = getattr(event, "reason", lambda: Qt.FocusReason.OtherFocusReason)()
        if reason in (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason):
            return
        self.clicked_away = reason == Qt.FocusReason.MouseFocusReason
        self._end()

    def _end(self) -> None:
        """What was typed is taken; nothing typed is given up."""
        if self.text().strip():
            self.taken.emit(self.text())
        else:
            self.given_up.emit()


class MarkPanel(Plane):
    """Buttons of the tool. ``kind_asked(kind)``; ``ink_asked(ink)``; ``part_asked(part)``; ``hiding_asked(hiding)``;
    ``also_asked``: on the other photograph too; ``remove_asked``; ``layer_asked``; ``close_asked``."""

    kind_asked = Signal(object)
    ink_asked = Signal(object)
    part_asked = Signal(object)
    hiding_asked = Signal(object)
    also_asked = Signal()
    remove_asked = Signal()
    layer_asked = Signal()
    close_asked = Signal()

    def __init__(self, keeper: ThemeKeeper, keys: KeyMap, parent: QWidget | None = None) -> None:
        super().__init__(keeper, "viewer.bar", parent, edge=Qt.Edge.LeftEdge, edge_ink="viewer.line")
        self.setAccessibleName(translate("Draw and hide"))
        self.kinds: dict[MarkKind, ViewerButton] = {}
        self.inks: dict[Ink, InkButton] = {}
        self.parts: dict[Part, ViewerButton] = {}
        self.hidings: dict[Hiding, ViewerButton] = {}
        gap = keeper.px(4)
        self.layer_button = ViewerButton(
            keeper, translate("Show what is drawn and measured"), icon="layers", checkable=True, side=28
        )
        self.layer_button.follow(keys, "layers")
        self.layer_button.clicked.connect(self.layer_asked)
        self.close_button = ViewerButton(keeper, translate("Done"), icon="x", side=28)
        self.close_button.follow(keys, "leave")
        self.close_button.clicked.connect(self.close_asked)
        self.title = TextLabel(keeper, "", Style.SECTION, "viewer.text")
        head = _row(gap, [self.title, self.layer_button, self.close_button])
        head.setStretch(0, 1)
        for kind, icon in DRAWN:
            words = mark_words(kind) if not kind.hides else translate("Hide a region in copies and prints")
            button = ViewerButton(keeper, words, icon=icon, checkable=True)
            button.follow(keys, kind.value)
            button.clicked.connect(lambda _=False, kind=kind: self.kind_asked.emit(kind))
            self.kinds[kind] = button
        for ink in Ink:
            swatch = InkButton(keeper, ink)
            swatch.clicked.connect(lambda _=False, ink=ink: self.ink_asked.emit(ink))
            self.inks[ink] = swatch
        grid = QGridLayout()
        grid.setSpacing(gap)
        for place, part in enumerate(ORDER):
            button = self._word(part_words(part))
            button.clicked.connect(lambda _=False, part=part: self.part_asked.emit(part))
            grid.addWidget(button, place // 2, place % 2)
            self.parts[part] = button
        for hiding in Hiding:
            button = self._word(hiding_words(hiding))
            button.clicked.connect(lambda _=False, hiding=hiding: self.hiding_asked.emit(hiding))
            self.hidings[hiding] = button
        self._colours = _held(_row(gap, list(self.inks.values()), stretch=True))
        self._regions = _held(grid)
        self._ways = _held(_row(gap, list(self.hidings.values())))
        self.note = TextLabel(keeper, "", Style.SECONDARY, "viewer.measure", wrap=True)
        self.hint = TextLabel(keeper, "", Style.SECONDARY, "viewer.text2", wrap=True)
        inside = Plane(keeper, "viewer.bar")
        middle = QVBoxLayout(inside)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(keeper.px(6))
        for one in (self._colours, self._regions, self._ways, self.note, self.hint):
            middle.addWidget(one)
        middle.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        self.remove_button = ViewerButton(keeper, translate("Remove the chosen mark"), text=translate("Remove"))
        self.remove_button.follow(keys, "remove_measure")
        self.remove_button.clicked.connect(self.remove_asked)
        self.also_button = ViewerButton(
            keeper, translate("Draw the same on the other photo"), text=translate("Also in {letter}")
        )
        self.also_button.clicked.connect(self.also_asked)
        foot = QHBoxLayout()
        foot.addWidget(self.also_button)
        foot.addStretch(1)
        foot.addWidget(self.remove_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(keeper.px(10), keeper.px(8), keeper.px(10), keeper.px(8))
        column.setSpacing(keeper.px(6))
        column.addLayout(head)
        column.addLayout(_row(gap, list(self.kinds.values()), stretch=True))
        column.addWidget(area, 1)
        column.addLayout(foot)
        self.setFixedWidth(keeper.px(WIDTH))

    def _word(self, words: str) -> ViewerButton:
        """A button of words as wide as there is room."""
        button = ViewerButton(self.keeper, words, text=words, checkable=True)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return button

    def restyle(self) -> None:
        """Take measures anew."""
        self.setFixedWidth(self.keeper.px(WIDTH))
        super().restyle()

    def show_state(
        self,
        kind: MarkKind,
        ink: Ink,
        part: Part,
        hiding: Hiding,
        note: str,
        hint: str,
        *,
        chosen: bool,
        also: str,
        layer: bool,
    ) -> None:
        """What is drawn with; ``chosen``: whether a mark is, ``also``: the photograph it can be drawn on too, by
        letter, ``layer``: whether marks are shown."""
        self.title.setText(translate("Hide in copies and prints") if kind.hides else translate("Draw"))
        for one, button in self.kinds.items():
            button.setChecked(one is kind or (one.hides and kind.hides))
        for other, swatch in self.inks.items():
            swatch.setChecked(other is ink)
        for region, button in self.parts.items():
            button.setChecked(region is part)
        for way, button in self.hidings.items():
            button.setChecked(way is hiding)
        self._colours.setVisible(not kind.hides)
        self._regions.setVisible(kind.hides)
        self._ways.setVisible(kind.hides)
        for label, words in ((self.note, note), (self.hint, hint)):
            label.setText(words)
            label.setVisible(bool(words))
        self.remove_button.setEnabled(chosen)
        self.also_button.setText(translate("Also in {letter}").format(letter=also))
        self.also_button.updateGeometry()
        self.also_button.setVisible(chosen and bool(also))
        self.layer_button.setChecked(layer)


def _row(gap: int, parts: Sequence[QWidget], *, stretch: bool = False) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(gap)
    for part in parts:
        row.addWidget(part)
    if stretch:
        row.addStretch(1)
    return row


def _held(layout: QHBoxLayout | QGridLayout) -> QWidget:
    """A layout that is shown and hidden as one."""
    layout.setContentsMargins(0, 0, 0, 0)
    held = QWidget()
    held.setLayout(layout)
    return held
