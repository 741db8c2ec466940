"""The case page: one patient, everything that happened, and everything that can be done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from clinic_app.domain.access import Action
from clinic_app.domain.case_page import CasePage, CaseSummary
from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.errors import ClinicError, NotFound
from clinic_app.ui.context import UiContext
from clinic_app.ui.patients.case_header import CaseHeader
from clinic_app.ui.patients.contacts_tab import ContactsTab
from clinic_app.ui.patients.emergency_clock import EmergencyClock
from clinic_app.ui.patients.follow_up_sheets import DecisionSheet
from clinic_app.ui.patients.lines import diagnosis_words
from clinic_app.ui.patients.picture_sheets import MovePicturesSheet, PictureDateSheet
from clinic_app.ui.patients.pictures_tab import PicturesTab
from clinic_app.ui.patients.thumbnails import Thumbnails
from clinic_app.ui.patients.timeline import TimelineTab
from clinic_app.ui.widgets import Banner, EmptyState, Level, Plane, SegmentedControl
from clinic_app.ui.widgets.drop_area import dropped_paths
from clinic_app.ui.widgets.key_table import KeyTable
from clinic_app.ui.widgets.menu_place import pop_under
from clinic_app.ui.widgets.record_sheet import RecordSheet
from clinic_app.ui.widgets.role_gate import keep_to_roles
from clinic_app.ui.widgets.wide_sheet import WideSheet
from clinic_app.wording.cases import stop_back_words
from clinic_app.wording.dates import day as day_words
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.sentences import sentence_of

if TYPE_CHECKING:
    from clinic_app.services import Services

TOPICS = frozenset({Topic.PATIENTS, Topic.CASES, Topic.TREATMENT, Topic.SCHEDULE, Topic.PICTURES})


class CaseView(Plane):
    """The page of a patient: header, Timeline, Photos, Contacts (Ctrl+PgDn, Ctrl+PgUp).

    Ctrl+R records an injection, C compares, Shift+C shows photos and doses of an injection, Ctrl+V and a drop
    bring photographs, Esc goes back (``back_asked``).
    Everything that belongs to another room is raised as an intent.
    """

    back_asked = Signal()

    def __init__(self, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, "app", parent)
        self._context = context
        keeper = context.theme
        self._patient_id = 0
        self._case_id = 0
        self._page: CasePage | None = None
        self._awaited: tuple[int, ...] = ()
        self._stale = False
        self._sought_session = 0
        self._keys = KeyTable(self)
        self.thumbnails = Thumbnails(context, self)
        self.header = CaseHeader(context, self)
        self.header.back_asked.connect(self.back_asked)
        self.header.record_asked.connect(self.record)
        self.header.photos_asked.connect(lambda: context.intents.import_pictures.emit(self._patient_id, ()))
        self.header.compare_asked.connect(self.compare)
        self.header.more_asked.connect(self._fill_menu)
        self.departed = Banner(keeper, self, can_dismiss=False)
        self.departed.acted.connect(self._take_back)
        keep_to_roles(context, self.departed.button, Action.REGISTER)
        self.trouble = Banner(keeper, self)
        self.trouble.acted.connect(self.read_again)
        self._notices = QWidget(self)
        self._notice_box = QVBoxLayout(self._notices)
        self._notice_box.addWidget(self.departed)
        self._notice_box.addWidget(self.trouble)
        self._tabs_row = QHBoxLayout()
        self._tabs: SegmentedControl | None = None
        self.timeline = TimelineTab(context, self.thumbnails, self)
        self.pictures = PicturesTab(context, self.thumbnails, self)
        self.contacts = ContactsTab(context, self)
        self._stack = QStackedWidget(self)
        for tab in (self.timeline, self.pictures, self.contacts):
            self._stack.addWidget(tab)
        self._absent = EmptyState(keeper, "user-x", "", translate("Back to the list"))
        self._absent.acted.connect(self._absent_acted)
        self._emergency_way = False
        self.emergency = EmergencyClock(context, self)
        self.emergency.over.connect(self.read_again)
        self.emergency.running_changed.connect(self._show_frame)
        self._body = QWidget(self)
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(0)
        body.addWidget(self.emergency)
        body.addWidget(self.header)
        body.addWidget(self._notices)
        body.addLayout(self._tabs_row)
        body.addWidget(self._stack, 1)
        self._whole = QStackedWidget(self)
        self._whole.addWidget(self._body)
        self._whole.addWidget(self._absent)
        outer = self._outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._whole)
        self._body.hide()
        self._build_tabs()
        self._connect_tabs()
        self.setAcceptDrops(True)
        for keys, act in (
            ("Esc", self.back_asked.emit),
            ("Ctrl+R", self.record),
            ("C", self.compare),
            ("Shift+C", self.show_injection),
            ("Ctrl+V", self.paste),
            ("Ctrl+PgDown", lambda: self.show_tab(self._stack.currentIndex() + 1)),
            ("Ctrl+PgUp", lambda: self.show_tab(self._stack.currentIndex() - 1)),
            ("Alt+1", lambda: self.show_tab(0)),
            ("Alt+2", lambda: self.show_tab(1)),
            ("Alt+3", lambda: self.show_tab(2)),
        ):
            self._keys.add(keys, act)
        self._keys.guard(self.contacts.table)
        context.detached.connect(self.forget)
        context.tasks.changed.connect(self._changed)
        self.restyle()

    @property
    def patient_id(self) -> int:
        """Who is shown; 0 for nobody."""
        return self._patient_id

    @property
    def page(self) -> CasePage | None:
        """What is shown, once it is read."""
        return self._page

    def show_patient(self, patient_id: int, case_id: int = 0) -> None:
        """Show a patient; ``case_id`` is the diagnosis that buttons are for, 0 for the first."""
        if patient_id != self._patient_id:
            self._page = None
            self._awaited = ()
            self.show_tab(0)
        self._patient_id, self._case_id = patient_id, case_id
        self.pictures.prefer(case_id)
        self.read_again()
        self.timeline.setFocus(Qt.FocusReason.OtherFocusReason)

    def read_again(self) -> None:
        """Read the page anew."""
        if not self._patient_id or not self._context.open:
            return
        patient_id = self._patient_id

        def read(services: Services) -> CasePage:
            return services.patients.page(patient_id)

        self._context.tasks.ask(read, self._show, owner=self, key="page", failed=self._refused)

    def forget(self) -> None:
        """Show nobody (the clinic was closed)."""
        self._patient_id = self._case_id = 0
        self._page = None
        self.emergency.stop()
        self.thumbnails.clear()
        if self._context.open:
            self.pictures.forget()
        self.timeline.forget()
        self.contacts.forget()
        self._body.hide()

    def show_tab(self, place: int) -> None:
        """Timeline (0), Photos (1) or Contacts (2)."""
        if not 0 <= place < self._stack.count():
            return
        self._stack.setCurrentIndex(place)
        if self._tabs is not None:
            self._tabs.choose(place)
        if place and self.isVisible() and _holds_keyboard(self):
            (self.pictures, self.contacts)[place - 1].setFocus(Qt.FocusReason.TabFocusReason)

    def record(self) -> None:
        """Ask for the visit sheet."""
        if self._context.refuse(Action.DRAFT_INJECTION):
            return
        if self.header.record.isEnabled() and self._page is not None:
            self._context.intents.record_visit.emit(self._patient_id, self._case_id)

    def compare(self) -> None:
        """Open the viewer, on the two photographs that are selected in the Photos tab where there are two."""
        found = self.pictures.compared if self._stack.currentWidget() is self.pictures else None
        if found is not None:
            self._context.intents.compare_pair.emit(*found)
            return
        summary = self.summary()
        if summary is not None:
            self._context.intents.compare.emit(summary.case.id)

    def show_injection(self) -> None:
        """Open the viewer with the doses: around the photograph with the ring, else on the right pair."""
        entry = None
        if self._stack.currentWidget() is self.pictures:
            entry = self.pictures.grid.entry(self.pictures.grid.current)
        summary = self.summary()
        if entry is not None and entry.case_id is not None:
            self._context.intents.show_injection.emit(entry.case_id, entry.session_id or 0)
        elif summary is not None:
            self._context.intents.show_injection.emit(summary.case.id, 0)

    def show_session(self, session_id: int) -> None:
        """Show an injection in the timeline, once the page is read."""
        self._sought_session = session_id
        self.show_tab(0)
        self._seek()

    def _seek(self) -> None:
        if self._sought_session and self._page is not None and self._page.patient.id == self._patient_id:
            session_id, self._sought_session = self._sought_session, 0
            self.timeline.show_session(session_id)

    def _open_session(self, session_id: int) -> None:
        """Photographs and doses of an injection."""
        visits = self._page.visits if self._page is not None else ()
        for session in (one for visit in visits for one in visit.sessions if one.id == session_id):
            self._context.intents.show_injection.emit(session.details.case_id, session_id)

    def summary(self) -> CaseSummary | None:
        """The diagnosis that buttons are for: the one asked for, else the first."""
        if self._page is None or not self._page.cases:
            return None
        return next((one for one in self._page.cases if one.case.id == self._case_id), self._page.cases[0])

    def paste(self) -> None:
        """Take photographs from the clipboard."""
        mime = QGuiApplication.clipboard().mimeData()
        if not self._patient_id:
            return
        paths = dropped_paths(mime)
        if paths:
            self._context.intents.import_pictures.emit(self._patient_id, paths)
        elif mime.hasImage():
            self._context.intents.paste_picture.emit(self._patient_id)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files may be dropped."""
        if self._patient_id and dropped_paths(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Import what was dropped."""
        paths = dropped_paths(event.mimeData())
        if paths and self._patient_id:
            event.acceptProposedAction()
            self._context.intents.import_pictures.emit(self._patient_id, paths)

    def event(self, event: QEvent) -> bool:
        """Keys of the page."""
        keys: KeyTable | None = getattr(self, "_keys", None)
        return (keys is not None and keys.handle(event)) or super().event(event)

    def showEvent(self, event: object) -> None:
        """Read what changed meanwhile."""
        if self._stale:
            self._stale = False
            self.read_again()

    def restyle(self) -> None:
        """Take measures anew."""
        measures = self.keeper.measures
        side = measures.margin_side
        self._tabs_row.setContentsMargins(side, measures.block_gap, side, 0)
        self._notice_box.setContentsMargins(side, measures.block_gap, side, 0)
        super().restyle()

    def _build_tabs(self) -> None:
        place = self._stack.currentIndex()
        photos = len(self._page.pictures) if self._page else 0
        contacts = len(self._page.calls) + len(self._page.appointments) if self._page else 0
        words = [
            translate("Timeline"),
            translate("Photos {count}").format(count=photos) if photos else translate("Photos"),
            translate("Contacts {count}").format(count=contacts) if contacts else translate("Contacts"),
        ]
        focused = self._tabs is not None and _holds_keyboard(self._tabs)
        if self._tabs is not None:
            self._tabs_row.takeAt(1)
            self._tabs_row.removeWidget(self._tabs)
            self._tabs.hide()
            self._tabs.deleteLater()
        tabs = SegmentedControl(self.keeper, words, translate("Parts of the record"), self._body)
        tabs.choose(max(place, 0))
        tabs.chosen.connect(self.show_tab)
        self._tabs_row.addWidget(tabs)
        self._tabs_row.addStretch(1)
        self._tabs = tabs
        QWidget.setTabOrder(self.header.more, tabs.segment(0))
        if focused:
            tabs.segment(max(place, 0)).setFocus(Qt.FocusReason.OtherFocusReason)

    def _connect_tabs(self) -> None:
        intents = self._context.intents
        self.timeline.finalise_asked.connect(self._finalise)
        self.timeline.correct_asked.connect(intents.correct)
        self.timeline.external_asked.connect(lambda id_: intents.external.emit(self._patient_id, id_))
        self.timeline.picture_chosen.connect(lambda picture_id: self.show_pictures((picture_id,)))
        self.timeline.menu_asked.connect(self._open_case_menu)
        self.timeline.decide_asked.connect(self._decide)
        self.timeline.record_asked.connect(self.record)
        self.timeline.session_opened.connect(self._open_session)
        self.pictures.grid.session_opened.connect(self._open_session)
        self.timeline.diagnosis_asked.connect(lambda: intents.edit_case.emit(self._patient_id, 0))
        self.pictures.import_asked.connect(lambda: intents.import_pictures.emit(self._patient_id, ()))
        self.pictures.compare_asked.connect(self.compare)
        self.pictures.dates_asked.connect(self._set_dates)
        self.pictures.move_asked.connect(self._move_pictures)
        self.pictures.delete_asked.connect(self._delete_pictures)
        self.contacts.call_asked.connect(lambda: self._for_case(intents.log_call.emit))
        self.contacts.correct_asked.connect(lambda call: intents.correct_call.emit(call.case_id, call))
        self.contacts.book_asked.connect(lambda: self._for_case(intents.book.emit))

    def _show(self, page: CasePage) -> None:
        if page.patient.id != self._patient_id:
            return
        self.trouble.clear()
        self.emergency.look(self._patient_id)
        self._whole.setCurrentWidget(self._body)
        self._body.show()
        if page == self._page:
            self._seek()
            return
        counts = (len(page.pictures), len(page.calls) + len(page.appointments))
        before = self._page
        self._page = page
        self.header.show_page(page)
        self._show_departure(page)
        if before is None or counts != (len(before.pictures), len(before.calls) + len(before.appointments)):
            self._build_tabs()
        self.timeline.show_page(page)
        self.pictures.show_page(page)
        if self._awaited:
            self.show_pictures(self._awaited)
        self.contacts.show_page(page)
        self._seek()

    def _show_departure(self, page: CasePage) -> None:
        patient = page.patient
        if patient.deceased_on is not None:
            words = translate("Died on {day}. All diagnoses are stopped and nobody is called.")
            day = day_words(patient.deceased_on)
        elif patient.moved_on is not None:
            words = translate("Moved away on {day}. All diagnoses are stopped and nobody is called.")
            day = day_words(patient.moved_on)
        else:
            self.departed.clear()
            self._notices.setVisible(self.trouble.isVisible())
            return
        self._notices.show()
        self.departed.show_words(words.format(day=day), action=translate("Take back"), level=Level.INFO)

    def _refused(self, error: ClinicError) -> None:
        if error.code == "emergency_needed":
            self._close_record(error)
            return
        self._emergency_way = False
        if isinstance(error, NotFound):
            self._absent.show_words(sentence_of(error), translate("Back to the list"))
            self._whole.setCurrentWidget(self._absent)
            return
        self._body.show()
        self._notices.show()
        self.trouble.show_words(sentence_of(error), action=translate("Try again"), level=Level.PROBLEM)

    def _close_record(self, error: ClinicError) -> None:
        """The record is closed to who works: nothing of it stays, and the way of an emergency is offered."""
        patient_id = self._patient_id
        self.forget()
        self._patient_id = patient_id
        self._emergency_way = True
        self._absent.show_words(
            translate("Restricted"), translate("Open in an emergency…"), icon="lock", detail=sentence_of(error)
        )
        self._whole.setCurrentWidget(self._absent)

    def _absent_acted(self) -> None:
        if self._emergency_way:
            self._context.intents.open_emergency.emit(self._patient_id)
        else:
            self.back_asked.emit()

    def _show_frame(self, running: bool) -> None:
        """A red frame around a record that is open in an emergency."""
        edge = self.keeper.px(4) if running else 0
        self._outer.setContentsMargins(edge, edge, edge, edge)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground, and the red frame."""
        super().paintEvent(event)
        if self.emergency.running:
            painter = QPainter(self)
            edge, colour = self.keeper.px(4), self.keeper.colour("danger")
            area = self.rect()
            for side in (
                QRect(0, 0, area.width(), edge),
                QRect(0, area.height() - edge, area.width(), edge),
                QRect(0, 0, edge, area.height()),
                QRect(area.width() - edge, 0, edge, area.height()),
            ):
                painter.fillRect(side, colour)

    def _changed(self, changes: Changes) -> None:
        if not self._patient_id or not changes.topics & TOPICS:
            return
        if not self.isVisible():
            self._stale = True
        elif (cover := self._cover()) is not None:
            self._stale = True
            cover.installEventFilter(self)
        else:
            self.read_again()

    def _cover(self) -> WideSheet | None:
        """The wide sheet that lies over this page: what changes meanwhile is read when it goes.

        An import at its end changes both. To build this page anew below the sheet would hold up what is looked at.
        """
        return next((sheet for sheet in self.window().findChildren(WideSheet) if sheet.isVisible()), None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The sheet above goes: read what changed meanwhile."""
        if event.type() == QEvent.Type.Hide and isinstance(watched, WideSheet):
            watched.removeEventFilter(self)
            if self._stale and self.isVisible():
                self._stale = False
                self.read_again()
        return super().eventFilter(watched, event)

    def _finalise(self, session_ids: tuple[int, ...]) -> None:
        def write(services: Services) -> Changes:
            return services.treatment.finalise(session_ids)

        words = translate_many("Injection finalised", "{count} injections finalised", len(session_ids))
        self._tell(write, words)

    def _take_back(self) -> None:
        if self._context.refuse(Action.REGISTER):
            return
        patient_id = self._patient_id

        def write(services: Services) -> Changes:
            return services.patients.take_back_departure(patient_id)

        self._tell(write, translate("Taken back: the diagnoses go on, nothing is booked again by itself"))

    def _tell(self, write: object, words: str) -> None:
        self._context.tasks.tell(
            write,  # type: ignore[arg-type]  # every caller hands a write of services in
            lambda changes: self._context.wrote(words, changes),
            owner=self,
            failed=self._refused,
        )

    def show_pictures(self, picture_ids: Sequence[int]) -> None:
        """Select photographs in the Photos tab, once the page is read."""
        self.show_tab(1)
        self._awaited = () if self._page is not None else tuple(picture_ids)
        if self._page is not None:
            self.pictures.show_pictures(picture_ids)

    def _for_case(self, emit: object) -> None:
        summary = self.summary()
        if summary is not None and callable(emit):
            emit(summary.case.id)

    def _fill_menu(self, menu: QMenu) -> None:
        page, intents = self._page, self._context.intents
        if page is None:
            return
        id_ = self._patient_id
        self._entry(menu, Action.REGISTER, translate("Edit patient…"), lambda: intents.edit_patient.emit(id_))
        self._entry(menu, Action.EDIT_RECORD, translate("Add diagnosis…"), lambda: intents.edit_case.emit(id_, 0))
        self._entry(
            menu,
            Action.EDIT_RECORD,
            translate("Botulinum toxin given elsewhere…"),
            lambda: intents.external.emit(id_, 0),
        )
        menu.addSeparator()
        for summary in page.cases:
            several = len(page.cases) > 1
            part = menu
            if several:
                part = menu.addMenu(diagnosis_words(self._context.catalogues, summary.case).replace("&", "&&"))
            self._fill_case_menu(part, summary)
        menu.addSeparator()
        gone = page.patient.departed
        if gone:
            self._entry(menu, Action.REGISTER, translate("Take back died or moved"), self._take_back)
        else:
            self._entry(menu, Action.REGISTER, translate("Died or moved away…"), lambda: intents.departed.emit(id_))
        self._entry(menu, Action.EXPORT_IDENTIFIABLE, translate("Export register…"), intents.export_register.emit)
        self._entry(menu, Action.SEE_AUDIT, translate("Who looked at this patient"), lambda: intents.audit_of.emit(id_))
        menu.addAction(translate("Earlier versions…"), lambda: intents.versions.emit(id_))
        self._entry(
            menu, Action.EXPORT_IDENTIFIABLE, translate("Copy of the record…"), lambda: intents.copy_record.emit(id_)
        )
        self._entry(
            menu, Action.MANAGE, translate("Restrict or hold the record…"), lambda: intents.protect_patient.emit(id_)
        )
        menu.addSeparator()
        self._entry(
            menu, Action.MERGE, translate("Merge with another patient…"), lambda: intents.merge_patient.emit(id_)
        )
        self._entry(menu, Action.DELETE, translate("Delete patient…"), lambda: intents.delete_patient.emit(id_))

    def _fill_case_menu(self, menu: QMenu, summary: CaseSummary) -> None:
        intents, case_id, id_ = self._context.intents, summary.case.id, self._patient_id
        self._entry(
            menu,
            Action.EDIT_RECORD,
            translate("Edit diagnosis and plan…"),
            lambda: intents.edit_case.emit(id_, case_id),
        )
        menu.addAction(translate("Compare photos"), lambda: intents.compare.emit(case_id))
        if summary.answer.stop is not None:
            if self._page is not None and self._page.patient.deceased_on is None:
                self._entry(
                    menu, Action.EDIT_RECORD, translate("Take the stop back"), lambda: self._take_back_stop(case_id)
                )
            self._add_delete(menu, case_id)
            return
        self._entry(menu, Action.REGISTER, translate("Log a call…"), lambda: intents.log_call.emit(case_id))
        self._entry(menu, Action.REGISTER, translate("Book a visit…"), lambda: intents.book.emit(case_id))
        if summary.answer.hold is not None:
            self._entry(menu, Action.EDIT_RECORD, translate("End the hold today"), lambda: self._end_hold(case_id))
        else:
            self._entry(menu, Action.EDIT_RECORD, translate("Put on hold…"), lambda: intents.hold.emit(case_id))
        self._entry(
            menu, Action.EDIT_RECORD, translate("Stop calling for this diagnosis…"), lambda: intents.stop.emit(case_id)
        )
        self._add_delete(menu, case_id)

    def _add_delete(self, menu: QMenu, case_id: int) -> None:
        id_ = self._patient_id
        self._entry(
            menu,
            Action.DELETE,
            translate("Delete diagnosis…"),
            lambda: self._context.intents.delete_case.emit(id_, case_id),
        )

    def _entry(self, menu: QMenu, need: Action, words: str, act: Callable[[], object]) -> QAction:
        """A menu entry that is kept to the roles that may do it."""
        return keep_to_roles(self._context, menu.addAction(words, act), need)

    def _open_case_menu(self, case_id: int, button: QWidget) -> None:
        summary = next((one for one in (self._page.cases if self._page else ()) if one.case.id == case_id), None)
        if summary is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        id_ = self._patient_id
        record = self._entry(
            menu,
            Action.DRAFT_INJECTION,
            translate("Record injection…"),
            lambda: self._context.intents.record_visit.emit(id_, case_id),
        )
        record.setEnabled(self.header.record.isEnabled())
        self._fill_case_menu(menu, summary)
        pop_under(menu, button)

    def _end_hold(self, case_id: int) -> None:
        if self._context.refuse(Action.EDIT_RECORD):
            return

        def write(services: Services) -> Changes:
            return services.cases.end_hold(case_id)

        self._tell(write, translate("Hold ended"))

    def _take_back_stop(self, case_id: int) -> None:
        if self._context.refuse(Action.EDIT_RECORD):
            return

        def write(services: Services) -> Changes:
            return services.cases.take_back_stop(case_id)

        def written(changes: Changes) -> None:
            again, gone = cast("tuple[tuple[date, ...], tuple[date, ...]]", changes.result)
            self._context.wrote(stop_back_words(again, gone), changes)

        self._context.tasks.tell(write, written, owner=self, failed=self._refused)

    def _decide(self, case_id: int) -> None:
        if self._context.refuse(Action.EDIT_RECORD):
            return
        self._open_sheet(DecisionSheet(self._context, self, case_id))

    def _set_dates(self, ids: tuple[int, ...]) -> None:
        if self._context.refuse(Action.ADD_PHOTOS):
            return
        found = [entry for entry in (self.pictures.grid.entry(one) for one in ids) if entry is not None]
        days = {entry.picture.taken.day for entry in found}
        self._open_sheet(PictureDateSheet(self._context, self, ids, days.pop() if len(days) == 1 else None))

    def _delete_pictures(self, ids: tuple[int, ...]) -> None:
        if not ids or self._context.refuse(Action.DELETE):
            return
        from clinic_app.ui.patients.delete_sheets import DeletePicturesSheet

        self._open_sheet(DeletePicturesSheet(self._context, self, ids))

    def _move_pictures(self, ids: tuple[int, ...]) -> None:
        if self._context.refuse(Action.ADD_PHOTOS):
            return
        self._open_sheet(MovePicturesSheet(self._context, self, ids))

    def _open_sheet(self, sheet: RecordSheet) -> None:
        self._hear_keys(False)
        sheet.closed.connect(lambda _: self._hear_keys(True))
        sheet.closed.connect(sheet.deleteLater)
        sheet.begin()

    def _hear_keys(self, on: bool) -> None:
        """While a sheet lies over the page, its keys are the sheet's."""
        self._keys.on = on


def _holds_keyboard(widget: QWidget) -> bool:
    focus: QWidget | None = QApplication.focusWidget()
    return focus is not None and (focus is widget or widget.isAncestorOf(focus))
