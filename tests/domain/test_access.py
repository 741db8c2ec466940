"""Who may do what: the matrix as it stands in the security page 4.1, written out again."""

from __future__ import annotations

import pytest

from clinic_app.domain.access import MATRIX, OTHERWISE, OWN, Action, Need, need_of, who_may
from clinic_app.domain.people import Role
from clinic_app.wording.access import ACTIONS, ROLES

LETTERS = {
    "Y": Need.YES,
    "O": Need.OWN_TODAY,
    "own": Need.OWN,
    "R": Need.REASON,
    "B": Need.EMERGENCY,
    "A": Need.SIGN_IN_AGAIN,
    "AR": Need.SIGN_IN_AGAIN_AND_REASON,
    "AR2": Need.SECOND_PERSON,
    "-": Need.NO,
}
ROLES_ACROSS = (Role.NURSE, Role.DOCTOR, Role.ADMIN, Role.READ_ONLY)
PAGE = """
find                 Y   Y   Y   Y
see_record           Y   Y   B   Y
see_photos           Y   Y   B   R
see_restricted       B   own -   -
register             Y   Y   Y   -
edit_record          Y   Y   -   -
add_photos           Y   Y   -   -
draft_injection      Y   Y   -   -
sign_injection       -   Y   -   -
edit_unsigned        O   Y   -   -
delete               -   R   R   -
restore              -   Y   Y   -
purge                -   -   AR2 -
import               Y   Y   A   -
merge                -   Y   A   -
export_deidentified  -   Y   -   -
export_identifiable  -   AR  AR  -
print                Y   Y   -   -
manage               -   -   A   -
back_up              Y   Y   Y   -
restore_backup       -   A   A   -
see_audit            own own Y   -
export_audit         -   -   A   -
rotate_keys          -   -   A   -
review_emergencies   -   Y   Y   -
"""
LINES = [
    (words[0], dict(zip(ROLES_ACROSS, words[1:], strict=True))) for words in map(str.split, PAGE.split("\n")[1:-1])
]


def test_the_matrix_is_that_of_the_page() -> None:
    written = {Action(name): {role: LETTERS[letter] for role, letter in cells.items()} for name, cells in LINES}
    assert {action: dict(cells) for action, cells in MATRIX.items()} == written


def test_every_action_and_every_role_is_there_and_has_words() -> None:
    assert set(MATRIX) == set(Action) == set(ACTIONS)
    assert all(set(cells) == set(Role) for cells in MATRIX.values())
    assert set(ROLES) == set(Role)


def test_what_own_means_is_said_wherever_it_counts() -> None:
    owned = {(action, role) for action, cells in MATRIX.items() for role, need in cells.items() if need is Need.OWN}
    assert set(OWN) == owned
    assert set(OTHERWISE) <= {action for action, _ in owned}


@pytest.mark.parametrize(
    ("action", "roles", "need"),
    [
        (Action.SEE_RECORD, {Role.ADMIN, Role.DOCTOR}, Need.YES),
        (Action.SEE_PHOTOS, {Role.ADMIN, Role.READ_ONLY}, Need.REASON),
        (Action.SEE_RESTRICTED, {Role.NURSE, Role.DOCTOR}, Need.OWN),
        (Action.EDIT_UNSIGNED, {Role.NURSE, Role.ADMIN}, Need.OWN_TODAY),
        (Action.IMPORT, {Role.ADMIN, Role.NURSE}, Need.YES),
        (Action.PURGE, {Role.ADMIN, Role.DOCTOR}, Need.SECOND_PERSON),
        (Action.FIND, set(), Need.NO),
    ],
)
def test_roles_add_up(action: Action, roles: set[Role], need: Need) -> None:
    assert need_of(action, roles) is need


def test_more_roles_never_take_anything_away() -> None:
    order = list(Need)
    for action in Action:
        for one in Role:
            for other in Role:
                both = need_of(action, {one, other})
                assert order.index(both) <= order.index(need_of(action, {one}))


def test_who_may_is_everybody_the_matrix_does_not_refuse() -> None:
    assert who_may(Action.PURGE) == (Role.ADMIN,)
    assert who_may(Action.IMPORT) == (Role.NURSE, Role.DOCTOR, Role.ADMIN)
    assert set(who_may(Action.FIND)) == set(Role)
    assert who_may(Action.SEE_RECORD) == (Role.NURSE, Role.DOCTOR, Role.READ_ONLY), "an emergency is no permission"
