"""What is done with several rows of the call list at once: copy, print, say whether their drugs are there."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QMenu, QWidget

from clinic_app.domain.access import Action
from clinic_app.domain.changes import Changes
from clinic_app.domain.papers import PaperKind
from clinic_app.domain.schedule import DrugSupply
from clinic_app.ui.context import UiContext
from clinic_app.ui.schedule.actions import CaseActions
from clinic_app.ui.schedule.call_model import COLUMNS, cell_words
from clinic_app.ui.schedule.call_table import CallTable
from clinic_app.ui.schedule.counts_line import CountsLine
from clinic_app.ui.widgets.copying import copy_table_for_a_while
from clinic_app.ui.widgets.menu_place import pop_under
from clinic_app.ui.widgets.role_gate import keep_to_roles
from clinic_app.wording.call_list import column_name
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.schedule import drug_words


class PickedRows(QObject):
    """The actions of the line under the list."""

    def __init__(self, context: UiContext, actions: CaseActions, table: CallTable, line: CountsLine) -> None:
        super().__init__(table)
        self._context = context
        self._actions = actions
        self._table = table
        self._line = line
        table.picked.connect(self._picked)
        table.copy_wanted.connect(self.copy)
        line.copy_wanted.connect(self.copy)
        for button in (line.copy, line.print):
            keep_to_roles(context, button, Action.PRINT)
        line.print_wanted.connect(self.print)
        line.drug_wanted.connect(self._pop_drugs)
        line.single_wanted.connect(lambda: table.choose(table.currentIndex().row()))

    def copy(self) -> None:
        """Put the selected rows on the clipboard for a while, as a table: the shown columns with their heads.

        They leave the clinic as a printed list does, so who may not print may not copy them.
        """
        picks = self._table.picks
        if not picks or self._context.refuse(Action.PRINT):
            return
        columns = self._table.columns.visible
        heads = [column_name(column) for column in columns]
        rows = [[cell_words(line, COLUMNS.index(column)) for column in columns] for line in picks]
        copy_table_for_a_while(heads, rows)
        words = translate_many("{count} row copied", "{count} rows copied", len(picks))
        self._context.intents.toast.emit(words, None)

    def print(self) -> None:
        """Ask for a printed call list of the selected rows."""
        from clinic_app.ui.schedule.papers_dialog import usual_request

        picks = self._table.picks
        wanted = replace(usual_request(), kind=PaperKind.CALL_LIST, case_ids=tuple(line.case_id for line in picks))
        self._context.intents.print_paper.emit(wanted, picks[0].patient_id if picks else 0)

    def set_drug(self, drug: DrugSupply) -> None:
        """Say of the next bookings of the selected rows whether the drug will be there."""
        if self._context.refuse(Action.REGISTER):
            return
        bookings = tuple(dict.fromkeys(line.booking.id for line in self._table.picks if line.booking is not None))
        said_drug = drug_words(drug).lower()
        words = translate_many("{count} booking: {drug}", "{count} bookings: {drug}", len(bookings), drug=said_drug)

        def said(made: Changes) -> None:
            undone = made.result if isinstance(made.result, tuple) and made.result else None
            self._context.intents.toast.emit(words, undone)

        if bookings:
            self._context.tasks.tell(lambda s: s.call_list.set_drugs(bookings, drug), said, owner=self)

    def pop_menu(self, where: QPoint, parent: QWidget) -> None:
        """The menu of several rows."""
        menu = QMenu(parent)
        menu.aboutToHide.connect(menu.deleteLater)
        count = len(self._table.picks)
        copy = menu.addAction(translate("Copy {count} rows").format(count=count) + "\tCtrl+C", self.copy)
        keep_to_roles(self._context, copy, Action.PRINT)
        keep_to_roles(self._context, menu.addAction(translate("Print call list…"), self.print), Action.PRINT)
        self._fill_drugs(menu.addMenu(translate("Drug of their bookings")))
        menu.addSeparator()
        menu.addAction(
            translate("Clear selection") + "\tEsc", lambda: self._table.choose(self._table.currentIndex().row())
        )
        menu.popup(where)

    def _picked(self, count: int) -> None:
        self._line.drug.setEnabled(any(line.booking is not None for line in self._table.picks))
        self._line.show_picked(count)

    def _pop_drugs(self, button: QWidget) -> None:
        menu = QMenu(button)
        menu.aboutToHide.connect(menu.deleteLater)
        self._fill_drugs(menu)
        pop_under(menu, button)

    def _fill_drugs(self, menu: QMenu) -> None:
        booked = any(line.booking is not None for line in self._table.picks)
        menu.setEnabled(booked)
        for drug in DrugSupply:
            action = menu.addAction(drug_words(drug))
            keep_to_roles(self._context, action, Action.REGISTER)
            action.triggered.connect(lambda _=False, drug=drug: self.set_drug(drug))
