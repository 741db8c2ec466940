"""Printing from the window: what is shown goes on paper with Ctrl+P, a booking's slip from its toast."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, QTimer
from PySide6.QtWidgets import QWidget

from clinic_app.domain.access import Action
from clinic_app.domain.changes import Changes
from clinic_app.domain.papers import PaperKind, PaperRequest
from clinic_app.domain.schedule import Appointment
from clinic_app.domain.treatment import Visit
from clinic_app.ui.context import UiContext
from clinic_app.ui.widgets.toast import Toast
from clinic_app.wording.language import translate

if TYPE_CHECKING:
    from clinic_app.ui.schedule.papers_dialog import PapersDialog


class PapersDesk(QObject):
    """Opens the dialog that prints; ``shown`` answers the view that is in sight, ``selection`` patient and case."""

    def __init__(
        self,
        context: UiContext,
        window: QWidget,
        settings: QSettings,
        toast: Toast,
        shown: Callable[[], QWidget | None],
        selection: Callable[[], tuple[int, int]],
    ) -> None:
        super().__init__(window)
        self._context, self._window, self._toast = context, window, toast
        self._settings = settings
        self._shown, self._selection = shown, selection
        self.dialog: PapersDialog | None = None
        """The dialog while it is open."""
        context.tasks.changed.connect(self._look_at_write)
        context.intents.print_paper.connect(self.open)

    @property
    def request(self) -> PaperRequest:
        """What is in sight: the call list as it is narrowed, or the day that is chosen."""
        from clinic_app.ui.schedule.papers_dialog import usual_request

        found = getattr(self._shown(), "printable", None)
        wanted = found(usual_request()) if callable(found) else None
        return wanted if isinstance(wanted, PaperRequest) else usual_request()

    def print_shown(self) -> None:
        """Print what is in sight."""
        self.open(self.request, self._selection()[0])

    def open(self, request: PaperRequest | PaperKind, patient_id: int = 0) -> None:
        """Open the dialog with a paper proposed; ``patient_id``: who is selected, 0 for nobody."""
        from clinic_app.ui.schedule.papers_dialog import PaperOffer, PapersDialog, usual_request

        if self.dialog is not None or not self._context.open or self._context.refuse(Action.PRINT):
            return
        PapersDialog.recall({name: str(self._settings.value(f"print/{name}", "")) for name in PapersDialog.REMEMBERED})
        wanted = replace(usual_request(), kind=request) if isinstance(request, PaperKind) else request
        self.dialog = PapersDialog(self._context, self._window, PaperOffer(wanted, patient_id))
        self.dialog.finished.connect(self._closed)
        self.dialog.open()

    def _closed(self) -> None:
        if self.dialog is not None:
            for name, value in self.dialog.remembered().items():
                self._settings.setValue(f"print/{name}", value)
            self.dialog.deleteLater()
            self.dialog = None

    def _look_at_write(self, changes: Changes) -> None:
        """A booking was made or an injection given: its slip is offered beside Undo, once the toast says so."""
        made = changes.result
        if isinstance(made, Appointment) and made.status.live:
            self._offer_later(PaperKind.SLIP, made.patient_id, (made.id,))
        elif isinstance(made, Visit):
            self._offer_later(PaperKind.NEXT_VISIT, made.patient_id, ())

    def _offer_later(self, kind: PaperKind, patient_id: int, bookings: tuple[int, ...]) -> None:
        if self._context.barred(Action.PRINT):
            return
        QTimer.singleShot(0, self, lambda: self._offer(kind, patient_id, bookings))

    def _offer(self, kind: PaperKind, patient_id: int, bookings: tuple[int, ...]) -> None:
        from clinic_app.ui.schedule.papers_dialog import usual_request

        def act() -> None:
            request = replace(usual_request(), kind=kind, appointment_ids=bookings, patient_ids=(patient_id,))
            self.open(request, patient_id)

        self._toast.offer(translate("Print slip"), act)
