"""The bar above the pictures, the strip of tools beside them, the line of words below."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QVBoxLayout, QWidget

from clinic_app.ui.compare.chrome import Separator, ViewerButton, ZoomField
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets.themed import ElidedLabel, Plane
from clinic_app.wording.language import translate


class ViewChooser(QWidget):
    """Which view is compared: one before, one after, or any from a menu (``chosen(code)``, ``stepped(±1)``)."""

    chosen = Signal(str)
    stepped = Signal(int)

    def __init__(self, keeper: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._views: tuple[tuple[str, str], ...] = ()
        self._code = ""
        self._back = ViewerButton(keeper, translate("Previous view"), icon="chevron-left", key="PgUp", side=32)
        self._forth = ViewerButton(keeper, translate("Next view"), icon="chevron-right", key="PgDn", side=32)
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

    def show_views(self, views: Sequence[tuple[str, str]], code: str) -> None:
        """The views that have photographs, as (code, name), and which is shown; with fewer than two it hides."""
        self._views, self._code = tuple(views), code
        names = dict(self._views)
        place = [one for one, _ in self._views].index(code) + 1 if code in names else 0
        name = names.get(code, translate("Choose a view"))
        count = translate("{place} of {count}").format(place=place, count=len(self._views)) if place else ""
        self.menu_button.setText(" · ".join(part for part in (name, count) if part))
        self.menu_button.rename(translate("View: {name}").format(name=name))
        self.menu_button.updateGeometry()
        self.menu_button.update()
        self.setVisible(len(self._views) > 1 or (len(self._views) == 1 and not place))

    def _open_menu(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for code, name in self._views:
            action = menu.addAction(name)
            action.setCheckable(True)
            action.setChecked(code == self._code)
            action.triggered.connect(lambda _=False, code=code: self.chosen.emit(code))
        menu.popup(self.menu_button.mapToGlobal(QPoint(0, self.menu_button.height() + 4)))


class TopBar(Plane):
    """Back, whose photographs, of what; which view; how large."""

    def __init__(self, keeper: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(keeper, "viewer.bar", parent, edge=Qt.Edge.BottomEdge, edge_ink="viewer.line")
        self.back = ViewerButton(keeper, translate("Back to the patient"), icon="arrow-left", key="Esc")
        self.name = ElidedLabel(keeper, "", Style.SECTION, "viewer.text")
        self.about = ElidedLabel(keeper, "", Style.SECONDARY, "viewer.text2")
        self.views = ViewChooser(keeper)
        self.zoom = ZoomField(keeper)
        self.full = ViewerButton(keeper, translate("Full screen"), icon="maximize", key="F")
        words = QVBoxLayout()
        words.setSpacing(0)
        for label in (self.name, self.about):
            label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            words.addWidget(label)
        words.setContentsMargins(0, 0, 0, 0)
        ends = QWidget()
        right = QHBoxLayout(ends)
        right.setContentsMargins(0, 0, 0, 0)
        right.addStretch(1)
        right.addWidget(self.zoom)
        right.addSpacing(keeper.px(8))
        right.addWidget(self.full)
        row = QHBoxLayout(self)
        row.setContentsMargins(keeper.px(8), 0, keeper.px(12), 0)
        row.setSpacing(keeper.px(8))
        row.addWidget(self.back)
        row.addLayout(words, 3)
        row.addWidget(self.views, 0)
        row.addWidget(ends, 2)
        self.setFixedHeight(keeper.px(52))


class ToolStrip(Plane):
    """Zoom and arrangement as buttons, each with its key."""

    def __init__(self, keeper: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(keeper, "viewer.bar", parent, edge=Qt.Edge.RightEdge, edge_ink="viewer.line")
        self.setFixedWidth(keeper.px(52))
        self.buttons: list[ViewerButton] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, keeper.px(8), 0, keeper.px(8))
        self._column.setSpacing(keeper.px(3))
        self._column.addStretch(1)

    def add(
        self, name: str, icon: str, key: str, act: Callable[[], object], *, checkable: bool = False, text: str = ""
    ) -> ViewerButton:
        """One more button."""
        button = ViewerButton(
            self.keeper, name, icon=icon, text=text, key=key, checkable=checkable, framed=False, parent=self
        )
        button.clicked.connect(lambda _=False: act())
        self._column.insertWidget(self._column.count() - 1, button, 0, Qt.AlignmentFlag.AlignHCenter)
        self.buttons.append(button)
        return button

    def separate(self) -> None:
        """A line before the next group."""
        self._column.insertWidget(self._column.count() - 1, Separator(self.keeper, self))


class StatusLine(Plane):
    """Why this pair, how large, and what the shading means."""

    def __init__(self, keeper: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(keeper, "viewer.bar", parent, edge=Qt.Edge.TopEdge, edge_ink="viewer.line")
        self.left = ElidedLabel(keeper, "", Style.SECONDARY, "viewer.text2")
        self.right = ElidedLabel(keeper, "", Style.SECONDARY, "viewer.text2")
        self.left.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.right.setAlignment(Qt.AlignmentFlag.AlignRight)
        row = QHBoxLayout(self)
        row.setContentsMargins(keeper.px(16), 1, keeper.px(16), 0)
        row.setSpacing(keeper.px(16))
        row.addWidget(self.left, 1)
        row.addWidget(self.right, 0)
        self.setFixedHeight(keeper.px(32))
