"""Where the rooms and sheets of the window are; each is loaded when it is first opened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from clinic_app.domain.bin import BinEntry
from clinic_app.domain.errors import ClinicError
from clinic_app.domain.papers import PaperRequest
from clinic_app.domain.preferences import MachinePreferences
from clinic_app.domain.schedule import Appointment, Attempt, ContactAttempt
from clinic_app.ui.context import UiContext
from clinic_app.ui.shell.own_keys import OwnKeys
from clinic_app.ui.widgets.themed import Plane

if TYPE_CHECKING:
    from clinic_app.domain.people import Person
    from clinic_app.ui.audit.filter_bar import Narrowed
    from clinic_app.ui.audit.view import AuditView
    from clinic_app.ui.backups.view import BackupsView
    from clinic_app.ui.bin.view import BinView
    from clinic_app.ui.compare.view import CompareView
    from clinic_app.ui.help.help_sheet import HelpSheet
    from clinic_app.ui.patients.case_view import CaseView
    from clinic_app.ui.patients.list_view import PatientsView
    from clinic_app.ui.people.view import PeopleView
    from clinic_app.ui.pictures.import_sheet import PictureImportSheet
    from clinic_app.ui.register.import_sheet import RegisterImportSheet
    from clinic_app.ui.schedule.actions import CaseActions
    from clinic_app.ui.settings.view import SettingsView
    from clinic_app.ui.today.view import TodayView
    from clinic_app.ui.vault.wizard_again import Speech


class Rooms:
    """Builds rooms and sheets for the shell; what a room needs is handed to it here and nowhere else.

    Sheets are built for one use: ``begin()`` (or ``open()``) shows them, ``closed`` says that they are gone. The two
    imports are kept as long as the clinic is open.
    """

    def __init__(self, context: UiContext, host: QWidget) -> None:
        self._context = context
        self._host = host
        self.speech: Callable[[], Speech] | None = None
        self.own_keys: OwnKeys | None = None
        """The keys whoever works chose for the viewer; the window says them."""

    def today(self, actions: CaseActions) -> TodayView:
        """Who comes today, who is to be called, what was missed."""
        from clinic_app.ui.today.view import TodayView

        return TodayView(self._context, actions)

    def reminders(
        self, preferences: MachinePreferences, keep: Callable[[MachinePreferences], object], *, tray: bool
    ) -> Plane:
        """The sheet for reminders on this computer."""
        from clinic_app.ui.shell.reminders_sheet import RemindersSheet

        return RemindersSheet(self._context.theme, self._host, preferences, keep, tray=tray)

    def patient_list(self) -> PatientsView:
        """The Patients list."""
        from clinic_app.ui.patients.list_view import PatientsView

        return PatientsView(self._context)

    def case_page(self) -> CaseView:
        """The page of a patient."""
        from clinic_app.ui.patients.case_view import CaseView

        return CaseView(self._context)

    def audit(self) -> AuditView:
        """Who did what."""
        from clinic_app.ui.audit.view import AuditView

        return AuditView(self._context)

    def take_out_audit(self, narrowed: Narrowed, count: int, *, paper: bool) -> Plane:
        """The sheet that exports or prints the audit."""
        from clinic_app.ui.audit.take_out_sheet import TakeOutSheet

        return TakeOutSheet(self._context, self._host, narrowed, count, paper=paper)

    def schedule_file(self, request: PaperRequest) -> Plane:
        """The sheet that writes the schedule as a file; ``request``: the call list as it is shown."""
        from clinic_app.ui.schedule.export_sheet import ScheduleExportSheet

        return ScheduleExportSheet(self._context, self._host, request)

    def back_entry(self) -> Plane:
        """The sheet that takes what was written on paper."""
        from clinic_app.ui.schedule.back_entry_sheet import BackEntrySheet

        return BackEntrySheet(self._context, self._host)

    def people(self) -> PeopleView:
        """Who may sign in."""
        from clinic_app.ui.people.view import PeopleView

        return PeopleView(self._context)

    def person_sheet(self, code: str, person: Person | None) -> Plane:
        """A sheet of the room People: ``add``, ``codes``; of one person ``roles``, ``reset``, ``disable``, ``enable``.

        Raises:
            KeyError: another code.
        """
        from clinic_app.ui.people import sheets

        if person is None:
            new = {"add": sheets.AddPersonSheet, "codes": sheets.NewCodesSheet}[code]
            return new(self._context, self._host)
        kinds = {
            "roles": sheets.RolesSheet,
            "reset": sheets.ResetSheet,
            "disable": sheets.DisableSheet,
            "enable": sheets.EnableSheet,
        }
        return kinds[code](self._context, self._host, person)

    def emergency(self, patient_id: int) -> Plane:
        """The sheet that opens a closed record."""
        from clinic_app.ui.patients.emergency_sheets import EmergencySheet

        return EmergencySheet(self._context, self._host, patient_id)

    def protection(self, patient_id: int) -> Plane:
        """The sheet that restricts a record or holds it."""
        from clinic_app.ui.patients.emergency_sheets import ProtectionSheet

        return ProtectionSheet(self._context, self._host, patient_id)

    def review(self) -> Plane:
        """The sheet of emergency openings nobody has looked at."""
        from clinic_app.ui.patients.emergency_sheets import ReviewSheet

        return ReviewSheet(self._context, self._host)

    def passphrase(self) -> Plane:
        """The sheet that changes one's own passphrase."""
        from clinic_app.ui.people.own_sheets import PassphraseSheet

        return PassphraseSheet(self._context, self._host)

    def pin(self) -> Plane:
        """The sheet that sets one's own PIN."""
        from clinic_app.ui.people.own_sheets import PinSheet

        return PinSheet(self._context, self._host)

    def backups(self) -> BackupsView:
        """Backups: where they go and how they ended."""
        from clinic_app.ui.backups.view import BackupsView

        return BackupsView(self._context)

    def add_backup_place(self) -> Plane:
        """The sheet that adds a place for backups."""
        from clinic_app.ui.backups.sheets import AddPlaceSheet

        return AddPlaceSheet(self._context, self._host)

    def remove_backup_place(self, path: str) -> Plane:
        """The sheet that removes a place for backups."""
        from clinic_app.ui.backups.sheets import RemovePlaceSheet

        return RemovePlaceSheet(self._context, self._host, path)

    def drill(self) -> Plane:
        """The sheet that tries a restore."""
        from clinic_app.ui.backups.sheets import DrillSheet

        return DrillSheet(self._context, self._host)

    def bin(self) -> BinView:
        """What was deleted."""
        from clinic_app.ui.bin.view import BinView

        return BinView(self._context)

    def purge(self, entry: BinEntry) -> Plane:
        """The sheet that destroys something for good."""
        from clinic_app.ui.bin.purge_sheet import PurgeSheet

        return PurgeSheet(self._context, self._host, entry)

    def check(self) -> Plane:
        """The sheet that looks for damage."""
        from clinic_app.ui.backups.check_sheet import CheckSheet

        return CheckSheet(self._context, self._host)

    def settings(self) -> SettingsView:
        """The clinic's settings."""
        from clinic_app.ui.settings.view import SettingsView

        return SettingsView(self._context)

    def first_steps(self, page: str) -> Plane:
        """The first steps again, at a page (``rules``, ``backups``), blank for the first."""
        from clinic_app.ui.vault.wizard_again import Speech, StepsAgainSheet

        speech = Speech() if self.speech is None else self.speech()
        return StepsAgainSheet(self._context, self._host, page, speech)

    def help(self) -> HelpSheet:
        """The chapters of Help, out of the program's resources."""
        from clinic_app.ui.help.help_sheet import HelpSheet

        keeper = self._context.theme
        return HelpSheet(keeper, self._host, keeper.sheets.parent / "help")

    def setting(self, key: str) -> Plane:
        """The sheet that changes one setting."""
        from clinic_app.ui.settings.setting_sheet import SettingSheet

        return SettingSheet(self._context, self._host, key)

    def compare(self) -> CompareView:
        """The viewer."""
        from clinic_app.ui.compare.view import CompareView

        keys = None if self.own_keys is None else self.own_keys.map
        return CompareView(self._context.theme, self._context.tasks, keys=keys)

    def free_place(self, day: date) -> Plane:
        """The sheet that gives a free place to somebody who waits."""
        from clinic_app.ui.schedule.free_place_sheet import FreePlaceSheet

        return FreePlaceSheet(self._context, self._host, day)

    def not_injected(self, booking: Appointment, name: str) -> Plane:
        """The sheet of somebody who was seen and not injected."""
        from clinic_app.ui.schedule.not_injected_sheet import NotInjectedSheet

        return NotInjectedSheet(self._context, self._host, booking, name)

    def drug(self, booking: Appointment, name: str) -> Plane:
        """The sheet of the drug for a booking."""
        from clinic_app.ui.schedule.drug_sheet import DrugSheet

        return DrugSheet(self._context, self._host, booking, name)

    def away(self) -> Plane:
        """The sheet of doctors who are away."""
        from clinic_app.ui.settings.away_sheet import AwaySheet

        return AwaySheet(self._context, self._host)

    def keyboard(self) -> Plane:
        """The sheet that changes one's own keys of the viewer."""
        from clinic_app.ui.settings.keys_sheet import KeysSheet

        if self.own_keys is None:
            raise RuntimeError("the window has no keys")
        return KeysSheet(self._context, self._host, self.own_keys.map)

    def picture_import(self) -> PictureImportSheet:
        """The room for new photographs."""
        from clinic_app.ui.pictures.import_sheet import PictureImportSheet

        return PictureImportSheet(self._context, self._host)

    def register_import(self) -> RegisterImportSheet:
        """The room for a register."""
        from clinic_app.ui.register.import_sheet import RegisterImportSheet

        return RegisterImportSheet(self._context, self._host)

    def register_export(self) -> Plane:
        """The sheet that writes the register to a file."""
        from clinic_app.ui.register.export_sheet import RegisterExportSheet

        return RegisterExportSheet(self._context, self._host)

    def patient(self, patient_id: int, name: str = "") -> Plane:
        """The patient sheet; 0 for a new one, ``name`` as typed."""
        from clinic_app.ui.patients.patient_sheet import PatientSheet

        return PatientSheet(self._context, self._host, patient_id, name)

    def diagnosis(self, patient_id: int, case_id: int = 0) -> Plane:
        """The diagnosis sheet; case 0 for a new one."""
        from clinic_app.ui.patients.case_sheet import CaseSheet

        return CaseSheet(self._context, self._host, patient_id, case_id)

    def external(self, patient_id: int, external_id: int = 0) -> Plane:
        """The sheet for botulinum toxin given elsewhere."""
        from clinic_app.ui.patients.external_sheet import ExternalToxinSheet

        return ExternalToxinSheet(self._context, self._host, patient_id, external_id)

    def hold(self, case_id: int) -> Plane:
        """The hold sheet."""
        from clinic_app.ui.patients.follow_up_sheets import HoldSheet

        return HoldSheet(self._context, self._host, case_id)

    def stop(self, case_id: int) -> Plane:
        """The stop sheet."""
        from clinic_app.ui.patients.follow_up_sheets import StopSheet

        return StopSheet(self._context, self._host, case_id)

    def departure(self, patient_id: int) -> Plane:
        """The sheet for a patient who died or moved away."""
        from clinic_app.ui.patients.follow_up_sheets import DepartureSheet

        return DepartureSheet(self._context, self._host, patient_id)

    def delete_patient(self, patient_id: int) -> Plane:
        """The sheet that puts a patient into the bin."""
        from clinic_app.ui.patients.delete_sheets import DeletePatientSheet

        return DeletePatientSheet(self._context, self._host, patient_id)

    def delete_case(self, patient_id: int, case_id: int) -> Plane:
        """The sheet that puts a diagnosis into the bin."""
        from clinic_app.ui.patients.delete_sheets import DeleteCaseSheet

        return DeleteCaseSheet(self._context, self._host, patient_id, case_id)

    def merge(self, patient_id: int) -> Plane:
        """The sheet that merges another record into this one."""
        from clinic_app.ui.patients.merge_sheet import MergeSheet

        return MergeSheet(self._context, self._host, patient_id)

    def versions(self, patient_id: int) -> Plane:
        """What a record was before."""
        from clinic_app.ui.patients.versions_sheet import VersionsSheet

        return VersionsSheet(self._context, self._host, patient_id)

    def record_copy(self, patient_id: int) -> Plane:
        """The sheet that writes a copy of a record."""
        from clinic_app.ui.patients.record_copy_sheet import RecordCopySheet

        return RecordCopySheet(self._context, self._host, patient_id)

    def drafts(self) -> Plane:
        """What was typed and not saved."""
        from clinic_app.ui.patients.drafts_sheet import DraftsSheet

        return DraftsSheet(self._context, self._host)

    def move_pictures(self, ids: tuple[int, ...]) -> Plane:
        """The sheet that gives photos to another patient."""
        from clinic_app.ui.patients.picture_sheets import MovePicturesSheet

        return MovePicturesSheet(self._context, self._host, ids)

    def visit(self, patient_id: int, case_id: int = 0) -> Plane:
        """The visit sheet."""
        from clinic_app.ui.treatment.visit_sheet import VisitSheet

        return VisitSheet(self._context, self._host, patient_id, case_id)

    def correction(self, session_id: int) -> Plane:
        """The correction of an injection."""
        from clinic_app.ui.treatment.correction_sheet import CorrectionSheet

        return CorrectionSheet(self._context, self._host, session_id)

    def safety(self) -> Plane:
        """The safety check."""
        from clinic_app.ui.schedule.safety_sheet import SafetySheet

        return SafetySheet(self._context, self._host)

    def call(self, case_id: int, *, outcome: Attempt | None = None, call: ContactAttempt | None = None) -> Plane:
        """The call sheet, on what came of a call or on one that was logged."""
        from clinic_app.ui.schedule.call_sheet import CallSheet

        return CallSheet(self._context, self._host, case_id, outcome=outcome, call=call)

    def booking(
        self,
        case_id: int,
        *,
        day: date | None = None,
        booking: Appointment | None = None,
        refusal: ClinicError | None = None,
    ) -> Plane:
        """The booking sheet."""
        from clinic_app.ui.schedule.booking_sheet import BookingSheet

        return BookingSheet(self._context, self._host, case_id, day=day, booking=booking, refusal=refusal)
