"""What the call list is narrowed to and how it is laid out: drop-downs, and a removable chip for each that is on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QActionGroup, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QWidget

from clinic_app.domain.calendar import add_months
from clinic_app.domain.call_list import Grouping, ListShape
from clinic_app.domain.catalogues import Condition
from clinic_app.domain.schedule import DrugSupply, Flag, FollowUpStatus
from clinic_app.domain.schedule_filter import LONGEST_WORDS, NOT_CALLED_DAYS, TRIED_OFTEN, CallListFilter
from clinic_app.ui.context import UiContext
from clinic_app.ui.schedule.list_choices import ListChoices
from clinic_app.ui.schedule.saved_views import fill_views
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets import Button, ElidedLabel, FilterChip, FlowLayout, Kind, SearchField
from clinic_app.ui.widgets.drop_names import name_drops
from clinic_app.ui.widgets.menu_place import pop_under
from clinic_app.ui.widgets.themed import Themed
from clinic_app.wording.calendar import short_weekday_day
from clinic_app.wording.call_list import grouping_name, sort_words
from clinic_app.wording.cases import condition_lines
from clinic_app.wording.dates import day
from clinic_app.wording.forecast import visit_span_words
from clinic_app.wording.language import translate
from clinic_app.wording.schedule import drug_words, flag_words, status_name

TYPED_FOR = 120
"""Milliseconds after the last letter before the list is narrowed by it."""
DRUGS_ASKED = (DrugSupply.NONE, DrugSupply.SCHEME_AWAITED, DrugSupply.UNKNOWN)
Choice = tuple[str, str]


class FilterBar(Themed):
    """Chips of what is on at the left (else the number of diagnoses), drop-downs at the right.

    ``changed`` brings the ``CallListFilter``; ``tile_removed`` comes when the filter of a tile is to go too. ``left``:
    the quick filter is done with, the rows get the keyboard.
    """

    changed = Signal(object)
    tile_removed = Signal()
    left = Signal()
    columns_wanted = Signal()

    def __init__(self, context: UiContext, choices: ListChoices, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, parent)
        self._context = context
        self._choices = choices
        self.filter = CallListFilter()
        self._injectors: tuple[str, ...] = ()
        self._villages: tuple[str, ...] = ()
        self._languages: tuple[str, ...] = ()
        self._tile = ""
        self._chips: list[FilterChip] = []
        self._drops: list[tuple[Button, str]] = []
        keeper = context.theme
        self.quick = SearchField(
            keeper, translate("Name, phone or ID"), name=translate("Quick filter of the list"), key="", parent=self
        )
        self.quick.line.setMaxLength(LONGEST_WORDS)
        self.quick.setMaximumWidth(keeper.px(220))
        self.quick.hide()
        self._typed = QTimer(self)
        self._typed.setSingleShot(True)
        self._typed.setInterval(TYPED_FOR)
        self._typed.timeout.connect(self._take_words)
        self.quick.edited.connect(lambda _: self._typed.start())
        self.quick.accepted.connect(lambda _: self._leave_quick())
        self.quick.stepped.connect(lambda _: self._leave_quick())
        self.quick.left.connect(self._leave_quick)
        self._total = ElidedLabel(keeper, "", Style.BODY, "text2", self)
        self._chip_box = QWidget(self)
        self._flow = FlowLayout(self._chip_box, gap=6)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._chip_box.setSizePolicy(policy)
        self._chip_box.hide()
        self.views = self._plain_drop(translate("Views"), self._fill_views)
        self.diagnosis = self._drop(translate("Diagnosis"), self._fill_diagnosis)
        self.doctor = self._drop(translate("Doctor"), self._fill_doctor)
        self.product = self._drop(translate("Product"), self._fill_product)
        self.more = self._plain_drop(translate("Filter"), self._fill_more)
        self.more.setAccessibleName(translate("Every filter"))
        self.group = self._plain_drop(translate("Group"), self._fill_group)
        self.columns = Button(keeper, translate("Columns"), kind=Kind.GHOST, parent=self)
        self.columns.clicked.connect(self.columns_wanted)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(keeper.px(2))
        row.addWidget(self.quick)
        row.addWidget(self._total, 1)
        row.addWidget(self._chip_box, 1)
        for button in (self.views, self.diagnosis, self.doctor, self.product, self.more, self.group, self.columns):
            row.addWidget(button)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        choices.changed.connect(self._show_chips)

    @property
    def narrows(self) -> bool:
        """Whether any filter is on, the tile's included."""
        return self.filter.narrows or bool(self._tile)

    def show_total(self, words: str) -> None:
        """Say how many there are."""
        self._total.setText(words)
        self._name_drops()

    def show_injectors(self, names: Sequence[str]) -> None:
        """The doctors to choose from."""
        self._injectors = tuple(names)

    def show_places(self, villages: Sequence[str], languages: Sequence[str]) -> None:
        """The villages and languages to choose from."""
        self._villages, self._languages = tuple(villages), tuple(languages)

    def forget(self) -> None:
        """Nothing of a patient stays: what was typed, villages, doctors."""
        self._typed.stop()
        self.quick.line.clear()
        self.quick.hide()
        self._typed.stop()
        self._injectors, self._villages, self._languages = (), (), ()
        if self.filter.words:
            narrow = replace(self.filter, words="")
            self.filter = replace(narrow, keep_called=narrow.narrows)
        self._show_chips()

    def type_words(self) -> None:
        """Begin to type the quick filter."""
        self.quick.show()
        self.quick.line.setText(self.filter.words)
        self.quick.line.selectAll()
        self.quick.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._show_chips()

    def _take_words(self) -> None:
        self._set(replace(self.filter, words=" ".join(self.quick.words.split())))

    def _leave_quick(self) -> None:
        self._typed.stop()
        self._take_words()
        self.quick.hide()
        self._show_chips()
        self.left.emit()

    def show_tile(self, words: str) -> None:
        """A tile filters too: show it among the chips; empty for none."""
        self._tile = words
        self._show_chips()

    def take(self, wanted: CallListFilter) -> None:
        """Narrow to something chosen elsewhere."""
        self._set(wanted)

    def clear(self) -> None:
        """Take all filters off."""
        tile, self._tile = self._tile, ""
        self._typed.stop()
        if self.quick.words:
            self.quick.line.clear()
            self._typed.stop()
        self._set(CallListFilter())
        if tile:
            self.tile_removed.emit()

    def sizeHint(self) -> QSize:
        """One control high."""
        return QSize(super().sizeHint().width(), self.keeper.measures.control)

    def _drop(self, name: str, fill: Callable[[QMenu], None]) -> Button:
        button = Button(self.keeper, "", kind=Kind.GHOST, drop=True, parent=self)
        menu = QMenu(name, button)

        def drop() -> None:
            fill(menu)
            pop_under(menu, button)

        button.clicked.connect(drop)
        self._drops.append((button, name))
        button.setText(translate("{name}: all").format(name=name))
        button.setAccessibleName(translate("Filter by {name}").format(name=name.lower()))
        return button

    def _plain_drop(self, name: str, fill: Callable[[QMenu], None]) -> Button:
        button = Button(self.keeper, name, kind=Kind.GHOST, drop=True, parent=self)
        menu = QMenu(name, button)

        def drop() -> None:
            menu.clear()
            fill(menu)
            pop_under(menu, button)

        button.clicked.connect(drop)
        return button

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Names of drop-downs are said in one word where the number of diagnoses would be cut."""
        super().resizeEvent(event)
        self._name_drops()

    def _name_drops(self) -> None:
        """The three usual filters have a drop-down of their own where there is room; *Filter* has them all."""
        beside = [self._total, self.views, self.more, self.group, self.columns]
        beside += [self._chip_box] if self._chips else []
        beside += [self.quick] if self.quick.isVisibleTo(self) else []
        taken = sum(widget.sizeHint().width() for widget in beside)
        gaps = self._row.spacing() * (len(beside) + len(self._drops))
        room = self.width() - taken - gaps
        name_drops(self._drops, room)
        fits = sum(button.sizeHint().width() for button, _ in self._drops) <= room
        for button, _ in self._drops:
            button.setVisible(fits)

    def _fill(self, menu: QMenu, choices: Sequence[Choice], chosen: str, take: Callable[[str], None]) -> None:
        menu.clear()
        group = QActionGroup(menu)
        for code, words in (("", translate("All")), *choices):
            action = menu.addAction(words.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(code == chosen)
            group.addAction(action)
            action.triggered.connect(lambda _=False, code=code: take(code))

    def _fill_diagnosis(self, menu: QMenu) -> None:
        if self._context.open:
            found = [(code, _condition_words(one)) for code, one in self._context.catalogues.conditions.items()]
            self._fill(menu, sorted(found, key=lambda item: item[1]), self.filter.condition, self._take_condition)

    def _fill_doctor(self, menu: QMenu) -> None:
        self._fill(menu, [(name, name) for name in self._injectors], self.filter.injector, self._take_injector)

    def _fill_product(self, menu: QMenu) -> None:
        if self._context.open:
            found = [(code, one.brand) for code, one in self._context.catalogues.products.items()]
            self._fill(menu, sorted(found, key=lambda item: item[1]), self.filter.product, self._take_product)

    def _take_condition(self, code: str) -> None:
        self._set(replace(self.filter, condition=code))

    def _take_injector(self, name: str) -> None:
        self._set(replace(self.filter, injector=name))

    def _take_product(self, code: str) -> None:
        self._set(replace(self.filter, product=code))

    def _fill_views(self, menu: QMenu) -> None:
        fill_views(self.keeper, menu, self._choices, self.filter, self.take_view, self.views)

    def take_view(self, narrow: CallListFilter, shape: ListShape) -> None:
        """Look at the list through a view."""
        if self._tile:
            self._remove_tile()
        self._choices.set_shape(shape)
        self._set(narrow)

    def _fill_group(self, menu: QMenu) -> None:
        shape = self._choices.shape
        group = QActionGroup(menu)
        for one in Grouping:
            action = menu.addAction(grouping_name(one))
            action.setCheckable(True)
            action.setChecked(one is shape.grouping)
            group.addAction(action)
            action.triggered.connect(lambda _=False, one=one: self._choices.set_shape(replace(shape, grouping=one)))
        menu.addSeparator()
        urgent = menu.addAction(translate("Order by urgency"), lambda: self._choices.set_shape(replace(shape, sort=())))
        urgent.setCheckable(True)
        urgent.setChecked(not shape.sort)

    def _fill_more(self, menu: QMenu) -> None:
        now = self.filter
        if not self._context.open:
            return
        quick = menu.addAction(translate("Name, phone or ID…") + "\t/", self.type_words)
        quick.setEnabled(self._context.open)
        menu.addSeparator()
        for name, fill in (
            (translate("Diagnosis"), self._fill_diagnosis),
            (translate("Doctor"), self._fill_doctor),
            (translate("Product"), self._fill_product),
        ):
            fill(menu.addMenu(name))
        villages = [(name, name) for name in self._villages]
        self._fill(menu.addMenu(translate("Village")), villages, now.village, self._take_village)
        languages = [(name, name) for name in self._languages]
        self._fill(menu.addMenu(translate("Language")), languages, now.language, self._take_language)
        drugs = [(one.value, drug_words(one)) for one in DRUGS_ASKED]
        self._fill(
            menu.addMenu(translate("Drug of the next visit")),
            drugs,
            now.drug.value if now.drug else "",
            lambda code: self._set(replace(self.filter, drug=DrugSupply(code) if code else None)),
        )
        flags = [(one.value, flag_words(one)) for one in Flag]
        self._fill(
            menu.addMenu(translate("Flag")),
            flags,
            now.flag.value if now.flag else "",
            lambda code: self._set(replace(self.filter, flag=Flag(code) if code else None)),
        )
        ends = {code: (words, last) for code, words, last in due_ends(self._context.today())}
        self._fill(
            menu.addMenu(translate("Due until")),
            [
                (code, f"{words}, {short_weekday_day(last, self._context.today())}")
                for code, (words, last) in ends.items()
            ],
            next(
                (code for code, (_, last) in ends.items() if last == now.closes_by),
                "" if now.closes_by is None else "-",
            ),
            lambda code: self._set(replace(self.filter, closes_by=ends[code][1] if code else None)),
        )
        statuses = menu.addMenu(translate("Status"))
        for one in FollowUpStatus:
            action = statuses.addAction(status_name(one))
            action.setCheckable(True)
            action.setChecked(one in now.statuses)
            action.triggered.connect(lambda _=False, one=one: self._toggle_status(one))
        menu.addSeparator()
        for words, on, act in (
            (translate("Call again today or earlier"), now.call_back, self._toggle_call_back),
            (translate("Not called in 7 days"), now.not_called_since is not None, self._toggle_not_called),
            (translate("Tried 3 times or more"), bool(now.tried), self._toggle_tried),
            (translate("On the waiting list"), now.waits, self._toggle_waits),
        ):
            action = menu.addAction(words)
            action.setCheckable(True)
            action.setChecked(on)
            action.triggered.connect(lambda _=False, act=act: act())
        menu.addSeparator()
        menu.addAction(translate("Clear filters") + "\tEsc Esc", self.clear).setEnabled(self.narrows)

    def _take_village(self, name: str) -> None:
        self._set(replace(self.filter, village=name))

    def _take_language(self, name: str) -> None:
        self._set(replace(self.filter, language=name))

    def _toggle_status(self, status: FollowUpStatus) -> None:
        self._set(replace(self.filter, statuses=self.filter.statuses ^ {status}))

    def _toggle_call_back(self) -> None:
        self._set(replace(self.filter, call_back=not self.filter.call_back))

    def _toggle_waits(self) -> None:
        self._set(replace(self.filter, waits=not self.filter.waits))

    def _toggle_tried(self) -> None:
        self._set(replace(self.filter, tried=0 if self.filter.tried else TRIED_OFTEN))

    def _toggle_not_called(self, *, off: bool = False) -> None:
        if off or self.filter.not_called_since is not None or not self._context.open:
            self._set(replace(self.filter, not_called_since=None))
        else:
            since = self._context.today() - timedelta(days=NOT_CALLED_DAYS - 1)
            self._set(replace(self.filter, not_called_since=since))

    @property
    def words(self) -> tuple[str, ...]:
        """What the list is narrowed to, as its chips say it."""
        return tuple(chip.text() for chip in self._chips)

    def _set(self, wanted: CallListFilter) -> None:
        wanted = replace(wanted, keep_called=wanted.narrows)
        if wanted != self.filter:
            self.filter = wanted
            self.changed.emit(wanted)
        self._show_chips()

    def _show_chips(self) -> None:
        wanted = self.filter
        for old in self._chips:
            self._flow.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._chips = []
        if self._tile:
            self._add_chip(self._tile, self._remove_tile)
        if wanted.condition and self._context.open:
            known = self._context.catalogues.conditions.get(wanted.condition)
            self._add_chip(_condition_words(known) if known else wanted.condition, lambda: self._take_condition(""))
        if wanted.injector:
            self._add_chip(wanted.injector, lambda: self._take_injector(""))
        if wanted.product and self._context.open:
            product = self._context.catalogues.products.get(wanted.product)
            self._add_chip(product.brand if product else wanted.product, lambda: self._take_product(""))
        if wanted.not_called_since is not None:
            self._add_chip(translate("Not called in 7 days"), lambda: self._toggle_not_called(off=True))
        if wanted.visits is not None:
            self._add_chip(visit_span_words(wanted.visits), lambda: self._set(replace(self.filter, visits=None)))
        self._add_further_chips(wanted)
        self._chip_box.setVisible(bool(self._chips))
        self._row.setStretch(self._row.indexOf(self._total), 0 if self._chips else 1)
        self._chip_box.setMinimumHeight(self.keeper.px(24))
        self._chip_box.updateGeometry()
        self._name_drops()

    def _add_further_chips(self, wanted: CallListFilter) -> None:
        if wanted.closes_by is not None:
            self._add_chip(
                translate("Due until {day}").format(day=day(wanted.closes_by)),
                lambda: self._set(replace(self.filter, closes_by=None)),
            )
        if wanted.village:
            self._add_chip(wanted.village, lambda: self._take_village(""))
        if wanted.language:
            self._add_chip(wanted.language, lambda: self._take_language(""))
        if wanted.drug is not None:
            self._add_chip(drug_words(wanted.drug), lambda: self._set(replace(self.filter, drug=None)))
        if wanted.flag is not None:
            self._add_chip(flag_words(wanted.flag), lambda: self._set(replace(self.filter, flag=None)))
        for status in FollowUpStatus:
            if status in wanted.statuses:
                self._add_chip(status_name(status), partial(self._toggle_status, status))
        if wanted.call_back:
            self._add_chip(translate("Call again today or earlier"), self._toggle_call_back)
        if wanted.tried:
            self._add_chip(translate("Tried {count} times or more").format(count=wanted.tried), self._toggle_tried)
        if wanted.waits:
            self._add_chip(translate("On the waiting list"), self._toggle_waits)
        if wanted.words and not self.quick.isVisibleTo(self):
            self._add_chip(f"“{wanted.words}”", self._drop_words)
        shape = self._choices.shape
        if shape.sort:
            self._add_chip(sort_words(shape), lambda: self._choices.set_shape(replace(self._choices.shape, sort=())))

    def _drop_words(self) -> None:
        self.quick.line.clear()
        self._typed.stop()
        self._set(replace(self.filter, words=""))

    def _add_chip(self, words: str, remove: Callable[[], None]) -> None:
        chip = FilterChip(self.keeper, words, translate("Remove filter: {name}").format(name=words), self._chip_box)
        chip.removed.connect(remove)
        chip.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._chips.append(chip)
        self._flow.addWidget(chip)
        chip.show()

    def _remove_tile(self) -> None:
        self._tile = ""
        self._show_chips()
        self.tile_removed.emit()


def due_ends(today: date) -> tuple[tuple[str, str, date], ...]:
    """(code, words, last day) of the times by whose end somebody may be due: who is overdue is with them."""
    sunday = today + timedelta(days=6 - today.weekday())
    return (
        ("week", translate("This week"), sunday),
        ("next_week", translate("Next week"), sunday + timedelta(days=7)),
        ("month", translate("This month"), add_months(today.replace(day=1), 1) - timedelta(days=1)),
    )


def _condition_words(condition: Condition) -> str:
    """``Cervical dystonia, laterocollis``: several share a name."""
    return ", ".join(part for part in condition_lines(condition, None, "") if part)
