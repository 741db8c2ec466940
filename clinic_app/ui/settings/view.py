"""The list of settings: what each one is, why, what is shipped, who changed it; found by typing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from clinic_app.domain.access import Action
from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.errors import ClinicError
from clinic_app.domain.patients import fold
from clinic_app.domain.settings import Setting, SettingGroup
from clinic_app.ui.context import UiContext
from clinic_app.ui.settings.names import names_of
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import Banner, Button, Card, EmptyState, Level, RoomPlane, Rule, SearchField, TextLabel
from clinic_app.ui.widgets.role_gate import keep_to_roles
from clinic_app.ui.widgets.themed import Scrolled
from clinic_app.wording.language import translate
from clinic_app.wording.sentences import sentence_of
from clinic_app.wording.settings import changed_words, group_name, setting_name, setting_where, setting_why, value_words

if TYPE_CHECKING:
    from clinic_app.services import Services

BACKUPS = "backup_places"
TOPICS = frozenset({Topic.PREFERENCES, Topic.PEOPLE})


class ListRow(QWidget):
    """A name, why it is there, what holds now, and a button. ``wanted`` when that is pressed."""

    wanted = Signal()
    stepped = Signal(int)

    def __init__(
        self,
        keeper: ThemeKeeper,
        name: str,
        why: str,
        action: str,
        *,
        changed: str = "",
        value: str = "",
        note: str = "",
    ) -> None:
        super().__init__()
        self.found_by = fold(" ".join((name, why, value, changed)))
        self._row = QHBoxLayout(self)
        left = QVBoxLayout()
        left.setSpacing(keeper.px(2))
        left.addWidget(TextLabel(keeper, name, Style.NAME, "text", self, wrap=True))
        left.addWidget(TextLabel(keeper, why, Style.SECONDARY, "text2", self, wrap=True))
        if changed:
            left.addWidget(TextLabel(keeper, changed, Style.SECONDARY, "accent_text", self, wrap=True))
        left.addStretch(1)
        right = QVBoxLayout()
        right.setSpacing(keeper.px(2))
        right.addWidget(TextLabel(keeper, value, Style.NAME, "text", self, wrap=True))
        if note:
            right.addWidget(TextLabel(keeper, note, Style.SECONDARY, "text2", self, wrap=True))
        right.addStretch(1)
        self.button = Button(keeper, action, small=True, parent=self)
        self.button.clicked.connect(self.wanted)
        self.button.installEventFilter(self)
        self._row.addLayout(left, 5)
        self._row.addLayout(right, 3)
        self._row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)
        self._row.setContentsMargins(keeper.px(18), keeper.px(12), keeper.px(14), keeper.px(12))
        self._row.setSpacing(keeper.px(24))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and Down on the button go from setting to setting."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None:
                self.stepped.emit(step)
                return True
        return False


class SettingRow(ListRow):
    """One setting; ``wanted`` when it shall be changed."""

    def __init__(self, keeper: ThemeKeeper, setting: Setting, value: str, shipped: str) -> None:
        name = setting_name(setting.key)
        by_somebody = setting.changed is not None and setting.chosen and bool(setting.changed.by)
        changed = changed_words(setting.changed) if by_somebody and setting.changed is not None else ""
        action = translate("Choose…") if setting.fact.elsewhere else translate("Change…")
        super().__init__(keeper, name, setting_why(setting.key), action, changed=changed, value=value, note=shipped)
        self.setting = setting
        self.found_by = f"{self.found_by} {fold(setting_where(setting.key))}"
        self.button.setAccessibleName(translate("Change {name}, now {value}").format(name=name, value=value))


class SettingsView(RoomPlane):
    """Every setting of the clinic in groups. ``change_wanted(key)`` opens its sheet, ``steps_wanted(page)`` the first
    steps again (at a page, blank for the first), ``backups_wanted`` the room for backups, ``people_wanted`` that for
    people, ``keyboard_wanted`` the sheet of one's own keys, ``away_wanted`` that of absences.
    """

    change_wanted = Signal(str)
    steps_wanted = Signal(str)
    backups_wanted = Signal()
    people_wanted = Signal()
    keyboard_wanted = Signal()
    away_wanted = Signal()

    def __init__(self, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, parent)
        self._context = context
        keeper = context.theme
        self.setAccessibleName(translate("Settings"))
        self.rows: list[SettingRow] = []
        self._parts: list[tuple[QWidget, list[tuple[ListRow, Rule | None]]]] = []
        title = TextLabel(keeper, translate("Settings"), Style.PAGE_TITLE, parent=self)
        self.search = SearchField(keeper, translate("Find a setting"), key="/", parent=self)
        self.search.edited.connect(lambda _: self._narrow())
        self.search.left.connect(self._to_first)
        self.search.stepped.connect(lambda _: self._to_first())
        self.search.accepted.connect(lambda _: self._to_first())
        self.search.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.search.setMaximumWidth(keeper.px(320))
        self.again = Button(keeper, translate("Run the first steps again…"), icon="list", parent=self)
        self.again.clicked.connect(lambda: self.steps_wanted.emit(""))
        keep_to_roles(context, self.again, Action.MANAGE)
        self.banner = Banner(keeper, self, can_dismiss=False)
        self.banner.acted.connect(self.read_again)
        head = QHBoxLayout()
        head.setSpacing(keeper.px(10))
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(self.search, 2)
        head.addWidget(self.again)
        self._inside = Scrolled()
        self._inside.setAutoFillBackground(False)
        self._list = QVBoxLayout(self._inside)
        self._list.setContentsMargins(0, 0, keeper.px(10), keeper.px(24))
        self._list.setSpacing(keeper.px(8))
        self._empty = EmptyState(keeper, "search-x", translate("No setting matches. Clear the search (Esc)."))
        self._empty.hide()
        self.area = QScrollArea(self)
        self.area.setProperty("kind", "plain")
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setAccessibleName(translate("Settings"))
        self.area.setWidget(self._inside)
        self._inside.setAutoFillBackground(False)
        self.area.viewport().setAutoFillBackground(False)
        self._column.addLayout(head)
        self._column.addWidget(self.banner)
        self._column.addWidget(self._empty, 1)
        self._column.addWidget(self.area, 1)
        self.setFocusProxy(self.search)
        slash = QShortcut(QKeySequence("/"), self)
        slash.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        slash.activated.connect(self.focus_search)
        context.attached.connect(self.read_again)
        context.detached.connect(self._forget)
        context.tasks.changed.connect(self._changed)
        self.restyle()
        if context.open:
            self.read_again()

    def focus_search(self) -> None:
        """The keyboard to the search."""
        self.search.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.line.selectAll()

    def read_again(self) -> None:
        """Read all settings."""

        def read(services: Services) -> tuple[Setting, ...]:
            return services.settings.all()

        self._context.tasks.ask(read, self._show, owner=self, key="settings", failed=self._refused)

    def row_of(self, key: str) -> SettingRow:
        """The row of a setting. Raises ``KeyError`` while it is not there."""
        for row in self.rows:
            if row.setting.key == key:
                return row
        raise KeyError(key)

    def _show(self, found: tuple[Setting, ...]) -> None:
        held = next((row.setting.key for row in self.rows if row.button.hasFocus()), "")
        place = self.area.verticalScrollBar().value()
        self._forget()
        self._add_group(translate("For yourself"), [self._keyboard_row()])
        for group in SettingGroup:
            own: list[ListRow] = [self._row_of(one) for one in found if one.fact.group is group]
            self.rows += [row for row in own if isinstance(row, SettingRow)]
            self._add_group(group_name(group), own + self._rooms_of(group))
        self._list.addStretch(1)
        barred = self._context.barred(Action.MANAGE)
        if barred:
            self.banner.show_words(barred, level=Level.INFO)
        else:
            self.banner.clear()
        self._narrow()
        self.area.verticalScrollBar().setValue(place)
        if held:
            self.row_of(held).button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _add_group(self, name: str, rows: list[ListRow]) -> None:
        keeper = self.keeper
        part = QWidget(self._inside)
        part.setAutoFillBackground(False)
        column = QVBoxLayout(part)
        column.setContentsMargins(0, keeper.px(8), 0, 0)
        column.setSpacing(keeper.px(6))
        column.addWidget(TextLabel(keeper, name, Style.SECTION, "text", part))
        card = Card(keeper, part)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.setSpacing(0)
        column.addWidget(card)
        members: list[tuple[ListRow, Rule | None]] = []
        for row in rows:
            rule = Rule(keeper, card) if members else None
            if rule is not None:
                inside.addWidget(rule)
            inside.addWidget(row)
            members.append((row, rule))
        self._parts.append((part, members))
        self._list.addWidget(part)

    def _row_of(self, setting: Setting) -> SettingRow:
        names = names_of(self._context.catalogues)
        value = value_words(setting.kind, setting.value, names)
        if setting.fact.row:
            shipped = ""
        elif setting.value == setting.shipped:
            shipped = translate("as shipped")
        else:
            shipped = translate("shipped: {value}").format(value=value_words(setting.kind, setting.shipped, names))
        row = SettingRow(self.keeper, setting, value, shipped)
        keep_to_roles(self._context, row.button, Action.MANAGE)
        row.wanted.connect(lambda: self._open(setting.key))
        row.stepped.connect(lambda step: self._step(row, step))
        return row

    def _people_row(self) -> ListRow:
        why = translate("Who may sign in, what they may do, one-time codes and new recovery codes.")
        row = ListRow(self.keeper, translate("People"), why, translate("Open"))
        row.button.setAccessibleName(translate("Open People"))
        row.wanted.connect(self.people_wanted)
        row.stepped.connect(lambda step: self._step(row, step))
        return row

    def _rooms_of(self, group: SettingGroup) -> list[ListRow]:
        """What stands among the settings of a group and opens something else."""
        rooms = {SettingGroup.CLINIC: self._people_row, SettingGroup.BOOKINGS: self._away_row}
        return [rooms[group]()] if group in rooms else []

    def _away_row(self) -> ListRow:
        why = translate("When a doctor is away: Botox days have fewer places then, and who is booked is listed.")
        row = ListRow(self.keeper, translate("Doctors away"), why, translate("Open"))
        row.button.setAccessibleName(translate("Open Doctors away"))
        keep_to_roles(self._context, row.button, Action.REGISTER)
        row.wanted.connect(self.away_wanted)
        row.stepped.connect(lambda step: self._step(row, step))
        return row

    def _keyboard_row(self) -> ListRow:
        why = translate(
            "Your own keys of the photo viewer, whether letters act by themselves, and what the wheel does."
        )
        row = ListRow(self.keeper, translate("Keyboard"), why, translate("Change…"))
        row.button.setAccessibleName(translate("Change the keyboard"))
        row.wanted.connect(self.keyboard_wanted)
        row.stepped.connect(lambda step: self._step(row, step))
        return row

    def _open(self, key: str) -> None:
        if key == BACKUPS:
            self.backups_wanted.emit()
        else:
            self.change_wanted.emit(key)

    def _reachable(self) -> list[ListRow]:
        rows = [row for _, members in self._parts for row, _ in members]
        return [row for row in rows if not row.isHidden() and row.button.isEnabled()]

    def _step(self, row: ListRow, step: int) -> None:
        shown = self._reachable()
        if row not in shown:
            return
        place = shown.index(row) + step
        if place < 0:
            self.focus_search()
        elif place < len(shown):
            shown[place].button.setFocus(Qt.FocusReason.TabFocusReason)
            self.area.ensureWidgetVisible(shown[place], 0, self.keeper.px(24))

    def _to_first(self) -> None:
        for row in self._reachable()[:1]:
            row.button.setFocus(Qt.FocusReason.TabFocusReason)
            self.area.ensureWidgetVisible(row, 0, self.keeper.px(24))

    def _narrow(self) -> None:
        """Show what matches every word that was typed."""
        words = fold(self.search.words).split()
        some = False
        for part, members in self._parts:
            first = True
            for row, rule in members:
                fits = all(word in row.found_by for word in words)
                row.setVisible(fits)
                if rule is not None:
                    rule.setVisible(fits and not first)
                first = first and not fits
            part.setVisible(not first)
            some = some or not first
        self._empty.setVisible(bool(self.rows) and not some)
        self.area.setVisible(not self.rows or some)

    def _changed(self, changes: object) -> None:
        if isinstance(changes, Changes) and changes.topics & TOPICS and self._context.open:
            self.read_again()

    def _refused(self, problem: ClinicError) -> None:
        self.banner.show_words(sentence_of(problem), action=translate("Try again"), level=Level.PROBLEM)

    def _forget(self) -> None:
        self.rows, self._parts = [], []
        while self._list.count():
            item = self._list.takeAt(0)
            widget = None if item is None else item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
