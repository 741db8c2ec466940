"""The board: where a case stands on its way from a call to an injection, and what a move between columns does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.schedule import DueEntry

FIRST_CARDS: Final = 30
"""So many cards a column shows at first; ``more`` brings as many again."""


class BoardColumn(Enum):
    """A column of the board; a case stands in at most one.

    Treated today; else arrived today; else booked; else somebody who missed a booking and was not agreed to be called
    again; else whoever is to be called again; else the overdue and the due.
    """

    TO_CALL = "to_call"
    CALL_BACK = "call_back"
    BOOKED = "booked"
    ARRIVED = "arrived"
    TREATED = "treated"
    NO_SHOW = "no_show"

    def beside(self, step: int) -> BoardColumn | None:
        """The column to the left (-1) or right (1), None at the edge."""
        order = list(BoardColumn)
        place = order.index(self) + step
        return order[place] if 0 <= place < len(order) else None


class BoardMove(Enum):
    """What a move of a card does."""

    BOOK = "book"
    CALL = "call"
    ARRIVE = "arrive"
    LEAVE = "leave"
    TREAT = "treat"
    MISS = "miss"
    CANCEL = "cancel"


_MOVES: Final[Mapping[tuple[BoardColumn, BoardColumn], BoardMove]] = {
    **{
        (one, BoardColumn.BOOKED): BoardMove.BOOK
        for one in (BoardColumn.TO_CALL, BoardColumn.CALL_BACK, BoardColumn.NO_SHOW)
    },
    **{(one, BoardColumn.CALL_BACK): BoardMove.CALL for one in (BoardColumn.TO_CALL, BoardColumn.NO_SHOW)},
    (BoardColumn.BOOKED, BoardColumn.ARRIVED): BoardMove.ARRIVE,
    (BoardColumn.ARRIVED, BoardColumn.BOOKED): BoardMove.LEAVE,
    **{(one, BoardColumn.TREATED): BoardMove.TREAT for one in BoardColumn if one is not BoardColumn.TREATED},
    **{(one, BoardColumn.NO_SHOW): BoardMove.MISS for one in (BoardColumn.BOOKED, BoardColumn.ARRIVED)},
    **{
        (one, other): BoardMove.CANCEL
        for one in (BoardColumn.BOOKED, BoardColumn.ARRIVED)
        for other in (BoardColumn.TO_CALL, BoardColumn.CALL_BACK)
    },
}


def board_move(source: BoardColumn, target: BoardColumn) -> BoardMove:
    """What moving a card from a column to another does.

    Raises:
        RuleBroken: ``board_treated_stands``, ``board_call_stands``, ``board_missed_stands``, ``board_not_booked``.
    """
    found = _MOVES.get((source, target))
    if found is not None:
        return found
    if source is BoardColumn.TREATED:
        raise RuleBroken("column", "board_treated_stands")
    if target is BoardColumn.TO_CALL:
        raise RuleBroken("column", "board_missed_stands" if source is BoardColumn.NO_SHOW else "board_call_stands")
    raise RuleBroken("column", "board_not_booked")


@dataclass(frozen=True, slots=True)
class BoardCards:
    """One column: how many cards it has, and the first of them."""

    count: int
    entries: tuple[DueEntry, ...]
