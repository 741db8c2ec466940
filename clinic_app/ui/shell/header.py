"""The head of an area: its title, the day, the search, the primary action."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets.buttons import Button, Kind
from clinic_app.ui.widgets.search_field import SearchField
from clinic_app.ui.widgets.segments import SegmentedControl
from clinic_app.ui.widgets.themed import TextLabel
from clinic_app.wording.language import translate


class Header(QWidget):
    """Title or views of the schedule and the day at the left, search and *New patient* at the right.

    The switch of the views stands in place of the title, so it never moves under the pointer.
    """

    def __init__(self, keeper: ThemeKeeper, views: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self._day_wanted = False
        self.views = SegmentedControl(keeper, views, translate("View of the schedule"), self)
        self.title = TextLabel(keeper, "", Style.PAGE_TITLE, "text", self)
        self.day = TextLabel(keeper, "", Style.BODY, "text2", self)
        self.search = SearchField(
            keeper, translate("Name, phone or ID"), name=translate("Find a patient"), key="Ctrl K", parent=self
        )
        self.new_patient = Button(keeper, translate("New patient"), kind=Kind.PRIMARY, icon="plus", parent=self)
        self.new_patient.setToolTip(translate("New patient (Ctrl+N)"))
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.views)
        self._row.addWidget(self.title)
        self._row.addWidget(self.day)
        self._row.addStretch(1)
        self._row.addWidget(self.search)
        self._row.addWidget(self.new_patient)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        keeper.changed.connect(self._restyle)
        self._restyle()

    def show_views(self, *, shown: bool, title: str = "") -> None:
        """Show the switch of the views, or a title in its place."""
        self.views.setVisible(shown)
        self.title.setText(title)
        self.title.setVisible(bool(title) and not shown)
        self._fit_day()

    def show_day(self, *, shown: bool) -> None:
        """Show the day, where there is room for it."""
        self._day_wanted = shown
        self._fit_day()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The day gives way before the views are cut."""
        super().resizeEvent(event)
        self._fit_day()

    def _fit_day(self) -> None:
        lead = self.views if self.views.isVisibleTo(self) else self.title
        shown = (lead, self.day, self.new_patient)
        margins = self._row.contentsMargins()
        room = self.width() - margins.left() - margins.right() - self.search.minimumWidth() - 4 * self._row.spacing()
        self.day.setVisible(self._day_wanted and sum(one.sizeHint().width() for one in shown) <= room)

    def _restyle(self) -> None:
        px = self._keeper.px
        measures = self._keeper.measures
        self._row.setContentsMargins(measures.margin_side, measures.margin_top, measures.margin_side, 0)
        self._row.setSpacing(px(8))
        self.day.setContentsMargins(px(8), 0, 0, 0)
        self.search.setMinimumWidth(px(72))
        self.search.setMaximumWidth(px(264))
        self.search.setFixedHeight(measures.control)
