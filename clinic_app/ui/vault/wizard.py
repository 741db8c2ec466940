"""The first steps: from nothing to a clinic somebody can work in, page by page, with Back, Skip and Next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from clinic_app.domain.access import Action
from clinic_app.domain.errors import ClinicError, RuleBroken
from clinic_app.domain.settings import SETTINGS, SettingValue
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.vault.codes_form import CodesForm
from clinic_app.ui.vault.door_keeper import DoorKeeper
from clinic_app.ui.vault.forms import AskFolder, AskTarget, StartForm
from clinic_app.ui.vault.wizard_pages import (
    DEMO,
    REGISTER,
    RULES,
    BackupPage,
    BeginPage,
    ClinicPage,
    LanguagePage,
    PersonPage,
    RulesPage,
    StepPage,
)
from clinic_app.ui.widgets import Button, Kind, Level, TextLabel
from clinic_app.ui.widgets.confirm_dialog import ConfirmDialog
from clinic_app.wording.dates import day as day_words
from clinic_app.wording.language import translate
from clinic_app.wording.sentences import sentence, sentence_of

if TYPE_CHECKING:
    from clinic_app.services import Services
    from clinic_app.services.clinic_data import ClinicDoor, CreatedClinic

Ask = Callable[[QWidget, str, str, str], bool]
"""Asks before something cannot be taken back: (parent, title, explanation, verb)."""
SHIPPED: dict[str, SettingValue] = {fact.key: fact.shipped for fact in SETTINGS}


class Steps(StartForm):
    """Pages one after the other: where one is, the page, and Back, Skip and Next.

    Enter goes on, Alt+Left back, Escape leaves. The owner answers ``go_on``, ``skip`` and ``leave``.
    """

    def __init__(self, keeper: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(keeper, "", "", parent)
        self.title.hide()
        self.banner.hide()
        self.where = TextLabel(keeper, "", Style.CAPTION, "text2", self)
        self.column.addWidget(self.where)
        self._pages: list[StartForm] = []
        self._inside = QVBoxLayout()
        self.column.addLayout(self._inside)
        self.back_button = Button(keeper, translate("Back"), parent=self)
        self.back_button.clicked.connect(self.go_back)
        self.leave_button = Button(keeper, translate("Cancel"), kind=Kind.GHOST, parent=self)
        self.leave_button.clicked.connect(self.leave)
        self.skip_button = Button(keeper, "", kind=Kind.GHOST, parent=self)
        self.skip_button.clicked.connect(self.skip)
        self.next_button = Button(keeper, translate("Next"), kind=Kind.PRIMARY, parent=self)
        self.next_button.setAutoDefault(True)
        self.next_button.setDefault(True)
        self.next_button.clicked.connect(self.go_on)
        row = QHBoxLayout()
        row.setSpacing(keeper.px(8))
        for button in (self.leave_button, self.back_button):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.skip_button)
        row.addWidget(self.next_button)
        self.column.addSpacing(keeper.px(4))
        self.column.addLayout(row)
        self._row = row
        ways = (("Alt+Left", self.back_button.click), ("Esc", self.leave), ("Ctrl+Return", self.next_button.click))
        for keys, act in ways:
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)

    @property
    def page(self) -> StartForm:
        """The page shown."""
        return next((page for page in self._pages if not page.isHidden()), self._pages[0])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the keyboard, else it goes on."""
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
            holder = self.focusWidget()
            (holder if isinstance(holder, QPushButton) else self.next_button).click()
            return
        super().keyPressEvent(event)

    @property
    def steps_in_all(self) -> int:
        """How many steps there are, those too whose page is made later."""
        return len(self._pages)

    def add_page(self, page: StartForm) -> None:
        """Add a page at the end."""
        page.hide()
        self._pages.append(page)
        self._inside.addWidget(page)

    def show_page(self, page: StartForm) -> None:
        """Show one of the pages, its first input with the keyboard."""
        for one in self._pages:
            one.setVisible(one is page)
        at = self._pages.index(page)
        self.where.setText(translate("Step {step} of {steps}").format(step=at + 1, steps=self.steps_in_all))
        self.setAccessibleName(page.accessibleName())
        last = at == len(self._pages) - 1
        self.next_button.setText(self.last_words() if last else translate("Next"))
        self.next_button.updateGeometry()
        words = page.skip if isinstance(page, StepPage) else ""
        self.skip_button.setText(words)
        self.skip_button.setVisible(bool(words))
        self.back_button.setVisible(at > 0 and self.may_go_back(self._pages[at - 1]))
        if isinstance(page, (StepPage, CodesForm)):
            page.begin()

    def set_busy(self, busy: bool) -> None:
        """Something is under way: nothing can be edited."""
        self.page.setEnabled(not busy)
        self.next_button.set_busy(busy)
        for button in (self.back_button, self.skip_button, self.leave_button):
            button.setEnabled(not busy)

    def refuse(self, problem: ClinicError, field: str = "") -> None:
        """Show why not, on the page shown, beside its field where there is one."""
        self.set_busy(False)
        page = self.page
        if isinstance(page, RulesPage) and isinstance(problem, RuleBroken) and problem.field in RULES:
            page.show_rule_problem(problem.field, sentence_of(problem))
        else:
            page.refuse(problem, field)

    def go_back(self) -> None:
        """The page before."""
        at = self._pages.index(self.page)
        if at > 0 and self.back_button.isEnabled() and self.may_go_back(self._pages[at - 1]):
            self.page.clear_problems()
            self.show_page(self._pages[at - 1])

    def show_next(self) -> None:
        """The page after."""
        at = self._pages.index(self.page)
        if at + 1 < len(self._pages):
            self.show_page(self._pages[at + 1])

    def checked(self) -> bool:
        """Whether the page is well; what is wrong is said there."""
        page = self.page
        if not isinstance(page, BackupPage):
            page.clear_problems()
        if not isinstance(page, (StepPage, CodesForm)):
            return True
        try:
            page.check()
        except RuleBroken as problem:
            self.refuse(problem)
            return False
        return True

    def last_words(self) -> str:
        """What stands on the button of the last page."""
        return translate("Finish")

    def may_go_back(self, page: StartForm) -> bool:
        """Whether one may go back to a page."""
        return True

    def go_on(self) -> None:
        """Next."""
        if self.checked():
            self.show_next()

    def skip(self) -> None:
        """Past this page."""
        self.show_next()

    def leave(self) -> None:
        """Out."""


class FirstSteps(Steps):
    """Makes a clinic. ``opened(services, folder, how)`` when it can be worked in (``how``: empty, register or demo),
    ``left`` when somebody went back and nothing was made, ``spoken`` when another language was chosen.
    """

    opened = Signal(object, str, str)
    left = Signal()
    spoken = Signal(str)

    def __init__(
        self,
        keeper: ThemeKeeper,
        doors: DoorKeeper,
        folder: str,
        ask_folder: AskFolder,
        ask_target: AskTarget,
        languages: Sequence[tuple[str, str]] = (),
        language: str = "",
        *,
        demo: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        """``languages``: (code, name) of those there are; no page is shown for none. ``language``: the one in use."""
        super().__init__(keeper, parent)
        self._doors = doors
        self._created: CreatedClinic | None = None
        self._services: Services | None = None
        self._secret = ""
        self._dropped = False
        self.ask: Ask = self._ask_by_dialog
        self.language = LanguagePage(keeper, languages, language) if languages else None
        self.clinic = ClinicPage(keeper, ask_folder, folder)
        self.person = PersonPage(keeper)
        self.codes = CodesForm(keeper, ask_target)
        self.rules: RulesPage | None = None
        self.backup = BackupPage(keeper, ask_folder)
        self.ready = BeginPage(keeper)
        if not demo:
            self.ready.without_demo()
        if self.language is not None:
            self.language.chosen.connect(self.spoken)
            self.add_page(self.language)
        for page in (self.clinic, self.person, self.codes):
            self.add_page(page)
        self._rules_wanted: dict[str, SettingValue] = {}
        self._rules_place = len(self._pages)
        for last in (self.backup, self.ready):
            self.add_page(last)
        self.person.suggestion_wanted.connect(self._suggest)
        self.backup.looked_at.connect(self._look_at)
        self._how = ""

    def start(self) -> None:
        """The first page."""
        self.show_page(self._pages[0])

    def start_after_language(self) -> None:
        """The page of languages again, in the language that was chosen."""
        self.show_page(self._pages[0])
        self.next_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def take_up(self, services: Services, codes: tuple[str, ...], secret: str) -> None:
        """Go on where the steps of a clinic were cut before its codes were kept, with new codes."""
        self._services, self._secret = services, secret
        self._show_codes(codes, renewed=True)

    @property
    def steps_in_all(self) -> int:
        """With the page of rules, which comes with the clinic."""
        return len(self._pages) + (self.rules is None)

    @property
    def unfinished(self) -> bool:
        """Whether a clinic was made whose codes were not kept."""
        return self._created is not None and bool(self.codes.codes)

    def may_leave(self) -> bool:
        """Before the window closes: asks where codes are shown that nobody has kept; answers whether it may close."""
        if not self.codes.codes or self._services is None:
            return True
        if self._created is None:
            return self.ask(
                self,
                translate("Leave without the recovery codes?"),
                translate(
                    "Earlier codes open only backups made before, and these are not shown again. New ones are made "
                    "when you sign in next."
                ),
                translate("Leave without codes"),
            )
        if not self.ask(
            self,
            translate("Leave without the recovery codes?"),
            translate(
                "The clinic was made a moment ago and holds nothing yet. If you leave now it is taken away again, and "
                "nothing is left behind."
            ),
            translate("Take the clinic away"),
        ):
            return False
        self._dropped = True
        return True

    def close_unopened(self) -> None:
        """The window closes: what was made and not kept is taken away, all else is shut."""
        created, services = self._created, self._services
        drop = self._dropped or self.unfinished
        self._forget()
        if created is not None and drop:
            self._doors.now(lambda door: door.unmake(created))
        elif services is not None:
            services.close()

    def may_go_back(self, page: StartForm) -> bool:
        """Once the clinic is made, only to pages after the codes."""
        return self._services is None or page in (self.rules, self.backup)

    def last_words(self) -> str:
        """The way into the window."""
        return translate("Open the clinic")

    def go_on(self) -> None:
        """Next: makes the clinic after the page of the first person, settles its rules after the last."""
        if not self.checked():
            return
        page = self.page
        if page is self.person and self._services is None:
            self._create()
        elif page is self.codes:
            self._codes_kept()
        elif page is self.ready:
            self._finish()
        else:
            self.show_next()

    def skip(self) -> None:
        """Past the rules (as shipped) or the backups (none yet)."""
        if self.page is self.rules and self.rules is not None:
            self.rules.show_values(SHIPPED)
        if self.page is self.backup:
            self.backup.place.show_empty(translate("No place chosen yet"))
        self.show_next()

    def leave(self) -> None:
        """Out: before the clinic is made at once, on the codes after a question, afterwards straight into it."""
        if self._services is None:
            self._forget()
            self.left.emit()
        elif self.codes.codes:
            if not self.may_leave():
                self.codes.begin()
                return
            created, services = self._created, self._services
            self._forget()
            if created is None:
                self._doors.ask(lambda _: services.close(), lambda _: self.left.emit(), owner=self, failed=self.refuse)
            else:
                self._doors.ask(
                    lambda door: door.unmake(created), lambda _: self.left.emit(), owner=self, failed=self.refuse
                )
        elif self.ask(self, translate("Leave the first steps?"), self._left_words(), translate("Leave")):
            self._finish(left=True)
        elif isinstance(self.page, StepPage):
            self.page.begin()

    def _left_words(self) -> str:
        said = translate("The clinic is ready, and all of it can be changed later under Settings.")
        if self.backup.place.folder:
            return said
        lost = translate(
            "But there is no place for backups yet: without one, everything is lost with this computer’s disk. The "
            "window goes on reminding you."
        )
        return f"{said} {lost}"

    def _ask_by_dialog(self, parent: QWidget, title: str, explanation: str, verb: str) -> bool:
        return ConfirmDialog.ask(self.keeper, parent, title, explanation, verb)

    def _suggest(self) -> None:
        self._doors.ask(
            lambda door: door.suggest_passphrase(), self.person.show_suggestion, owner=self, failed=self.refuse
        )

    def _create(self) -> None:
        person = self.person
        folder, name, user = self.clinic.folder.folder, self.clinic.name.text().strip(), person.user.text().strip()
        secret, roles = person.passphrase.text(), person.roles
        self.set_busy(True)

        def create(door: ClinicDoor) -> CreatedClinic:
            return door.create(folder, name, user, secret, roles=roles, codes_kept=False)

        def failed(problem: ClinicError) -> None:
            self.set_busy(False)
            if isinstance(problem, RuleBroken) and problem.field in ("user", "user_name", "passphrase", "roles"):
                self.refuse(problem)
            else:
                self.show_page(self.clinic)
                self.refuse(problem)

        def made(created: CreatedClinic) -> None:
            self._created, self._services, self._secret = created, created.services, secret
            person.forget()
            self.set_busy(False)
            self._show_codes(created.recovery_codes)

        self._doors.ask(create, made, owner=self, failed=failed)

    def _show_codes(self, codes: tuple[str, ...], *, renewed: bool = False) -> None:
        services = self._services
        if services is None:
            return
        unlocked = services.context.unlocked
        vault = unlocked.vault.vault_id if unlocked is not None else ""
        day = day_words(services.today())
        self.codes.show_codes(services.clinic.name, codes, vault, day, renewed=renewed)
        self._add_rules(services)
        self.show_page(self.codes)

    def _add_rules(self, services: Services) -> None:
        """The page of rules needs the catalogue of products, which a clinic brings along."""
        if self.rules is not None:
            return
        products = [(code, one.brand or one.generic) for code, one in services.catalogues.products.items()]
        page = self.rules = RulesPage(self.keeper, products)
        page.show_values(SHIPPED)
        page.hide()
        self._pages.insert(self._rules_place, page)
        self._inside.addWidget(page)

    def _codes_kept(self) -> None:
        services = self._services
        if services is None:
            return
        self.set_busy(True)

        def kept(_: object) -> None:
            self.codes.forget()
            self.set_busy(False)
            self.show_next()

        self._doors.ask(lambda _: services.settings.took_step(codes_kept=True), kept, owner=self, failed=self.refuse)

    def _look_at(self, path: str) -> None:
        services = self._services
        if services is None:
            return

        def looked(notes: list[str]) -> None:
            self.backup.show_place(path, notes)

        def failed(problem: ClinicError) -> None:
            self.backup.place.show_empty(translate("No place chosen yet"))
            self.backup.banner.show_words(sentence_of(problem), level=Level.PROBLEM)

        def look(_: ClinicDoor) -> list[str]:
            return [sentence(code, params) for code, params in services.backups.look_at(path).notes]

        self._doors.ask(look, looked, owner=self, failed=failed)

    def _finish(self, *, left: bool = False) -> None:
        """Write the rules and the place of the backups, then into the clinic. ``left``: without going to the end."""
        services, rules = self._services, self.rules
        if services is None or rules is None:
            return
        values, place, secret = rules.values(), self.backup.place.folder, self._secret
        how = self.ready.choice.code or ""
        reason = translate("First steps")
        self.set_busy(True)

        def write(_: ClinicDoor) -> None:
            settle(services, values, [place] if place else [], reason, secret, finished=bool(place) or not left)

        def failed(problem: ClinicError) -> None:
            self.set_busy(False)
            field = problem.field if isinstance(problem, RuleBroken) else ""
            self.show_page(rules if field in RULES else self.backup if field in ("place", "places") else self.ready)
            self.refuse(problem)

        def written(_: object) -> None:
            folder = self.clinic.folder.folder
            self._forget()
            self.opened.emit(services, folder, how)

        self._doors.ask(write, written, owner=self, failed=failed)

    def _forget(self) -> None:
        """Nothing that opens the clinic stays here."""
        self._created, self._services, self._secret = None, None, ""
        self.codes.forget()
        self.person.forget()


def settle(
    services: Services,
    values: dict[str, SettingValue],
    places: Sequence[str],
    reason: str,
    secret: str,
    *,
    finished: bool = True,
) -> None:
    """Write what the first steps were told: the settings, the places of the backups, and that they were gone through
    (``finished``; else the window reminds of them).

    Raises:
        As ``settings.set_many``, ``backups.set_places`` and ``access.confirm``.
    """
    if secret and not services.access.may(Action.MANAGE):
        services.access.confirm(secret, Action.MANAGE)
    if values:
        services.settings.set_many(values, reason)
    if places and tuple(places) != tuple(place.path for place in services.backups.places()):
        services.backups.set_places(places)
    services.settings.took_step(codes_kept=True, finished=finished)


__all__ = ["DEMO", "REGISTER", "FirstSteps", "Steps", "settle"]
