"""Text on the clipboard for a while: what may name a patient does not stay there (design section 10)."""

from __future__ import annotations

import sys

from PySide6.QtCore import QMimeData, QObject, QTimer
from PySide6.QtWidgets import QApplication

COPIED_FOR = 15
"""Seconds copied text stays on the clipboard."""
_HINTS = {
    "linux": (("x-kde-passwordManagerHint", b"secret"),),
    "darwin": (("application/x-nspasteboard-concealed-type", b"1"),),
    "win32": (
        ('application/x-qt-windows-mime;value="ExcludeClipboardContentFromMonitorProcessing"', b"1"),
        ('application/x-qt-windows-mime;value="CanIncludeInClipboardHistory"', bytes(4)),
        ('application/x-qt-windows-mime;value="CanUploadToCloudClipboard"', bytes(4)),
    ),
}
"""What tells programs that keep a history of the clipboard to leave this out of it, as password managers say it."""


class _Copied(QObject):
    """What was copied last, and when it goes."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.words = ""
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.timeout.connect(self.clear)

    def clear(self) -> None:
        """Take it out of the clipboard, if it is still there."""
        self.timer.stop()
        clipboard = QApplication.clipboard()
        if self.words and clipboard.text() == self.words:
            clipboard.clear()
        self.words = ""


def copy_for_a_while(words: str, seconds: int = COPIED_FOR) -> None:
    """Put text on the clipboard; after ``seconds`` it is taken out again, unless something else is there by then."""
    copied = _copied()
    if copied is None or not words:
        return
    data = QMimeData()
    data.setText(words)
    for kind, value in _HINTS.get(sys.platform, ()):
        data.setData(kind, value)
    QApplication.clipboard().setMimeData(data)
    copied.words = words
    copied.timer.start(seconds * 1000)


def clear_copied() -> None:
    """Take what was copied out of the clipboard now: the clinic is locked or closed."""
    copied = _copied()
    if copied is not None:
        copied.clear()


def _copied() -> _Copied | None:
    app = QApplication.instance()
    if app is None:
        return None
    return app.findChild(_Copied) or _Copied(app)
