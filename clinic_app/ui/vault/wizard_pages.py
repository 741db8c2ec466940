"""The pages of the first steps: language, clinic, first person, rules, backups, and how to begin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QWidget

from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.people import Role
from clinic_app.domain.settings import MOST_PLACES, Known, SettingValue, checked, fact_of
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.vault.forms import AskFolder, FolderRow, StartForm
from clinic_app.ui.widgets import ChoiceRow, FormField, Level, LinkButton, NumberField
from clinic_app.ui.widgets.setting_fields import PlanField, SeveralRow, WeekdaysRow
from clinic_app.wording.language import translate

RULES = ("plan", "working_days", "botox_days", "products", "share_vials")
"""The settings that the page of rules asks about."""
DOCTOR, NURSE = "doctor", "nurse"
EMPTY, REGISTER, DEMO = "empty", "register", "demo"
USUAL_PLACES = 20


class StepPage(StartForm):
    """One page. ``skip`` is the words of the way past it, blank where it has to be answered; ``checked`` refuses."""

    skip = ""

    def check(self) -> None:
        """Whether one may go on. Raises ``RuleBroken`` at one of its fields."""

    def begin(self) -> None:
        """The keyboard to its first input."""
        first = self.nextInFocusChain()
        for _ in range(200):
            if first is None or not self.isAncestorOf(first):
                return
            takes = bool(first.focusPolicy() & Qt.FocusPolicy.TabFocus) and not self.banner.isAncestorOf(first)
            if takes and first.isEnabled() and first.isVisibleTo(self):
                first.setFocus(Qt.FocusReason.OtherFocusReason)
                return
            first = first.nextInFocusChain()


class LanguagePage(StepPage):
    """Which language the window speaks. ``chosen`` brings its code."""

    chosen = Signal(str)

    def __init__(
        self, keeper: ThemeKeeper, languages: Sequence[tuple[str, str]], now: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(
            keeper,
            translate("Language"),
            translate("The language of the window. It can be changed later; the patients’ slips have their own."),
            parent,
        )
        self.languages = ChoiceRow(keeper, list(languages), translate("Language"))
        self.languages.choose(now)
        self.languages.chosen.connect(self.chosen)
        self.column.addWidget(FormField(keeper, "language", translate("Language"), self.languages, parent=self))


class ClinicPage(StepPage):
    """Name of the clinic, and where its data lie."""

    def __init__(self, keeper: ThemeKeeper, ask: AskFolder, folder: str, parent: QWidget | None = None) -> None:
        super().__init__(
            keeper, translate("Your clinic"), translate("Everything stays on this computer, encrypted."), parent
        )
        self.name = self.add_line(
            "clinic_name", translate("Name of the clinic"), hint=translate("Stands in the window and on printed sheets")
        )
        self.folder = FolderRow(keeper, ask, self)
        self.folder.show_folder(folder)
        self.column.addWidget(self.folder)
        self.folder.setVisible(bool(folder))

    def check(self) -> None:
        """A name is needed."""
        if not self.name.text().strip():
            raise RuleBroken("clinic_name", "setting_no_name")


class PersonPage(StepPage):
    """The first person: an administrator who is doctor or nurse, and a passphrase typed twice."""

    suggestion_wanted = Signal()

    def __init__(self, keeper: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(keeper, translate("You"), "", parent)
        self.user = self.add_line("user_name", translate("Your name"), hint=translate("You sign in with it"))
        self.work = ChoiceRow(
            keeper, [(DOCTOR, translate("Doctor")), (NURSE, translate("Nurse"))], translate("You work as")
        )
        self.work.choose(DOCTOR)
        self.column.addWidget(
            FormField(
                keeper,
                "roles",
                translate("You work as"),
                self.work,
                hint=translate("You are also the first administrator: you look after people, settings and backups."),
                parent=self,
            )
        )
        self.passphrase = self.add_line(
            "passphrase",
            translate("Passphrase"),
            secret=True,
            hint=translate("At least 15 characters; five ordinary words do well"),
        )
        self.again = self.add_line("again", translate("Passphrase once more"), secret=True)
        row = QHBoxLayout()
        self.show_letters = QCheckBox(translate("Show what I type"), self)
        self.show_letters.toggled.connect(self._show_letters)
        self.suggest = LinkButton(keeper, translate("Suggest five words"), self)
        self.suggest.clicked.connect(self.suggestion_wanted)
        row.addWidget(self.show_letters)
        row.addStretch(1)
        row.addWidget(self.suggest)
        self.column.addLayout(row)

    @property
    def roles(self) -> frozenset[Role]:
        """What the first person may do."""
        return frozenset({Role.ADMIN, Role.NURSE if self.work.code == NURSE else Role.DOCTOR})

    def show_suggestion(self, words: str) -> None:
        """Fill in five words, readable."""
        self.show_letters.setChecked(True)
        self.passphrase.setText(words)
        self.again.setText(words)
        self.clear_problems()
        self.field("passphrase").show_hint(translate("Write these words down before you go on"))

    def check(self) -> None:
        """Name, passphrase, and the same passphrase again."""
        for name, line, code in (
            ("user_name", self.user, "first_name_missing"),
            ("passphrase", self.passphrase, "first_passphrase_missing"),
        ):
            if not line.text().strip():
                raise RuleBroken(name, code)
        if self.passphrase.text() != self.again.text():
            raise RuleBroken("again", "first_passphrases_differ")

    def forget(self) -> None:
        """Nothing typed stays."""
        for line in (self.passphrase, self.again):
            line.clear()
        self.show_letters.setChecked(False)

    def _show_letters(self, shown: bool) -> None:
        mode = QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password
        self.passphrase.setEchoMode(mode)
        self.again.setEchoMode(mode)


class RulesPage(StepPage):
    """How the clinic works: 3 to 4 months, its days, its products, and whether a vial serves several patients."""

    def __init__(self, keeper: ThemeKeeper, products: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(
            keeper,
            translate("How you work"),
            translate("All of it can be changed later under Settings, where each rule says why it is so."),
            parent,
        )
        self.skip = translate("Skip: as usual")
        self.plan = PlanField(keeper)
        self.working = WeekdaysRow(keeper, translate("Working days"))
        self.botox = WeekdaysRow(keeper, translate("Botox days"))
        many, one = translate("places a day"), translate("place a day")
        self.places = NumberField(keeper, 1, MOST_PLACES, suffix=many, suffix_of_one=one, name=translate("Places"))
        self.products = SeveralRow(keeper, products, translate("Products used"))
        self.share = ChoiceRow(
            keeper, [("no", translate("No")), ("yes", translate("Yes"))], translate("One vial for several patients")
        )
        self._before: Mapping[int, int] = {}
        self._known = Known(frozenset(code for code, _ in products))
        self._rules: dict[str, FormField[QWidget]] = {}
        self._put("plan", translate("Injections are repeated after"), self.plan, "")
        self._put("working_days", translate("Working days"), self.working, "")
        self._put("botox_days", translate("Botox days"), self.botox, translate("Days on which injections are given"))
        self._put("places", translate("Places on a Botox day"), self.places, "")
        self._put("products", translate("Products used"), self.products, translate("None chosen: all of them"))
        self._put(
            "share_vials",
            translate("One vial for several patients"),
            self.share,
            translate("The labels say one vial, one patient. Off unless you say otherwise."),
        )

    def show_values(self, values: Mapping[str, SettingValue]) -> None:
        """Show the rules as they are."""
        self.plan.show_value(values["plan"])
        self.working.show_value(values["working_days"])
        self._before = dict(values["botox_days"])
        self.botox.show_value(self._before)
        self.places.setValue(max(self._before.values(), default=USUAL_PLACES))
        self.products.choose(values["products"])
        self.share.choose("yes" if values["share_vials"] else "no")

    def values(self) -> dict[str, SettingValue]:
        """What was said. Days keep places of their own where the number was left as it was."""
        kept = self._before if self.places.value() == max(self._before.values(), default=0) else {}
        return {
            "plan": self.plan.value,
            "working_days": self.working.value,
            "botox_days": {day: kept.get(day, self.places.value()) for day in sorted(self.botox.value)},
            "products": self.products.codes,
            "share_vials": self.share.code == "yes",
        }

    def check(self) -> None:
        """Whether these rules can be kept."""
        values = self.values()
        for key in RULES:
            checked(fact_of(key), values[key], self._known, values)

    def clear_problems(self) -> None:
        """All is well again."""
        super().clear_problems()
        for field in self._rules.values():
            field.clear_problem()

    def show_rule_problem(self, key: str, sentence: str) -> None:
        """Say what is wrong with a rule beside it."""
        self._rules[key].show_problem(sentence)

    def _put(self, name: str, label: str, control: QWidget, hint: str) -> None:
        field: FormField[QWidget] = FormField(
            self.keeper, name, label, control, hint=hint, width=150 if name == "places" else None, parent=self
        )
        self._rules[name] = field
        self.column.addWidget(field)


class BackupPage(StepPage):
    """Where backups go. ``looked_at(path)`` when one was chosen, to say what is to be known about it."""

    looked_at = Signal(str)

    def __init__(self, keeper: ThemeKeeper, ask: AskFolder, parent: QWidget | None = None) -> None:
        super().__init__(
            keeper,
            translate("Backups"),
            translate(
                "Choose a second disk, a stick or a folder on the clinic’s server. A backup is made there every half "
                "hour when something changed; it is encrypted like the data themselves."
            ),
            parent,
        )
        self.skip = translate("Later")
        self.place = FolderRow(keeper, ask, self)
        self.place.chosen.connect(self.looked_at)
        self.place.show_empty(translate("No place chosen yet"))
        self.column.addWidget(self.place)
        self.banner.show_words(
            translate("Without a backup, everything is lost with this computer’s disk."), level=Level.WARNING
        )

    def show_place(self, path: str, notes: Sequence[str]) -> None:
        """A place, with what is to be known about it."""
        self.place.show_folder(path)
        if notes:
            self.banner.show_words(" ".join(notes), level=Level.WARNING)
        else:
            self.banner.show_words(translate("This place can be used."), level=Level.INFO)

    def check(self) -> None:
        """A place, or *Later*."""
        if not self.place.folder:
            raise RuleBroken("place", "first_no_place")


class BeginPage(StepPage):
    """With nothing, with the clinic's register, or with a look at the demo."""

    def __init__(self, keeper: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(
            keeper,
            translate("Ready"),
            translate("Your clinic is made. Under Settings these steps can be gone through again."),
            parent,
        )
        self.choice = ChoiceRow(
            keeper,
            [
                (EMPTY, translate("Begin with an empty clinic")),
                (REGISTER, translate("Import my register (Excel, CSV)")),
                (DEMO, translate("Look around in the demo clinic first")),
            ],
            translate("How to begin"),
        )
        self.choice.choose(EMPTY)
        self.column.addWidget(FormField(keeper, "begin", translate("How to begin"), self.choice, parent=self))

    def without_demo(self) -> None:
        """No demo is offered."""
        self.choice.pill(DEMO).hide()


class AskPassphrasePage(StepPage):
    """One's passphrase once more, where changing settings needs it."""

    def __init__(self, keeper: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(
            keeper,
            translate("Your passphrase, once more"),
            translate("Settings are changed by an administrator who has just signed in."),
            parent,
        )
        self.secret = self.add_line("secret", translate("Passphrase"), secret=True)

    def check(self) -> None:
        """Something must stand there."""
        if not self.secret.text():
            raise RuleBroken("secret", "own_passphrase_missing")
