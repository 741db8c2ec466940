"""Public holidays by country and region, to be ticked and added to the days the clinic is closed; none by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from clinic_app.domain.errors import ClinicError
from clinic_app.domain.public_holidays import PublicHoliday
from clinic_app.ui.context import UiContext
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets import Button, TextLabel
from clinic_app.ui.widgets.themed import Themed
from clinic_app.wording.dates import day as day_words
from clinic_app.wording.dates import weekday_name
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.sentences import sentence_of

DAY = Qt.ItemDataRole.UserRole
ROWS = 7


class HolidaysOffer(Themed):
    """A country, a region of it, and its holidays to come. ``taken`` brings the ticked days when they are wanted.

    ``closed`` answers the days that are closed already: they are listed as ticked.
    """

    taken = Signal(object)

    def __init__(self, context: UiContext, closed: Callable[[], Iterable[date]], parent: QWidget | None = None) -> None:
        keeper = context.theme
        super().__init__(keeper, parent)
        self._context = context
        self._closed = closed
        self.country = QComboBox(self)
        self.country.setAccessibleName(translate("Country"))
        self.region = QComboBox(self)
        self.region.setAccessibleName(translate("Region"))
        self.region.hide()
        self.days = QListWidget(self)
        self.days.setAccessibleName(translate("Public holidays"))
        self.days.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.days.setSpacing(keeper.px(2))
        self.days.setFixedHeight(ROWS * keeper.measures.control)
        self._note = TextLabel(keeper, "", Style.SECONDARY, "text2", self, wrap=True)
        self.add = Button(keeper, translate("Add the ticked days"), small=True, parent=self)
        self.add.setEnabled(False)
        row = QHBoxLayout()
        row.setSpacing(keeper.px(6))
        row.addWidget(self.country, 3)
        row.addWidget(self.region, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(keeper.px(6))
        column.addWidget(TextLabel(keeper, translate("Public holidays"), Style.SECTION, parent=self))
        column.addLayout(row)
        column.addWidget(self.days)
        column.addWidget(self._note)
        column.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        self.country.activated.connect(lambda _: self._read(anew=True))
        self.region.activated.connect(lambda _: self._read(anew=False))
        self.days.itemChanged.connect(lambda _: self._count())
        self.add.clicked.connect(lambda: self.taken.emit(self.ticked))
        context.tasks.ask(lambda s: s.settings.holiday_countries(), self._show_countries, owner=self)

    @property
    def ticked(self) -> frozenset[date]:
        """The days ticked in the list."""
        items = [self.days.item(row) for row in range(self.days.count())]
        return frozenset(item.data(DAY) for item in items if item.checkState() is Qt.CheckState.Checked)

    def choose(self, country: str) -> None:
        """Show the holidays of a country."""
        self.country.setCurrentIndex(max(0, self.country.findData(country)))
        self._read(anew=True)

    def _show_countries(self, codes: tuple[str, ...]) -> None:
        named = ((_country_name(code), code) for code in codes)
        for name, code in sorted(named, key=lambda one: one[0].casefold()):
            self.country.addItem(name, code)
        self.choose(QLocale.territoryToCode(QLocale().territory()))

    def _read(self, *, anew: bool) -> None:
        country = str(self.country.currentData() or "")
        region = "" if anew else str(self.region.currentData() or "")
        self._context.tasks.ask(
            lambda s: s.settings.holidays_offered(country, region),
            lambda found: self._show(found, anew=anew),
            owner=self,
            key="holidays",
            failed=self._unknown,
        )

    def _show(self, found: tuple[tuple[str, ...], tuple[PublicHoliday, ...]], *, anew: bool) -> None:
        regions, holidays = found
        if anew:
            self.region.clear()
            self.region.addItem(translate("Whole country"), "")
            for code in regions:
                self.region.addItem(code, code)
            self.region.setVisible(bool(regions))
        closed = frozenset(self._closed())
        self.days.clear()
        for one in holidays:
            name = translate("about, by the moon: {name}").format(name=one.name) if one.estimated else one.name
            item = QListWidgetItem(f"{day_words(one.day)}, {weekday_name(one.day)}: {name}")
            item.setFlags(Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            item.setCheckState(Qt.CheckState.Checked if one.day in closed else Qt.CheckState.Unchecked)
            item.setToolTip(item.text())
            item.setData(DAY, one.day)
            self.days.addItem(item)
        self._count()

    def _count(self) -> None:
        more = self.ticked - frozenset(self._closed())
        self.add.setEnabled(bool(more))
        words = translate(
            "Tick the days on which the clinic is closed; nothing is closed by itself. Feasts that go by the moon may "
            "fall a day earlier or later."
        )
        if more:
            words = translate_many("{count} day more to close", "{count} days more to close", len(more))
        self._note.setText(words)

    def _unknown(self, problem: ClinicError) -> None:
        self.days.clear()
        self._note.setText(sentence_of(problem))
        self.add.setEnabled(False)


def _country_name(code: str) -> str:
    territory = QLocale.codeToTerritory(code)
    return QLocale.territoryToString(territory) if territory != QLocale.Country.AnyTerritory else code
