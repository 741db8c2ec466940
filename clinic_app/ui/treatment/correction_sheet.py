"""Correct a mistyped injection, or say that it was never given; the old version is kept with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from clinic_app.domain.case_page import CasePage
from clinic_app.domain.changes import Changes
from clinic_app.domain.conflicts import values_of
from clinic_app.domain.date_entry import Toward
from clinic_app.domain.errors import ClinicError, NotFound
from clinic_app.domain.treatment import InjectionSession, SessionDetails
from clinic_app.ui.context import UiContext
from clinic_app.ui.theme import Style
from clinic_app.ui.treatment.session_block import SessionBlock
from clinic_app.ui.treatment.visit_sheet import WIDTH
from clinic_app.ui.widgets import Button, DateField, FormField, Kind, TextLabel
from clinic_app.ui.widgets.record_sheet import RecordSheet
from clinic_app.wording.dates import day as day_words
from clinic_app.wording.language import translate
from clinic_app.wording.treatment import state_words

if TYPE_CHECKING:
    from clinic_app.services import Services


@dataclass(frozen=True, slots=True)
class _Known:
    """What the sheet reads before it opens."""

    session: InjectionSession
    page: CasePage


class CorrectionSheet(RecordSheet):
    """Day, product, units and sites of an injection, with the reason; or *void* with the reason."""

    def __init__(self, context: UiContext, host: QWidget, session_id: int) -> None:
        super().__init__(context, host, translate("Correct an injection"), save=translate("Save the correction"))
        keeper = context.theme
        self._session_id = session_id
        self._voiding = False
        self._session: InjectionSession | None = None
        self.block: SessionBlock | None = None
        self.day = DateField(keeper, context.today, name="date", toward=Toward.PAST, latest=context.today())
        self._day_field = FormField(keeper, "date", translate("Day"), self.day, required=True, width=210)
        self.reason = QLineEdit()
        self.reason.setPlaceholderText(translate("Typed 50 instead of 5"))
        self.add_field(
            FormField(
                keeper,
                "reason",
                translate("What was wrong"),
                self.reason,
                required=True,
                hint=translate("Both versions are kept, with this reason and your name."),
            )
        )
        self.add_field(self._day_field)
        self._place = QVBoxLayout()
        self.body.addLayout(self._place)
        self.void = Button(keeper, translate("This was never given…"), kind=Kind.DANGER, small=True)
        self.void.clicked.connect(self._ask_void)
        self.body.addWidget(self.void, 0, Qt.AlignmentFlag.AlignLeft)
        self._void_words = TextLabel(
            keeper,
            translate(
                "The injection no longer counts for the waiting time, the limits and the dates. It stays in the "
                "record, marked void, with the reason."
            ),
            wrap=True,
            style=Style.BODY,
        )
        self._void_words.hide()
        self.add_widget(self._void_words)

    def begin(self) -> None:
        """Read the injection, fill, slide in."""
        session_id = self._session_id

        def read(services: Services) -> _Known:
            session = services.treatment.session(session_id)
            return _Known(session, services.patients.page(session.patient_id))

        self.read_first(read, self._show)

    def save(self) -> None:
        """Check and write."""
        self.clear_problems()
        session_id, reason = self._session_id, self.reason.text().strip()
        if self._voiding:

            def void(services: Services) -> Changes:
                return services.treatment.void(session_id, reason)

            past = self._session is not None and self._session.day < self.context.today()
            words = translate("Injection marked void. A booking of that day stays done.")
            self.write(void, words if past else translate("Injection marked void"))
            return
        if self.block is None:
            return
        try:
            day, details = self.day.take(), self._details(self.block)
        except ClinicError as error:
            self.show_refusal(error)
            return

        version = self._session.version if self._session is not None else None

        def correct(services: Services) -> Changes:
            return services.treatment.correct(session_id, details, day, reason, version)

        self.write(correct, translate("Injection corrected"))

    def adopt_version(self, version: int) -> None:
        """Correct what somebody else saved meanwhile."""
        if self._session is not None:
            self._session = replace(self._session, version=version)

    def take_theirs(self, values: Mapping[str, object]) -> None:
        """Show what somebody else saved of the injection."""
        if self._session is None or self.block is None:
            return
        said: Any = {field: value for field, value in values.items() if field != "day"}
        day = values.get("day", self.day.day)
        if isinstance(day, date):
            self.day.set_day(day)
            self._session = replace(self._session, day=day)
        merged = self._session = replace(self._session, details=replace(self._details(self.block), **said))
        self.block.show_session(merged, everything=True)

    def _details(self, block: SessionBlock) -> SessionDetails:
        """What was entered, and what the form does not ask for as it was. Raises ``RuleBroken`` beside its field."""
        guidance = "" if self._session is None else self._session.details.guidance
        return replace(block.details(), guidance=guidance)

    def show_problem(self, name: str, sentence: str) -> None:
        """Beside its field; a field of the session stands in the block."""
        if self.field(name) is None and self.block is not None:
            name = f"{name}_{self.block.case_id}"
        super().show_problem(name, sentence)

    def _settle(self) -> None:
        """As wide as the visit sheet."""
        width = min(self.keeper.px(WIDTH), self._host.width())
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        self.setGeometry(QRect(0 if rtl else self._host.width() - width, 0, width, self._host.height()))

    def _show(self, known: _Known) -> None:
        session = self._session = known.session
        summary = next((one for one in known.page.cases if one.case.id == session.details.case_id), None)
        if summary is None:
            raise NotFound("case_not_found", id=session.details.case_id)
        words = " · ".join((known.page.patient.name, day_words(session.day), state_words(session.state)))
        self.set_title(translate("Correct an injection"), words)
        self.read_values = {**values_of(session.details), "day": session.day}
        self.day.set_day(session.day)
        self.block = SessionBlock(self.context, self, summary, repeats=False)
        self.block.show_session(session, everything=True)
        self._place.addWidget(self.block)

    def _ask_void(self) -> None:
        self._voiding = True
        self.mark_changed()
        if self.block is not None:
            self.block.hide()
        self._day_field.hide()
        self.void.hide()
        self._void_words.show()
        self.save_button.setText(translate("Mark void"))
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)
