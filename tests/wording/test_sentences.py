from __future__ import annotations

import ast
import errno
import re
import string
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from clinic_app.domain.calendar import Span
from clinic_app.domain.errors import Cancelled, ClinicError, Conflict, FileRefused, RuleBroken, StorageUnavailable
from clinic_app.domain.preferences import Theme
from clinic_app.wording import sentences
from clinic_app.wording.sentences import message_tables, messages, sentence, sentence_of, singulars

PROGRAM = Path(__file__).resolve().parents[2] / "clinic_app"
CODE_PLACE = {"RuleBroken": 1} | dict.fromkeys(
    ("NotFound", "Conflict", "FileRefused", "StorageUnavailable", "AccessRefused", "DamageFound", "ClinicError"), 0
)


def trees() -> Iterator[tuple[Path, ast.AST]]:
    for path in sorted(PROGRAM.rglob("*.py")):
        yield path, ast.parse(path.read_text("utf-8"))


def raised_codes(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and code of every clinic error that is made with its code written out."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        place = CODE_PLACE.get(name)
        given = [k.value for k in node.keywords if k.arg == "code"]
        if place is not None and len(node.args) > place:
            given.append(node.args[place])
        for choice in given:
            for leaf in (choice.body, choice.orelse) if isinstance(choice, ast.IfExp) else (choice,):
                if isinstance(leaf, ast.Constant) and isinstance(leaf.value, str):
                    yield node.lineno, leaf.value


def test_every_code_that_is_raised_has_a_sentence() -> None:
    silent = [
        f"{path.relative_to(PROGRAM)}:{line} {code}"
        for path, tree in trees()
        for line, code in raised_codes(tree)
        if code not in messages()
    ]
    assert silent == []


def test_no_code_stands_in_two_modules() -> None:
    owners: dict[str, list[str]] = {}
    for module, table in message_tables().items():
        for code in table:
            owners.setdefault(code, []).append(module)
    assert {code: modules for code, modules in owners.items() if len(modules) > 1} == {}


def test_every_sentence_is_used() -> None:
    written: dict[str, int] = dict.fromkeys(messages(), 0)
    for _, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in written:
                written[node.value] += 1
    assert sorted(code for code, times in written.items() if times < 2) == []


def test_sentences_are_sentences() -> None:
    for code, text in messages().items():
        assert re.fullmatch(r"[a-z][a-z0-9_.]*", code), code
        blanks = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
        assert all(re.fullmatch(r"[a-z_]+", blank) for blank in blanks), code
        assert text[0] in "“{" or text[0].isupper() or text[0].isdigit(), code
        assert text.rstrip()[-1] in ".?!…", code


def test_values_are_written_as_a_clinic_writes_them() -> None:
    refusal = StorageUnavailable("folder_synced", path="D:/clinic", service="OneDrive")
    assert sentence_of(refusal).startswith("The folder “D:/clinic” is copied to the internet by OneDrive.")
    shown = sentence("nowhere", {"a": date(2026, 3, 9), "b": [Decimal("2.50"), Theme.DARK], "c": {"z", "y"}})
    assert shown == "This was refused (nowhere: a 9 Mar 2026, b 2.5, dark, c y, z)."
    assert "9 Mar 2026 08:30" in sentence("nowhere", {"at": datetime(2026, 3, 9, 8, 30, tzinfo=UTC)})


def test_amounts_and_spans_are_written_out_without_needless_zeros() -> None:
    params = {
        "sum": Decimal("520.00"),
        "span": Span.parse("3 m"),
        "limit": Decimal("400"),
        "rule": "C1",
        "source": "V:S5",
    }
    assert sentence("dose_above_limit", params) == ("520 U within 3 months are above the limit of 400 U (rule C1).")


@pytest.mark.parametrize("code", sorted(singulars()))
def test_one_of_something_is_said_in_the_singular(code: str) -> None:
    counted, one = singulars()[code]
    assert {name for _, name, _, _ in string.Formatter().parse(one) if name} <= {
        name for _, name, _, _ in string.Formatter().parse(messages()[code]) if name
    }
    values: dict[str, object] = dict.fromkeys(re.findall(r"{([a-z_]+)}", messages()[code]), "x")
    assert sentence(code, {**values, counted: 1}) == one.format_map({**values, counted: 1})
    assert sentence(code, {**values, counted: 2}) == messages()[code].format_map({**values, counted: 2})


def test_no_sentence_shows_a_code_of_a_source() -> None:
    assert [code for code, text in messages().items() if "{source}" in text] == []


@pytest.mark.parametrize("error", [RuleBroken("birth_date", "no_such_code", age=3), Conflict("no_such_code")])
def test_an_unknown_code_is_shown_as_it_is(error: ClinicError) -> None:
    assert "no_such_code" in sentence_of(error)


def test_a_missing_value_shows_code_and_what_is_there() -> None:
    assert sentence_of(StorageUnavailable("folder_synced", path="D:/x")) == (
        "This was refused (folder_synced: path D:/x)."
    )


def test_field_and_file_fill_their_blanks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sentences, "messages", lambda: {"x": "{field}!", "y": "{path}?"})
    assert sentence_of(RuleBroken("birth_date", "x")) == "birth date!"
    assert sentence_of(FileRefused("y", "a.jpg")) == "a.jpg?"


def test_troubles_of_the_system_are_told_apart() -> None:
    assert "disk is full" in sentence_of(OSError(errno.ENOSPC, "No space left"))
    assert "“a.csv” is not there" in sentence_of(FileNotFoundError(errno.ENOENT, "gone", "a.csv"))
    assert "does not allow" in sentence_of(PermissionError(errno.EACCES, "no", "a.csv"))
    assert "Input/output" in sentence_of(OSError(errno.EIO, "Input/output error", "a.csv"))
    assert sentence_of(Cancelled()).startswith("Stopped.")


def test_our_own_mistakes_do_not_repeat_what_was_typed() -> None:
    told = sentence_of(ValueError("Lakshmi Canary"))
    assert "Canary" not in told
    assert "ValueError" in told


@pytest.mark.parametrize("code", sorted(messages()))
def test_no_sentence_raises_without_its_values(code: str) -> None:
    assert sentence(code)
