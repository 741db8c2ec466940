"""Today: who comes and where they are, who is to be called, what was missed; the area the program opens on."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMenu, QStackedLayout, QVBoxLayout, QWidget

from clinic_app.domain.access import Action
from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.errors import ClinicError
from clinic_app.domain.papers import PaperKind, PaperRequest
from clinic_app.domain.schedule import AppointmentStatus, FollowUpStatus
from clinic_app.ui.context import UiContext
from clinic_app.ui.schedule.actions import ONE_KEY, CaseActions, fill_drugs
from clinic_app.ui.schedule.nobody_yet import NobodyYet
from clinic_app.ui.today.lines import LIST_OF_PART, Part, Shown, TodayGroup, TodayRow, read_photos, read_today
from clinic_app.ui.today.table import TodayTable
from clinic_app.ui.widgets import Card, EmptyState, Tile
from clinic_app.ui.widgets.banner import Banner, Level
from clinic_app.ui.widgets.role_gate import keep_to_roles
from clinic_app.ui.widgets.tiles import fit_tiles
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.schedule import booking_words
from clinic_app.wording.sentences import sentence_of

TOPICS = frozenset({Topic.SCHEDULE, Topic.CASES, Topic.TREATMENT, Topic.PATIENTS, Topic.PICTURES})
VISITS, CALLS, OVERDUE, DUE, PHOTOS = "visits", "calls", "overdue", "due", "photos"
STATUS_KEYS = {
    "a": AppointmentStatus.ARRIVED,
    "i": AppointmentStatus.IN_ROOM,
    "n": AppointmentStatus.NO_SHOW,
}
HERE = frozenset("ai")
"""Keys that say who is here now: of today's visits only."""
LOOKING = frozenset("cC")
LATER = 150
"""Milliseconds after which photographs are asked for: visits and calls come first."""


class TodayView(QWidget):
    """One list of parts, tiles above. Reads when shown, and again when something of it changed.

    ``chosen`` brings patient and case of the selected row; ``pressed`` a key that the panel beside it answers;
    ``list_wanted`` whom the call list is to show: a status, a filter, or None for everybody; ``counted`` how many
    visits and call-backs are open; ``read`` whether there was anything, each time it was read.
    """

    chosen = Signal(int, int)
    pressed = Signal(str)
    list_wanted = Signal(object)
    counted = Signal(int)
    read = Signal(bool)

    def __init__(self, context: UiContext, actions: CaseActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._actions = actions
        self._shown = Shown()
        self._photos: TodayGroup | None = None
        self._loaded = False
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(LATER)
        self._later.timeout.connect(self._read_photos)
        self._build()
        context.attached.connect(self.refresh)
        context.detached.connect(self.forget)
        context.concealed.connect(self.forget)
        context.tasks.changed.connect(self._something_changed)
        context.theme.changed.connect(self._restyle)
        actions.leaving.connect(self._leaving)

    def _build(self) -> None:
        keeper = self._context.theme
        self.since = Banner(keeper, self)
        self.since.dismissed.connect(self._restyle)
        names = (
            (VISITS, "user-check", translate("Visits today")),
            (CALLS, "phone-outgoing", translate("Call back")),
            (OVERDUE, "triangle-alert", translate("Overdue")),
            (DUE, "clock", translate("Due")),
            (PHOTOS, "camera", translate("After-photos")),
        )
        self.tiles: dict[str, Tile] = {}
        self._tile_row = QHBoxLayout()
        for code, icon, name in names:
            tile = Tile(keeper, icon, name, self)
            tile.setCheckable(False)
            tile.clicked.connect(lambda _=False, code=code: self._tile_pressed(code))
            self._tile_row.addWidget(tile, 1)
            self.tiles[code] = tile
        self.table = TodayTable(keeper)
        self.table.chosen.connect(self.chosen)
        self.table.pressed.connect(self.press)
        self.table.opened.connect(self._open)
        self.table.menu.connect(self._pop_menu)
        self.empty = EmptyState(keeper, "calendar-check", "", "", self)
        self.empty.acted.connect(self._empty_acted)
        card = Card(keeper, self)
        self._stack = QStackedLayout()
        self.nobody = NobodyYet(self._context, self)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.nobody)
        self._stack.addWidget(self.table)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 5, 1, 5)
        inside.addLayout(self._stack)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.since)
        self._column.addLayout(self._tile_row)
        self._column.addWidget(card, 1)
        self.setFocusProxy(self.table)
        self._restyle()

    # --- reading -----------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read everything again."""
        if self._context.open:
            self._context.tasks.ask(read_today, self._take, owner=self, key="today", failed=self._failed)
            self._later.start()

    def forget(self) -> None:
        """Show nobody."""
        self._later.stop()
        self._loaded = False
        self._shown, self._photos = Shown(), None
        self.table.show_groups(())
        self.since.clear()
        for tile in self.tiles.values():
            tile.show_count("", "")
        self.empty.show_words("", icon="calendar-check", detail="")
        self._stack.setCurrentWidget(self.empty)

    def shows(self, case_id: int) -> bool:
        """Whether a row is of this case."""
        return any(row.case_id == case_id for _, row in self.table.lines.rows())

    def _read_photos(self) -> None:
        if self._context.open:
            self._context.tasks.ask(read_photos, self._take_photos, owner=self, key="photos", failed=lambda _: None)

    def _something_changed(self, changes: Changes) -> None:
        if self._context.open and changes.topics & TOPICS:
            self.refresh()

    def _take(self, shown: Shown) -> None:
        fresh = not self._loaded
        self._loaded = True
        self._shown = shown
        if fresh:
            self.since.show_words(shown.since, level=Level.INFO) if shown.since else self.since.clear()
        self._show()
        if fresh and self.isVisible() and self._stack.currentWidget() is self.table and self._may_take_focus():
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        self.counted.emit(shown.urgent)
        self.read.emit(shown.anything)

    def _may_take_focus(self) -> bool:
        holder = QApplication.focusWidget()
        return holder is None or holder is self or not holder.isVisible() or holder.isAncestorOf(self)

    def _take_photos(self, group: TodayGroup) -> None:
        self._photos = group
        self._show()

    def _failed(self, problem: ClinicError) -> None:
        self.empty.show_words(sentence_of(problem), translate("Try again"), icon="circle-alert")
        self._stack.setCurrentWidget(self.empty)

    def _show(self) -> None:
        if not self._loaded:
            return
        shown, photos = self._shown, self._photos
        groups = (*shown.groups, photos) if photos is not None and photos.count else shown.groups
        visits, here = shown.visits
        calls, earlier = shown.calls
        self.tiles[VISITS].show_count(
            visits, translate_many("{count} arrived", "{count} arrived", here) if here else ""
        )
        late = translate_many("{count} from earlier", "{count} from earlier", earlier) if earlier else ""
        self.tiles[CALLS].show_count(calls, late, ink="due.fg" if earlier else None)
        self.tiles[OVERDUE].show_count(shown.overdue, "", ink="overdue.fg" if shown.overdue else None)
        self.tiles[DUE].show_count(shown.due, "")
        self.tiles[PHOTOS].show_count("–" if photos is None else photos.count, "")
        if groups:
            self.table.show_groups(groups)
            self._stack.setCurrentWidget(self.table)
        elif not shown.diagnoses:
            self.table.show_groups(())
            self._stack.setCurrentWidget(self.nobody)
        else:
            self.table.show_groups(())
            self.empty.show_words(
                translate("Nobody comes today and nobody is to be called."),
                translate("Open the call list"),
                icon="calendar-check",
            )
            self._stack.setCurrentWidget(self.empty)
        self._restyle()

    # --- acting ------------------------------------------------------------------------------------------------

    def press(self, key: str) -> None:
        """A key on a row."""
        row = self.table.row
        if row is None:
            return
        if key in LOOKING or key == "l":
            self._look(key, row)
            return
        if self._context.refuse(Action.REGISTER if key != "d" else Action.DRAFT_INJECTION):
            return
        booking = row.appointment
        if key in STATUS_KEYS or key == "d":
            if booking is None or not row.part.of_bookings:
                self._context.intents.refused.emit(translate("This key is for a visit."))
            elif key in HERE and row.part is not Part.VISITORS:
                words = translate("That day is over: N says that they did not come, D records what was done.")
                self._context.intents.refused.emit(words)
            elif key == "d":
                self._context.intents.record_visit.emit(row.patient_id, row.case_id)
            else:
                self._set_status(row, STATUS_KEYS[key])
        elif key in ONE_KEY and row.offers_call:
            self._actions.log(row.case_id, row.name, ONE_KEY[key])
        elif key == "b" and row.offers_call:
            self._actions.book(row.case_id, row.patient_id, row.name)
        elif row.case_id:
            self.pressed.emit(key)

    def printable(self, usual: PaperRequest) -> PaperRequest:
        """Ctrl+P: the list of today's visits while somebody is still to come, then that of the next Botox day."""
        waiting = self._shown.urgent - self._shown.calls[0]
        return replace(usual, kind=PaperKind.DAY_LIST, day=self._context.today() if waiting else None)

    def _look(self, key: str, row: TodayRow) -> None:
        intents = self._context.intents
        if not row.case_id:
            return
        if key == "c":
            intents.compare.emit(row.case_id)
        elif key == "C":
            intents.show_injection.emit(row.case_id, 0)
        else:
            intents.log_call.emit(row.case_id)

    def _set_status(self, row: TodayRow, status: AppointmentStatus) -> None:
        if row.appointment is not None:
            self._actions.set_status(row.appointment, row.name, status)

    def _open(self) -> None:
        group, row = self.table.group, self.table.row
        if group is not None and group.part in LIST_OF_PART:
            self.list_wanted.emit(LIST_OF_PART[group.part])
        elif group is not None:
            self.table.fold(group.part, open_=not self.table.lines.is_open(group.part))
        elif row is not None and row.part is Part.PHOTOS:
            self._context.intents.import_pictures.emit(row.patient_id, ())
        elif row is not None:
            self._context.intents.open_case.emit(row.patient_id, row.case_id)

    def _tile_pressed(self, code: str) -> None:
        """Overdue and due open the call list; the others go to their part here."""
        status = {OVERDUE: FollowUpStatus.OVERDUE, DUE: FollowUpStatus.DUE}.get(code)
        if status is not None:
            self.list_wanted.emit(status)
            return
        part = {VISITS: Part.VISITORS, CALLS: Part.CALL_BACKS, PHOTOS: Part.PHOTOS}[code]
        first = next((place for place, row in self.table.lines.rows() if row.part is part), None)
        if first is not None:
            self.table.choose(first)
            self.table.setFocus()

    def _empty_acted(self) -> None:
        if self._loaded:
            self.list_wanted.emit(None)
        else:
            self.refresh()

    def _leaving(self, case_id: int) -> None:
        row = self.table.row
        if self.isVisible() and row is not None and row.case_id == case_id:
            self.table.choose_next()

    def _pop_menu(self, where: QPoint) -> None:
        row = self.table.row
        if row is None:
            return
        intents, case_id, patient_id = self._context.intents, row.case_id, row.patient_id
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.addAction(translate("Open record") + "\t↵", lambda: intents.open_case.emit(patient_id, case_id))
        if case_id:
            menu.addAction(translate("Compare photos") + "\tC", lambda: intents.compare.emit(case_id))
        booking = row.appointment
        if booking is not None:
            menu.addSeparator()
            keys = {status: key.upper() for key, status in STATUS_KEYS.items()}
            over = () if row.part is Part.VISITORS else (AppointmentStatus.ARRIVED, AppointmentStatus.IN_ROOM)
            for status in (*STATUS_KEYS.values(), AppointmentStatus.NOT_INJECTED):
                if status is not booking.status and status not in over:
                    words = booking_words(status) + (f"\t{keys[status]}" if status in keys else "")
                    action = menu.addAction(words)
                    action.triggered.connect(lambda _=False, status=status, row=row: self._set_status(row, status))
                    keep_to_roles(self._context, action, Action.REGISTER)
            visit = menu.addAction(translate("Record injection…") + "\tD")
            visit.triggered.connect(lambda: intents.record_visit.emit(patient_id, case_id))
            keep_to_roles(self._context, visit, Action.DRAFT_INJECTION)
            drugs = menu.addMenu(translate("Drug"))
            name = row.name
            fill_drugs(self._context, drugs, booking, name, lambda drug: self._actions.set_drug(booking, name, drug))
        if case_id and row.offers_call:
            menu.addSeparator()
            self._actions.fill(menu.addMenu(translate("Log a call")), case_id, row.name)
            sheet = menu.addAction(translate("Call sheet…") + "\tL", lambda: intents.log_call.emit(case_id))
            book = menu.addAction(translate("Book…") + "\tShift+B", lambda: intents.book.emit(case_id))
            for action in (sheet, book):
                keep_to_roles(self._context, action, Action.REGISTER)
        if row.part is Part.PHOTOS:
            photos = menu.addAction(translate("Import photos…"))
            photos.triggered.connect(lambda: intents.import_pictures.emit(patient_id, ()))
            keep_to_roles(self._context, photos, Action.ADD_PHOTOS)
        menu.popup(where)

    # --- looks -------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """What is not read yet is read now."""
        super().showEvent(event)
        if not self._loaded:
            self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tiles take one line where the window is low."""
        super().resizeEvent(event)
        self._fit_tiles()

    def _fit_tiles(self) -> None:
        measures = self._context.theme.measures
        fit_tiles(
            self._tile_row,
            tuple(self.tiles.values()),
            self.width() - 2 * measures.margin_side,
            low=measures.narrow,
        )

    def _restyle(self) -> None:
        measures = self._context.theme.measures
        self._column.setContentsMargins(
            measures.margin_side, measures.block_gap, measures.margin_side, measures.margin_bottom
        )
        self._column.setSpacing(measures.block_gap)
        self._tile_row.setSpacing(self._context.theme.px(10))
        self._fit_tiles()
