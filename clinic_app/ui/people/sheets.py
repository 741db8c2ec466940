"""What an administrator does about people: add, roles, one-time code, take access away and give it back, new codes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QLineEdit, QVBoxLayout, QWidget

from clinic_app.domain.access import Action
from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.errors import ClinicError, RuleBroken
from clinic_app.domain.people import Person, Role
from clinic_app.ui.context import UiContext
from clinic_app.ui.people.code_dialog import CodeDialog
from clinic_app.ui.people.suggestion import add_passphrase_aid
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets import FormField, TextLabel
from clinic_app.ui.widgets.reason_sheet import ReasonSheet
from clinic_app.wording.language import translate
from clinic_app.wording.people import ROLE_DUTIES, ROLES

if TYPE_CHECKING:
    from clinic_app.services import Services


class RoleBoxes(QWidget):
    """The roles somebody may have, several at once; each with what it is for."""

    def __init__(self, sheet: ReasonSheet, roles: Iterable[Role] = ()) -> None:
        super().__init__()
        keeper = sheet.keeper
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(keeper.px(4))
        self.boxes: dict[Role, QCheckBox] = {}
        chosen = set(roles)
        for role, name in ROLES.items():
            box = QCheckBox(translate(name))
            box.setChecked(role in chosen)
            box.setAccessibleDescription(translate(ROLE_DUTIES[role]))
            box.toggled.connect(lambda _: sheet.mark_changed())
            self.boxes[role] = box
            column.addWidget(box)
            duty = TextLabel(keeper, translate(ROLE_DUTIES[role]), Style.SECONDARY, "text2", self, wrap=True)
            duty.setContentsMargins(keeper.px(24), 0, 0, keeper.px(4))
            column.addWidget(duty)
        self.setFocusProxy(self.boxes[Role.NURSE])

    @property
    def roles(self) -> frozenset[Role]:
        """What is chosen."""
        return frozenset(role for role, box in self.boxes.items() if box.isChecked())


class PeopleSheet(ReasonSheet):
    """A sheet of this room: refusals about the person stand at the top."""

    def __init__(
        self, context: UiContext, host: QWidget, title: str, save: str, action: Action = Action.MANAGE,
        *, destructive: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(context, host, title, action, save=save, destructive=destructive)
        self.secrets: dict[str, QLineEdit] = {}

    def add_words(self, words: str) -> None:
        """A paragraph."""
        self.add_widget(TextLabel(self.keeper, words, Style.BODY, "text2", self, wrap=True))

    def add_passphrase(self) -> None:
        """Two lines in which the person types a passphrase of their own."""
        hint = translate("They type it themselves: at least 15 characters, five ordinary words do well")
        for name, label, words in (
            ("passphrase", translate("Their passphrase"), hint),
            ("again", translate("Their passphrase once more"), ""),
        ):
            line = QLineEdit()
            line.setEchoMode(QLineEdit.EchoMode.Password)
            line.textEdited.connect(lambda _: self.mark_changed())
            self.secrets[name] = line
            self.add_field(FormField(self.keeper, name, label, line, required=True, hint=words))
        first = self.field("passphrase")
        if first is not None:
            self.aid = add_passphrase_aid(self, tuple(self.secrets.values()), first)

    @property
    def passphrase(self) -> str:
        """What was typed."""
        return self.secrets["passphrase"].text()

    def save(self) -> None:
        """The same passphrase twice, then what is needed."""
        if self.secrets and self.passphrase != self.secrets["again"].text():
            self.clear_problems()
            self.show_problem("again", translate("The two passphrases differ. Type the same one twice."))
            return
        super().save()

    def show_refusal(self, error: ClinicError) -> None:
        """A refusal that names the person's name goes to its line, another about the user to the top."""
        if isinstance(error, RuleBroken) and error.field == "user":
            error = RuleBroken("name" if self.field("name") is not None else "", error.code, **error.params)
        super().show_refusal(error)


class AddPersonSheet(PeopleSheet):
    """Lets somebody new sign in."""

    def __init__(self, context: UiContext, host: QWidget) -> None:
        super().__init__(context, host, translate("Add somebody"), translate("Add"))
        self.name = QLineEdit()
        self.name.textEdited.connect(lambda _: self.mark_changed())
        self.add_field(FormField(self.keeper, "name", translate("Name"), self.name, required=True))
        self.roles = RoleBoxes(self, {Role.NURSE})
        self.add_field(FormField(self.keeper, "roles", translate("What they may do"), self.roles, required=True))
        self.add_passphrase()
        self.add_needs()
        self.body.addStretch(1)

    def act(self, services: Services, reason: str) -> Changes:
        """Add them."""
        return services.people.add(self.name.text(), self.roles.roles, self.passphrase)

    def words_of(self, changes: Changes) -> str:
        """That they may sign in."""
        return translate("{name} may sign in now").format(name=" ".join(self.name.text().split()))


class RolesSheet(PeopleSheet):
    """What somebody may do."""

    def __init__(self, context: UiContext, host: QWidget, person: Person) -> None:
        super().__init__(context, host, translate("Roles of {name}").format(name=person.name), translate("Save"))
        self.person = person
        self.roles = RoleBoxes(self, person.roles)
        self.add_field(FormField(self.keeper, "roles", translate("What they may do"), self.roles, required=True))
        self.add_needs()
        self.body.addStretch(1)

    def act(self, services: Services, reason: str) -> Changes:
        """Change them."""
        return services.people.set_roles(self.person.id, self.roles.roles)

    def words_of(self, changes: Changes) -> str:
        """That they were changed."""
        return translate("The roles of {name} were changed").format(name=self.person.name)


class DisableSheet(PeopleSheet):
    """Takes somebody's access away."""

    def __init__(self, context: UiContext, host: QWidget, person: Person) -> None:
        title = translate("Take access away from {name}").format(name=person.name)
        super().__init__(context, host, title, translate("Take access away"), destructive=True)
        self.person = person
        self.add_words(
            translate(
                "They cannot sign in any more, from now on. What they entered stays with their name. The key of the "
                "clinic stays the same: a copy of its files, or a backup made before, still opens with the passphrases "
                "and codes of its time. Help, Security says what to do if they may have one."
            )
        )
        self.add_needs()
        self.body.addStretch(1)

    def act(self, services: Services, reason: str) -> Changes:
        """Disable them."""
        return services.people.disable(self.person.id)

    def words_of(self, changes: Changes) -> str:
        """That it is done."""
        return translate("{name} may not sign in any more").format(name=self.person.name)


class EnableSheet(PeopleSheet):
    """Lets somebody who left sign in again."""

    def __init__(self, context: UiContext, host: QWidget, person: Person) -> None:
        title = translate("Let {name} sign in again").format(name=person.name)
        super().__init__(context, host, title, translate("Let them sign in"))
        self.person = person
        self.add_passphrase()
        self.add_needs()
        self.body.addStretch(1)

    def act(self, services: Services, reason: str) -> Changes:
        """Enable them."""
        return services.people.enable(self.person.id, self.passphrase)

    def words_of(self, changes: Changes) -> str:
        """That it is done."""
        return translate("{name} may sign in again").format(name=self.person.name)


class ResetSheet(PeopleSheet):
    """Gives somebody who forgot their passphrase a one-time code, shown once."""

    def __init__(self, context: UiContext, host: QWidget, person: Person) -> None:
        title = translate("One-time code for {name}").format(name=person.name)
        super().__init__(context, host, title, translate("Show the code"))
        self.person = person
        self.codes: tuple[str, ...] = ()
        self.add_words(
            translate(
                "The code is shown once. With it they sign in and choose a new passphrase; nobody else chooses it for "
                "them. Until then the passphrase they had goes on opening the clinic."
            )
        )
        self.add_needs()
        self.body.addStretch(1)

    def act(self, services: Services, reason: str) -> Changes:
        """Make the code."""
        self.codes = (services.people.start_reset(self.person.id),)
        return Changes(frozenset({Topic.PEOPLE}))

    def words_of(self, changes: Changes) -> str:
        """That there is one."""
        return translate("A one-time code for {name} was made").format(name=self.person.name)

    def after(self, changes: Changes) -> None:
        """Show it."""
        codes, self.codes = self.codes, ()
        title = translate("One-time code for {name}").format(name=self.person.name)
        words = translate("Under “Use a recovery code” on the sign-in page. It is worth nothing once it was used.")
        CodeDialog(self.keeper, self.window(), title, words, codes).open()


class NewCodesSheet(PeopleSheet):
    """Makes new recovery codes; the old ones open nothing any more."""

    def __init__(self, context: UiContext, host: QWidget) -> None:
        super().__init__(
            context, host, translate("New recovery codes"), translate("Make new codes"), Action.ROTATE_KEYS,
            destructive=True,
        )  # fmt: skip
        self.codes: tuple[str, ...] = ()
        self.add_words(
            translate(
                "Two new codes take the place of the two you have, which open only the backups made before. Have paper "
                "ready: they are shown once, and parts of them are typed back."
            )
        )
        self.add_needs()
        self.body.addStretch(1)

    def act(self, services: Services, reason: str) -> Changes:
        """Make them."""
        self.codes = services.people.new_recovery_codes()
        return replace(Changes(frozenset()), topics=frozenset({Topic.PEOPLE}))

    def words_of(self, changes: Changes) -> str:
        """That there are new ones."""
        return translate("There are new recovery codes; the earlier ones open only backups made before")

    def after(self, changes: Changes) -> None:
        """Show them."""
        codes, self.codes = self.codes, ()
        words = translate("The first for the clinic, the second for the sealed envelope in another building.")
        tasks = self.context.tasks

        def kept(services: Services) -> Changes:
            services.settings.took_step(codes_kept=True)
            return Changes(frozenset())

        title = translate("New recovery codes")
        dialog = CodeDialog(self.keeper, self.window(), title, words, codes, typed_back=True)
        dialog.accepted.connect(lambda: tasks.tell(kept, owner=tasks))
        dialog.open()
