"""Beside the photographs: the views of the set with their keys, the date, and the other patient."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from clinic_app.domain.catalogues import ViewSet
from clinic_app.domain.date_entry import Toward
from clinic_app.domain.pictures import Picture
from clinic_app.ui.pictures.sittings import CERTAINTY_LOOKS, notes_of
from clinic_app.ui.theme import Style, ThemeKeeper, Tone
from clinic_app.ui.widgets import Button, DateField, Kind, Plane, Remark, Rule, StatusChip, TextLabel
from clinic_app.wording.dates import day as day_words
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.pictures import certainty_words

WIDTH = 288


class TagPanel(Plane):
    """What is said of the chosen photographs; everything it does is asked of its owner."""

    view_asked = Signal(str)
    set_changed = Signal(int)
    date_asked = Signal(object, bool)
    """(day, known to be after that day's injection)."""
    move_asked = Signal()

    def __init__(self, keeper: ThemeKeeper, today: Callable[[], date], parent: QWidget | None = None) -> None:
        super().__init__(keeper, "surface", parent, edge=Qt.Edge.LeftEdge)
        self._injected: frozenset[date] = frozenset()
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self.chosen = TextLabel(keeper, "", Style.SECTION, "text", inside)
        self.file = TextLabel(keeper, "", Style.SECONDARY, "text2", inside, wrap=True)
        self.notes = Remark(keeper, inside)
        self._column.addWidget(self.chosen)
        self._column.addWidget(self.file)
        self._column.addWidget(self.notes)
        self._column.addWidget(Rule(keeper, inside))
        self.sets = QComboBox(inside)
        self.sets.setAccessibleName(translate("Set of views"))
        self.sets.setToolTip(translate("Set of views (Ctrl+PgUp, Ctrl+PgDn)"))
        self.sets.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.sets.activated.connect(self.set_changed)
        self._column.addWidget(self.sets)
        self._views = QVBoxLayout()
        self._column.addLayout(self._views)
        hint = translate("A key tags and goes on. Shift and the key tags all chosen. Delete takes a tag away.")
        self._column.addWidget(TextLabel(keeper, hint, Style.CAPTION, "text3", inside, wrap=True))
        self._column.addWidget(Rule(keeper, inside))
        head = QHBoxLayout()
        head.addWidget(TextLabel(keeper, translate("Taken on"), Style.SECTION_SMALL, "text", inside), 1)
        self.certainty = StatusChip(keeper, Tone.NOT_DUE, "", parent=inside)
        head.addWidget(self.certainty)
        self._column.addLayout(head)
        self.day = DateField(keeper, today, name="day", toward=Toward.PAST, parent=inside)
        self.day.line.setAccessibleName(translate("Taken on"))
        self.day.edited.connect(self._day_edited)
        self.day.line.returnPressed.connect(self._ask_date)
        self._column.addWidget(self.day)
        self.after = QCheckBox(translate("After that day’s injection"), inside)
        self._column.addWidget(self.after)
        self.problem = Remark(keeper, inside)
        self._column.addWidget(self.problem)
        self.date_button = Button(keeper, translate("Set the date"), icon="calendar-check", parent=inside)
        self.date_button.clicked.connect(self._ask_date)
        self._column.addWidget(self.date_button)
        self._column.addWidget(Rule(keeper, inside))
        self.move_button = Button(
            keeper, translate("Move to another patient…"), kind=Kind.GHOST, icon="user-round-x", parent=inside
        )
        self.move_button.clicked.connect(self.move_asked)
        self._column.addWidget(self.move_button)
        self._column.addStretch(1)
        scroll = QScrollArea(self)
        scroll.setProperty("kind", "plain")
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.viewport().setAutoFillBackground(False)
        scroll.setWidget(inside)
        inside.setAutoFillBackground(False)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 0, 0, 0)
        outer.addWidget(scroll)
        self._buttons: dict[str, Button] = {}
        self.restyle()

    def restyle(self) -> None:
        """Take measures anew."""
        px = self.keeper.px
        self.setFixedWidth(px(WIDTH))
        self._column.setContentsMargins(px(16), px(12), px(16), px(12))
        self._column.setSpacing(px(8))
        self._views.setSpacing(px(3))
        super().restyle()

    def show_sets(self, sets: Sequence[ViewSet], place: int) -> None:
        """Offer these sets."""
        self.sets.clear()
        for one in sets:
            self.sets.addItem(one.name, one.code)
        self.sets.setCurrentIndex(place)

    def show_views(self, views: ViewSet, names: dict[str, str]) -> None:
        """Show the views of the set in use."""
        if tuple(self._buttons) == views.views:
            return
        for button in self._buttons.values():
            button.hide()
            button.deleteLater()
        self._buttons = {}
        for code, key in zip(views.views, views.keys, strict=True):
            button = Button(
                self.keeper, names[code], key=key.upper(), small=True, align=Qt.AlignmentFlag.AlignLeft, parent=self
            )
            button.setAccessibleName(translate("{view}, key {key}").format(view=names[code], key=key.upper()))
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, code=code: self.view_asked.emit(code))
            self._buttons[code] = button
            self._views.addWidget(button)

    def view_button(self, view: str) -> Button:
        """The button of a view of the set in use."""
        return self._buttons[view]

    def show_injections(self, days: Collection[date]) -> None:
        """The days on which the patient was injected: only there the box for "after" makes sense."""
        self._injected = frozenset(days)
        self._day_edited()

    def show_chosen(self, pictures: Sequence[Picture]) -> None:
        """Say what is chosen: file, notes, view, date."""
        self.problem.show_words("")
        for button in self._buttons.values():
            button.setChecked(False)
        for part in (self.day, self.date_button, self.move_button, *self._buttons.values()):
            part.setEnabled(bool(pictures))
        if not pictures:
            self.chosen.setText(translate("No photo chosen"))
            self.file.setText("")
            self.notes.show_words("")
            self.certainty.hide()
            return
        first = pictures[0]
        several = len(pictures) > 1
        self.chosen.setText(
            translate_many("{count} photo chosen", "{count} photos chosen", len(pictures))
            if several
            else self.names_of_view(first)
        )
        self.file.setText("" if several else first.file_name)
        self.file.setVisible(not several)
        notes = list(dict.fromkeys(note for one in pictures for note in notes_of(one)))
        self.notes.show_words(" ".join(notes), "info", "text2")
        views = {one.view for one in pictures}
        if len(views) == 1 and first.view in self._buttons:
            self._buttons[first.view].setChecked(True)
        days = {one.taken.day for one in pictures}
        same = len(days) == 1 and len({one.taken.certainty for one in pictures}) == 1
        icon, word, tone = CERTAINTY_LOOKS[first.taken.certainty]
        self.certainty.show_status(tone, translate(word), icon=icon)
        self.certainty.setToolTip(certainty_words(first.taken.certainty))
        self.certainty.setVisible(same)
        self.day.set_day(first.taken.day if same else None)
        self.after.setChecked(all(one.known_after for one in pictures))
        self._day_edited()

    def names_of_view(self, picture: Picture) -> str:
        """The name of a photograph's view as its button says it."""
        found = self._buttons.get(picture.view or "")
        return found.text() if found is not None else translate("One photo")

    def ask_for_date(self) -> None:
        """Bring the keyboard to the date."""
        self.day.line.setFocus(Qt.FocusReason.OtherFocusReason)
        self.day.line.selectAll()

    def show_problem(self, sentence: str) -> None:
        """Why the date was not taken."""
        self.problem.show_words(sentence, "circle-alert", "danger")
        self.ask_for_date()

    def _day_edited(self) -> None:
        here = self.day.day in self._injected
        self.after.setVisible(here)
        if here and self.day.day is not None:
            self.after.setToolTip(translate("There was an injection on {day}.").format(day=day_words(self.day.day)))

    def _ask_date(self) -> None:
        if self.day.day is None:
            words = translate("Type the day on which it was taken, such as 12/1 or 12 Jan 2026.")
            self.show_problem("" if self.day.problem is not None else words)
            return
        self.date_asked.emit(self.day.day, self.after.isChecked() and self.day.day in self._injected)
