"""Words of the board."""

from __future__ import annotations

from clinic_app.domain.board import BoardColumn
from clinic_app.wording.language import translate

MESSAGES: dict[str, str] = {
    "board_treated_stands": "The injection is recorded. Open the record to correct it.",
    "board_call_stands": "A call that was logged stays. Log another one, or take it back with Ctrl+Z.",
    "board_missed_stands": "The missed booking stands until there is a call or a new booking.",
    "board_not_booked": "There is no booking yet. Book a day first.",
}

_COLUMNS = {
    BoardColumn.TO_CALL: "To call",
    BoardColumn.CALL_BACK: "Call back",
    BoardColumn.BOOKED: "Booked",
    BoardColumn.ARRIVED: "Arrived",
    BoardColumn.TREATED: "Treated today",
    BoardColumn.NO_SHOW: "No-show",
}


_NOBODY = {
    BoardColumn.TO_CALL: "Nobody is to be called.",
    BoardColumn.CALL_BACK: "No call-back is agreed.",
    BoardColumn.BOOKED: "Nobody is booked.",
    BoardColumn.ARRIVED: "Nobody is here.",
    BoardColumn.TREATED: "Nobody was treated yet today.",
    BoardColumn.NO_SHOW: "Nobody stayed away.",
}


def nobody_words(column: BoardColumn) -> str:
    """What an empty column says."""
    return translate(_NOBODY[column])


def board_name(column: BoardColumn) -> str:
    """The head of a column."""
    return translate(_COLUMNS[column])
