"""Paints every part of the kit in both themes: ``python -m tests.ui.gallery FOLDER``."""

from __future__ import annotations

import os
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QStyleOptionViewItem,
    QTabBar,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from clinic_app.domain.changes import Progress
from clinic_app.ui.theme import Style, ThemeKeeper, Tone
from clinic_app.ui.theme.keeper import Appearance
from clinic_app.ui.widgets import (
    Banner,
    Button,
    Card,
    ChoiceRow,
    ConfirmDialog,
    DateField,
    Disc,
    ElidedLabel,
    EmptyState,
    FilterChip,
    FlowLayout,
    FormField,
    IconButton,
    Interval,
    IntervalBar,
    Kind,
    Level,
    LinkButton,
    NumberField,
    ProgressStrip,
    Rail,
    RowDelegate,
    Rule,
    SearchField,
    SegmentedControl,
    SideSheet,
    StatusBit,
    StatusChip,
    TextLabel,
    Tile,
    Toast,
    UnitsField,
    paint_chip,
    paint_interval,
    painting,
    prepare_table,
)

SHEETS = Path(__file__).resolve().parents[2] / "resources" / "themes"
TODAY = date(2026, 3, 19)
Index = QModelIndex | QPersistentModelIndex

ROWS: list[tuple[str, ...] | str] = [
    "Overdue",
    ("8 days over", "Asha Verma", "4127 · 58 F", "Blepharospasm", "bilateral", "Botox 35 U", "11 Nov", "18 weeks"),
    (
        "3 days over",
        "Harpreet Gill",
        "3308 · 61 M",
        "Cervical dystonia",
        "laterocollis, left",
        "Dysport 500 U",
        "16 Nov",
        "18 weeks",
    ),
    "Due",
    ("Missed", "Carlos Mendoza", "5012 · 47 M", "Writer’s cramp", "right", "Xeomin 40 U", "26 Nov", "16 weeks"),
    ("Until 10 Apr", "Rakesh Pillai", "4460 · 52 M", "Hemifacial spasm", "left", "Botox 20 U", "10 Dec", "14 weeks"),
    (
        "From today",
        "आशा वर्मा with a very long name",
        "1984 · 71 F",
        "Meige syndrome",
        "",
        "Botox 40 U",
        "11 Dec",
        "14 weeks",
    ),
]
HEADS = ("Status", "Patient", "Diagnosis", "Last injection", "Since")


class Rows(QAbstractTableModel):
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(ROWS)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(HEADS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = ROWS[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row if isinstance(row, str) else row[index.column()]
        return None

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        return HEADS[section] if role == Qt.ItemDataRole.DisplayRole else None


class RowsDelegate(RowDelegate):
    def group_of(self, index: Index) -> tuple[str, str, bool] | None:
        row = ROWS[index.row()]
        return (row, "3", True) if isinstance(row, str) else None

    def paint_cell(self, painter: QPainter, rect: QRect, index: Index, option: QStyleOptionViewItem) -> None:
        row = ROWS[index.row()]
        assert isinstance(row, tuple)
        tone = {"8": Tone.OVERDUE, "3": Tone.OVERDUE, "M": Tone.NO_SHOW}.get(row[0][0], Tone.DUE)
        if index.column() == 0:
            paint_chip(painter, self.keeper, rect.adjusted(0, 0, 12, 0), tone, row[0], solid=row[0].startswith("8"))
        elif index.column() == 1:
            painting.two_lines(painter, self.keeper, rect, row[1], row[2], first_style=Style.NAME)
        elif index.column() == 2:
            painting.two_lines(painter, self.keeper, rect, row[3], row[4])
        elif index.column() == 3:
            painting.two_lines(painter, self.keeper, rect, row[5], row[6])
        else:
            upper = QRect(rect.left(), rect.top() + 5, rect.width(), 18)
            painting.text(painter, self.keeper, upper, row[7], Style.BODY, weight=500)
            mark = f"{tone.value}.mark"
            bar = QRect(rect.left(), rect.top() + 22, 98, 16)
            paint_interval(painter, self.keeper, bar, Interval(0.42, 0.76, 0.86, mark), ring=self.ground(option))


def table(keeper: ThemeKeeper, parent: QWidget) -> QTableView:
    view = QTableView(parent)
    prepare_table(keeper, view, "Call list")
    view.setModel(Rows(view))
    view.setItemDelegate(RowsDelegate(keeper, view))
    for column, width in enumerate((122, 140, 150, 118, 128)):
        view.setColumnWidth(column, keeper.px(width))
    for row, what in enumerate(ROWS):
        if isinstance(what, str):
            view.setRowHeight(row, keeper.measures.group_row)
            view.setSpan(row, 0, 1, len(HEADS))
    view.horizontalHeader().setSortIndicatorShown(True)
    view.horizontalHeader().setSortIndicator(4, Qt.SortOrder.DescendingOrder)
    view.selectRow(1)
    return view


def row(*widgets: QWidget, stretch: bool = True) -> QHBoxLayout:
    answer = QHBoxLayout()
    answer.setSpacing(10)
    for widget in widgets:
        answer.addWidget(widget)
    if stretch:
        answer.addStretch(1)
    return answer


def page(keeper: ThemeKeeper) -> QWidget:
    """The main screen's parts, as they stand together."""
    window = QWidget()
    whole = QHBoxLayout(window)
    whole.setContentsMargins(0, 0, 0, 0)
    rail = Rail(keeper, "Areas", window)
    rail.brand.show_clinic("Dystonia clinic", "District Hospital")
    rail.add_area("today", "sun", "Today", shortcut="Ctrl+1").show_count(6)
    rail.add_area("schedule", "calendar-clock", "Schedule", shortcut="Ctrl+2")
    rail.add_area("patients", "users", "Patients", shortcut="Ctrl+3")
    rail.add_area("compare", "columns-2", "Compare", shortcut="Ctrl+4")
    rail.add_area("stock", "package", "Stock").show_count(0, warning="Botox runs out")
    rail.add_below("settings", "settings", "Settings")
    rail.add_below("help", "circle-question-mark", "Help")
    rail.choose("schedule")
    rail.show_recent("Recent", ["Asha Verma", "Imran Sheikh", "Elena Petrova"])
    rail.user.show_user("Nisha Thomas", "Nurse", "Lock")
    rail.user.show()
    whole.addWidget(rail)
    centre = QVBoxLayout()
    centre.setContentsMargins(24, 14, 24, 16)
    centre.setSpacing(12)
    whole.addLayout(centre, 1)
    head = row(TextLabel(keeper, "Call list", Style.PAGE_TITLE), TextLabel(keeper, "Thu 19 March 2026", ink="text2"))
    head.addWidget(SearchField(keeper, "Name, phone or ID", name="Search"))
    head.addWidget(IconButton(keeper, "printer", "Print", shortcut="Ctrl+P"))
    head.addWidget(Button(keeper, "New patient", kind=Kind.PRIMARY, icon="plus"))
    centre.addLayout(head)
    tiles = QHBoxLayout()
    tiles.setSpacing(10)
    for icon, name, number, remark, ink in (
        ("triangle-alert", "Overdue", 3, "oldest 8 days", "overdue.fg"),
        ("clock", "Due", 4, "2 not called", None),
        ("phone", "Calls today", 6, "3 done", None),
        ("user-check", "Friday’s list", 12, "of 20 places", None),
        ("package", "Without drug", 2, "1 scheme awaited", "due.fg"),
    ):
        tile = Tile(keeper, icon, name)
        tile.show_count(number, remark, ink=ink)
        tile.setChecked(name == "Due")
        tiles.addWidget(tile)
    centre.addLayout(tiles)
    bar = row(SegmentedControl(keeper, ["Call list", "Calendar", "Forecast", "Board"], "View"))
    for words in ("Diagnosis: all", "Doctor: all"):
        bar.addWidget(Button(keeper, words, kind=Kind.GHOST, drop=True))
    bar.addWidget(Button(keeper, "Columns", kind=Kind.GHOST, icon="settings-2"))
    centre.addLayout(bar)
    chips = row(FilterChip(keeper, "Doctor: Rao", "Remove"), FilterChip(keeper, "Due", "Remove"))
    chips.addWidget(LinkButton(keeper, "Clear filters"))
    centre.addLayout(chips)
    card = Card(keeper)
    inside = QVBoxLayout(card)
    inside.setContentsMargins(1, 6, 1, 6)
    inside.addWidget(table(keeper, card))
    centre.addWidget(card, 1)
    banner = Banner(keeper)
    banner.show_words("Backup drive not connected since 3 days.", action="Choose drive")
    centre.addWidget(banner)
    wrong = Banner(keeper)
    wrong.show_words("The clinic’s data folder cannot be written.", action="Try again", level=Level.PROBLEM)
    centre.addWidget(wrong)
    strip = ProgressStrip(keeper, "Importing photographs")
    strip.show_progress(Progress(214, 600, "pictures"), "IMG_0214.jpg")
    centre.addWidget(strip)
    centre.addLayout(row(StatusBit(keeper, "hard-drive", "Backup 20 minutes ago", window, acts=True)))
    window.resize(1140, 900)
    toast = Toast(keeper, window)
    toast.show_words("No answer logged for Asha Verma", action="Undo", act=lambda: None, key="Ctrl Z")
    return window


def parts(keeper: ThemeKeeper) -> QWidget:
    """Small parts and plain Qt inputs."""
    window = QWidget()
    column = QVBoxLayout(window)
    column.setSpacing(10)
    chips = QWidget()
    flow = FlowLayout(chips, 8)
    words = {
        Tone.OVERDUE: "3 days over",
        Tone.DUE: "Until 10 Apr",
        Tone.CONTACTING: "Call again Fri",
        Tone.BOOKED: "Fri 20 Mar, 13",
        Tone.TREATED: "Given",
        Tone.NO_SHOW: "Missed",
        Tone.NOT_DUE: "In 6 weeks",
        Tone.STOPPED: "On hold",
    }
    for tone, said in words.items():
        flow.addWidget(StatusChip(keeper, tone, said))
    for tone, said in words.items():
        flow.addWidget(StatusChip(keeper, tone, said, solid=True))
    column.addWidget(chips)
    disc = Disc(keeper, "Asha Verma")
    interval = IntervalBar(keeper)
    labels = ((0.0, "11 Nov"), (0.64, "11 Feb"), (0.84, "11 Mar"))
    interval.show_interval(Interval(0.66, 0.86, 0.92, "overdue.mark", start_dot=True), labels, "8 days overdue")
    column.addLayout(row(disc, ElidedLabel(keeper, "A name that is far too long for its place", Style.PANEL_TITLE)))
    column.addWidget(interval)
    buttons = row(
        Button(keeper, "Save", kind=Kind.PRIMARY),
        Button(keeper, "Place 13 · 8 of 20 free", kind=Kind.PRIMARY, key="B"),
        Button(keeper, "No answer", icon="phone-missed", key="1"),
        Button(keeper, "More", kind=Kind.GHOST, drop=True),
        Button(keeper, "Remove", kind=Kind.DANGER, icon="trash"),
        Button(keeper, "Delete 3 photos", kind=Kind.DANGER_SOLID),
    )
    column.addLayout(buttons)
    off = Button(keeper, "Save", kind=Kind.PRIMARY)
    off.setEnabled(False)
    grey = Button(keeper, "No answer", icon="phone-missed", key="1")
    grey.setEnabled(False)
    busy = Button(keeper, "Saving", kind=Kind.PRIMARY, icon="check")
    busy.set_busy(True)
    column.addLayout(row(off, grey, busy, IconButton(keeper, "chevron-left", "Earlier", small=True)))
    column.addWidget(Rule(keeper))
    combo = QComboBox()
    combo.addItems(["Botox", "Dysport"])
    spin = NumberField(keeper, 0, 30, suffix="weeks", name="Weeks")
    tick = QCheckBox("Copy the phone number")
    tick.setChecked(True)
    radio = QRadioButton("Right")
    radio.setChecked(True)
    line = QLineEdit("Asha")
    line.setPlaceholderText("Name")
    column.addLayout(row(combo, spin, line))
    column.addLayout(row(tick, QCheckBox("Not ticked"), radio, QRadioButton("Left")))
    choice = ChoiceRow(keeper, [("r", "Right", "R"), ("l", "Left", "L"), ("b", "Both"), ("m", "Midline")], "Side")
    choice.choose("l")
    column.addWidget(choice)
    tabs = QTabBar()
    for name in ("Timeline", "Photos", "Injections", "Scores"):
        tabs.addTab(name)
    column.addWidget(tabs)
    viewer = QWidget()
    viewer.setStyleSheet(f"background: {keeper.theme.viewer.bar}")
    SegmentedControl(
        keeper,
        [("Side by side", "columns-2", "1"), ("Slide", "square-split-horizontal", "2"), ("Overlay", "layers-2", "3")],
        "Mode",
        viewer,
        viewer=True,
    ).move(8, 6)
    viewer.setFixedHeight(44)
    column.addWidget(viewer)
    column.addWidget(
        EmptyState(keeper, "users", "No one matches.", "Clear filters", detail="Esc Esc clears them too."), 1
    )
    window.resize(760, 900)
    return window


def sheet(keeper: ThemeKeeper) -> QWidget:
    """A side sheet with a problem."""
    host = QWidget()
    host.resize(620, 900)
    side = SideSheet(keeper, host, "Book a visit", subtitle="Asha Verma · 4127", save="Book")
    name = FormField(keeper, "name", "Name", QLineEdit("Asha Verma"), required=True)
    side.add_field(name)
    day = DateField(keeper, lambda: TODAY, base=date(2025, 11, 11), base_words="11 Nov 2025")
    side.add_field(FormField(keeper, "day", "Day", day, required=True))
    again = DateField(keeper, lambda: TODAY)
    side.add_field(FormField(keeper, "again", "Call again on", again))
    units = UnitsField(keeper, "Botox")
    batch = FormField(keeper, "batch", "Batch no.", QLineEdit(), hint="On the vial’s label")
    side.add_row(FormField(keeper, "units", "Units", units, width=160), batch)
    side.add_section("Drug")
    drug = ChoiceRow(keeper, [("stock", "Hospital stock"), ("brings", "Patient brings"), ("scheme", "Scheme")], "Drug")
    side.add_field(FormField(keeper, "drug", "Drug supply", drug))
    combo = QComboBox()
    combo.addItems(["Dr Rao", "Dr Nair"])
    warned = FormField(keeper, "doctor", "Doctor", combo, width=220)
    side.add_field(warned)
    side.add_field(FormField(keeper, "note", "Note", QPlainTextEdit("Brings her daughter")))
    host.show()
    side.open()
    day.set_day(date(2026, 2, 3))
    again.line.setText("31/02")
    again.line.textEdited.emit("31/02")
    units.set_units(Decimal("37.5"))
    warned.show_warning("Dr Rao is away on this day.")
    side.show_problem("batch", "Type the batch number of the vial.")
    return host


def question(keeper: ThemeKeeper) -> QWidget:
    """A confirmation."""
    return ConfirmDialog(
        keeper,
        "Delete 3 photos?",
        "They go to the bin and can be taken back for 30 days.",
        "Delete 3 photos",
    )


def main(folder: Path) -> None:
    """Paint everything into a folder."""
    app = QApplication([])
    keeper = ThemeKeeper(app, SHEETS)
    keeper.icons.load_now()
    keeper.set_reduced_motion(True)
    folder.mkdir(parents=True, exist_ok=True)
    for appearance in (Appearance.LIGHT, Appearance.DARK):
        keeper.set_appearance(appearance)
        for make in (page, parts, sheet, question):
            for scale, narrow in ((1.0, False), (1.3, True)) if make is page else ((1.0, False),):
                keeper.set_scale(scale)
                keeper.set_narrow(narrow)
                widget = make(keeper)
                if make is page and narrow:
                    widget.resize(1366, 900)
                widget.show()
                for _ in range(4):
                    app.processEvents()
                widget.grab().save(str(folder / f"{make.__name__}-{appearance.value}{'-narrow' if narrow else ''}.png"))
                widget.close()
                keeper.set_scale(1.0)
                keeper.set_narrow(False)
    keeper.close()


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    main(Path(sys.argv[1]))
