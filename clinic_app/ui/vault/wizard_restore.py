"""A clinic brought back from a backup, as on a new computer: which backup, who one is, where to, and the copying."""

from __future__ import annotations

from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QProgressBar, QWidget

from clinic_app.domain.backups import RestorePreview, RestoreReport, Snapshot
from clinic_app.domain.changes import Progress
from clinic_app.domain.errors import AccessRefused, Cancelled, ClinicError, RuleBroken
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.vault.door_keeper import DoorKeeper
from clinic_app.ui.vault.forms import AskFolder, FolderRow
from clinic_app.ui.vault.wizard import Steps
from clinic_app.ui.vault.wizard_pages import StepPage
from clinic_app.ui.widgets import FormField, Level, TextLabel
from clinic_app.wording.backups import clinic_words, restore_lines, snapshot_words
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.sentences import sentence_of

if TYPE_CHECKING:
    from clinic_app.services.clinic_data import ClinicDoor


class Relay(QObject):
    """Brings the progress of a thread to the window, and the wish to stop to the thread."""

    progressed = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._stop = Event()

    def begin(self) -> None:
        """A new run: nobody has asked to stop."""
        self._stop.clear()

    def stop(self) -> None:
        """Ask the run to stop at its next report."""
        self._stop.set()

    def report(self, progress: Progress) -> bool:
        """Called in the thread; False means stop."""
        self.progressed.emit(progress)
        return not self._stop.is_set()


class WherePage(StepPage):
    """The disk or folder with the backups, and which of them."""

    place_chosen = Signal(str)

    def __init__(self, keeper: ThemeKeeper, ask: AskFolder, parent: QWidget | None = None) -> None:
        super().__init__(
            keeper,
            translate("Bring a clinic back"),
            translate("Connect the disk with the backups and choose its folder. Nothing on it is changed."),
            parent,
        )
        self.place = FolderRow(keeper, ask, self)
        self.place.show_empty(translate("No folder chosen yet"))
        self.place.chosen.connect(self.place_chosen)
        self.column.addWidget(self.place)
        self._found: dict[str, list[Snapshot]] = {}
        self.clinics = QComboBox(self)
        self.clinics.activated.connect(lambda _: self._show_of_clinic())
        self.clinic_field: FormField[QComboBox] = FormField(
            keeper, "clinic", translate("Which clinic"), self.clinics, parent=self
        )
        self.clinic_field.hide()
        self.column.addWidget(self.clinic_field)
        self.backups = QComboBox(self)
        self.field_of: FormField[QComboBox] = FormField(
            keeper, "backup", translate("Which backup"), self.backups, parent=self
        )
        self.field_of.hide()
        self.column.addWidget(self.field_of)

    @property
    def snapshot(self) -> Snapshot | None:
        """The backup chosen."""
        found = self.backups.currentData()
        return found if isinstance(found, Snapshot) else None

    def show_backups(self, found: tuple[Snapshot, ...]) -> None:
        """The backups of the folder clinic by clinic, the one that lies here first; of each the newest first."""
        self._found = {}
        for one in sorted(found, key=lambda one: not one.mine):
            self._found.setdefault(one.vault_id, []).append(one)
        self.clinics.clear()
        for vault_id, backups in self._found.items():
            self.clinics.addItem(clinic_words(backups[0]), vault_id)
        several = len(self._found) > 1
        self.clinic_field.setVisible(several)
        self._show_of_clinic()
        self.field_of.setVisible(bool(found))
        if found:
            self.banner.clear()
            (self.clinics if several else self.backups).setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.banner.show_words(translate("There is no backup in this folder. Choose another one."))

    def _show_of_clinic(self) -> None:
        self.backups.clear()
        for one in self._found.get(str(self.clinics.currentData()), ()):
            self.backups.addItem(snapshot_words(one), one)

    def check(self) -> None:
        """A backup must be chosen."""
        if self.snapshot is None:
            raise RuleBroken("place", "first_no_backup")


class WhoPage(StepPage):
    """The recovery code or an administrator's passphrase of that time, and where the clinic shall lie."""

    def __init__(self, keeper: ThemeKeeper, ask: AskFolder, folder: str, parent: QWidget | None = None) -> None:
        super().__init__(
            keeper,
            translate("Who you are"),
            translate(
                "Type a recovery code from the printed sheet, or the passphrase of somebody who was an administrator "
                "when the backup was made."
            ),
            parent,
        )
        self.secret = self.add_line("secret", translate("Recovery code or passphrase"), secret=True)
        self.show_letters = QCheckBox(translate("Show what I type"), self)
        self.show_letters.toggled.connect(self._show_letters)
        self.column.addWidget(self.show_letters)
        self.column.addWidget(TextLabel(keeper, translate("The clinic will lie in"), Style.CHIP, "text2", self))
        self.folder = FolderRow(keeper, ask, self)
        self.folder.show_folder(folder)
        self.column.addWidget(self.folder)

    def forget(self) -> None:
        """What was typed is gone, and the next one is hidden again."""
        self.secret.clear()
        self.show_letters.setChecked(False)

    def _show_letters(self, on: bool) -> None:
        self.secret.setEchoMode(QLineEdit.EchoMode.Normal if on else QLineEdit.EchoMode.Password)

    def check(self) -> None:
        """Something to open the backup with."""
        if not self.secret.text().strip():
            raise RuleBroken("secret", "first_no_secret")


class CopyPage(StepPage):
    """What would be brought back, then how far it is."""

    def __init__(self, keeper: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(keeper, translate("Bring it back"), " ", parent)
        self.bar = QProgressBar(self)
        self.bar.setAccessibleName(translate("Progress"))
        self.bar.setTextVisible(False)
        self.bar.hide()
        self.column.addWidget(self.bar)

    def show_preview(self, found: RestorePreview) -> None:
        """What it brings and what it costs."""
        lines = [snapshot_words(found.snapshot)]
        if found.live_there:
            lines.append(
                translate(
                    "The clinic that lies in this folder is kept beside it under another name; nothing is deleted."
                )
            )
        if found.live_there and found.lost_entries is None:
            lines.append(translate("How much was written there since cannot be read."))
        if found.lost_entries:
            one, more = (
                "{count} entry written since is not in the backup.",
                "{count} entries written since are not in it.",
            )
            lines.append(translate_many(one, more, found.lost_entries))
        self.words.setText("\n".join(lines))

    def show_progress(self, progress: Progress) -> None:
        """How far it is."""
        self.bar.setRange(0, progress.total)
        self.bar.setValue(progress.done)


class RestoreSteps(Steps):
    """Brings a clinic back. ``restored(folder)`` when it lies there, ``left`` when somebody went back."""

    restored = Signal(str)
    left = Signal()

    def __init__(
        self, keeper: ThemeKeeper, doors: DoorKeeper, folder: str, ask: AskFolder, parent: QWidget | None = None
    ) -> None:
        super().__init__(keeper, parent)
        self._doors = doors
        self._running = False
        self.said = ""
        """What came of the restore, in sentences."""
        self.level = Level.DONE
        """Whether all of it came back."""
        self.relay = Relay(self)
        self.place = WherePage(keeper, ask)
        self.who = WhoPage(keeper, ask, folder)
        self.copying = CopyPage(keeper)
        for page in (self.place, self.who, self.copying):
            self.add_page(page)
        self.place.place_chosen.connect(self._look)
        self.relay.progressed.connect(self.copying.show_progress, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """The first page."""
        self.show_page(self.place)

    def last_words(self) -> str:
        """The verb."""
        return translate("Bring it back")

    def go_on(self) -> None:
        """Next: looks into the backup after the second page, copies after the third."""
        if self._running or not self.checked():
            return
        if self.page is self.who:
            self._preview()
        elif self.page is self.copying:
            self._restore()
        else:
            self.show_next()

    def leave(self) -> None:
        """Out; what is being copied is stopped first, and nothing is left of it."""
        if self._running:
            self.relay.stop()
            return
        self.who.forget()
        self.left.emit()

    def refuse(self, problem: ClinicError, field: str = "") -> None:
        """A secret that opens nothing is said beside it."""
        if isinstance(problem, AccessRefused) and self.page is self.who:
            super().refuse(problem, "secret")
        else:
            super().refuse(problem, field)

    def _look(self, place: str) -> None:
        self._doors.ask(
            lambda door: door.backups_in(place, self.who.folder.folder),
            self.place.show_backups,
            owner=self,
            failed=self._not_readable,
        )

    def _not_readable(self, problem: ClinicError) -> None:
        self.place.show_backups(())
        self.place.banner.show_words(sentence_of(problem), level=Level.PROBLEM)

    def _chosen(self) -> tuple[str, str, str, str]:
        snapshot = self.place.snapshot
        name = f"{snapshot.vault_id}/{snapshot.name}" if snapshot is not None else ""
        return self.place.place.folder, name, self.who.folder.folder, self.who.secret.text().strip()

    def _preview(self) -> None:
        place, name, folder, secret = self._chosen()
        self.set_busy(True)

        def found(preview: RestorePreview) -> None:
            self.set_busy(False)
            self.copying.show_preview(preview)
            self.show_next()
            self.next_button.setFocus(Qt.FocusReason.OtherFocusReason)

        self._doors.ask(
            lambda door: door.preview_restore(place, name, folder, secret), found, owner=self, failed=self.refuse
        )

    def _restore(self) -> None:
        place, name, folder, secret = self._chosen()
        self.relay.begin()
        self._running = True
        self.set_busy(True)
        self.leave_button.setText(translate("Stop"))
        self.leave_button.setEnabled(True)
        self.copying.setEnabled(True)
        self.copying.bar.setRange(0, 0)
        self.copying.bar.show()
        relay = self.relay

        def restore(door: ClinicDoor) -> RestoreReport:
            return door.restore(place, name, folder, secret, relay.report)

        def done(report: RestoreReport) -> None:
            self._over()
            self.said = " ".join(restore_lines(report))
            self.level = Level.WARNING if report.lost else Level.DONE
            self.who.forget()
            self.restored.emit(str(Path(folder)))

        def failed(problem: ClinicError) -> None:
            self._over()
            if isinstance(problem, Cancelled):
                self.copying.banner.show_words(translate("Stopped. Nothing was changed."), level=Level.INFO)
            else:
                self.refuse(problem)

        self._doors.ask(restore, done, owner=self, failed=failed)

    def _over(self) -> None:
        self._running = False
        self.copying.bar.hide()
        self.leave_button.setText(translate("Cancel"))
        self.set_busy(False)
