"""Earlier versions of what belongs to photographs read like the screen: no coordinates, ids or codes."""

from __future__ import annotations

from datetime import datetime

import pytest

from clinic_app.domain.versions import FieldChange, Version
from clinic_app.machine.places import find_places
from clinic_app.services.clinic_data import load_catalogues
from clinic_app.wording.version_lines import VersionNames, version_lines, version_title

AT = datetime(2026, 3, 19, 9, 22)  # noqa: DTZ001


@pytest.fixture(scope="module")
def names() -> VersionNames:
    return VersionNames(load_catalogues(find_places().catalogues), {3: "Blepharospasm, bilateral"})


def removed(table: str, **fields: object) -> Version:
    told = tuple(FieldChange(name, value, None) for name, value in fields.items())
    return Version(1, 1, AT, "demo", table, "3/F01/2", True, told)


def changed(table: str, **fields: tuple[object, object]) -> Version:
    told = tuple(FieldChange(name, before, after) for name, (before, after) in fields.items())
    return Version(1, 1, AT, "demo", table, "3/F01/2", False, told)


def test_an_alignment_is_told_by_view_and_method(names: VersionNames) -> None:
    facts = {"rms": 2.86e-17, "sureness": None, "points": [0.30365885785279534, 0.5270617217748909], "quarters": [0, 0]}
    version = removed(
        "picture_alignment", case_id=3, view="F01", picture_id=2, frame=1, scale=1.0464942671539788,
        turn=-0.1448121377020725, x=0.0047, y=-0.025, source="points", facts=facts,
    )  # fmt: skip
    assert version_title(version) == "Alignment of a photo removed"
    assert version_lines(version, names) == (
        "Diagnosis: Blepharospasm, bilateral", "View: Face, eyes open", "Scale: 104.6 %", "Turned by: −0.1°",
        "How: By points",
    )  # fmt: skip


def test_an_alignment_that_moved_says_so_even_where_scale_and_turn_stand(names: VersionNames) -> None:
    version = changed("picture_alignment", x=(0.0047, 0.0051), facts=({"rms": 0.1}, {"rms": 0.2}))
    assert version_lines(version, names) == ("It lies elsewhere in its frame.",)


def test_a_measurement_is_told_by_what_was_measured_and_its_value(names: VersionNames) -> None:
    content = {"points": [[0.1, 0.2], [0.3, 0.4]], "iris": {"width": 0.05}}
    version = removed(
        "measurement", case_id=3, picture_id=2, partner_id=4, kind="angle", content=content, value=12.346, unit="°",
        note="",
    )  # fmt: skip
    assert version_lines(version, names) == (
        "Diagnosis: Blepharospasm, bilateral", "Kind: Angle", "Value: 12.346", "Unit: °",
    )  # fmt: skip


def test_a_mark_is_told_by_its_words_and_looks(names: VersionNames) -> None:
    text = {"points": [[0.1234, 0.2]], "words": "ptosis", "colour": "yellow"}
    assert version_lines(removed("mark", picture_id=2, kind="text", content=text), names) == (
        "Kind: Text", "Drawn: “ptosis”, Yellow",
    )  # fmt: skip
    region = {"points": [[0.1, 0.2], [0.3, 0.4]], "part": "name", "hiding": "blur"}
    solid = {**region, "hiding": "solid"}
    changes = version_lines(changed("mark", content=(region, solid)), names)
    assert changes == ("Drawn: Name tag, Blur → Name tag, Solid",)
    moved = {**region, "points": [[0.2, 0.2], [0.4, 0.4]]}
    assert version_lines(changed("mark", content=(region, moved)), names) == ("It lies elsewhere in the photo.",)


def test_what_the_viewer_remembers_says_nothing_of_its_insides(names: VersionNames) -> None:
    version = changed("compare_state", peak_day=(28, 14), content=({"views": {}}, {"views": {"F01": {}}}))
    assert version_lines(version, names) == ("Day of the strongest effect: 28 → 14",)
