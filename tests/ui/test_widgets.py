"""The parts of the window: keys, names, states, and that nothing essential is cut."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from PySide6.QtCore import QLocale, QPoint, Qt
from PySide6.QtGui import QAccessible, QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from clinic_app.domain.changes import Progress
from clinic_app.domain.date_entry import DateOrder, Precision, Toward
from clinic_app.domain.errors import Conflict, RuleBroken
from clinic_app.domain.patients import initials
from clinic_app.ui.theme import Appearance, Style, ThemeKeeper, Tone
from clinic_app.ui.widgets import (
    Banner,
    Button,
    ChoiceRow,
    ConfirmDialog,
    DateField,
    ElidedLabel,
    FilterChip,
    FormField,
    IconButton,
    Kind,
    LinkButton,
    NumberField,
    ProgressStrip,
    Rail,
    SearchField,
    SegmentedControl,
    SideSheet,
    StatusChip,
    Tile,
    Toast,
    UnitsField,
)
from clinic_app.ui.widgets.date_field import order_of
from clinic_app.ui.widgets.jpeg import image_of_jpeg
from clinic_app.ui.widgets.menu_place import pop_inside, pop_under
from clinic_app.ui.widgets.rail import RailName
from clinic_app.wording.sentences import sentence_of
from tests.imaging import samples
from tests.ui import gallery

TODAY = date(2026, 3, 19)
Key = Qt.Key


def key(widget: QWidget, code: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(widget, code, modifiers)


def type_in(widget: QWidget, words: str) -> None:
    QTest.keyClicks(widget, words)


def press(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def shown(qtbot: QtBot, widget: QWidget) -> QWidget:
    qtbot.addWidget(widget)
    widget.show()
    widget.activateWindow()
    qtbot.waitUntil(widget.isActiveWindow)
    return widget


@pytest.fixture
def host(qtbot: QtBot) -> QWidget:
    answer = QWidget()
    answer.resize(900, 700)
    return shown(qtbot, answer)


def picture(widget: QWidget) -> QImage:
    return widget.grab().toImage()


def colours(widget: QWidget) -> set[str]:
    image = picture(widget)
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


def tab_order(window: QWidget) -> list[QWidget]:
    found: list[QWidget] = []
    widget: QWidget | None = window.nextInFocusChain()
    while widget is not None and widget is not window:
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            found.append(widget)
        widget = widget.nextInFocusChain()
    return found


PAGES: list[Callable[[ThemeKeeper], QWidget]] = [gallery.page, gallery.parts, gallery.sheet, gallery.question]


@pytest.mark.parametrize("make", PAGES, ids=lambda make: make.__name__)
@pytest.mark.parametrize("appearance", [Appearance.LIGHT, Appearance.DARK], ids=lambda one: one.value)
def test_everything_paints_in_both_themes_and_has_a_name(
    qtbot: QtBot, keeper: ThemeKeeper, make: Callable[[ThemeKeeper], QWidget], appearance: Appearance
) -> None:
    keeper.set_appearance(appearance)
    window = shown(qtbot, make(keeper))
    assert not window.grab().isNull()
    nameless = []
    for widget in window.findChildren(QWidget):
        inner = isinstance(widget.parent(), (QComboBox, NumberField))
        if widget.focusPolicy() == Qt.FocusPolicy.NoFocus or not widget.isVisible() or inner:
            continue
        interface = QAccessible.queryAccessibleInterface(widget)
        name = interface.text(QAccessible.Text.Name) or interface.text(QAccessible.Text.Value)
        if not name and type(widget).__name__ not in {"QComboBox", "QTabBar", "QHeaderView", "ColumnHeads"}:
            nameless.append(widget)
    assert nameless == []


@pytest.mark.parametrize("make", PAGES, ids=lambda make: make.__name__)
def test_the_theme_and_scale_change_live(
    qtbot: QtBot, keeper: ThemeKeeper, make: Callable[[ThemeKeeper], QWidget]
) -> None:
    window = shown(qtbot, make(keeper))
    light = picture(window)
    keeper.set_appearance(Appearance.DARK)
    keeper.set_narrow(True)
    keeper.set_scale(1.5)
    QApplication.processEvents()
    dark = picture(window)
    assert dark.pixelColor(5, 5) != light.pixelColor(5, 5)
    keeper.set_scale(1.0)
    keeper.set_narrow(False)
    keeper.set_appearance(Appearance.LIGHT)
    QApplication.processEvents()
    assert picture(window).pixelColor(5, 5) == light.pixelColor(5, 5)


def test_a_chip_shows_its_tone_and_says_its_words(qtbot: QtBot, keeper: ThemeKeeper) -> None:
    chip = StatusChip(keeper, Tone.OVERDUE, "8 days over", solid=True)
    qtbot.addWidget(chip)
    chip.resize(chip.sizeHint())
    assert keeper.theme.overdue.solid_bg.lower() in colours(chip)
    assert chip.accessibleName() == "8 days over"
    chip.show_status(Tone.BOOKED, "Fri 20 Mar")
    assert keeper.theme.booked.bg.lower() in colours(chip)
    assert chip.height() == 22


@pytest.mark.parametrize("scale", [0.9, 1.0, 1.15, 1.3, 1.5])
@pytest.mark.parametrize("kind", list(Kind))
def test_buttons_have_room_for_their_words(qtbot: QtBot, keeper: ThemeKeeper, scale: float, kind: Kind) -> None:
    keeper.set_scale(scale)
    words = "They called…"
    button = Button(keeper, words, kind=kind, icon="phone", key="4", drop=True)
    qtbot.addWidget(button)
    used = 2 * keeper.px(12) + keeper.px(26) + keeper.px(22)
    weight = 600 if kind in (Kind.PRIMARY, Kind.DANGER_SOLID) else 500
    metrics = keeper.metrics(Style.BUTTON, weight=weight)
    assert button.minimumSizeHint().width() - used > metrics.horizontalAdvance(words)


def test_a_busy_button_keeps_its_width_and_cannot_be_pressed(qtbot: QtBot, keeper: ThemeKeeper) -> None:
    button = Button(keeper, "Save", kind=Kind.PRIMARY)
    shown(qtbot, button)
    width = button.width()
    pressed: list[bool] = []
    button.clicked.connect(lambda: pressed.append(True))
    button.set_busy(True)
    press(button)
    assert (button.busy, button.width(), pressed) == (True, width, [])
    button.set_busy(False)
    press(button)
    assert len(pressed) == 1


@pytest.mark.parametrize("make", [Button, LinkButton])
@pytest.mark.parametrize("code", [Key.Key_Return, Key.Key_Enter])
def test_enter_presses_the_button_that_has_the_keyboard(
    qtbot: QtBot, keeper: ThemeKeeper, make: Callable[[ThemeKeeper, str], QPushButton], code: Qt.Key
) -> None:
    button = make(keeper, "Restore")
    shown(qtbot, button)
    button.setFocus()
    pressed: list[bool] = []
    button.clicked.connect(lambda: pressed.append(True))
    key(button, code)
    assert len(pressed) == 1
    key(button, code, Qt.KeyboardModifier.ControlModifier)
    assert len(pressed) == 1


def test_keep_editing_is_taken_by_enter(qtbot: QtBot, keeper: ThemeKeeper, host: QWidget) -> None:
    sheet = make_sheet(keeper, host)
    sheet.open()
    name = control_of(sheet, "name")
    type_in(name, "A")
    key(name, Key.Key_Escape)
    going_on = QApplication.focusWidget()
    assert isinstance(going_on, Button)
    assert going_on.text() == "Keep editing"
    key(going_on, Key.Key_Return)
    assert sheet.isVisible()
    assert sheet.changed
    assert QApplication.focusWidget() is name
    assert not going_on.isVisible()


def test_an_icon_button_says_its_name_and_key(qtbot: QtBot, keeper: ThemeKeeper) -> None:
    button = IconButton(keeper, "printer", "Print", shortcut="Ctrl+P")
    qtbot.addWidget(button)
    assert (button.accessibleName(), button.toolTip()) == ("Print", "Print (Ctrl+P)")
    assert button.sizeHint().width() == button.sizeHint().height() == 32


def test_a_tile_is_a_toggle_with_a_sentence(qtbot: QtBot, keeper: ThemeKeeper) -> None:
    tile = Tile(keeper, "triangle-alert", "Overdue")
    shown(qtbot, tile)
    tile.show_count(4, "oldest 8 days", ink="overdue.fg")
    assert tile.accessibleName() == "Overdue: 4. oldest 8 days"
    key(tile, Key.Key_Space)
    assert tile.isChecked()
    assert QColor(keeper.theme.accent).name() in colours(tile)


def test_segments_move_by_keys(qtbot: QtBot, keeper: ThemeKeeper) -> None:
    control = SegmentedControl(keeper, ["Call list", ("Calendar", "calendar"), ("Board", "columns-2", "3")], "View")
    shown(qtbot, control)
    chosen: list[int] = []
    control.chosen.connect(chosen.append)
    control.segment(0).setFocus()
    key(control.segment(0), Key.Key_Right)
    key(control.segment(1), Key.Key_End)
    key(control.segment(2), Key.Key_Right)
    key(control.segment(2), Key.Key_Home)
    assert chosen == [1, 2, 0]
    press(control.segment(1))
    assert (chosen[-1], control.place) == (1, 1)
    control.choose(2)
    assert len(chosen) == 4


def test_the_rail_chooses_areas_and_names(qtbot: QtBot, keeper: ThemeKeeper) -> None:
    rail = Rail(keeper, "Areas")
    chosen: list[str] = []
    names: list[int] = []
    rail.chosen.connect(chosen.append)
    rail.recent_chosen.connect(names.append)
    for code in ("today", "schedule", "patients"):
        rail.add_area(code, "sun", code.title())
    rail.add_below("settings", "settings", "Settings")
    rail.show_recent("Recent", ["Asha Verma"])
    rail.show_recent("Recent", ["Imran Sheikh", "Asha Verma"])
    rail.resize(204, 700)
    shown(qtbot, rail)
    rail.button("today").setFocus()
    key(rail.button("today"), Key.Key_Down)
    assert QApplication.focusWidget() is rail.button("schedule")
    key(rail.button("schedule"), Key.Key_Space)
    press(rail.button("settings"))
    assert chosen == ["schedule", "settings"]
    press(rail.findChildren(RailName)[-1])
    assert names == [1]
    assert rail.button("schedule").isChecked()
    assert not rail.button("today").isChecked()
    press(rail.button("schedule"))
    assert rail.button("schedule").isChecked()
    assert [type(w).__name__ for w in tab_order(rail)] == ["RailButton"] * 3 + ["RailName"] * 2 + ["RailButton"]
    rail.button("today").show_count(6, warning="two visits have no drug")
    assert rail.button("today").accessibleName() == "Today, 6, two visits have no drug"
    keeper.set_narrow(True)
    assert rail.width() == 64


@pytest.mark.parametrize(("narrow", "high"), [(True, 470), (True, 520), (True, 640), (False, 620), (False, 900)])
def test_nothing_of_the_rail_is_cut_where_text_is_large_and_the_window_low(
    qtbot: QtBot, keeper: ThemeKeeper, narrow: bool, high: int
) -> None:
    keeper.set_scale(1.5)
    keeper.set_narrow(narrow)
    host = QWidget()
    rail = Rail(keeper, "Areas")
    rail.setParent(host)
    above = [rail.add_area(name, "sun", name) for name in ("Schedule", "Patients", "Compare")]
    below = [rail.add_below(name, "settings", name) for name in ("Backups", "Audit", "Settings", "Help")]
    rail.user.show_user("Dr Mira Rao", "Administrator, Doctor", "Lock")
    rail.user.show()
    above[0].show_count(6)
    rail.resize(rail.width(), high)
    shown(qtbot, host)
    column = [*above, *below, rail.user] if rail.brand.isHidden() else [rail.brand, *above, *below, rail.user]
    for upper, lower in pairwise(column):
        assert upper.geometry().bottom() < lower.geometry().top()
    assert rail.user.geometry().bottom() <= rail.height()
    for button in (*above, *below):
        icon, name = button.icon_over_name()
        if narrow:
            assert button.rect().contains(icon)
            assert button.rect().contains(name)
            assert not icon.intersects(name)
    assert rail.brand.isHidden() == (narrow and high == 470)


def test_a_role_of_two_words_has_room_in_the_rail(qtbot: QtBot, keeper: ThemeKeeper) -> None:
    rail = Rail(keeper, "Areas")
    rail.user.show_user("Dr Mira Rao", "Administrator, Doctor", "Lock")
    rail.user.show()
    shown(qtbot, rail)
    role = keeper.metrics(Style.CAPTION, weight=400).horizontalAdvance("Administrator, Doctor")
    assert role <= rail.user.role_width
    assert rail.user.toolTip() == "Dr Mira Rao, Administrator, Doctor\nLock"


def test_search_tells_letters_steps_and_enter(qtbot: QtBot, keeper: ThemeKeeper) -> None:
    field = SearchField(keeper, "Name, phone or ID", name="Search patients")
    shown(qtbot, field)
    words: list[str] = []
    steps: list[int] = []
    entered: list[Qt.KeyboardModifier] = []
    field.edited.connect(words.append)
    field.stepped.connect(steps.append)
    field.accepted.connect(entered.append)
    type_in(field.line, "ash")
    key(field.line, Key.Key_Down)
    key(field.line, Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert words == ["a", "as", "ash"]
    assert steps == [1]
    assert entered == [Qt.KeyboardModifier.ControlModifier]
    key(field.line, Key.Key_Escape)
    assert field.words == ""
    with qtbot.waitSignal(field.left):
        key(field.line, Key.Key_Escape)


def test_filter_chips_are_taken_off_by_click_and_key(qtbot: QtBot, keeper: ThemeKeeper) -> None:
    chip = FilterChip(keeper, "Dr Rao", "Remove filter: Dr Rao")
    shown(qtbot, chip)
    with qtbot.waitSignal(chip.removed):
        key(chip, Key.Key_Delete)
    with qtbot.waitSignal(chip.removed):
        press(chip)


def test_the_toast_offers_the_way_back_once(qtbot: QtBot, keeper: ThemeKeeper, host: QWidget) -> None:
    toast = Toast(keeper, host)
    undone: list[str] = []
    toast.show_words("No answer logged", action="Undo", act=lambda: undone.append("call"), key="Ctrl Z")
    assert toast.isVisible()
    assert toast.geometry().center().x() == pytest.approx(host.width() / 2, abs=2)
    assert host.rect().contains(toast.geometry())
    assert toast.act_now()
    assert not toast.act_now()
    assert undone == ["call"]
    assert not toast.isVisible()


def test_the_toast_goes_by_itself_but_not_under_the_keyboard(qtbot: QtBot, keeper: ThemeKeeper, host: QWidget) -> None:
    toast = Toast(keeper, host)
    toast.show_words("Saved", action="Undo", act=lambda: None, seconds=0.05)
    toast.findChildren(QWidget)[0].setFocus()
    qtbot.wait(150)
    assert toast.isVisible()
    host.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    host.setFocus()
    with qtbot.waitSignal(toast.closed, timeout=3_000):
        pass
    assert not toast.isVisible()


def test_the_toast_stays_at_the_bottom_and_fits_its_words(qtbot: QtBot, keeper: ThemeKeeper, host: QWidget) -> None:
    toast = Toast(keeper, host)
    toast.show_words("Imported 214 photographs of Asha Verma, 3 were there already", action="Undo", act=lambda: None)
    host.resize(700, 500)
    QApplication.processEvents()
    assert host.rect().contains(toast.geometry())


def test_a_long_toast_takes_more_lines_and_leaves_the_edges_free(
    qtbot: QtBot, keeper: ThemeKeeper, host: QWidget
) -> None:
    host.resize(1366, 700)
    toast = Toast(keeper, host)
    toast.show_words("Saved")
    low = toast.height()
    toast.show_words("The place “/media/clinic/backups” is not there. Connect the disk and try again. " * 3)
    assert toast.icon == "check"
    assert toast.x() > 204, "the rail with the user's name and the lock stays free"
    assert toast.geometry().right() < 1366 - 320, "the panel at the right stays free"
    assert toast.height() > low + 2 * 14
    assert host.rect().contains(toast.geometry())
    toast.show_words("Saved")
    assert toast.height() == low


def control_of(sheet: SideSheet, name: str) -> QWidget:
    found = sheet.field(name)
    assert found is not None
    control: QWidget = found.control
    return control


def make_sheet(keeper: ThemeKeeper, host: QWidget) -> SideSheet:
    sheet = SideSheet(keeper, host, "Book a visit", save="Book")
    sheet.add_field(FormField(keeper, "name", "Name", QLineEdit(), required=True))
    sheet.add_row(
        FormField(keeper, "units", "Units", UnitsField(keeper, "Botox")),
        FormField(keeper, "batch", "Batch no.", QLineEdit(), hint="On the label"),
    )
    sheet.add_field(FormField(keeper, "note", "Note", QPlainTextEdit()))
    return sheet


def test_the_sheet_opens_at_its_first_field_and_saves_by_keys(qtbot: QtBot, keeper: ThemeKeeper, host: QWidget) -> None:
    before: QWidget = QLineEdit(host)
    before.show()
    before.setFocus()
    sheet = make_sheet(keeper, host)
    sheet.open()
    name = control_of(sheet, "name")
    assert QApplication.focusWidget() is name
    assert (sheet.width(), sheet.geometry().right()) == (480, host.width() - 1)
    with qtbot.waitSignal(sheet.save_asked):
        key(name, Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    sheet.set_busy(True)
    with qtbot.assertNotEmitted(sheet.save_asked):
        sheet.ask_save()
    key(sheet, Key.Key_Escape)
    assert sheet.isVisible()
    with qtbot.waitSignal(sheet.closed, check_params_cb=lambda done: done is True):
        sheet.finish()
    assert QApplication.focusWidget() is before


def test_escape_asks_only_if_something_changed(qtbot: QtBot, keeper: ThemeKeeper, host: QWidget) -> None:
    sheet = make_sheet(keeper, host)
    sheet.open()
    with qtbot.waitSignal(sheet.closed, check_params_cb=lambda done: done is False):
        key(sheet, Key.Key_Escape)
    sheet.open()
    name = control_of(sheet, "name")
    type_in(name, "A")
    assert sheet.changed
    key(name, Key.Key_Escape)
    assert sheet.isVisible()
    discard = next(b for b in sheet.findChildren(Button) if b.text() == "Discard")
    assert discard.isVisible()
    key(sheet, Key.Key_Escape)
    assert sheet.isVisible()
    assert not discard.isVisible()
    key(sheet, Key.Key_Escape)
    with qtbot.waitSignal(sheet.closed):
        press(discard)


def test_a_picture_is_read_as_jpeg_and_as_nothing_else() -> None:
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"><rect width="4" height="4"/></svg>'
    assert not QImage.fromData(drawing).isNull()
    assert image_of_jpeg(drawing).isNull()
    assert image_of_jpeg(samples.png()).isNull()
    picture = image_of_jpeg(samples.plain_jpeg())
    assert (picture.width(), picture.height()) == (96, 64)


def test_a_number_says_one_minute_and_two_minutes(qtbot: QtBot, keeper: ThemeKeeper) -> None:
    number = NumberField(keeper, 1, 15, suffix="minutes", suffix_of_one="minute", name="Lock")
    qtbot.addWidget(number)
    assert number.text() == "1 minute"
    key(number, Key.Key_Up)
    assert number.text() == "2 minutes"
    key(number, Key.Key_Down)
    assert number.text() == "1 minute"


def test_every_kind_of_input_marks_the_sheet_changed(qtbot: QtBot, keeper: ThemeKeeper, host: QWidget) -> None:
    day = DateField(keeper, lambda: TODAY)
    choice = ChoiceRow(keeper, [("r", "Right"), ("l", "Left")], "Side")
    number = NumberField(keeper, 1, 30, suffix="weeks", name="Weeks")
    combo = QComboBox()
    combo.addItems(["Botox", "Dysport"])
    note = QPlainTextEdit()
    edits: list[tuple[QWidget, Callable[[], None]]] = [
        (day, lambda: type_in(day.line, "mon")),
        (choice, lambda: press(choice.pill("l"))),
        (number, lambda: number.stepUp()),
        (combo, lambda: key(combo, Key.Key_Down)),
        (note, lambda: type_in(note, "x")),
    ]
    sheet = SideSheet(keeper, host, "All")
    for place, (control, _) in enumerate(edits):
        sheet.add_field(FormField(keeper, f"field{place}", f"Field {place}", control))
    for _, edit in edits:
        sheet.open()
        seen = [sheet.changed]
        edit()
        seen.append(sheet.changed)
        assert seen == [False, True]
        sheet.finish()


def test_a_refusal_goes_to_its_field_and_leaves_with_the_next_edit(
    qtbot: QtBot, keeper: ThemeKeeper, host: QWidget
) -> None:
    sheet = make_sheet(keeper, host)
    sheet.open()
    sheet.set_busy(True)
    sheet.show_refusal(RuleBroken("batch", "date_entry_empty"))
    field = sheet.field("batch")
    assert field is not None
    batch = control_of(sheet, "batch")
    assert not sheet.busy
    assert field.problem.startswith("Type a day")
    assert QApplication.focusWidget() is batch
    assert batch.accessibleDescription() == field.problem
    danger = QColor(keeper.theme.danger).name()
    QApplication.processEvents()
    assert danger in colours(field)
    type_in(batch, "C1234")
    assert not field.problem
    assert danger not in colours(field)
    assert batch.accessibleDescription() == "On the label"
    sheet.show_refusal(Conflict("date_entry_empty"))
    assert sheet.banner.isVisible()


def test_a_field_says_that_it_is_required(qtbot: QtBot, keeper: ThemeKeeper) -> None:
    field = FormField(keeper, "name", "Name", QLineEdit(), required=True)
    qtbot.addWidget(field)
    assert field.control.accessibleName() == "Name, required"
    field.show_warning("Another patient has this name.")
    assert field.problem == ""


@pytest.fixture
def day(qtbot: QtBot, keeper: ThemeKeeper) -> DateField:
    field = DateField(keeper, lambda: TODAY, locale=QLocale("en_IN"))
    shown(qtbot, field)
    return field


def preview(field: DateField) -> str:
    return field._preview.words


def test_a_day_is_read_while_it_is_typed(qtbot: QtBot, day: DateField) -> None:
    type_in(day.line, "+12w")
    assert day.day == date(2026, 6, 11)
    assert preview(day) == "Thu 11 Jun 2026, in 12 weeks"
    key(day.line, Key.Key_Return)
    assert day.line.text() == "11 Jun 2026"
    day.line.selectAll()
    type_in(day.line, "3/9/26")
    assert day.take() == date(2026, 9, 3)


def test_a_day_that_is_none_says_why(qtbot: QtBot, day: DateField) -> None:
    type_in(day.line, "31/02/2026")
    assert day.day is None
    assert day.problem is not None
    assert "not in the calendar" in preview(day)
    with pytest.raises(RuleBroken) as refused:
        day.take()
    assert refused.value.code == "date_entry_impossible"
    day.set_day(None)
    assert preview(day) == ""
    with pytest.raises(RuleBroken):
        day.take()


def test_a_day_moves_by_keys(qtbot: QtBot, day: DateField) -> None:
    edits: list[None] = []
    day.edited.connect(lambda: edits.append(None))
    day.set_day(date(2026, 1, 31))
    assert edits == []
    key(day.line, Key.Key_Up)
    assert day.day == date(2026, 2, 1)
    key(day.line, Key.Key_Down)
    key(day.line, Key.Key_PageUp)
    assert day.day == date(2026, 2, 7)
    day.set_day(date(2026, 1, 31))
    key(day.line, Key.Key_PageUp, Qt.KeyboardModifier.ControlModifier)
    assert day.day == date(2026, 3, 1)
    assert len(edits) == 4


def test_a_day_counts_from_its_base(qtbot: QtBot, keeper: ThemeKeeper) -> None:
    field = DateField(keeper, lambda: TODAY, base=date(2025, 11, 30), base_words="injection 4")
    shown(qtbot, field)
    type_in(field.line, "+12w")
    assert preview(field) == "Sun 22 Feb 2026, 12 weeks after injection 4"


def test_a_day_outside_its_limits_is_refused(qtbot: QtBot, keeper: ThemeKeeper) -> None:
    field = DateField(keeper, lambda: TODAY, latest=TODAY, toward=Toward.PAST, partial=True)
    shown(qtbot, field)
    type_in(field.line, "20/3/2026")
    assert field.problem is not None
    assert "19 Mar 2026" in preview(field)
    field.line.clear()
    type_in(field.line, "2016")
    assert field.entered is not None
    assert field.entered.precision is Precision.YEAR
    field.set_day(TODAY)
    key(field.line, Key.Key_Up)
    assert field.day == TODAY


@pytest.mark.qt_log_ignore("This plugin does not support (raise|grabbing the keyboard)", extend=True)
def test_the_calendar_picks_a_day(qtbot: QtBot, day: DateField) -> None:
    key(day.line, Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    popup = day._calendar
    assert popup is not None
    assert popup.isVisible()
    days = popup.month.findChildren(QTableView)[0]
    key(days, Key.Key_Right)
    key(days, Key.Key_Return)
    assert day.day == date(2026, 3, 20)
    assert not popup.isVisible()


@pytest.mark.parametrize(
    ("locale", "order"),
    [("en_IN", DateOrder.DAY_FIRST), ("en_US", DateOrder.MONTH_FIRST), ("sv_SE", DateOrder.YEAR_FIRST)],
)
def test_the_locale_says_which_number_comes_first(locale: str, order: DateOrder) -> None:
    assert order_of(QLocale(locale)) is order


def test_units_always_stand_with_their_product(qtbot: QtBot, keeper: ThemeKeeper) -> None:
    field = UnitsField(keeper, "Botox")
    shown(qtbot, field)
    assert field.units is None
    type_in(field.line, "35U")
    assert field.units == Decimal(35)
    key(field.line, Key.Key_Up)
    assert field.line.text() == "37.5"
    assert field.line.accessibleName() == "Units, Botox"
    field.set_product("Dysport", Decimal(10))
    assert field.units is None
    assert field.line.accessibleName() == "Units, Dysport"
    type_in(field.line, "-5")
    with pytest.raises(RuleBroken):
        _ = field.units


def test_choices_have_no_answer_of_their_own(qtbot: QtBot, keeper: ThemeKeeper) -> None:
    row = ChoiceRow(keeper, [("r", "Right"), ("l", "Left"), ("b", "Both")], "Side")
    shown(qtbot, row)
    chosen: list[str] = []
    row.chosen.connect(chosen.append)
    assert not row.code
    press(row.pill("l"))
    row.pill("l").setFocus()
    key(row.pill("l"), Key.Key_Right)
    assert (row.code, chosen) == ("b", ["l", "b"])
    row.choose(None)
    assert not row.code
    assert len(chosen) == 2


def test_an_optional_choice_is_taken_back(qtbot: QtBot, keeper: ThemeKeeper) -> None:
    row = ChoiceRow(keeper, [("y", "Yes"), ("n", "No")], "Asked", optional=True)
    shown(qtbot, row)
    press(row.pill("y"))
    press(row.pill("n"))
    assert row.code == "n"
    press(row.pill("n"))
    assert row.code is None


def test_a_choice_stays_where_it_is_when_its_neighbour_is_ticked(qtbot: QtBot, keeper: ThemeKeeper) -> None:
    row = ChoiceRow(keeper, [("r", "Right"), ("l", "Left"), ("b", "Both")], "Side")
    shown(qtbot, row)
    before = [row.pill(code).geometry() for code in "rlb"]
    press(row.pill("r"))
    QApplication.processEvents()
    assert [row.pill(code).geometry() for code in "rlb"] == before


def test_choices_break_into_rows(qtbot: QtBot, keeper: ThemeKeeper) -> None:
    row = ChoiceRow(keeper, [(str(n), f"Choice {n}") for n in range(8)], "Many")
    window = QWidget()
    QHBoxLayout(window).addWidget(row)
    window.resize(260, 300)
    shown(qtbot, window)
    assert all(row.rect().contains(row.pill(str(n)).geometry()) for n in range(8))


def test_enter_never_does_the_destructive_thing(qtbot: QtBot, keeper: ThemeKeeper, host: QWidget) -> None:
    dialog = ConfirmDialog(keeper, "Delete 3 photos?", "For good.", "Delete 3 photos", host)
    dialog.show()
    QApplication.processEvents()
    key(dialog, Key.Key_Return)
    assert dialog.answer == "cancel"
    assert dialog.result() == 0
    dialog = ConfirmDialog(keeper, "Delete 3 photos?", "", "Delete 3 photos", host, alternative="Keep and close")
    press(dialog.verb_button)
    assert dialog.answer == "verb"


def test_a_banner_says_and_goes(qtbot: QtBot, keeper: ThemeKeeper) -> None:
    banner = Banner(keeper)
    qtbot.addWidget(banner)
    banner.show_words("Backup drive not connected since 3 days.", action="Choose drive")
    assert banner.isVisible()
    assert banner.accessibleName().startswith("Backup")
    with qtbot.waitSignal(banner.dismissed):
        press(banner.findChildren(IconButton)[0])
    assert not banner.isVisible()


def test_a_job_shows_its_count_and_stops_once(qtbot: QtBot, keeper: ThemeKeeper) -> None:
    strip = ProgressStrip(keeper, "Importing")
    shown(qtbot, strip)
    strip.show_progress(Progress(214, 600, "pictures"))
    assert strip.accessibleName() == "Importing, 214 of 600"
    stop = strip.findChildren(Button)[0]
    with qtbot.waitSignal(strip.cancelled):
        press(stop)
    assert not stop.isEnabled()


def test_cut_words_are_whole_in_the_tooltip(qtbot: QtBot, keeper: ThemeKeeper) -> None:
    label = ElidedLabel(keeper, "A name that is far too long for its place")
    qtbot.addWidget(label)
    label.resize(80, 20)
    label.show()
    assert label.toolTip() == label.text()
    label.resize(600, 20)
    QApplication.processEvents()
    assert label.toolTip() == ""


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Asha Verma", "AV"),
        ("Asha", "A"),
        ("आशा वर्मा", "आव"),
        ("", "?"),
        ("(none)", "?"),
        ("Dr Mira Rao", "MR"),
        ("Prof. Dr. Lena Beck", "LB"),
        ("Dr", "D"),
        ("श्रीदेवी क्षीरसागर", "श्रीक्षी"),
        ("किरण हेगड़े", "किहे"),
        ("मीना प्रकाश गुप्ता", "मीगु"),
        ("Élodie Ångström", "ÉÅ"),
        ("E\u0301lodie A\u030angstrom", "ÉÅ"),
        ("ŗ\u0323ta", "Ŗ\u0323"),
        ("ಕೃಷ್ಣ ಭಟ್", "ಕೃಭ"),
        ("க்ருபா", "க்"),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_the_keyboard_is_where_it_was_after_a_save_that_was_refused(
    qtbot: QtBot, keeper: ThemeKeeper, host: QWidget
) -> None:
    sheet = make_sheet(keeper, host)
    sheet.open()
    holder = QApplication.focusWidget()
    sheet.set_busy(True)
    QTest.keyClick(QApplication.focusWidget() or host, Qt.Key.Key_Escape)
    assert sheet.isVisible()
    sheet.show_problem("", "The database did not answer.")
    assert QApplication.focusWidget() is holder
    QTest.keyClick(QApplication.focusWidget() or host, Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_rows_read_from_right_to_left(qtbot: QtBot, keeper: ThemeKeeper, qapp: QApplication) -> None:
    chip = StatusChip(keeper, Tone.DUE, "Until 10 Apr")
    qtbot.addWidget(chip)
    chip.resize(160, 22)
    left = picture(chip).pixelColor(20, 11)
    chip.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    assert picture(chip).pixelColor(20, 11) != left


def test_the_keyboards_row_has_a_ring(qtbot: QtBot, keeper: ThemeKeeper) -> None:
    window = QWidget()
    view = gallery.table(keeper, window)
    view.resize(700, 320)
    window.resize(700, 320)
    shown(qtbot, window)
    view.setFocus()
    view.setCurrentIndex(view.model().index(2, 0))
    QApplication.processEvents()
    row = view.visualRect(view.model().index(2, 0))
    image = picture(view.viewport())
    ring = QColor(keeper.theme.focus).name()
    middle = row.center().y()
    assert any(image.pixelColor(QPoint(x, middle)).name() == ring for x in range(5))
    assert row.height() == keeper.measures.row


def test_what_is_wrong_with_a_day_is_said_once(qtbot: QtBot, keeper: ThemeKeeper) -> None:
    day = DateField(keeper, lambda: TODAY, latest=TODAY, toward=Toward.PAST)
    field = FormField(keeper, "date", "Day", day)
    shown(qtbot, field)
    type_in(day.line, "20/3/2026")
    with pytest.raises(RuleBroken) as refused:
        day.take()
    field.show_problem(sentence_of(refused.value))
    assert field.problem == "This day is after 19 Mar 2026. Type 19 Mar 2026 or an earlier day."
    assert preview(day) == ""
    type_in(day.line, "21/3/2026")
    assert preview(day) != ""


@pytest.mark.qt_log_ignore("This plugin does not support (raise|grabbing the keyboard)", extend=True)
def test_a_menu_of_a_button_at_the_edge_stays_inside_the_window(qtbot: QtBot, keeper: ThemeKeeper) -> None:
    window = QWidget()
    window.resize(400, 300)
    button = Button(keeper, "Change…", parent=window)
    button.setGeometry(300, 20, 90, 32)
    shown(qtbot, window)
    menu = QMenu(button)
    menu.addAction("Forgotten passphrase: one-time code…")
    pop_under(menu, button)
    edge = button.mapToGlobal(QPoint(button.width(), 0)).x()
    assert menu.width() > button.width()
    assert menu.geometry().right() < edge
    menu.close()
    pop_inside(menu, window.mapToGlobal(QPoint(390, 100)), window)
    assert menu.geometry().right() < window.mapToGlobal(QPoint(400, 0)).x()
    menu.close()
    button.move(10, 20)
    pop_under(menu, button)
    assert menu.x() == button.mapToGlobal(QPoint(0, 0)).x()
    menu.close()
