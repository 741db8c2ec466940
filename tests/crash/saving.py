"""What the processes that are crashed do: save visits and take in photographs, and say so after each commit."""

from __future__ import annotations

import hashlib
import itertools
import os
import pickle
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

from clinic_app.domain.case_page import PictureImportReport
from clinic_app.domain.errors import ClinicError
from clinic_app.domain.picture_files import ReadPicture
from clinic_app.domain.treatment import SessionDetails, Visit, VisitDetails
from clinic_app.imaging.reader import PictureReader
from clinic_app.machine.places import find_places
from clinic_app.services import Services
from clinic_app.services.clinic_data import ClinicDoor
from clinic_app.storage import engine
from clinic_app.wording.sentences import sentence_of
from tests.builders import PASSPHRASE, TODAY, Clock, add_patient, door
from tests.crash.disk_model import record
from tests.crash.launcher import READY, Job, Told
from tests.imaging import samples

PEOPLE = 20
TAIL = 16
BACK = timedelta(days=4000)


def _read_once() -> ReadPicture:
    with PictureReader() as reader:
        return reader.read(samples.plain_jpeg(), "photo.jpg")


class PreparedReader:
    """Hands out a photograph that the real reader read before, with bytes of its own behind the end of each of its four
    files, so that every one is new. Decoding writes nothing: a test of what is written loses nothing by that.
    """

    def __init__(self, read: ReadPicture) -> None:
        self._read = read

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is open."""

    def close(self) -> None:
        """Nothing is open."""

    def read(self, source: Path | bytes, name: str | None = None) -> ReadPicture:
        """The prepared photograph, with the bytes that were handed in as its original, made new by their end."""
        original = source if isinstance(source, bytes) else source.read_bytes()
        read, tail = self._read, original[-TAIL:]
        return replace(
            read,
            original=original,
            sha256=hashlib.sha256(original).hexdigest(),
            display=read.display + tail,
            preview=read.preview + tail,
            thumbnail=read.thumbnail + tail,
        )


def make_clinic(folder: Path, people: int = PEOPLE) -> list[tuple[int, int]]:
    """A clinic of so many people in ``folder``; answers their (patient_id, case_id)."""
    services = door(Clock(TODAY)).create(str(folder), "Test clinic", "Dr Rao", PASSPHRASE).services
    try:
        return [add_patient(services, f"Person {number}", f"K-{number}") for number in range(people)]
    finally:
        services.close()


def opened(folder: str, read: ReadPicture) -> Services:
    """The clinic, with the prepared reader."""
    now: Callable[[], datetime] = Clock(TODAY)
    return ClinicDoor(find_places(), now, lambda: PreparedReader(read), today_given=True).open(folder, PASSPHRASE)


def save_until_killed(say: Told, arguments: dict[str, Any]) -> None:
    """Save and take in without end; every line is written after its commit."""
    services = opened(arguments["folder"], _PREPARED)
    people: list[tuple[int, int]] = arguments["people"]
    day = TODAY - BACK + timedelta(days=arguments["round"])
    for number in itertools.count():
        patient_id, case_id = people[number % len(people)]
        _save(services, say, patient_id, case_id, day)
        _take(services, say, patient_id)
        if number == 0:
            say(said=READY)


def save_until_full(say: Told, arguments: dict[str, Any]) -> None:
    """Save and take in until the disk is full, then read everything; once told that there is room, save again."""
    services = opened(arguments["folder"], _PREPARED)
    people: list[tuple[int, int]] = arguments["people"]
    day = TODAY - BACK + timedelta(days=arguments["round"])
    refusals = 0
    for number in range(1000):
        patient_id, case_id = people[number % len(people)]
        refusals += _refused(say, partial(_save, services, say, patient_id, case_id, day))
        refusals += _refused(say, partial(_take, services, say, patient_id))
        if refusals >= 2:
            break
    read = len(services.treatment.sessions())
    looked = sum(len(services.pictures.thumbnail(entry.picture.id)) > 0 for _, entry in services.pictures.all())
    services.schedule.due()
    say(said="full", visits_read=read, pictures_read=looked)
    Path(arguments["go"]).touch()
    while not Path(arguments["on"]).exists():
        time.sleep(0.002)
    patient_id, case_id = people[0]
    _save(services, say, patient_id, case_id, day + timedelta(days=1))
    _take(services, say, patient_id)
    services.close()
    say(said="done")


def save_and_record(say: Told, arguments: dict[str, Any]) -> None:
    """Save and take in a while, with a note of every write and sync; the notes are pickled into a file.

    ``pragma`` replaces the database's own ``synchronous=FULL``; ``syncs_files`` says whether photographs are synced.
    """
    folder = Path(arguments["folder"])
    notes = record(folder, syncs_files=arguments["syncs_files"])
    pragma: str = arguments["pragma"]
    engine._PRAGMAS = tuple(pragma if one.startswith("synchronous") else one for one in engine._PRAGMAS)  # type: ignore[misc]
    services = opened(str(folder), _PREPARED)
    people: list[tuple[int, int]] = arguments["people"]

    def reported(**facts: object) -> None:
        notes.append(("said", facts))

    for number in range(arguments["saves"]):
        patient_id, case_id = people[number % len(people)]
        _save(services, reported, patient_id, case_id, TODAY - BACK + timedelta(days=number // len(people)))
        _take(services, reported, patient_id)
        if number % 10 == 9:
            services.context.units._engines.checkpoint()
    Path(arguments["notes"]).write_bytes(pickle.dumps(notes))
    say(said="done")


def _save(services: Services, say: Told, patient_id: int, case_id: int, day: Any) -> None:
    details = VisitDetails(day, (SessionDetails(case_id, "ona", None),), "Dr Rao")
    visit = services.treatment.record(patient_id, details, True).result
    assert isinstance(visit, Visit)
    say(sessions=[session.id for session in visit.sessions])


def _take(services: Services, say: Told, patient_id: int) -> None:
    done = services.pictures.import_bytes(patient_id, samples.plain_jpeg() + os.urandom(TAIL), "photo.jpg").result
    assert isinstance(done, PictureImportReport)
    for one in done.files:
        if one.error is not None:
            raise one.error
        assert one.picture is not None
        say(picture=one.picture.id)


def load_everything() -> None:
    """Open a clinic once and work in it, so that the processes forked off have loaded what that takes."""
    with TemporaryDirectory() as place:
        people = make_clinic(Path(place) / "clinic", 1)
        services = opened(str(Path(place) / "clinic"), _PREPARED)
        _save(services, _say_nothing, *people[0], TODAY)
        _take(services, _say_nothing, people[0][0])
        services.close()


def _refused(say: Told, save: Callable[[], None]) -> bool:
    """Whether the disk did not take something; what was said about it is reported."""
    try:
        save()
    except ClinicError as full:
        say(
            refused=full.code, params={name: str(value) for name, value in full.params.items()}, words=sentence_of(full)
        )
        return True
    return False


def _say_nothing(**_: object) -> None:
    """Nobody listens."""


_PREPARED = _read_once()
JOBS: dict[str, Job] = {"save": save_until_killed, "fill": save_until_full, "record": save_and_record}
