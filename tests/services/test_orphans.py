"""Picture files that belong to no photograph: put aside after a day, deleted a month later, never a moment too soon."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from clinic_app.domain.audit import AuditFilter
from clinic_app.services import Services
from clinic_app.storage.picture_store import PictureKind
from tests.backup_room import add_picture
from tests.builders import Clock, open_test_clinic
from tests.imaging import samples


@pytest.fixture
def clock() -> Clock:
    """The clock of this test's clinic."""
    return Clock()


@pytest.fixture
def services(tmp_path: Path, clock: Clock) -> Iterator[Services]:
    """A clinic of this test's own: what one test puts aside is counted by no other."""
    with open_test_clinic(tmp_path, clock) as clinic:
        yield clinic
        assert [one for one in clinic.check() if not one.harmless] == []


@pytest.fixture
def blobs(services: Services) -> Path:
    """The folder of the picture files."""
    return Path(services.clinic.folder) / "blobs"


def put_orphan(services: Services, content: bytes) -> str:
    """A picture file without a photograph, as an import leaves it that was cut before its row was written."""
    return services.context.store.put(PictureKind.ORIGINAL, content)


def let_age(services: Services, clock: Clock, hours: float) -> None:
    """Every picture file was written so many hours ago."""
    then = (clock.moment.astimezone(UTC) - timedelta(hours=hours)).timestamp()
    for path in (Path(services.clinic.folder) / "blobs").glob("??/*"):
        os.utime(path, (then, then))


def notes(services: Services) -> dict[str, object]:
    """What a check notes of stray files, with how many there are."""
    return {one.code: one.params["count"] for one in services.check() if "count" in one.params}


def entered(services: Services, action: str) -> int:
    """How many entries of an action the audit has."""
    return services.audit.page(AuditFilter(actions=(action,))).count


def test_an_orphan_is_noted_put_aside_after_a_day_and_deleted_a_month_later(
    services: Services, clock: Clock, someone: tuple[int, int]
) -> None:
    kept = add_picture(services, someone[0], 1)
    binned = add_picture(services, someone[0], 2)
    taken_back = add_picture(services, someone[0], 3)
    first, second, third = (one.picture.id for one in services.pictures.entries(someone[0]))
    assert len({first, second, third}) == 3
    with services.access.because("twice the same"):
        services.bin.delete_photo([second])
    with services.context.units.open() as unit:
        unit.pictures.take_back([third])
        unit.commit()
    orphan = put_orphan(services, b"left behind")
    let_age(services, clock, 23)
    assert services.sweep_orphans() == 0
    assert notes(services) == {"pictures_unreferenced": 1}
    let_age(services, clock, 25)
    assert services.sweep_orphans() == 0, "once a day is enough"
    clock.moment += timedelta(days=1)
    assert services.sweep_orphans() == 1
    store = services.context.store
    assert not store.has(orphan)
    assert all(store.has(id_) for id_ in (*kept, *binned, *taken_back))
    aside = Path(services.clinic.folder) / "trash" / orphan
    assert aside.is_file()
    assert notes(services) == {"pictures_set_aside": 1}
    assert entered(services, "store.set_aside") == 1
    clock.moment += timedelta(days=29)
    services.sweep_orphans()
    assert aside.is_file()
    clock.moment += timedelta(days=2)
    services.sweep_orphans()
    assert not aside.exists()
    assert entered(services, "store.emptied") == 1
    assert notes(services) == {}


def test_nothing_is_put_aside_while_photographs_are_imported(
    services: Services, clock: Clock, someone: tuple[int, int], tmp_path: Path
) -> None:
    orphan = put_orphan(services, b"left behind during an import")
    let_age(services, clock, 30)
    clock.moment += timedelta(days=2)
    source = tmp_path / "one.jpg"
    source.write_bytes(samples.plain_jpeg(quality=61))
    swept: list[int] = []

    def look(_: object) -> bool:
        swept.append(services.sweep_orphans())
        return True

    services.pictures.import_files(someone[0], [str(source)], report=look)
    assert swept == [0]
    assert services.context.store.has(orphan)
    assert services.sweep_orphans() == 1


@pytest.mark.usefixtures("someone")
def test_a_date_that_cannot_be_right_sweeps_nothing(services: Services, clock: Clock, blobs: Path) -> None:
    orphan = put_orphan(services, b"left behind before the clock went wrong")
    let_age(services, clock, 30)
    clock.moment += timedelta(days=400)
    context = services.context
    context.today_given = False
    try:
        assert services.sweep_orphans() == 0
    finally:
        context.today_given = True
    assert (blobs / orphan[:2] / orphan).is_file()
    assert services.sweep_orphans() == 1


def test_an_import_of_another_program_loses_no_file_to_the_sweep(
    services: Services, someone: tuple[int, int], tmp_path: Path
) -> None:
    source = tmp_path / "again.jpg"
    source.write_bytes(samples.plain_jpeg(quality=62))
    written = services.pictures.import_files(someone[0], [str(source)])
    entry = services.pictures.entries(someone[0])[0].picture
    ids = {entry.original, entry.display, entry.preview, entry.thumbnail}
    assert written.undo is not None
    services.undo(written.undo)
    store = services.context.store
    others = set(store.ids()) - ids
    with services.context.units.open() as unit:
        unit.bin.entries()
        for id_ in ids:
            store.delete(id_)
        importing = threading.Thread(target=lambda: services.pictures.import_files(someone[0], [str(source)]))
        importing.start()
        until = time.monotonic() + 30
        while not all(map(store.has, ids)) and time.monotonic() < until:
            time.sleep(0.005)
        later = datetime.now(UTC) + timedelta(hours=25)
        assert store.sweep_unreferenced(others, later, import_running=False) == sorted(ids)
    importing.join(30)
    assert len(services.pictures.entries(someone[0])) == 1
    assert all(map(store.has, ids))
