"""The list of people: who may sign in, what they may do, since when; and what an administrator does about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from clinic_app.domain.access import Action
from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.errors import ClinicError
from clinic_app.domain.people import Person
from clinic_app.ui.context import UiContext
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import Banner, Button, Card, Disc, Kind, Level, RoomPlane, Rule, TextLabel
from clinic_app.ui.widgets.menu_place import pop_under
from clinic_app.ui.widgets.role_gate import keep_to_roles
from clinic_app.ui.widgets.themed import Scrolled
from clinic_app.wording.dates import day as day_words
from clinic_app.wording.dates import moment_words
from clinic_app.wording.language import translate
from clinic_app.wording.people import person_state, role_words
from clinic_app.wording.sentences import sentence_of

if TYPE_CHECKING:
    from clinic_app.services import Services


class PersonRow(QWidget):
    """One person with what can be done about them. ``wanted(code)``: roles, reset, disable, enable."""

    wanted = Signal(str)

    def __init__(self, keeper: ThemeKeeper, person: Person, *, me: bool, demo: bool) -> None:
        super().__init__()
        self.person = person
        name = translate("{name} (you)").format(name=person.name) if me else person.name
        words = QVBoxLayout()
        words.setSpacing(keeper.px(2))
        words.addWidget(TextLabel(keeper, name, Style.NAME, "text" if person.active else "text2", self))
        words.addWidget(TextLabel(keeper, role_words(person.roles), Style.SECONDARY, "text2", self))
        facts = [person_state(person)]
        if person.since is not None:
            facts.append(translate("since {day}").format(day=day_words(person.since.date())))
        if person.last_signed_in is not None:
            last = moment_words(person.last_signed_in)
            facts.append(translate("last signed in {when}").format(when=last))
        state = TextLabel(keeper, " · ".join(fact for fact in facts if fact), Style.SECONDARY, "text2", self, wrap=True)
        self.button = Button(keeper, translate("Change…"), small=True, drop=True, parent=self)
        self.button.setAccessibleName(translate("Change {name}").format(name=person.name))
        self.button.setEnabled(not demo)
        self.button.clicked.connect(lambda: pop_under(self.menu(), self.button))
        self._me = me
        row = QHBoxLayout(self)
        row.setContentsMargins(keeper.px(18), keeper.px(12), keeper.px(14), keeper.px(12))
        row.setSpacing(keeper.px(14))
        row.addWidget(Disc(keeper, person.name, 36, self))
        row.addLayout(words, 3)
        row.addWidget(state, 4)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    def menu(self) -> QMenu:
        """What can be done about this person."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        menu.addAction(translate("Roles…"), lambda: self.wanted.emit("roles"))
        if not self.person.active:
            menu.addAction(translate("Let them sign in again…"), lambda: self.wanted.emit("enable"))
            return menu
        reset = menu.addAction(translate("Forgotten passphrase: one-time code…"), lambda: self.wanted.emit("reset"))
        gone = menu.addAction(translate("Take access away…"), lambda: self.wanted.emit("disable"))
        for action in (reset, gone):
            action.setEnabled(not self._me)
            if self._me:
                action.setToolTip(translate("Another administrator has to do that for you"))
        return menu


class PeopleView(RoomPlane):
    """Everybody who works with the clinic. ``wanted(code, person)`` opens the sheet for it (person None: somebody new
    or the clinic's codes)."""

    wanted = Signal(str, object)

    def __init__(self, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, parent)
        self._context = context
        keeper = context.theme
        self.setAccessibleName(translate("People"))
        self.rows: list[PersonRow] = []
        self.banner = Banner(keeper, self, can_dismiss=False)
        self.banner.acted.connect(self.read_again)
        self.add = Button(keeper, translate("Add somebody…"), kind=Kind.PRIMARY, icon="plus", parent=self)
        self.add.clicked.connect(lambda: self.wanted.emit("add", None))
        self.codes = Button(keeper, translate("New recovery codes…"), parent=self)
        self.codes.clicked.connect(lambda: self.wanted.emit("codes", None))
        keep_to_roles(context, self.add, Action.MANAGE)
        keep_to_roles(context, self.codes, Action.ROTATE_KEYS)
        head = QHBoxLayout()
        head.setSpacing(keeper.px(10))
        head.addWidget(TextLabel(keeper, translate("People"), Style.PAGE_TITLE, parent=self))
        head.addStretch(1)
        head.addWidget(self.codes)
        head.addWidget(self.add)
        self.card = Card(keeper, self)
        self._list = QVBoxLayout(self.card)
        self._list.setContentsMargins(1, 1, 1, 1)
        self._list.setSpacing(0)
        inside = Scrolled()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, keeper.px(10), keeper.px(24))
        column.addWidget(self.card)
        column.addStretch(1)
        area = QScrollArea(self)
        area.setProperty("kind", "plain")
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setAccessibleName(translate("People"))
        area.setWidget(inside)
        inside.setAutoFillBackground(False)
        area.viewport().setAutoFillBackground(False)
        self._column.addLayout(head)
        self._column.addWidget(self.banner)
        self._column.addWidget(area, 1)
        self.setFocusProxy(self.add)
        context.attached.connect(self.read_again)
        context.detached.connect(self._forget)
        context.tasks.changed.connect(self._changed)
        self.restyle()
        if context.open:
            self.read_again()

    def read_again(self) -> None:
        """Read everybody."""

        def read(services: Services) -> tuple[tuple[Person, ...], int, bool]:
            return services.people.all(), services.clinic.user.id, services.clinic.demo

        self._context.tasks.ask(read, self._show, owner=self, key="people", failed=self._refused)

    def row_of(self, name: str) -> PersonRow:
        """The row of a person. Raises ``KeyError``."""
        for row in self.rows:
            if row.person.name == name:
                return row
        raise KeyError(name)

    def _show(self, found: tuple[tuple[Person, ...], int, bool]) -> None:
        people, me, demo = found
        self._forget()
        for person in people:
            if self.rows:
                self._list.addWidget(Rule(self.keeper, self.card))
            row = PersonRow(self.keeper, person, me=person.id == me, demo=demo)
            keep_to_roles(self._context, row.button, Action.MANAGE)
            row.wanted.connect(lambda code, person=person: self.wanted.emit(code, person))
            self._list.addWidget(row)
            self.rows.append(row)
        for button in (self.add, self.codes):
            button.setEnabled(not demo)
        if demo:
            self.banner.show_words(
                translate("A demo clinic has one user and no passphrase; people are added in a clinic of your own."),
                level=Level.INFO,
            )
        elif self._context.barred(Action.MANAGE):
            self.banner.show_words(self._context.barred(Action.MANAGE), level=Level.INFO)
        else:
            self.banner.clear()

    def _changed(self, changes: object) -> None:
        if isinstance(changes, Changes) and Topic.PEOPLE in changes.topics and self._context.open:
            self.read_again()

    def _refused(self, problem: ClinicError) -> None:
        self.banner.show_words(sentence_of(problem), action=translate("Try again"), level=Level.PROBLEM)

    def _forget(self) -> None:
        self.rows = []
        while self._list.count():
            item = self._list.takeAt(0)
            widget = None if item is None else item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
