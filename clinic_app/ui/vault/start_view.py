"""The page before a clinic is open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinic_app.domain.access import Action, Need
from clinic_app.domain.changes import Progress
from clinic_app.domain.errors import ClinicError, StorageUnavailable
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.vault.door_keeper import DoorKeeper
from clinic_app.ui.vault.forms import (
    AskFolder,
    AskTarget,
    StartForm,
    TroubleForm,
    WelcomeForm,
    ask_folder,
    ask_target,
)
from clinic_app.ui.widgets import Card
from clinic_app.ui.widgets.banner import Level
from clinic_app.ui.widgets.themed import Plane, stand_in_the_middle
from clinic_app.wording.dates import day as day_words
from clinic_app.wording.language import translate
from clinic_app.wording.sentences import sentence

if TYPE_CHECKING:
    from clinic_app.services import Services
    from clinic_app.services.clinic_data import ClinicDoor, ClinicState
    from clinic_app.ui.vault.codes_form import CodesForm
    from clinic_app.ui.vault.unlock_form import ChooseForm, UnlockForm
    from clinic_app.ui.vault.wizard import FirstSteps
    from clinic_app.ui.vault.wizard_restore import RestoreSteps


WIDTH, STEPS_WIDTH = 520, 600
"""Pixels of the card at 100 %: a form, and the first steps."""


class FormStack(QWidget):
    """One form at a time, as high as that one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._forms: list[StartForm] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    @property
    def current(self) -> StartForm:
        """The form shown."""
        return next((form for form in self._forms if not form.isHidden()), self._forms[0])

    def add(self, form: StartForm) -> None:
        """Add a form; only the first is shown."""
        form.setVisible(not self._forms)
        self._forms.append(form)
        self._column.addWidget(form)

    def remove(self, form: StartForm) -> None:
        """Take a form away."""
        self._forms.remove(form)
        self._column.removeWidget(form)
        form.hide()
        form.deleteLater()

    def show_form(self, form: StartForm) -> None:
        """Show one of them."""
        for one in self._forms:
            one.setVisible(one is form)


class StartView(Plane):
    """Asks what it takes to open the clinic of a folder. ``opened(services, folder)`` when it is open.

    A demo clinic opens by itself. ``demo_folder`` blank: no demo is offered. A form is made when it is first shown.
    """

    opened = Signal(object, str)
    _upgrading = Signal(object)
    needed = Signal()
    """Something has to be asked: show the page."""
    spoken = Signal(str)
    """(code): another language was chosen."""
    made = Signal(str)
    """(folder): a clinic was made there, although something else is opened now."""

    def __init__(
        self,
        keeper: ThemeKeeper,
        doors: DoorKeeper,
        folder: str,
        demo_folder: str = "",
        parent: QWidget | None = None,
        *,
        folder_dialog: AskFolder = ask_folder,
        target_dialog: AskTarget = ask_target,
        languages: Sequence[tuple[str, str]] = (),
        language: str = "",
        speak: Callable[[str], object] | None = None,
        last_user: str = "",
    ) -> None:
        """``languages``: (code, name) of those there are, ``language`` the one in use, ``speak`` changes it;
        ``last_user``: who is offered first for signing in, blank for nobody in particular.
        """
        super().__init__(keeper, "app", parent)
        self._doors = doors
        self._upgrading.connect(self._show_upgrade)
        self._folder = folder
        self._demo_folder = demo_folder
        self._languages, self._language, self._speak = tuple(languages), language, speak
        self._last_user = last_user
        self.how = ""
        self.notice = ""
        self._notice_level = Level.WARNING
        """What the sign-in page says first: why the clinic was closed."""
        self.last_user = ""
        """Whose name stands there; blank where that is not to be shown."""
        self._by_code: Services | None = None
        self.setAccessibleName(translate("Start"))
        self.card = Card(keeper, self)
        self.pages = FormStack(self.card)
        self._folder_dialog = folder_dialog
        self._target_dialog = target_dialog
        self.waiting = StartForm(keeper, translate("Opening…"))
        self.pages.add(self.waiting)
        inside = QVBoxLayout(self.card)
        edge = keeper.px(28)
        inside.setContentsMargins(edge, edge, edge, edge)
        inside.addWidget(self.pages)
        self.card.setFixedWidth(keeper.px(WIDTH))
        stand_in_the_middle(self, self.card)

    @cached_property
    def welcome(self) -> WelcomeForm:
        """Where no clinic is yet."""
        form = WelcomeForm(self.keeper, self._folder_dialog, demo=bool(self._demo_folder))
        form.create_wanted.connect(self._show_steps)
        form.restore_wanted.connect(self._show_restoring)
        form.folder_chosen.connect(self.look)
        form.demo_wanted.connect(self.open_demo)
        self.pages.add(form)
        return form

    @cached_property
    def trouble(self) -> TroubleForm:
        """Where a clinic cannot be opened."""
        form = TroubleForm(self.keeper, self._folder_dialog, demo=bool(self._demo_folder))
        form.again.connect(lambda: self.look(self._folder))
        form.restore_wanted.connect(self._show_restoring)
        form.folder_chosen.connect(self.look)
        form.demo_wanted.connect(self.open_demo)
        self.pages.add(form)
        return form

    @cached_property
    def unlock(self) -> UnlockForm:
        """Asks for the passphrase."""
        from clinic_app.ui.vault.unlock_form import UnlockForm

        form = UnlockForm(self.keeper, self._folder_dialog)
        form.unlock_wanted.connect(self._unlock)
        form.named.connect(self._look_at_wait)
        form.restore_wanted.connect(self._show_restoring)
        form.folder_chosen.connect(self.look)
        self.pages.add(form)
        return form

    @cached_property
    def choosing(self) -> ChooseForm:
        """Asks for a new passphrase after a code."""
        from clinic_app.ui.vault.unlock_form import ChooseForm

        form = ChooseForm(self.keeper)
        form.chosen.connect(self._choose)
        form.suggestion_wanted.connect(self._suggest)
        form.left.connect(self._leave_choosing)
        self.pages.add(form)
        return form

    @cached_property
    def new_code(self) -> CodesForm:
        """Shows the recovery code that takes the place of the one that was used."""
        from clinic_app.ui.vault.codes_form import CodesForm

        form = CodesForm(self.keeper, self._target_dialog)
        form.add_main(translate("Go on"), self._code_typed)
        self.pages.add(form)
        return form

    @cached_property
    def steps(self) -> FirstSteps:
        """Makes a clinic, page by page."""
        from clinic_app.ui.vault.wizard import FirstSteps

        steps = FirstSteps(
            self.keeper,
            self._doors,
            self._folder,
            self._folder_dialog,
            self._target_dialog,
            self._languages,
            self._language,
            demo=bool(self._demo_folder),
        )
        steps.left.connect(self._steps_left)
        steps.opened.connect(self._steps_opened)
        steps.spoken.connect(self._language_chosen)
        self.pages.add(steps)
        return steps

    @cached_property
    def restoring(self) -> RestoreSteps:
        """Brings a clinic back from a backup."""
        from clinic_app.ui.vault.wizard_restore import RestoreSteps

        steps = RestoreSteps(self.keeper, self._doors, self._folder, self._folder_dialog)
        steps.left.connect(lambda: self.look(self._folder))
        steps.restored.connect(self._restored)
        self.pages.add(steps)
        return steps

    def _restored(self, folder: str) -> None:
        """It lies there: say what came of it, and ask who opens it."""
        self.notice, self._notice_level = self.restoring.said, self.restoring.level
        self.look(folder)

    @property
    def folder(self) -> str:
        """The folder it is about."""
        return self._folder

    def begin(self) -> None:
        """Look into the folder."""
        self.look(self._folder)

    def look(self, folder: str) -> None:
        """See what lies in a folder and show the form for it."""
        self._folder = folder
        self._show(self.waiting)
        self._doors.ask(lambda door: door.state(folder), self._seen, owner=self, failed=self._trouble)

    def open_demo(self) -> None:
        """Open the demo clinic, making it first where it is not there."""
        folder = self._folder = self._demo_folder
        self._show(self.waiting)
        self._doors.ask(lambda door: _demo(door, folder), self._opened, owner=self, failed=self._trouble)

    def _seen(self, state: ClinicState) -> None:
        if state.in_use:
            self._trouble(StorageUnavailable("folder_in_use", path=state.folder))
        elif not state.there:
            self.welcome.folder.show_folder(state.folder)
            notes = _sentences(state)
            if notes:
                self.welcome.banner.show_words(notes[0])
            else:
                self.welcome.banner.clear()
            self._show(self.welcome)
        elif state.demo:
            folder = state.folder
            self._doors.ask(lambda door: _demo(door, folder), self._opened, owner=self, failed=self._trouble)
        else:
            self._show(self.unlock)
            warnings, notice, level = _sentences(state), self.notice, self._notice_level
            self.notice, self._notice_level = "", Level.WARNING
            said = [*warnings, *((notice,) if notice else ())]
            level = Level.WARNING if warnings else level
            self.unlock.show_clinic(state.folder, state.users, said, self.last_user, level=level)
            if self._last_user in state.users:
                self.unlock.users.setCurrentText(self._last_user)

    def _unlock(self, secret: str, user: str, recovery: bool) -> None:
        folder = self._folder
        self._doors.ask(
            lambda door: _signed_in(
                door.open(folder, secret, user or None, recovery=recovery, report=self._report_upgrade), secret
            ),
            lambda found: self._came_in(found, secret),
            owner=self,
            failed=self._not_unlocked,
        )

    def _not_unlocked(self, problem: ClinicError) -> None:
        if problem.code == "folder_in_use":
            self.unlock.secret.clear()
            self._trouble(problem)
        else:
            self.unlock.refused(problem)

    def _report_upgrade(self, progress: Progress) -> bool:
        """Called in the thread that opens the clinic, while an older database is brought to this version."""
        self._upgrading.emit(progress)
        return True

    def _show_upgrade(self, progress: Progress) -> None:
        self.unlock.banner.show_words(sentence(progress.code), level=Level.INFO)

    def _show_steps(self) -> None:
        self._drop_steps()
        self._show(self.steps)
        self.steps.start()

    def restore(self) -> None:
        """Bring a backup back, as if *Restore from a backup…* had been pressed."""
        self._show_restoring()

    def _show_restoring(self) -> None:
        self.restoring.who.folder.show_folder(self._folder)
        self._show(self.restoring)
        self.restoring.start()

    def _steps_left(self) -> None:
        self._drop_steps()
        self.look(self._folder)

    def _drop_steps(self) -> None:
        """The first steps begin anew the next time."""
        steps = self.__dict__.pop("steps", None)
        if steps is not None:
            self.pages.remove(steps)

    def _language_chosen(self, code: str) -> None:
        """Another language: the words of all pages are made anew."""
        if self._speak is not None:
            self._speak(code)
        self._language = code
        self.spoken.emit(code)
        for name in ("welcome", "trouble", "unlock", "restoring"):
            form = self.__dict__.pop(name, None)
            if form is not None:
                self.pages.remove(form)
        self._drop_steps()
        self._show(self.steps)
        self.steps.start_after_language()

    def _steps_opened(self, services: Services, folder: str, how: str) -> None:
        self._folder = folder or self._folder
        self.how = how
        if how != "demo":
            self._opened(services)
            return
        self.made.emit(self._folder)
        self._doors.ask(lambda _: services.close(), lambda _: self.open_demo(), owner=self, failed=self._trouble)

    def _came_in(self, found: _CameIn, secret: str) -> None:
        """Somebody came in; where codes were made and never typed back, there are new ones now."""
        services, codes = found.services, found.codes
        if services.must_choose_passphrase:
            self._by_code = services
            self._show(self.choosing)
            self.choosing.show_user(services.clinic.user.name)
            return
        if not codes:
            self._opened(services)
            return
        if found.place is not None or found.finished:
            if "unlock" in self.__dict__:
                self.unlock.secret.clear()
            self._show_new_code(services, codes, found.place)
            return
        self._drop_steps()
        self._show(self.steps)
        self.steps.take_up(services, codes, secret)

    def _look_at_wait(self, user: str) -> None:
        """Whoever has to wait is told before they try, also after the program was started anew."""
        folder, form = self._folder, self.unlock
        self._doors.ask(
            lambda door: door.waiting(folder, user),
            lambda seconds: form.wait(seconds, user),
            owner=form,
            failed=lambda _: None,
        )

    def _suggest(self) -> None:
        form = self.choosing
        self._doors.ask(lambda door: door.suggest_passphrase(), form.show_suggestion, owner=form, failed=form.refuse)

    def _choose(self, passphrase: str) -> None:
        services = self._by_code
        if services is None:
            return
        people = services.people
        self._doors.ask(
            lambda _: (people.finish_reset(passphrase), services.settings.first_steps().code),
            lambda found: self._chosen(services, *found),
            owner=self,
            failed=self.choosing.refuse,
        )

    def _chosen(self, services: Services, codes: tuple[str, ...], place: int | None) -> None:
        self.choosing.forget()
        if not codes:
            self._by_code = None
            self._opened(services)
            return
        self._show_new_code(services, codes, place)

    def _show_new_code(self, services: Services, codes: tuple[str, ...], place: int | None) -> None:
        """A code in the place of one that was used, or that nobody typed back before the program ended."""
        self._by_code = services
        vault = services.context.unlocked
        number = vault.vault.vault_id if vault is not None else ""
        day = day_words(services.today())
        self.new_code.show_codes(services.clinic.name, codes, number, day, place=place, renewed=place is None)
        self._show(self.new_code)
        self.new_code.begin()

    def _code_typed(self) -> None:
        services = self._by_code
        if services is None:
            return
        try:
            self.new_code.check()
        except ClinicError as problem:
            self.new_code.refuse(problem)
            return
        self.new_code.set_busy(True)

        def kept(_: object) -> None:
            self.new_code.set_busy(False)
            self.new_code.forget()
            self._by_code = None
            self._opened(services)

        self._doors.ask(
            lambda _: services.settings.took_step(codes_kept=True), kept, owner=self, failed=self.new_code.refuse
        )

    def _leave_choosing(self) -> None:
        """Not now: the clinic is closed again, and the code holds."""
        services, self._by_code = self._by_code, None
        self.choosing.forget()
        if services is not None:
            self._doors.ask(
                lambda _: services.close(), lambda _: self.look(self._folder), owner=self, failed=self._trouble
            )

    def _opened(self, services: Services) -> None:
        if "unlock" in self.__dict__:
            self.unlock.secret.clear()
        self.opened.emit(services, self._folder)

    def may_leave(self) -> bool:
        """Whether the window may close now; asks where recovery codes are shown that nobody has kept."""
        return "steps" not in self.__dict__ or self.steps.may_leave()

    def close_unopened(self) -> None:
        """The window closes: a clinic whose codes were not kept is taken away, one that is ready is shut."""
        services, self._by_code = self._by_code, None
        if services is not None:
            services.close()
        if "steps" in self.__dict__:
            self.steps.close_unopened()
        if "restoring" in self.__dict__:
            self.restoring.relay.stop()

    def _trouble(self, problem: ClinicError) -> None:
        if problem.code == "folder_in_use":
            folder = self._folder
            self._doors.ask(lambda door: door.knock(folder), lambda _: None, owner=self, failed=lambda _: None)
        self.trouble.show_trouble(problem, self._folder)
        self._show(self.trouble)

    def _show(self, form: StartForm) -> None:
        self.card.setFixedWidth(self.keeper.px(STEPS_WIDTH if form is self.__dict__.get("steps") else WIDTH))
        self.pages.show_form(form)
        if form is self.waiting:
            return
        self.needed.emit()
        first = form.nextInFocusChain()
        if isinstance(form, WelcomeForm):
            form.create_button.setFocus(Qt.FocusReason.OtherFocusReason)
        elif first is not None and form.isAncestorOf(first):
            first.setFocus(Qt.FocusReason.OtherFocusReason)


def _demo(door: ClinicDoor, folder: str) -> Services:
    """The demo clinic of a folder, made and filled where it is not there."""
    services = door.open(folder, None) if door.state(folder).there else door.create_demo(folder)
    try:
        if not services.patients.count():
            services.demo.fill()
    except BaseException:
        services.close()
        raise
    return services


@dataclass(frozen=True, slots=True)
class _CameIn:
    """The opened clinic, and new recovery codes where earlier ones were never typed back: both, or that of a place.
    ``finished``: the first steps are behind this clinic.
    """

    services: Services
    codes: tuple[str, ...] = ()
    place: int | None = None
    finished: bool = True


def _signed_in(services: Services, secret: str) -> _CameIn:
    if services.must_choose_passphrase:
        return _CameIn(services)
    steps = services.settings.first_steps()
    if steps.codes_kept or services.access.need(Action.ROTATE_KEYS) is Need.NO:
        return _CameIn(services)
    try:
        services.access.confirm(secret, Action.ROTATE_KEYS)
        return _CameIn(services, services.people.new_recovery_codes(steps.code), steps.code, steps.finished)
    except BaseException:
        services.close()
        raise


def _sentences(state: ClinicState) -> list[str]:
    return [sentence(code, params) for code, params in state.notes]
