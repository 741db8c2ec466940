"""The commands of the window: menus, shortcuts, and the list of keys that Help shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from clinic_app.domain.access import Action
from clinic_app.ui.context import UiContext
from clinic_app.ui.widgets.role_gate import RoleGate
from clinic_app.wording.language import translate

ROW_KEYS = (
    ("1", "Log: no answer"),
    ("2", "Log: told family"),
    ("3", "Log: can’t come…"),
    ("4", "Log: they called…"),
    ("L", "Call sheet: other outcomes, note"),
    ("B", "Book the first place offered"),
    ("Shift+B", "Choose another day"),
    ("M", "Move the booking, or choose a day"),
    ("C", "Compare photos"),
    ("Shift+C", "Photos and doses of the injection"),
    ("Enter", "Open the record"),
    ("← →", "Close or open a group"),
    ("Esc Esc", "Clear filters"),
)
"""Keys of the selected row; they belong to the list and the panel, not to the menus."""

CALENDAR_KEYS = (
    ("← → ↑ ↓", "Go from day to day"),
    ("PgUp PgDn", "Month, week or day before and after"),
    ("Home or T", "Today"),
    ("G W D", "Show the month, the week, the day"),
    ("Shift+↑ Shift+↓", "From name to name of the chosen day of the month"),
    ("Enter", "Open the day, or the record of a booking"),
    ("M", "Carry whoever is selected: arrows aim, Enter drops, Esc brings back"),
    ("/", "Type a name in the list at the side"),
)
"""Keys of the calendar; the letters of the selected row act in its list too."""

PHOTO_KEYS = (
    ("1 … 9", "Tag with the view of that key"),
    ("Space", "Take a photo in or out of the selection"),
    ("Ctrl+A", "Select all photos"),
    ("[ ]", "Turn left, turn right by a quarter"),
    ("P", "Pin two photos of a view, or let them go"),
    ("C", "Compare the two that are selected"),
    ("Shift+C", "Photos and doses around the photo with the ring"),
    ("Delete", "Put photos into the bin, with a reason"),
)
"""Keys of the Photos tab of a patient's page."""

EVERYWHERE = (
    ("F6", "Next region of the window"),
    ("Esc", "Out: close a sheet, a menu, a field"),
    ("Ctrl+Enter", "Save a sheet"),
)


@dataclass(frozen=True, slots=True)
class Key:
    """One line of the list of keys."""

    part: str
    keys: str
    words: str


class Commands(QObject):
    """Builds the menu bar; every command has its words, its key and what it does."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._menus: dict[str, QMenu] = {}
        self.actions: dict[str, QAction] = {}
        self._parts: dict[str, str] = {}
        self._lent: dict[str, list[QKeySequence]] = {}
        self._held: list[str] = []
        self._sayers: dict[str, QAction] = {}
        self.keys_of_viewer: Callable[[], Iterable[tuple[str, str]]] = tuple
        """The keys of the viewer with their words, as whoever works chose them; the window says them."""

    def menu(self, name: str, words: str) -> QMenu:
        """A menu of the bar, made once."""
        if name not in self._menus:
            self._menus[name] = self._window.menuBar().addMenu(words)
            self._menus[name].setToolTipsVisible(True)
        return self._menus[name]

    def add(
        self,
        menu: QMenu,
        name: str,
        words: str,
        act: Callable[[], object],
        keys: str = "",
        *,
        checkable: bool = False,
        shown_keys: str = "",
        everywhere: bool = False,
        role: QAction.MenuRole = QAction.MenuRole.NoRole,
    ) -> QAction:
        """A command; ``shown_keys`` are keys that another part of the window answers itself.

        ``everywhere``: its keys act while the menu bar is hidden too, on the whole screen.
        """
        action = QAction(words + (f"\t{shown_keys}" if shown_keys else ""), self._window)
        if keys:
            action.setShortcuts([QKeySequence(part) for part in keys.split("|")])
        action.setCheckable(checkable)
        action.setMenuRole(role)
        action.triggered.connect(lambda _=False: act())
        menu.addAction(action)
        if everywhere:
            self._window.addAction(action)
        self.actions[name] = action
        self._parts[name] = menu.title().replace("&", "")
        return action

    def choice(
        self, menu: QMenu, choices: tuple[tuple[str, str], ...], chosen: str, take: Callable[[str], object]
    ) -> dict[str, QAction]:
        """One of several, as radio items."""
        group = QActionGroup(menu)
        made = {}
        for code, words in choices:
            action = menu.addAction(words)
            action.setCheckable(True)
            action.setChecked(code == chosen)
            action.triggered.connect(lambda _=False, code=code: take(code))
            group.addAction(action)
            made[code] = action
        return made

    def keep_to_roles(self, context: UiContext, needs: Mapping[str, Action]) -> None:
        """Keep commands to the roles that may do them; the keys of a command that is kept say who may."""
        for name, need in needs.items():
            action = self.actions[name]
            gate = RoleGate(context, action, need)
            if action.shortcuts():
                sayer = self._sayers[name] = QAction(self._window)
                sayer.setShortcuts(action.shortcuts())
                sayer.triggered.connect(lambda _=False, need=need: context.refuse(need))
                sayer.setEnabled(gate.barred)
                gate.barred_changed.connect(sayer.setEnabled)
                self._window.addAction(sayer)

    def enable(self, names: Iterable[str], *, on: bool) -> None:
        """Let commands be used, or not."""
        for name in names:
            if name in self.actions:
                self.actions[name].setEnabled(on)

    def hold(self) -> None:
        """The window is locked: no command can be used but to quit, and no key of one does anything."""
        self._held = [name for name, action in self.actions.items() if name != "quit" and action.isEnabled()]
        self.enable(self._held, on=False)

    def release(self) -> None:
        """The window is open again."""
        held, self._held = self._held, []
        self.enable(held, on=True)

    def lend(self, names: Iterable[str], *, away: bool) -> None:
        """Give the keys of commands to an area that answers them itself, or take them back."""
        for name in names:
            action = self.actions[name]
            kept = self._lent.setdefault(name, action.shortcuts())
            action.setShortcuts([] if away else kept)
            if name in self._sayers:
                self._sayers[name].setShortcuts([] if away else kept)

    def taken(self) -> dict[str, str]:
        """Every key of the menus with the words of its command: what no room may use for something else."""
        portable = QKeySequence.SequenceFormat.PortableText
        found = {}
        for name, action in self.actions.items():
            for keys in self._lent.get(name) or action.shortcuts():
                found[keys.toString(portable)] = _plain(action.text())
        return found

    def listed(self) -> tuple[Key, ...]:
        """Every key of the window, in words, for Help."""
        found = [Key(translate("Selected row"), keys, translate(words)) for keys, words in ROW_KEYS]
        found += [Key(translate("Calendar"), keys, translate(words)) for keys, words in CALENDAR_KEYS]
        found += [Key(translate("Photos tab"), keys, translate(words)) for keys, words in PHOTO_KEYS]
        found += [Key(translate("Everywhere"), keys, translate(words)) for keys, words in EVERYWHERE]
        native = QKeySequence.SequenceFormat.NativeText
        for name, action in self.actions.items():
            if not action.shortcut().isEmpty():
                found.append(Key(self._parts[name], action.shortcut().toString(native), _plain(action.text())))
        found += [Key(translate("Compare photos"), keys, words) for keys, words in self.keys_of_viewer()]
        return tuple(found)


def _plain(words: str) -> str:
    """The words of a menu without what only menus have."""
    return words.replace("&", "").split("\t")[0].rstrip("…")
