"""The page before a clinic is open."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from clinic_app.domain.errors import ClinicError
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.vault.door_keeper import DoorKeeper
from clinic_app.ui.vault.forms import (
    AskFolder,
    AskTarget,
    CodesForm,
    CreateForm,
    StartForm,
    TroubleForm,
    UnlockForm,
    WelcomeForm,
    ask_folder,
    ask_target,
)
from clinic_app.ui.widgets import Card
from clinic_app.ui.widgets.themed import Plane
from clinic_app.wording.language import translate
from clinic_app.wording.sentences import sentence

if TYPE_CHECKING:
    from clinic_app.services import Services
    from clinic_app.services.clinic_data import ClinicDoor, ClinicState, CreatedClinic


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

    def show_form(self, form: StartForm) -> None:
        """Show one of them."""
        for one in self._forms:
            one.setVisible(one is form)


class StartView(Plane):
    """Asks what it takes to open the clinic of a folder. ``opened(services, folder)`` when it is open.

    A demo clinic opens by itself. ``demo_folder`` blank: no demo is offered. A form is made when it is first shown.
    """

    opened = Signal(object, str)
    needed = Signal()
    """Something has to be asked: show the page."""

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
    ) -> None:
        super().__init__(keeper, "app", parent)
        self._doors = doors
        self._folder = folder
        self._demo_folder = demo_folder
        self._created: CreatedClinic | None = None
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
        self.card.setFixedWidth(keeper.px(520))
        self._place()

    @cached_property
    def welcome(self) -> WelcomeForm:
        """Where no clinic is yet."""
        form = WelcomeForm(self.keeper, self._folder_dialog, demo=bool(self._demo_folder))
        form.create_wanted.connect(self._show_create)
        form.folder_chosen.connect(self.look)
        form.demo_wanted.connect(self.open_demo)
        self.pages.add(form)
        return form

    @cached_property
    def trouble(self) -> TroubleForm:
        """Where a clinic cannot be opened."""
        form = TroubleForm(self.keeper, self._folder_dialog, demo=bool(self._demo_folder))
        form.again.connect(lambda: self.look(self._folder))
        form.folder_chosen.connect(self.look)
        form.demo_wanted.connect(self.open_demo)
        self.pages.add(form)
        return form

    @cached_property
    def unlock(self) -> UnlockForm:
        """Asks for the passphrase."""
        form = UnlockForm(self.keeper, self._folder_dialog)
        form.unlock_wanted.connect(self._unlock)
        form.folder_chosen.connect(self.look)
        self.pages.add(form)
        return form

    @cached_property
    def create_form(self) -> CreateForm:
        """Asks what a new clinic needs."""
        form = CreateForm(self.keeper, self._folder_dialog)
        form.create_wanted.connect(self._create)
        form.back_wanted.connect(lambda: self._show(self.welcome))
        form.suggestion_wanted.connect(self._suggest)
        self.pages.add(form)
        return form

    @cached_property
    def codes(self) -> CodesForm:
        """Shows the recovery codes of a new clinic, once."""
        form = CodesForm(self.keeper, self._target_dialog)
        form.kept.connect(self._kept)
        self.pages.add(form)
        return form

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
        if not state.there:
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
            self.unlock.show_clinic(state.folder, state.users, _sentences(state))

    def _unlock(self, secret: str, user: str, recovery: bool) -> None:
        folder = self._folder
        self._doors.ask(
            lambda door: door.open(folder, secret, user or None, recovery=recovery),
            self._opened,
            owner=self,
            failed=self.unlock.refused,
        )

    def _show_create(self) -> None:
        self.create_form.folder.show_folder(self._folder)
        self._show(self.create_form)
        self.create_form.clinic.setFocus(Qt.FocusReason.OtherFocusReason)

    def _suggest(self) -> None:
        self._doors.ask(
            lambda door: door.suggest_passphrase(),
            self.create_form.show_suggestion,
            owner=self,
            failed=self.create_form.refuse,
        )

    def _create(self, folder: str, clinic: str, user: str, passphrase: str) -> None:
        self._folder = folder
        self._doors.ask(
            lambda door: door.create(folder, clinic, user, passphrase),
            self._made,
            owner=self,
            failed=self.create_form.refuse,
        )

    def _made(self, created: CreatedClinic) -> None:
        self._created = created
        self.create_form.set_busy(False)
        self.codes.show_codes(created.services.clinic.name, created.recovery_codes)
        self.create_form.forget()
        self._show(self.codes)

    def _kept(self) -> None:
        created, self._created = self._created, None
        if created is not None:
            self._opened(created.services)

    def _opened(self, services: Services) -> None:
        if "unlock" in self.__dict__:
            self.unlock.secret.clear()
        self.opened.emit(services, self._folder)

    @property
    def showing_codes(self) -> bool:
        """Whether the recovery codes of a new clinic stand on the screen, not kept yet."""
        return self._created is not None and "codes" in self.__dict__ and bool(self.codes.codes)

    def close_unopened(self) -> None:
        """The window closes while the codes are shown: the new clinic is shut again."""
        created, self._created = self._created, None
        if created is not None:
            created.services.close()

    def _trouble(self, problem: ClinicError) -> None:
        self.trouble.show_trouble(problem, self._folder)
        self._show(self.trouble)

    def _show(self, form: StartForm) -> None:
        self.pages.show_form(form)
        if form is self.waiting:
            return
        self.needed.emit()
        first = form.nextInFocusChain()
        if isinstance(form, WelcomeForm):
            form.create_button.setFocus(Qt.FocusReason.OtherFocusReason)
        elif first is not None and form.isAncestorOf(first):
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _place(self) -> None:
        holder = QWidget()
        holder.setAutoFillBackground(False)
        outer = QVBoxLayout(holder)
        outer.addStretch(2)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.card)
        row.addStretch(1)
        outer.addLayout(row)
        outer.addStretch(3)
        area = QScrollArea(self)
        area.setProperty("kind", "plain")
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(holder)
        holder.setAutoFillBackground(False)
        area.viewport().setAutoFillBackground(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(area)


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


def _sentences(state: ClinicState) -> list[str]:
    return [sentence(code, params) for code, params in state.notes]
