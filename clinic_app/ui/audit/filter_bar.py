"""What the audit is narrowed to: person, patient, kind, days, and only what was refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QActionGroup, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QVBoxLayout, QWidget

from clinic_app.domain.audit import AuditFilter
from clinic_app.domain.audit_actions import AuditKind, actions_of
from clinic_app.domain.patients import PatientEntry
from clinic_app.ui.context import UiContext
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets import Button, DateField, ElidedLabel, FilterChip, FlowLayout, Kind, TextLabel
from clinic_app.ui.widgets.drop_names import name_drops
from clinic_app.ui.widgets.picker import Choice, PickerField
from clinic_app.ui.widgets.themed import Themed
from clinic_app.wording.audit import kind_words
from clinic_app.wording.dates import day as day_words
from clinic_app.wording.language import translate

if TYPE_CHECKING:
    from clinic_app.services import Services

FOUND = 8
CHOOSE = "choose"


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What is chosen; 0, blank and None for all."""

    user_id: int = 0
    user_name: str = ""
    patient_id: int = 0
    patient_name: str = ""
    kind: AuditKind | None = None
    since: date | None = None
    until: date | None = None
    refused: bool = False

    @property
    def filter(self) -> AuditFilter:
        """As the audit is asked."""
        return AuditFilter(
            datetime.combine(self.since, time.min) if self.since else None,
            datetime.combine(self.until, time.max) if self.until else None,
            self.user_id or None,
            self.patient_id or None,
            actions=actions_of((self.kind,)) if self.kind is not None else (),
            refused=self.refused,
        )

    @property
    def words(self) -> tuple[str, ...]:
        """Each part in words."""
        found = []
        if self.user_id:
            found.append(self.user_name)
        if self.patient_id:
            found.append(self.patient_name)
        if self.kind is not None:
            found.append(kind_words(self.kind))
        if self.since is not None or self.until is not None:
            found.append(span_words(self.since, self.until))
        if self.refused:
            found.append(translate("Refused or failed"))
        return tuple(found)


def span_words(since: date | None, until: date | None) -> str:
    """``1 Mar 2026 – 19 Mar 2026``; one end may be open."""
    if since is not None and since == until:
        return day_words(since)
    return " – ".join((day_words(since) if since else "", day_words(until) if until else "")).strip()


class AuditFilters(Themed):
    """Drop-downs and a field for the patient; a removable chip for each that is on. ``changed`` brings ``Narrowed``."""

    changed = Signal(object)

    def __init__(self, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, parent)
        self._context = context
        self.narrowed = Narrowed()
        self._people: tuple[tuple[str, str], ...] = ()
        self._chips: list[FilterChip] = []
        self._drops: list[tuple[Button, str]] = []
        keeper = context.theme
        self.who = self._drop(translate("Person"), self._fill_who)
        self.kind = self._drop(translate("Kind"), self._fill_kind)
        self.days = self._drop(translate("Days"), self._fill_days)
        self.refused = Button(
            keeper,
            translate("Refused only"),
            kind=Kind.GHOST,
            tip=translate("Only what was refused or failed"),
            parent=self,
        )
        self.refused.setCheckable(True)
        self.refused.clicked.connect(lambda: self._set(replace(self.narrowed, refused=not self.narrowed.refused)))
        self.patient = PickerField(keeper, translate("Patient: name, phone or ID"), translate("Patient"), parent=self)
        self.patient.line.textEdited.connect(self._seek)
        self.patient.picked.connect(self._take_patient)
        self._total = ElidedLabel(keeper, "", Style.BODY, "text2", self)
        self._chip_box = QWidget(self)
        self._flow = FlowLayout(self._chip_box, gap=6)
        self._chip_box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._chip_box.hide()
        self._top = top = QHBoxLayout()
        top.setSpacing(keeper.px(2))
        top.addWidget(self.patient, 4)
        top.addSpacing(keeper.px(8))
        for button in (self.who, self.kind, self.days, self.refused):
            top.addWidget(button)
        top.addStretch(1)
        top.addWidget(self._total)
        self._span = QWidget(self)
        today = context.today
        self.since = DateField(keeper, lambda: today(), name="since", parent=self._span)
        self.until = DateField(keeper, lambda: today(), name="until", parent=self._span)
        self.since.line.setAccessibleName(translate("From"))
        self.until.line.setAccessibleName(translate("To"))
        for field in (self.since, self.until):
            field.edited.connect(self._span_edited)
        span = QHBoxLayout(self._span)
        span.setContentsMargins(0, 0, 0, 0)
        span.addWidget(TextLabel(keeper, translate("From"), Style.BODY, "text2", self._span))
        span.addWidget(self.since)
        span.addSpacing(keeper.px(12))
        span.addWidget(TextLabel(keeper, translate("to"), Style.BODY, "text2", self._span))
        span.addWidget(self.until)
        span.addStretch(1)
        self._span.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(keeper.px(6))
        column.addLayout(top)
        column.addWidget(self._span)
        column.addWidget(self._chip_box)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.restyle()

    def show_total(self, words: str) -> None:
        """Say how many there are."""
        self._total.setText(words)
        self._name_drops()

    def show_people(self, people: Sequence[tuple[int, str]]) -> None:
        """Who may be chosen: ids and names."""
        self._people = tuple((str(id_), name) for id_, name in people)

    def show_patient(self, patient_id: int, name: str) -> None:
        """Narrow to the looks at one patient, everything else taken off: *who looked at this patient*."""
        self._set(Narrowed(patient_id=patient_id, patient_name=name, kind=AuditKind.LOOKED))

    def clear(self) -> None:
        """Take everything off."""
        self._span.hide()
        self.since.set_day(None)
        self.until.set_day(None)
        self._set(Narrowed())

    def _drop(self, name: str, fill: Callable[[QMenu], None]) -> Button:
        button = Button(
            self.keeper, translate("{name}: all").format(name=name), kind=Kind.GHOST, drop=True, parent=self
        )
        menu = QMenu(name, button)
        menu.aboutToShow.connect(lambda: fill(menu))
        button.clicked.connect(lambda: menu.popup(button.mapToGlobal(button.rect().bottomLeft())))
        button.setAccessibleName(translate("Filter by {name}").format(name=name.lower()))
        self._drops.append((button, name))
        return button

    def restyle(self) -> None:
        """Take widths anew."""
        self.patient.setMinimumWidth(self.keeper.px(130))
        self.patient.setMaximumWidth(self.keeper.px(230))
        self._name_drops()
        super().restyle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Drop-downs lose a word where the row is short."""
        super().resizeEvent(event)
        self._name_drops()

    def _name_drops(self) -> None:
        taken = self.patient.maximumWidth() + self.refused.sizeHint().width() + self._total.sizeHint().width()
        gaps = self.keeper.px(8) + self._top.spacing() * (len(self._drops) + 4)
        name_drops(self._drops, self.width() - taken - gaps)

    def _fill(self, menu: QMenu, choices: Sequence[tuple[str, str]], chosen: str, take: Callable[[str], None]) -> None:
        menu.clear()
        group = QActionGroup(menu)
        for code, words in (("", translate("All")), *choices):
            action = menu.addAction(words.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(code == chosen)
            group.addAction(action)
            action.triggered.connect(lambda _=False, code=code: take(code))

    def _fill_who(self, menu: QMenu) -> None:
        chosen = str(self.narrowed.user_id) if self.narrowed.user_id else ""
        self._fill(menu, self._people, chosen, self._take_who)

    def _fill_kind(self, menu: QMenu) -> None:
        kinds = [(kind.value, kind_words(kind)) for kind in AuditKind]
        self._fill(menu, kinds, self.narrowed.kind.value if self.narrowed.kind else "", self._take_kind)

    def _fill_days(self, menu: QMenu) -> None:
        choices = [
            ("0", translate("Today")),
            ("6", translate("Last 7 days")),
            ("29", translate("Last 30 days")),
            ("364", translate("Last 365 days")),
            (CHOOSE, translate("Choose days…")),
        ]
        self._fill(menu, choices, "", self._take_days)

    def _take_who(self, code: str) -> None:
        name = next((words for id_, words in self._people if id_ == code), "")
        self._set(replace(self.narrowed, user_id=int(code or 0), user_name=name))

    def _take_kind(self, code: str) -> None:
        self._set(replace(self.narrowed, kind=AuditKind(code) if code else None))

    def _take_days(self, code: str) -> None:
        self._span.setVisible(code == CHOOSE)
        if code == CHOOSE:
            self.since.set_day(self.narrowed.since)
            self.until.set_day(self.narrowed.until)
            self.since.setFocus()
            return
        today = self._context.today()
        since = today - timedelta(days=int(code)) if code else None
        self._set(replace(self.narrowed, since=since, until=today if code else None))

    def _span_edited(self) -> None:
        if self._span.isVisible():
            self._set(replace(self.narrowed, since=self.since.day, until=self.until.day))

    def _seek(self, words: str) -> None:
        typed = words.strip()
        if not typed or not self._context.open:
            return

        def read(services: Services) -> tuple[PatientEntry, ...]:
            return services.patients.first_page(typed, FOUND)[1]

        def deliver(found: tuple[PatientEntry, ...]) -> None:
            self.patient.offer([Choice(str(entry.id), entry.name, entry.mrn) for entry in found])

        self._context.tasks.ask(read, deliver, owner=self, key="seek", failed=lambda _: None)

    def _take_patient(self, code: str) -> None:
        words = self.patient.words
        self.patient.set_code(None)
        self._set(replace(self.narrowed, patient_id=int(code), patient_name=words))

    def _set(self, wanted: Narrowed) -> None:
        if wanted != self.narrowed:
            self.narrowed = wanted
            self.changed.emit(wanted)
        self._show_chips()

    def _show_chips(self) -> None:
        wanted = self.narrowed
        self.refused.setChecked(wanted.refused)
        for old in self._chips:
            self._flow.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._chips = []
        if wanted.user_id:
            self._add_chip(wanted.user_name, lambda: self._take_who(""))
        if wanted.patient_id:
            self._add_chip(
                wanted.patient_name, lambda: self._set(replace(self.narrowed, patient_id=0, patient_name=""))
            )
        if wanted.kind is not None:
            self._add_chip(kind_words(wanted.kind), lambda: self._take_kind(""))
        if wanted.since is not None or wanted.until is not None:
            self._add_chip(span_words(wanted.since, wanted.until), lambda: self._take_days(""))
        if wanted.refused:
            words = translate("Refused only")
            self._add_chip(words, lambda: self._set(replace(self.narrowed, refused=False)))
        self._chip_box.setVisible(bool(self._chips))
        self._chip_box.setMinimumHeight(self.keeper.px(24))
        self._chip_box.updateGeometry()

    def _add_chip(self, words: str, remove: Callable[[], object]) -> None:
        chip = FilterChip(self.keeper, words, translate("Remove filter: {name}").format(name=words), self._chip_box)
        chip.removed.connect(remove)
        self._chips.append(chip)
        self._flow.addWidget(chip)
        chip.show()

    def minimumSizeHint(self) -> QSize:
        """As high as its rows."""
        return QSize(0, super().minimumSizeHint().height())
