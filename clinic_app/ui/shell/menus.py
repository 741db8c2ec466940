"""The menu bar: every command of the window with its words and its key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

from PySide6.QtGui import QAction

from clinic_app.domain.access import Action
from clinic_app.domain.preferences import MachinePreferences
from clinic_app.domain.preferences import Theme as WantedTheme
from clinic_app.ui.intents import Intents
from clinic_app.ui.shell.commands import Commands
from clinic_app.wording.language import translate

Act = Callable[[], object]

NEEDS_CLINIC = frozenset(
    {
        "import_register",
        "export_register",
        "close_clinic",
        "find",
        "today",
        "arrived",
        "in_room",
        "not_come",
        "visit_done",
        "reminders",
        "schedule",
        "patients",
        "new_patient",
    }
    | {"import_pictures", "undo", "settings", "audit", "lock", "back_up", "backups", "check_data", "bin", "people"}
    | {"print", "schedule_file", "back_entry"}
)
NEEDS_PATIENT = frozenset(
    {
        "open_record",
        "edit_patient",
        "new_case",
        "edit_case",
        "record_visit",
        "external",
        "departed",
        "paste_picture",
        "audit_of",
        "versions",
        "copy_record",
        "protect_patient",
        "merge_patient",
        "delete_patient",
    }
)
NEEDS_CASE = frozenset(
    {
        "compare",
        "injection",
        "compare_area",
        "no_answer",
        "told_family",
        "cannot_come",
        "they_called",
        "call_sheet",
        "book_first",
    }
    | {"book", "hold", "stop", "copy_phone"}
)


KEYS_OF_VIEWER = ("larger", "smaller", "usual", "edit_patient", "print")
"""Commands whose keys mean something else while photographs are compared."""
KEPT_TO: Mapping[str, Action] = MappingProxyType(
    {
        "import_register": Action.IMPORT,
        "print": Action.PRINT,
        "back_entry": Action.REGISTER,
        "schedule_file": Action.EXPORT_IDENTIFIABLE,
        "export_register": Action.EXPORT_IDENTIFIABLE,
        "back_up": Action.BACK_UP,
        "new_patient": Action.REGISTER,
        "edit_patient": Action.REGISTER,
        "departed": Action.REGISTER,
        "new_case": Action.EDIT_RECORD,
        "edit_case": Action.EDIT_RECORD,
        "external": Action.EDIT_RECORD,
        "hold": Action.EDIT_RECORD,
        "stop": Action.EDIT_RECORD,
        "record_visit": Action.DRAFT_INJECTION,
        "audit_of": Action.SEE_AUDIT,
        "copy_record": Action.EXPORT_IDENTIFIABLE,
        "protect_patient": Action.MANAGE,
        "merge_patient": Action.MERGE,
        "delete_patient": Action.DELETE,
        "import_pictures": Action.ADD_PHOTOS,
        "paste_picture": Action.ADD_PHOTOS,
        "no_answer": Action.REGISTER,
        "told_family": Action.REGISTER,
        "cannot_come": Action.REGISTER,
        "they_called": Action.REGISTER,
        "call_sheet": Action.REGISTER,
        "book_first": Action.REGISTER,
        "book": Action.REGISTER,
    }
)
"""Commands that are disabled for the roles the matrix never gives them to (security page 4.1)."""


@dataclass(frozen=True, slots=True)
class Hands:
    """What the window itself does for the menus; all else goes through the intents."""

    selection: Callable[[], tuple[int, int]]
    close_clinic: Act
    lock: Act
    quit: Act
    set_reminders: Act
    undo: Act
    find: Act
    copy_phone: Act
    back_up: Act
    check_data: Act
    press: Callable[[str], object]
    press_today: Callable[[str], object]
    clear_filters: Act
    print_shown: Act
    save_schedule: Act
    type_in_paper: Act
    go_to: Callable[[str], object]
    step_history: Callable[[int], object]
    toggle_panel: Act
    toggle_week: Act
    toggle_today_first: Act
    set_theme: Callable[[str], object]
    toggle_compact: Act
    step_text: Callable[[int], object]
    full_screen: Act
    next_region: Callable[[int], object]
    show_keys: Act
    show_help: Callable[[str], object]
    show_about: Act


class Menus:
    """Fills the menu bar once."""

    def __init__(self, commands: Commands, intents: Intents, hands: Hands, preferences: MachinePreferences) -> None:
        self._commands = commands
        self._intents = intents
        self._hands = hands
        self._file()
        self._edit()
        self._view(preferences)
        self._patient()
        self._photos()
        self._schedule()
        self._help()

    def _of_patient(self, act: Callable[[int], object]) -> Act:
        return lambda: act(self._hands.selection()[0])

    def _of_case(self, act: Callable[[int], object]) -> Act:
        return lambda: act(self._hands.selection()[1])

    def _of_both(self, act: Callable[[int, int], object]) -> Act:
        return lambda: act(*self._hands.selection())

    def _file(self) -> None:
        add, intents = self._commands.add, self._intents
        menu = self._commands.menu("file", translate("&File"))
        add(menu, "import_register", translate("&Import register…"), lambda: intents.import_register.emit(""))
        add(menu, "export_register", translate("&Export register…"), intents.export_register.emit)
        menu.addSeparator()
        add(menu, "back_up", translate("&Back up now"), self._hands.back_up)
        add(menu, "backups", translate("Bac&kups…"), lambda: self._hands.go_to("backups"))
        add(menu, "check_data", translate("C&heck the clinic’s data…"), self._hands.check_data)
        menu.addSeparator()
        add(menu, "lock", translate("&Lock"), self._hands.lock, "Ctrl+Shift+L")
        add(menu, "close_clinic", translate("&Close clinic"), self._hands.close_clinic)
        add(menu, "quit", translate("&Quit"), self._hands.quit, "Ctrl+Q", role=QAction.MenuRole.QuitRole)

    def _edit(self) -> None:
        add, hands = self._commands.add, self._hands
        menu = self._commands.menu("edit", translate("&Edit"))
        add(menu, "undo", translate("&Undo"), hands.undo, "Ctrl+Z", everywhere=True).setAutoRepeat(False)
        menu.addSeparator()
        add(menu, "find", translate("&Find patient"), hands.find, "Ctrl+K|Ctrl+F")
        add(menu, "copy_phone", translate("&Copy phone number"), hands.copy_phone, "Ctrl+Shift+C")
        menu.addSeparator()
        add(menu, "bin", translate("&Bin…"), lambda: hands.go_to("bin"))
        preferences = QAction.MenuRole.PreferencesRole
        add(menu, "settings", translate("&Settings"), lambda: hands.go_to("settings"), "Ctrl+,", role=preferences)

    def _view(self, preferences: MachinePreferences) -> None:
        add, hands = self._commands.add, self._hands
        menu = self._commands.menu("view", translate("&View"))
        add(menu, "today", translate("To&day"), lambda: hands.go_to("today"), "Ctrl+1")
        add(menu, "schedule", translate("&Schedule"), lambda: hands.go_to("schedule"), "Ctrl+2")
        add(menu, "patients", translate("&Patients"), lambda: hands.go_to("patients"), "Ctrl+3")
        add(menu, "compare_area", translate("&Compare"), lambda: hands.go_to("compare"), "Ctrl+4")
        add(menu, "people", translate("Pe&ople"), lambda: hands.go_to("people"))
        add(menu, "audit", translate("A&udit"), lambda: hands.go_to("audit"), "Ctrl+Shift+A")
        add(menu, "back", translate("&Back"), lambda: hands.step_history(-1), "Alt+Left")
        add(menu, "forward", translate("&Forward"), lambda: hands.step_history(1), "Alt+Right")
        menu.addSeparator()
        add(menu, "inspector", translate("Pane&l at the right"), hands.toggle_panel, "F4", checkable=True)
        add(menu, "week", translate("&Week board"), hands.toggle_week, checkable=True)
        add(menu, "today_first", translate("Start with Toda&y"), hands.toggle_today_first, checkable=True)
        menu.addSeparator()
        looks = (
            (WantedTheme.LIGHT.value, translate("&Light")),
            (WantedTheme.DARK.value, translate("&Dark")),
            (WantedTheme.SYSTEM.value, translate("&Follow system")),
        )
        appearance = menu.addMenu(translate("&Appearance"))
        self._commands.choice(appearance, looks, preferences.theme.value, hands.set_theme)
        compact = add(menu, "compact", translate("Co&mpact"), hands.toggle_compact, checkable=True)
        compact.setChecked(preferences.compact)
        text = menu.addMenu(translate("&Text size"))
        add(text, "larger", translate("&Larger"), lambda: hands.step_text(1), "Ctrl++|Ctrl+=")
        add(text, "smaller", translate("&Smaller"), lambda: hands.step_text(-1), "Ctrl+-")
        add(text, "usual", translate("&Usual"), lambda: hands.step_text(0), "Ctrl+0")
        menu.addSeparator()
        add(menu, "full_screen", translate("Full scr&een"), hands.full_screen, "F11")
        add(menu, "regions", translate("Next &region"), lambda: hands.next_region(1), "F6")
        add(menu, "regions_back", translate("Pre&vious region"), lambda: hands.next_region(-1), "Shift+F6")

    def _patient(self) -> None:
        add, intents = self._commands.add, self._intents
        menu = self._commands.menu("patient", translate("&Patient"))
        add(menu, "new_patient", translate("&New patient…"), lambda: intents.new_patient.emit(""), "Ctrl+N")
        record = self._of_both(intents.open_case.emit)
        add(menu, "open_record", translate("&Open record"), record, shown_keys="Enter")
        menu.addSeparator()
        add(menu, "edit_patient", translate("&Edit patient…"), self._of_patient(intents.edit_patient.emit), "Ctrl+E")
        fresh = self._of_patient(lambda one: intents.edit_case.emit(one, 0))
        add(menu, "new_case", translate("A&dd diagnosis…"), fresh)
        add(menu, "edit_case", translate("Edit d&iagnosis…"), self._of_both(intents.edit_case.emit))
        visit = self._of_both(intents.record_visit.emit)
        add(menu, "record_visit", translate("&Record injection…"), visit, "Ctrl+R")
        elsewhere = self._of_patient(lambda one: intents.external.emit(one, 0))
        add(menu, "external", translate("Botulinum toxin given else&where…"), elsewhere)
        menu.addSeparator()
        add(menu, "hold", translate("Put on &hold…"), self._of_case(intents.hold.emit))
        add(menu, "stop", translate("&Stop…"), self._of_case(intents.stop.emit))
        add(menu, "departed", translate("Died or &moved away…"), self._of_patient(intents.departed.emit))
        menu.addSeparator()
        add(menu, "audit_of", translate("Who loo&ked at this patient"), self._of_patient(intents.audit_of.emit))
        add(menu, "versions", translate("Earlier &versions…"), self._of_patient(intents.versions.emit))
        add(menu, "copy_record", translate("Cop&y of the record…"), self._of_patient(intents.copy_record.emit))
        menu.addSeparator()
        merge = self._of_patient(intents.merge_patient.emit)
        protect = self._of_patient(intents.protect_patient.emit)
        add(menu, "protect_patient", translate("Restri&ct or hold the record…"), protect)
        add(menu, "merge_patient", translate("Mer&ge with another patient…"), merge)
        add(menu, "delete_patient", translate("Dele&te patient…"), self._of_patient(intents.delete_patient.emit))

    def _photos(self) -> None:
        add, intents = self._commands.add, self._intents
        menu = self._commands.menu("photos", translate("Ph&otos"))
        ask = self._of_patient(lambda one: intents.import_pictures.emit(one, ()))
        add(menu, "import_pictures", translate("&Import photos…"), ask, "Ctrl+I")
        add(menu, "paste_picture", translate("&Paste photo"), self._of_patient(intents.paste_picture.emit), "Ctrl+V")
        menu.addSeparator()
        add(menu, "compare", translate("&Compare"), self._of_case(intents.compare.emit), shown_keys="C")
        doses = self._of_case(lambda one: intents.show_injection.emit(one, 0))
        add(menu, "injection", translate("Photos and &doses"), doses, shown_keys="Shift+C")

    def _schedule(self) -> None:
        add, intents, hands = self._commands.add, self._intents, self._hands
        menu = self._commands.menu("schedule", translate("&Schedule"))
        add(menu, "no_answer", translate("&No answer"), lambda: hands.press("1"), shown_keys="1")
        add(menu, "told_family", translate("&Told family"), lambda: hands.press("2"), shown_keys="2")
        add(menu, "cannot_come", translate("Can’t &come…"), lambda: hands.press("3"), shown_keys="3")
        add(menu, "they_called", translate("The&y called…"), lambda: hands.press("4"), shown_keys="4")
        add(menu, "call_sheet", translate("Call &sheet…"), self._of_case(intents.log_call.emit), shown_keys="L")
        menu.addSeparator()
        for key, code, words in (
            ("A", "arrived", translate("&Arrived (Today)")),
            ("I", "in_room", translate("&In room (Today)")),
            ("N", "not_come", translate("Did not co&me (Today)")),
            ("D", "visit_done", translate("Visit d&one: record it (Today)")),
        ):
            add(menu, code, words, partial(hands.press_today, key.lower()), shown_keys=key)
        menu.addSeparator()
        add(menu, "book_first", translate("&Book first place"), lambda: hands.press("b"), shown_keys="B")
        add(menu, "book", translate("Book another &day…"), self._of_case(intents.book.emit), shown_keys="Shift+B")
        menu.addSeparator()
        add(menu, "print", translate("&Print…"), hands.print_shown, "Ctrl+P")
        add(menu, "back_entry", translate("Typ&e in from paper…"), hands.type_in_paper)
        add(menu, "schedule_file", translate("Save as a fi&le…"), hands.save_schedule)
        add(menu, "safety_check", translate("Safety chec&k…"), intents.safety_check.emit)
        add(menu, "clear_filters", translate("Clear &filters"), hands.clear_filters, shown_keys="Esc Esc")
        add(menu, "reminders", translate("&Reminders…"), hands.set_reminders)

    def _help(self) -> None:
        add, hands = self._commands.add, self._hands
        menu = self._commands.menu("help", translate("&Help"))
        add(menu, "help", translate("&Contents"), lambda: hands.show_help(""), "F1")
        security = translate("&Security: what this program does and what it cannot do")
        add(menu, "help_security", security, lambda: hands.show_help("security"))
        add(menu, "keys", translate("&Keyboard"), hands.show_keys, "Ctrl+/")
        menu.addSeparator()
        add(menu, "about", translate("&About"), hands.show_about, role=QAction.MenuRole.AboutRole)
