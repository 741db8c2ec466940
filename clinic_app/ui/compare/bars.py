"""The bar above the pictures, the strip of tools beside them, the line of words below."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QVBoxLayout, QWidget

from clinic_app.domain.comparison import CompareMode
from clinic_app.ui.compare.chrome import Separator, TypedNumber, ViewerButton, percent, scale_in
from clinic_app.ui.compare.reading import Elsewhere
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import painting
from clinic_app.ui.widgets.key_map import KeyMap
from clinic_app.ui.widgets.menu_place import pop_under
from clinic_app.ui.widgets.themed import ElidedLabel, Plane, Themed
from clinic_app.wording.language import translate

LEAST_VIEW, LEAST_NAME = 120, 170
"""Pixels at 100 % that the name of the view and that of the patient keep while anything else can go."""


class ViewChooser(QWidget):
    """Which view is compared: one before, one after, or any from a menu (``chosen(code)``, ``stepped(±1)``).

    The menu offers the patient's other diagnoses too, with their views (``left_for(case_id, code)``).
    """

    chosen = Signal(str)
    left_for = Signal(int, str)
    stepped = Signal(int)

    def __init__(self, keeper: ThemeKeeper, keys: KeyMap, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._views: tuple[tuple[str, str], ...] = ()
        self._elsewhere: tuple[Elsewhere, ...] = ()
        self._code = ""
        self._keeper = keeper
        self._name = self._words = ""
        self._back = ViewerButton(keeper, translate("Previous view"), icon="chevron-left", side=32)
        self._back.follow(keys, "previous_view")
        self._forth = ViewerButton(keeper, translate("Next view"), icon="chevron-right", side=32)
        self._forth.follow(keys, "next_view")
        self.menu_button = ViewerButton(keeper, translate("Choose the view"), text=" ")
        self._back.clicked.connect(lambda: self.stepped.emit(-1))
        self._forth.clicked.connect(lambda: self.stepped.emit(1))
        self.menu_button.clicked.connect(self._open_menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(keeper.px(4))
        for button in (self._back, self.menu_button, self._forth):
            row.addWidget(button)
        self.hide()

    @property
    def buttons(self) -> tuple[ViewerButton, ...]:
        """Its buttons, in the order of the eye."""
        return (self._back, self.menu_button, self._forth)

    def show_views(self, views: Sequence[tuple[str, str]], code: str, elsewhere: Sequence[Elsewhere] = ()) -> None:
        """The views that have photographs, as (code, name), and which is shown; with nothing to choose it hides."""
        self._views, self._code, self._elsewhere = tuple(views), code, tuple(elsewhere)
        names = dict(self._views)
        place = [one for one, _ in self._views].index(code) + 1 if code in names else 0
        name = names.get(code, translate("Choose a view"))
        count = translate("{place} of {count}").format(place=place, count=len(self._views)) if place else ""
        self._name, self._words = name, " · ".join(part for part in (name, count) if part)
        self._say(self._words)
        self.menu_button.rename(translate("View: {name}").format(name=name))
        self.setVisible(len(self._views) > 1 or (len(self._views) == 1 and not place) or bool(elsewhere))

    @property
    def least_width(self) -> int:
        """Pixels with both arrows and what fits of the name into a short button; 0 where there is nothing to choose."""
        least = 2 * self._keeper.px(36) + min(self._width_of(self._name), self._keeper.px(LEAST_VIEW))
        return 0 if self.isHidden() else least

    def fit_into(self, room: int) -> None:
        """All of it; the name alone, or what fits of it; the same without the arrows (pixels)."""
        arrows = self.least_width <= room
        self._back.setVisible(arrows)
        self._forth.setVisible(arrows)
        room -= 2 * self._keeper.px(36) if arrows else 0
        words = next((one for one in (self._words, self._name) if self._width_of(one) <= room), "")
        least = max(room, self._keeper.px(96)) - self._keeper.px(24)
        metrics = self._keeper.metrics(Style.BUTTON)
        self._say(words or metrics.elidedText(self._name, Qt.TextElideMode.ElideRight, least))

    def _width_of(self, words: str) -> int:
        return self._keeper.metrics(Style.BUTTON).horizontalAdvance(words) + self._keeper.px(24)

    def _say(self, words: str) -> None:
        self.menu_button.setText(words)
        self.menu_button.updateGeometry()
        self.menu_button.update()

    def _open_menu(self) -> None:
        menu = self.menu()
        menu.popup(self.menu_button.mapToGlobal(QPoint(0, self.menu_button.height() + 4)))

    def menu(self) -> QMenu:
        """The menu of views, as it is now."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for code, name in self._views:
            action = menu.addAction(name)
            action.setCheckable(True)
            action.setChecked(code == self._code)
            action.triggered.connect(lambda _=False, code=code: self.chosen.emit(code))
        for other in self._elsewhere:
            menu.addSeparator()
            for code, name in other.views or (("", translate("no photo of its views")),):
                action = menu.addAction(translate("{diagnosis}: {view}").format(diagnosis=other.diagnosis, view=name))
                action.triggered.connect(
                    lambda _=False, case_id=other.case_id, code=code: self.left_for.emit(case_id, code)
                )
        return menu


class ModeButton(ViewerButton):
    """One way to lay the photographs against each other; words and key go where there is no room for them."""

    def __init__(self, keeper: ThemeKeeper, name: str, icon: str) -> None:
        super().__init__(keeper, name, icon=icon, checkable=True, framed=False, side=32)
        self._words = name
        self._wide = False
        self._hinted = False

    def set_wide(self, *, wide: bool, hinted: bool) -> None:
        """With words, ``hinted`` with the key too, or the drawing alone."""
        self._wide, self._hinted = wide, wide and hinted
        self.setText(self._words if wide else "")
        self.updateGeometry()
        self.update()

    @property
    def words(self) -> str:
        """What it says where there is room."""
        return self._words

    def sizeHint(self) -> QSize:
        """Room for the key behind the words."""
        hint = super().sizeHint()
        return QSize(hint.width() + self._keeper.px(16), hint.height()) if self._hinted else hint

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint plate, drawing, words, and the key in a paler ink."""
        keeper = self._keeper
        painter = QPainter(self)
        lit = self.isEnabled() and (self.underMouse() or self.isDown())
        if self.isChecked() or lit:
            painting.box(painter, self.rect(), keeper.px(5), fill=keeper.colour("viewer.active"))
        ink = "viewer.line" if not self.isEnabled() else "viewer.text" if self.isChecked() or lit else "viewer.text2"
        if not self._wide:
            painting.icon(painter, keeper, self.rect(), self._icon, ink, 18)
        else:
            painting.icon(painter, keeper, QRect(keeper.px(10), 0, keeper.px(16), self.height()), self._icon, ink, 16)
            room = self.rect().adjusted(keeper.px(32), 0, -keeper.px(24 if self._hinted else 6), 0)
            weight = 600 if self.isChecked() else 500
            painting.text(painter, keeper, room, self.text(), Style.BUTTON, ink, weight=weight)
            if self._hinted:
                spot = QRect(self.width() - keeper.px(24), 0, keeper.px(16), self.height())
                hint = "viewer.key_hint" if self.isEnabled() else "viewer.line"
                painting.text(
                    painter,
                    keeper,
                    spot,
                    self._key if len(self._key) < 3 else "",
                    Style.CAPTION,
                    hint,
                    align=painting.CENTRE,
                )
        if self.hasFocus():
            painting.box(painter, self.rect(), keeper.px(5), line=keeper.colour("viewer.accent"), width=2.0)


class ModeBar(Themed):
    """The modes, one of them chosen; ``chosen(mode)``."""

    chosen = Signal(object)

    def __init__(self, keeper: ThemeKeeper, keys: KeyMap) -> None:
        super().__init__(keeper)
        self.setAccessibleName(translate("How the photos are compared"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        names = (
            (CompareMode.SIDE_BY_SIDE, translate("Side by side"), "columns-2"),
            (CompareMode.WIPE, translate("Slide"), "separator-vertical"),
            (CompareMode.BLEND, translate("Overlay"), "layers"),
            (CompareMode.BLINK, translate("Flip"), "zap"),
            (CompareMode.DIFFERENCE, translate("Difference"), "diff"),
            (CompareMode.SINGLE, translate("Single"), "square"),
        )
        self._row = QHBoxLayout(self)
        self._row.setSpacing(2)
        self.buttons: dict[CompareMode, ModeButton] = {}
        for mode, name, icon in names:
            button = ModeButton(keeper, name, icon)
            button.follow(keys, mode.value)
            button.clicked.connect(lambda _=False, mode=mode: self._chose(mode))
            self._row.addWidget(button)
            self.buttons[mode] = button
        self.restyle()

    def show_mode(self, mode: CompareMode, *, aligned: bool) -> None:
        """Which is chosen; the difference of photographs that do not lie over each other means nothing."""
        for one, button in self.buttons.items():
            button.setChecked(one is mode)
        difference = self.buttons[CompareMode.DIFFERENCE]
        difference.setEnabled(aligned)
        name = translate("Difference")
        difference.rename(name if aligned else translate("{name}: align the photos first").format(name=name))

    @property
    def least_width(self) -> int:
        """Pixels with the drawings alone; 0 where the modes are not shown."""
        count = len(self.buttons)
        return 0 if self.isHidden() else count * self.keeper.px(32) + 2 * (count - 1) + 2 * self.keeper.px(3)

    def fit_into(self, room: int) -> None:
        """With words and keys, with words, or the drawings alone, as there is room (pixels)."""
        metrics = self.keeper.metrics(Style.BUTTON)
        words = sum(metrics.horizontalAdvance(button.words) for button in self.buttons.values())
        plain = words + len(self.buttons) * self.keeper.px(50)
        wide, hinted = plain <= room, plain + len(self.buttons) * self.keeper.px(16) <= room
        for button in self.buttons.values():
            button.set_wide(wide=wide, hinted=hinted)

    def restyle(self) -> None:
        """Take measures anew."""
        inset = self.keeper.px(3)
        self._row.setContentsMargins(inset, inset, inset, inset)
        super().restyle()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the track."""
        fill, line = self.keeper.colour("viewer.group"), self.keeper.colour("viewer.line")
        painting.box(QPainter(self), self.rect(), self.keeper.px(7), fill=fill, line=line)

    def _chose(self, mode: CompareMode) -> None:
        self.buttons[mode].setChecked(True)
        self.chosen.emit(mode)


class TopBar(Plane):
    """Back, whose photographs, of what; which view; how they are compared; how large; what leaves."""

    def __init__(self, keeper: ThemeKeeper, keys: KeyMap, parent: QWidget | None = None) -> None:
        super().__init__(keeper, "viewer.bar", parent, edge=Qt.Edge.BottomEdge, edge_ink="viewer.line")
        self.back = ViewerButton(keeper, translate("Back to the patient"), icon="arrow-left")
        self.back.follow(keys, "leave")
        self.name = ElidedLabel(keeper, "", Style.SECTION, "viewer.text")
        self.about = ElidedLabel(keeper, "", Style.SECONDARY, "viewer.text2")
        self.views = ViewChooser(keeper, keys)
        self.modes = ModeBar(keeper, keys)
        tip = translate("Zoom in percent: type a number and press Enter")
        self.zoom = TypedNumber(keeper, translate("Zoom in percent"), tip, percent, scale_in, 76)
        self.out = ViewerButton(keeper, translate("Save a picture of the comparison"), icon="download")
        self.out.follow(keys, "save")
        self.more = ViewerButton(keeper, translate("More"), icon="ellipsis")
        self.full = ViewerButton(keeper, translate("Full screen"), icon="maximize")
        self.full.follow(keys, "full")
        words = QVBoxLayout()
        words.setSpacing(0)
        for label in (self.name, self.about):
            label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            words.addWidget(label)
        words.setContentsMargins(0, 0, 0, 0)
        ends = QWidget()
        right = QHBoxLayout(ends)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(keeper.px(2))
        right.addStretch(1)
        right.addWidget(self.zoom)
        right.addSpacing(keeper.px(6))
        for button in (self.out, self.more, self.full):
            right.addWidget(button)
        row = QHBoxLayout(self)
        row.setContentsMargins(keeper.px(8), 0, keeper.px(12), 0)
        row.setSpacing(keeper.px(8))
        row.addWidget(self.back)
        row.addLayout(words, 1)
        row.addWidget(self.views, 0)
        row.addWidget(self.modes, 0)
        row.addWidget(ends, 0)
        self.setFixedHeight(keeper.px(52))
        self._shown = True

    @property
    def buttons(self) -> tuple[QWidget, ...]:
        """What takes the keyboard, in the order of the eye."""
        modes = tuple(self.modes.buttons.values())
        return (self.back, *self.views.buttons, *modes, self.zoom, self.out, self.more, self.full)

    def show_tools(self, *, shown: bool) -> None:
        """The parts that need photographs."""
        self._shown = shown
        for part in (self.modes, self.zoom, self.out, self.more, self.full):
            part.setVisible(shown)

    def minimumSizeHint(self) -> QSize:
        """Narrow: parts go where there is no room, and must not make the window wide."""
        px = self.keeper.px
        return QSize(px(36 + 80 + 96 + 20 + 4 * 8) + self.modes.least_width + 3 * px(36) + 2 * px(2), px(52))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is narrow the modes are drawings alone."""
        self.fit()
        super().resizeEvent(event)

    def restyle(self) -> None:
        """Take measures anew."""
        self.setFixedHeight(self.keeper.px(52))
        self.fit()
        super().restyle()

    def fit(self) -> None:
        """Whose photographs these are comes first: the words of the view go, then the zoom, then the arrows, for it.

        A very long name is cut before the zoom goes. What is left is for the words of the modes.
        """
        px = self.keeper.px
        name = self.keeper.metrics(Style.SECTION).horizontalAdvance(self.name.text())
        about = self.keeper.metrics(Style.SECONDARY).horizontalAdvance(self.about.text())
        zoom, least = px(76 + 6), self.modes.least_width + self.views.least_width
        others = px(36 + 20 + 4 * 8) + (3 * px(36) + 2 * px(2) if self._shown else 0)
        named = min(max(name, about, px(80)), px(230))
        roomy = self.width() - others - least - min(named, px(LEAST_NAME)) >= zoom
        self.zoom.setVisible(self._shown and roomy)
        others += zoom if roomy else 0
        if roomy:
            named = min(named, self.width() - others - least)
        left = self.width() - others - named - self.modes.least_width
        self.views.fit_into(left)
        left -= self.views.sizeHint().width() if not self.views.isHidden() else 0
        self.modes.fit_into(max(0, left) + self.modes.least_width)


class ToolStrip(Plane):
    """Zoom and arrangement as buttons, each with its key; where it is low, ``more`` opens the last ones as a menu."""

    def __init__(self, keeper: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(keeper, "viewer.bar", parent, edge=Qt.Edge.RightEdge, edge_ink="viewer.line")
        self.setFixedWidth(keeper.px(52))
        self.buttons: list[ViewerButton] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, keeper.px(8), 0, keeper.px(8))
        self._column.setSpacing(keeper.px(3))
        self.more = ViewerButton(keeper, translate("More tools"), icon="ellipsis", framed=False, parent=self)
        self.more.clicked.connect(lambda: pop_under(self.menu(), self.more))
        self.more.hide()
        self._column.addWidget(self.more, 0, Qt.AlignmentFlag.AlignHCenter)
        self._column.addStretch(1)

    def add(
        self, name: str, icon: str, act: Callable[[], object], *, checkable: bool = False, text: str = ""
    ) -> ViewerButton:
        """One more button."""
        button = ViewerButton(self.keeper, name, icon=icon, text=text, checkable=checkable, framed=False, parent=self)
        button.clicked.connect(lambda _=False: act())
        self._column.insertWidget(self._column.count() - 2, button, 0, Qt.AlignmentFlag.AlignHCenter)
        self.buttons.append(button)
        return button

    def separate(self) -> None:
        """A line before the next group."""
        self._column.insertWidget(self._column.count() - 2, Separator(self.keeper, self))

    def menu(self) -> QMenu:
        """The tools there is no room for, with their keys, as they are now."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for button in self.buttons:
            if button.isHidden():
                name = button.accessibleName()
                action = menu.addAction(f"{name}\t{button.key}" if button.key else name)
                action.setEnabled(button.isEnabled())
                action.setCheckable(button.isCheckable())
                action.setChecked(button.isChecked())
                action.triggered.connect(button.click)
        return menu

    def minimumSizeHint(self) -> QSize:
        """Low: what does not fit is not seen, and must not make the window high."""
        return QSize(self.keeper.px(52), self.keeper.px(160))

    def restyle(self) -> None:
        """Take measures anew."""
        self.setFixedWidth(self.keeper.px(52))
        self._fold()
        super().restyle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or less fits."""
        self._fold()
        super().resizeEvent(event)

    def _fold(self) -> None:
        """What does not fit is behind the last button."""
        items = (self._column.itemAt(place) for place in range(self._column.count() - 2))
        parts = [part for item in items if item is not None and (part := item.widget()) is not None]
        room = self.height() - self.keeper.px(8)
        if sum(map(self._high, parts)) + self.keeper.px(8) > room:
            room -= self._high(self.more)
        used, shown = self.keeper.px(8), 0
        for part in parts:
            used += self._high(part)
            if used > room:
                break
            shown += 1
        while 0 < shown < len(parts) and parts[shown - 1] not in self.buttons:
            shown -= 1
        for place, part in enumerate(parts):
            part.setVisible(place < shown)
        self.more.setVisible(shown < len(parts))

    def _high(self, part: QWidget) -> int:
        """Pixels a part takes, with the gap below it."""
        return (part.height() if isinstance(part, Separator) else part.sizeHint().height()) + self._column.spacing()


class StatusLine(Plane):
    """Why this pair, how large, what the shading means, and which photographs the strip shows."""

    def __init__(self, keeper: ThemeKeeper, keys: KeyMap, parent: QWidget | None = None) -> None:
        super().__init__(keeper, "viewer.bar", parent, edge=Qt.Edge.TopEdge, edge_ink="viewer.line")
        self.left = ElidedLabel(keeper, "", Style.SECONDARY, "viewer.text2")
        self.right = ElidedLabel(keeper, "", Style.SECONDARY, "viewer.text2")
        self.left.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.right.setAlignment(Qt.AlignmentFlag.AlignRight)
        row = QHBoxLayout(self)
        row.setContentsMargins(keeper.px(16), 1, keeper.px(16), 0)
        row.setSpacing(keeper.px(16))
        self.filter = ViewerButton(
            keeper, translate("Which photos the strip shows"), icon="funnel", checkable=True, framed=False, side=28
        )
        self.filter.follow(keys, "filter")
        row.addWidget(self.left, 1)
        row.addWidget(self.right, 0)
        row.addWidget(self.filter)
        self.setFixedHeight(keeper.px(32))

    def restyle(self) -> None:
        """Take measures anew."""
        self.setFixedHeight(self.keeper.px(32))
        super().restyle()
