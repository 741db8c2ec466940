"""What side sheets over a record share: they read first, write once, and say what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinic_app.domain.changes import Changes
from clinic_app.domain.conflicts import clashes_in
from clinic_app.domain.drafts import Draft, DraftKind
from clinic_app.domain.errors import ClinicError, Conflict
from clinic_app.ui.context import UiContext
from clinic_app.ui.widgets.clash_card import ClashCard
from clinic_app.ui.widgets.draft_offer import KEEP_AFTER_MS, DraftOffer
from clinic_app.ui.widgets.side_sheet import SideSheet
from clinic_app.wording.sentences import sentence_of

if TYPE_CHECKING:
    from clinic_app.services import Services

T = TypeVar("T")


class RecordSheet(SideSheet):
    """A side sheet over the record: ``begin`` reads what it needs and slides in; saving writes and closes it.

    Built for one use: the owner deletes it when ``closed`` comes.
    """

    def __init__(self, context: UiContext, host: QWidget, title: str, *, save: str = "") -> None:
        super().__init__(context.theme, host, title, save=save)
        self.context = context
        self._draft_kind: DraftKind | None = None
        self._draft_patient = 0
        self._draft_found: Draft | None = None
        self._draft_kept = False
        self._draft_wait = QTimer(self)
        self._draft_wait.setSingleShot(True)
        self._draft_wait.setInterval(KEEP_AFTER_MS)
        self._draft_wait.timeout.connect(self.keep_draft)
        self.draft_offer = DraftOffer(context.theme, self)
        self.draft_offer.wanted.connect(self._restore_draft)
        self.draft_offer.unwanted.connect(self._drop_draft)
        self.read_values: Mapping[str, object] = {}
        """What was read before anybody edited, by field of the record; blank where it is not known (a draft)."""
        self._clash: Conflict | None = None
        self.clash = ClashCard(context.theme, self)
        self.clash.decided.connect(self._settle_clash)
        self.body.addWidget(self.clash)
        self.save_asked.connect(self.save)
        context.detached.connect(self._gone)

    def begin(self) -> None:
        """Read, fill, slide in."""
        raise NotImplementedError

    def save(self) -> None:
        """Take what was entered and write it."""
        raise NotImplementedError

    def keeps_drafts(self, kind: DraftKind, patient_id: int) -> None:
        """What is typed is kept two seconds after typing stops, and offered when such a sheet is opened again.

        The sheet says and shows it by ``draft`` and ``take_draft``. ``patient_id`` 0: somebody new.
        """
        self._draft_kind, self._draft_patient = kind, patient_id
        strip = QVBoxLayout()
        px = self.keeper.px
        strip.setContentsMargins(px(24), 0, px(24), px(4))
        strip.addWidget(self.draft_offer)
        column = self.layout()
        if isinstance(column, QVBoxLayout):
            column.insertLayout(2, strip)
        if self.isVisible():
            self._look_for_draft()

    @property
    def draft_of(self) -> tuple[DraftKind, int] | None:
        """The kind and the patient its draft is kept under; None where none is kept."""
        return None if self._draft_kind is None else (self._draft_kind, self._draft_patient)

    def fits_draft(self, content: Mapping[str, object]) -> bool:
        """Whether a draft of this kind and patient is one of this sheet."""
        return True

    def draft(self) -> dict[str, object]:
        """What was typed so far, as JSON values; nothing is checked."""
        raise NotImplementedError

    def take_draft(self, content: Mapping[str, object]) -> None:
        """Show what was typed before."""
        raise NotImplementedError

    def mark_changed(self, *said: object) -> None:
        """Something was edited: it is kept as a draft once typing stops. What was asked of two versions is asked
        again at the next save, with what is typed by then."""
        super().mark_changed(*said)
        self.clash.hide()
        if self._draft_kind is not None and self.isVisible() and not self.draft_offer.isVisible():
            self._draft_wait.start()

    def open(self) -> None:
        """Slide in, and offer what was typed before and not saved."""
        super().open()
        self._look_for_draft()

    def _look_for_draft(self) -> None:
        if self._draft_kind is None or not self.context.open:
            return
        kind, patient_id = self._draft_kind, self._draft_patient

        def read(services: Services) -> Draft | None:
            return next((one for one in services.drafts.of(patient_id) if one.kind is kind), None)

        self.context.tasks.ask(read, self._offer_draft, owner=self, key="draft", failed=lambda _: None)

    def keep_draft(self) -> None:
        """Keep now what was typed so far, without waiting (before the window locks)."""
        self._draft_wait.stop()
        if self._draft_kind is None or not (self.changed and self.isVisible() and self.context.open) or self.busy:
            return
        kind, patient_id, content = self._draft_kind, self._draft_patient, self.draft()
        self._draft_kept = True

        def keep(services: Services) -> Changes:
            services.drafts.keep(kind, patient_id, content)
            return Changes(frozenset())

        self.context.tasks.tell(keep, owner=self, failed=lambda _: None)

    def finish(self) -> None:
        """It is saved: the draft goes, the sheet closes."""
        self._drop_draft()
        super().finish()

    def show_refusal(self, error: ClinicError) -> None:
        """Beside its field; where somebody else saved meanwhile, both versions field by field."""
        if not (isinstance(error, Conflict) and clashes_in(error)):
            super().show_refusal(error)
            return
        self.set_busy(False)
        self._clash = error
        self._scroll.verticalScrollBar().setValue(0)
        self.clash.show_clash(error, self.read_values)

    def adopt_version(self, version: int) -> None:
        """What was typed is meant for this version of the record: somebody saw both and decided."""
        raise NotImplementedError

    def take_theirs(self, values: Mapping[str, object]) -> None:
        """Show these values, by field of the record, as somebody else saved them; all else stays as it is typed."""
        raise NotImplementedError

    def ask_save(self) -> None:
        """While two versions are shown, saving means: as chosen."""
        if self.context.why_only_looked:
            self.context.intents.refused.emit(self.context.why_only_looked)
        elif self.clash.isVisible() and not self.busy:
            self.clash.take()
        else:
            super().ask_save()

    def step_out(self) -> None:
        """Esc puts the two versions away first; what was typed stays."""
        if self.clash.isVisible():
            self.clash.hide()
            self._keep()
        else:
            super().step_out()

    def _settle_clash(self, values: Mapping[str, object]) -> None:
        clash, self._clash = self._clash, None
        if clash is None:
            return
        self.read_values = {**self.read_values, **{one.field: one.theirs for one in clashes_in(clash)}}
        if values:
            self.take_theirs(values)
        self.adopt_version(int(str(clash.params["version"])))
        self.ask_save()

    def read_first(self, read: Callable[[Services], T], show: Callable[[T], object]) -> None:
        """Read, hand the answer to ``show``, then slide in; what cannot be read is said in a toast."""

        def deliver(answer: T) -> None:
            show(answer)
            self.open()

        self.context.tasks.ask(read, deliver, owner=self, failed=self._unreadable)

    def write(
        self, write: Callable[[Services], Changes], words: str, after: Callable[[Changes], object] | None = None
    ) -> None:
        """Write; then close, say ``words`` (with Undo where there is one), and do ``after``."""
        self.set_busy(True)

        def done(changes: Changes) -> None:
            self.finish()
            self.context.wrote(words, changes)
            if after is not None:
                after(changes)

        self.context.tasks.tell(write, done, owner=self, failed=self.show_refusal)

    def _offer_draft(self, found: Draft | None) -> None:
        if found is not None and self.isVisible() and not self.changed and self.fits_draft(found.content):
            self._draft_found = found
            self.draft_offer.ask(found.written_at, datetime.combine(self.context.today(), found.written_at.time()))

    def _restore_draft(self) -> None:
        found, self._draft_found = self._draft_found, None
        if found is not None:
            self.take_draft(found.content)
            self.read_values = {}
            self._draft_kept = True
            self.mark_changed()

    def _drop_draft(self) -> None:
        """What was kept is saved, or not wanted."""
        self._draft_wait.stop()
        kind, patient_id = self._draft_kind, self._draft_patient
        there = self._draft_kept or self._draft_found is not None
        self._draft_kept, self._draft_found = False, None
        self.draft_offer.hide()
        if kind is None or not there or not self.context.open:
            return

        def drop(services: Services) -> Changes:
            services.drafts.drop(kind, patient_id)
            return Changes(frozenset())

        self.context.tasks.tell(drop, owner=self.context.tasks, failed=lambda _: None)

    def _drop(self) -> None:
        """*Discard* was chosen: nothing of it is kept."""
        self._drop_draft()
        super()._drop()

    def _unreadable(self, error: ClinicError) -> None:
        self.context.intents.refused.emit(sentence_of(error))
        self.closed.emit(False)

    def _gone(self) -> None:
        if self.isVisible():
            self.set_busy(False)
            self._leave(done=False)
