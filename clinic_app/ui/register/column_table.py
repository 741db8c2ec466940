"""The rows of a foreign register with a drop-down over each column: what it is taken for, what becomes of each row."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QComboBox, QStyleOptionViewItem, QTableView, QWidget

from clinic_app.domain.register import RegisterField, RegisterMapping
from clinic_app.domain.spreadsheets import Row, Table
from clinic_app.ui.context import UiContext
from clinic_app.ui.register.fates import FATE_LOOKS, NOTHING, Fate, RowFate, key_words
from clinic_app.ui.theme import Style, ThemeKeeper, Tone
from clinic_app.ui.widgets import ColumnHeads, RowDelegate, painting, prepare_table
from clinic_app.ui.widgets.themed import Plane
from clinic_app.wording.language import translate

Index = QModelIndex | QPersistentModelIndex
FIRST_WIDTH = 340
COLUMN_WIDTH = 148
COMBO_HIGH = 34
STEPS = (
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
    Qt.Key.Key_Return,
    Qt.Key.Key_Enter,
)
"""Keys that open a drop-down: stepping through a shut one would take each field passed away from its column."""
WIDE = (RegisterField.INJECTION_DATE, RegisterField.PRODUCT, RegisterField.UNITS)


class RegisterRowsModel(QAbstractTableModel):
    """The rows of the file, or those of one kind of fate; the first column says what becomes of each."""

    def __init__(self, context: UiContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._table: Table | None = None
        self._fates: dict[int, RowFate] | None = None
        self._places: dict[Fate, list[int]] = {}
        self._shown: Sequence[int] = ()
        self._only: Fate | None = None
        self._mapped: frozenset[int] = frozenset()

    def show_table(self, table: Table | None) -> None:
        """Show another file; nothing is known of its rows yet."""
        self.beginResetModel()
        self._table = table
        self._fates = None
        self._places = {}
        self._shown = range(len(table.rows)) if table is not None else ()
        self.endResetModel()

    def show_fates(
        self, fates: dict[int, RowFate] | None, places: dict[Fate, list[int]], mapping: RegisterMapping
    ) -> None:
        """What becomes of the rows now, and their places by fate (``places_of``); None while that is not known."""
        self._fates = fates
        self._places = places
        header = self._table.header if self._table is not None else ()
        taken = set(mapping.headers)
        self._mapped = frozenset(place for place, words in enumerate(header) if words in taken)
        self.show_only(self._only)

    def show_only(self, fate: Fate | None) -> None:
        """Only rows of this kind; None: all."""
        self._only = fate
        shown: Sequence[int] = range(len(self._table.rows)) if self._table is not None else ()
        if fate is not None and self._fates is not None:
            shown = self._places.get(fate, [])
        if shown == self._shown:
            if shown:
                self.dataChanged.emit(self.index(0, 0), self.index(len(shown) - 1, self.columnCount() - 1))
            return
        self.beginResetModel()
        self._shown = shown
        self.endResetModel()

    def counts(self) -> dict[Fate, int]:
        """How many rows of each kind."""
        return {fate: len(self._places.get(fate, ())) for fate in Fate}

    def place_of_row(self, number: int) -> int:
        """Where a line of the sheet is shown, -1 where it is not."""
        rows = self._table.rows if self._table is not None else ()
        return next((at for at, place in enumerate(self._shown) if rows[place].number == number), -1)

    def row_of(self, index: Index) -> Row | None:
        """The row behind an index."""
        if self._table is None or not index.isValid() or index.row() >= len(self._shown):
            return None
        return self._table.rows[self._shown[index.row()]]

    def fate_of(self, index: Index) -> RowFate | None:
        """What becomes of the row, None while that is not known."""
        row = self.row_of(index)
        if row is None or self._fates is None:
            return None
        return self._fates.get(row.number, NOTHING)

    def sentence_of(self, index: Index) -> str:
        """What becomes of the row, in words."""
        fate = self.fate_of(index)
        return fate.sentence(self._context.catalogues) if fate is not None else ""

    def is_mapped(self, column: int) -> bool:
        """Whether a column of the table is taken (the first always)."""
        return column == 0 or column - 1 in self._mapped

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """Rows shown."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        """The fate, then the file's own columns."""
        return 0 if parent.isValid() or self._table is None else len(self._table.header) + 1

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The file's own headers."""
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal or self._table is None:
            return None
        return translate("What becomes of it") if section == 0 else self._table.header[section - 1]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The cell as it stands in the file; the sentence for tooltips and screen readers."""
        row = self.row_of(index)
        if row is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return str(row.number) if index.column() == 0 else row.cell(index.column() - 1).text
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.sentence_of(index) if index.column() == 0 else row.cell(index.column() - 1).text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            if index.column():
                return row.cell(index.column() - 1).text
            fate = self.fate_of(index)
            words = translate(FATE_LOOKS[fate.fate][1]) if fate is not None else ""
            said = translate("Row {row}").format(row=row.number)
            return ". ".join(part for part in (said, words, self.sentence_of(index)) if part)
        return None


class RegisterRowDelegate(RowDelegate):
    """Icon, words and sentence of a row's fate; columns that are not taken are pale."""

    def paint_cell(self, painter: QPainter, rect: QRect, index: Index, option: QStyleOptionViewItem) -> None:
        """Paint one cell."""
        model = index.model()
        if not isinstance(model, RegisterRowsModel):
            return
        keeper = self.keeper
        direction = Qt.LayoutDirection(option.direction)
        rtl = direction == Qt.LayoutDirection.RightToLeft
        align = painting.RIGHT if rtl else painting.LEFT
        if index.column():
            ink = "text" if model.is_mapped(index.column()) else "text3"
            painting.text(painter, keeper, rect, str(index.data() or ""), Style.BODY, ink, align=align)
            return
        number = QRect(rect.left(), rect.top(), keeper.px(40), rect.height())
        place = painting.mirrored(number, rect, direction)
        painting.text(painter, keeper, place, str(index.data()), Style.SECONDARY, "text3", align=align, numbers=True)
        fate = model.fate_of(index)
        if fate is None:
            return
        icon, words, tone = FATE_LOOKS[fate.fate]
        ink = "text2" if tone is Tone.NOT_DUE else f"{tone.value}.fg"
        spot = QRect(number.right() + keeper.px(4), rect.top(), keeper.px(18), rect.height())
        painting.icon(painter, keeper, painting.mirrored(spot, rect, direction), icon, ink, 16)
        left = spot.right() + keeper.px(8)
        room = painting.mirrored(QRect(left, rect.top(), rect.right() - left, rect.height()), rect, direction)
        second = model.sentence_of(index)
        painting.two_lines(
            painter, keeper, room, translate(words), second, first_style=Style.BUTTON, first_ink=ink, align=align
        )


class FieldHeads(ColumnHeads):
    """Column heads with a drop-down each: which field of ours the column is."""

    chosen = Signal(str, object, int)
    """(header, RegisterField or None, number of the injection)."""

    def __init__(self, keeper: ThemeKeeper, parent: QTableView) -> None:
        self._combos: list[QComboBox] = []
        super().__init__(keeper, parent)
        self.theme = keeper
        self.setSectionsClickable(False)
        self.setStretchLastSection(False)
        self.setMinimumSectionSize(keeper.px(120))
        self.sectionResized.connect(lambda *_: self.place_combos())
        parent.horizontalScrollBar().valueChanged.connect(lambda _: self.place_combos())
        keeper.changed.connect(self._fit)
        self._fit()

    @property
    def combos(self) -> Sequence[QComboBox]:
        """The drop-downs, in the order of the file's columns."""
        return self._combos

    def show_header(self, header: Sequence[str]) -> None:
        """Make a drop-down for each column of another file."""
        for combo in self._combos:
            combo.hide()
            combo.deleteLater()
        self._combos = []
        for place, words in enumerate(header):
            combo = QComboBox(self.viewport())
            combo.setAccessibleName(translate("Column {header} is taken for").format(header=words))
            combo.setMaxVisibleItems(24)
            combo.setCursor(Qt.CursorShape.ArrowCursor)
            combo.activated.connect(lambda _, place=place: self._asked(place))
            combo.installEventFilter(self)
            combo.show()
            self._combos.append(combo)
        self._header = tuple(header)
        self.place_combos()

    def show_mapping(self, mapping: RegisterMapping) -> None:
        """Say what each column is taken for."""
        last = max(mapping.numbers)
        offered: list[tuple[RegisterField, int]] = []
        for one in RegisterField:
            offered.append((one, 0))
            if one in WIDE:
                offered += [(one, number) for number in range(1, max(last + 1, 3))]
        for words, combo in zip(self._header, self._combos, strict=True):
            found = mapping.field_of(words)
            combo.blockSignals(True)
            combo.clear()
            combo.addItem(translate("Not taken"), None)
            for one, number in offered:
                combo.addItem(key_words(one, number), (one.value, number))
            place = offered.index((found.field, found.number)) + 1 if found is not None else 0
            combo.setCurrentIndex(place)
            combo.blockSignals(False)
            combo.setProperty("taken", found is not None)

    def place_combos(self) -> None:
        """Put each under its words."""
        px = self.theme.px
        top = self.theme.measures.table_header
        for place, combo in enumerate(self._combos):
            left = self.sectionViewportPosition(place + 1)
            width = self.sectionSize(place + 1)
            combo.setGeometry(left + px(6), top, max(width - px(12), px(60)), px(COMBO_HIGH) - px(2))

    def sizeHint(self) -> QSize:
        """Words above, drop-downs below."""
        return QSize(super().sizeHint().width(), self._high())

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:  # noqa: N803 - Qt's name
        """Paint the ground, and the words in the upper part."""
        painter.fillRect(rect, self.theme.colour("surface"))
        upper = QRect(rect.left(), rect.top(), rect.width(), self.theme.measures.table_header)
        super().paintSection(painter, upper, logicalIndex)
        painter.fillRect(upper.left(), upper.bottom(), upper.width(), 1, self.theme.colour("surface"))
        painting.hairline(painter, self.theme, rect.left(), rect.right(), rect.bottom(), "border")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the drop-downs in their places."""
        super().resizeEvent(event)
        self.place_combos()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A drop-down that gets the keyboard is scrolled into view; the wheel scrolls the table, not its choice."""
        view = self.parent()
        if event.type() == QEvent.Type.FocusIn and watched in self._combos and isinstance(view, QTableView):
            self._show_column(view, self._combos.index(watched) + 1)
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QComboBox):
            event.ignore()
            return True
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and isinstance(watched, QComboBox):
            plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            if plain and event.key() in STEPS:
                watched.showPopup()
                return True
        return False

    def _show_column(self, view: QTableView, column: int) -> None:
        left = self.sectionPosition(column)
        bar = view.horizontalScrollBar()
        if left < bar.value():
            bar.setValue(left)
        elif left + self.sectionSize(column) > bar.value() + view.viewport().width():
            bar.setValue(left + self.sectionSize(column) - view.viewport().width())

    def _asked(self, place: int) -> None:
        data = self._combos[place].currentData()
        if data is None:
            self.chosen.emit(self._header[place], None, 0)
        else:
            self.chosen.emit(self._header[place], RegisterField(data[0]), int(data[1]))

    def _high(self) -> int:
        return self.theme.measures.table_header + self.theme.px(COMBO_HIGH) + self.theme.px(6)

    def _fit(self) -> None:
        self.setFixedHeight(self._high())
        self.place_combos()

    def _restyle(self) -> None:
        if hasattr(self, "theme"):
            self._fit()
            self.viewport().update()


class RegisterTable(QTableView):
    """The table of the mapping editor."""

    def __init__(self, context: UiContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._keeper = context.theme
        self.rows = RegisterRowsModel(context, self)
        prepare_table(context.theme, self, translate("Rows of the file"))
        self.setModel(self.rows)
        self.setItemDelegate(RegisterRowDelegate(context.theme, self))
        self.heads = FieldHeads(context.theme, self)
        self.setHorizontalHeader(self.heads)
        self.rows.modelReset.connect(self._widths)
        self.setCornerWidget(Plane(context.theme, "surface", self))

    def show_table(self, table: Table | None) -> None:
        """Show another file."""
        self.rows.show_table(table)
        self.heads.show_header(table.header if table is not None else ())
        self._widths()

    def _widths(self) -> None:
        px = self._keeper.px
        for column in range(self.rows.columnCount()):
            self.setColumnWidth(column, px(COLUMN_WIDTH if column else FIRST_WIDTH))
        self.heads.place_combos()
