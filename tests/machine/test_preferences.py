from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_app.domain.preferences import MachinePreferences, Theme
from clinic_app.machine.preferences import PreferenceFile, _key, _toml


def test_without_a_file_the_usual_settings_hold(tmp_path: Path) -> None:
    assert PreferenceFile(tmp_path / "preferences.toml").read() == (MachinePreferences(), ())


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    file = PreferenceFile(tmp_path / "deep" / "preferences.toml")
    wanted = MachinePreferences(Theme.DARK, tmp_path / "a “quoted” \\ folder", "hi_IN", 1.25, compact=True)
    file.write(wanted)
    assert file.read() == (wanted, ())
    assert [p.name for p in file.path.parent.iterdir()] == ["preferences.toml"]


@pytest.mark.parametrize("lacking", ["in_tray", "reminders", "tray", "clinic_open", "goes on", None])
def test_the_program_stays_in_a_tray_only_where_there_is_one_and_it_is_wanted(
    tmp_path: Path, lacking: str | None
) -> None:
    file = PreferenceFile(tmp_path / "preferences.toml")
    file.write(MachinePreferences(in_tray=lacking != "in_tray", reminders=lacking != "reminders"))
    kept, _ = file.read()
    stays = kept.stays_in_tray(
        tray=lacking != "tray", clinic_open=lacking != "clinic_open", ending=lacking == "goes on"
    )
    assert stays is (lacking is None)


def test_entries_of_a_newer_program_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "preferences.toml"
    path.write_text('theme = "light"\nshortcuts = [1, 2]\n[later]\n"odd key" = 2026-03-19\n', "utf-8")
    file = PreferenceFile(path)
    settings, notes = file.read()
    assert notes == ()
    file.write(settings)
    kept = tomllib.loads(path.read_text("utf-8"))
    assert kept["shortcuts"] == [1, 2]
    assert kept["later"] == {"odd key": date(2026, 3, 19)}
    assert kept["theme"] == "light"


@pytest.mark.parametrize("content", [b"theme = ", b"\xff\xfe\x00", b"[[["])
def test_a_broken_file_is_put_aside(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "preferences.toml"
    path.write_bytes(content)
    settings, notes = PreferenceFile(path).read()
    assert settings == MachinePreferences()
    assert [n.code for n in notes] == ["preferences_unreadable"]
    assert (tmp_path / "preferences.broken").read_bytes() == content
    assert not path.exists()


@pytest.mark.parametrize(
    "line",
    [
        'theme = "purple"',
        "theme = 3",
        "text_scale = 9.0",
        "text_scale = true",
        "language = 7",
        'language = "../x"',
        "compact = 1",
        "data_folder = 5",
    ],
)
def test_one_unknown_value_costs_only_itself(tmp_path: Path, line: str) -> None:
    path = tmp_path / "preferences.toml"
    other = 'theme = "dark"' if not line.startswith("theme") else 'language = "de"'
    path.write_text(f"{line}\n{other}\n", "utf-8")
    settings, notes = PreferenceFile(path).read()
    assert [(n.code, n.params["name"]) for n in notes] == [("preferences_value", line.split(" ")[0])]
    assert settings.theme is Theme.DARK or settings.language == "de"


values = st.recursive(
    st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text() | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), values, max_size=4))
def test_any_value_of_toml_survives(entries: dict[str, object]) -> None:
    text = "".join(f"{_key(name)} = {_toml(value)}\n" for name, value in entries.items())
    assert tomllib.loads(text) == entries


def test_a_text_scale_out_of_range_is_no_setting() -> None:
    with pytest.raises(ValueError, match="text_scale"):
        MachinePreferences(text_scale=3.0)
