"""The panel beside the lists: who it is, when the next injection is, the last pair, calling and booking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLayout,
    QMenu,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from clinic_app.domain.access import Action
from clinic_app.domain.calendar import whole_weeks
from clinic_app.domain.case_page import CaseSummary, Inspector
from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.errors import ClinicError, NotFound
from clinic_app.domain.papers import PaperKind
from clinic_app.domain.pictures import PicturePair
from clinic_app.domain.schedule import Appointment, FollowUpStatus
from clinic_app.domain.suggestion import SuggestedDay
from clinic_app.domain.why import CaseWhy
from clinic_app.ui.context import UiContext
from clinic_app.ui.schedule.actions import ONE_KEY, CaseActions
from clinic_app.ui.schedule.inspector_parts import CallButton, DayButton, OtherCase, PairPreview, PhoneStrip, Remembered
from clinic_app.ui.schedule.lines import (
    FLAG_LOOKS,
    call_icon,
    call_line,
    chip_of,
    diagnosis_lines,
    interval_of,
)
from clinic_app.ui.theme import Style, Tone
from clinic_app.ui.widgets import (
    Button,
    Disc,
    ElidedLabel,
    EmptyState,
    FlowLayout,
    IconButton,
    Interval,
    IntervalBar,
    Kind,
    LinkButton,
    Plane,
    Rule,
    StatusChip,
    TextLabel,
)
from clinic_app.ui.widgets.menu_place import pop_inside
from clinic_app.ui.widgets.role_gate import keep_to_roles
from clinic_app.wording.calendar import days_words, short_day, short_weekday_day, weeks_words
from clinic_app.wording.dates import day as day_words
from clinic_app.wording.dates import weekday_day
from clinic_app.wording.language import translate
from clinic_app.wording.patient_lines import phone_number
from clinic_app.wording.patients import person_line
from clinic_app.wording.schedule import (
    booking_words,
    drug_line,
    flag_words,
    offer_words,
    place_words,
    product_words,
    status_name,
    why_sentence,
)
from clinic_app.wording.sentences import sentence_of
from clinic_app.wording.units import dose_words
from clinic_app.wording.waiting import suggestion_words, waits_words
from clinic_app.wording.why import flag_sentence, why_lines

if TYPE_CHECKING:
    from clinic_app.services import Services

DEBOUNCE = 40
ASKING = frozenset({"3", "4", "B"})
"""Keys that ask something first: pressed before the panel has read the case they wait for it."""
TOPICS = frozenset({Topic.SCHEDULE, Topic.CASES, Topic.TREATMENT, Topic.PATIENTS, Topic.PICTURES})
BAR_WEEKS = 20
WEEKS_FROM_DAYS = 21
_TONES = {
    "no_show": Tone.NO_SHOW,
    "contacting": Tone.CONTACTING,
    "due": Tone.DUE,
    "overdue": Tone.OVERDUE,
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What the panel shows, with the words that need the catalogues."""

    case_id: int
    value: Inspector
    today: date
    diagnosis: tuple[str, str]
    why: tuple[tuple[str, str], ...]
    others: tuple[tuple[int, str, str], ...]
    labels: tuple[str, str]
    last_dose: str = ""
    waits: tuple[Appointment, ...] = ()


def read_inspector(services: Services, case_id: int) -> Shown:
    """Read what the panel shows of a case. Raises ``NotFound``, ``StorageUnavailable``."""
    value = services.schedule.inspector(case_id)
    catalogues = services.catalogues
    today = services.today()

    def named(summary: CaseSummary) -> str:
        details = summary.case.details
        lines = diagnosis_lines(catalogues, details.condition, details.side, details.pattern)
        return ", ".join(part for part in lines if part)

    window = value.summary.answer.window
    why: list[tuple[str, str]] = []
    if window.earliest is not None:
        said = translate("Not before {day}").format(day=day_words(window.earliest))
        why.append((said, why_sentence(window.why_earliest, catalogues)))
    if window.opens is not None and window.closes is not None:
        said = translate("Due from {day}").format(day=day_words(window.opens))
        why.append((said, why_sentence(window.why_opens, catalogues)))
        said = translate("Due until {day}").format(day=day_words(window.closes))
        why.append((said, why_sentence(window.why_closes, catalogues)))
    others = tuple((one.case.id, named(one), chip_of(one.answer, today).words) for one in value.other_cases)
    details = value.summary.case.details
    first, second = diagnosis_lines(catalogues, details.condition, details.side, details.pattern)
    diagnosis = (first, second)
    session = value.summary.last_session
    dose = "" if session is None else dose_words(session.units, product_words(session.details.product, catalogues))
    product = ""
    if value.pair is not None and value.pair.injection is not None and value.pair.injection.product:
        product = product_words(value.pair.injection.product, catalogues)
    labels, waits = _pair_labels(value.pair, product), services.waiting.of_patient(value.patient.id)
    return Shown(case_id, value, today, diagnosis, tuple(why), others, labels, dose, waits)


def _pair_labels(pair: PicturePair | None, product: str) -> tuple[str, str]:
    if pair is None:
        return "", ""
    after = translate("After")
    if pair.injection is not None and pair.b is not None and pair.b.taken.day is not None:
        days = (pair.b.taken.day - pair.injection.day).days
        time = days_words(days) if days < WEEKS_FROM_DAYS else weeks_words(whole_weeks(days))
        after = translate("{time} after {product}").format(time=time, product=product or translate("injection"))
    return translate("Before"), after


class InspectorPanel(Plane):
    """One case beside a list. ``show_case`` reads it; ``closed`` comes when its button is pressed.

    It is the same wherever a case is selected. Nothing of a patient stays after ``clear``.
    """

    closed = Signal()
    shown = Signal(int)
    """(case_id) after what was read is on screen."""
    suggested = Signal(object, str)
    """(day or None, name): the first day offered for booking."""

    def __init__(self, context: UiContext, actions: CaseActions, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, "surface", parent, edge=Qt.Edge.LeftEdge)
        self._context = context
        self._actions = actions
        self._case_id = 0
        self._shown: Shown | None = None
        self._why_open = False
        self._held_key = ""
        self.setAccessibleName(translate("Selected patient"))
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(DEBOUNCE)
        self._soon.timeout.connect(self._read)
        self._build()
        context.tasks.changed.connect(self._something_changed)
        context.detached.connect(self.clear)
        context.concealed.connect(self.clear)
        context.only_looked.connect(self._say_of_today)
        context.theme.changed.connect(self._fill_again)
        self.clear()

    # --- what it shows -----------------------------------------------------------------------------------------

    @property
    def case_id(self) -> int:
        """The case it shows or reads, 0 for none."""
        return self._case_id

    @property
    def value(self) -> Shown | None:
        """What it shows, None while it reads."""
        return self._shown

    @property
    def first_day(self) -> date | None:
        """The day that ``B`` books, None while there is none."""
        shown = self._shown
        if shown is None or not shown.value.days or not self._callable(shown):
            return None
        if shown.value.summary.answer.status is FollowUpStatus.BOOKED:
            return None
        return shown.value.days[0].day

    def show_case(self, case_id: int) -> None:
        """Show another case, soon: while an arrow key is held only the last one is read."""
        if case_id == self._case_id:
            return
        if not case_id:
            self.clear()
            return
        self._case_id = case_id
        self._shown = None
        self._why_open = False
        self._held_key = ""
        self.suggested.emit(None, "")
        self._soon.start()

    def clear(self) -> None:
        """Show nobody."""
        self._soon.stop()
        self._case_id = 0
        self._shown = None
        self._held_key = ""
        self._empty.show_words(
            translate("Select a patient to see when the next injection is due."), icon="user-round", detail=""
        )
        self._empty.show()
        self._scroll.hide()
        self._foot.hide()
        self.phone.clear_clipboard()
        self._blank()
        self.suggested.emit(None, "")

    def _blank(self) -> None:
        """Nothing of the last patient stays in a part, seen or not."""
        self._disc.show_name("")
        self._of_today.hide()
        for label in (self._name, self._person, self._state, self._no_window, self._no_call, self._booked_day):
            label.setText("")
            label.setToolTip("")
        self._limit.setText("")
        self._limit.setToolTip("")
        self.phone.show_phone(None, "")
        self.pair.show_pair(("", ""), (True, True))
        self._bar.show_interval(Interval(), (), "")
        self.day_buttons.clear()
        for layout in (self._chip_flow, self._why_column, self._days, self._others, self._recent):
            _empty(layout)

    def pair_of(self, case_id: int) -> tuple[int, ...]:
        """The photographs the panel shows of a case, Before first; empty where it shows another or has not read it."""
        pair = self._shown.value.pair if self._shown is not None and self._shown.case_id == case_id else None
        return tuple(one.id for one in (pair.a, pair.b) if one is not None) if pair is not None else ()

    def copy_number(self) -> None:
        """Copy the phone number."""
        self.phone.clear_after(self._context.clinic.choices.clipboard_seconds)
        self.phone.copy_number()

    # --- building ----------------------------------------------------------------------------------------------

    def _build(self) -> None:
        keeper = self.keeper
        self._empty = EmptyState(keeper, "user-round", "", "", self)
        self._inside = QWidget()
        self._scroll = QScrollArea(self)
        self._scroll.setProperty("kind", "plain")
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self._inside)
        self._scroll.viewport().setAutoFillBackground(False)
        self._inside.setAutoFillBackground(False)
        self._scroll.verticalScrollBar().rangeChanged.connect(lambda *_: self.restyle())
        self._column = QVBoxLayout(self._inside)
        self._build_head()
        self._build_window()
        self._build_pair()
        self._build_calls()
        self._build_booked()
        self._build_booking()
        self._build_rest()
        self._foot = Plane(keeper, "surface", self, edge=Qt.Edge.TopEdge)
        self._foot_row = QHBoxLayout(self._foot)
        self.compare = CallButton(keeper, translate("Compare"), icon="columns-2", key="C", parent=self._foot)
        self.compare.clicked.connect(self._compare)
        self.record = CallButton(keeper, translate("Open record"), icon="folder-open", key="↵", parent=self._foot)
        self.record.clicked.connect(self._open)
        for button in (self.compare, self.record):
            self._foot_row.addWidget(button, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._empty, 1)
        outer.addWidget(self._scroll, 1)
        outer.addWidget(self._foot)
        self.restyle()

    def _build_head(self) -> None:
        keeper = self.keeper
        self._disc = Disc(keeper, "", 40, self._inside)
        self._name = ElidedLabel(keeper, "", Style.PANEL_TITLE, "text", self._inside)
        self._person = ElidedLabel(keeper, "", Style.SECONDARY, "text2", self._inside)
        self.hide_button = IconButton(
            keeper,
            "panel-right-close",
            translate("Hide this panel"),
            shortcut="F4",
            kind=Kind.GHOST,
            small=True,
            parent=self._inside,
        )
        self.hide_button.clicked.connect(self.closed)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._name)
        words.addWidget(self._person)
        row = QHBoxLayout()
        row.setSpacing(keeper.px(12))
        row.addWidget(self._disc)
        row.addLayout(words, 1)
        row.addWidget(self.hide_button, 0, Qt.AlignmentFlag.AlignTop)
        self._of_today = TextLabel(keeper, "", Style.NAME, "warning", self._inside, wrap=True)
        self._of_today.hide()
        self._column.addWidget(self._of_today)
        self._column.addLayout(row)
        self._chips = QWidget(self._inside)
        self._chip_flow = FlowLayout(self._chips, gap=6)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self._chips.setSizePolicy(policy)
        self._column.addWidget(self._chips)
        self.phone = PhoneStrip(keeper, self._inside)
        self.phone.others.clicked.connect(self._ask_number)
        self._column.addWidget(self.phone)

    def _section(self, title: str) -> tuple[QWidget, QHBoxLayout, QVBoxLayout]:
        """A titled part of the panel: its widget, the row of its title, the column below."""
        part = QWidget(self._inside)
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(self.keeper.px(8))
        head = QHBoxLayout()
        head.setSpacing(self.keeper.px(6))
        head.addWidget(TextLabel(self.keeper, title, Style.SECTION_SMALL, "text", part))
        column.addLayout(head)
        self._column.addWidget(part)
        return part, head, column

    def _build_window(self) -> None:
        keeper = self.keeper
        self._window_part, head, column = self._section(translate("Next injection"))
        self.why = LinkButton(keeper, translate("Why?"), self._window_part)
        self.why.clicked.connect(self._toggle_why)
        self._state = ElidedLabel(keeper, "", Style.SECTION_SMALL, "text2", self._window_part)
        self._state.setAlignment(Qt.AlignmentFlag.AlignRight)
        head.addWidget(self.why)
        head.addWidget(self._state, 1)
        column.setSpacing(keeper.px(2))
        self._bar = IntervalBar(keeper, self._window_part)
        column.addWidget(self._bar)
        self._no_window = TextLabel(keeper, "", Style.SECONDARY, "text2", self._window_part, wrap=True)
        column.addWidget(self._no_window)
        self._why_box = QWidget(self._window_part)
        self._why_column = QVBoxLayout(self._why_box)
        self._why_column.setContentsMargins(0, keeper.px(6), 0, 0)
        self._why_column.setSpacing(keeper.px(6))
        column.addWidget(self._why_box)

    def _build_pair(self) -> None:
        self.pair = PairPreview(self.keeper, self._inside)
        self.pair.clicked.connect(self._show_injection)
        self._column.addWidget(self.pair)

    def _build_calls(self) -> None:
        keeper = self.keeper
        self._call_part, head, column = self._section(translate("Log a call"))
        head.addStretch(1)
        self.other_call = LinkButton(keeper, translate("More…"), self._call_part)
        self.other_call.setToolTip(translate("Another outcome, who you spoke to, a note (L)"))
        self.other_call.clicked.connect(lambda: self._context.intents.log_call.emit(self._case_id))
        keep_to_roles(self._context, self.other_call, Action.REGISTER)
        head.addWidget(self.other_call)
        grid = QGridLayout()
        grid.setSpacing(keeper.px(8))
        choices = (
            (translate("No answer"), "phone-missed", "1"),
            (translate("Told family"), "users", "2"),
            (translate("Can’t come…"), "phone-off", "3"),
            (translate("They called…"), "phone-incoming", "4"),
        )
        self.call_buttons: dict[str, Button] = {}
        for place, (words, icon, key) in enumerate(choices):
            button = CallButton(keeper, words, icon=icon, key=key, parent=self._call_part)
            button.clicked.connect(lambda _=False, key=key: self.press(key))
            keep_to_roles(self._context, button, Action.REGISTER)
            grid.addWidget(button, place // 2, place % 2)
            self.call_buttons[key] = button
        column.addLayout(grid)
        self._no_call = TextLabel(keeper, "", Style.BODY, "text2", self._inside, wrap=True)
        self._column.addWidget(self._no_call)

    def _build_booked(self) -> None:
        keeper = self.keeper
        self._booked_part, head, column = self._section(translate("Booking"))
        self._booked_day = ElidedLabel(keeper, "", Style.SECONDARY, "text2", self._booked_part)
        self._booked_day.setAlignment(Qt.AlignmentFlag.AlignRight)
        head.addWidget(self._booked_day, 1)
        self.drug = DayButton(keeper, "", kind=Kind.SECONDARY, key="", parent=self._booked_part)
        self.drug.clicked.connect(self._ask_drug)
        keep_to_roles(self._context, self.drug, Action.REGISTER)
        slip = translate("Print slip")
        self.slip = IconButton(keeper, "printer", slip, kind=Kind.GHOST, small=True, parent=self._booked_part)
        self.slip.clicked.connect(self._print_slip)
        keep_to_roles(self._context, self.slip, Action.PRINT)
        head.addWidget(self.slip)
        column.addWidget(self.drug)

    def _print_slip(self) -> None:
        if self._shown is not None:
            self._context.intents.print_paper.emit(PaperKind.SLIP, self._shown.value.patient.id)

    def _build_booking(self) -> None:
        keeper = self.keeper
        self._book_part, head, column = self._section(translate("Book a Botox day"))
        self._limit = ElidedLabel(keeper, "", Style.SECONDARY, "text2", self._book_part)
        self._limit.setAlignment(Qt.AlignmentFlag.AlignRight)
        head.addWidget(self._limit, 1)
        self._wait_part = QWidget(self._inside)
        waiting = QHBoxLayout(self._wait_part)
        waiting.setContentsMargins(0, 0, 0, 0)
        self._waits = TextLabel(keeper, "", Style.BODY, "text", self._wait_part, wrap=True)
        self.off_list = LinkButton(keeper, translate("Take off"), self._wait_part)
        self.off_list.setToolTip(translate("Take the patient off the waiting list"))
        self.off_list.clicked.connect(self._take_off_list)
        keep_to_roles(self._context, self.off_list, Action.REGISTER)
        waiting.addWidget(self._waits, 1)
        waiting.addWidget(self.off_list)
        self._column.addWidget(self._wait_part)
        self._days = QGridLayout()
        self._days.setHorizontalSpacing(keeper.px(12))
        self._days.setVerticalSpacing(keeper.px(8))
        self._days.setColumnStretch(1, 1)
        column.addLayout(self._days)
        self.other_day = LinkButton(keeper, translate("Another day…"), self._book_part)
        self.other_day.setToolTip(translate("Choose the day, the time and the drug (Shift+B)"))
        self.other_day.clicked.connect(lambda: self._context.intents.book.emit(self._case_id))
        keep_to_roles(self._context, self.other_day, Action.REGISTER)
        column.addWidget(self.other_day, 0, Qt.AlignmentFlag.AlignRight)
        self.day_buttons: list[Button] = []

    def _build_rest(self) -> None:
        keeper = self.keeper
        self._others_part, _, column = self._section(translate("Other diagnoses"))
        self._others = QVBoxLayout()
        self._others.setSpacing(keeper.px(4))
        column.addLayout(self._others)
        self._rule = Rule(keeper, self._inside)
        self._column.addWidget(self._rule)
        self._recent_part, _, column = self._section(translate("Recent calls"))
        self._recent = QVBoxLayout()
        self._recent.setSpacing(keeper.px(7))
        column.addLayout(self._recent)
        self._column.addStretch(1)

    # --- filling -----------------------------------------------------------------------------------------------

    def restyle(self) -> None:
        """Take measures anew."""
        px = self.keeper.px
        narrow = self.keeper.measures.narrow
        self.setFixedWidth(self.keeper.measures.inspector)
        if hasattr(self, "_foot_row"):
            edge = px(12 if narrow else 19)
            bar = self._scroll.verticalScrollBar()
            taken = bar.sizeHint().width() if bar.maximum() > 0 else 0
            self._column.setContentsMargins(edge, px(18), max(px(4), edge - taken), px(14))
            self._column.setSpacing(px(12 if narrow else 14))
            self._foot_row.setContentsMargins(edge, px(13), edge, px(14))
            self._foot_row.setSpacing(px(8))
            self._empty.setContentsMargins(px(20), 0, px(20), 0)
        super().restyle()

    def _read(self) -> None:
        case_id = self._case_id
        if case_id and self._context.open:
            self._context.tasks.ask(
                lambda s: read_inspector(s, case_id), self._show, owner=self, key="case", failed=self._failed
            )

    def _failed(self, problem: ClinicError) -> None:
        self._shown = None
        if isinstance(problem, NotFound):
            self.clear()
            return
        self._scroll.hide()
        self._foot.hide()
        self._empty.show_words(sentence_of(problem), icon="circle-alert")
        self._empty.show()

    def _something_changed(self, changes: Changes) -> None:
        if self._case_id and changes.topics & TOPICS:
            self._read()

    def _show(self, shown: Shown) -> None:
        if shown.case_id != self._case_id:
            return
        before = self._shown
        fresh = before is None or (before.value.pair, before.value.without_view) != (
            shown.value.pair,
            shown.value.without_view,
        )
        self._shown = shown
        self._fill(shown, pictures=fresh)
        self._empty.hide()
        self._scroll.show()
        self._foot.show()
        self.suggested.emit(self.first_day, shown.value.patient.name)
        self.shown.emit(shown.case_id)
        held, self._held_key = self._held_key, ""
        if held:
            self.press(held)

    def _fill_again(self) -> None:
        if self._shown is not None:
            self._fill(self._shown, pictures=False)

    def _callable(self, shown: Shown) -> bool:
        return shown.value.summary.answer.offers_call

    def _fill(self, shown: Shown, *, pictures: bool) -> None:
        value, today = shown.value, shown.today
        patient = value.patient
        details = patient.details
        self._disc.show_name(patient.name)
        self._name.setText(patient.name)
        person = person_line(patient.mrn, details.birth, details.sex, today)
        first, second = shown.diagnosis
        room = self.keeper.measures.inspector - self.keeper.px(40 + 12 + 12 + 28 + 2 * 19)
        whole = f"{person} · {first}, {second}" if second else f"{person} · {first}"
        fits = self.keeper.metrics(Style.SECONDARY).horizontalAdvance(whole) <= room
        self._person.setText(whole if fits else f"{person} · {first}")
        self._person.setToolTip(whole)
        note = ""
        if patient.phone is None:
            note = translate("No phone number")
        elif not details.may_be_called:
            note = translate("Asked not to be called")
        elif patient.departed:
            note = translate("Has died or moved away")
        self._show_phone(shown, note)
        self._say_of_today()
        self._fill_chips(value)
        self._fill_window(shown)
        self._fill_pair(shown, pictures=pictures)
        self._fill_calling(shown)
        self._fill_booked(shown)
        self._fill_waits(shown)
        self._fill_days(shown)
        self._fill_others(shown)
        self._fill_recent(shown)

    def _show_phone(self, shown: Shown, note: str = "") -> None:
        """The number that is called; hidden from whoever may not call it."""
        patient = shown.value.patient
        phones = patient.details.phones
        chosen = self._actions.number_for(shown.case_id)
        phone = next((one for one in phones if one.number == chosen), patient.phone)
        may = patient.may_be_called
        self.phone.show_phone(phone if may else None, note, others=may and len(phones) > 1)

    def _ask_number(self) -> None:
        """Another number of the patient's: the next calls are made to it."""
        shown = self._shown
        if shown is None:
            return
        menu = QMenu(translate("Other numbers"), self)
        menu.aboutToHide.connect(menu.deleteLater)
        for phone in shown.value.patient.details.phones:
            words = " · ".join(part for part in (phone_number(phone.number), phone.owner, phone.language) if part)
            menu.addAction(words, partial(self._call_number, phone.number))
        pop_inside(menu, self.phone.others.mapToGlobal(QPoint(0, self.phone.others.height())), self)

    def _call_number(self, number: str) -> None:
        if self._shown is not None:
            self._actions.call_number(self._shown.case_id, number)
            self._show_phone(self._shown)

    def _say_of_today(self) -> None:
        """While the list beside shows another day: this panel does not."""
        another = bool(self._context.why_only_looked) and self._shown is not None
        self._of_today.setVisible(another)
        if another and self._shown is not None:
            words = translate("As it is today, {day}").format(day=weekday_day(self._shown.today))
            self._of_today.setText(words)

    def _fill_chips(self, value: Inspector) -> None:
        _empty(self._chip_flow)
        flags = [flag for flag in FLAG_LOOKS if flag in value.summary.answer.flags]
        for flag in flags:
            icon, ink = FLAG_LOOKS[flag]
            tone = _TONES.get(ink.split(".")[0], Tone.NOT_DUE)
            chip = StatusChip(self.keeper, tone, flag_words(flag), icon=icon, parent=self._chips)
            chip.setToolTip(flag_sentence(flag, value.summary.answer))
            self._chip_flow.addWidget(chip)
            chip.show()
        for alert in value.patient.details.alerts:
            chip = StatusChip(self.keeper, Tone.OVERDUE, alert, icon="triangle-alert", parent=self._chips)
            self._chip_flow.addWidget(chip)
            chip.show()
        self._chips.setVisible(bool(flags or value.patient.details.alerts))
        self._chips.updateGeometry()

    def _fill_window(self, shown: Shown) -> None:
        answer, today = shown.value.summary.answer, shown.today
        window = answer.window
        chip = chip_of(answer, today)
        words = chip.words
        if answer.status is FollowUpStatus.OVERDUE:
            words = translate("{days} overdue").format(days=days_words(answer.days_overdue))
        elif answer.status in (FollowUpStatus.ON_HOLD, FollowUpStatus.STOPPED, FollowUpStatus.BOOKED):
            words = f"{status_name(answer.status)}: {chip.words}"
        ink = {Tone.OVERDUE: "danger", Tone.DUE: "warning", Tone.BOOKED: "booked.fg"}.get(chip.tone, "text2")
        self._state.set_ink(ink)
        self._state.setText(words)
        last = window.last
        if last is None or window.opens is None or window.closes is None:
            self._bar.hide()
            said = translate("No full injection of this diagnosis yet.")
            if window.earliest is not None and window.earliest > today:
                said = translate("No full injection of this diagnosis yet. Not before {day}, because of the others.")
                said = said.format(day=day_words(window.earliest))
            self._no_window.setText(said)
            self._no_window.show()
        else:
            span = timedelta(days=max(BAR_WEEKS * 7, (today - last.day).days + 7, (window.closes - last.day).days + 14))
            interval = interval_of(answer, today, timedelta(0), span)
            labels = (
                (0.0, short_day(last.day, today)),
                (interval.band_from or 0.0, short_day(window.opens, today)),
                (interval.band_to or 1.0, short_day(window.closes, today)),
            )
            sentence = ". ".join(said for said, _ in shown.why)
            self._bar.show_interval(interval, labels, sentence)
            self._bar.show()
            self._no_window.hide()
        self._fill_why(shown)

    def _fill_why(self, shown: Shown) -> None:
        self.why.setAccessibleName(translate("Why these dates?"))
        self._why_box.setVisible(self._why_open)
        if not self._why_open:
            _empty(self._why_column)
            return
        self._list_why(shown.why)
        case_id, catalogues = shown.case_id, self._context.catalogues

        def tell(known: CaseWhy) -> None:
            if self._why_open and self._shown is not None and self._shown.case_id == case_id:
                self._list_why(why_lines(known, catalogues))

        self._context.tasks.ask(
            lambda s: s.reasons.of_case(case_id), tell, owner=self, key="why", failed=lambda _: None
        )

    def _list_why(self, lines: tuple[tuple[str, str], ...]) -> None:
        _empty(self._why_column)
        for said, because in lines:
            upper = TextLabel(self.keeper, said, Style.CHIP, "text", self._why_box, weight=600)
            lower = TextLabel(self.keeper, because, Style.SECONDARY, "text2", self._why_box, wrap=True)
            pair = QVBoxLayout()
            pair.setSpacing(0)
            pair.addWidget(upper)
            pair.addWidget(lower)
            self._why_column.addLayout(pair)
            for label in (upper, lower):
                label.show()

    def _fill_pair(self, shown: Shown, *, pictures: bool) -> None:
        pair = shown.value.pair
        self.pair.setVisible(pair is not None)
        if pair is None or not pictures:
            return
        self.pair.show_pair(shown.labels, (pair.a is None, pair.b is None), shown.value.without_view)
        for place, picture in enumerate((pair.a, pair.b)):
            if picture is not None:
                self._ask_thumbnail(shown.case_id, place, picture.id)

    def _ask_thumbnail(self, case_id: int, place: int, picture_id: int) -> None:
        def deliver(image: QImage) -> None:
            if case_id == self._case_id:
                self.pair.show_image(place, image)

        self._context.tasks.paint(
            lambda s: QImage.fromData(s.pictures.thumbnail(picture_id)),
            deliver,
            owner=self,
            key=("thumbnail", place),
            failed=lambda _: None,
        )

    def _fill_calling(self, shown: Shown) -> None:
        may = self._callable(shown)
        self._call_part.setVisible(may)
        self._no_call.setVisible(not may)
        self._no_call.setText("" if may else _no_call_words(shown))

    def _fill_booked(self, shown: Shown) -> None:
        booking = shown.value.summary.answer.appointment
        self._booked_part.setVisible(booking is not None)
        if booking is None:
            return
        day, place = short_weekday_day(booking.day, shown.today), place_words(booking)
        words = translate("{day}, {place}") if booking.at else translate("{day}, place {place}")
        self._booked_day.setText(f"{words.format(day=day, place=place)} · {booking_words(booking.status)}")
        line = drug_line(booking, self._context.catalogues)
        self.drug.setText(
            line if booking.drug_batch or booking.drug_product else translate("Drug: {drug}").format(drug=line)
        )
        self.drug.set_icon("package-x" if booking.drug.missing else "package")
        self.drug.setToolTip(translate("Say whether the drug will be there"))

    def _fill_waits(self, shown: Shown) -> None:
        self._wait_part.setVisible(bool(shown.waits))
        self._waits.setText("\n".join(waits_words(one.wait_until or one.day, shown.today) for one in shown.waits))

    def _take_off_list(self) -> None:
        shown = self._shown
        if shown is None or not shown.waits:
            return
        patient = shown.value.patient
        self._actions.stop_waiting(patient.id, shown.waits[0].case_ids[0], patient.name)

    def _fill_days(self, shown: Shown) -> None:
        value = shown.value
        focused = next((place for place, one in enumerate(self.day_buttons) if one.hasFocus()), None)
        _empty(self._days)
        self.day_buttons = []
        may = self._callable(shown)
        free = value.summary.answer.status not in (FollowUpStatus.BOOKED, FollowUpStatus.ON_HOLD)
        self._book_part.setVisible(may and free)
        if not may:
            return
        narrow = self.keeper.measures.narrow
        for number, day in enumerate(value.days[: 2 if narrow else 3]):
            place = 2 * number
            words = short_weekday_day(day.day, shown.today)
            label = TextLabel(self.keeper, words, Style.BODY, "text", self._book_part)
            button = DayButton(
                self.keeper,
                place_offer(day),
                kind=Kind.PRIMARY if number == 0 else Kind.SECONDARY,
                key="B" if number == 0 else "",
                parent=self._book_part,
            )
            button.setAccessibleName(f"{words}, {place_offer(day)}")
            button.clicked.connect(lambda _=False, day=day: self._book(day.day))
            keep_to_roles(self._context, button, Action.REGISTER)
            self._days.addWidget(label, place, 0)
            self._days.addWidget(button, place, 1)
            because = suggestion_words(day)
            if because:
                button.setToolTip(because)
                button.setAccessibleDescription(because)
                said = TextLabel(self.keeper, because, Style.SECONDARY, "text2", self._book_part, wrap=True)
                self._days.addWidget(said, place + 1, 0, 1, 2)
                said.show()
            label.show()
            button.show()
            self.day_buttons.append(button)
        if not value.days:
            none = TextLabel(
                self.keeper, translate("No free Botox day soon."), Style.BODY, "text2", self._book_part, wrap=True
            )
            self._days.addWidget(none, 0, 0, 1, 2)
            none.show()
        if focused is not None and focused < len(self.day_buttons):
            self.day_buttons[focused].setFocus(Qt.FocusReason.OtherFocusReason)
        self._limit.setText(_limit_words(value, shown.today))
        self._limit.setToolTip(
            translate("Generally at most 400 U of Botox within 3 months, over all diagnoses")
            if value.botox_400 is not None
            else ""
        )

    def _fill_others(self, shown: Shown) -> None:
        _empty(self._others)
        patient_id = shown.value.patient.id
        for case_id, name, state in shown.others:
            button = OtherCase(self.keeper, name, state, self._others_part)
            button.clicked.connect(
                lambda _=False, case_id=case_id: self._context.intents.select_case.emit(patient_id, case_id)
            )
            self._others.addWidget(button)
            button.show()
        self._others_part.setVisible(bool(shown.others))

    def _fill_recent(self, shown: Shown) -> None:
        _empty(self._recent)
        rows = [(call_icon(call.outcome), *call_line(call, shown.today)) for call in shown.value.calls[:3]]
        session = shown.value.summary.last_session
        if session is not None:
            rows.append(("syringe", shown.last_dose, day_words(session.day)))
        for icon, first, second in rows:
            row = Remembered(self.keeper, icon, first, second, self._recent_part)
            self._recent.addWidget(row)
            row.show()
        wanted = bool(rows) and not self.keeper.measures.narrow
        self._recent_part.setVisible(wanted)
        self._rule.setVisible(wanted)

    # --- acting ------------------------------------------------------------------------------------------------

    def press(self, key: str) -> None:
        """What a key means for the case shown: 1 to 4 log a call, b books, c compares, C with the doses.

        One that asks first waits while the case is read; it is forgotten where another case comes meanwhile.
        """
        shown = self._shown
        if not self._case_id:
            return
        if key == "c":
            self._compare()
            return
        if key == "C":
            self._show_injection()
            return
        if shown is None:
            self._held_key = key if key in ASKING else ""
            return
        if self._context.refuse(Action.REGISTER):
            return
        name, patient_id = shown.value.patient.name, shown.value.patient.id
        if key == "B":
            self._context.intents.book.emit(self._case_id)
        elif not self._callable(shown):
            self._context.intents.refused.emit(_no_call_words(shown))
        elif key in ONE_KEY:
            self._actions.log(self._case_id, name, ONE_KEY[key])
        elif key in ("3", "4"):
            button = self.call_buttons[key]
            inside = button.isVisible() and self.rect().contains(button.mapTo(self, QPoint(1, 1)))
            where = button.mapToGlobal(QPoint(0, button.height() + 2)) if inside else self.mapToGlobal(QPoint(0, 80))
            pop = self._actions.pop_cannot_come if key == "3" else self._actions.pop_they_called
            pop(self._case_id, name, where, self)
        elif key == "b":
            if shown.value.summary.answer.status is FollowUpStatus.BOOKED:
                self._context.intents.book.emit(self._case_id)
            else:
                self._actions.book(self._case_id, patient_id, name, self.first_day)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click beside its parts goes nowhere."""
        event.accept()

    def _book(self, day: date) -> None:
        shown = self._shown
        if shown is not None:
            self._actions.book(self._case_id, shown.value.patient.id, shown.value.patient.name, day)

    def _ask_drug(self) -> None:
        shown = self._shown
        booking = shown.value.summary.answer.appointment if shown is not None else None
        if shown is not None and booking is not None:
            where = self.drug.mapToGlobal(QPoint(0, self.drug.height() + 2))
            self._actions.pop_drug(booking, shown.value.patient.name, where, self)

    def _compare(self) -> None:
        if self._case_id:
            self._context.intents.compare.emit(self._case_id)

    def _show_injection(self) -> None:
        if self._case_id:
            self._context.intents.show_injection.emit(self._case_id, 0)

    def _open(self) -> None:
        if self._shown is not None:
            self._context.intents.open_case.emit(self._shown.value.patient.id, self._case_id)

    def _toggle_why(self) -> None:
        self._why_open = not self._why_open
        self.why.setText(translate("Hide why") if self._why_open else translate("Why?"))
        self.why.updateGeometry()
        if self._shown is not None:
            self._fill_why(self._shown)


def place_offer(day: SuggestedDay) -> str:
    """``Place 13 · 8 of 20 free``, ``At 10:20`` where the clinic gives times."""
    if day.at is not None:
        return translate("At {time}").format(time=f"{day.at:%H:%M}")
    return offer_words(day)


def _limit_words(value: Inspector, today: date) -> str:
    limit = value.botox_400
    if limit is None:
        return ""
    if limit.clears_on is None:
        return translate("over the 400 U limit")
    if limit.clears_on <= today:
        return translate("400 U limit clear")
    return translate("400 U limit clears on {day}").format(day=short_day(limit.clears_on, today))


def _no_call_words(shown: Shown) -> str:
    """Why no call is offered."""
    patient, answer = shown.value.patient, shown.value.summary.answer
    if patient.deceased_on is not None:
        return translate("Died on {day}. No call is offered.").format(day=day_words(patient.deceased_on))
    if patient.moved_on is not None:
        return translate("Moved away on {day}. No call is offered.").format(day=day_words(patient.moved_on))
    if answer.stop is not None:
        said = translate("Stopped since {day}: {reason}. No call is offered.")
        return said.format(day=day_words(answer.stop.since), reason=chip_of(answer, shown.today).words.lower())
    if answer.hold is not None:
        said = translate("On hold until {day}. No call is offered until then.")
        words = said.format(day=day_words(answer.hold.until))
        return f"{words} {answer.hold.reason}".strip()
    return translate("No call is offered.")


def _empty(layout: QLayout) -> None:
    """Take everything out of a layout and let it go."""
    while layout.count():
        item = layout.takeAt(0)
        if item is None:
            continue
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif inner is not None:
            _empty(inner)
