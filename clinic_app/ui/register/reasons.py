"""The rows not taken, and those to look at: a list that can be narrowed, copied and saved."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from clinic_app.domain.register import SKIP_CODES, RegisterWarning, SkippedRow
from clinic_app.ui.context import UiContext
from clinic_app.ui.register.fates import CODE_WORDS, without_row
from clinic_app.ui.theme import Style, Tone
from clinic_app.ui.widgets import Button, Card, RowDelegate, SearchField, TextLabel, Themed, painting, prepare_table
from clinic_app.ui.widgets.copying import copy_for_a_while
from clinic_app.wording.language import translate
from clinic_app.wording.register import skip_sentence, warning_sentence
from clinic_app.wording.sentences import sentence_of

Index = QModelIndex | QPersistentModelIndex
RUNS_IN_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r")
"""Text that begins so would be run as a formula by a spreadsheet program; a quote before it stops that."""
AskTarget = Callable[[QWidget, str], str]


@dataclass(frozen=True, slots=True)
class Reason:
    """One line of the list."""

    row: int
    code: str
    words: str
    sentence: str
    warning: bool


def reasons_of(skipped: Sequence[SkippedRow], warnings: Sequence[RegisterWarning]) -> tuple[Reason, ...]:
    """Both lists as lines, the rows not taken first."""
    left_out = [
        Reason(
            one.row,
            one.code,
            translate(CODE_WORDS.get(one.code, one.code)),
            without_row(skip_sentence(one), one.row),
            warning=False,
        )
        for one in skipped
    ]
    odd = [
        Reason(one.row, "warning", translate("Look at it"), without_row(warning_sentence(one), one.row), warning=True)
        for one in warnings
    ]
    return (*left_out, *odd)


def csv_of(reasons: Sequence[Reason]) -> str:
    """The list as CSV with a header line; nothing in it runs in a spreadsheet program."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([translate("Row"), translate("Why"), translate("Sentence")])
    for one in reasons:
        writer.writerow([one.row, _inert(one.words), _inert(one.sentence)])
    return text.getvalue()


def write_text(path: Path, text: str) -> None:
    """Write a text file whole or not at all, in place of one the user agreed to replace."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(text, "utf-8-sig", newline="")
        os.replace(part, path)  # noqa: PTH105 - one step on every system
    finally:
        part.unlink(missing_ok=True)


def ask_target(parent: QWidget, name: str) -> str:
    """The computer's own dialog for a file to write; it asks before one is replaced."""
    found, _ = QFileDialog.getSaveFileName(parent, translate("Save the list"), name, "CSV (*.csv)")
    return found


def _inert(words: str) -> str:
    return f"'{words}" if words.startswith(RUNS_IN_SPREADSHEETS) else words


class ReasonsModel(QAbstractTableModel):
    """Row, code, sentence; narrowed by code and words."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._all: tuple[Reason, ...] = ()
        self.shown: list[Reason] = []

    def show_reasons(self, reasons: tuple[Reason, ...]) -> None:
        """Show others."""
        self._all = reasons
        self.narrow("", "")

    def narrow(self, code: str, words: str) -> None:
        """Only those of a code, with these words in them."""
        wanted = words.casefold().split()
        self.beginResetModel()
        self.shown = [
            one
            for one in self._all
            if (not code or one.code == code) and all(part in f"{one.row} {one.sentence}".casefold() for part in wanted)
        ]
        self.endResetModel()

    def counts(self) -> dict[str, int]:
        """How many of each code."""
        answer: dict[str, int] = {}
        for one in self._all:
            answer[one.code] = answer.get(one.code, 0) + 1
        return answer

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """Lines shown."""
        return 0 if parent.isValid() else len(self.shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        """Row, why, sentence."""
        return 0 if parent.isValid() else 3

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Their names."""
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        return (translate("Row"), translate("Why"), translate("What it says"))[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The words of a cell; the sentence for tooltips and screen readers."""
        one = self.shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return (str(one.row), one.words, one.sentence)[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return one.sentence
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return (str(one.row), one.words, one.sentence)[index.column()]
        return None


class ReasonDelegate(RowDelegate):
    """Icon and words in the status colours; the sentence over two lines where it needs them."""

    def paint_cell(self, painter: QPainter, rect: QRect, index: Index, option: QStyleOptionViewItem) -> None:
        """Paint one cell."""
        model = index.model()
        if not isinstance(model, ReasonsModel):
            return
        one = model.shown[index.row()]
        keeper = self.keeper
        direction = Qt.LayoutDirection(option.direction)
        align = painting.RIGHT if direction == Qt.LayoutDirection.RightToLeft else painting.LEFT
        if index.column() == 0:
            painting.text(painter, keeper, rect, str(one.row), Style.BODY, "text2", align=align, numbers=True)
        elif index.column() == 1:
            tone = Tone.DUE if one.warning else Tone.NOT_DUE if one.code == "duplicate" else Tone.OVERDUE
            ink = "text2" if tone is Tone.NOT_DUE else f"{tone.value}.fg"
            icon = "triangle-alert" if one.warning else "copy" if one.code == "duplicate" else "circle-slash"
            spot = QRect(rect.left(), rect.top(), keeper.px(18), rect.height())
            painting.icon(painter, keeper, painting.mirrored(spot, rect, direction), icon, ink, 16)
            words = painting.mirrored(rect.adjusted(keeper.px(26), 0, 0, 0), rect, direction)
            painting.text(painter, keeper, words, one.words, Style.BUTTON, ink, align=align)
        else:
            self._paint_sentence(painter, rect, one.sentence)

    def _paint_sentence(self, painter: QPainter, rect: QRect, sentence: str) -> None:
        metrics = self.keeper.metrics(Style.BODY)
        first = sentence
        if metrics.horizontalAdvance(sentence) > rect.width():
            words, first = sentence.split(" "), ""
            while words and metrics.horizontalAdvance(f"{first} {words[0]}") <= rect.width():
                first = f"{first} {words.pop(0)}".strip()
        rest = sentence[len(first) :].strip()
        if not first:
            first, rest = sentence, ""
        painting.two_lines(painter, self.keeper, rect, first, rest, second_ink="text")


class ReasonsList(Themed):
    """The list with its filter, a search, and the ways to take it along."""

    def __init__(self, context: UiContext, parent: QWidget, *, target: AskTarget = ask_target) -> None:
        super().__init__(context.theme, parent)
        keeper = context.theme
        self._context = context
        self._ask_target = target
        self.model = ReasonsModel(self)
        self.codes = QComboBox(self)
        self.codes.setAccessibleName(translate("Which rows"))
        self.codes.currentIndexChanged.connect(lambda _: self._narrow())
        self.search = SearchField(keeper, translate("Row, name or words"), key="", parent=self)
        self.search.edited.connect(lambda _: self._narrow())
        self.search.left.connect(lambda: self.table.setFocus(Qt.FocusReason.OtherFocusReason))
        self.copy_button = Button(keeper, translate("Copy"), icon="copy", small=True, parent=self)
        self.copy_button.clicked.connect(self._copy)
        self.save_button = Button(keeper, translate("Save as CSV…"), icon="download", small=True, parent=self)
        self.save_button.setToolTip(translate("The file is not encrypted; it names the rows by what stands in them."))
        self.save_button.clicked.connect(self._save)
        card = Card(keeper, self)
        self.table: QTableView = QTableView(card)
        prepare_table(keeper, self.table, translate("Rows not taken and rows to look at"))
        self.table.setModel(self.model)
        self.table.setItemDelegate(ReasonDelegate(keeper, self.table))
        self.none = TextLabel(keeper, "", parent=card)
        self.none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 1, 1, 6)
        inside.addWidget(self.table, 1)
        inside.addWidget(self.none, 1)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.codes)
        row.addWidget(self.search)
        row.addStretch(1)
        row.addWidget(self.copy_button)
        row.addWidget(self.save_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(row)
        column.addWidget(card, 1)
        self.setFocusProxy(self.table)
        self.restyle()

    def restyle(self) -> None:
        """Take measures anew."""
        self.table.setColumnWidth(0, self.keeper.px(64))
        self.table.setColumnWidth(1, self.keeper.px(190))
        super().restyle()

    def show_reasons(self, reasons: tuple[Reason, ...]) -> None:
        """Show others (``reasons_of``, made in a worker: there may be very many)."""
        self.model.show_reasons(reasons)
        counts = self.model.counts()
        self.codes.blockSignals(True)
        self.codes.clear()
        everything = translate("All {count}").format(count=sum(counts.values()))
        self.codes.addItem(everything, "")
        for code in SKIP_CODES:
            if code in counts:
                self.codes.addItem(f"{translate(CODE_WORDS[code])} {counts[code]}", code)
        if "warning" in counts:
            self.codes.addItem(f"{translate('Taken, look at it')} {counts['warning']}", "warning")
        self.codes.blockSignals(False)
        self.search.clear()
        self._narrow()

    def show_code(self, code: str) -> None:
        """Narrow the list to a code."""
        self.codes.setCurrentIndex(max(self.codes.findData(code), 0))

    def _narrow(self) -> None:
        self.model.narrow(str(self.codes.currentData() or ""), self.search.words)
        some = self.model.rowCount() > 0
        self.table.setVisible(some)
        self.none.setVisible(not some)
        whole = not self.search.words and not self.codes.currentData()
        self.none.setText(translate("Every row is taken.") if whole else translate("No row matches."))
        for button in (self.copy_button, self.save_button):
            button.setEnabled(some)

    def _copy(self) -> None:
        lines = [f"{one.row}\t{one.words}\t{one.sentence}" for one in self.model.shown]
        copy_for_a_while("\n".join(lines))
        self._context.intents.toast.emit(translate("{count} lines copied").format(count=len(lines)), None)

    def _save(self) -> None:
        found = self._ask_target(self, "register-rows-not-taken.csv")
        if not found:
            return
        path = Path(found if found.lower().endswith(".csv") else f"{found}.csv")
        try:
            write_text(path, csv_of(self.model.shown))
        except OSError as error:
            self._context.intents.refused.emit(sentence_of(error))
            return
        self._context.intents.toast.emit(translate("List saved as {name}").format(name=path.name), None)
