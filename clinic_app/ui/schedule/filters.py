"""What the call list is narrowed to: drop-downs, and a removable chip for each filter that is on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QActionGroup, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QWidget

from clinic_app.domain.catalogues import Condition
from clinic_app.domain.schedule_filter import CallListFilter
from clinic_app.ui.context import UiContext
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets import Button, ElidedLabel, FilterChip, FlowLayout, Kind
from clinic_app.ui.widgets.drop_names import name_drops
from clinic_app.ui.widgets.menu_place import pop_under
from clinic_app.ui.widgets.themed import Themed
from clinic_app.wording.cases import condition_lines
from clinic_app.wording.forecast import visit_span_words
from clinic_app.wording.language import translate

NOT_CALLED_DAYS = 7
Choice = tuple[str, str]


class FilterBar(Themed):
    """Chips of what is on at the left (else the number of diagnoses), drop-downs at the right.

    ``changed`` brings the ``CallListFilter``; ``cleared`` comes when the filter of a tile is to go too.
    """

    changed = Signal(object)
    tile_removed = Signal()

    def __init__(self, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, parent)
        self._context = context
        self.filter = CallListFilter()
        self._injectors: tuple[str, ...] = ()
        self._tile = ""
        self._chips: list[FilterChip] = []
        self._drops: list[tuple[Button, str]] = []
        keeper = context.theme
        self._total = ElidedLabel(keeper, "", Style.BODY, "text2", self)
        self._chip_box = QWidget(self)
        self._flow = FlowLayout(self._chip_box, gap=6)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._chip_box.setSizePolicy(policy)
        self._chip_box.hide()
        self.diagnosis = self._drop(translate("Diagnosis"), self._fill_diagnosis)
        self.doctor = self._drop(translate("Doctor"), self._fill_doctor)
        self.product = self._drop(translate("Product"), self._fill_product)
        self.not_called = Button(
            keeper,
            translate("Not called in 7 days"),
            kind=Kind.GHOST,
            tip=translate("Only those nobody called in the last 7 days"),
            parent=self,
        )
        self.not_called.setCheckable(True)
        self.not_called.clicked.connect(self._toggle_not_called)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(keeper.px(2))
        row.addWidget(self._total, 1)
        row.addWidget(self._chip_box, 1)
        for button in (self.diagnosis, self.doctor, self.product, self.not_called):
            row.addWidget(button)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

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

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Names of drop-downs are said in one word where the number of diagnoses would be cut."""
        super().resizeEvent(event)
        self._name_drops()

    def _name_drops(self) -> None:
        beside = [self._total, self.not_called, *([self._chip_box] if self._chips else [])]
        taken = sum(widget.sizeHint().width() for widget in beside)
        gaps = self._row.spacing() * (len(beside) + len(self._drops))
        name_drops(self._drops, self.width() - taken - gaps)

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
        if wanted != self.filter:
            self.filter = wanted
            self.changed.emit(wanted)
        self._show_chips()

    def _show_chips(self) -> None:
        wanted = self.filter
        self.not_called.setChecked(wanted.not_called_since is not None)
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
        self._chip_box.setVisible(bool(self._chips))
        self._row.setStretch(0, 0 if self._chips else 1)
        self._chip_box.setMinimumHeight(self.keeper.px(24))
        self._chip_box.updateGeometry()
        self._name_drops()

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


def _condition_words(condition: Condition) -> str:
    """``Cervical dystonia, laterocollis``: several share a name."""
    return ", ".join(part for part in condition_lines(condition, None, "") if part)
