"""Every storage test of the repositories runs on both engines, on one database a module, emptied before each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from clinic_app.services import Services
from clinic_app.storage.engine import Engines
from clinic_app.storage.unit import UnitsOfWork
from tests.builders import ACTOR, AUDIT_KEY, Clock
from tests.engines import KINDS, empty, open_kind, services_on


@pytest.fixture(scope="module", params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engines]:
    """A migrated database, for all tests of a module."""
    kind = str(request.param)
    server = request.getfixturevalue("postgres_server") if kind == "postgresql" else None
    with open_kind(kind, tmp_path_factory.mktemp(kind), server) as engines:
        yield engines


@pytest.fixture
def clock() -> Clock:
    """A clock at the tests' today."""
    return Clock()


@pytest.fixture
def engines_of_clinic(database: Engines) -> Engines:
    """The module's database, empty."""
    empty(database)
    return database


@pytest.fixture
def units(engines_of_clinic: Engines, clock: Clock) -> UnitsOfWork:
    """Units of work on an empty database."""
    return UnitsOfWork(engines_of_clinic, ACTOR, clock, AUDIT_KEY)


@pytest.fixture
def services(engines_of_clinic: Engines, tmp_path: Path, clock: Clock) -> Services:
    """The services on an empty database."""
    return services_on(engines_of_clinic, tmp_path, clock)
