"""The main window: rail, header, areas, the panel at the right, sheets over it, toasts and jobs below."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QPoint, QSettings, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QApplication,
    QHBoxLayout,
    QLineEdit,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from clinic_app.domain.access import Action
from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.errors import AccessRefused, ClinicError, Conflict, NotFound
from clinic_app.domain.preferences import MachinePreferences
from clinic_app.domain.preferences import Theme as WantedTheme
from clinic_app.domain.schedule import FollowUpStatus
from clinic_app.domain.schedule_filter import CallListFilter
from clinic_app.ui.context import UiContext
from clinic_app.ui.schedule.actions import CaseActions
from clinic_app.ui.schedule.inspector import InspectorPanel
from clinic_app.ui.schedule.room import CALL_LIST, ScheduleRoom
from clinic_app.ui.shell.clipboard_watch import ClipboardWatch
from clinic_app.ui.shell.commands import Commands
from clinic_app.ui.shell.demo_pictures import draw_demo_pictures
from clinic_app.ui.shell.drop_hint import DropHint, is_register
from clinic_app.ui.shell.header import Header
from clinic_app.ui.shell.intent_sheets import open_on_intents
from clinic_app.ui.shell.jobs import JobBar
from clinic_app.ui.shell.locking import Locking
from clinic_app.ui.shell.lost_keyboard import LostKeyboard
from clinic_app.ui.shell.menus import KEPT_TO, KEYS_OF_VIEWER, NEEDS_CASE, NEEDS_CLINIC, NEEDS_PATIENT, Hands, Menus
from clinic_app.ui.shell.neighbours import Neighbours
from clinic_app.ui.shell.own_keys import OwnKeys
from clinic_app.ui.shell.papers import PapersDesk
from clinic_app.ui.shell.places import Place, Places
from clinic_app.ui.shell.recent import RecentPatients
from clinic_app.ui.shell.reminders import Reminders, note_opened
from clinic_app.ui.shell.rooms import Rooms
from clinic_app.ui.shell.sayings import Sayings
from clinic_app.ui.shell.search import SearchPopup
from clinic_app.ui.shell.sheet_guard import SheetGuard
from clinic_app.ui.shell.sheet_stand import SheetStand
from clinic_app.ui.shell.status import StatusLine
from clinic_app.ui.shell.strips import Strips
from clinic_app.ui.shell.tray import Tray, bring_up, tray_available
from clinic_app.ui.shell.undo_trail import Sight, UndoTrail
from clinic_app.ui.theme import Appearance, Density, Style
from clinic_app.ui.widgets.drop_area import dropped_paths
from clinic_app.ui.widgets.rail import Rail
from clinic_app.ui.widgets.role_gate import keep_to_roles
from clinic_app.ui.widgets.themed import Plane, TextLabel
from clinic_app.ui.widgets.toast import Toast
from clinic_app.wording.dates import weekday_day
from clinic_app.wording.language import translate
from clinic_app.wording.people import role_words
from clinic_app.wording.sentences import sentence_of

if TYPE_CHECKING:
    from clinic_app.domain.schedule import Appointment
    from clinic_app.services import Services
    from clinic_app.ui.audit.view import AuditView
    from clinic_app.ui.backups.view import BackupsView
    from clinic_app.ui.bin.view import BinView
    from clinic_app.ui.compare.view import CompareView
    from clinic_app.ui.help.help_sheet import HelpSheet
    from clinic_app.ui.patients.case_view import CaseView
    from clinic_app.ui.patients.list_view import PatientsView
    from clinic_app.ui.people.view import PeopleView
    from clinic_app.ui.settings.view import SettingsView
    from clinic_app.ui.shell.permission import Permission
    from clinic_app.ui.shell.user_menu import OwnAccess
    from clinic_app.ui.tasks import Grant
    from clinic_app.ui.today.view import TodayView

log = logging.getLogger(__name__)

NARROW_WIDTH, NARROW_HEIGHT = 1400, 800
OVERLAY_WIDTH = 1180
LEAST_WIDTH, LEAST_HEIGHT = 1024, 640
DEMO_WAIT = 600
"""Milliseconds before the demo's photographs are drawn."""
EMERGENCIES_AFTER = 900
"""Milliseconds after which emergency openings are looked up: the first list comes first."""
SCHEDULE, PATIENTS, CASE, COMPARE = "schedule", "patients", "case", "compare"
TODAY = "today"
LISTS = (TODAY, SCHEDULE, PATIENTS)
"""Areas with the panel beside them."""
HELP_OF = {COMPARE: "compare", TODAY: "schedule", SCHEDULE: "schedule"}
"""The chapter of Help that fits an area."""
HEADED = (TODAY, SCHEDULE)
"""Areas below the window's own head."""
SETTINGS = "settings"
AUDIT = "audit"
PEOPLE = "people"
BACKUPS, BIN = "backups", "bin"


class MainWindow(QMainWindow):
    """The window. It paints at once with empty areas; ``attach`` brings the services of an opened clinic.

    ``close_asked`` comes when the user closes the clinic, or asks to open one where none is (the program shows how);
    ``gone`` after the window closed and all work ended.
    """

    close_asked = Signal()
    gone = Signal()

    def __init__(
        self,
        context: UiContext,
        settings: QSettings,
        preferences: MachinePreferences,
        keep: Callable[[MachinePreferences], object],
    ) -> None:
        """``settings``: window geometry and area, an INI file in the preference folder. ``keep`` writes preferences."""
        super().__init__()
        self._context = context
        self._settings = settings
        self._preferences = preferences
        self._keep = keep
        self._services: Services | None = None
        self._area = SCHEDULE
        self._patient = 0
        self._case = 0
        self._opened = 0
        self._places = Places(SCHEDULE)
        self._case_of_undo: dict[int, int] = {}
        self._today: TodayView | None = None
        self._list: PatientsView | None = None
        self._page: CaseView | None = None
        self._viewer: CompareView | None = None
        self._setting_list: SettingsView | None = None
        self._help: HelpSheet | None = None
        self._saved_at: datetime | None = None
        self._audit: AuditView | None = None
        self._backups: BackupsView | None = None
        self._bin: BinView | None = None
        self._people: PeopleView | None = None
        self._panel_wanted = settings.value("inspector", "true") != "false"
        self._overlay = False
        self._closing = False
        self.trail = UndoTrail(context.tasks, self, sight=self._sight, barred=lambda: context.why_only_looked)
        self.actions_of_cases = CaseActions(context, self)
        self.commands = Commands(self)
        self.locking = Locking(
            self, context, self.cover, lambda same: self.uncover(same=same), lambda: self.close_clinic(asked=False)
        )
        self.reminders = Reminders(context, lambda: self._preferences, parent=self)
        self.tray: Tray | None = None
        self._quitting = False
        self._lock_page: QWidget | None = None
        self.permission: Permission | None = None
        self.setWindowTitle(translate("Dystonia Case Tracker"))
        self.setMinimumSize(LEAST_WIDTH, LEAST_HEIGHT)
        self.setAcceptDrops(True)
        self._take_preferences()
        self._build()
        self._build_menus()
        self._listen()
        self._restore()
        self._show_selection()
        self._enable()

    # --- building ----------------------------------------------------------------------------------------------

    def _build(self) -> None:
        context = self._context
        keeper = context.theme
        self.ground = Plane(keeper, "app", self)
        self.rooms = Rooms(context, self.ground)
        self.sheets = SheetStand(context, self.rooms, self)
        self.rail = Rail(keeper, translate("Areas"), self.ground)
        self.rail.brand.show_clinic(translate("Dystonia clinic"), translate("Case tracker"))
        self.rail.add_area(TODAY, "clipboard-list", translate("Today"), shortcut="Ctrl+1")
        self.rail.add_area(SCHEDULE, "calendar-clock", translate("Schedule"), shortcut="Ctrl+2")
        self.rail.add_area(PATIENTS, "users", translate("Patients"), shortcut="Ctrl+3")
        self.rail.add_area(COMPARE, "columns-2", translate("Compare"), shortcut="Ctrl+4")
        self.rail.add_below(BACKUPS, "database", translate("Backups"), area=True)
        self.rail.add_below(AUDIT, "logs", translate("Audit"), shortcut="Ctrl+Shift+A", area=True)
        self.rail.add_below(SETTINGS, "settings", translate("Settings"), shortcut="Ctrl+,", area=True)
        self.rail.add_below("help", "circle-question-mark", translate("Help"), shortcut="F1")
        self.recent = RecentPatients(context, self.rail, self)
        self.header = Header(keeper, ScheduleRoom.names(), self.ground)
        self.strips = Strips(context, self._settings, self._drafts_in_sight, self.ground)
        self.areas = QStackedWidget(self.ground)
        self.schedule_room = ScheduleRoom(context, self.actions_of_cases)
        self.schedule = self.schedule_room.call_list
        self._schedule_page = QWidget()
        self._schedule_column = QVBoxLayout(self._schedule_page)
        self._schedule_column.addWidget(self.schedule_room)
        self.areas.addWidget(self._schedule_page)
        self.inspector = InspectorPanel(context, self.actions_of_cases, self.ground)
        self.jobs = JobBar(context, self.ground)
        self.status = StatusLine(context, self.ground)
        self._ribbon = TextLabel(
            keeper, translate("Demo clinic — invented patients"), Style.CAPTION, "warning", self.ground, weight=600
        )
        self._ribbon.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._ribbon.setAutoFillBackground(True)
        self._ribbon.hide()
        self._start: QWidget | None = None
        self.neighbours = Neighbours(context, self)
        self.may_leave: Callable[[], bool] = lambda: True
        self.restore_next = False
        """Whether the page that follows a closed clinic begins with a restore."""
        self.popup = SearchPopup(context, self.header.search, self.ground)
        self.toast = Toast(keeper, self.ground)
        self.sayings = Sayings(self.toast, self.trail, lambda: self._lock_page is not None, self._foot, self)
        self.papers = PapersDesk(context, self, self._settings, self.toast, self._view_in_sight, lambda: self.selection)
        self._sheet_guard = SheetGuard(self.sheets.standing, self.sheets.put_away, self)
        self.clipboard = ClipboardWatch(context, self)
        self._hint = DropHint(context, self.ground)
        centre = QVBoxLayout()
        centre.setSpacing(0)
        centre.addWidget(self.header)
        centre.addLayout(self.strips)
        centre.addWidget(self.areas, 1)
        self._middle = QHBoxLayout()
        self._middle.setSpacing(0)
        self._middle.addWidget(self.rail)
        self._middle.addLayout(centre, 1)
        self._middle.addWidget(self.inspector)
        column = QVBoxLayout(self.ground)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._ribbon)
        column.addLayout(self._middle, 1)
        column.addWidget(self.jobs)
        column.addWidget(self.status)
        self.setCentralWidget(self.ground)
        self._restyle()

    def _build_menus(self) -> None:
        hands = Hands(
            selection=lambda: self.selection,
            close_clinic=self.close_clinic,
            lock=self.locking.lock,
            quit=self.quit_program,
            set_reminders=self._set_reminders,
            undo=self.sayings.take_back,
            find=self.find_patient,
            copy_phone=self.inspector.copy_number,
            back_up=self.back_up_now,
            check_data=self.check_data,
            press=self._press,
            press_today=self._press_today,
            clear_filters=self.schedule.clear_filters,
            print_shown=lambda: self.papers.print_shown(),
            type_in_paper=lambda: self.sheets.open(self.rooms.back_entry, Action.REGISTER),
            save_schedule=lambda: self.sheets.open(
                lambda: self.rooms.schedule_file(self.papers.request), Action.EXPORT_IDENTIFIABLE
            ),
            go_to=self.go_to,
            step_history=self.step_history,
            toggle_panel=self.toggle_panel,
            toggle_week=self._toggle_week,
            toggle_today_first=self._toggle_today_first,
            set_theme=self.set_theme,
            toggle_compact=self._toggle_compact,
            step_text=self._step_text,
            full_screen=self.toggle_full_screen,
            next_region=self.next_region,
            show_keys=self.show_keys,
            show_help=self.show_help,
            show_about=self.show_about,
        )
        Menus(self.commands, self._context.intents, hands, self._preferences)
        self.commands.keep_to_roles(self._context, KEPT_TO)
        own = self.rooms.own_keys = OwnKeys(self._context, self.commands.taken, self)
        self.commands.keys_of_viewer = own.listed
        keep_to_roles(self._context, self.header.new_patient, Action.REGISTER)
        self.commands.actions["inspector"].setChecked(self._panel_wanted)
        self.commands.actions["today_first"].setChecked(self._settings.value("today_first", "true") != "false")
        week = self.commands.actions["week"]
        week.setChecked(self._settings.value("week", "true") != "false")
        self.schedule.set_week_shown(week.isChecked())

    def _listen(self) -> None:
        context, intents = self._context, self._context.intents
        self.rail.chosen.connect(self._rail_chosen)
        self.status.backups_wanted.connect(lambda: self.go_to(BACKUPS))
        self.rail.user_pressed.connect(self._user_menu)
        self.header.new_patient.clicked.connect(lambda: intents.new_patient.emit(""))
        self.header.search.left.connect(self._leave_search)
        self.header.search.edited.connect(self._search_edited)
        self.popup.open_wanted.connect(lambda patient_id: intents.open_case.emit(patient_id, 0))
        self.popup.compare_wanted.connect(lambda patient_id: self._with_case(patient_id, intents.compare.emit))
        self.popup.call_wanted.connect(lambda patient_id: self._with_case(patient_id, intents.log_call.emit))
        self.popup.create_wanted.connect(intents.new_patient)
        self.schedule.open_wanted.connect(self.close_asked)
        self.schedule_room.chosen.connect(self._chosen_in_list)
        self.schedule_room.shown.connect(self.header.views.choose)
        self.header.views.chosen.connect(self.schedule_room.show_place)
        self.schedule.held = self._sheet_guard.holds
        self.schedule_room.guard = self._sheet_guard.watch
        self._sheet_guard.watch(self.schedule.table)
        self.schedule.pressed.connect(self.inspector.press)
        self.schedule.counted.connect(lambda count: self.rail.button(SCHEDULE).show_count(count))
        self.inspector.closed.connect(self.toggle_panel)
        self.inspector.suggested.connect(self.schedule.show_suggestion)
        self.inspector.shown.connect(lambda _: self._enable())
        self.actions_of_cases.booking_refused.connect(self._booking_refused)
        self.actions_of_cases.move_refused.connect(self._move_refused)
        self.actions_of_cases.written.connect(self._note_written)
        self.reminders.due.connect(self._call_backs_due)
        strips = self.strips
        strips.changed.connect(self._restyle)
        strips.clock_wanted.connect(self._ask_clock)
        strips.start_findings.acted.connect(self.check_data)
        strips.emergencies_wanted.connect(lambda: self.sheets.open(self.rooms.review))
        strips.unsaved_wanted.connect(lambda: self.sheets.open(self.rooms.drafts))
        strips.steps_wanted.connect(lambda: self.sheets.open(lambda: self.rooms.first_steps("backups"), Action.MANAGE))
        strips.pin_offer.wanted.connect(self.set_pin)
        strips.must_move.wanted.connect(lambda: self.sheets.open(self.rooms.away, Action.REGISTER))
        strips.call_backs_wanted.connect(lambda: self.go_to(TODAY))
        strips.tray_offer.taken.connect(lambda: self._change(replace(self._preferences, in_tray=True)))
        self.reminders.new_day.connect(self._new_day)
        self.reminders.said.connect(lambda words: None if self.tray is None else self.tray.say(words))
        context.undo_ended.connect(self.trail.end)
        self.trail.changed.connect(self._trail_changed)
        self.trail.undone.connect(self._undone)
        context.theme.changed.connect(self._restyle)
        context.tasks.refused.connect(self._refused)
        context.tasks.crashed.connect(self.show_mistake)
        context.tasks.asker = self._ask_permission
        LostKeyboard(self.rail, self).lost.connect(self._take_keyboard_back)
        context.tasks.changed.connect(self._note_saved)
        intents.select_case.connect(self.select)
        intents.open_case.connect(self.open_case)
        intents.compare.connect(self.compare)
        intents.compare_pair.connect(self.compare_pair)
        intents.show_injection.connect(self.show_injection)
        intents.open_session.connect(self.open_session)
        intents.toast.connect(self.sayings.say)
        intents.refused.connect(self.sayings.complain)
        intents.undo.connect(self.trail.undo_id)
        intents.gone.connect(self._forget_patient)
        intents.audit_of.connect(self._show_audit_of)
        open_on_intents(intents, self.rooms, self.sheets)
        self.sheets.opened.connect(self.toast.raise_)
        self.sheets.keyboard_free.connect(self._focus_area)
        self.sheets.said.connect(self.sayings.complain)

    # --- a clinic is opened and closed -------------------------------------------------------------------------

    def attach(self, services: Services) -> None:
        """A clinic is open: everything reads."""
        self._services = services
        self.hide_start()
        self._context.attach(services)
        info = services.clinic
        self.rail.brand.show_clinic(info.name, translate("Case tracker"))
        self._show_user()
        self.header.day.setText(weekday_day(services.today()))
        self._ribbon.setVisible(info.demo)
        self.locking.begin(services)
        QTimer.singleShot(EMERGENCIES_AFTER, self, self.strips.look_at_emergencies)
        self.strips.look(services)
        self.strips.start_findings.begin(services)
        if info.demo:
            QTimer.singleShot(DEMO_WAIT, self, lambda: draw_demo_pictures(self._context.tasks, self))
        self._context.tasks.tell(note_opened, owner=self, failed=lambda _: None)
        self._begin_tray(demo=info.demo)
        area = str(self._settings.value("area", SCHEDULE))
        self._open_first(area if area in (SCHEDULE, PATIENTS) else SCHEDULE)
        self._enable()

    def _begin_tray(self, *, demo: bool) -> None:
        if self.tray is None and self._preferences.reminders and tray_available():
            self.tray = Tray(self._context.theme, self)
            self.tray.wanted.connect(lambda: bring_up(self))
            self.tray.left.connect(self.quit_program)
            application = QApplication.instance()
            if isinstance(application, QApplication):
                application.commitDataRequest.connect(self._session_ends)
        if self.tray is not None and not demo:
            self.strips.offer_tray()

    def _session_ends(self, _: object) -> None:
        """The computer is shut down: nothing stays in the tray."""
        self._quitting = True

    def quit_program(self) -> None:
        """End the program, also where closing the window would leave it in the tray."""
        self._quitting = True
        self.close()
        self._quitting = False

    def _stays_in_tray(self) -> bool:
        """Instead of being closed the window is locked and hidden, where that is wanted."""
        clinic_open, ending = self._services is not None, self._quitting or self._closing
        tray = self.tray is not None
        if not self._preferences.stays_in_tray(tray=tray, clinic_open=clinic_open, ending=ending):
            return False
        self.locking.lock()
        self.hide()
        return True

    def _call_backs_due(self, count: int) -> None:
        self.strips.show_call_backs(0 if self._lock_page is not None else count)
        if self._today is not None:
            self._today.refresh()

    def _new_day(self) -> None:
        """The program was left open over night."""
        self._context.tasks.tell(note_opened, owner=self, failed=lambda _: None)
        self.header.day.setText(weekday_day(self._context.today()))
        self._context.new_day.emit()
        if self._today is not None:
            self._today.forget()
            self._today.refresh()

    def _set_reminders(self) -> None:
        self.sheets.open(lambda: self.rooms.reminders(self._preferences, self._change, tray=self.tray is not None))

    def _open_first(self, otherwise: str) -> None:
        """Today comes first while anybody comes or is to be called, unless whoever works wants it otherwise."""
        if self._settings.value("today_first", "true") == "false":
            self.go_to(otherwise)
            return
        today = self._today_room()

        def decide(anything: bool) -> None:
            today.read.disconnect(decide)
            if not anything and self._area == TODAY:
                self._places.begin(otherwise)
                self.go_to(otherwise)

        today.read.connect(decide)
        self.go_to(TODAY)

    def _show_user(self) -> None:
        if self._services is None:
            return
        user = self._services.clinic.user
        self.rail.user.show_user(user.name, role_words(user.roles), translate("Lock, switch, passphrase, PIN"))
        self.rail.user.show()

    def _drafts_in_sight(self) -> set[object]:
        """What the open sheets hold, and those that come back after the lock."""
        return {getattr(sheet, "draft_of", None) for sheet in (self.sheets.sheet, *self.locking.aside.sheets)}

    def _ask_clock(self) -> None:
        from clinic_app.ui.shell.clock_dialog import ClockDialog

        dialog = ClockDialog(self._context, self)
        dialog.accepted.connect(self.strips.look_at_clock)
        dialog.finished.connect(lambda _: self._focus_area())
        dialog.open()

    def _close_to_restore(self) -> None:
        self.restore_next = True
        self.close_clinic()
        if self._services is not None:
            self.restore_next = False

    def close_clinic(self, *, asked: bool = True) -> None:
        """Close the clinic: nothing of a patient stays on the screen or in reach. ``asked``: where jobs run, ask."""
        if self._services is None or (asked and not self._may_stop()):
            return
        self.sheets.close()
        self.locking.end()
        self._show_whole()
        services, self._services = self._services, None
        self._patient = self._case = self._opened = 0
        self.recent.forget()
        self._case_of_undo.clear()
        self.trail.forget()
        self.sayings.silence()
        self._places.begin(SCHEDULE)
        self._show_area(SCHEDULE)
        self._drop_rooms()
        self.sheets.close_all()
        self.inspector.clear()
        self.rail.user.hide()
        self._ribbon.hide()
        self.strips.clear()
        if self.tray is not None:
            self.tray.forget()
        self.header.day.setText("")
        self._context.detach()
        self._shut_soon(services)
        self._enable()
        self.close_asked.emit()

    def _drop_rooms(self, hosts: Collection[QWidget] = ()) -> None:
        """Every room but the call list goes; one is built anew when it is next wanted.

        ``hosts``: a page over which a sheet stood that comes back is taken out of the window like the sheet.
        """
        for place in reversed(range(self.areas.count())):
            room = self.areas.widget(place)
            if room is None or room is self._schedule_page:
                continue
            self.areas.removeWidget(room)
            room.hide()
            if room in hosts:
                room.setParent(None)
            else:
                room.deleteLater()
        self._page = self._page if self._page in hosts else None
        self._list = self._viewer = self._setting_list = self._today = None
        self._audit = self._people = None
        self._backups = self._bin = None

    def cover(self, page: QWidget) -> None:
        """The window is locked: only ``page`` is in it. Rooms go, the sheets were taken out before."""
        self._lock_page = page
        self.sayings.silence()
        self.commands.hold()
        if self.sheets.sheet is not None and self.sheets.sheet not in self.locking.aside.sheets:
            self.sheets.close()
        self._context.cover()
        self._drop_rooms(self.locking.aside.hosts)
        self.areas.setCurrentWidget(self._schedule_page)
        self.recent.hide()
        self.rail.user.hide()
        self._hint.forget()
        self.strips.clear()
        self.inspector.phone.clear_clipboard()
        self._trail_changed()
        self.menuBar().hide()
        self.ground.hide()
        page.setParent(self)
        page.setGeometry(self.rect())
        page.show()
        page.raise_()

    def uncover(self, *, same: bool) -> None:
        """The window is open again: for the same person as it was, for another from the beginning."""
        self._show_whole()
        if not same:
            self._patient = self._case = self._opened = 0
            self.recent.forget()
            self._case_of_undo.clear()
            self.trail.forget()
            home = SCHEDULE if self._settings.value("today_first", "true") == "false" else TODAY
            self._places.begin(home)
            self._area = home
            self._context.tasks.tell(note_opened, owner=self, failed=lambda _: None)
            self.sheets.forget()
            self.sayings.silence()
        self._context.uncover()
        self._show_user()
        self.recent.read()
        if self._services is not None:
            self.strips.look(self._services)
        self.strips.look_at_emergencies()
        self.strips.start_findings.come_back()
        self.reminders.show_again()
        place = self._places.here
        self._show_area(place.area, place.patient_id, place.case_id)
        if self._patient:
            self.select(self._patient, self._case)
            self.schedule.return_to(self._case)
        self._trail_changed()
        self._enable()
        self._focus_area()
        self.sayings.speak_up()

    def _show_whole(self) -> None:
        """What the lock page hid is there again, with nothing in it yet."""
        if self._lock_page is None:
            return
        self._lock_page = None
        self.ground.show()
        self.menuBar().show()
        self.commands.release()

    def _shut_soon(self, services: Services) -> None:
        """Close the services when the last question under way is answered."""
        if self._context.tasks.pending:
            QTimer.singleShot(20, self, lambda: self._shut_soon(services))
        else:
            services.close()

    def show_start(self, page: QWidget) -> None:
        """Show how to open a clinic over the whole window."""
        if self._start is page:
            page.show()
            return
        self.hide_start()
        self._start = page
        page.setParent(self.ground)
        page.setGeometry(self.ground.rect())
        page.show()
        page.raise_()
        page.setFocus(Qt.FocusReason.OtherFocusReason)
        self._enable()

    def hide_start(self) -> None:
        """Take that page away."""
        page, self._start = self._start, None
        if page is not None:
            page.hide()
            page.deleteLater()

    def _user_menu(self) -> None:
        """What whoever works can do about themselves."""
        if self._services is not None:
            from clinic_app.ui.shell.user_menu import open_user_menu

            open_user_menu(self.rail.user, self.own_access, self._context, self._services)

    @property
    def own_access(self) -> OwnAccess:
        """What whoever works does about their own access."""
        from clinic_app.ui.shell.user_menu import OwnAccess

        return OwnAccess(self.locking.lock, self.switch_user, self.change_passphrase, self.set_pin, self.close_clinic)

    def switch_user(self) -> None:
        """Let another person work: the lock page asks who."""
        self.locking.lock()
        page = self.locking.page
        if page is not None:
            page.form.users.setEditText("")
            page.form.users.setFocus(Qt.FocusReason.OtherFocusReason)

    def change_passphrase(self) -> None:
        """Change the passphrase of whoever works."""
        self.sheets.open(self.rooms.passphrase)

    def set_pin(self) -> None:
        """Set the PIN of whoever works."""
        self.strips.pin_offer.clear()
        self._restyle()
        self.sheets.open(self.rooms.pin)

    # --- areas -------------------------------------------------------------------------------------------------

    @property
    def area(self) -> str:
        """The area shown."""
        return self._area

    @property
    def selection(self) -> tuple[int, int]:
        """The current patient and case, 0 for none."""
        return self._patient, self._case

    def go_to(self, area: str) -> None:
        """Show an area; Compare shows the current case there."""
        if area == COMPARE:
            if self._case:
                self.compare(self._case)
            else:
                self.sayings.complain(translate("Select a patient first."))
                self.rail.choose(self._area)
            return
        self._remember(Place(area, self._patient, self._case))
        self._show_area(area, self._patient, self._case)
        self._focus_area()

    def open_case(self, patient_id: int, case_id: int) -> None:
        """Show the page of a patient."""
        if not patient_id or (patient_id != self._patient and self._sheet_guard.holds()):
            return
        self._opened = patient_id
        self.select(patient_id, case_id)
        self._remember(Place(CASE, patient_id, case_id))
        self._show_area(CASE, patient_id, case_id)
        self._focus_area()
        self.recent.note(patient_id)

    def compare(self, case_id: int) -> None:
        """Open the viewer on a case of the current patient."""
        if not case_id:
            return
        if case_id != self._case:
            self.select(self._patient, case_id)
        self._remember(Place(COMPARE, self._patient, case_id))
        self._show_area(COMPARE, self._patient, case_id)
        self._focus_area()
        self.recent.note(self._patient)

    def compare_pair(self, case_id: int, view: str, a: int, b: int) -> None:
        """Open the viewer on two photographs somebody chose."""
        self.compare(case_id)
        if case_id:
            self._viewer_room().open_pair(case_id, view, a, b)

    def show_injection(self, case_id: int, session_id: int) -> None:
        """Open the viewer on the photographs around an injection, with its doses beside them."""
        self.compare(case_id)
        if case_id:
            self._viewer_room().open_case(case_id, session_id=session_id)

    def open_session(self, patient_id: int, case_id: int, session_id: int) -> None:
        """Show the page of a patient at an injection."""
        self.open_case(patient_id, case_id)
        if patient_id:
            self._case_room().show_session(session_id)

    def select(self, patient_id: int, case_id: int) -> None:
        """Somebody is selected: the panel follows, the commands know whom they mean.

        Without a case the most urgent one of the patient is found and shown.
        """
        self._patient, self._case = patient_id, case_id
        self.inspector.show_case(case_id)
        self._enable()
        if patient_id and not case_id and self._context.open:
            self._find_case(patient_id, self._case_found, self._no_case_found)

    def _chosen_today(self, patient_id: int, case_id: int) -> None:
        """A row of Today says who is meant only while Today is shown."""
        if self._area == TODAY and self._lock_page is None:
            self._context.intents.select_case.emit(patient_id, case_id)

    def _show_in_list(self, status: object) -> None:
        """Everybody of a status, or whom a filter lets through, in the call list; None for the whole list."""
        self.go_to(SCHEDULE)
        if isinstance(status, CallListFilter):
            self.schedule_room.show_list(status)
            return
        self.schedule_room.show_view(CALL_LIST)
        self.schedule.show_status(status if isinstance(status, FollowUpStatus) else None)

    def _chosen_in_list(self, patient_id: int, case_id: int) -> None:
        """A row of the call list says who is meant only while the list is shown, never from behind another room."""
        if self._area == SCHEDULE and self._lock_page is None:
            self._context.intents.select_case.emit(patient_id, case_id)

    def _no_case_found(self, problem: ClinicError) -> None:
        """Selecting a closed record is no try to open it: its row and its page say that it is closed."""
        if problem.code != "emergency_needed":
            self._refused(problem)

    def _case_found(self, case_id: int) -> None:
        if case_id and not self._case:
            self._case = case_id
            self.inspector.show_case(case_id)
            self._enable()

    def step_history(self, step: int) -> None:
        """Go back (-1) or forward (1)."""
        if self._context.open and self._places.step(step):
            self._show_place()

    def _go_back_to(self, at: int) -> None:
        if self._context.open and self._places.return_to(at):
            self._show_place()

    def _show_place(self) -> None:
        place = self._places.here
        if place.patient_id and place.area not in LISTS:
            self.select(place.patient_id, place.case_id)
        self._show_area(place.area, place.patient_id, place.case_id)
        self._focus_area()
        self._enable()

    def _back_from_case(self) -> None:
        """Back to the list the way began at."""
        at = next((at for at, place in self._places.before() if place.area not in (CASE, COMPARE)), None)
        if at is None:
            self.go_to(PATIENTS)
        else:
            self._go_back_to(at)

    def _back_from_compare(self) -> None:
        """Back to the record or the list the way began at, where it shows the same patient; else to the record."""
        here = self._places.here
        for at, place in self._places.before():
            if place.area == COMPARE and place.patient_id == here.patient_id:
                continue
            if self._would_show(place, here):
                self._go_back_to(at)
                return
            break
        self.open_case(here.patient_id, here.case_id)

    def _would_show(self, place: Place, here: Place) -> bool:
        """Whether going back to a place means the patient who is shown here."""
        if place.area == SCHEDULE:
            return self.schedule.model.row_of(here.case_id) is not None
        if place.area == TODAY:
            return self._today is not None and self._today.shows(here.case_id)
        if place.area == PATIENTS:
            return self._list_room().shows(here.patient_id)
        return place.area == CASE and place.patient_id == here.patient_id

    def _remember(self, place: Place) -> None:
        self._places.go_on(place)
        self._enable()

    def _show_area(self, area: str, patient_id: int = 0, case_id: int = 0) -> None:
        self._area = area
        room: QWidget = self._schedule_page
        if area == SCHEDULE:
            self._meet_in_list()
        elif area == TODAY:
            today = self._today_room()
            if self._case:
                today.table.choose_case(self._case)
            room = today
        elif area == PATIENTS:
            listed = self._list_room()
            if self._patient:
                listed.select_patient(self._patient, anyway=self._patient == self._opened)
            room = listed
        elif area == CASE:
            page = self._case_room()
            page.show_patient(patient_id, case_id)
            room = page
        elif area == COMPARE:
            viewer = self._viewer_room()
            viewer.open_case(case_id)
            viewer.expect(self.inspector.pair_of(case_id))
            room = viewer
        elif area == SETTINGS:
            room = self._settings_room()
        elif area == AUDIT:
            room = self._audit_room()
        elif area == PEOPLE:
            room = self._people_room()
        elif area == BACKUPS:
            room = self._backups_room()
        elif area == BIN:
            room = self._bin_room()
        self.areas.setCurrentWidget(room)
        self.commands.lend(("record_visit", "paste_picture"), away=area == CASE)
        self.commands.lend(KEYS_OF_VIEWER, away=area == COMPARE)
        self.rail.choose(PATIENTS if area in (CASE, BIN) else SETTINGS if area == PEOPLE else area)
        self.header.show_views(shown=area == SCHEDULE, title=translate("Today") if area == TODAY else "")
        self.header.show_day(shown=area in HEADED)
        self.header.setVisible(area in HEADED)
        self._show_panel()

    def _meet_in_list(self) -> None:
        """The call list selects who is selected; where that row is not in sight its own selection holds."""
        table = self.schedule.table
        if self.schedule_room.code != CALL_LIST or self._case == table.case_id or (self._patient and not self._case):
            return
        row = self.schedule.model.row_of(self._case) if self._case else None
        if row is not None:
            table.choose(row)
        elif table.case_id:
            self.select(table.patient_id, table.case_id)

    def _today_room(self) -> TodayView:
        if self._today is None:
            today = self._today = self.rooms.today(self.actions_of_cases)
            self._sheet_guard.watch(today.table)
            today.chosen.connect(self._chosen_today)
            today.pressed.connect(self.inspector.press)
            today.list_wanted.connect(self._show_in_list)
            today.counted.connect(lambda count: self.rail.button(TODAY).show_count(count))
            self.areas.addWidget(today)
        return self._today

    def _list_room(self) -> PatientsView:
        if self._list is None:
            self._list = self.rooms.patient_list()
            self._sheet_guard.watch(self._list.table)
            self._sheet_guard.watch(self._list.search)
            self.areas.addWidget(self._list)
        return self._list

    def _case_room(self) -> CaseView:
        if self._page is None:
            self._page = self.rooms.case_page()
            self._page.back_asked.connect(self._back_from_case)
            self._page.emergency.over.connect(self.recent.read)
        if self.areas.indexOf(self._page) < 0:
            self.areas.addWidget(self._page)
        return self._page

    def _viewer_room(self) -> CompareView:
        if self._viewer is None:
            intents = self._context.intents
            viewer = self._viewer = self.rooms.compare()
            viewer.left.connect(self._back_from_compare)
            viewer.written_at = lambda: self.trail.newest_at
            viewer.case_chosen.connect(self._diagnosis_chosen)
            viewer.import_wanted.connect(lambda patient_id: intents.import_pictures.emit(patient_id, ()))
            viewer.views_wanted.connect(self._set_views)
            viewer.files_dropped.connect(intents.import_pictures)
            viewer.full_screen_changed.connect(self._viewer_full)
            viewer.realigned.connect(self.sayings.tell_realigned)
            viewer.undoable.connect(intents.toast)
            viewer.session_asked.connect(intents.open_session)
            self.areas.addWidget(viewer)
        return self._viewer

    def _set_views(self, patient_id: int, case_id: int, picture_ids: tuple[int, ...]) -> None:
        """Photographs of a patient are to be given their views: selected in the Photos tab, where one key does it."""
        self.open_case(patient_id, case_id)
        self._case_room().show_pictures(picture_ids)

    def _diagnosis_chosen(self, patient_id: int, case_id: int) -> None:
        """The viewer went over to another diagnosis of its patient."""
        self.select(patient_id, case_id)
        if self._places.here.area == COMPARE:
            self._places.stay_as(Place(COMPARE, patient_id, case_id))

    def _settings_room(self) -> SettingsView:
        if self._setting_list is None:
            listed = self._setting_list = self.rooms.settings()
            listed.change_wanted.connect(lambda key: self.sheets.open(lambda: self.rooms.setting(key), Action.MANAGE))
            listed.backups_wanted.connect(lambda: self.go_to(BACKUPS))
            listed.people_wanted.connect(lambda: self.go_to(PEOPLE))
            listed.keyboard_wanted.connect(lambda: self.sheets.open(self.rooms.keyboard))
            listed.away_wanted.connect(lambda: self.sheets.open(self.rooms.away))
            listed.steps_wanted.connect(
                lambda page: self.sheets.open(lambda: self.rooms.first_steps(page), Action.MANAGE)
            )
            self.areas.addWidget(listed)
        return self._setting_list

    def _backups_room(self) -> BackupsView:
        if self._backups is None:
            backups = self._backups = self.rooms.backups()
            backups.add_wanted.connect(lambda: self.sheets.open(self.rooms.add_backup_place, Action.MANAGE))
            backups.remove_wanted.connect(
                lambda path: self.sheets.open(lambda: self.rooms.remove_backup_place(path), Action.MANAGE)
            )
            backups.restore_wanted.connect(self._close_to_restore)
            backups.drill_wanted.connect(lambda: self.sheets.open(self.rooms.drill, Action.BACK_UP))
            backups.check_wanted.connect(self.check_data)
            self.areas.addWidget(backups)
        return self._backups

    def _forget_patient(self, patient_id: int) -> None:
        """A record is in the bin: nobody stays on its page or is led back to it."""
        self.recent.drop(patient_id)
        self._places.forget(patient_id, PATIENTS)
        if self._patient == patient_id:
            self.select(0, 0)
            if self._area in (CASE, COMPARE):
                self.go_to(PATIENTS)

    def _bin_room(self) -> BinView:
        if self._bin is None:
            held = self._bin = self.rooms.bin()
            held.purge_wanted.connect(lambda entry: self.sheets.open(lambda: self.rooms.purge(entry), Action.PURGE))
            self.areas.addWidget(held)
        return self._bin

    def check_data(self) -> None:
        """Look for damage in the clinic's data."""
        self.sheets.open(self.rooms.check)

    def back_up_now(self) -> None:
        """Make a backup now; the room shows what comes of it."""
        if self._context.open and not self._context.refuse(Action.BACK_UP):
            self.go_to(BACKUPS)
            self._backups_room().back_up()

    def _people_room(self) -> PeopleView:
        if self._people is None:
            people = self._people = self.rooms.people()
            people.wanted.connect(
                lambda code, person: self.sheets.open(lambda: self.rooms.person_sheet(code, person), Action.MANAGE)
            )
            self.areas.addWidget(people)
        return self._people

    def _audit_room(self) -> AuditView:
        if self._audit is None:
            audit = self._audit = self.rooms.audit()
            audit.take_out_wanted.connect(
                lambda narrowed, count, paper: self.sheets.open(
                    lambda: self.rooms.take_out_audit(narrowed, count, paper=paper), Action.EXPORT_AUDIT
                )
            )
            self.areas.addWidget(audit)
        return self._audit

    def _show_audit_of(self, patient_id: int) -> None:
        """Who looked at a patient."""
        if patient_id and self._context.open and not self._context.refuse(Action.SEE_AUDIT):
            self.go_to(AUDIT)
            self._audit_room().show_patient(patient_id)

    def _viewer_full(self, full: bool) -> None:
        self.rail.setVisible(not full)
        self.menuBar().setVisible(not full)
        self._ribbon.setVisible(not full and self._services is not None and self._services.clinic.demo)

    def _focus_area(self) -> None:
        """The keyboard goes to the area, or stays with the sheet that stands over it."""
        sheet = self.sheets.in_sight
        if sheet is not None:
            sheet.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        if self._area == SCHEDULE:
            self.schedule_room.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            room = self.areas.currentWidget()
            if room is not None:
                room.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take_keyboard_back(self) -> None:
        if self._lock_page is None and self._start is None:
            self._focus_area()

    def _rail_chosen(self, code: str) -> None:
        if code == "help":
            self.show_help("")
        elif self._context.open:
            self.go_to(code)
        else:
            self.rail.choose(self._area)

    def _with_case(self, patient_id: int, act: Callable[[int], object]) -> None:
        """Do something with the most urgent case of a patient."""

        def take(case_id: int) -> None:
            if case_id:
                self.select(patient_id, case_id)
                act(case_id)
            else:
                self.sayings.say(translate("No diagnosis has been entered for this patient yet."), None)

        self._find_case(patient_id, take)

    def _find_case(
        self,
        patient_id: int,
        take: Callable[[int], object],
        failed: Callable[[ClinicError], object] | None = None,
    ) -> None:
        def read(services: Services) -> int:
            cases = services.patients.page(patient_id).cases
            order = list(FollowUpStatus)
            first = min(cases, key=lambda one: order.index(one.answer.status), default=None)
            return 0 if first is None else first.case.id

        self._context.tasks.ask(read, take, owner=self, key="case_of", failed=failed or self._refused)

    # --- the panel ---------------------------------------------------------------------------------------------

    def toggle_panel(self) -> None:
        """Show or hide the panel at the right (F4)."""
        self._panel_wanted = not self.inspector.isVisible()
        self.commands.actions["inspector"].setChecked(self._panel_wanted)
        self._show_panel()
        if not self._panel_wanted:
            self._focus_area()

    def _show_panel(self) -> None:
        wanted = self._panel_wanted and self._area in LISTS
        if self._overlay:
            self._middle.removeWidget(self.inspector)
            self.inspector.raise_()
            self._place_overlay()
        elif self._middle.indexOf(self.inspector) < 0:
            self._middle.addWidget(self.inspector)
        self.inspector.setVisible(wanted)

    def _place_overlay(self) -> None:
        width = self._context.theme.measures.inspector
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        top = self._ribbon.height() if self._ribbon.isVisible() else 0
        self.inspector.setGeometry(0 if rtl else self.ground.width() - width, top, width, self.ground.height() - top)

    def _toggle_week(self) -> None:
        self.schedule.set_week_shown(self.commands.actions["week"].isChecked())

    def _view_in_sight(self) -> QWidget | None:
        return self.schedule_room.currentWidget() if self._area == SCHEDULE else self.areas.currentWidget()

    def _toggle_today_first(self) -> None:
        wanted = self.commands.actions["today_first"].isChecked()
        self._settings.setValue("today_first", "true" if wanted else "false")

    def _press_today(self, key: str) -> None:
        """A key of a visit, chosen from a menu."""
        if self._area == TODAY:
            self._today_room().press(key)
        else:
            self.go_to(TODAY)

    def _press(self, key: str) -> None:
        """A key of the selected row, chosen from a menu."""
        listed = self._area == SCHEDULE and self.schedule_room.code == CALL_LIST
        if listed and self.schedule.table.case_id == self._case:
            self.schedule.press(key)
        else:
            self.inspector.press(key)

    @property
    def sheet(self) -> Plane | None:
        """The sheet that is open."""
        return self.sheets.sheet

    def _booking_refused(self, case_id: int, day: object, problem: ClinicError) -> None:
        wanted = day if isinstance(day, date) else None
        self.sheets.open(lambda: self.rooms.booking(case_id, day=wanted, refusal=problem))

    def _move_refused(self, booking: Appointment, day: date, problem: ClinicError) -> None:
        case_id = booking.case_ids[0]
        self.sheets.open(lambda: self.rooms.booking(case_id, day=day, booking=booking, refusal=problem))

    # --- saying things -----------------------------------------------------------------------------------------

    def _foot(self) -> int:
        """Pixels nothing that is said may hide: the foot of the import, thumbnails and labels of the viewer."""
        photos, viewer = self.sheets.photos, self._viewer
        if photos is not None and photos.foot_plate.isVisible():
            return photos.foot_plate.height()
        if viewer is not None and viewer.isVisible():
            return self.ground.height() - viewer.mapTo(self.ground, QPoint(0, viewer.height())).y() + viewer.foot
        return 0

    def _refused(self, problem: ClinicError) -> None:
        if problem.code == "emergency_needed" and self._area == CASE:
            return
        self.sayings.complain(sentence_of(problem))
        if isinstance(problem, (NotFound, Conflict)):
            self._context.tasks.changed.emit(Changes(frozenset(Topic)))

    def _ask_permission(
        self,
        refusal: AccessRefused,
        writes: bool,
        again: Callable[[Grant], None],
        give_up: Callable[[], None],
    ) -> bool:
        """A passphrase, a reason or a second person is missing: ask for it and go on."""
        from clinic_app.ui.shell.permission import Permission

        if self.permission is None:
            self.permission = Permission(self._context, self)
        return self.permission.ask(refusal, writes, again, give_up)

    def show_mistake(self, problem: BaseException) -> None:
        """Say that the program made a mistake of its own."""
        from clinic_app.ui.shell.crash import show_crash

        if not self._closing and self._lock_page is None:
            folder = self._services.clinic.folder if self._services is not None else ""
            show_crash(self._context.theme, self, problem, self._saved_at, folder)

    def _note_saved(self, changes: object) -> None:
        if isinstance(changes, Changes) and Topic.PEOPLE in changes.topics:
            self._enable()
        if isinstance(changes, Changes) and Topic.PATIENTS in changes.topics:
            self.recent.read()
        if isinstance(changes, Changes) and changes.topics:
            self._saved_at = datetime.now()  # noqa: DTZ005 - the time on the wall, for a sentence

    def _note_written(self, case_id: int, undo: object) -> None:
        if isinstance(undo, int):
            self._case_of_undo[undo] = case_id

    def _undone(self, words: str, ids: tuple[int, ...]) -> None:
        self.sayings.tell_undone(words)
        case_id = next((self._case_of_undo[one] for one in ids if one in self._case_of_undo), 0)
        if case_id and self._area == SCHEDULE and self._lock_page is None:
            self.schedule.return_to(case_id)

    def _sight(self) -> Sight:
        """Who is on screen, for what Ctrl+Z may take back without a word."""
        photos = self.sheets.photos
        importing = photos is not None and photos.isVisible()
        patient_id = photos.patient_id if photos is not None and importing else self._patient
        presenting = self._area == COMPARE and self._viewer is not None and self._viewer.presenting
        return Sight(patient_id, self._area not in (CASE, COMPARE), self.sheets.in_sight is not None, not presenting)

    def _trail_changed(self) -> None:
        step = self.trail.last if self._lock_page is None else None
        words = translate("&Undo") if step is None else translate("&Undo: {words}").format(words=step.words)
        self.commands.actions["undo"].setText(words)

    # --- looks -------------------------------------------------------------------------------------------------

    def set_theme(self, code: str) -> None:
        """Light, dark, or as the system says."""
        self._context.theme.set_appearance(Appearance(code))
        self._change(replace(self._preferences, theme=WantedTheme(code)))

    def _toggle_compact(self) -> None:
        compact = self.commands.actions["compact"].isChecked()
        self._context.theme.set_density(Density.COMPACT if compact else Density.COMFORTABLE)
        self._change(replace(self._preferences, compact=compact))

    def _step_text(self, direction: int) -> None:
        keeper = self._context.theme
        if direction:
            keeper.step_scale(direction)
        else:
            keeper.set_scale(1.0)
        self._change(replace(self._preferences, text_scale=keeper.scale))
        self._fit()

    def toggle_full_screen(self) -> None:
        """The window without its frame, and back."""
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()

    def _take_preferences(self) -> None:
        keeper = self._context.theme
        keeper.set_appearance(Appearance(self._preferences.theme.value))
        keeper.set_scale(self._preferences.text_scale)
        keeper.set_density(Density.COMPACT if self._preferences.compact else Density.COMFORTABLE)

    def _change(self, preferences: MachinePreferences) -> None:
        self._preferences = preferences
        self._keep(preferences)

    def _restyle(self) -> None:
        measures = self._context.theme.measures
        side = measures.margin_side
        said = self.strips.saying
        gap = self._context.theme.px(6) if measures.narrow else measures.block_gap
        self.strips.setContentsMargins(side, gap if said else 0, side, 0)
        self.strips.setSpacing(gap)
        above = gap if said else measures.block_gap
        self._schedule_column.setContentsMargins(side, above, side, measures.margin_bottom)
        colours = self._ribbon.palette()
        colours.setColor(self._ribbon.backgroundRole(), self._context.theme.colour("warning_soft"))
        self._ribbon.setPalette(colours)
        self._ribbon.setFixedHeight(self._context.theme.px(22))
        if self._overlay:
            self._place_overlay()

    def _fit(self) -> None:
        keeper = self._context.theme
        keeper.set_narrow(self.width() < NARROW_WIDTH or self.height() < NARROW_HEIGHT)
        overlay = self.width() < OVERLAY_WIDTH * max(1.0, keeper.scale)
        if overlay != self._overlay:
            self._overlay = overlay
            self._panel_wanted = not overlay and self._settings.value("inspector", "true") != "false"
            if "inspector" in self.commands.actions:
                self.commands.actions["inspector"].setChecked(self._panel_wanted)
            self._show_panel()
        if self._overlay:
            self._place_overlay()

    # --- Qt ----------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Change to the layout for this size."""
        super().resizeEvent(event)
        self._fit()
        if self._start is not None:
            self._start.setGeometry(self.ground.rect())
        if self._lock_page is not None:
            self._lock_page.setGeometry(self.rect())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Letters nobody took mean the selected case, wherever the keyboard is."""
        text = event.text().lower()
        if self._area not in LISTS or not self._case or self._start is not None or self.sheet is not None:
            super().keyPressEvent(event)
            return
        if isinstance(QApplication.focusWidget(), QLineEdit):
            super().keyPressEvent(event)
            return
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if modifiers == Qt.KeyboardModifier.NoModifier and text and text in "1234bc":
            self._press(text)
        elif modifiers == Qt.KeyboardModifier.ShiftModifier and text and text in "bc":
            self._press(text.upper())
        elif modifiers == Qt.KeyboardModifier.NoModifier and text == "l":
            self._context.intents.log_call.emit(self._case)
        elif event.key() == Qt.Key.Key_Escape and self._overlay and self.inspector.isVisible():
            self.toggle_panel()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Say what a drop would do."""
        paths = dropped_paths(event.mimeData())
        if not self._context.open or not paths or self.sheets.in_sight is not None:
            return
        event.acceptProposedAction()
        shown = self.inspector.value
        self._hint.show_drop(paths, shown.value.patient.name if shown is not None and self._patient else "")

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """It went away again."""
        self._hint.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        """A register is imported, anything else is taken for photographs."""
        self._hint.hide()
        paths = dropped_paths(event.mimeData())
        if not paths:
            return
        event.acceptProposedAction()
        intents = self._context.intents
        if is_register(paths):
            intents.import_register.emit(paths[0])
        else:
            intents.import_pictures.emit(self._patient, paths)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask while a job runs; then keep the geometry and end all work."""
        if self._stays_in_tray() or (not self._closing and not (self.may_leave() and self._may_stop())):
            event.ignore()
            return
        self._closing = True
        self.locking.end()
        self._save_geometry()
        self.sheets.close()
        self.inspector.phone.clear_clipboard()
        services, self._services = self._services, None
        if self._context.open:
            self._context.detach()
        self._context.tasks.close()
        if services is not None:
            services.close()
        self._context.theme.close()
        super().closeEvent(event)
        self.gone.emit()

    def _may_stop(self) -> bool:
        running = [job for job in self._context.tasks.jobs if not job.resumable]
        if not running:
            return True
        from clinic_app.ui.widgets.confirm_dialog import ConfirmDialog

        return ConfirmDialog.ask(
            self._context.theme,
            self,
            translate("“{job}” is still running").format(job=running[0].title),
            translate("If you stop now, what was finished is kept and nothing is half-saved."),
            translate("Stop and close"),
        )

    # --- remembering -------------------------------------------------------------------------------------------

    def _restore(self) -> None:
        geometry = self._settings.value("geometry")
        if not (isinstance(geometry, QByteArray) and self.restoreGeometry(geometry)):
            self.resize(1440, 900)
        self._bring_inside()
        self._fit()

    def _bring_inside(self) -> None:
        """A monitor may be gone since: bring the window back."""
        screens = [screen.availableGeometry() for screen in QGuiApplication.screens()]
        frame = self.frameGeometry()
        if screens and not any(screen.intersects(frame.adjusted(40, 10, -40, -40)) for screen in screens):
            self.move(screens[0].topLeft())

    def _save_geometry(self) -> None:
        self._settings.setValue("geometry", self.saveGeometry())
        self._settings.setValue("area", SCHEDULE if self._area in HEADED else PATIENTS)
        if not self._overlay:
            self._settings.setValue("inspector", "true" if self._panel_wanted else "false")
        self._settings.setValue("week", "true" if self.commands.actions["week"].isChecked() else "false")
        self._settings.sync()

    # --- regions and helping -----------------------------------------------------------------------------------

    def find_patient(self) -> None:
        """Put the keyboard into the search (Ctrl+K); areas with a head of their own lend it their place."""
        if not self._context.open or self.sheets.in_sight is not None:
            return
        if self._area == PATIENTS and self._list is not None:
            self._list.focus_search()
            return
        self.header.show()
        self.header.search.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.header.search.line.selectAll()

    def _leave_search(self) -> None:
        self.header.setVisible(self._area in HEADED)
        self._focus_area()

    def _search_edited(self, words: str) -> None:
        if not words and not self.header.search.line.hasFocus():
            self.header.setVisible(self._area in HEADED)

    def next_region(self, step: int) -> None:
        """F6: rail, header, area, week, panel, and round again."""
        regions = [self.rail, self.header, self.areas.currentWidget()]
        if self._area == SCHEDULE:
            listed = self.schedule_room.code == CALL_LIST
            views = (self.schedule.table, self.schedule.week) if listed else (self.schedule_room.currentWidget(),)
            regions = [self.rail, self.header, *views]
        if self.inspector.isVisible():
            regions.append(self.inspector)
        sheet = self.sheets.in_sight
        if sheet is not None:
            regions = [sheet]
        present = [region for region in regions if region is not None and region.isVisible()]
        holder = QApplication.focusWidget()
        at = -step if step > 0 else 0
        for place, region in enumerate(present):
            if holder is not None and (holder is region or region.isAncestorOf(holder)):
                at = place
        first = first_focus(present[(at + step) % len(present)])
        if first is not None:
            first.setFocus(Qt.FocusReason.TabFocusReason)

    def show_keys(self) -> None:
        """The list of keys."""
        from clinic_app.ui.shell.helping import KeysDialog

        dialog = KeysDialog(self._context.theme, self.commands.listed(), self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def show_help(self, chapter: str) -> None:
        """Help over the window, at a chapter; blank for the one that fits what is shown."""
        if self._help is None:
            self._help = self.rooms.help()
        beginning = self._start is not None or self._area == SETTINGS
        here = "first-steps" if beginning else HELP_OF.get(self._area, "security")
        self._help.show_chapter(chapter or here)

    def show_about(self) -> None:
        """What program this is."""
        from clinic_app.ui.shell.helping import AboutDialog

        folder = self._services.clinic.folder if self._services is not None else ""
        dialog = AboutDialog(self._context.theme, folder, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _show_selection(self) -> None:
        self._show_area(SCHEDULE)
        self.ground.setFocus(Qt.FocusReason.OtherFocusReason)

    def _enable(self) -> None:
        open_ = self._context.open
        self.commands.enable(NEEDS_CLINIC, on=open_)
        self.commands.enable(NEEDS_PATIENT, on=open_ and bool(self._patient))
        self.commands.enable(NEEDS_CASE, on=open_ and bool(self._case))
        self.commands.enable(("back",), on=self._places.back)
        self.commands.enable(("forward",), on=self._places.forward)
        self.header.new_patient.setEnabled(open_)


def first_focus(widget: QWidget) -> QWidget | None:
    """The first part of a region that takes the keyboard."""
    proxy = widget.focusProxy()
    if proxy is not None:
        widget = proxy
    if widget.focusPolicy() & Qt.FocusPolicy.TabFocus or isinstance(widget, QAbstractScrollArea):
        return widget
    for part in widget.findChildren(QWidget):
        if part.isVisible() and part.isEnabled() and part.focusPolicy() & Qt.FocusPolicy.TabFocus:
            return part
    return None
