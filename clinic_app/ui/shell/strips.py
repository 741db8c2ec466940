"""The strips above the area: what everybody at this window is told, each with the way to do something about it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinic_app.domain.access import Action, Need
from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.errors import RuleBroken
from clinic_app.ui.context import UiContext
from clinic_app.ui.schedule.free_place import FreePlaceStrip
from clinic_app.ui.settings.must_move_strip import MustMoveStrip
from clinic_app.ui.shell.pin_offer import PinOffer
from clinic_app.ui.shell.start_findings import StartFindings
from clinic_app.ui.shell.tray import TrayOffer
from clinic_app.ui.widgets.banner import Banner, Level
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.reminders import call_back_words
from clinic_app.wording.sentences import sentence_of

if TYPE_CHECKING:
    from clinic_app.services import Services


class Strips(QVBoxLayout):
    """One below the other, each seen only while it has something to say.

    ``changed`` when one comes or goes; the other signals say what the button of one wants.
    """

    changed = Signal()
    clock_wanted = Signal()
    emergencies_wanted = Signal()
    unsaved_wanted = Signal()
    steps_wanted = Signal()
    call_backs_wanted = Signal()

    def __init__(
        self,
        context: UiContext,
        settings: QSettings,
        drafts_in_sight: Callable[[], Collection[object]],
        parent: QWidget,
    ) -> None:
        """``settings``: those of the window. ``drafts_in_sight``: (kind, patient id) of what open sheets hold."""
        super().__init__()
        self._context = context
        self._drafts_in_sight = drafts_in_sight
        keeper = context.theme
        self.start_findings = StartFindings(context, parent)
        self.clock = Banner(keeper, parent)
        self.emergencies = Banner(keeper, parent)
        self.unsaved = Banner(keeper, parent)
        self.steps_left = Banner(keeper, parent)
        self.pin_offer = PinOffer(keeper, settings, parent)
        self.free_place = FreePlaceStrip(context, parent)
        self.must_move = MustMoveStrip(context, parent)
        self.call_backs = Banner(keeper, parent)
        self.tray_offer = TrayOffer(keeper, settings, parent)
        self.all: tuple[Banner, ...] = (
            self.start_findings,
            self.clock,
            self.emergencies,
            self.unsaved,
            self.steps_left,
            self.pin_offer,
            self.free_place,
            self.must_move,
            self.call_backs,
            self.tray_offer,
        )
        for strip in self.all:
            self.addWidget(strip)
            strip.dismissed.connect(self.changed)
        for teller in (self.start_findings, self.free_place, self.must_move):
            teller.told.connect(self.changed)
        self.clock.acted.connect(self.clock_wanted)
        self.emergencies.acted.connect(self.emergencies_wanted)
        self.unsaved.acted.connect(lambda: self._taken(self.unsaved, self.unsaved_wanted.emit))
        self.steps_left.acted.connect(self.steps_wanted)
        self.call_backs.acted.connect(lambda: self._taken(self.call_backs, self.call_backs_wanted.emit))
        context.tasks.changed.connect(self._note_changes)

    @property
    def saying(self) -> bool:
        """Whether one is seen."""
        return any(strip.isVisible() for strip in self.all)

    def clear(self) -> None:
        """Nothing is said any more: the window is locked, or its clinic closed.

        What the look over the data found, the free place and who must be moved keep and hide themselves.
        """
        for strip in (
            self.clock, self.emergencies, self.unsaved, self.steps_left, self.pin_offer, self.call_backs,
            self.tray_offer,
        ):  # fmt: skip
            strip.clear()

    def look(self, services: Services) -> None:
        """Ask everything anew for whoever works: the clock, what was not saved, steps that were left, a PIN."""
        self.look_at_clock()
        self.look_at_drafts()
        self._look_at_steps()
        self.pin_offer.offer(services)
        self.changed.emit()

    def look_at_drafts(self) -> None:
        """What was typed and not saved is offered again, in words, unless it stands in a sheet that is open."""
        in_sight = self._drafts_in_sight()

        def read(services: Services) -> tuple[str, ...]:
            if not services.drafts.all():
                return ()
            from clinic_app.ui.patients.drafts_sheet import read_unsaved

            found = read_unsaved(services)
            return tuple(one.words for one in found if (one.draft.kind, one.draft.patient_id) not in in_sight)

        def said(found: tuple[str, ...]) -> None:
            if not found:
                self.unsaved.clear()
            else:
                from clinic_app.wording.drafts import unsaved_words

                self.unsaved.show_words(unsaved_words(found), action=translate("Look at it"), level=Level.INFO)
            self.changed.emit()

        self._context.tasks.ask(read, said, owner=self, key="unsaved", failed=lambda _: None)

    def look_at_clock(self) -> None:
        """Before anything is written: the computer's date must be believable (design section 5.2)."""

        def said(doubt: RuleBroken | None) -> None:
            if doubt is None:
                self.clock.clear()
            else:
                self.clock.show_words(sentence_of(doubt), action=translate("Say which day it is…"))
            self.changed.emit()

        self._context.tasks.ask(lambda s: s.clock_doubt(), said, owner=self, key="clock", failed=lambda _: None)

    def look_at_emergencies(self) -> None:
        """Doctors and administrators are told of emergency openings nobody has looked at."""
        if not self._context.open:
            return

        def read(services: Services) -> int:
            may = services.access.need(Action.REVIEW_EMERGENCIES) is Need.YES
            return len(services.access.emergencies()) if may else 0

        def said(count: int) -> None:
            if count:
                words = translate_many(
                    "{count} emergency opening has not been looked at",
                    "{count} emergency openings have not been looked at",
                    count,
                )
                self.emergencies.show_words(words, action=translate("Look at it…"))
            else:
                self.emergencies.clear()
            self.changed.emit()

        self._context.tasks.ask(read, said, owner=self, key="emergencies", failed=lambda _: None)

    def show_call_backs(self, count: int) -> None:
        """So many call-backs have come to their time; none: the strip goes."""
        if count:
            self.call_backs.show_words(call_back_words(count), action=translate("Show"), level=Level.INFO)
        else:
            self.call_backs.clear()
        self.changed.emit()

    def offer_tray(self) -> None:
        """Ask once whether the program stays in the tray."""
        self.tray_offer.offer()
        self.changed.emit()

    def _taken(self, strip: Banner, tell: Callable[[], None]) -> None:
        strip.clear()
        self.changed.emit()
        tell()

    def _look_at_steps(self) -> None:
        """First steps that were left before there was a place for backups come back to administrators."""

        def read(services: Services) -> bool:
            wanted = services.access.need(Action.MANAGE) is not Need.NO and not services.clinic.demo
            return wanted and not services.settings.first_steps().finished and not services.backups.places()

        def said(left: bool) -> None:
            if left:
                words = translate("There is no place for backups yet: everything would be lost with this disk.")
                self.steps_left.show_words(words, action=translate("Choose one…"))
            else:
                self.steps_left.clear()
            self.changed.emit()

        self._context.tasks.ask(read, said, owner=self, key="steps", failed=lambda _: None)

    def _note_changes(self, changes: object) -> None:
        if isinstance(changes, Changes) and Topic.PATIENTS in changes.topics:
            self.look_at_emergencies()
        if self.steps_left.isVisible():
            self._look_at_steps()
