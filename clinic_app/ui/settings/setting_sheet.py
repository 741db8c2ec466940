"""The sheet that changes one setting: its input, why it is as it is, the reason for the change, and its history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from clinic_app.domain.access import Action, Need
from clinic_app.domain.changes import Changes, Progress, Report, carry_on
from clinic_app.domain.errors import AccessRefused, Cancelled, ClinicError, RuleBroken
from clinic_app.domain.moved import Moves
from clinic_app.domain.settings import Setting, SettingChange, SettingKind, SettingValue
from clinic_app.ui.context import UiContext
from clinic_app.ui.settings.holidays_offer import HolidaysOffer
from clinic_app.ui.settings.inputs import SettingInput, input_of
from clinic_app.ui.settings.moves_list import MovesList
from clinic_app.ui.settings.names import names_of
from clinic_app.ui.tasks import JobHandle
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets import FormField, Level, LinkButton, TextLabel
from clinic_app.ui.widgets.record_sheet import RecordSheet
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.numbers import number_words
from clinic_app.wording.settings import change_words, setting_name, setting_where, setting_why, value_words

if TYPE_CHECKING:
    from clinic_app.services import Services

LOOK_AFTER = 500
"""Milliseconds after an edit before it is looked up how many dates it would move."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the sheet shows: the setting, its history, and what changing it needs now."""

    setting: Setting
    history: tuple[SettingChange, ...]
    need: Need
    may: bool


class SettingSheet(RecordSheet):
    """Changes one setting. Asks for the passphrase once more where that is needed."""

    asks_itself = True

    def __init__(self, context: UiContext, host: QWidget, key: str) -> None:
        super().__init__(context, host, setting_name(key))
        self.key = key
        self.input: SettingInput | None = None
        self._setting: Setting | None = None
        self._job: JobHandle | None = None
        self._looking: JobHandle | None = None
        self._look = QTimer(self)
        self._look.setSingleShot(True)
        self._look.setInterval(LOOK_AFTER)
        self._look.timeout.connect(self._look_ahead)

    @property
    def busy(self) -> bool:
        """Whether it is saving, or dates are being computed."""
        return super().busy or self._job is not None

    def begin(self) -> None:
        """Read the setting, slide in."""
        key = self.key

        def read(services: Services) -> Found:
            access = services.access
            return Found(
                services.settings.get(key),
                services.settings.history(key),
                access.need(Action.MANAGE),
                access.may(Action.MANAGE),
            )

        self.read_first(read, self._show)

    def _show(self, found: Found) -> None:
        setting = self._setting = found.setting
        keeper, names = self.keeper, names_of(self.context.catalogues)
        made = self.input = input_of(self.context, setting)
        made.show(setting.value)
        self.add_widget(TextLabel(keeper, setting_why(setting.key), Style.BODY, "text2", self, wrap=True))
        where = translate("Applies to: {where}").format(where=setting_where(setting.key))
        self.add_widget(TextLabel(keeper, where, Style.SECONDARY, "text3", self, wrap=True))
        width = 140 if setting.kind.counted else None
        label = translate("Texts") if setting.kind is SettingKind.TEXTS else setting_name(setting.key)
        self.field_of: FormField[Any] = self.add_field(
            FormField(keeper, setting.key, label, made.widget, hint=made.hint, width=width)
        )
        made.edited.connect(self._edited)
        self._moves_box = MovesList(keeper, self.context.catalogues, self)
        self.add_widget(self._moves_box)
        if setting.kind is SettingKind.DATES:
            self._offer_holidays(made)
        if setting.chosen and not setting.fact.row:
            shipped = value_words(setting.kind, setting.shipped, names)
            self.back = LinkButton(keeper, translate("Back to what is shipped: {value}").format(value=shipped), self)
            self.back.clicked.connect(self._show_shipped)
            self.add_widget(self.back)
        self.reason = QLineEdit()
        self.reason.setPlaceholderText(translate("Why it is changed; kept with the change"))
        self.add_field(FormField(keeper, "reason", translate("Reason"), self.reason, required=True))
        self.secret = QLineEdit()
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.secret_field = self.add_field(
            FormField(
                keeper,
                "secret",
                translate("Your passphrase, once more"),
                self.secret,
                hint=translate("It then holds for five minutes"),
            )
        )
        self.secret_field.setVisible(found.need is not Need.NO and not found.may)
        self.reason.returnPressed.connect(self.ask_save)
        self.secret.returnPressed.connect(self.ask_save)
        if found.history:
            self.add_section(translate("What was changed"))
            for change in found.history:
                words = change_words(setting, change, names)
                self.add_widget(TextLabel(keeper, words, Style.SECONDARY, "text2", self, wrap=True, selectable=True))
        self.body.addStretch(1)

    def save(self) -> None:
        """Check and write; what moves dates runs as a job that can be stopped."""
        self._look.stop()
        self._stop_looking()
        setting, made = self._setting, self.input
        if setting is None or made is None:
            return
        self.clear_problems()
        try:
            value = made.take()
        except RuleBroken as problem:
            self.show_refusal(RuleBroken(setting.key, problem.code, **problem.params))
            return
        reason, secret = self.reason.text(), self.secret.text() if self.secret_field.isVisible() else ""
        if not reason.strip():
            self.show_refusal(RuleBroken("reason", "access_reason_missing"))
            return
        shipped = value == setting.shipped and not setting.fact.row

        def write(services: Services, report: Report = carry_on) -> Changes:
            if secret:
                services.access.confirm(secret, Action.MANAGE)
            if shipped:
                return services.settings.reset(setting.key, reason, report)
            return services.settings.set(setting.key, value, reason, report)

        self.set_busy(True)
        if not setting.fact.moves_dates:
            self.context.tasks.tell(write, self._done, owner=self, failed=self.show_refusal)
            return
        refused: list[ClinicError] = []

        def move(services: Services, report: Report) -> Changes | None:
            try:
                return write(services, report)
            except Cancelled:
                raise
            except ClinicError as problem:
                refused.append(problem)
                return None

        title = translate("Changing “{name}”").format(name=setting_name(setting.key))
        job = self._job = self.context.tasks.run(move, title, alone=True)
        job.finished.connect(lambda changes: self._over(changes, refused))
        job.failed.connect(lambda _: self._over(None, refused))
        job.cancelled.connect(self._stopped)

    def show_refusal(self, error: ClinicError) -> None:
        """A refusal goes to its field; where the passphrase is needed once more, it is asked for here."""
        if isinstance(error, AccessRefused) and error.code != "not_allowed":
            self.secret_field.show()
            self.secret.clear()
            super().show_refusal(_at_secret(error))
        else:
            super().show_refusal(error)

    def _done(self, changes: Changes) -> None:
        self.finish()
        moved = changes.result if isinstance(changes.result, int) else 0
        words = translate("“{name}” was changed").format(name=setting_name(self.key))
        if moved:
            count = translate_many(
                "{count} diagnosis has other dates now", "{count} diagnoses have other dates now", moved
            )
            words = f"{words} · {count}"
        self.context.intents.toast.emit(words, None)

    def _over(self, changes: object, refused: list[ClinicError]) -> None:
        """The job ended: written, or refused."""
        self._job = None
        if isinstance(changes, Changes):
            self._done(changes)
            return
        self.set_busy(False)
        if refused:
            self.show_refusal(refused[0])

    def _stopped(self) -> None:
        self._job = None
        self.set_busy(False)
        self.banner.show_words(translate("Stopped. Nothing was changed."), level=Level.INFO)

    def _show_shipped(self) -> None:
        if self._setting is not None and self.input is not None:
            self.input.show(self._setting.shipped)
            self.mark_changed()
            self._edited()
            self.reason.setFocus()

    def _offer_holidays(self, made: SettingInput) -> None:
        def closed() -> frozenset[date]:
            try:
                return frozenset(made.take())
            except RuleBroken:
                return frozenset()

        def take(days: frozenset[date]) -> None:
            try:
                typed = frozenset(made.take())
            except RuleBroken as problem:
                self.show_refusal(RuleBroken("closed_days", problem.code, **problem.params))
                return
            made.show(typed | days)
            self._edited()

        self.holidays = HolidaysOffer(self.context, closed, self)
        self.holidays.taken.connect(take)
        self.add_widget(self.holidays)

    def _edited(self, *_: object) -> None:
        self.mark_changed()
        if self.field_of.problem:
            self.field_of.clear_problem()
        if self._setting is not None and self._setting.fact.moves_dates:
            self._look.start()

    def _look_ahead(self) -> None:
        """Whose dates would be others, before it is saved: a job that can be stopped, and is by another edit."""
        setting, made = self._setting, self.input
        self._stop_looking()
        if setting is None or made is None or not self.isVisible() or self.busy:
            return
        try:
            value: SettingValue = made.take()
        except RuleBroken:
            return

        def look(services: Services, report: Report) -> Changes:
            return Changes(frozenset(), result=services.settings.would_move(setting.key, value, report))

        self._moves_box.show_words(translate("Looking whose dates would move…"))
        job = self._looking = self.context.tasks.run(look, translate("Looking whose dates would move"))
        job.progressed.connect(self._show_progress)
        job.finished.connect(self._show_moves)
        job.failed.connect(lambda _: self._moves_box.show_words(""))
        job.cancelled.connect(lambda: self._moves_box.show_words(translate("Stopped looking whose dates would move.")))

    def _show_progress(self, progress: Progress) -> None:
        if progress.total:
            words = translate("Looking whose dates would move: {done} of {total}")
            self._moves_box.show_words(
                words.format(done=number_words(progress.done), total=number_words(progress.total))
            )

    def _show_moves(self, changes: object) -> None:
        self._looking = None
        moves = changes.result if isinstance(changes, Changes) else None
        if isinstance(moves, Moves) and not self.field_of.problem:
            self._moves_box.show_moves(moves)

    def _stop_looking(self) -> None:
        job, self._looking = self._looking, None
        if job is not None and job.running:
            for signal in (job.finished, job.progressed, job.cancelled, job.failed):
                signal.disconnect()
            job.cancel()

    def hideEvent(self, event: QHideEvent) -> None:
        """What nobody waits for any more is not looked for."""
        self._look.stop()
        self._stop_looking()
        super().hideEvent(event)


def _at_secret(error: AccessRefused) -> RuleBroken:
    """The refusal, shown beside the passphrase."""
    return RuleBroken("secret", error.code, **error.params)
