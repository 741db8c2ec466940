"""Lucide icons in any token colour, crisp at any pixel ratio.

The drawings the program uses are in ``drawings.py``; the whole package is read only for a name that is not there.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping

from PySide6.QtCore import QByteArray, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPixmap

from clinic_app.ui.theme.drawings import DRAWINGS

log = logging.getLogger(__name__)

FRAME = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24" fill="none" '
    'stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">{inside}</svg>'
)
OWN = {
    "app-mark": FRAME.format(
        inside='<path d="M3 7V5a2 2 0 0 1 2-2h2"/><path d="M17 3h2a2 2 0 0 1 2 2v2"/>'
        '<path d="M21 17v2a2 2 0 0 1-2 2h-2"/><path d="M7 21H5a2 2 0 0 1-2-2v-2"/>'
        '<path d="M8 14s1.5 2 4 2 4-2 4-2"/><path d="M9 9h.01"/><path d="M15 9h.01"/>'
    ),
}


def read_lucide() -> dict[str, str]:
    """All icons of the Lucide package as SVG text by name. Costs about 100 ms."""
    from lucide import get_db_connection

    with get_db_connection() as connection:
        if connection is None:
            log.warning("icons_unreadable")
            return {}
        return {str(name): str(svg) for name, svg in connection.execute("SELECT name, svg FROM icons")}


def stroke_width(px: int) -> float:
    """The stroke for an icon size in pixels at 100 %: finer from 18 px on (ux.md 4.5), and for large ones."""
    if px < 18:
        return 2.0
    return 1.75 if px < 32 else 1.25


class IconStore(QObject):
    """Icon pixmaps by (name, colour, size, pixel ratio).

    An icon that is not among the program's own drawings is blank until the whole package was read, in a thread;
    ``ready`` says when to paint again.
    """

    ready = Signal()
    _read = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._drawings: dict[str, str] = {
            **{name: FRAME.format(inside=inside) for name, inside in DRAWINGS.items()},
            **OWN,
        }
        self._loaded = False
        self._cache: dict[tuple[str, str, int, float], QPixmap] = {}
        self._missing: set[str] = set()
        self._thread: threading.Thread | None = None
        self._read.connect(self._take, Qt.ConnectionType.QueuedConnection)

    @property
    def loaded(self) -> bool:
        """Whether the whole package was read."""
        return self._loaded

    def load_soon(self) -> None:
        """Read the whole package in a thread of its own."""
        if self._loaded or self._thread is not None:
            return
        self._thread = threading.Thread(target=self._work, name="icons", daemon=True)
        self._thread.start()

    def load_now(self) -> None:
        """Read the whole package here and now (tests and screenshots)."""
        if not self._loaded:
            self._take(read_lucide())

    def close(self) -> None:
        """Wait for the reading thread, if it runs."""
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def knows(self, name: str) -> bool:
        """Whether there is a drawing of that name (for certain once the whole package was read)."""
        return name in self._drawings

    def clear(self) -> None:
        """Forget the painted icons (other theme, other screen)."""
        self._cache.clear()

    def pixmap(self, name: str, colour: str, px: int, ratio: float = 1.0, *, stroke: float | None = None) -> QPixmap:
        """The icon ``name`` in ``colour`` (``#RRGGBB``), ``px`` logical pixels square, for a pixel ratio."""
        key = (name, colour, px, ratio)
        found = self._cache.get(key)
        if found is None:
            found = self._render(name, colour, px, ratio, stroke_width(px) if stroke is None else stroke)
            if self._loaded or name in self._drawings:
                self._cache[key] = found
            else:
                self.load_soon()
        return found

    def _render(self, name: str, colour: str, px: int, ratio: float, stroke: float) -> QPixmap:
        side = max(1, round(px * ratio))
        answer = QPixmap(side, side)
        answer.fill(Qt.GlobalColor.transparent)
        svg = self._drawings.get(name)
        if svg is not None:
            from PySide6.QtSvg import QSvgRenderer

            text = svg.replace("currentColor", colour).replace('stroke-width="2"', f'stroke-width="{stroke}"')
            painter = QPainter(answer)
            QSvgRenderer(QByteArray(text.encode())).render(painter, QRectF(0, 0, side, side))
            painter.end()
        elif self._loaded and name not in self._missing:
            self._missing.add(name)
            log.warning("icon_unknown %s", name)
        answer.setDevicePixelRatio(ratio)
        return answer

    def _work(self) -> None:
        try:
            drawings = read_lucide()
        except (ImportError, OSError) as problem:
            log.warning("icons_unreadable %s", type(problem).__name__)
            drawings = {}
        self._read.emit(drawings)

    def _take(self, drawings: Mapping[str, str]) -> None:
        if self._loaded:
            return
        self._drawings = {**drawings, **OWN}
        self._loaded = True
        self._cache.clear()
        self.ready.emit()
