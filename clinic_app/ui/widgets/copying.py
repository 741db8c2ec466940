"""Text or a picture on the clipboard for a while: what may name a patient does not stay there (design section 10)."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from html import escape

from PySide6.QtCore import QCoreApplication, QMimeData, QObject, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

COPIED_FOR = 15
"""Seconds what was copied stays on the clipboard."""
_OURS = "application/x-dystonia-copied"
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

    def __init__(self, app: QCoreApplication) -> None:
        super().__init__(app)
        self.words, self.picture = "", False
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.timeout.connect(self.clear)
        app.aboutToQuit.connect(self.clear)

    def clear(self) -> None:
        """Take it out of the clipboard, if it is still there."""
        self.timer.stop()
        clipboard = QApplication.clipboard()
        there: QMimeData | None = clipboard.mimeData()
        ours = there is not None and there.hasFormat(_OURS)
        same = ours if self.picture else clipboard.text() == self.words
        if (self.words or self.picture) and same:
            clipboard.clear()
        self.words, self.picture = "", False


def copy_for_a_while(words: str, seconds: int = COPIED_FOR, html: str = "") -> None:
    """Put text on the clipboard; after ``seconds`` it is taken out again, unless something else is there by then.

    ``html``: the same for programs that take more than text.
    """
    copied = _copied()
    if copied is None or not words:
        return
    data = QMimeData()
    data.setText(words)
    if html:
        data.setHtml(html)
    for kind, value in _HINTS.get(sys.platform, ()):
        data.setData(kind, value)
    QApplication.clipboard().setMimeData(data)
    copied.words, copied.picture = words, False
    copied.timer.start(seconds * 1000)


def copy_table_for_a_while(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Put a table on the clipboard for a while, as text with tabs and as a table."""
    copy_for_a_while(as_tsv(heads, rows), html=as_html(heads, rows))


def as_tsv(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table as text: tabs between cells, a line for each row; other white space becomes one space."""
    return "\n".join("\t".join(" ".join(cell.split()) for cell in row) for row in (heads, *rows))


def as_html(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table as a spreadsheet or a letter takes it."""
    head = "".join(f"<th>{escape(cell)}</th>" for cell in heads)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"


def copy_picture_for_a_while(picture: QImage, seconds: int = COPIED_FOR) -> None:
    """Put a picture on the clipboard; after ``seconds`` it is taken out again, where it is still there."""
    copied = _copied()
    if copied is None or picture.isNull():
        return
    data = QMimeData()
    data.setImageData(picture)
    data.setData(_OURS, b"1")
    for kind, value in _HINTS.get(sys.platform, ()):
        data.setData(kind, value)
    QApplication.clipboard().setMimeData(data)
    copied.words = ""
    copied.picture = True
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
