"""The rail at the edge of the window: brand, areas, recent names, settings, who is working."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import painting
from clinic_app.ui.widgets.disc import paint_disc
from clinic_app.ui.widgets.themed import Member, Plane, Rule, TextLabel
from clinic_app.wording.numbers import number_words


class RailButton(Member):
    """An area of the rail: icon, name, an optional count or warning; icon over name where the window is small."""

    def __init__(
        self,
        keeper: ThemeKeeper,
        icon: str,
        name: str,
        *,
        shortcut: str = "",
        checkable: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self._icon = icon
        self._name = name
        self._shortcut = shortcut
        self._count = ""
        self._warning = ""
        self.setText(name)
        self.setCheckable(checkable)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.setAccessibleName(name)
        self.setToolTip(f"{name} ({shortcut})" if shortcut else name)
        keeper.changed.connect(self._restyle)

    def show_count(self, count: int, *, warning: str = "") -> None:
        """Show how many wait there (0: nothing), or a warning in words (a triangle, its words read out)."""
        self._count = number_words(count) if count else ""
        self._warning = warning
        said = [self._name, self._count, warning]
        self.setAccessibleName(", ".join(part for part in said if part))
        tip = f"{self._name} ({self._shortcut})" if self._shortcut else self._name
        self.setToolTip(f"{tip}: {warning}" if warning else tip)
        self.update()

    def sizeHint(self) -> QSize:
        """The pitch of the rail."""
        measures = self._keeper.measures
        return QSize(measures.rail, measures.rail_pitch)

    def minimumSizeHint(self) -> QSize:
        """Icon and name without air: in a low window the buttons stand closer."""
        keeper = self._keeper
        least = keeper.px(20 + 2) + keeper.line(Style.CAPTION) if keeper.measures.narrow else keeper.px(28)
        return QSize(keeper.measures.rail, least)

    @property
    def pill(self) -> QRect:
        """The plate that is painted where it is chosen."""
        measures = self._keeper.measures
        inset = self._keeper.px(6 if measures.narrow else 12)
        gap = max(0, self.height() - measures.rail_item) // 2
        return self.rect().adjusted(inset, gap, -inset, -gap)

    def icon_over_name(self) -> tuple[QRect, QRect]:
        """Where icon and name stand on the narrow rail; both lie inside the button."""
        keeper, pill = self._keeper, self.pill
        icon, line = keeper.px(20), keeper.line(Style.CAPTION)
        air = max(0, pill.height() - icon - line)
        above = min(keeper.px(7), air // 2)
        below = min(keeper.px(3), air - above)
        spot = QRect(pill.left(), pill.top() + above, pill.width(), icon)
        wide = keeper.px(4)
        words = QRect(pill.left() - wide, pill.bottom() + 1 - below - line, pill.width() + 2 * wide, line)
        return spot, words

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it for the wide or the narrow rail."""
        keeper = self._keeper
        painter = QPainter(self)
        narrow = keeper.measures.narrow
        pill = self.pill
        on = self.isChecked()
        radius = keeper.px(8)
        if on and keeper.theme.dark:
            painting.box(painter, pill, radius, fill=keeper.colour("selected"))
        elif on:
            painting.box(painter, pill, radius, fill=keeper.colour("surface"), line=keeper.colour("border"))
        elif self.underMouse():
            painting.box(painter, pill, radius, fill=keeper.colour("border"))
        ink = "text" if on else "text2"
        icon_ink = "accent_text" if on else "text2"
        if narrow:
            self._paint_narrow(painter, pill, ink, icon_ink)
        else:
            self._paint_wide(painter, pill, ink, icon_ink)
        if self.hasFocus():
            painting.focus_ring(painter, keeper, pill, radius)

    def _paint_wide(self, painter: QPainter, pill: QRect, ink: str, icon_ink: str) -> None:
        keeper = self._keeper
        direction = self.layoutDirection()
        bounds = self.rect()

        def put(place: QRect) -> QRect:
            return painting.mirrored(place, bounds, direction)

        side = painting.RIGHT if direction == Qt.LayoutDirection.RightToLeft else painting.LEFT
        drawing = put(QRect(keeper.px(26), pill.top(), keeper.px(18), pill.height()))
        painting.icon(painter, keeper, drawing, self._icon, icon_ink, 18)
        name = put(QRect(keeper.px(54), pill.top(), self.width() - keeper.px(54 + 46), pill.height()))
        weight = 600 if self.isChecked() else 500
        painting.text(painter, keeper, name, self._name, Style.BUTTON, ink, weight=weight, align=side)
        high = keeper.px(18)
        top = pill.top() + (pill.height() - high) // 2
        if self._warning:
            spot = put(QRect(pill.right() - keeper.px(8 + 18), top, keeper.px(18), high))
            painting.icon(painter, keeper, spot, "triangle-alert", "due.fg", 14)
        elif self._count:
            wide = max(keeper.px(24), keeper.metrics(Style.COUNT).horizontalAdvance(self._count) + keeper.px(12))
            spot = put(QRect(pill.right() - keeper.px(8) - wide + 1, top, wide, high))
            painting.box(painter, spot, high / 2, fill=keeper.colour("accent_soft"))
            painting.text(painter, keeper, spot, self._count, Style.COUNT, "accent_text", align=painting.CENTRE)

    def _paint_narrow(self, painter: QPainter, pill: QRect, ink: str, icon_ink: str) -> None:
        keeper = self._keeper
        spot, words = self.icon_over_name()
        painting.icon(painter, keeper, spot, self._icon, icon_ink, 20)
        weight = 600 if self.isChecked() else 500
        style = Style.CAPTION
        if keeper.metrics(style, weight=weight).horizontalAdvance(self._name) > words.width():
            style = Style.KEYCAP
        painting.text(painter, keeper, words, self._name, style, ink, weight=weight, align=painting.CENTRE)
        if self._warning or self._count:
            high = keeper.px(15)
            said = "!" if self._warning else self._count
            wide = max(high, keeper.metrics(Style.KEYCAP).horizontalAdvance(said) + keeper.px(8))
            badge = QRect(spot.center().x() + keeper.px(4), pill.top() + keeper.px(1), wide, high)
            fill, badge_ink = ("warning_soft", "warning") if self._warning else ("accent", "on_accent")
            painting.box(painter, badge, high / 2, fill=keeper.colour(fill))
            painting.text(painter, keeper, badge, said, Style.KEYCAP, badge_ink, align=painting.CENTRE)

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()


class RailBrand(QWidget):
    """The mark, the clinic's name and its place."""

    def __init__(self, keeper: ThemeKeeper, name: str, place: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self._name = name
        self._place = place
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        keeper.changed.connect(self.updateGeometry)
        keeper.changed.connect(self.update)

    def show_clinic(self, name: str, place: str) -> None:
        """Show another clinic."""
        self._name, self._place = name, place
        self.setToolTip(f"{name}\n{place}" if place else name)
        self.update()

    def sizeHint(self) -> QSize:
        """72 px high."""
        return QSize(self._keeper.measures.rail, self._keeper.px(68))

    def minimumSizeHint(self) -> QSize:
        """The mark, or name and place, without air."""
        return QSize(self._keeper.measures.rail, self._keeper.px(36 if self._keeper.measures.narrow else 44))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the mark and, where there is room, the words."""
        keeper = self._keeper
        painter = QPainter(self)
        side = keeper.px(28)
        narrow = keeper.measures.narrow
        left = (self.width() - side) // 2 if narrow else keeper.px(20)
        direction = self.layoutDirection()
        top = min(keeper.px(18), (self.height() - side) // 2)
        mark = painting.mirrored(QRect(left, top, side, side), self.rect(), direction)
        painting.box(painter, mark, keeper.px(8), fill=keeper.colour("accent"))
        painting.icon(painter, keeper, mark, "app-mark", "on_accent", 18)
        if narrow:
            return
        left += side + keeper.px(10)
        align = painting.RIGHT if direction == Qt.LayoutDirection.RightToLeft else painting.LEFT
        words = QRect(left, top - keeper.px(4), self.width() - left - keeper.px(10), keeper.px(20))
        spot = painting.mirrored(words, self.rect(), direction)
        painting.text(painter, keeper, spot, self._name, Style.SECTION, align=align)
        words.translate(0, keeper.px(18))
        spot = painting.mirrored(words, self.rect(), direction)
        painting.text(painter, keeper, spot, self._place, Style.CAPTION, "text2", align=align, weight=400)


class RailName(Member):
    """A recent patient's name in the rail."""

    def __init__(self, keeper: ThemeKeeper, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self.setText(words)
        self.setAccessibleName(words)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        keeper.changed.connect(self.updateGeometry)
        keeper.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """30 px pitch."""
        return QSize(self._keeper.measures.rail, self._keeper.px(30))

    def minimumSizeHint(self) -> QSize:
        """24 px: the least that is pressed with ease."""
        return QSize(self._keeper.measures.rail, self._keeper.px(24))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the name."""
        keeper = self._keeper
        painter = QPainter(self)
        ink = "accent_text" if self.underMouse() else "text2"
        spot = self.rect().adjusted(keeper.px(24), 0, -keeper.px(12), 0)
        align = painting.RIGHT if self.layoutDirection() == Qt.LayoutDirection.RightToLeft else painting.LEFT
        painting.text(painter, keeper, spot, self.text(), Style.BODY, ink, align=align)
        if self.hasFocus():
            inset = keeper.px(12)
            painting.focus_ring(painter, keeper, self.rect().adjusted(inset, 1, -inset, -1))


class RailUser(Member):
    """Who is working: initials, name, role and a lock; pressing it locks or switches."""

    def __init__(self, keeper: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self._name = ""
        self._role = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        keeper.changed.connect(self.updateGeometry)
        keeper.changed.connect(self.update)

    def show_user(self, name: str, role: str, action: str) -> None:
        """Show a user; ``action`` says what pressing does ("Lock")."""
        self._name, self._role = name, role
        self.setAccessibleName(f"{name}, {role}. {action}" if role else f"{name}. {action}")
        who = f"{name}, {role}" if role else name
        self.setToolTip(f"{who}\n{action}" if who else action)
        self.update()

    def sizeHint(self) -> QSize:
        """48 px high."""
        return QSize(self._keeper.measures.rail, self._keeper.px(50))

    def minimumSizeHint(self) -> QSize:
        """The disc without air, or name and role."""
        return QSize(self._keeper.measures.rail, self._keeper.px(34 if self._keeper.measures.narrow else 40))

    @property
    def role_width(self) -> int:
        """The pixels the role has beside the disc; the lock stands over them."""
        return self.width() - self._keeper.px(22 + 28 + 10 + 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the row."""
        keeper = self._keeper
        painter = QPainter(self)
        direction = self.layoutDirection()
        bounds = self.rect()
        side = keeper.px(28)
        narrow = keeper.measures.narrow
        left = (self.width() - side) // 2 if narrow else keeper.px(22)
        top = (self.height() - side) // 2
        disc = painting.mirrored(QRect(left, top, side, side), bounds, direction)
        paint_disc(painter, keeper, disc, self._name)
        if not narrow:
            left += side + keeper.px(10)
            words = QRect(left, 0, self.width() - left - keeper.px(40), self.height())
            align = painting.RIGHT if direction == Qt.LayoutDirection.RightToLeft else painting.LEFT
            upper = QRect(words.left(), top - keeper.px(2), words.width(), keeper.px(17))
            lower = QRect(left, upper.top() + keeper.px(16), self.role_width, upper.height())
            spot = painting.mirrored(upper, bounds, direction)
            painting.text(painter, keeper, spot, self._name, Style.SECTION_SMALL, align=align)
            spot = painting.mirrored(lower, bounds, direction)
            painting.text(painter, keeper, spot, self._role, Style.CAPTION, "text2", align=align, weight=400)
            lock = QRect(self.width() - keeper.px(34), upper.top(), keeper.px(16), upper.height())
            painting.icon(painter, keeper, painting.mirrored(lock, bounds, direction), "lock", "text2", 16)
        if self.hasFocus():
            painting.focus_ring(painter, keeper, bounds.adjusted(4, 2, -4, -2))


class Rail(Plane):
    """The rail: ``add_area`` from the top, ``add_below`` at the bottom; ``chosen`` brings an area's code.

    Up and Down move between its buttons.
    """

    chosen = Signal(str)
    recent_chosen = Signal(int)
    user_pressed = Signal()

    def __init__(self, keeper: ThemeKeeper, name: str, parent: QWidget | None = None) -> None:
        super().__init__(keeper, "rail", parent, edge=Qt.Edge.RightEdge)
        self.setAccessibleName(name)
        self._buttons: dict[str, RailButton] = {}
        self._order: list[QAbstractButton] = []
        self._under: list[RailButton] = []
        self._names: list[RailName] = []
        self.brand = RailBrand(keeper, "", "", self)
        self.user = RailUser(keeper, self)
        self.user.clicked.connect(self.user_pressed)
        self.user.hide()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.brand)
        self._areas = QVBoxLayout()
        self._areas.setSpacing(0)
        self._column.addLayout(self._areas)
        self._recent_title = TextLabel(keeper, "", Style.CAPTION, "text3", self, weight=600)
        self._recent_title.hide()
        self._column.addWidget(self._recent_title)
        self._recent = QVBoxLayout()
        self._recent.setSpacing(0)
        self._column.addLayout(self._recent)
        self._column.addStretch(1)
        self._below = QVBoxLayout()
        self._below.setSpacing(0)
        self._column.addLayout(self._below)
        self._line = Rule(keeper, self)
        self._column.addWidget(self._line)
        self._column.addWidget(self.user)
        self.restyle()

    def add_area(self, code: str, icon: str, name: str, *, shortcut: str = "") -> RailButton:
        """Add an area; the first one is chosen."""
        button = RailButton(self.keeper, icon, name, shortcut=shortcut, parent=self)
        button.clicked.connect(self._choice(code))
        button.setChecked(not self._buttons)
        self._buttons[code] = button
        self._areas.addWidget(button)
        self._arrange()
        return button

    def add_below(self, code: str, icon: str, name: str, *, shortcut: str = "", area: bool = False) -> RailButton:
        """Add a button at the bottom; it is pressed, not chosen (Help), unless it stands for an ``area`` (Settings)."""
        button = RailButton(self.keeper, icon, name, shortcut=shortcut, checkable=area, parent=self)
        button.clicked.connect(self._choice(code))
        self._buttons[code] = button
        self._below.addWidget(button)
        self._under.append(button)
        self._arrange()
        return button

    def button(self, code: str) -> RailButton:
        """The button of an area. Raises ``KeyError`` if there is none."""
        return self._buttons[code]

    def choose(self, code: str) -> None:
        """Show an area as the present one, without ``chosen``."""
        chosen = self._buttons[code]
        if chosen.isCheckable():
            for button in self._buttons.values():
                button.setChecked(button is chosen)

    def show_recent(self, title: str, names: Sequence[str]) -> None:
        """Show recent names; pressing one brings its place by ``recent_chosen``."""
        for old in self._names:
            self._recent.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._names.clear()
        self._recent_title.setText(title)
        for place, name in enumerate(names):
            button = RailName(self.keeper, name, self)
            button.clicked.connect(self._recent_choice(place))
            self._recent.addWidget(button)
            self._names.append(button)
        self._arrange()
        self._show_recent()

    def restyle(self) -> None:
        """Take widths anew; names are hidden on the narrow rail."""
        self.setFixedWidth(self.keeper.measures.rail)
        self._recent_title.setContentsMargins(self.keeper.px(24), self.keeper.px(22), 0, self.keeper.px(6))
        self._show_recent()
        self._show_brand()
        super().restyle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where even the closest buttons have no room beside it, the mark gives way."""
        super().resizeEvent(event)
        self._show_brand()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move up and down."""
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        here = self.focusWidget()
        if step is None or not isinstance(here, QAbstractButton) or here not in self._order:
            super().keyPressEvent(event)
            return
        place = self._order.index(here) + step
        if 0 <= place < len(self._order):
            self._order[place].setFocus(Qt.FocusReason.TabFocusReason)

    def _choice(self, code: str) -> Callable[[], None]:
        def choose() -> None:
            self.choose(code)
            self.chosen.emit(code)

        return choose

    def _recent_choice(self, place: int) -> Callable[[], None]:
        return lambda: self.recent_chosen.emit(place)

    def _arrange(self) -> None:
        """Areas, recent names, Settings and Help, the user: in this order for Tab and for the arrow keys.

        A widget that is the first of its window cannot be moved to the end by ``setTabOrder`` (the chain is a ring),
        so the user, which was made first, is taken out and put in again.
        """
        areas = [button for button in self._buttons.values() if button not in self._under]
        self._order = [*areas, *self._under, self.user]
        hidden = self.user.isHidden()
        self._column.removeWidget(self.user)
        self.user.setParent(None)
        self._column.addWidget(self.user)
        self.user.setHidden(hidden)
        row = [*areas, *self._names, *self._under]
        for first, second in pairwise(row):
            QWidget.setTabOrder(first, second)

    def _show_brand(self) -> None:
        rows = (*self._buttons.values(), *((self.user,) if not self.user.isHidden() else ()))
        least = sum(row.minimumSizeHint().height() for row in rows) + self.brand.minimumSizeHint().height() + 1
        self.brand.setVisible(self.height() >= least or not self.keeper.measures.narrow)

    def _show_recent(self) -> None:
        wide = not self.keeper.measures.narrow
        self._recent_title.setVisible(wide and bool(self._names))
        for button in self._names:
            button.setVisible(wide)
