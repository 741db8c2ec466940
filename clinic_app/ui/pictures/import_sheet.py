"""Photographs coming in: whose they are, the import as a job, and the sorting of what came."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent, QImage, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from clinic_app.domain.case_page import CasePage, PictureImport, PictureImportReport
from clinic_app.domain.catalogues import Catalogues, ViewSet
from clinic_app.domain.changes import Changes, Progress, Topic
from clinic_app.domain.errors import ClinicError
from clinic_app.domain.picture_files import ending_of
from clinic_app.domain.pictures import Picture, PictureEntry
from clinic_app.ui.context import UiContext
from clinic_app.ui.pictures.not_imported import NotImportedList
from clinic_app.ui.pictures.patient_picker import PatientPicker
from clinic_app.ui.pictures.proposal import last_order
from clinic_app.ui.pictures.sittings import SittingsView
from clinic_app.ui.pictures.sources import (
    AskFiles,
    AskFolder,
    SourcesPage,
    as_png,
    ask_files,
    ask_folder,
    pasted_picture,
)
from clinic_app.ui.pictures.tag_panel import TagPanel
from clinic_app.ui.tasks import JobHandle
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets import (
    Button,
    Card,
    ConfirmDialog,
    EmptyState,
    IconButton,
    Kind,
    Level,
    ProgressStrip,
    SegmentedControl,
    TextLabel,
    Themed,
)
from clinic_app.ui.widgets.drop_area import dropped_paths
from clinic_app.ui.widgets.segments import Segment
from clinic_app.ui.widgets.themed import Plane
from clinic_app.ui.widgets.wide_sheet import WideSheet
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.pictures import kept_elsewhere_words, others_words
from clinic_app.wording.sentences import sentence_of

WRITE_AFTER = 400
"""Milliseconds without a key until tags are written, a burst of keys as one step."""


STEP_EVERY = 15
"""Milliseconds between the steps in which a result is shown."""


@dataclass(slots=True)
class _Run:
    """One import: whose, what came so far, and how it ended."""

    patient_id: int
    files: list[PictureImport] = field(default_factory=list)
    handle: JobHandle | None = None
    deletable: tuple[str, ...] = ()
    undo: int | None = None
    cancelled: bool = False
    problem: str = ""
    page: CasePage | None = None
    moved: set[int] = field(default_factory=set)
    others: tuple[tuple[str, int], ...] = ()
    unsorted: int = 0

    @property
    def remarks(self) -> str:
        """What to look at of what was taken, and what was not looked at."""
        return " ".join(part for part in (kept_elsewhere_words(self.files), others_words(self.others)) if part)

    @property
    def taken(self) -> tuple[Picture, ...]:
        """The photographs it brought."""
        return tuple(one.picture for one in self.files if one.result == "imported" and one.picture is not None)

    @property
    def left_out(self) -> tuple[PictureImport, ...]:
        """Duplicates and refusals."""
        return tuple(one for one in self.files if one.result != "imported")

    @property
    def waits(self) -> str:
        """What is said of it while it waits: that photographs were left without a view, else how it ended."""
        if not self.unsorted:
            return self.words()
        return translate_many("{count} photo has no view yet", "{count} photos have no view yet", self.unsorted)

    def words(self) -> str:
        """ "97 of 100 photos imported, 3 refused"."""
        refused = sum(one.result == "refused" for one in self.files)
        again = len(self.left_out) - refused
        taken = len(self.taken)
        if taken == len(self.files):
            parts = [translate_many("{count} photo imported", "{count} photos imported", taken)]
        else:
            said = translate("{taken} of {count} photos imported")
            parts = [said.format(taken=taken, count=len(self.files))]
        if refused:
            parts.append(translate_many("{count} refused", "{count} refused", refused))
        if again:
            parts.append(translate_many("{count} there already", "{count} there already", again))
        if self.cancelled:
            parts.append(translate("stopped"))
        return ", ".join(parts)


class PictureImportSheet(WideSheet):
    """The room for new photographs. Built for one import (``open``) or kept for many (``start``, ``paste``).

    An import goes on when the sheet is closed; at its end a note at the edge of the host offers to sort what came.
    ``closed`` comes when nothing is left to do.
    """

    def __init__(
        self,
        context: UiContext,
        host: QWidget,
        patient_id: int = 0,
        sources: tuple[str, ...] | bytes | QImage = (),
        *,
        files: AskFiles = ask_files,
        folder: AskFolder = ask_folder,
    ) -> None:
        """``host``: the window's central widget. ``sources``: what ``open`` takes; nothing: it asks."""
        super().__init__(context.theme, host, translate("Import photos"))
        self._context = context
        self._first = (patient_id, sources)
        self._run: _Run | None = None
        self._running: list[_Run] = []
        self._waiting: list[_Run] = []
        self._steps: list[Callable[[_Run], None]] = []
        self._note = _ReadyNote(context, host)
        self._note.sort_asked.connect(self.show_waiting)
        self._note.dismissed.connect(self._drop_waiting)
        self._sources: tuple[str, ...] | bytes | QImage | None = None
        self._patient = 0
        self._moving: tuple[int, ...] = ()
        self._sets: tuple[ViewSet, ...] = ()
        self._set: ViewSet | None = None
        self._unwritten: dict[int, str | None] = {}
        self._writing: dict[int, str | None] = {}
        self._write_timer = QTimer(self)
        self._write_timer.setSingleShot(True)
        self._write_timer.setInterval(WRITE_AFTER)
        self._write_timer.timeout.connect(self._write_tags)
        self._build_pages(files, folder)
        self.main.clicked.connect(self._go_on)
        for keys, step in (("Ctrl+PgDown", 1), ("Ctrl+PgUp", -1)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(lambda step=step: self._step_set(step))
        context.tasks.changed.connect(self._changed)
        context.detached.connect(self._forget)
        context.concealed.connect(self._renew_note)
        context.attached.connect(self._renew_note)

    @property
    def patient_id(self) -> int:
        """Whose photographs are taken in or sorted; 0 while that is asked."""
        return self._patient

    @property
    def waiting(self) -> int:
        """How many imports ended unseen."""
        return len(self._waiting)

    @property
    def working(self) -> bool:
        """Whether an import runs, or one that ended unseen waits to be sorted."""
        return bool(self._running or self._waiting)

    @property
    def settling(self) -> bool:
        """Whether a result is still being brought up (some 50 ms)."""
        return bool(self._steps)

    @property
    def busy(self) -> bool:
        """Whether its import runs before the user's eyes: nothing else is opened over it."""
        return self.isVisible() and self.pages.currentWidget() is self._progress

    def open(self) -> None:
        """Take what it was built for."""
        patient_id, sources = self._first
        if isinstance(sources, tuple):
            self.start(patient_id, sources)
        else:
            self.paste(patient_id, sources)

    def start(self, patient_id: int, paths: tuple[str, ...] = ()) -> None:
        """Take files and folders for a patient; 0 asks whose they are, no paths asks for them."""
        self._begin(patient_id, paths or None)

    def paste(self, patient_id: int, picture: bytes | QImage | None = None) -> None:
        """Take a picture, or what is on the clipboard: a picture, or files copied in a file manager."""
        found: tuple[str, ...] | bytes | QImage | None = picture
        if found is None:
            mime = QGuiApplication.clipboard().mimeData()
            found = dropped_paths(mime) or pasted_picture(mime)
        if found is None:
            self.appear()
            if self._run is None:
                self._begin(patient_id, None)
            words = translate("There is no picture on the clipboard. Copy a photo or some files, then paste again.")
            self.banner.show_words(words, level=Level.INFO)
            return
        self._begin(patient_id, found)

    def show_waiting(self) -> None:
        """Open the result of the oldest import that ended unseen."""
        if not self._waiting:
            return
        run = self._waiting.pop(0)
        self._renew_note()
        self._show_result(run)

    def leave(self) -> None:
        """Close: tags are written, an import goes on in the background, what was proposed waits to be looked at."""
        self._set_aside()
        super().leave()
        self._run = None

    def _set_aside(self) -> None:
        """What was proposed and not accepted waits beside what ended unseen."""
        run = self._run
        if run is None or not self.isVisible() or self.pages.currentWidget() is not self._result:
            return
        run.unsorted = len(self.sittings.sittings.proposals)
        if run.unsorted:
            self._waiting.append(run)
            self._renew_note()

    def event(self, event: QEvent) -> bool:
        """While it is open, pasting is for it and not for the window behind."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and event.matches(QKeySequence.StandardKey.Paste)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Paste for the same patient; Enter presses the button in the foot."""
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste(self._patient)
            return
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain and self._means_main():
            self.press_main()
            return
        super().keyPressEvent(event)

    def _means_main(self) -> bool:
        """Whether Enter is the key of the button in the foot: not where a field or another button has the keyboard."""
        holder = self.focusWidget()
        if self.pages.currentWidget() is not self._result or isinstance(holder, (QLineEdit, QComboBox)):
            return False
        return isinstance(holder, Segment) or not isinstance(holder, QAbstractButton)

    def hideEvent(self, event: QHideEvent) -> None:
        """Whoever hides it: tags are written."""
        self._write_tags()
        super().hideEvent(event)

    def step_out(self) -> None:
        """Escape: from the choice of another patient back to the photographs, else close."""
        if self.pages.currentWidget() is self._picker and self._moving:
            self._moving = ()
            self._show_page(self._result)
        else:
            self.leave()

    def _build_pages(self, files: AskFiles, folder: AskFolder) -> None:
        keeper = self.keeper
        self._picker = PatientPicker(self._context, self)
        self._picker.picked.connect(self._picked)
        self._picker.left.connect(self.step_out)
        self.sources = SourcesPage(keeper, self, files=files, folder=folder)
        self.sources.chosen.connect(lambda paths: self._begin(self._patient, paths))
        self.sources.paste_asked.connect(lambda: self.paste(self._patient))
        self._progress = _ProgressPage(self._context, self)
        self._picker.setMaximumWidth(keeper.px(680))
        self._progress.setMaximumWidth(keeper.px(680))
        self._result = QWidget(self)
        self.tabs = QStackedWidget(self._result)
        self.sittings = SittingsView(self._context, self._view_of_key, self._result)
        self.left_out = NotImportedList(keeper, self._result)
        self._nothing = EmptyState(keeper, "image-off", "", parent=self._result)
        for tab in (self.sittings, self.left_out, self._nothing):
            self.tabs.addWidget(tab)
        self.panel = TagPanel(keeper, self._today, self._result)
        self.switch = QHBoxLayout()
        self.switch.addStretch(1)
        self._segments: SegmentedControl | None = None
        self._segments_show = (0, 0)
        self.sources_strip = _SourcesStrip(self._context, self._result)
        self.sources_strip.problem.connect(lambda words: self.banner.show_words(words, level=Level.PROBLEM))
        self.sources_strip.deleted.connect(self._sources_gone)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addLayout(self.switch)
        left.addWidget(self.tabs, 1)
        left.addWidget(self.sources_strip)
        row = QHBoxLayout(self._result)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(left, 1)
        row.addWidget(self.panel)
        for page in (self._picker, self.sources, self._progress, self._result):
            self.pages.addWidget(page)
        self.undo_button = Button(keeper, translate("Undo import"), kind=Kind.GHOST, icon="undo-2", parent=self)
        self.undo_button.clicked.connect(self._undo)
        self.foot.insertWidget(0, self.undo_button)
        self.sittings.tagged.connect(self._tag)
        self.sittings.accepted.connect(self._go_on)
        self.sittings.chosen_changed.connect(self._show_chosen)
        self.panel.view_asked.connect(lambda view: self._tag(self.sittings.chosen_ids, view))
        self.panel.set_changed.connect(self._use_set)
        self.panel.date_asked.connect(self._set_date)
        self.panel.move_asked.connect(self._ask_other)

    def _today(self) -> date:
        return self._context.today()

    def _begin(self, patient_id: int, sources: tuple[str, ...] | bytes | QImage | None) -> None:
        self._write_tags()
        self._set_aside()
        self.banner.clear()
        self._moving = ()
        self._patient = patient_id
        self._sources = sources
        self._run = None
        self.appear()
        if patient_id == 0:
            self.set_title(translate("Import photos"))
            self._picker.ask(translate("Whose photos are these?"))
            self._show_page(self._picker)
        elif sources is None:
            self._name_patient(patient_id)
            self._show_page(self.sources)
        else:
            self._import(patient_id, sources)

    def _name_patient(self, patient_id: int) -> None:
        self.set_title(translate("Import photos"))
        self._context.tasks.ask(
            lambda services: services.patients.get(patient_id),
            lambda patient: self.set_title(translate("Photos of {name}").format(name=patient.name), patient.mrn),
            owner=self,
            key="name",
        )

    def _picked(self, patient_id: int, name: str) -> None:
        if self._moving:
            self._move(self._moving, patient_id, name)
        else:
            self._begin(patient_id, self._sources)

    def _import(self, patient_id: int, sources: tuple[str, ...] | bytes | QImage) -> None:
        run = _Run(patient_id)
        files = run.files

        def job(services: object, report: Callable[[Progress], bool]) -> Changes:
            pictures = services.pictures  # type: ignore[attr-defined]  # the type lives above this floor
            if isinstance(sources, tuple):
                answer: Changes = pictures.import_files(patient_id, sources, None, report, files.append)
            else:
                data = as_png(sources)
                name = translate("pasted") + ending_of(data)
                answer = pictures.import_bytes(patient_id, data, name, None, report)
            return answer

        run.handle = self._context.tasks.run(job, translate("Importing photos"))
        run.handle.finished.connect(lambda changes: self._finished(run, changes))
        run.handle.failed.connect(lambda problem: self._failed(run, problem))
        run.handle.cancelled.connect(lambda: self._stopped(run))
        self._run = run
        self._running.append(run)
        self.set_title(translate("Import photos"))
        self._progress.show_run(run.handle)
        self._show_page(self._progress)
        self._read_page(run)

    def _finished(self, run: _Run, changes: Changes | None) -> None:
        if not self._context.open:
            return
        report = changes.result if changes is not None else None
        if isinstance(report, PictureImportReport):
            run.files = list(report.files)
            run.deletable = report.deletable
            run.cancelled = report.cancelled
            run.others = report.others
        if changes is not None:
            run.undo = changes.undo
            if run.undo is None:
                self._context.intents.toast.emit(run.words(), None)
            else:
                self._context.wrote(run.words(), changes)
        self._ended(run)

    def _failed(self, run: _Run, problem: BaseException) -> None:
        if not self._context.open:
            return
        run.problem = sentence_of(problem)
        self._ended(run)

    def _stopped(self, run: _Run) -> None:
        if not self._context.open:
            return
        run.cancelled = True
        if self._run is run and not run.files:
            self.leave()
        else:
            self._ended(run)

    def _ended(self, run: _Run) -> None:
        if run in self._running:
            self._running.remove(run)
        if self._run is run and self.isVisible():
            self._show_result(run)
        elif self._context.open and (run.files or run.problem):
            self._waiting.append(run)
            self._renew_note()
        self.rest()

    def _renew_note(self) -> None:
        told = bool(self._waiting) and not self._context.covered
        self._note.tell(self._waiting[0].waits if told else "", len(self._waiting))

    def _drop_waiting(self) -> None:
        self._waiting.clear()
        self._renew_note()
        self.rest()

    def _show_result(self, run: _Run) -> None:
        """Show what came; in steps with time between them for the window to breathe."""
        self._run = run
        self._patient = run.patient_id
        self._unwritten, self._writing = {}, {}
        self.appear()
        self._steps = [self._fill_result, self._turn_to_result, self._name_result, self._wake_panel]
        self._next_step()

    def _next_step(self) -> None:
        run = self._run
        if run is None or not self._steps:
            self._steps = []
            self.panel.setUpdatesEnabled(True)
            return
        self._steps.pop(0)(run)
        QTimer.singleShot(STEP_EVERY, self, self._next_step)

    def _fill_result(self, run: _Run) -> None:
        self.banner.clear()
        if run.problem:
            self.banner.show_words(run.problem, level=Level.PROBLEM)
        elif run.remarks:
            elsewhere = any(one.kept_for for one in run.files)
            self.banner.show_words(run.remarks, level=Level.WARNING if elsewhere else Level.INFO)
        self.left_out.model.show_items(run.left_out)
        self.sources_strip.ask(run.deletable)
        self.sittings.sittings.show_pictures(run.taken)
        self.tabs.setCurrentWidget(self.sittings)
        self._segments_show = (-1, -1)
        self._renew_switch(run)

    def _turn_to_result(self, run: _Run) -> None:
        self.panel.setUpdatesEnabled(False)
        self._show_page(self._result)
        if run.taken:
            self.sittings.go_to_first()
            self.sittings.setFocus(Qt.FocusReason.OtherFocusReason)

    def _name_result(self, run: _Run) -> None:
        if run.page is not None:
            self._show_patient(run, run.page)
        else:
            self._read_page(run)

    def _wake_panel(self, _: _Run) -> None:
        self.panel.setUpdatesEnabled(True)

    def _read_page(self, run: _Run) -> None:
        patient_id = run.patient_id
        self._context.tasks.ask(
            lambda services: services.patients.page(patient_id),
            lambda page: self._show_patient(run, page),
            owner=self,
            key="page",
        )

    def _show_patient(self, run: _Run, page: CasePage) -> None:
        if self._run is not run:
            return
        same = run.page is not None and run.page.patient.id == page.patient.id
        run.page = page
        ready = self.pages.currentWidget() is self._result
        said = f"{page.patient.mrn} · {run.words()}" if ready else page.patient.mrn
        self.set_title(translate("Photos of {name}").format(name=page.patient.name), said)
        catalogues = self._context.catalogues
        conditions = [summary.case.details.condition for summary in page.cases]
        self._sets = _sets_for(catalogues, conditions)
        self.panel.show_injections({one.day for summary in page.cases for one in summary.injections})
        place = next((at for at, one in enumerate(self._sets) if one is self._set), 0) if same else 0
        self.panel.show_sets(self._sets, place)
        self._use_set(place)
        if ready:
            self._read_entries()
            self._show_chosen()
        else:
            self._prepare()

    def _prepare(self) -> None:
        """Style, lay out and paint the page of the result out of sight while the import runs, a part at a time.

        All of it at once, when the photographs are there, would hold the window up.
        """
        self._result.resize(self.pages.size())
        parts: list[QWidget] = [self._result, *self._result.findChildren(QWidget)]

        def next_part() -> None:
            if not parts or self.pages.currentWidget() is not self._progress:
                return
            part = parts.pop(0)
            if isValid(part):
                part.ensurePolished()
            if isValid(part) and isinstance(part, (QAbstractButton, QComboBox, QLineEdit, QLabel)):
                part.grab()
            QTimer.singleShot(8, self, next_part)

        self.sittings.warm_up()
        next_part()

    def _show_entries(self, entries: tuple[PictureEntry, ...]) -> None:
        run = self._run
        if run is None:
            return
        ours = {one.id for one in run.taken}
        pictures = [one.picture for one in entries if one.picture.id in ours]
        chosen = self.sittings.chosen_ids
        current = self.sittings.current_shot
        model = self.sittings.sittings
        pending = {**self._writing, **self._unwritten}
        expected = [replace(one, view=pending[one.id]) if one.id in pending else one for one in pictures]
        if sorted(expected, key=_id_of) == sorted((shot.picture for shot in model.shots), key=_id_of):
            return
        model.show_pictures(expected)
        self.sittings.choose(chosen)
        if current is not None and len(chosen) == 1:
            self.sittings.go_to(current.picture.id)
        if not self.sittings.currentIndex().isValid():
            self.sittings.go_to_first()
        self._renew_switch(run)
        self._renew_main()
        self._show_chosen()

    def _use_set(self, place: int) -> None:
        if not 0 <= place < len(self._sets):
            return
        chosen = self._sets[place]
        self._set = chosen
        self.panel.sets.setCurrentIndex(place)
        names = {code: view.name for code, view in self._context.catalogues.views.items()}
        self.panel.show_views(chosen, names)
        run = self._run
        ours = {one.id for one in run.taken} if run is not None else set()
        page = run.page if run is not None else None
        earlier = [one.picture for one in page.pictures if one.picture.id not in ours] if page is not None else []
        keys = dict(zip(chosen.views, chosen.keys, strict=True))
        self.sittings.sittings.use_views(last_order(earlier, chosen.views), keys)
        self._renew_main()
        self._show_chosen()

    def _step_set(self, step: int) -> None:
        if self._sets and self.pages.currentWidget() is self._result:
            self._use_set((self.panel.sets.currentIndex() + step) % len(self._sets))

    def _view_of_key(self, key: str) -> str | None:
        return self._set.view_of_key(key) if self._set is not None and key else None

    def _tag(self, picture_ids: tuple[int, ...], view: str | None) -> None:
        self._unwritten.update(dict.fromkeys(picture_ids, view))
        self.sittings.sittings.tag(picture_ids, view)
        self._write_timer.start()
        self._renew_main()
        self._show_chosen()

    def _write_tags(self) -> None:
        self._write_timer.stop()
        views, self._unwritten = self._unwritten, {}
        if not views or not self._context.open:
            return
        self._writing = {**self._writing, **views}
        self._context.tasks.tell(
            lambda services: services.pictures.set_views(views),
            lambda changes: self._tags_written(views, changes),
            owner=self,
            failed=self._tags_refused,
        )

    def _tags_written(self, views: dict[int, str | None], changes: Changes) -> None:
        for picture_id, view in views.items():
            if self._writing.get(picture_id, "") == view:
                self._writing.pop(picture_id, None)
        self._context.wrote(translate_many("{count} photo tagged", "{count} photos tagged", len(views)), changes)

    def _tags_refused(self, error: ClinicError) -> None:
        self._writing = {}
        self.banner.show_words(sentence_of(error), level=Level.PROBLEM)
        self._read_entries()

    def _set_date(self, day: date, after: bool) -> None:
        picture_ids = self.sittings.chosen_ids
        self._write_tags()
        count = len(picture_ids)
        self._context.tasks.tell(
            lambda services: services.pictures.set_taken(picture_ids, day, after),
            lambda changes: self._dated(count, changes),
            owner=self,
            failed=lambda error: self.panel.show_problem(sentence_of(error)),
        )

    def _dated(self, count: int, changes: Changes) -> None:
        words = translate_many("Date set for {count} photo", "Date set for {count} photos", count)
        self._context.wrote(words, changes)
        self.sittings.setFocus(Qt.FocusReason.OtherFocusReason)

    def _ask_other(self) -> None:
        self._moving = self.sittings.chosen_ids
        if not self._moving:
            return
        self._write_tags()
        question = translate_many(
            "To whom does this {count} photo belong?", "To whom do these {count} photos belong?", len(self._moving)
        )
        self._picker.ask(question, not_this=self._patient)
        self._show_page(self._picker)

    def _move(self, picture_ids: tuple[int, ...], patient_id: int, name: str) -> None:
        self._context.tasks.tell(
            lambda services: services.pictures.move(picture_ids, patient_id),
            lambda changes: self._moved(picture_ids, patient_id, name, changes),
            owner=self,
            failed=self._not_moved,
        )

    def _moved(self, picture_ids: tuple[int, ...], patient_id: int, name: str, changes: Changes) -> None:
        self._moving = ()
        photos = translate_many("{count} photo", "{count} photos", len(picture_ids))
        words = translate("{photos} moved to {name}").format(photos=photos, name=name)
        self._context.wrote(words, changes)
        run = self._run
        if run is not None and len(picture_ids) == len(self.sittings.sittings.shots):
            run.patient_id = patient_id
            self._patient = patient_id
            self._read_page(run)
        self._show_page(self._result)

    def _not_moved(self, error: ClinicError) -> None:
        self._moving = ()
        self.banner.show_words(sentence_of(error), level=Level.PROBLEM)
        self._show_page(self._result)

    def _undo(self) -> None:
        run = self._run
        if run is None or run.undo is None:
            return
        self._unwritten = {}
        self._write_timer.stop()
        undo_id = run.undo
        self._context.tasks.tell(
            lambda services: services.undo(undo_id),
            lambda _: self._undone(run),
            owner=self,
            failed=lambda error: self.banner.show_words(sentence_of(error), level=Level.PROBLEM),
        )

    def _undone(self, run: _Run) -> None:
        run.undo = None
        run.deletable = ()
        self.sources_strip.ask(())
        self._context.intents.toast.emit(translate("The import was taken back"), None)
        if self._run is run:
            self._run = None
            self.leave()

    def _sources_gone(self) -> None:
        """The sealed photographs are all there is: the import stays, and the keyboard is not near its undo."""
        run = self._run
        if run is None:
            return
        run.deletable = ()
        run.undo = None
        self._renew_main()
        self.main.setFocus(Qt.FocusReason.OtherFocusReason)

    def _go_on(self) -> None:
        page = self.pages.currentWidget()
        if page is not self._result:
            self.leave()
            return
        proposals = self.sittings.sittings.proposals
        if not proposals:
            self.leave()
            return
        for picture_id, view in proposals.items():
            self._unwritten[picture_id] = view
        for view in set(proposals.values()):
            self.sittings.sittings.tag([one for one, said in proposals.items() if said == view], view)
        self._write_tags()
        self._renew_main()
        self._show_chosen()
        if not self.sources_strip.asking and not self.left_out.model.items and not self._open_questions():
            self.leave()

    def _open_questions(self) -> bool:
        return any(shot.view is None or not shot.picture.taken.known for shot in self.sittings.sittings.shots)

    def _show_page(self, page: QWidget) -> None:
        self.pages.setCurrentWidget(page)
        self._renew_main()
        if page is self._picker:
            self._picker.search.setFocus(Qt.FocusReason.OtherFocusReason)
        elif page is self._progress:
            self._progress.setFocus(Qt.FocusReason.OtherFocusReason)
        elif page is self.sources:
            self.sources.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self.sittings.isVisible():
            self.sittings.setFocus(Qt.FocusReason.OtherFocusReason)

    def _renew_main(self) -> None:
        page = self.pages.currentWidget()
        self.main.setVisible(page is self._progress or page is self._result)
        self.foot_plate.setVisible(page is self._progress or page is self._result)
        run = self._run
        self.undo_button.setVisible(page is self._result and run is not None and run.undo is not None)
        self.main.set_key("")
        if page is self._progress:
            self.main.setText(translate("Continue in the background"))
        elif page is self._result:
            count = len(self.sittings.sittings.proposals)
            if count:
                words = translate_many("Accept {count} proposal", "Accept all {count} proposals", count)
                self.main.setText(words)
            else:
                self.main.setText(translate("Done"))
            self.main.set_key("↵")
        self.main.updateGeometry()

    def _renew_switch(self, run: _Run) -> None:
        shown, left_out = len(self.sittings.sittings.shots), len(run.left_out)
        if self._segments is not None and self._segments_show == (shown, left_out):
            return
        self._segments_show = (shown, left_out)
        if self._segments is not None:
            self.switch.removeWidget(self._segments)
            self._segments.hide()
            self._segments.deleteLater()
            self._segments = None
        if left_out:
            choices = [
                (translate("Photos {count}").format(count=shown), "images"),
                (translate("Not imported {count}").format(count=left_out), "circle-alert"),
            ]
            self._segments = SegmentedControl(self.keeper, choices, translate("What to show"), self._result)
            self._segments.chosen.connect(self._show_tab)
            self.switch.insertWidget(0, self._segments)
            self._segments.show()
        place = 1 if left_out and (not shown or self.tabs.currentWidget() is self.left_out) else 0
        if self._segments is not None:
            self._segments.choose(place)
        self._show_tab(place)

    def _show_tab(self, place: int) -> None:
        run = self._run
        if place == 1:
            self.tabs.setCurrentWidget(self.left_out)
        elif self.sittings.sittings.shots:
            self.tabs.setCurrentWidget(self.sittings)
        else:
            words = translate("No photo is left here.")
            if run is not None and not run.files:
                words = translate("There was no photo in what you chose. JPEG, PNG, WebP and HEIC files are taken.")
            self._nothing.show_words(words)
            self.tabs.setCurrentWidget(self._nothing)
        self.panel.setVisible(self.tabs.currentWidget() is self.sittings)

    def _show_chosen(self) -> None:
        chosen = set(self.sittings.chosen_ids)
        self.panel.show_chosen([s.picture for s in self.sittings.sittings.shots if s.picture.id in chosen])

    def _read_entries(self) -> None:
        run = self._run
        if run is None or not self._context.open:
            return
        patient_id = run.patient_id
        self._context.tasks.ask(
            lambda services: services.pictures.entries(patient_id), self._show_entries, owner=self, key="entries"
        )

    def _changed(self, changes: Changes) -> None:
        shown = self.isVisible() and self.pages.currentWidget() in (self._result, self._picker)
        if Topic.PICTURES not in changes.topics:
            return
        if shown and self._run is not None:
            self._read_entries()
        for run in self._waiting:
            if run.unsorted:
                self._count_again(run)

    def _count_again(self, run: _Run) -> None:
        """Photographs that waited for a view were sorted elsewhere, or are gone."""
        patient_id, ours = run.patient_id, {one.id for one in run.taken}

        def told(entries: tuple[PictureEntry, ...]) -> None:
            left = sum(one.picture.id in ours and one.picture.view is None for one in entries)
            if run not in self._waiting or left >= run.unsorted:
                return
            run.unsorted = left
            if not left:
                self._waiting.remove(run)
            self._renew_note()
            self.rest()

        self._context.tasks.ask(
            lambda services: services.pictures.entries(patient_id),
            told,
            owner=self,
            key=("left", id(run)),
            failed=lambda _: None,
        )

    def _forget(self) -> None:
        self._write_timer.stop()
        self._unwritten, self._writing = {}, {}
        self._run = None
        self._running.clear()
        self._waiting.clear()
        self._renew_note()
        self._picker.clear()
        self.sittings.sittings.clear()
        self.left_out.model.show_items(())
        self.sources_strip.ask(())
        self.set_title(translate("Import photos"))
        if self.isVisible():
            super().leave()
        else:
            self.rest()


class _ReadyNote(Card):
    """An import that ended while its sheet was closed: at the lower edge until it is looked at or dismissed."""

    sort_asked = Signal()
    dismissed = Signal()

    def __init__(self, context: UiContext, host: QWidget) -> None:
        keeper = context.theme
        super().__init__(keeper, host, fill="raised", line="accent")
        self._host = host
        self.words = TextLabel(keeper, "", Style.BUTTON, "text", self)
        self.sort_button = Button(keeper, translate("Sort the photos"), icon="images", small=True, parent=self)
        self.sort_button.clicked.connect(self.sort_asked)
        self.cross = IconButton(keeper, "x", translate("Dismiss"), kind=Kind.GHOST, small=True, parent=self)
        self.cross.clicked.connect(self.dismissed)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 8, 8)
        row.setSpacing(10)
        for part in (self.words, self.sort_button, self.cross):
            row.addWidget(part)
        host.installEventFilter(self)
        keeper.changed.connect(self._settle)
        self.hide()

    def tell(self, words: str, count: int) -> None:
        """Say it; nothing to say: be gone."""
        more = translate("and {count} more").format(count=count - 1) if count > 1 else ""
        self.words.setText(" ".join(part for part in (words, more) if part))
        self.setAccessibleName(words)
        self.setVisible(bool(words))
        self._settle()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the edge of the host."""
        if watched is self.parent() and event.type() == QEvent.Type.Resize:
            self._settle()
        return False

    def _settle(self) -> None:
        if not self.isVisible():
            return
        self.adjustSize()
        edge = 20
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        left = edge if rtl else self._host.width() - self.width() - edge
        self.move(left, self._host.height() - self.height() - 76)
        self.raise_()


class _ProgressPage(Themed):
    """How far an import is."""

    def __init__(self, context: UiContext, parent: QWidget) -> None:
        super().__init__(context.theme, parent)
        self._holder = QVBoxLayout()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(translate("Importing photos"))
        self._strip: ProgressStrip | None = None
        words = translate("You can go on working: each photo is sealed as it comes, and the import ends by itself.")
        card = Card(context.theme, self)
        label = TextLabel(context.theme, words, Style.SECONDARY, "text2", card, wrap=True)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(16, 14, 16, 16)
        inside.setSpacing(8)
        inside.addLayout(self._holder)
        label.setContentsMargins(8, 0, 8, 0)
        inside.addWidget(label)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(card)
        column.addStretch(1)

    def show_run(self, handle: JobHandle) -> None:
        """Follow another job."""
        if self._strip is not None:
            self._holder.removeWidget(self._strip)
            self._strip.hide()
            self._strip.deleteLater()
        strip = ProgressStrip(self.keeper, handle.title, self)
        strip.cancelled.connect(handle.cancel)
        handle.progressed.connect(lambda progress: strip.show_progress(progress, progress.detail))
        handle.ended.connect(strip.hide)
        self._strip = strip
        self._holder.addWidget(strip)


class _SourcesStrip(Plane):
    """ "The source folder still holds 24 copies": delete them, or keep them."""

    problem = Signal(str)
    deleted = Signal()
    """At least one source is gone for good."""

    def __init__(self, context: UiContext, parent: QWidget) -> None:
        super().__init__(context.theme, "accent_soft", parent)
        self._context = context
        self._paths: tuple[str, ...] = ()
        self.words = TextLabel(context.theme, "", Style.BODY, "text", self, wrap=True, weight=500)
        self.delete_button = Button(context.theme, "", kind=Kind.DANGER, icon="trash", small=True, parent=self)
        self.delete_button.clicked.connect(self._delete)
        self.keep_button = Button(context.theme, translate("Keep them"), small=True, parent=self)
        self.keep_button.clicked.connect(lambda: self.ask(()))
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 10, 8)
        row.setSpacing(8)
        row.addWidget(self.words, 1)
        row.addWidget(self.delete_button)
        row.addWidget(self.keep_button)
        self.hide()

    @property
    def asking(self) -> bool:
        """Whether the question stands."""
        return bool(self._paths)

    def ask(self, paths: tuple[str, ...]) -> None:
        """Ask about these files; none: do not ask."""
        self._paths = paths
        self.setVisible(bool(paths))
        if not paths:
            return
        folders = {str(Path(path).parent) for path in paths}
        count = len(paths)
        copies = translate_many("{count} copy", "{count} copies", count)
        where = (
            translate("“{folder}” still holds {copies}.")
            if len(folders) == 1
            else translate("The source folders still hold {copies}.")
        )
        sealed = translate("What is sealed here was read back and is whole.")
        words = f"{where.format(folder=Path(next(iter(folders))).name, copies=copies)} {sealed}"
        self.words.setText(words)
        self.delete_button.setText(translate_many("Delete {count} photo", "Delete {count} photos", count))
        self.delete_button.set_busy(False)

    def _delete(self) -> None:
        paths = self._paths
        verb = self.delete_button.text()
        folders = {Path(path).parent.name for path in paths}
        question = (
            translate("{verb} from “{folder}”?").format(verb=verb, folder=next(iter(folders)))
            if len(folders) == 1
            else translate("{verb} from their folders?").format(verb=verb)
        )
        words = translate(
            "The copies sealed here are whole and stay. The files are deleted for good, and the import can then no "
            "longer be taken back."
        )
        if not ConfirmDialog.ask(self._context.theme, self.window(), question, words, verb):
            return
        if paths != self._paths:
            return
        self.delete_button.set_busy(True)
        self._context.tasks.ask(
            lambda services: services.pictures.delete_sources(paths),
            self._deleted,
            owner=self,
            failed=self._refused,
        )

    def _deleted(self, gone: tuple[str, ...]) -> None:
        words = translate_many(
            "{count} photo deleted from the source folder", "{count} photos deleted from the source folder", len(gone)
        )
        left = len(self._paths) - len(gone)
        self.ask(())
        if gone:
            self._context.wrote(words, Changes(frozenset()))
            self.deleted.emit()
        if left:
            self.problem.emit(
                translate_many(
                    "{count} file changed since the import and was kept.",
                    "{count} files changed since the import and were kept.",
                    left,
                )
            )

    def _refused(self, error: ClinicError) -> None:
        left = tuple(path for path in self._paths if Path(path).is_file())
        some_gone = len(left) < len(self._paths)
        self.ask(left)
        if some_gone:
            self.deleted.emit()
        self.problem.emit(sentence_of(error))


def _id_of(picture: Picture) -> int:
    return picture.id


def _sets_for(catalogues: Catalogues, conditions: list[str]) -> tuple[ViewSet, ...]:
    """The sets of the patient's conditions first, in their order, then all others."""
    found = [
        one
        for condition in conditions
        if condition in catalogues.conditions
        for one in catalogues.view_sets_for(condition)
    ]
    return tuple({one.code: one for one in (*found, *catalogues.view_sets.values())}.values())
