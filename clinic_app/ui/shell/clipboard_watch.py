"""Text that is copied out of the window leaves the clipboard again, by whatever way it came there."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QObject, QTimer
from PySide6.QtGui import QGuiApplication

from clinic_app.ui.context import UiContext
from clinic_app.ui.widgets.copying import COPIED_FOR, copy_for_a_while

LASTING = "application/x-dystonia-case-tracker-lasting"
"""Marks text without anything of a patient, which stays."""
_ALONE = frozenset({"offscreen", "minimal"})
"""Platforms that have no other programs and cannot tell whose the clipboard is."""


class ClipboardWatch(QObject):
    """Sees text this program puts on the clipboard (Ctrl+C, context menus, tables) and lets it stay for a while only.

    Pictures stay: one leaves the window only with consent. ``seconds``: how long, None for what the clinic set.
    """

    def __init__(self, context: UiContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._taken = ""
        self.seconds: int | None = None
        self._clipboard = QGuiApplication.clipboard()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._look)
        self._clipboard.dataChanged.connect(self._soon.start)

    def _look(self) -> None:
        """Take over what came last; what other programs copied is left alone."""
        data: QMimeData | None = self._clipboard.mimeData()
        ours = self._clipboard.ownsClipboard() or QGuiApplication.platformName() in _ALONE
        text = data.text() if data is not None and data.hasText() else ""
        if not ours or not text or data is None or data.hasImage() or data.hasFormat(LASTING):
            self._taken = ""
        elif text != self._taken:
            self._taken = text
            copy_for_a_while(text, self._for_so_long())

    def _for_so_long(self) -> int:
        if self.seconds is not None:
            return self.seconds
        return self._context.clinic.choices.clipboard_seconds if self._context.open else COPIED_FOR


def copy_to_stay(words: str) -> None:
    """Put text on the clipboard that holds nothing of a patient: it stays there."""
    data = QMimeData()
    data.setText(words)
    data.setData(LASTING, b"1")
    QGuiApplication.clipboard().setMimeData(data)
