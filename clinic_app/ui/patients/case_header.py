"""The strip at the top of the case page: who it is, where the diagnoses stand, and what to do."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QVBoxLayout, QWidget

from clinic_app.domain.access import Action
from clinic_app.domain.case_page import CasePage, CaseSummary
from clinic_app.domain.schedule import FollowUpStatus
from clinic_app.ui.context import UiContext
from clinic_app.ui.patients.lines import FLAG_LOOKS, STATUS_ICONS, TONES, diagnosis_words, solid
from clinic_app.ui.theme import Style, Tone
from clinic_app.ui.widgets import (
    Button,
    Disc,
    ElidedLabel,
    FlowLayout,
    IconButton,
    Kind,
    Plane,
    StatusChip,
)
from clinic_app.ui.widgets.menu_place import pop_under
from clinic_app.ui.widgets.role_gate import keep_to_roles
from clinic_app.wording.language import translate
from clinic_app.wording.patient_lines import birth_words, phone_line
from clinic_app.wording.patients import person_line
from clinic_app.wording.schedule import flag_words, status_words

WIDE = 860
"""Below this width (px at 100 %) the lesser buttons show their icon only."""


class CaseTag(QWidget):
    """One diagnosis in the header: its name, the chip of its next injection, its flags."""

    def __init__(self, context: UiContext, summary: CaseSummary, today: date, parent: QWidget) -> None:
        super().__init__(parent)
        keeper = context.theme
        answer = summary.answer
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, keeper.px(10), 0)
        row.setSpacing(keeper.px(6))
        name = diagnosis_words(context.catalogues, summary.case)
        label = ElidedLabel(keeper, name, Style.NAME, "text", self)
        label.setMaximumWidth(keeper.px(300))
        row.addWidget(label)
        words = status_words(answer, today)
        if answer.status is FollowUpStatus.ON_HOLD:
            words = translate("On hold: {words}").format(words=words[:1].lower() + words[1:])
        icon = STATUS_ICONS.get(answer.status)
        row.addWidget(StatusChip(keeper, TONES[answer.status], words, icon=icon, solid=solid(answer), parent=self))
        said = [words]
        for flag, (drawing, tone) in FLAG_LOOKS.items():
            if flag in answer.flags:
                row.addWidget(StatusChip(keeper, tone, flag_words(flag), icon=drawing, parent=self))
                said.append(flag_words(flag))
        self.setAccessibleName(f"{name}: {', '.join(said)}")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)


class CaseHeader(Plane):
    """Initials, name, diagnoses with their chips, alerts in words, and the buttons."""

    back_asked = Signal()
    record_asked = Signal()
    photos_asked = Signal()
    compare_asked = Signal()
    more_asked = Signal(object)

    def __init__(self, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, "surface", parent, edge=Qt.Edge.BottomEdge)
        self._context = context
        keeper = context.theme
        self._page: CasePage | None = None
        self._tags: list[QWidget] = []
        back = IconButton(keeper, "arrow-left", translate("Back to the list"), shortcut="Esc", kind=Kind.GHOST)
        back.clicked.connect(self.back_asked)
        self._disc = Disc(keeper, "", 44, self)
        self._name = ElidedLabel(keeper, "", Style.PAGE_TITLE, parent=self)
        self._line = ElidedLabel(keeper, "", Style.BODY, "text2", self)
        self.record = Button(keeper, translate("Record injection"), kind=Kind.PRIMARY, icon="syringe", tip="Ctrl+R")
        self.record.clicked.connect(self.record_asked)
        self.photos = Button(keeper, translate("Add photos"), icon="image-plus")
        self.photos.clicked.connect(self.photos_asked)
        keep_to_roles(context, self.record, Action.DRAFT_INJECTION)
        keep_to_roles(context, self.photos, Action.ADD_PHOTOS)
        self.compare = Button(keeper, translate("Compare"), icon="columns-2", key="C")
        self.compare.clicked.connect(self.compare_asked)
        self.more = Button(keeper, translate("More"), drop=True)
        self.more.clicked.connect(self._open_menu)
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(self._name)
        names.addWidget(self._line)
        top = QHBoxLayout()
        top.setSpacing(keeper.px(10))
        top.addWidget(back)
        top.addWidget(self._disc)
        top.addSpacing(keeper.px(2))
        top.addLayout(names, 1)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(keeper.px(8))
        for button in (self.record, self.photos, self.compare, self.more):
            self._buttons.addWidget(button)
        top.addLayout(self._buttons)
        self._holder = QWidget(self)
        self._flow = FlowLayout(self._holder, keeper.px(6))
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self._holder.setSizePolicy(policy)
        self._column = QVBoxLayout(self)
        self._column.addLayout(top)
        self._second = QHBoxLayout()
        self._second.addWidget(self._holder)
        self._column.addLayout(self._second)
        self.restyle()

    def show_page(self, page: CasePage) -> None:
        """Show a patient."""
        self._page = page
        patient, details = page.patient, page.patient.details
        self._disc.show_name(patient.name)
        self._name.setText(patient.name)
        who = person_line(patient.mrn, details.birth, details.sex, page.today)
        number = phone_line(patient.phone, may_be_called=patient.may_be_called)
        parts = [who, number, details.guardian and _guardian(details.guardian), details.village]
        self._line.setText(" · ".join(part for part in parts if part))
        self._line.setToolTip(birth_words(details.birth, page.today))
        for tag in self._tags:
            self._flow.removeWidget(tag)
            tag.hide()
            tag.deleteLater()
        keeper = self.keeper
        self._tags = [CaseTag(self._context, summary, page.today, self._holder) for summary in page.cases]
        if not page.cases:
            words = translate("No diagnosis yet")
            self._tags.append(StatusChip(keeper, Tone.NOT_DUE, words, parent=self._holder))
        for alert in details.alerts:
            chip = StatusChip(keeper, Tone.DUE, alert, icon="triangle-alert", parent=self._holder)
            chip.setToolTip(alert)
            self._tags.append(chip)
        if not details.may_be_called:
            words = translate("Does not want to be called")
            self._tags.append(StatusChip(keeper, Tone.STOPPED, words, icon="phone-off", parent=self._holder))
        for tag in self._tags:
            self._flow.addWidget(tag)
            tag.show()
        gone = patient.deceased_on is not None
        self.record.setEnabled(not gone and bool(page.cases))
        self.record.setToolTip("Ctrl+R" if page.cases else translate("Add a diagnosis first"))
        self.compare.setEnabled(bool(page.cases))
        self._holder.updateGeometry()

    def restyle(self) -> None:
        """Take measures anew."""
        measures, px = self.keeper.measures, self.keeper.px
        tight = measures.narrow
        side = measures.margin_side
        self._column.setContentsMargins(side - px(6), px(8 if tight else 12), side, px(8 if tight else 12))
        self._second.setContentsMargins(px(6), 0, 0, 0)
        self._column.setSpacing(px(6 if tight else 8))
        self._fit()
        super().restyle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show words on the buttons where there is room."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        wide = self.width() >= self.keeper.px(WIDE)
        for button, words, tip in (
            (self.photos, translate("Add photos"), translate("Add photos")),
            (self.compare, translate("Compare"), translate("Compare (C)")),
        ):
            button.setText(words if wide else "")
            button.setAccessibleName(words)
            button.setToolTip("" if wide else tip)
        self.compare.set_key("C" if wide else "")

    def _open_menu(self) -> None:
        if self._page is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.more_asked.emit(menu)
        pop_under(menu, self.more)


def _guardian(name: str) -> str:
    return translate("guardian {name}").format(name=name)
