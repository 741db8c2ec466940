"""The sheets of the backups: a place is added or removed, and a restore is tried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QLineEdit, QWidget

from clinic_app.domain.access import Action
from clinic_app.domain.backups import BackupPlace, DrillReport, Snapshot
from clinic_app.domain.changes import Changes, Progress, Report, Topic
from clinic_app.domain.errors import AccessRefused, ClinicError, RuleBroken
from clinic_app.ui.context import UiContext
from clinic_app.ui.intents import Intents
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets import Button, FormField, Level, TextLabel
from clinic_app.ui.widgets.permission_fields import Needed
from clinic_app.ui.widgets.progress_strip import Bar
from clinic_app.ui.widgets.reason_sheet import ReasonSheet
from clinic_app.ui.widgets.record_sheet import RecordSheet
from clinic_app.wording.backups import drill_line, snapshot_words
from clinic_app.wording.language import translate
from clinic_app.wording.sentences import sentence, sentence_of

if TYPE_CHECKING:
    from clinic_app.services import Services

AskFolder = Callable[[QWidget, str], str]


def ask_folder(parent: QWidget, start: str) -> str:
    """The computer's own dialog for a folder; blank where it was left."""
    return QFileDialog.getExistingDirectory(parent, translate("Choose a place for backups"), start)


class AddPlaceSheet(ReasonSheet):
    """A disk, a folder or a share is added; what to know about it is said before."""

    def __init__(self, context: UiContext, host: QWidget, *, ask: AskFolder = ask_folder) -> None:
        super().__init__(
            context, host, translate("Add a place for backups"), Action.MANAGE, save=translate("Add this place")
        )
        keeper = context.theme
        self._ask = ask
        self._places: tuple[str, ...] = ()
        said = translate(
            "Backups are encrypted like the clinic itself: whoever finds the disk can read nothing. The first place "
            "gets a backup every 30 minutes, each further one once a day. Best is a disk that is not this computer’s."
        )
        self.add_widget(TextLabel(keeper, said, Style.BODY, "text2", self, wrap=True))
        self.path = QLineEdit()
        self.path.editingFinished.connect(self._look)
        self.path.returnPressed.connect(self.ask_save)
        self.choose = Button(keeper, translate("Choose folder…"), icon="folder-open")
        self.choose.clicked.connect(self._choose)
        self.path_field = self.add_field(
            FormField(keeper, "place", translate("Folder, from the drive on"), self.path, required=True)
        )
        row = QHBoxLayout()
        row.addWidget(self.choose)
        row.addStretch(1)
        self.body.addLayout(row)
        self.add_needs()

    def read_needs(self, services: Services) -> Needed:
        """Also which places there are."""
        self._places = tuple(place.path for place in services.backups.places())
        return super().read_needs(services)

    def act(self, services: Services, reason: str) -> Changes:
        """Add it."""
        services.backups.set_places([*self._places, self.path.text().strip()])
        return Changes(frozenset({Topic.BACKUPS}))

    def words_of(self, changes: Changes) -> str:
        """That it was added."""
        return translate("Place added; its first backup comes by itself in a few minutes")

    def show_refusal(self, error: ClinicError) -> None:
        """A path that cannot be a place is said beside it."""
        if isinstance(error, RuleBroken) and error.field == "places":
            error = RuleBroken("place", error.code, **error.params)
        super().show_refusal(error)

    def _choose(self) -> None:
        found = self._ask(self, self.path.text())
        if found:
            self.path.setText(found)
            self.mark_changed()
            self._look()

    def _look(self) -> None:
        path = self.path.text().strip()
        if not path or not self.context.open:
            return

        def show(place: BackupPlace) -> None:
            notes = [sentence(code, params) for code, params in place.notes]
            self.path_field.clear_problem()
            if notes:
                self.path_field.show_warning(" ".join(notes))

        self.context.tasks.ask(
            lambda s: s.backups.look_at(path),
            show,
            owner=self,
            key="look",
            failed=lambda problem: self.path_field.show_problem(sentence_of(problem), focus=False),
        )


class RemovePlaceSheet(ReasonSheet):
    """A place gets no more backups; those that lie there stay."""

    def __init__(self, context: UiContext, host: QWidget, path: str) -> None:
        super().__init__(
            context,
            host,
            translate("Remove this place"),
            Action.MANAGE,
            save=translate("Remove the place"),
            destructive=True,
        )
        self._path = path
        self.add_widget(TextLabel(context.theme, path, Style.NAME, "text", self, wrap=True))
        said = translate("It gets no more backups. Those that lie there are not touched and can still be restored.")
        self.add_widget(TextLabel(context.theme, said, Style.BODY, "text2", self, wrap=True))
        self.add_needs()

    def act(self, services: Services, reason: str) -> Changes:
        """Remove it."""
        services.backups.set_places([place.path for place in services.backups.places() if place.path != self._path])
        return Changes(frozenset({Topic.BACKUPS}))

    def words_of(self, changes: Changes) -> str:
        """That it was removed."""
        return translate("Place removed; the backups that lie there stay")


@dataclass(frozen=True, slots=True)
class Offered:
    """The places a restore can be tried from, with what lies there."""

    places: tuple[tuple[str, tuple[Snapshot, ...]], ...]


class DrillSheet(RecordSheet):
    """Tries a restore into a temporary folder, with the secret one would have on a new computer."""

    def __init__(self, context: UiContext, host: QWidget) -> None:
        super().__init__(context, host, translate("Try a restore"), save=translate("Try it"))
        keeper = context.theme
        said = translate(
            "The backup is brought back into a temporary folder, compared with the clinic row by row, some photographs "
            "are opened, and the folder is taken away again. Nothing of the clinic is changed."
        )
        self.add_widget(TextLabel(keeper, said, Style.BODY, "text2", self, wrap=True))
        self.backup = QComboBox()
        self.backup.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.backup.setMinimumContentsLength(24)
        self.add_field(FormField(keeper, "backup", translate("Which backup"), self.backup))
        self.secret = QLineEdit()
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.secret.returnPressed.connect(self.ask_save)
        self.secret_field = self.add_field(
            FormField(
                keeper,
                "secret",
                translate("Recovery code, or an administrator’s passphrase"),
                self.secret,
                required=True,
                hint=translate("As on a new computer: this shows that the paper in the drawer opens the backup"),
            )
        )
        self.bar = Bar(keeper)
        self.bar.hide()
        self.add_widget(self.bar)

    @property
    def changed(self) -> bool:
        """There is nothing to lose."""
        return False

    def begin(self) -> None:
        """Read what lies in the places, slide in."""

        def read(services: Services) -> Offered:
            found = []
            for place in services.backups.places():
                try:
                    found.append((place.path, services.backups.snapshots(place.path)))
                except ClinicError:
                    found.append((place.path, ()))
            return Offered(tuple(found))

        self.read_first(read, self._show)

    def open(self) -> None:
        """The secret gets the keyboard."""
        super().open()
        if self.backup.count():
            self.secret.setFocus()
        else:
            self.save_button.setEnabled(False)
            self.banner.show_words(
                translate("No backup is within reach. Connect the disk, or make a backup first."), level=Level.WARNING
            )

    def save(self) -> None:
        """Begin; the sheet stays until the secret opened something, the rest goes on in the status bar."""
        self.clear_problems()
        found = self.backup.currentData()
        secret = self.secret.text().strip()
        if not isinstance(found, Snapshot):
            return
        if not secret and not self.context.clinic.demo:
            self.show_refusal(RuleBroken("secret", "first_no_secret"))
            return
        place, name, demo = found.place, found.name, self.context.clinic.demo

        def drill(services: Services, report: Report) -> Changes:
            done = services.backups.drill(place, None if demo else secret, report, snapshot=name)
            return Changes(frozenset({Topic.BACKUPS}), None, done)

        self.set_busy(True)
        self.bar.show_fraction(None)
        self.bar.show()
        job = self.context.tasks.run(drill, translate("Trying a restore"))
        job.progressed.connect(self._progressed)
        job.finished.connect(partial(tell_drill, self.context.intents))
        job.finished.connect(self._finished)
        job.failed.connect(self._failed)
        job.cancelled.connect(self._cancelled)

    def show_refusal(self, error: ClinicError) -> None:
        """A secret that opens nothing is said beside it."""
        if isinstance(error, AccessRefused):
            error = RuleBroken("secret", error.code, **error.params)
        super().show_refusal(error)

    def _show(self, found: Offered) -> None:
        for place, snapshots in found.places:
            for one in snapshots:
                self.backup.addItem(f"{snapshot_words(one)} · {place}", one)

    def _progressed(self, _: Progress) -> None:
        """The secret opened it: the rest needs no sheet."""
        if self.isVisible():
            self._finished(None)
            words = translate("The restore is being tried; the status bar says how far it is")
            self.context.intents.toast.emit(words, None)

    def _finished(self, _: object) -> None:
        self.secret.clear()
        if self.isVisible():
            self.finish()

    def _failed(self, problem: object) -> None:
        self._over()
        if isinstance(problem, ClinicError) and self.isVisible():
            self.show_refusal(problem)

    def _cancelled(self) -> None:
        self._over()
        if self.isVisible():
            self.banner.show_words(translate("Stopped. Nothing was changed."), level=Level.INFO)

    def _over(self) -> None:
        self.bar.hide()
        self.set_busy(False)


def tell_drill(intents: Intents, changes: object) -> None:
    """Say how a drill ended: the sheet that began it may be gone by then."""
    report = changes.result if isinstance(changes, Changes) else None
    if isinstance(report, DrillReport):
        if report.passed:
            intents.toast.emit(drill_line(report), None)
        else:
            intents.refused.emit(drill_line(report))
