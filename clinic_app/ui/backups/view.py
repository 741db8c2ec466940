"""The room of the backups: where they go, how old the newest is, how they ended, and trying to restore one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from clinic_app.domain.access import Action
from clinic_app.domain.backups import AgeState, BackupAge, BackupKind, BackupOutcome, BackupPlace, BackupRun
from clinic_app.domain.changes import Changes, Report, Topic
from clinic_app.domain.errors import ClinicError
from clinic_app.ui.backups.history import HOW, WHAT, WHEN, HistoryDelegate, HistoryModel
from clinic_app.ui.backups.keeping import BACKUP_JOB
from clinic_app.ui.context import UiContext
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import (
    Banner,
    Button,
    Card,
    ConfirmDialog,
    EmptyState,
    Kind,
    Level,
    RoomPlane,
    Rule,
    TextLabel,
    prepare_table,
)
from clinic_app.ui.widgets.role_gate import keep_to_roles
from clinic_app.ui.widgets.rows import RowTable
from clinic_app.wording.backups import (
    age_sentence,
    drill_due_words,
    failed_words,
    made_words,
    newest_words,
    rhythm_words,
    trouble_words,
    verified_words,
)
from clinic_app.wording.language import translate
from clinic_app.wording.sentences import sentence, sentence_of

if TYPE_CHECKING:
    from clinic_app.services import Services
    from clinic_app.ui.tasks import JobHandle

RUNS_SHOWN = 200
SAID = 5
"""So many problems of a place are said in words; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What the room shows."""

    places: tuple[BackupPlace, ...]
    runs: tuple[BackupRun, ...]
    age: BackupAge
    drill_due: bool
    now: datetime
    demo: bool
    server: bool

    def newest_of(self, place: str) -> BackupRun | None:
        """The newest backup of a place that holds."""
        return next(
            (run for run in self.runs if run.kind is BackupKind.BACKUP and run.place == place and run.outcome.counts),
            None,
        )

    def failed_of(self, place: str) -> BackupRun | None:
        """The newest try of a place where it failed; None where the newest one holds."""
        tries = (run for run in self.runs if run.kind is BackupKind.BACKUP and run.place == place)
        newest = next((run for run in tries if run.outcome is not BackupOutcome.CANCELLED), None)
        return newest if newest is not None and not newest.outcome.counts else None


class PlaceRow(QWidget):
    """One place with its newest backup, what to know about it, and its buttons."""

    def __init__(
        self, keeper: ThemeKeeper, place: BackupPlace, run: BackupRun | None, failed: BackupRun | None, now: datetime
    ) -> None:
        super().__init__()
        self.place = place
        left = QVBoxLayout()
        left.setSpacing(keeper.px(2))
        left.addWidget(TextLabel(keeper, _breakable(place.path), Style.NAME, "text", self, wrap=True))
        left.addWidget(TextLabel(keeper, newest_words(run, now), Style.BODY, "text", self, wrap=True))
        tried = failed_words(failed, now) if failed is not None else ""
        if tried:
            left.addWidget(TextLabel(keeper, tried, Style.BODY, "overdue.fg", self, wrap=True))
        left.addWidget(TextLabel(keeper, rhythm_words(place), Style.SECONDARY, "text2", self, wrap=True))
        for code, params in place.notes:
            note = sentence(code, params)
            if note not in tried:
                left.addWidget(TextLabel(keeper, note, Style.SECONDARY, "due.fg", self, wrap=True))
        left.addStretch(1)
        self.back_up = Button(keeper, translate("Back up here"), small=True, parent=self)
        self.verify = Button(keeper, translate("Verify"), small=True, parent=self)
        self.verify.setToolTip(translate("Read every byte of every backup in this place"))
        self.remove = Button(keeper, translate("Remove…"), small=True, parent=self)
        for button, words in (
            (self.back_up, translate("Back up now to {place}")),
            (self.verify, translate("Verify the backups in {place}")),
            (self.remove, translate("Remove the place {place}")),
        ):
            button.setAccessibleName(words.format(place=place.path))
        row = QHBoxLayout(self)
        row.setContentsMargins(keeper.px(18), keeper.px(12), keeper.px(14), keeper.px(12))
        row.setSpacing(keeper.px(8))
        row.addLayout(left, 1)
        for button in (self.back_up, self.verify, self.remove):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self.buttons = {"back_up": self.back_up, "verify": self.verify, "remove": self.remove}
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)


class BackupsView(RoomPlane):
    """The room. ``add_wanted``, ``remove_wanted(path)``, ``drill_wanted`` and ``check_wanted`` open their sheets;
    ``restore_wanted``: the clinic shall be closed, to bring a backup back.
    """

    add_wanted = Signal()
    remove_wanted = Signal(str)
    drill_wanted = Signal()
    check_wanted = Signal()
    restore_wanted = Signal()

    def __init__(self, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, parent)
        self._context = context
        keeper = context.theme
        self.setAccessibleName(translate("Backups"))
        self.kept: Kept | None = None
        self.rows: list[PlaceRow] = []
        self._job: JobHandle | None = None
        self._held: tuple[str, str] | None = None
        self._title = title = TextLabel(keeper, translate("Backups"), Style.PAGE_TITLE, parent=self)
        self.check = Button(keeper, translate("Check the data…"), icon="stethoscope", parent=self)
        self.check.clicked.connect(self.check_wanted)
        self.drill = Button(keeper, translate("Try a restore…"), icon="repeat", parent=self)
        self.drill.clicked.connect(self.drill_wanted)
        self.restore = Button(keeper, translate("Restore…"), icon="undo-2", parent=self)
        self.restore.clicked.connect(self._ask_restore)
        self.now = Button(keeper, translate("Back up now"), kind=Kind.PRIMARY, icon="database", parent=self)
        self.now.clicked.connect(lambda: self.back_up())
        self._head = head = QHBoxLayout()
        head.setSpacing(keeper.px(8))
        head.addWidget(title)
        head.addStretch(1)
        for button in (self.check, self.restore, self.drill, self.now):
            head.addWidget(button)
        self.trouble = Banner(keeper, self, can_dismiss=False)
        self.trouble.acted.connect(self.read_again)
        self.result = Banner(keeper, self)
        self.reminder = Banner(keeper, self, can_dismiss=False)
        self.reminder.acted.connect(self.drill_wanted)
        self.add = Button(keeper, translate("Add a place…"), icon="plus", small=True, parent=self)
        self.add.clicked.connect(self.add_wanted)
        for button, action in (
            (self.drill, Action.BACK_UP),
            (self.restore, Action.RESTORE_BACKUP),
            (self.now, Action.BACK_UP),
            (self.add, Action.MANAGE),
        ):
            keep_to_roles(context, button, action)
        self.who = TextLabel(keeper, "", Style.SECONDARY, "text2", self, wrap=True)
        places_head = QHBoxLayout()
        places_head.addWidget(TextLabel(keeper, translate("Where they go"), Style.SECTION, "text", self))
        places_head.addStretch(1)
        places_head.addWidget(self.add)
        self._places = Card(keeper, self)
        self._list = QVBoxLayout(self._places)
        self._list.setContentsMargins(1, 1, 1, 1)
        self._list.setSpacing(0)
        self.model = HistoryModel(self)
        self.table = RowTable(self)
        prepare_table(keeper, self.table, translate("How they ended"))
        self.table.setModel(self.model)
        self._delegate = HistoryDelegate(keeper, self.table, self.model)
        self.table.setItemDelegate(self._delegate)
        self.table.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.table.horizontalHeader().setSectionsClickable(False)
        self.empty = EmptyState(keeper, "database", translate("Nothing was backed up yet."))
        card = Card(keeper, self)
        self._stack = QStackedWidget(card)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.table)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 5, 1, 5)
        inside.addWidget(self._stack)
        card.setMinimumHeight(keeper.px(220))
        self._upper = QWidget()
        self._upper.setAutoFillBackground(False)
        upper = QVBoxLayout(self._upper)
        upper.setContentsMargins(0, 0, 0, 0)
        upper.setSpacing(keeper.px(6))
        for banner in (self.trouble, self.result, self.reminder):
            upper.addWidget(banner)
        upper.addLayout(places_head)
        upper.addWidget(self._places)
        upper.addWidget(self.who)
        upper.addSpacing(keeper.px(8))
        upper.addWidget(TextLabel(keeper, translate("How they ended"), Style.SECTION, "text", self))
        upper.addWidget(card, 1)
        area = QScrollArea(self)
        area.setProperty("kind", "plain")
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self._upper)
        self._upper.setAutoFillBackground(False)
        area.viewport().setAutoFillBackground(False)
        self._column.addLayout(head)
        self._column.addWidget(area, 1)
        self.setFocusProxy(self.now)
        again = QShortcut(QKeySequence("F5"), self)
        again.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        again.activated.connect(self.read_again)
        context.tasks.changed.connect(self._changed)
        context.detached.connect(self._forget)
        self.restyle()

    def showEvent(self, event: QShowEvent) -> None:
        """Read how things stand."""
        super().showEvent(event)
        self.read_again()

    def read_again(self) -> None:
        """Read places and history."""
        if not self._context.open:
            return

        def read(services: Services) -> Kept:
            backups = services.backups
            return Kept(
                backups.places(),
                backups.history(RUNS_SHOWN),
                backups.age(),
                backups.drill_due(),
                services.context.now(),
                services.clinic.demo,
                services.context.unlocked is None,
            )

        self._context.tasks.ask(read, self._show, owner=self, key="kept", failed=self._refused)

    def back_up(self, place: str | None = None) -> None:
        """Make a backup now, as a job with progress and cancel."""
        if self._context.refuse(Action.BACK_UP):
            return
        if self.kept is not None and not self.kept.places:
            self.add_wanted.emit()
            return

        def make(services: Services, report: Report) -> Changes:
            return Changes(frozenset({Topic.BACKUPS}), None, services.backups.run(place, report))

        def done(changes: object) -> None:
            run = changes.result if isinstance(changes, Changes) else None
            if isinstance(run, BackupRun):
                words, trouble = made_words(run, elsewhere=self._elsewhere(run.place)), trouble_words(run)
                if trouble:
                    self.result.show_words(words, level=Level.PROBLEM)
                    self._context.intents.refused.emit(words)
                else:
                    self._context.intents.toast.emit(words, None)

        job = self._begin(make, translate("Backing up"))
        if job is not None:
            job.setObjectName(BACKUP_JOB)
            job.finished.connect(done)

    def _ask_restore(self) -> None:
        """A clinic is only replaced while it is closed: say so before."""
        dialog = ConfirmDialog(
            self.keeper,
            translate("Close the clinic and restore a backup?"),
            translate(
                "A backup is brought back while the clinic is closed. You choose it on the page that follows; nothing "
                "is changed before you confirm there, and the clinic that is here now is kept under another name."
            ),
            translate("Close the clinic"),
            self.window(),
            destructive=False,
        )
        dialog.accepted.connect(self.restore_wanted)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def verify(self, place: str) -> None:
        """Read every byte of every backup of a place."""

        def look(services: Services, report: Report) -> Changes:
            problems = services.backups.verify(place, report)
            return Changes(frozenset({Topic.BACKUPS}), None, (problems, len(services.backups.snapshots(place))))

        def done(changes: object) -> None:
            if not isinstance(changes, Changes) or not isinstance(changes.result, tuple):
                return
            problems, count = changes.result
            if problems:
                said = [sentence(code, params) for code, params in problems[:SAID]]
                if len(problems) > SAID:
                    said.append(translate("{count} more.").format(count=len(problems) - SAID))
                self.result.show_words(" ".join(said), level=Level.PROBLEM)
            elif count:
                self.result.show_words(verified_words(place, count), level=Level.INFO)
            else:
                self.result.show_words(sentence("backups_none", {"place": place}), level=Level.WARNING)

        job = self._begin(look, translate("Verifying backups"))
        if job is not None:
            job.finished.connect(done)

    def _begin(self, work: Callable[[Services, Report], Changes], title: str) -> JobHandle | None:
        if self._job is not None or not self._context.open:
            return None
        self.result.clear()
        self._hold_keyboard()
        job = self._job = self._context.tasks.run(work, title)
        self._enable()
        job.failed.connect(self._failed)
        job.cancelled.connect(
            lambda: self.result.show_words(translate("Stopped. The backups made before are whole."), level=Level.INFO)
        )
        job.ended.connect(self._ended)
        return job

    def _ended(self) -> None:
        self._job = None
        self._enable()
        self.read_again()

    def _failed(self, problem: object) -> None:
        if isinstance(problem, ClinicError):
            self.result.show_words(sentence_of(problem), level=Level.PROBLEM)

    def _elsewhere(self, path: str) -> bool:
        """Whether a place is on a disk of its own, as far as is known."""
        places = self.kept.places if self.kept is not None else ()
        return any(one.path == path and not one.notes for one in places)

    def _show(self, kept: Kept) -> None:
        self.kept = kept
        focused = self._focused()
        self.trouble.clear()
        self._clear_rows()
        keeper = self.keeper
        for place in kept.places:
            if self.rows:
                self._list.addWidget(Rule(keeper, self._places))
            row = PlaceRow(keeper, place, kept.newest_of(place.path), kept.failed_of(place.path), kept.now)
            row.back_up.clicked.connect(lambda _=False, path=place.path: self.back_up(path))
            row.verify.clicked.connect(lambda _=False, path=place.path: self.verify(path))
            row.remove.clicked.connect(lambda _=False, path=place.path: self.remove_wanted.emit(path))
            for button, action in (
                (row.back_up, Action.BACK_UP),
                (row.verify, Action.BACK_UP),
                (row.remove, Action.MANAGE),
            ):
                keep_to_roles(self._context, button, action)
            self._list.addWidget(row)
            self.rows.append(row)
        if not kept.places:
            words = TextLabel(keeper, translate("No place was chosen yet."), Style.BODY, "text2", self._places)
            words.setContentsMargins(keeper.px(18), keeper.px(16), keeper.px(18), keeper.px(16))
            words.setFixedHeight(keeper.line(Style.BODY) + 2 * keeper.px(16))
            self._list.addWidget(words)
        self.who.setText(self._context.barred(Action.MANAGE))
        self.who.setVisible(bool(self.who.text()))
        self.model.show(kept.runs)
        self._lay_columns()
        self._stack.setCurrentWidget(self.table if kept.runs else self.empty)
        self._show_age(kept)
        self._enable()
        if self._job is None and self._held is not None and QApplication.focusWidget() is self._upper:
            focused, self._held = self._held, None
        self._give_keyboard(focused)

    def _show_age(self, kept: Kept) -> None:
        if kept.demo:
            words = translate("This is the demo clinic: it needs no backup, but you may look how it is done.")
            self.trouble.show_words(words, level=Level.INFO)
        elif kept.server:
            self.trouble.show_words(sentence("backup_of_server"), level=Level.INFO)
        else:
            words = age_sentence(kept.age, places=bool(kept.places))
            level = Level.PROBLEM if kept.age.state is AgeState.RED else Level.WARNING
            if words:
                self.trouble.show_words(words, level=level)
        if kept.drill_due:
            self.reminder.show_words(drill_due_words(), action=translate("Try a restore…"), level=Level.INFO)
        else:
            self.reminder.clear()

    def _enable(self) -> None:
        kept = self.kept
        free = self._job is None and kept is not None and not kept.server
        self.now.setEnabled(free)
        self.now.set_busy(self._job is not None and self._job.objectName() == BACKUP_JOB)
        self.drill.setEnabled(free and bool(self.rows))
        self.restore.setEnabled(free and not (kept is not None and kept.demo))
        self.add.setEnabled(kept is not None)
        for row in self.rows:
            row.back_up.setEnabled(free)
            row.verify.setEnabled(free)

    def _focused(self) -> tuple[str, str]:
        """The place and the button that have the keyboard; the place is blank for those above, both where none has."""
        holder = QApplication.focusWidget()
        for row in self.rows:
            for name, button in row.buttons.items():
                if button is holder:
                    return row.place.path, name
        return "", "now" if holder is self.now else "drill" if holder is self.drill else ""

    def _hold_keyboard(self) -> None:
        """While a job runs its button cannot be pressed: the keyboard waits, and goes to no neighbour meanwhile."""
        held = self._focused()
        if held[1]:
            self._held = held
            self._upper.setFocus(Qt.FocusReason.OtherFocusReason)

    def _give_keyboard(self, wanted: tuple[str, str]) -> None:
        place, name = wanted
        if not name:
            return
        if not place:
            (self.now if name == "now" else self.drill).setFocus(Qt.FocusReason.OtherFocusReason)
        for row in self.rows:
            if row.place.path == place:
                row.buttons[name].setFocus(Qt.FocusReason.OtherFocusReason)

    def _clear_rows(self) -> None:
        self.rows = []
        while self._list.count():
            item = self._list.takeAt(0)
            widget = None if item is None else item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def _name_buttons(self, width: int) -> None:
        """Drawings go before words do where the row of buttons is short."""
        icons = ((self.check, "stethoscope"), (self.restore, "undo-2"), (self.drill, "repeat"), (self.now, "database"))
        for shown in (True, False):
            for button, icon in icons:
                button.set_icon(icon if shown else "")
            wide = self._title.sizeHint().width() + sum(button.sizeHint().width() for button, _ in icons)
            if wide + self._head.spacing() * (len(icons) + 1) <= width:
                return

    def _lay_columns(self) -> None:
        px = self.keeper.px
        width = self.width() - 2 * self.keeper.measures.margin_side - 2
        when, what = px(170), px(230)
        how = max(width - when - what, px(200))
        self._name_buttons(width)
        for column, wide in ((WHEN, when), (WHAT, what), (HOW, how)):
            self.table.setColumnWidth(column, wide)
        for row in range(self.model.rowCount()):
            self.table.setRowHeight(row, self._delegate.height(row, how))

    def _changed(self, changes: object) -> None:
        topics = {Topic.BACKUPS, Topic.PREFERENCES, Topic.PEOPLE}
        if isinstance(changes, Changes) and changes.topics & topics and self.isVisible():
            self.read_again()

    def _refused(self, problem: ClinicError) -> None:
        self.trouble.show_words(sentence_of(problem), action=translate("Try again"), level=Level.PROBLEM)

    def _forget(self) -> None:
        self.kept = None
        self._clear_rows()
        self.model.show(())
        for banner in (self.trouble, self.result, self.reminder):
            banner.clear()


def _breakable(path: str) -> str:
    """The path with places where a line may break."""
    return path.replace("/", "/\u200b").replace("\\", "\\\u200b")
