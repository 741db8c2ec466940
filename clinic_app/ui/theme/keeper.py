"""The one object that knows how things look now, and says when that changes."""

from __future__ import annotations

import re
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QIcon, QPalette, QPixmap, QStaticText, QTransform
from PySide6.QtWidgets import QApplication

from clinic_app.ui.theme.fonts import Style, make_font
from clinic_app.ui.theme.icons import IconStore
from clinic_app.ui.theme.measures import Density, Measures, measures_of
from clinic_app.ui.theme.tokens import DARK, LIGHT, Theme, more_contrast

SCALES = (0.9, 1.0, 1.15, 1.3, 1.5)
SHEET = "window.qss"
FITTED = 4096
_BLANK = re.compile(r"@(?:px\((\d+)([+-]\d+)?\)|([a-z][a-z0-9_]*))")


class Appearance(Enum):
    """Which theme the user asked for."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


def fill_sheet(template: str, theme: Theme, scale: float, folder: Path) -> str:
    """The style sheet with ``@token``, ``@px(12)`` and ``@px(32-2)`` (2 stays 2 at any scale) filled in.

    ``@folder`` and ``@name`` (light, dark) point to the drawings beside the template. Raises ``KeyError`` for an
    unknown token.
    """
    words = {**theme.tokens(), "name": theme.name, "folder": folder.as_posix()}

    def fill(match: re.Match[str]) -> str:
        length, more, token = match.groups()
        return f"{round(int(length) * scale) + int(more or 0)}px" if length else words[token]

    return _BLANK.sub(fill, template)


def palette_of(theme: Theme) -> QPalette:
    """A whole palette, every role set, so that no colour of the system shines through."""
    role = QPalette.ColorRole
    colours = {
        role.Window: theme.app,
        role.WindowText: theme.text,
        role.Base: theme.surface,
        role.AlternateBase: theme.sunken,
        role.Text: theme.text,
        role.Button: theme.surface,
        role.ButtonText: theme.text,
        role.BrightText: theme.danger,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.on_accent,
        role.Accent: theme.accent,
        role.Link: theme.accent_text,
        role.LinkVisited: theme.accent_text,
        role.PlaceholderText: theme.text3,
        role.ToolTipBase: theme.raised,
        role.ToolTipText: theme.text,
        role.Light: theme.raised,
        role.Midlight: theme.hover,
        role.Mid: theme.border,
        role.Dark: theme.border_strong,
        role.Shadow: theme.text3,
    }
    answer = QPalette()
    for one, colour in colours.items():
        answer.setColor(one, QColor(colour))
    for one in (role.WindowText, role.Text, role.ButtonText, role.PlaceholderText, role.HighlightedText):
        answer.setColor(QPalette.ColorGroup.Disabled, one, QColor(theme.disabled))
    answer.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(theme.border))
    answer.setColor(QPalette.ColorGroup.Disabled, role.Accent, QColor(theme.border))
    return answer


def put_on_sheet(app: QApplication, sheet: str) -> None:
    """Give every widget this sheet of styles. Taking the old one off first looks the same and costs a third: Qt
    otherwise tells each widget of its new style while the others still have their old one.
    """
    app.setStyleSheet("")
    app.setStyleSheet(sheet)


class Fitted(NamedTuple):
    """A line of text as it is painted: the words left of it, width and height in pixels, font, layout."""

    words: str
    width: int
    height: int
    font: QFont
    drawing: QStaticText


class ThemeKeeper(QObject):
    """Theme, text scale, density and icons of the running window.

    ``changed`` comes after any of them changed (icons arriving included): paint anew, set icons anew.
    """

    changed = Signal()

    def __init__(self, app: QApplication, sheets: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app = app
        self._folder = sheets
        self._template = (sheets / SHEET).read_text(encoding="utf-8")
        self._appearance = Appearance.SYSTEM
        self._scale = 1.0
        self._density = Density.COMFORTABLE
        self._narrow = False
        self._reduced_motion = False
        self._fonts: dict[tuple[Style, int | None, bool | None], QFont] = {}
        self._metrics: dict[tuple[Style, int | None, bool | None], QFontMetrics] = {}
        self._colours: dict[str, QColor] = {}
        self._fitted: dict[tuple[str, int, Style, int | None, bool | None, Qt.TextElideMode], Fitted] = {}
        self.icons = IconStore(self)
        self.icons.ready.connect(self.changed)
        self.theme: Theme = self._wanted()
        self.measures: Measures = measures_of(self._density, narrow=False, scale=1.0)
        app.styleHints().colorSchemeChanged.connect(self._system_changed)
        app.setStyle("Fusion")
        self._apply()

    @property
    def sheets(self) -> Path:
        """The folder of ``window.qss``, one of the program's resources."""
        return self._folder

    @property
    def appearance(self) -> Appearance:
        """What the user asked for."""
        return self._appearance

    @property
    def scale(self) -> float:
        """The text scale, 1.0 is 100 %."""
        return self._scale

    @property
    def density(self) -> Density:
        """How close rows stand."""
        return self._density

    @property
    def reduced_motion(self) -> bool:
        """Whether nothing may slide or fade."""
        return self._reduced_motion

    def motion(self, milliseconds: int) -> int:
        """A duration, or 0 where motion is off."""
        return 0 if self._reduced_motion else milliseconds

    def set_appearance(self, appearance: Appearance) -> None:
        """Follow the system, or be light, or dark."""
        self._appearance = appearance
        self._renew_theme()

    def set_scale(self, scale: float) -> None:
        """Set the text scale; values outside 90 to 150 % are brought to the nearest end."""
        wanted = min(max(scale, SCALES[0]), SCALES[-1])
        if wanted != self._scale:
            self._scale = wanted
            self._apply()

    def step_scale(self, direction: int) -> None:
        """One step larger (+1) or smaller (-1) in the row 90, 100, 115, 130, 150 %."""
        nearest = min(range(len(SCALES)), key=lambda place: abs(SCALES[place] - self._scale))
        self.set_scale(SCALES[min(max(nearest + direction, 0), len(SCALES) - 1)])

    def set_density(self, density: Density) -> None:
        """Set how close rows stand."""
        if density is not self._density:
            self._density = density
            self._apply()

    def set_narrow(self, narrow: bool) -> None:
        """Use the layout for small windows (the shell asks below 1400 by 800)."""
        if narrow != self._narrow:
            self._narrow = narrow
            self.measures = measures_of(self._density, narrow=narrow, scale=self._scale)
            self.changed.emit()

    def set_reduced_motion(self, reduced: bool) -> None:
        """Switch all transitions off or on."""
        self._reduced_motion = reduced

    def px(self, length: float) -> int:
        """A length in pixels at 100 %, at the present text scale."""
        return round(length * self._scale)

    def colour(self, token: str) -> QColor:
        """A token (``text2``, ``overdue.mark``, ``viewer.bar``) as a colour. Raises ``AttributeError`` if unknown."""
        found = self._colours.get(token)
        if found is None:
            found = self._colours[token] = QColor(self.theme.colour(token))
        return found

    def font(self, style: Style, *, weight: int | None = None, numbers: bool | None = None) -> QFont:
        """The font of a type style at the present scale; ``numbers`` makes digits stand in columns."""
        key = (style, weight, numbers)
        found = self._fonts.get(key)
        if found is None:
            found = self._fonts[key] = make_font(style.value, self._scale, weight=weight, numbers=numbers)
        return found

    def metrics(self, style: Style, *, weight: int | None = None, numbers: bool | None = None) -> QFontMetrics:
        """Measures of that font."""
        key = (style, weight, numbers)
        found = self._metrics.get(key)
        if found is None:
            found = self._metrics[key] = QFontMetrics(self.font(style, weight=weight, numbers=numbers))
        return found

    def fitted(
        self,
        words: str,
        width: int,
        style: Style,
        *,
        weight: int | None = None,
        numbers: bool | None = None,
        elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> Fitted:
        """The words as they fit into ``width`` pixels (cut with an ellipsis), laid out; remembered for lists."""
        key = (words, width, style, weight, numbers, elide)
        found = self._fitted.get(key)
        if found is None:
            metrics = self.metrics(style, weight=weight, numbers=numbers)
            shown, advance = words, metrics.horizontalAdvance(words)
            if advance > width:
                shown = metrics.elidedText(words, elide, width)
                advance = metrics.horizontalAdvance(shown)
            drawing = QStaticText(shown)
            drawing.setTextFormat(Qt.TextFormat.PlainText)
            drawing.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
            font = self.font(style, weight=weight, numbers=numbers)
            drawing.prepare(QTransform(), font)
            if len(self._fitted) >= FITTED:
                self._fitted.clear()
            found = self._fitted[key] = Fitted(shown, advance, metrics.height(), font, drawing)
        return found

    def line(self, style: Style) -> int:
        """The line height of a type style in pixels."""
        return self.px(style.value.line)

    def pixmap(self, name: str, colour: str, px: int, ratio: float | None = None) -> QPixmap:
        """An icon in a token's colour; ``px`` at 100 %, ``ratio`` of the screen it is for (default: the main one)."""
        sharp = self._app.devicePixelRatio() if ratio is None else ratio
        return self.icons.pixmap(name, self.colour(colour).name(), self.px(px), sharp)

    def icon(self, name: str, colour: str, px: int) -> QIcon:
        """An icon for buttons and actions, with its disabled look; set it anew when ``changed`` comes."""
        answer = QIcon(self.pixmap(name, colour, px))
        answer.addPixmap(self.pixmap(name, "disabled", px), QIcon.Mode.Disabled)
        return answer

    def close(self) -> None:
        """Wait for what still loads."""
        self.icons.close()

    def _wanted(self) -> Theme:
        hints = self._app.styleHints()
        dark = self._appearance is Appearance.DARK or (
            self._appearance is Appearance.SYSTEM and hints.colorScheme() == Qt.ColorScheme.Dark
        )
        theme = DARK if dark else LIGHT
        access = hints.accessibility()
        return more_contrast(theme) if access.contrastPreference() == Qt.ContrastPreference.HighContrast else theme

    def _system_changed(self) -> None:
        if self._appearance is Appearance.SYSTEM:
            self._renew_theme()

    def _renew_theme(self) -> None:
        wanted = self._wanted()
        if wanted != self.theme:
            self.theme = wanted
            self._apply()

    def _apply(self) -> None:
        self._fonts.clear()
        self._metrics.clear()
        self._colours.clear()
        self._fitted.clear()
        self.icons.clear()
        self.measures = measures_of(self._density, narrow=self._narrow, scale=self._scale)
        self._app.setPalette(palette_of(self.theme))
        self._app.setFont(self.font(Style.BODY))
        sheet = fill_sheet(self._template, self.theme, self._scale, self._folder)
        if sheet != self._app.styleSheet():
            put_on_sheet(self._app, sheet)
        self.changed.emit()
