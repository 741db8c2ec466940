"""The timeline of a patient: the strip over time, and everything that happened, newest first."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QToolTip, QVBoxLayout, QWidget

from clinic_app.domain.access import Action
from clinic_app.domain.case_page import CasePage
from clinic_app.domain.cases import Hold, Stop
from clinic_app.domain.pictures import PhaseKind, PictureEntry
from clinic_app.domain.schedule import Appointment, ContactAttempt
from clinic_app.domain.treatment import ExternalToxin, SessionKind, SessionState
from clinic_app.ui.context import UiContext
from clinic_app.ui.patients.chronicle import Cycle, CycleKind, Event, Given, cycles_of, strip_of
from clinic_app.ui.patients.cycle_strip import CycleStrip
from clinic_app.ui.patients.lines import (
    call_icon,
    diagnosis_words,
    product_ink,
    sites_line,
)
from clinic_app.ui.patients.next_card import NextCard
from clinic_app.ui.patients.thumbnails import Thumbnails, paint_thumbnail
from clinic_app.ui.theme import Style, Tone
from clinic_app.ui.widgets import Button, Card, ElidedLabel, EmptyState, LinkButton, StatusChip, TextLabel, painting
from clinic_app.ui.widgets.role_gate import RoleGate, keep_to_roles
from clinic_app.ui.widgets.themed import Themed
from clinic_app.wording.calendar import short_day
from clinic_app.wording.cases import stop_words
from clinic_app.wording.dates import day as day_words
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.pictures import phase_label
from clinic_app.wording.schedule import attempt_words, booking_words, place_words, product_words, since_words
from clinic_app.wording.treatment import correction_lines, dose_line, elsewhere_line, state_words

if TYPE_CHECKING:
    from clinic_app.domain.catalogues import Catalogues

SHOWN_AT_FIRST = 10
THUMB = 92
LABEL_LINES = 34
_ANY_HELD = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.ShiftModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)


class ThumbRow(Themed):
    """The photographs of a cycle with the words of their phase; a click brings ``chosen``."""

    chosen = Signal(int)

    def __init__(self, context: UiContext, thumbnails: Thumbnails, pictures: list[PictureEntry]) -> None:
        super().__init__(context.theme)
        self._context = context
        self._thumbnails = thumbnails
        self._pictures = pictures
        self._words = [picture_words(entry, context.catalogues) for entry in pictures]
        self._short = [short_words(entry, words) for entry, words in zip(pictures, self._words, strict=True)]
        self._places = {entry.picture.id: place for place, entry in enumerate(pictures)}
        self._over = -1
        self.setMouseTracking(True)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        thumbnails.arrived.connect(self._arrived)
        said = "; ".join(", ".join(part for part in lines if part) for lines in self._words)
        self.setAccessibleName(
            translate("{count}: {words}").format(
                count=translate_many("{count} photo", "{count} photos", len(pictures)), words=said
            )
        )

    def hasHeightForWidth(self) -> bool:
        """As high as its rows."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height of all rows at a width."""
        rows = -(-len(self._pictures) // self._columns(width))
        return rows * self._pitch().height()

    def sizeHint(self) -> QSize:
        """Five in a row."""
        width = self._pitch().width() * 5
        return QSize(width, self.heightForWidth(self.width() or width))

    def minimumSizeHint(self) -> QSize:
        """One column."""
        return QSize(self._pitch().width(), self.heightForWidth(max(self.width(), self._pitch().width())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break into rows anew."""
        super().resizeEvent(event)
        self.updateGeometry()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Mark the photograph under the pointer."""
        self._over = self._at(event.position().toPoint())
        self.setCursor(Qt.CursorShape.PointingHandCursor if self._over >= 0 else Qt.CursorShape.ArrowCursor)
        if self._over >= 0:
            QToolTip.showText(event.globalPosition().toPoint(), "\n".join(self._words[self._over]), self)
        self.update()

    def leaveEvent(self, event: object) -> None:
        """No photograph is under the pointer."""
        self._over = -1
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose the photograph."""
        place = self._at(event.position().toPoint())
        if place >= 0:
            self.chosen.emit(self._pictures[place].picture.id)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint photographs and words."""
        painter = QPainter(self)
        keeper = self.keeper
        for place, entry in enumerate(self._pictures):
            cell = self._cell(place)
            if not event.rect().intersects(cell):
                continue
            side = keeper.px(THUMB)
            spot = QRect(cell.left(), cell.top(), cell.width() - keeper.px(10), side)
            paint_thumbnail(painter, self._context, self._thumbnails, spot, entry.picture.id, keeper.px(5))
            if place == self._over:
                painting.box(painter, spot, keeper.px(5), line=keeper.colour("accent"), width=2.0)
            first, second = self._short[place]
            line = QRect(spot.left(), spot.bottom() + keeper.px(3), spot.width(), keeper.px(16))
            painting.text(painter, keeper, line, first, Style.CAPTION, "text")
            line.translate(0, keeper.px(15))
            painting.text(painter, keeper, line, second, Style.CAPTION, "text2")

    def _columns(self, width: int) -> int:
        return max(1, width // self._pitch().width())

    def _pitch(self) -> QSize:
        px = self.keeper.px
        return QSize(px(138), px(THUMB + LABEL_LINES + 10))

    def _cell(self, place: int) -> QRect:
        pitch = self._pitch()
        row, column = divmod(place, self._columns(self.width()))
        return QRect(QPoint(column * pitch.width(), row * pitch.height()), pitch)

    def _at(self, spot: QPoint) -> int:
        return next((place for place in range(len(self._pictures)) if self._cell(place).contains(spot)), -1)

    def _arrived(self, picture_id: int) -> None:
        place = self._places.get(picture_id)
        if place is not None:
            self.update(self._cell(place))


class EventLine(Themed):
    """A call, a booking, a hold ... in one line: drawing, words, day."""

    def __init__(self, context: UiContext, icon: str, words: str, detail: str, day: str, ink: str = "text2") -> None:
        super().__init__(context.theme)
        self._icon, self._words, self._detail, self._day, self._ink = icon, words, detail, day, ink
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(", ".join(part for part in (words, detail, day) if part))
        self.setToolTip(" · ".join(part for part in (words, detail) if part))

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(self.keeper.px(200), self.keeper.px(24))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line."""
        painter, keeper = QPainter(self), self.keeper
        high = self.height()
        painting.icon(painter, keeper, QRect(0, 0, keeper.px(16), high), self._icon, self._ink, 16)
        wide = keeper.px(96)
        when = QRect(self.width() - wide, 0, wide, high)
        painting.text(painter, keeper, when, self._day, Style.SECONDARY, "text2", align=painting.RIGHT, numbers=True)
        room = QRect(keeper.px(26), 0, self.width() - wide - keeper.px(34), high)
        used = painting.text(painter, keeper, room, self._words, Style.BODY, "text")
        rest = room.adjusted(used + keeper.px(8), 0, 0, 0)
        if self._detail and rest.width() > keeper.px(24):
            painting.text(painter, keeper, rest, self._detail, Style.SECONDARY, "text2")


class DoseLine(Themed):
    """A swatch of the product, the diagnosis and the dose; under it the sites. A double click or Enter: ``opened``."""

    opened = Signal(int)

    def __init__(self, context: UiContext, given: Given, *, name: bool) -> None:
        super().__init__(context.theme)
        keeper = context.theme
        session = given.session
        catalogues = context.catalogues
        self.session_id = session.id
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setToolTip(translate("Double click or Enter: photos and doses"))
        self._ink = product_ink(session.details.product)
        words = [dose_line(session, catalogues)]
        if name and given.summary is not None:
            words.insert(0, diagnosis_words(catalogues, given.summary.case))
        if name and given.injected is not None:
            number = translate("injection {number}").format(number=given.injected.number)
            words.insert(1, translate("touch-up") if session.details.kind is SessionKind.TOUCH_UP else number)
        self.setAccessibleName(" · ".join(words))
        row = QHBoxLayout()
        row.setSpacing(keeper.px(8))
        self._dose = ElidedLabel(keeper, " · ".join(words), Style.NAME, "text", self)
        row.addWidget(self._dose, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(keeper.px(18), keeper.px(2), 0, keeper.px(4))
        column.setSpacing(keeper.px(1))
        column.addLayout(row)
        self.correct = LinkButton(keeper, translate("Correct…"), self)
        self.correct.setAccessibleName(translate("Correct {dose}").format(dose=words[-1]))
        open_ = session.state is SessionState.GIVEN
        keep_to_roles(context, self.correct, Action.EDIT_UNSIGNED if open_ else Action.SIGN_INJECTION)
        row.addWidget(self.correct)
        sites = sites_line(session.details.sites, catalogues)
        count = len(session.details.sites)
        if count:
            said = translate_many("{count} site", "{count} sites", count)
            label = TextLabel(keeper, f"{said}: {sites}", Style.SECONDARY, "text2", self, wrap=True)
            column.addWidget(label)
        if session.state is SessionState.CORRECTED:
            for told in correction_lines(session, catalogues):
                column.addWidget(TextLabel(keeper, told, Style.SECONDARY, "text2", self, wrap=True))
        if session.details.come_on is not None:
            told = translate("Come on {day}").format(day=day_words(session.details.come_on))
            column.addWidget(TextLabel(keeper, told, Style.SECONDARY, "text2", self))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the injection."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit(self.session_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the injection."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & _ANY_HELD:
            self.opened.emit(self.session_id)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring away."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the swatch, and the ring."""
        keeper, painter = self.keeper, QPainter(self)
        side = keeper.px(9)
        spot = QRect(keeper.px(5), self._dose.geometry().center().y() - side // 2, side, side)
        painting.box(painter, spot, keeper.px(2), fill=keeper.colour(self._ink))
        if self.hasFocus():
            painting.focus_ring(painter, keeper, self.rect(), keeper.px(5))


class CycleCard(Card):
    """One cycle: the visit with its doses, its photographs, and what followed."""

    finalise_asked = Signal(object)
    correct_asked = Signal(int)
    external_asked = Signal(int)
    picture_chosen = Signal(int)
    session_opened = Signal(int)

    def __init__(
        self,
        context: UiContext,
        thumbnails: Thumbnails,
        cycle: Cycle,
        today: date,
        parent: QWidget,
        *,
        several: bool = False,
    ) -> None:
        """``several``: the patient has several diagnoses; each injection says which one it is of."""
        super().__init__(context.theme, parent)
        self._context = context
        self.cycle = cycle
        self._several = several or len(cycle.given) > 1
        keeper = context.theme
        column = QVBoxLayout(self)
        column.setContentsMargins(keeper.px(16), keeper.px(10), keeper.px(16), keeper.px(12))
        column.setSpacing(keeper.px(6))
        head = QHBoxLayout()
        head.setSpacing(keeper.px(8))
        title = self._title()
        head.addWidget(TextLabel(keeper, title, Style.SECTION, "text", self))
        if cycle.day is not None:
            since = since_words(cycle.day, today)
            said = since if cycle.day >= today else translate("{time} ago").format(time=since)
            head.addWidget(TextLabel(keeper, said, Style.SECONDARY, "text2", self))
        if cycle.visit is not None and any(one.session.imported for one in cycle.given):
            head.addWidget(TextLabel(keeper, translate("from the register"), Style.SECONDARY, "text3", self))
        head.addStretch(1)
        waiting = cycle.to_finalise
        if waiting:
            words = state_words(SessionState.GIVEN)
            head.addWidget(StatusChip(keeper, Tone.DUE, words, icon="file-pen-line", parent=self))
            self.finalise = Button(keeper, translate("Finalise"), small=True, icon="check", parent=self)
            self.finalise.setAccessibleName(translate("Finalise {title}").format(title=title))
            self.finalise.clicked.connect(lambda: self.finalise_asked.emit(waiting))
            keep_to_roles(context, self.finalise, Action.SIGN_INJECTION)
            head.addWidget(self.finalise)
        column.addLayout(head)
        self.lines: list[DoseLine] = []
        for given in cycle.given:
            line = DoseLine(context, given, name=self._several)
            session_id = given.session.id
            line.correct.clicked.connect(lambda _=False, session_id=session_id: self.correct_asked.emit(session_id))
            line.opened.connect(self.session_opened)
            self.lines.append(line)
            column.addWidget(line)
        about = self._about()
        if about:
            column.addWidget(TextLabel(keeper, about, Style.SECONDARY, "text2", self, wrap=True))
        if cycle.pictures:
            row = ThumbRow(context, thumbnails, cycle.pictures)
            row.chosen.connect(self.picture_chosen)
            column.addSpacing(keeper.px(2))
            column.addWidget(row)
        for event in cycle.events:
            column.addWidget(self._event(event, today))
        self.setAccessibleName(title)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the injection of the visit, the first where there were several."""
        if self.lines and event.button() == Qt.MouseButton.LeftButton:
            self.session_opened.emit(self.lines[0].session_id)

    def _title(self) -> str:
        cycle = self.cycle
        if cycle.kind is CycleKind.AHEAD:
            return translate("Booked")
        if cycle.kind is CycleKind.UNDATED:
            return translate("Photos without a sure date")
        if cycle.kind is CycleKind.BEFORE_ANY or cycle.day is None:
            return translate("Before the first injection here")
        day = day_words(cycle.day)
        if len(cycle.given) != 1 or self._several:
            return translate("Visit · {day}").format(day=day)
        given = cycle.given[0]
        if given.session.details.kind is SessionKind.TOUCH_UP:
            return translate("Touch-up · {day}").format(day=day)
        number = given.injected.number if given.injected is not None else 1
        return translate("Injection {number} · {day}").format(number=number, day=day)

    def _about(self) -> str:
        visit = self.cycle.visit
        if visit is None:
            return ""
        parts = [visit.injector]
        if visit.batch:
            parts.append(translate("batch {number}").format(number=visit.batch))
        parts += self._dilutions()
        if visit.reason:
            told = translate("given early or above a limit: {reason} ({doctor})")
            parts.append(told.format(reason=visit.reason, doctor=visit.decided_by))
        parts.append(visit.notes)
        return " · ".join(part for part in parts if part)

    def _dilutions(self) -> list[str]:
        """In how much each product was diluted; the product is named where the visit had several."""
        found = dict.fromkeys(
            (one.session.details.product, one.session.details.dilution_ml) for one in self.cycle.given
        )
        named = len({product for product, _ in found}) > 1
        said = []
        for product, volume in found:
            if volume:
                words = translate("{product} diluted in {volume} mL") if named else translate("diluted in {volume} mL")
                name = product_words(product, self._context.catalogues)
                said.append(words.format(product=name, volume=f"{volume.normalize():f}"))
        return said

    def _event(self, event: Event, today: date) -> QWidget:
        context, subject = self._context, event.subject
        when = short_day(event.at.date(), today)
        icon, words, detail, ink = event_words(event, context.catalogues)
        line = EventLine(context, icon, words, detail, when, ink)
        if not isinstance(subject, ExternalToxin):
            return line
        holder = QWidget(self)
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(line, 1)
        edit = LinkButton(context.theme, translate("Edit…"), holder)
        edit.clicked.connect(lambda: self.external_asked.emit(subject.id))
        keep_to_roles(context, edit, Action.EDIT_RECORD)
        row.addWidget(edit)
        return holder


def event_words(event: Event, catalogues: Catalogues) -> tuple[str, str, str, str]:
    """Drawing, words, detail and ink of an entry."""
    subject = event.subject
    of_case = diagnosis_words(catalogues, event.summary.case) if event.summary is not None else ""
    if isinstance(subject, ContactAttempt):
        detail = " · ".join(part for part in (subject.spoke_to, subject.note, subject.by) if part)
        return call_icon(subject.outcome), attempt_words(subject.outcome), detail, "text2"
    if isinstance(subject, Appointment):
        words = translate("Booking {place}: {status}").format(
            place=place_words(subject), status=booking_words(subject.status)
        )
        icon = "calendar-check" if subject.status.live else "calendar-x"
        detail = " · ".join(part for part in (of_case, subject.note) if part)
        return icon, words, detail, "booked.fg" if subject.status.live else "text2"
    if isinstance(subject, ExternalToxin):
        words = elsewhere_line(subject.details, catalogues)
        return "syringe", words, " · ".join(part for part in (subject.details.where, of_case) if part), "due.fg"
    if isinstance(subject, Hold):
        words = translate("On hold until {day}").format(day=day_words(subject.until))
        ended = "" if subject.ended_on is None else translate("ended {day}").format(day=day_words(subject.ended_on))
        return "circle-pause", words, " · ".join(part for part in (of_case, subject.reason, ended) if part), "text2"
    if isinstance(subject, Stop):
        words = translate("Stopped: {reason}").format(reason=stop_words(subject.reason))
        ended = (
            "" if subject.ended_on is None else translate("taken back {day}").format(day=day_words(subject.ended_on))
        )
        return "phone-off", words, " · ".join(part for part in (of_case, subject.note, ended) if part), "text2"
    words = translate("Void: {dose}").format(dose=dose_line(subject, catalogues))
    return "x", words, " · ".join(part for part in (of_case, subject.correction_reason) if part), "text2"


def picture_words(entry: PictureEntry, catalogues: Catalogues) -> tuple[str, str]:
    """The two lines under a photograph: its view, and where it stands between the injections."""
    view = catalogues.views.get(entry.picture.view or "")
    product = entry.phase.injection.product if entry.phase.injection is not None else None
    first, _ = phase_label(entry.phase, product_words(product, catalogues) if product else "")
    return (view.name if view is not None else translate("No view yet")), first


def short_words(entry: PictureEntry, words: tuple[str, str]) -> tuple[str, str]:
    """The same, shortened for a photograph that stands under its own injection."""
    if entry.phase.kind is PhaseKind.BEFORE:
        return words[0], translate("Before")
    return words


class TimelineTab(QScrollArea):
    """Next injection, strip, and the cycles; the newest ten first, older ones on request."""

    finalise_asked = Signal(object)
    correct_asked = Signal(int)
    external_asked = Signal(int)
    picture_chosen = Signal(int)
    menu_asked = Signal(int, object)
    decide_asked = Signal(int)
    record_asked = Signal()
    diagnosis_asked = Signal()
    session_opened = Signal(int)

    def __init__(self, context: UiContext, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._thumbnails = thumbnails
        keeper = context.theme
        self.setProperty("kind", "plain")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(translate("Timeline"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAutoFillBackground(False)
        inside = self._inside = QWidget()
        inside.setAutoFillBackground(False)
        self._column = QVBoxLayout(inside)
        self.next = NextCard(context, inside)
        self.next.menu_asked.connect(self.menu_asked)
        self.next.decide_asked.connect(self.decide_asked)
        self._strip_card = Card(keeper, inside)
        strip_box = QVBoxLayout(self._strip_card)
        strip_box.setContentsMargins(keeper.px(10), keeper.px(8), keeper.px(10), keeper.px(4))
        self.strip = CycleStrip(context, self._strip_card)
        self.strip.day_chosen.connect(self._show_day)
        self.strip.session_opened.connect(self.session_opened)
        strip_box.addWidget(self.strip)
        self._empty = EmptyState(keeper, "syringe", "", "")
        self._empty.acted.connect(self._act_on_empty)
        self._gate = RoleGate(context, self._empty.button, Action.DRAFT_INJECTION)
        self._older = Button(keeper, "", parent=inside)
        self._older.clicked.connect(self._show_older)
        self._column.addWidget(self.next)
        self._column.addWidget(self._strip_card)
        self._column.addWidget(self._empty)
        self._column.addWidget(self._older, 0, Qt.AlignmentFlag.AlignHCenter)
        self._column.addStretch(1)
        self.setWidget(inside)
        inside.setAutoFillBackground(False)
        self.cards: list[CycleCard] = []
        self._cycles: tuple[Cycle, ...] = ()
        self._shown = SHOWN_AT_FIRST
        self._page: CasePage | None = None
        keeper.changed.connect(self._restyle)
        self._restyle()

    def show_page(self, page: CasePage) -> None:
        """Show a patient; the place stays when it is the same patient."""
        same = self._page is not None and self._page.patient.id == page.patient.id
        place = self.verticalScrollBar().value() if same else 0
        self._page = page
        if not same:
            self._shown = SHOWN_AT_FIRST
        self._cycles = cycles_of(page)
        self.next.show_page(page)
        names = {one.case.id: diagnosis_words(self._context.catalogues, one.case) for one in page.cases}
        strip = strip_of(page, names)
        self.strip.show_strip(strip)
        self._strip_card.setVisible(bool(strip.bars or strip.pictures))
        self._gate.bind(Action.DRAFT_INJECTION if page.cases else Action.EDIT_RECORD)
        if not page.cases:
            self._empty.show_words(
                translate("No diagnosis yet."),
                translate("Add diagnosis"),
                icon="clipboard-list",
                detail=translate("Injections, calls and the next date belong to a diagnosis."),
            )
        else:
            self._empty.show_words(translate("No injection yet."), translate("Record injection"), icon="syringe")
        self._empty.setVisible(not self._cycles)
        self._build()
        if place:
            QTimer.singleShot(0, self, lambda: self.verticalScrollBar().setValue(place))
        else:
            self.verticalScrollBar().setValue(0)

    def forget(self) -> None:
        """Show nobody."""
        self._page = None
        self._cycles = ()
        self.strip.forget()
        self._build()

    def _build(self) -> None:
        for card in self.cards:
            card.hide()
            card.deleteLater()
        self.cards = []
        if self._page is not None:
            for cycle in self._cycles[: self._shown]:
                several = len(self._page.cases) > 1
                card = CycleCard(
                    self._context, self._thumbnails, cycle, self._page.today, self._inside, several=several
                )
                card.finalise_asked.connect(self.finalise_asked)
                card.correct_asked.connect(self.correct_asked)
                card.external_asked.connect(self.external_asked)
                card.picture_chosen.connect(self.picture_chosen)
                card.session_opened.connect(self.session_opened)
                self.cards.append(card)
                self._column.insertWidget(self._column.indexOf(self._older), card)
        left = len(self._cycles) - self._shown
        self._older.setVisible(left > 0)
        self._older.setText(translate_many("Show {count} older", "Show {count} older", max(left, 0)))

    def _show_older(self) -> None:
        place = self.verticalScrollBar().value()
        self._shown = len(self._cycles)
        self._build()
        QTimer.singleShot(0, self, lambda: self.verticalScrollBar().setValue(place))

    def show_session(self, session_id: int) -> None:
        """Bring an injection into sight and give it the keyboard."""
        if not any(line.session_id == session_id for card in self.cards for line in card.lines):
            self._show_older()
        for card in self.cards:
            for line in card.lines:
                if line.session_id == session_id:
                    line.setFocus(Qt.FocusReason.OtherFocusReason)
                    QTimer.singleShot(0, card, lambda card=card: self.ensureWidgetVisible(card, 0, 20))
                    return

    def _show_day(self, day: date) -> None:
        if not any(card.cycle.day == day for card in self.cards):
            self._show_older()
        for card in self.cards:
            if card.cycle.day == day or any(
                isinstance(event.subject, ExternalToxin) and event.at.date() == day for event in card.cycle.events
            ):
                QTimer.singleShot(0, card, lambda card=card: self.ensureWidgetVisible(card, 0, 20))
                return

    def _act_on_empty(self) -> None:
        if self._page is not None and self._page.cases:
            self.record_asked.emit()
        else:
            self.diagnosis_asked.emit()

    def _restyle(self) -> None:
        measures = self._context.theme.measures
        side = measures.margin_side
        self._column.setContentsMargins(side, measures.block_gap, side, measures.margin_bottom)
        self._column.setSpacing(measures.block_gap)
