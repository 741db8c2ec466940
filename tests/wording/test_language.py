from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from clinic_app.domain.errors import Cancelled
from clinic_app.wording.dates import day, weekday_day
from clinic_app.wording.language import current_language, set_language, system_language, translate, translate_many
from clinic_app.wording.sentences import messages, sentence_of


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    yield
    set_language("en")


def write_catalogue(folder: Path, code: str, entries: dict[str, str]) -> None:
    """A compiled gettext catalogue (GNU gettext manual, "The Format of GNU MO Files")."""
    pairs = sorted({"": "Content-Type: text/plain; charset=UTF-8\n", **entries}.items())
    keys, values = [k.encode() for k, _ in pairs], [v.encode() for _, v in pairs]
    start = 28 + 16 * len(pairs)
    tables, body = b"", b""
    for text in (*keys, *values):
        tables += struct.pack("<II", len(text), start + len(body))
        body += text + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0)
    file = folder / code / "LC_MESSAGES" / "clinic_app.mo"
    file.parent.mkdir(parents=True)
    file.write_bytes(head + tables + body)


def test_days_name_their_month() -> None:
    assert day(date(2026, 3, 9)) == "9 Mar 2026"
    assert weekday_day(date(2026, 3, 9)) == "Mon 9 Mar 2026"
    assert [day(date(2026, m, 1)).split()[1] for m in range(1, 13)] == (
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    )


def test_another_language_changes_sentences_and_days(tmp_path: Path) -> None:
    english = messages()["cancelled"]
    write_catalogue(
        tmp_path, "de", {"Mar": "März", "Mon": "Mo", "{day} {month} {year}": "{day}. {month} {year}", english: "Halt."}
    )
    assert set_language("de", tmp_path) == current_language() == "de"
    assert weekday_day(date(2026, 3, 9)) == "Mo 9. März 2026"
    assert sentence_of(Cancelled()) == "Halt."
    assert translate("not in the catalogue") == "not in the catalogue"


def test_without_a_catalogue_english_is_spoken(tmp_path: Path) -> None:
    assert set_language("xx", tmp_path) == "en"
    assert set_language("../..", tmp_path) == "en"
    broken = tmp_path / "de" / "LC_MESSAGES" / "clinic_app.mo"
    broken.parent.mkdir(parents=True)
    broken.write_bytes(b"no catalogue")
    assert set_language("de", tmp_path) == "en"
    assert set_language("system", tmp_path) == "en"
    assert system_language()
    assert translate("") == ""


@pytest.mark.parametrize(("count", "text"), [(1, "1 photo"), (3, "3 photos"), (0, "0 photos")])
def test_numbers_choose_their_form(count: int, text: str) -> None:
    assert translate_many("{count} photo", "{count} photos", count) == text
