"""The board: from a call to an injection, column by column."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from clinic_app.domain.access import Action
from clinic_app.domain.board import FIRST_CARDS, BoardCards, BoardColumn
from clinic_app.services.context import ClinicContext
from clinic_app.services.needs import needs
from clinic_app.services.schedule import due_entries
from clinic_app.storage.call_list import CallListQuestions, FilterKnown


class BoardService:
    """What the columns hold."""

    def __init__(self, context: ClinicContext) -> None:
        self._context = context

    @needs(Action.FIND)
    def columns(
        self, limits: Mapping[BoardColumn, int] | None = None, only: BoardColumn | None = None
    ) -> dict[BoardColumn, BoardCards]:
        """Every column (``only``: that one) with its count and its first cards, of one moment.

        ``limits``: how many cards of each. Those to be called again stand by the day agreed; of more than the limit,
        those whose day has come are shown first, and those called longest ago.
        """
        context, today = self._context, self._context.today()
        wanted = {
            column: (limits or {}).get(column, FIRST_CARDS) for column in (BoardColumn if only is None else (only,))
        }
        with context.units.read() as unit:
            found = unit.board.columns(CallListQuestions(today, FilterKnown(context.rules)), wanted)
            ids = [id_ for _, cards in found.values() for id_ in cards]
            entries = {entry.case_id: entry for entry in due_entries(context, unit, ids, today)}
        columns = {
            column: BoardCards(count, tuple(entries[id_] for id_ in cards if id_ in entries))
            for column, (count, cards) in found.items()
        }
        again = columns.get(BoardColumn.CALL_BACK)
        if again is None:
            return columns
        by_day = sorted(again.entries, key=lambda one: (one.answer.call_again_on or date.max, one.mrn, one.case_id))
        return {**columns, BoardColumn.CALL_BACK: BoardCards(again.count, tuple(by_day))}
