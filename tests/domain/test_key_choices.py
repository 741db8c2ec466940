"""Keys that are chosen: how they are written, what may be chosen, what two commands want at once."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.key_choices import (
    KEPT,
    MODIFIERS,
    NAMED,
    Command,
    KeyChoices,
    KeyRules,
    key_of,
    single_character,
)

TABLE = (
    Command("points", "Align by points", "M"),
    Command("fit", "Whole picture", "0|Ctrl+0|X"),
    Command("next", "Next photo", "Right"),
    Command("undo", "Undo", "Ctrl+Z", fixed=True),
)
RULES = KeyRules(TABLE, {"Ctrl+N": "New patient", "Ctrl+0": "Usual text size"})
KEYS = [
    "+".join((*modifiers, base))
    for base in (*sorted(NAMED), "A", "M", "Z", "0", "7", "+", "-", "[", "É", "Ж")
    for modifiers in ((), ("Ctrl",), ("Shift",), ("Ctrl", "Shift"), ("Alt",), ("Meta", "Ctrl", "Alt", "Shift"))
]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("m", "M"),
        ("shift+m", "Shift+M"),
        ("Shift+Ctrl+left", "Ctrl+Shift+Left"),
        ("Shift++", "+"),
        ("+", "+"),
        ("Ctrl++", "Ctrl++"),
        ("Ctrl+Shift+=", "Ctrl+="),
        ("Shift+1", "1"),
        ("f11", "F11"),
        ("pgdown", "PgDown"),
        ("é", "É"),
    ],
)
def test_a_key_is_written_in_one_way(text: str, key: str) -> None:
    assert key_of(text) == key


@pytest.mark.parametrize("text", ["", " ", "++", "+M", "Ctrl+", "Hyper+M", "Ctrl", "MM", "Ctrl+M, Ctrl+N", "F99", "\n"])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        key_of(text)
    assert refused.value.code == "key_unknown"


@given(st.sampled_from(KEYS))
def test_written_once_more_a_key_stays_as_it_is(text: str) -> None:
    assert key_of(key_of(text)) == key_of(text)


def test_keys_that_only_type_a_character() -> None:
    found = {
        key
        for key in ("M", "Shift+M", "+", "1", "Ctrl+M", "Right", "F5", "Shift+Right", "Ctrl++")
        if single_character(key)
    }
    assert found == {"M", "Shift+M", "+", "1"}


def code_of(name: str, key: str, **how: bool) -> str:
    """The code of a refusal."""
    with pytest.raises(RuleBroken) as refused:
        RULES.given(KeyChoices(), name, key, **how)
    return refused.value.code


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("Ctrl+1", "key_kept"),
        ("Ctrl+6", "key_kept"),
        ("Ctrl+K", "key_kept"),
        ("F1", "key_kept"),
        ("Tab", "key_kept"),
        ("Shift+Tab", "key_kept"),
        ("Esc", "key_kept"),
        ("Space", "key_kept"),
        ("Ctrl+Left", "key_kept"),
        ("Alt+F", "key_menus"),
        ("Ctrl+N", "key_reserved"),
        ("Ctrl+Z", "key_held"),
        ("X", "key_taken"),
        ("Ctrl+0", "key_taken"),
        ("", "key_unknown"),
    ],
)
def test_reserved_and_taken_keys_are_refused(key: str, code: str) -> None:
    assert code_of("points", key) == code
    if code != "key_taken":
        assert code_of("points", key, take=True) == code


def test_fixed_commands_keep_their_keys() -> None:
    assert code_of("undo", "U") == "key_fixed"
    with pytest.raises(RuleBroken):
        RULES.without(KeyChoices(), "undo")


def keys(choices: KeyChoices) -> dict[str, tuple[str, ...]]:
    """The keys of every command."""
    return {command.name: RULES.keys_of(choices, command.name) for command in TABLE}


def test_a_key_is_set_added_swapped_taken_away_and_reset() -> None:
    set_ = RULES.given(KeyChoices(), "points", "q")
    assert keys(set_)["points"] == ("Q",)
    added = RULES.given(set_, "points", "F5", more=True)
    assert keys(added)["points"] == ("Q", "F5")
    swapped = RULES.given(added, "points", "x", take=True)
    assert (keys(swapped)["points"], keys(swapped)["fit"]) == (("X",), ("0", "Ctrl+0", "Q"))
    taken = RULES.given(KeyChoices(), "points", "Right", more=True, take=True)
    assert (keys(taken)["points"], keys(taken)["next"]) == (("M", "Right"), ())
    assert keys(RULES.without(KeyChoices(), "fit"))["fit"] == ()
    assert RULES.reset(taken, ["next"]) == KeyChoices()
    assert RULES.reset(swapped, [command.name for command in TABLE]) == KeyChoices()
    assert RULES.given(set_, "points", "M") == KeyChoices()


def test_a_command_has_few_keys() -> None:
    choices = KeyChoices()
    for number in range(2, 9):
        choices = RULES.given(choices, "points", f"F{number + 10}", more=True)
    with pytest.raises(RuleBroken):
        RULES.given(choices, "points", "F24", more=True)


@pytest.mark.parametrize(
    ("content", "broken"),
    [
        ({}, False),
        ({"keys": {"points": ["Q"]}, "letters": False, "wheel_steps": True}, False),
        ({"keys": {"points": ["Hyper+Q"]}}, True),
        ({"keys": {"points": "Q"}}, True),
        ({"keys": {"points": [1]}}, True),
        ({"keys": {"points": ["F2"] * 9}}, True),
        ({"keys": 3}, True),
        ({"letters": "yes"}, True),
        ({"wheel_steps": None}, True),
    ],
)
def test_what_was_kept_and_cannot_be_read_is_as_usual(content: dict[str, object], broken: bool) -> None:
    choices, said = KeyChoices.of(content)
    assert said is broken
    if broken:
        assert choices == KeyChoices()


def test_what_is_kept_is_read_again() -> None:
    choices = KeyChoices({"points": ("Q", "Ctrl++"), "fit": ()}, letters=False, wheel_steps=True)
    read, broken = KeyChoices.of(json.loads(json.dumps(choices.content)))
    assert (dict(read.keys), read.letters, read.wheel_steps, broken) == (dict(choices.keys), False, True, False)


@pytest.mark.parametrize(
    ("chosen", "held", "broken"),
    [
        ({"points": ("Q",)}, {"points": ("Q",)}, False),
        ({"gone": ("Q",)}, {}, False),
        ({"points": ("M",)}, {}, False),
        ({"undo": ("U",)}, {}, True),
        ({"points": ("Ctrl+1",)}, {}, True),
        ({"points": ("Ctrl+N",)}, {}, True),
        ({"points": ("X",)}, {}, True),
        ({"points": ("Q",), "next": ("Q",)}, {"points": ("Q",)}, True),
        ({"points": ("Right",), "next": ("M",)}, {"points": ("Right",), "next": ("M",)}, False),
    ],
)
def test_choices_that_cannot_hold_are_as_usual(
    chosen: dict[str, tuple[str, ...]], held: dict[str, tuple[str, ...]], broken: bool
) -> None:
    settled, said = RULES.settled(KeyChoices(chosen))
    assert (dict(settled.keys), said) == (held, broken)


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(TABLE), st.sampled_from(KEYS), st.booleans(), st.sampled_from(["give", "none", "reset"])
        ),
        max_size=12,
    )
)
def test_whatever_is_done_no_key_means_two_things(steps: list[tuple[Command, str, bool, str]]) -> None:
    choices = KeyChoices()
    for command, key, more, what in steps:
        try:
            if what == "give":
                choices = RULES.given(choices, command.name, key, more=more, take=True)
            elif what == "none":
                choices = RULES.without(choices, command.name)
            else:
                choices = RULES.reset(choices, [command.name])
        except RuleBroken:
            continue
        held = [one for some in keys(choices).values() for one in some]
        assert len(held) == len(set(held))
        assert RULES.settled(choices) == (choices, False)
        assert keys(choices)["undo"] == ("Ctrl+Z",)
        assert not set(held) & KEPT


def test_modifiers_stand_in_one_order() -> None:
    assert key_of("+".join((*reversed(MODIFIERS), "M"))) == "Meta+Ctrl+Alt+Shift+M"
