"""What a move on the board means, and what cannot be moved."""

from __future__ import annotations

import pytest

from clinic_app.domain.board import BoardColumn, BoardMove, board_move
from clinic_app.domain.errors import RuleBroken

C = BoardColumn
EVERY = {
    C.TO_CALL: ["", "call", "book", "board_not_booked", "treat", "board_not_booked"],
    C.CALL_BACK: ["board_call_stands", "", "book", "board_not_booked", "treat", "board_not_booked"],
    C.BOOKED: ["cancel", "cancel", "", "arrive", "treat", "miss"],
    C.ARRIVED: ["cancel", "cancel", "leave", "", "treat", "miss"],
    C.TREATED: [*["board_treated_stands"] * 4, "", "board_treated_stands"],
    C.NO_SHOW: ["board_missed_stands", "call", "book", "board_not_booked", "treat", ""],
}


def test_every_move_does_one_thing_or_says_why_not() -> None:
    for source, answers in EVERY.items():
        for target, wanted in zip(BoardColumn, answers, strict=True):
            if wanted.startswith("board_"):
                with pytest.raises(RuleBroken, match=wanted):
                    board_move(source, target)
            elif wanted:
                assert board_move(source, target) is BoardMove(wanted), (source, target)


def test_columns_stand_side_by_side() -> None:
    assert C.TO_CALL.beside(-1) is None
    assert C.TO_CALL.beside(1) is C.CALL_BACK
    assert C.NO_SHOW.beside(1) is None
