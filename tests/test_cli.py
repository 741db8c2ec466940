"""The command line of design section 7: its commands, its fields, its exit codes."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from clinic_app import cli
from clinic_app.bootstrap import day_given
from clinic_app.domain.cases import Side
from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.register import MappedColumn, RegisterField, RegisterMapping
from clinic_app.services import Services
from tests.builders import PASSPHRASE, TODAY, add_patient, door, give
from tests.imaging import samples

ROOT = Path(__file__).parents[1]
HEADER = (
    "mrn", "name", "sex", "birth_date", "age", "phone", "condition", "side", "injection_date", "product", "units",
    "next_date", "status", "notes",
)  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """What a command said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> object:
        """The one JSON value on stdout."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[dict[str, object]]:
        """The JSON objects on stdout, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]


def _only_root_reads(folder: Path) -> bool:
    return os.name == "posix" and os.geteuid() == 0 and any(not one.stat().st_mode & 0o001 for one in folder.parents)


def ask(*arguments: str, data: Path | None = None, passphrase: str | None = PASSPHRASE) -> Answer:
    """Carry out a command in this process, the passphrase through a pipe."""
    out, err = io.StringIO(), io.StringIO()
    words = list(arguments)
    if data is not None:
        words += ["--data", str(data)]
    if passphrase is None:
        return Answer(cli.run([*words, "--json"], door(), out, err), out.getvalue(), err.getvalue())
    reading, writing = os.pipe()
    try:
        os.write(writing, passphrase.encode() + b"\nnever read\n")
        os.close(writing)
        code = cli.run([*words, "--json", "--passphrase-fd", str(reading)], door(), out, err)
    finally:
        os.close(reading)
    return Answer(code, out.getvalue(), err.getvalue())


def command(*arguments: str, today: str = TODAY.isoformat(), passphrase: str | None = PASSPHRASE) -> Answer:
    """The same as a process of its own, with nothing on stdin."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "main.py"), *arguments, *(["--passphrase-fd", "0"] if passphrase else [])],
        input=f"{passphrase}\n" if passphrase else "",
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "CLINIC_TODAY": today},
        check=False,
    )
    return Answer(done.returncode, done.stdout, done.stderr)


def write_json(path: Path, content: object) -> str:
    path.write_text(json.dumps(content), encoding="utf-8")
    return str(path)


def write_register(path: Path, *rows: dict[str, str]) -> str:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEADER, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return str(path)


def row(mrn: str, given: str = "2026-01-05", **more: str) -> dict[str, str]:
    return {
        "mrn": mrn, "name": f"Person {mrn}", "condition": "hemifacial_spasm", "side": "left", "product": "Botox",
        "injection_date": given, "units": "25", **more,
    }  # fmt: skip


def opened(data: Path) -> Services:
    return door().open(str(data), PASSPHRASE)


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clinic nobody writes to: copied for each test that does."""
    folder = tmp_path_factory.mktemp("blank") / "clinic"
    created = door().create(str(folder), "Test clinic", "Dr Rao", PASSPHRASE)
    services = created.services
    patient_id, case_id = add_patient(services, "आशा Verma", "4127")
    give(services, patient_id, case_id, date(2026, 1, 5))
    add_patient(services, "Ravi Rao", "4128", "cervical_dystonia", None, "70000 00001")
    add_patient(services, "Two Sides", "4129", "hemifacial_spasm", Side.LEFT, "70000 00002")
    services.close()
    return folder


@pytest.fixture
def data(blank: Path, tmp_path: Path) -> Path:
    """A clinic of the test's own, with three patients."""
    return Path(shutil.copytree(blank, tmp_path / "clinic"))


DUE = {
    "mrn": "4127", "name": "आशा Verma", "case": "blepharospasm_bilateral", "side": "bilateral", "last": "2026-01-05",
    "product": "ona", "units": 35, "earliest": "2026-03-30", "opens": "2026-04-05", "closes": "2026-05-05",
    "status": "coming", "flags": [], "days_overdue": 0, "come_on": None, "appointment": None,
}  # fmt: skip


def test_init_as_a_process_makes_a_clinic_and_shows_two_codes(tmp_path: Path) -> None:
    data = tmp_path / "new" / "clinic"
    made = command("init", "--clinic", "Klinik", "--user", "Dr Rao", "--data", str(data), "--json")
    assert (made.code, made.err) == (0, "")
    assert isinstance(made.json, dict)
    assert set(made.json) == {"vault_id", "recovery_codes"}
    assert len(set(made.json["recovery_codes"])) == 2
    assert command("due", "--data", str(data), "--json").json == []
    again = command("init", "--clinic", "Klinik", "--user", "Dr Rao", "--data", str(data), "--json")
    assert again.code == 1
    assert str(data) in again.err
    services = opened(data)
    assert {role.value for role in services.clinic.user.roles} == {"admin", "doctor"}
    services.close()


@pytest.mark.parametrize(
    ("arguments", "passphrase"),
    [
        (("--clinic", "Klinik"), PASSPHRASE),
        (("--clinic", "  ", "--user", "Dr Rao"), PASSPHRASE),
        (("--clinic", "Klinik", "--user", "Dr Rao"), "short"),
        (("--clinic", "Klinik", "--user", "Dr Rao"), ""),
        (("--clinic", "Klinik", "--user", "Dr Rao"), None),
    ],
)
def test_a_clinic_that_is_refused_leaves_no_files(
    tmp_path: Path, arguments: tuple[str, ...], passphrase: str | None
) -> None:
    data = tmp_path / "clinic"
    answer = ask("init", *arguments, data=data, passphrase=passphrase)
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.strip()
    assert not data.exists() or list(data.iterdir()) == []


def test_due_has_exactly_these_fields(data: Path) -> None:
    answer = ask("due", "--on", "2026-03-19", data=data)
    assert (answer.code, answer.err) == (0, "")
    assert isinstance(answer.json, list)
    assert answer.json[0] == DUE
    assert [one["mrn"] for one in answer.json] == ["4127", "4128", "4129"]
    assert list(answer.json[0]) == list(DUE)


@pytest.mark.parametrize(
    ("on", "status", "overdue"),
    [
        ("2026-01-04", "not_started", 0),
        ("2026-01-05", "not_due", 0),
        ("2026-03-14", "not_due", 0),
        ("2026-03-15", "coming", 0),
        ("2026-04-04", "coming", 0),
        ("2026-04-05", "due", 0),
        ("2026-05-05", "due", 0),
        ("2026-05-06", "overdue", 1),
        ("2026-06-02", "overdue", 28),
    ],
)
def test_due_on_a_day(data: Path, on: str, status: str, overdue: int) -> None:
    answer = ask("due", "--on", on, data=data)
    assert isinstance(answer.json, list)
    found = next(one for one in answer.json if one["mrn"] == "4127")
    assert (found["status"], found["days_overdue"]) == (status, overdue)


def test_due_by_status_and_the_same_answer_again(data: Path) -> None:
    first = ask("due", "--status", "coming", "overdue", data=data)
    assert isinstance(first.json, list)
    assert [one["mrn"] for one in first.json] == ["4127"]
    assert ask("due", "--status", "coming", "overdue", data=data).out == first.out
    assert ask("due", "--status", "late", data=data).code == 1
    bad = ask("due", "--on", "31/02/2026", data=data)
    assert (bad.code, bad.out) == (1, "")
    assert "31/02/2026" in bad.err


def test_the_lists_have_exactly_these_fields(data: Path, tmp_path: Path) -> None:
    ask("book", write_json(tmp_path / "b.json", {"mrn": "4128", "day": "2026-04-07", "time": "10:30"}), data=data)
    assert ask("list", "patients", data=data).json == [
        {"mrn": "4127", "name": "आशा Verma", "sex": "F", "birth_date": None, "phone": "98400 12207"},
        {"mrn": "4128", "name": "Ravi Rao", "sex": "F", "birth_date": None, "phone": "70000 00001"},
        {"mrn": "4129", "name": "Two Sides", "sex": "F", "birth_date": None, "phone": "70000 00002"},
    ]
    assert ask("list", "cases", data=data).json == [
        {"mrn": "4127", "case": "blepharospasm_bilateral", "side": "bilateral", "status": "coming"},
        {"mrn": "4128", "case": "cervical_dystonia", "side": None, "status": "booked"},
        {"mrn": "4129", "case": "hemifacial_spasm", "side": "left", "status": "not_started"},
    ]
    session = {
        "id": 1, "mrn": "4127", "case": "blepharospasm_bilateral", "side": "bilateral", "date": "2026-01-05",
        "product": "ona", "units": 35, "state": "final",
    }  # fmt: skip
    assert ask("list", "sessions", data=data).json == [session]
    assert ask("list", "sessions", "--patient", "4127", data=data).json == [session]
    assert ask("list", "sessions", "--patient", "4128", data=data).json == []
    assert ask("list", "appointments", data=data).json == [
        {
            "id": 1, "mrn": "4128", "case": "cervical_dystonia", "side": None, "day": "2026-04-07", "token": 1,
            "time": "10:30", "kind": "injection", "status": "booked",
        }
    ]  # fmt: skip
    assert ask("list", "pictures", data=data).json == []
    for what in ("patients", "cases", "sessions", "pictures", "appointments"):
        nobody = ask("list", what, "--patient", "nobody", data=data)
        assert (nobody.code, nobody.out) == (1, "")
        assert "nobody" in nobody.err
    assert ask("list", "vials", data=data).code == 1


def test_words_for_people_where_json_is_not_asked_for(data: Path) -> None:
    out, err = io.StringIO(), io.StringIO()
    reading, writing = os.pipe()
    os.write(writing, PASSPHRASE.encode() + b"\n")
    os.close(writing)
    code = cli.run(["due", "--data", str(data), "--passphrase-fd", str(reading)], door(), out, err)
    os.close(reading)
    assert code == 0
    head, first, *_ = out.getvalue().splitlines()
    assert head.split() == list(DUE)
    assert first.startswith("4127")


def test_a_register_is_taken_and_its_fields(data: Path, tmp_path: Path) -> None:
    path = write_register(
        tmp_path / "in.csv",
        row("R1"),
        row("R2", given="31/02/2026"),
        row("R3", units="450"),
        row("4127", name="Somebody Else"),
        row("R4", given="2026-08-01"),
        row("R5", product="Toxin Z"),
        row("R6", units="-5"),
        row("R7", condition="Migraine"),
        row("R8", condition=""),
    )
    dry = ask("import", "register", path, "--dry-run", data=data)
    taken = ask("import", "register", path, data=data)
    assert dry.out == taken.out
    assert (taken.code, taken.err) == (0, "")
    assert isinstance(taken.json, dict)
    assert list(taken.json) == ["taken", "patients", "sessions", "skipped", "warnings"]
    assert (taken.json["taken"], taken.json["patients"], taken.json["sessions"]) == (2, 2, 2)
    assert [(one["row"], one["code"]) for one in taken.json["skipped"]] == [
        (3, "bad_date"), (5, "conflict"), (6, "future_date"), (7, "unknown_product"), (8, "bad_units"),
        (9, "unknown_condition"), (10, "missing_field"),
    ]  # fmt: skip
    assert all(
        set(one) == {"row", "code", "message"} and str(one["row"]) in one["message"] for one in taken.json["skipped"]
    )
    (warning,) = taken.json["warnings"]
    assert {key: warning[key] for key in ("row", "mrn", "rule", "sum", "limit")} == {
        "row": 4, "mrn": "R3", "rule": "C1", "sum": 450, "limit": 400,
    }  # fmt: skip
    assert set(warning) == {"row", "mrn", "rule", "message", "sum", "limit", "source"}
    again = ask("import", "register", path, data=data)
    assert isinstance(again.json, dict)
    assert (again.code, again.json["taken"]) == (0, 0)


def test_a_register_of_which_nothing_can_be_taken_exits_1(data: Path, tmp_path: Path) -> None:
    path = write_register(tmp_path / "in.csv", row("R2", given="31/02/2026"))
    answer = ask("import", "register", path, data=data)
    assert answer.code == 1
    assert isinstance(answer.json, dict)
    assert answer.json["taken"] == 0
    assert path in answer.err
    missing = ask("import", "register", str(tmp_path / "gone.csv"), data=data)
    assert (missing.code, missing.out) == (1, "")
    assert "gone.csv" in missing.err
    no_name = tmp_path / "columns.csv"
    no_name.write_text("mrn;condition\n1;HFS\n", encoding="utf-8")
    columns = ask("import", "register", str(no_name), data=data)
    assert columns.code == 1
    assert "name" in columns.err


def test_ambiguous_days_are_answered_by_dates(data: Path, tmp_path: Path) -> None:
    path = write_register(tmp_path / "in.csv", row("R1", given="05/02/2026"))
    asked = ask("import", "register", path, data=data)
    assert (asked.code, asked.out) == (1, "")
    assert "05/02/2026" in asked.err
    assert "--dates day-first or --dates month-first" in asked.err
    assert ask("import", "register", path, "--dates", "month-first", "--dry-run", data=data).code == 1, "in May"
    assert ask("import", "register", path, "--dates", "day-first", data=data).code == 0
    found = ask("list", "sessions", "--patient", "R1", data=data).json
    assert isinstance(found, list)
    assert found[0]["date"] == "2026-02-05"


def test_a_mapping_file_is_used(data: Path, tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("Nr;Wer;Was;Wann\n77;Frau Odd;HFS left;2026-01-05\n", encoding="utf-8")
    refused = ask("import", "register", str(path), data=data)
    assert refused.code == 1
    pairs = (("Nr", "mrn"), ("Wer", "name"), ("Was", "condition"), ("Wann", "injection_date"))
    mapping = RegisterMapping(tuple(MappedColumn(header, RegisterField(field)) for header, field in pairs))
    toml = tmp_path / "odd.toml"
    toml.write_text(mapping.to_toml(), encoding="utf-8")
    taken = ask("import", "register", str(path), "--mapping", str(toml), data=data)
    assert isinstance(taken.json, dict)
    assert taken.json["taken"] == 1
    toml.write_text("columns = [", encoding="utf-8")
    broken = ask("import", "register", str(path), "--mapping", str(toml), data=data)
    assert (broken.code, broken.out) == (1, "")
    assert "odd.toml" in broken.err
    gone = ask("import", "register", str(path), "--mapping", str(tmp_path / "gone.toml"), data=data)
    assert gone.code == 1
    assert "gone.toml" in gone.err


def test_the_bookings_go_into_a_calendar_file(data: Path, tmp_path: Path) -> None:
    target = tmp_path / "bookings.ics"
    done = ask("export", "ics", str(target), data=data)
    assert done.code == 0
    assert isinstance(done.json, dict)
    assert target.read_bytes().count(b"BEGIN:VEVENT\r\n") == done.json["entries"]
    again = ask("export", "ics", str(target), data=data)
    assert again.code == 1
    assert "bookings.ics" in again.err


def test_an_export_comes_out_and_goes_in_again(data: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.xlsx"
    done = ask("export", "register", str(target), data=data)
    gaps = {"separate": 0, "sites": 0, "bookings": 0, "calls": 0, "decisions": 0, "pictures": 0}
    assert (done.code, done.json) == (0, {"path": str(target), "rows": 3, "gaps": gaps})
    again = ask("export", "register", str(target), data=data)
    assert again.code == 1
    assert str(target) in again.err
    assert ask("export", "register", str(target), "--overwrite", data=data).code == 0
    taken = ask("import", "register", str(target), data=data)
    assert isinstance(taken.json, dict)
    assert taken.json["taken"] == 0
    assert {one["code"] for one in taken.json["skipped"]} == {"duplicate"}
    booking = {"mrn": "4128", "day": "2026-04-07"}
    assert ask("book", write_json(tmp_path / "b.json", booking), data=data).code == 0
    with_booking = ask("export", "register", str(target), "--overwrite", data=data)
    assert with_booking.json == {"path": str(target), "rows": 3, "gaps": {**gaps, "bookings": 1, "calls": 1}}
    said = command("export", "register", str(tmp_path / "more.csv"), "--data", str(data)).out
    assert "Not in this file: 1 booking, 1 call." in said
    assert ask("export", "series", str(target), data=data).code == 1


VISIT = {
    "mrn": "4128", "date": "2026-03-19", "product": "ona", "dilution_ml": 2.5, "batch": "C1234", "injector": "Dr Rao",
    "sessions": [{"case": "cervical_dystonia", "side": None, "kind": "full", "units": 150}],
    "checklist": {"pregnancy": False}, "reason": None, "decided_by": None,
}  # fmt: skip


def test_record_answers_what_was_recorded(data: Path, tmp_path: Path) -> None:
    muscle = first_muscle(data)
    doses = [{"muscle": muscle, "side": "left", "units": units} for units in (1.25, 0.75)]
    session = {"case": "hemifacial_spasm", "side": "left", "kind": "full", "sites": doses}
    sites = {**VISIT, "mrn": "4129", "sessions": [session]}
    answer = ask("record", write_json(tmp_path / "v.json", [VISIT, sites]), data=data)
    assert (answer.code, answer.err) == (0, "")
    first, second = answer.lines
    expected = {"case": "cervical_dystonia", "side": None, "date": "2026-03-19", "product": "ona", "units": 150}
    assert first == {
        "id": 2,
        "mrn": "4128",
        "date": "2026-03-19",
        "sessions": [{"id": 2, **expected, "state": "given"}],
    }
    assert isinstance(second["sessions"], list)
    assert [one["units"] for one in second["sessions"]] == [2]
    single = ask("record", write_json(tmp_path / "one.json", {**VISIT, "date": "2025-11-01"}), data=data)
    assert single.lines[0]["date"] == "2025-11-01"


def first_muscle(data: Path) -> str:
    services = opened(data)
    try:
        return next(iter(services.catalogues.muscles))
    finally:
        services.close()


REFUSED_VISITS: tuple[tuple[dict[str, object], str], ...] = (
    ({"mrn": "nobody"}, "nobody"),
    ({"mrn": None}, "mrn"),
    ({"date": None}, "date"),
    ({"date": "31/02/2026"}, "31/02/2026"),
    ({"date": "2026-08-01"}, "1 Aug 2026"),
    ({"date": "1950-01-01"}, "1950"),
    ({"unit": 50}, "unit"),
    ({"product": "Toxin Z"}, "Toxin Z"),
    ({"sessions": []}, "sessions"),
    ({"sessions": "all"}, "sessions"),
    ({"sessions": [{"case": "writers_cramp", "side": "right", "units": 5}]}, "Writer’s cramp right"),
    ({"sessions": [{"case": "Migraine", "units": 5}]}, "Migraine"),
    ({"sessions": [{"case": "writers_cramp", "units": 5}]}, "Writer’s cramp"),
    ({"sessions": [{"case": "cervical_dystonia"}]}, "units"),
    ({"sessions": [{"case": "cervical_dystonia", "units": "many"}]}, "many"),
    ({"sessions": [{"case": "cervical_dystonia", "units": -5}]}, "-5"),
    ({"sessions": [{"case": "cervical_dystonia", "units": 1.005}]}, "1.005"),
    ({"sessions": [{"case": "cervical_dystonia", "units": 5, "muscle": "x"}]}, "muscle"),
    ({"sessions": [{"case": "cervical_dystonia", "sites": [{"muscle": "wing", "units": 5}]}]}, "wing"),
    ({"sessions": [{"case": "cervical_dystonia", "units": 450}]}, "400"),
    ({"sessions": [{"case": "cervical_dystonia", "units": 5, "kind": "double"}]}, "double"),
    ({"checklist": {"weather": True}}, "weather"),
    ({"checklist": {"pregnancy": "no"}}, "pregnancy"),
    ({"dilution_ml": "a lot"}, "a lot"),
)


def test_visits_that_cannot_be_are_refused_each_with_a_sentence(data: Path, tmp_path: Path) -> None:
    documents = [{**VISIT, **change} for change, _ in REFUSED_VISITS]
    answer = ask("record", write_json(tmp_path / "v.json", documents), data=data)
    assert (answer.code, answer.out) == (1, "")
    for number, ((_, word), line) in enumerate(zip(REFUSED_VISITS, answer.err.splitlines(), strict=True), 1):
        assert line.startswith(f"{number}/{len(documents)}: ")
        assert word in line, line
    found = ask("list", "sessions", data=data).json
    assert isinstance(found, list)
    assert len(found) == 1


def test_a_field_said_twice_loses_neither_value_in_silence(data: Path, tmp_path: Path) -> None:
    (tmp_path / "v.json").write_text('{"mrn": "4127", "date": "2026-03-19", "mrn": "4129"}', encoding="utf-8")
    answer = ask("record", str(tmp_path / "v.json"), data=data)
    assert (answer.code, answer.out) == (1, "")
    assert answer.err == "The field “mrn” stands twice in one object. Leave the one that is right.\n"


def test_one_bad_item_of_an_array_does_not_hold_up_the_others(data: Path, tmp_path: Path) -> None:
    path = write_json(tmp_path / "v.json", [VISIT, {**VISIT, "mrn": "nobody"}, {**VISIT, "date": "2025-11-01"}])
    answer = ask("record", path, data=data)
    assert answer.code == 1
    assert [one["date"] for one in answer.lines] == ["2026-03-19", "2025-11-01"]
    assert answer.err.startswith("2/3: ")
    again = ask("record", path, data=data)
    assert (again.code, again.out) == (1, "")


NO_DOCUMENTS = (
    "", "[", "7", '"text"', "[7]", "null", "[" * 100_000, '{"mrn": ' + "9" * 5000 + "}", '{"mrn": NaN}', "\xff\xfe",
    "{}",
)  # fmt: skip


def test_a_document_that_is_none_is_refused_with_a_sentence(data: Path, tmp_path: Path) -> None:
    path = tmp_path / "v.json"
    for number, content in enumerate(NO_DOCUMENTS):
        path.write_bytes(content.encode("latin-1"))
        answer = ask(("record", "book")[number % 2], str(path), data=data)
        assert (answer.code, answer.out) == (1, "")
        assert answer.err.strip()
    gone = ask("record", str(tmp_path / "gone.json"), data=data)
    assert (gone.code, "gone.json" in gone.err) == (1, True)


def test_giving_and_booking_before_earliest_need_a_reason_and_a_name(data: Path, tmp_path: Path) -> None:
    session = {"case": "blepharospasm_bilateral", "side": "bilateral", "units": 35}
    visit: dict[str, object] = {**VISIT, "mrn": "4127", "sessions": [session]}
    booking: dict[str, object] = {
        "mrn": "4127",
        "day": "2026-03-24",
        "cases": [{"case": "blepharospasm_bilateral", "side": None}],
    }
    documents: tuple[tuple[str, dict[str, object]], ...] = (("record", visit), ("book", booking))
    for what, document in documents:
        refused = ask(what, write_json(tmp_path / "d.json", document), data=data)
        assert refused.code == 1
        assert "30 Mar" in refused.err or "2026-03-30" in refused.err, refused.err
        half = ask(what, write_json(tmp_path / "d.json", {**document, "reason": "travels"}), data=data)
        assert half.code == 1
    decided = {**booking, "reason": "travels", "decided_by": "Dr Rao"}
    booked = ask("book", write_json(tmp_path / "d.json", decided), data=data)
    assert booked.lines == [{"id": 1, "mrn": "4127", "day": "2026-03-24", "token": 1, "flags": ["too_early"]}]
    decided = {**visit, "reason": "wore off", "decided_by": "Dr Rao"}
    assert ask("record", write_json(tmp_path / "d.json", decided), data=data).code == 0


REFUSED_BOOKINGS: tuple[tuple[dict[str, object], str], ...] = (
    ({"day": "2026-03-18"}, "18"),
    ({"day": "tomorrow"}, "tomorrow"),
    ({"day": None}, "day"),
    ({"time": "25:00"}, "25:00"),
    ({"time": "10:00+05:30"}, "10:00+05:30"),
    ({"time": 10.5}, "10.5"),
    ({"cases": [{"case": "meige"}]}, "Meige"),
    ({"cases": [{"case": "cervical_dystonia", "sides": "x"}]}, "sides"),
    ({"drug": "plenty"}, "plenty"),
    ({"tokens": 1}, "tokens"),
)


def test_bookings_that_cannot_be_are_refused_each_with_a_sentence(data: Path, tmp_path: Path) -> None:
    good: dict[str, object] = {
        "mrn": "4128", "day": "2026-04-07", "time": None, "cases": [{"case": "cervical_dystonia"}],
    }  # fmt: skip
    documents = [{**good, **change} for change, _ in REFUSED_BOOKINGS]
    answer = ask("book", write_json(tmp_path / "b.json", documents), data=data)
    assert (answer.code, answer.out) == (1, "")
    for (_, word), line in zip(REFUSED_BOOKINGS, answer.err.splitlines(), strict=True):
        assert word in line, line
    assert ask("list", "appointments", data=data).json == []


def test_a_double_booking_in_one_array(data: Path, tmp_path: Path) -> None:
    document = {"mrn": "4128", "day": "2026-04-07", "cases": [{"case": "cervical_dystonia", "side": None}]}
    answer = ask("book", write_json(tmp_path / "b.json", [document, document]), data=data)
    assert answer.code == 1
    assert [one["token"] for one in answer.lines] == [1]


def test_pictures_are_told_one_a_line(data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "IMG-20260112-WA0001.jpg").write_bytes(samples.plain_jpeg())
    (folder / "copy.jpg").write_bytes(samples.plain_jpeg())
    (folder / "letter.jpg").write_bytes(samples.pdf())
    answer = ask("import", "pictures", str(folder), "--patient", "4127", "--view", "F01", data=data)
    assert answer.code == 0
    assert [(Path(str(one["path"])).name, one["result"]) for one in answer.lines] == [
        ("IMG-20260112-WA0001.jpg", "imported"), ("copy.jpg", "duplicate"), ("letter.jpg", "refused"),
    ]  # fmt: skip
    assert all(list(one) == ["path", "result", "reason", "id", "sha256"] for one in answer.lines)
    first, second, third = answer.lines
    assert (first["reason"], first["id"], second["id"], third["id"]) == (None, 1, 1, None)
    assert "letter.jpg" in str(third["reason"])
    assert ask("list", "pictures", data=data).json == [
        {
            "id": 1, "mrn": "4127", "view": "F01", "taken_at": "2026-01-12", "certainty": "received", "session": 1,
            "phase": 7, "sha256": first["sha256"],
        }
    ]  # fmt: skip
    for arguments in (
        (str(folder), "--patient", "nobody"),
        (str(folder), "--patient", "4127", "--view", "Z99"),
        (str(folder / "letter.jpg"), "--patient", "4127"),
        (str(folder / "gone.jpg"), "--patient", "4127"),
        (str(data / "logs-none"), "--patient", "4127"),
    ):
        refused = ask("import", "pictures", *arguments, data=data)
        assert refused.code == 1
        assert refused.err.strip()


def test_files_of_a_folder_that_are_no_photographs_are_counted_by_their_kind(data: Path, tmp_path: Path) -> None:
    for name in ("1.tif", "2.TIF", "sub/3.tif", "4.gif", "README", ".DS_Store", "Thumbs.db"):
        (tmp_path / "photos" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "photos" / name).write_bytes(b"II*\0")
    words = ("import", "pictures", str(tmp_path / "photos"), "--patient", "4127")
    nothing = ask(*words, data=data)
    assert (nothing.code, nothing.out) == (1, "")
    assert "only other files: 3 .tif, 1 .gif, 1 without an ending" in nothing.err
    (tmp_path / "photos" / "a.jpg").write_bytes(samples.plain_jpeg())
    some = ask(*words, data=data)
    assert (some.code, [one["result"] for one in some.lines]) == (0, ["imported"])
    said = "5 files are not photographs this program reads: 3 .tif, 1 .gif, 1 without an ending.\n"
    assert some.err == said


def test_a_photograph_of_another_patient_is_taken_with_a_warning(data: Path, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(samples.plain_jpeg())
    words = ("import", "pictures", str(tmp_path / "a.jpg"), "--patient")
    assert ask(*words, "4127", data=data).lines[0]["reason"] is None
    answer = ask(*words, "4128", data=data)
    assert (answer.code, answer.lines[0]["result"]) == (0, "imported")
    said = "This photograph is already kept for patient 4127: check that it belongs here."
    assert answer.lines[0]["reason"] == said
    again = ask(*words, "4128", data=data)
    assert (again.lines[0]["result"], again.lines[0]["reason"]) == ("duplicate", None)


def test_an_import_whose_reader_cannot_start_exits_1_with_a_sentence(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.jpg").write_bytes(samples.plain_jpeg())
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no such python"))
    answer = ask("import", "pictures", str(tmp_path / "a.jpg"), "--patient", "4127", data=data)
    assert (answer.code, answer.out) == (1, "")
    assert "could not be started" in answer.err
    assert "Traceback" not in answer.err


@pytest.mark.parametrize("text", ["20260319", "2026-W12-4"])
def test_a_date_in_another_form_is_refused_wherever_one_is_given(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    for answer in (
        ask("due", "--on", text, data=data),
        ask(
            "record",
            write_json(
                tmp_path / "v.json", {"mrn": "4127", "date": text, "sessions": [{"case": "blepharospasm_bilateral"}]}
            ),
            data=data,
        ),
        ask(
            "book",
            write_json(
                tmp_path / "b.json", {"mrn": "4127", "day": text, "cases": [{"case": "blepharospasm_bilateral"}]}
            ),
            data=data,
        ),
    ):
        assert (answer.code, answer.out) in ((1, ""), (1, "[]\n"))
        assert text in answer.err
        assert "2026-03-19" in answer.err
    monkeypatch.setenv("CLINIC_TODAY", text)
    with pytest.raises(RuleBroken) as caught:
        day_given()
    assert caught.value.code == "bad_clinic_today"


def test_a_volume_that_is_none_is_told_in_millilitres(data: Path, tmp_path: Path) -> None:
    session = {"case": "blepharospasm_bilateral", "units": 20, "dilution_ml": -2}
    visit = {"mrn": "4127", "date": "2026-03-19", "product": "Botox", "sessions": [session]}
    answer = ask("record", write_json(tmp_path / "v.json", visit), data=data)
    assert answer.code == 1
    assert answer.err == (
        "“-2” in “dilution ml” is no volume. Write millilitres as a number above 0, for example 2 or 2.5.\n"
    )


def damage_of(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """The findings of a check that are no notes."""
    return [one for one in answer["findings"] if one["kind"] != "note"]


def test_a_check_of_a_healthy_clinic(data: Path) -> None:
    answer = ask("check", "--full", data=data)
    assert answer.code == 0
    assert isinstance(answer.json, dict)
    assert answer.json["ok"] is True
    (note,) = answer.json["findings"]
    assert note["kind"] == "note"
    assert note["message"].startswith("No backup was ever made.")


def test_damage_is_found_and_exits_2(data: Path, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(samples.plain_jpeg())
    assert ask("import", "pictures", str(tmp_path / "a.jpg"), "--patient", "4127", data=data).code == 0
    blob = next(path for path in (data / "blobs").rglob("*") if path.is_file())
    sealed = blob.read_bytes()
    blob.chmod(0o600)
    blob.write_bytes(sealed[:-1] + bytes([sealed[-1] ^ 1]))
    assert ask("check", data=data).code == 0, "without --full only what is there and its size is looked at"
    full = ask("check", "--full", data=data)
    assert full.code == 2
    assert isinstance(full.json, dict)
    (finding,) = damage_of(full.json)
    assert set(finding) == {"kind", "id", "mrn", "message"}
    assert (finding["kind"], finding["id"], finding["mrn"]) == ("damaged", 1, "4127")
    blob.unlink()
    missing = ask("check", data=data)
    assert isinstance(missing.json, dict)
    assert (missing.code, missing.json["ok"], missing.json["findings"][0]["kind"]) == (2, False, "missing")


@pytest.mark.parametrize("how", ["empty", "cut", "long"])
def test_a_photograph_of_another_size_is_found_without_full(data: Path, tmp_path: Path, how: str) -> None:
    (tmp_path / "a.jpg").write_bytes(samples.plain_jpeg())
    assert ask("import", "pictures", str(tmp_path / "a.jpg"), "--patient", "4127", data=data).code == 0
    for blob in [path for path in (data / "blobs").rglob("*") if path.is_file()]:
        sealed = blob.read_bytes()
        blob.chmod(0o600)
        blob.write_bytes({"empty": b"", "cut": sealed[:-1], "long": sealed + b"x"}[how])
        answer = ask("check", data=data)
        assert isinstance(answer.json, dict)
        (finding,) = damage_of(answer.json)
        assert (answer.code, finding["kind"], finding["id"], finding["mrn"]) == (2, "damaged", 1, "4127")
        assert "Photograph 1 of patient 4127" in finding["message"]
        blob.write_bytes(sealed)
    assert ask("check", "--full", data=data).code == 0


@pytest.mark.skipif(sys.platform == "win32", reason="links to what POSIX systems do not let be read")
def test_a_photograph_that_cannot_be_read_is_a_finding_and_the_check_goes_on(data: Path, tmp_path: Path) -> None:
    for name, quality in (("a.jpg", 80), ("b.jpg", 90), ("c.jpg", 70)):
        (tmp_path / name).write_bytes(samples.plain_jpeg(quality=quality))
    assert ask("import", "pictures", str(tmp_path), "--patient", "4127", data=data).code == 0
    services = opened(data)
    first, second, third = (entry.picture for _, entry in services.pictures.all())
    services.close()
    folder, unread, cut = (data / "blobs" / one.original[:2] / one.original for one in (first, second, third))
    size = unread.stat().st_size
    folder.unlink()
    folder.mkdir()
    if os.geteuid():
        unread.chmod(0)
    else:
        unread.unlink()
        unread.symlink_to("/proc/self/mem")
    cut.chmod(0o600)
    cut.write_bytes(b"")
    for full in ((), ("--full",)):
        answer = ask("check", *full, data=data)
        assert (answer.code, answer.err) == (2, "")
        assert isinstance(answer.json, dict)
        found = {finding["id"]: finding for finding in damage_of(answer.json)}
        assert {finding["kind"] for finding in found.values()} == {"damaged"}
        assert {first.id, third.id} <= set(found)
        assert second.id in found or not full
        assert size
        assert all(finding["mrn"] == "4127" for finding in found.values())


def test_a_stray_file_is_a_note(data: Path) -> None:
    stray = data / "blobs" / "ab" / ("ab" * 32)
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"x")
    answer = ask("check", data=data)
    assert isinstance(answer.json, dict)
    assert (answer.code, answer.json["ok"], answer.json["findings"][0]["kind"]) == (0, True, "note")


@pytest.mark.parametrize("page", [0, 1, 5, -1])
def test_a_damaged_page_of_the_database_exits_2(data: Path, page: int) -> None:
    path = data / "clinic.db"
    content = bytearray(path.read_bytes())
    place = (page % (len(content) // 4096)) * 4096 + 200
    content[place] ^= 1
    path.write_bytes(content)
    answer = ask("check", data=data)
    assert answer.code == 2
    assert isinstance(answer.json, dict)
    assert not answer.json["ok"]
    assert answer.json["findings"]
    words = ask("list", "patients", data=data)
    assert words.code in (0, 2)
    assert (words.code == 2) == bool(words.err)


def test_a_missing_database_is_damage_and_no_new_one_is_made(data: Path) -> None:
    (data / "clinic.db").unlink()
    answer = ask("check", data=data)
    assert isinstance(answer.json, dict)
    assert (answer.code, answer.json["findings"][0]["kind"]) == (2, "missing")
    assert ask("due", data=data).code in (1, 2)
    assert not (data / "clinic.db").exists()


def test_a_damaged_key_file_exits_2_and_its_copy_helps(data: Path) -> None:
    (data / "vault.json").write_text("{", encoding="utf-8")
    said = ask("due", data=data)
    assert said.code == 0, "the copy opens it"
    assert "vault.json was damaged" in said.err
    assert ask("due", data=data).err == "", "and it was written anew"
    (data / "vault.json").write_text("{", encoding="utf-8")
    (data / "vault.json.bak").write_text("{", encoding="utf-8")
    for words in (("due",), ("check",)):
        answer = ask(*words, data=data)
        assert answer.code == 2
        assert str(data) in answer.err + answer.out


def test_a_plain_database_is_refused_untouched(data: Path) -> None:
    path = data / "clinic.db"
    path.unlink()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE patient (name TEXT)")
    connection.commit()
    connection.close()
    before = path.read_bytes()
    answer = ask("due", data=data)
    assert (answer.code, answer.out) == (1, "")
    assert str(path) in answer.err
    assert path.read_bytes() == before


def test_a_database_of_a_later_program_is_refused_untouched(data: Path) -> None:
    services = opened(data)
    with services.context.units.open() as unit:
        unit.session.connection().exec_driver_sql("PRAGMA user_version = 99")
        unit.commit()
    services.close()
    before = (data / "clinic.db").read_bytes()
    answer = ask("due", data=data)
    assert (answer.code, answer.out) == (1, "")
    assert "newer" in answer.err
    assert (data / "clinic.db").read_bytes() == before


def test_a_clinic_that_was_never_finished_is_told(data: Path) -> None:
    (data / "clinic.db").write_bytes(b"")
    answer = ask("due", data=data)
    assert answer.code in (1, 2)
    assert answer.err.strip()


def test_a_wrong_passphrase_is_not_called_damage(data: Path) -> None:
    for wrong in ("wrong horse battery staple", "", "x" * 5000, "correct horse battery staple "):
        answer = ask("check", data=data, passphrase=wrong)
        if wrong.strip() != PASSPHRASE:
            assert (answer.code, answer.out) == (1, "")
            assert "damage" not in answer.err.lower()
    nobody = ask("due", "--user", "Dr Nobody", data=data)
    assert (nobody.code, nobody.out) == (1, "")


def test_nothing_is_asked_on_stdin(data: Path) -> None:
    answer = command("due", "--data", str(data), "--json", passphrase=None)
    assert (answer.code, answer.out) == (1, "")
    assert "--passphrase-fd" in answer.err
    closed = ask("due", "--passphrase-fd", "987", data=data, passphrase=None)
    assert closed.code == 1
    assert "987" in closed.err


def test_the_passphrase_never_comes_as_an_argument(data: Path) -> None:
    assert ask("due", "--passphrase", PASSPHRASE, data=data, passphrase=None).code == 1


@pytest.mark.parametrize(
    "words", [(), ("nonsense",), ("import",), ("list",), ("import", "vials"), ("record",), ("demo",)]
)
def test_what_is_no_command_is_refused(words: Sequence[str], tmp_path: Path) -> None:
    assert ask(*words, data=tmp_path, passphrase=None).code == 1


def test_a_folder_that_is_missing_or_empty_or_a_file(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"")
    for place in (tmp_path / "gone", tmp_path, file):
        answer = ask("due", data=place)
        assert (answer.code, answer.out) == (1, "")
        assert str(place) in answer.err
    assert not (tmp_path / "gone").exists()


def test_a_folder_on_the_network_is_refused(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    share = "//server/share/clinic"
    assert (answer := ask("due", data=Path(share))).code == 1
    assert answer.err.strip()
    monkeypatch.setattr("clinic_app.machine.folders.is_on_network", lambda _: True)
    answer = ask("due", data=data)
    assert (answer.code, answer.out) == (1, "")
    assert "network" in answer.err


@pytest.mark.skipif(sys.platform == "win32", reason="the rights of a folder are of another kind on Windows")
@pytest.mark.skipif(_only_root_reads(ROOT), reason="the checkout lies where only root may read: nobody else can run it")
def test_a_read_only_folder_is_refused(data: Path) -> None:
    script = (
        "import os, sys\n"
        "sys.path.insert(0, sys.argv.pop(1))\n"
        "import clinic_app.cli\n"
        "from clinic_app.bootstrap import clinic_door, run\n"
        "clinic_door()\n"
        "if os.getuid() == 0:\n    os.setgid(65534); os.setuid(65534)\n"
        "sys.exit(run(sys.argv[1:]))\n"
    )
    for path in (data, *data.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    for parent in data.parents:
        if not parent.stat().st_mode & 0o001:
            if parent.stat().st_uid != os.getuid() or len(parent.parts) < 3:
                break
            parent.chmod(parent.stat().st_mode | 0o011)
    done = subprocess.run(
        [sys.executable, "-c", script, str(ROOT), "due", "--data", str(data), "--json", "--passphrase-fd", "0"],
        input=PASSPHRASE + "\n",
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "CLINIC_TODAY": TODAY.isoformat(), "HOME": "/nonexistent"},
        check=False,
    )
    for path in (data, *data.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    assert str(data) in done.stderr


@pytest.mark.parametrize("today", ["yesterday", "2026-02-30", "19/03/2026"])
def test_a_day_from_outside_that_is_none(data: Path, today: str) -> None:
    answer = command("due", "--data", str(data), "--json", today=today)
    assert (answer.code, answer.out) == (1, "")
    assert today in answer.err


def test_the_clock_of_the_computer_is_asked_about(data: Path, tmp_path: Path) -> None:
    path = write_json(tmp_path / "v.json", {**VISIT, "date": "2026-03-01"})
    environment = {key: value for key, value in os.environ.items() if key != "CLINIC_TODAY"}
    done = subprocess.run(
        [sys.executable, str(ROOT / "main.py"), "record", path, "--data", str(data), "--json", "--passphrase-fd", "0"],
        input=PASSPHRASE + "\n",
        capture_output=True,
        encoding="utf-8",
        env=environment,
        check=False,
    )
    newest = TODAY
    real = date.today()  # noqa: DTZ011
    if newest <= real <= date.fromordinal(newest.toordinal() + 30):
        pytest.skip("today the computer's clock agrees with the test's")
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    assert "which day it is" in done.stderr
    assert ask("record", path, data=data).code == 0


@pytest.mark.skipif(sys.platform == "win32", reason="a process is killed in another way on Windows")
@pytest.mark.parametrize("what", ["pictures", "record", "book"])
def test_what_was_told_is_there_after_a_kill(data: Path, tmp_path: Path, what: str) -> None:
    days = [f"2025-{month:02}-01" for month in range(1, 13)] * 3
    if what == "pictures":
        for number in range(30):
            (tmp_path / f"p{number:02}.jpg").write_bytes(samples.plain_jpeg(quality=40 + number))
        words = ["import", "pictures", *(str(path) for path in sorted(tmp_path.glob("p*.jpg"))), "--patient", "4127"]
    elif what == "record":
        visits = [{**VISIT, "date": f"{2020 + number // 12}-{number % 12 + 1:02}-01"} for number, _ in enumerate(days)]
        words = ["record", write_json(tmp_path / "v.json", visits)]
    else:
        bookings = [
            {"mrn": "4128", "day": f"2027-{number % 12 + 1:02}-{number // 12 + 1:02}", "reason": "r", "decided_by": "d"}
            for number, _ in enumerate(days)
        ]
        words = ["book", write_json(tmp_path / "b.json", bookings)]
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "main.py"), *words, "--data", str(data), "--json", "--passphrase-fd", "0"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, "CLINIC_TODAY": TODAY.isoformat()},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(PASSPHRASE + "\n")
    process.stdin.close()
    told = [json.loads(process.stdout.readline()) for _ in range(2)]
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=30)
    told += [json.loads(line) for line in process.stdout.read().splitlines() if line.endswith("}")]
    process.stdout.close()
    kept = ask("list", {"pictures": "pictures", "record": "sessions", "book": "appointments"}[what], data=data).json
    assert isinstance(kept, list)
    ids = {one["id"] for one in kept}
    if what == "record":
        assert {session["id"] for one in told for session in one["sessions"]} <= ids
    else:
        assert {one["id"] for one in told} <= ids
    checked = ask("check", "--full", data=data)
    assert checked.code == 0, checked.out


def test_the_command_line_works_beside_an_open_window(data: Path, tmp_path: Path) -> None:
    window = opened(data)
    stop = threading.Event()
    counts: list[int] = []
    failures: list[BaseException] = []

    def read() -> None:
        try:
            while not stop.is_set():
                counts.append(window.patients.count())
                window.schedule.counts()
        except BaseException as error:  # noqa: BLE001  # told below
            failures.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        path = write_register(tmp_path / "in.csv", *(row(f"B{number}") for number in range(60)))
        assert ask("import", "register", path, data=data).code == 0
    finally:
        stop.set()
        reader.join()
    assert failures == []
    assert set(counts) <= {3, 63}, "a reader sees all of an import or nothing"
    assert window.patients.count() == 63
    patient_id, case_id = add_patient(window, "After All", "4999", phone="12345")
    assert patient_id
    assert case_id
    window.close()


def test_a_reader_that_leaves_early_is_no_error(data: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "main.py"), "due", "--data", str(data), "--json", "--passphrase-fd", "0"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, "CLINIC_TODAY": TODAY.isoformat()},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    process.stdin.write(PASSPHRASE + "\n")
    process.stdin.close()
    complaint = process.stderr.read()
    process.stderr.close()
    process.wait(timeout=30)
    assert "Traceback" not in complaint
    assert "BrokenPipe" not in complaint


DEMO = ("--patients", "12", "--seed", "3", "--no-pictures")


def test_a_demo_clinic_is_made_once_opens_unasked_and_is_the_same_each_time(tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    made = [ask("demo", "--into", str(folder), *DEMO, passphrase=None) for folder in folders]
    assert [one.code for one in made] == [0, 0], made[0].err
    assert isinstance(made[0].json, dict)
    assert list(made[0].json) == ["patients", "cases", "sessions", "pictures", "seed"]
    assert (made[0].json["pictures"], made[0].json["seed"]) == (0, 3)
    assert made[0].json["patients"] >= 12
    assert made[0].out == made[1].out
    for words in (("due",), ("due", "--on", "2026-06-01"), ("list", "patients"), ("list", "cases")):
        first, second = (ask(*words, data=folder, passphrase=None) for folder in folders)
        assert (first.code, first.err) == (0, "")
        assert first.out == second.out
        assert first.out == ask(*words, data=folders[0], passphrase="offered and ignored").out
    people = ask("list", "patients", data=folders[0], passphrase=None).json
    assert isinstance(people, list)
    assert len(people) == made[0].json["patients"]
    assert ask("check", "--full", data=folders[0], passphrase=None).json == {"ok": True, "findings": []}
    again = ask("demo", "--into", str(folders[0]), *DEMO, passphrase=None)
    assert (again.code, again.out) == (1, "")
    assert str(folders[0]) in again.err
    real = ask("init", "--clinic", "Klinik", "--user", "Dr Rao", data=folders[0])
    assert (real.code, real.out) == (1, "")


@pytest.mark.parametrize("patients", ["0", "-5", "many"])
def test_a_demo_of_nobody_is_refused(tmp_path: Path, patients: str) -> None:
    answer = ask("demo", "--into", str(tmp_path / "demo"), "--patients", patients, "--no-pictures", passphrase=None)
    assert answer.code == 1
    assert not (tmp_path / "demo").exists() or list((tmp_path / "demo").iterdir()) == []


def test_the_audit_is_verified_and_listed_on_the_command_line(data: Path) -> None:
    verified = ask("audit", "verify", "--rows", data=data)
    assert isinstance(verified.json, dict)
    assert set(verified.json) == {"ok", "entries", "head", "last_anchor", "problems"}
    assert (verified.code, verified.json["ok"], verified.json["problems"]) == (0, True, [])
    assert str(verified.json["head"]).startswith(f"{verified.json['entries']}:")
    listed = ask("audit", "list", "--patient", "4127", "--kind", "changed", data=data)
    assert listed.code == 0
    assert {line["mrn"] for line in listed.lines} == {"4127"}
    assert {"patient.create", "case.create"} <= {line["action"] for line in listed.lines}
    fields = "seq at clock who roles computer action object id mrn outcome reason sentence"
    assert set(listed.lines[0]) == set(fields.split())
    numbers = [int(str(line["seq"])) for line in listed.lines]
    assert numbers == sorted(numbers, reverse=True)
    assert len(ask("audit", "list", "--limit", "3", data=data).lines) == 3
    assert ask("audit", "list", "--who", "dr rao", "--since", "2030-01-01", data=data).lines == []
    nobody = ask("audit", "list", "--who", "Nobody", data=data)
    assert (nobody.code, nobody.err) == (1, "Nobody called Nobody works here. Choose one of: Dr Rao.\n")


def test_a_tampered_audit_exits_2_and_names_the_first_bad_entry(data: Path) -> None:
    services = opened(data)
    with services.context.units.open() as unit:
        connection = unit.session.connection()
        connection.exec_driver_sql("DROP TRIGGER audit_entry_no_update")
        connection.exec_driver_sql("UPDATE audit_entry SET actor_id = 7 WHERE seq = 5")
        unit.session.commit()
    services.close()
    verified = ask("audit", "verify", data=data)
    assert isinstance(verified.json, dict)
    assert (verified.code, verified.json["ok"]) == (2, False)
    assert verified.json["problems"] == [{"seq": 5, "code": "audit_entry_changed", "object": None}]
    assert ask("check", data=data).code == 2
