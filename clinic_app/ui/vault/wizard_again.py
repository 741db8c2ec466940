"""The first steps once more, in a clinic that is open: what can be repeated of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from shiboken6 import isValid

from clinic_app.domain.access import Action, Need
from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.errors import AccessRefused, ClinicError, RuleBroken
from clinic_app.domain.settings import SettingValue
from clinic_app.ui.context import UiContext
from clinic_app.ui.vault.forms import AskFolder, ask_folder
from clinic_app.ui.vault.wizard import Steps, settle
from clinic_app.ui.vault.wizard_pages import (
    RULES,
    AskPassphrasePage,
    BackupPage,
    ClinicPage,
    LanguagePage,
    RulesPage,
    StepPage,
)
from clinic_app.ui.widgets import Card, Level, Plane
from clinic_app.ui.widgets.themed import stand_in_the_middle
from clinic_app.wording.language import translate
from clinic_app.wording.sentences import sentence, sentence_of

if TYPE_CHECKING:
    from clinic_app.services import Services

WIDTH = 600


@dataclass(frozen=True, slots=True)
class Speech:
    """The languages there are as (code, name), the one chosen, and what chooses another."""

    languages: Sequence[tuple[str, str]] = ()
    now: str = ""
    choose: Callable[[str], object] = str


@dataclass(frozen=True, slots=True)
class Said:
    """How the clinic is set up now, and whether changing it needs a passphrase first."""

    values: Mapping[str, SettingValue]
    places: tuple[str, ...]
    need: Need
    may: bool


class StepsAgain(Steps):
    """Language, clinic, rules and backups again, written together at the end. ``over(bool)``: written or left."""

    asks_itself = True

    over = Signal(bool)

    def __init__(self, context: UiContext, said: Said, speech: Speech, ask: AskFolder) -> None:
        super().__init__(context.theme)
        keeper = context.theme
        self._context, self._said, self._speech = context, said, speech
        self.language: LanguagePage | None = None
        if speech.languages:
            self.language = LanguagePage(keeper, speech.languages, speech.now)
            self.add_page(self.language)
        self.clinic = ClinicPage(keeper, ask, "")
        self.clinic.name.setText(str(said.values["clinic_name"]))
        products = [(code, one.brand or one.generic) for code, one in context.catalogues.products.items()]
        self.rules = RulesPage(keeper, products)
        self.rules.skip = ""
        self.rules.show_values(said.values)
        self.backup = BackupPage(keeper, ask)
        self.backup.skip = ""
        if said.places:
            self.backup.place.show_folder(said.places[0])
            self.backup.banner.clear()
        else:
            self.backup.skip = translate("Later")
        self.backup.looked_at.connect(self._look_at)
        self.secret: AskPassphrasePage | None = None
        for page in (self.clinic, self.rules, self.backup):
            self.add_page(page)
        if not said.may:
            self.secret = AskPassphrasePage(keeper)
            self.add_page(self.secret)

    def page_of(self, name: str) -> StepPage:
        """A page by its name: ``language``, ``clinic``, ``rules`` or ``backups``; else the first."""
        named: dict[str, StepPage | None] = {
            "language": self.language,
            "clinic": self.clinic,
            "rules": self.rules,
            "backups": self.backup,
        }
        return named.get(name) or self.language or self.clinic

    def go_on(self) -> None:
        """Next; after the last page all is written."""
        if not self.checked():
            return
        if self.page is (self.secret or self.backup):
            self._write()
        else:
            self.show_next()

    def skip(self) -> None:
        """No place for backups yet."""
        self.backup.place.show_empty(translate("No place chosen yet"))
        if self.secret is None:
            self._write()
        else:
            self.show_next()

    def leave(self) -> None:
        """Out; nothing is changed."""
        self.over.emit(False)

    def refuse(self, problem: ClinicError, field: str = "") -> None:
        """On the page it belongs to."""
        self.set_busy(False)
        name = problem.field if isinstance(problem, RuleBroken) else ""
        if isinstance(problem, AccessRefused) and self.secret is not None and problem.code != "not_allowed":
            self.show_page(self.secret)
            super().refuse(problem, "secret")
            return
        if name == "clinic_name":
            self.show_page(self.clinic)
        elif name in RULES:
            self.show_page(self.rules)
        elif name in ("place", "places"):
            self.show_page(self.backup)
        super().refuse(problem, field)

    def _look_at(self, path: str) -> None:
        def failed(problem: ClinicError) -> None:
            self.backup.place.show_empty(translate("No place chosen yet"))
            self.backup.banner.show_words(sentence_of(problem), level=Level.PROBLEM)

        self._context.tasks.ask(
            lambda s: [sentence(code, params) for code, params in s.backups.look_at(path).notes],
            lambda notes: self.backup.show_place(path, notes),
            owner=self,
            key="place",
            failed=failed,
        )

    def _write(self) -> None:
        said, values = self._said, self.rules.values()
        values["clinic_name"] = self.clinic.name.text()
        first = self.backup.place.folder
        rest = tuple(place for place in said.places[1:] if place != first)
        places = (first, *rest) if first else ()
        secret = self.secret.secret.text() if self.secret is not None else ""
        reason = translate("First steps, gone through again")
        self.set_busy(True)

        def write(services: Services) -> Changes:
            settle(services, values, places, reason, secret)
            return Changes(frozenset({Topic.PREFERENCES, Topic.SCHEDULE, Topic.CASES, Topic.PATIENTS}))

        def done(_: Changes) -> None:
            self.set_busy(False)
            if self.language is not None and self.language.languages.code not in (None, self._speech.now):
                self._speech.choose(self.language.languages.code or "")
            self.over.emit(True)

        self._context.tasks.tell(write, done, owner=self, failed=self.refuse)


class StepsAgainSheet(Plane):
    """The steps over the whole window; nothing is written before the last page. ``closed(bool)`` when it is gone."""

    closed = Signal(bool)

    def __init__(
        self, context: UiContext, host: QWidget, page: str, speech: Speech, ask: AskFolder = ask_folder
    ) -> None:
        """``page``: where to begin, blank for the first."""
        super().__init__(context.theme, "app", host)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(translate("First steps"))
        self._context, self._host, self._page, self._speech, self._ask = context, host, page, speech, ask
        self._before = QApplication.focusWidget()
        self.steps: StepsAgain | None = None
        self.card = Card(self.keeper, self)
        self.card.setFixedWidth(self.keeper.px(WIDTH))
        inside = QVBoxLayout(self.card)
        edge = self.keeper.px(28)
        inside.setContentsMargins(edge, edge, edge, edge)
        stand_in_the_middle(self, self.card)
        host.installEventFilter(self)
        context.detached.connect(self._detached)
        self.hide()

    @property
    def busy(self) -> bool:
        """Whether it is writing."""
        return self.steps is not None and self.steps.next_button.busy

    def begin(self) -> None:
        """Read how the clinic is set up, then show the page."""

        def read(services: Services) -> Said:
            values = {setting.key: setting.value for setting in services.settings.all()}
            places = tuple(place.path for place in services.backups.places())
            access = services.access
            return Said(values, places, access.need(Action.MANAGE), access.may(Action.MANAGE))

        self._context.tasks.ask(read, self._show, owner=self, failed=self._refused)

    def come_back(self) -> None:
        """Stand over the host again, as it was when the window was locked."""
        self.setGeometry(self._host.rect())
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay over the host."""
        if watched is self._host and event.type() == QEvent.Type.Resize:
            self.setGeometry(self._host.rect())
        return False

    def _show(self, said: Said) -> None:
        if said.need is Need.NO:
            self._refused(AccessRefused("settings_not_yours"))
            return
        steps = self.steps = StepsAgain(self._context, said, self._speech, self._ask)
        steps.over.connect(lambda written: self._leave(written=written))
        layout = self.card.layout()
        if layout is not None:
            layout.addWidget(steps)
        self.setGeometry(self._host.rect())
        self.show()
        self.raise_()
        steps.show_page(steps.page_of(self._page))

    def _refused(self, problem: ClinicError) -> None:
        self._context.intents.refused.emit(sentence_of(problem))
        self.closed.emit(False)

    def _detached(self) -> None:
        self._leave(written=False)

    def _leave(self, *, written: bool) -> None:
        if self.isHidden():
            return
        self.hide()
        if self._before is not None and isValid(self._before) and self._before.isVisible():
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)
        if written:
            self._context.intents.toast.emit(translate("Saved what the first steps were told"), None)
        self.closed.emit(written)
