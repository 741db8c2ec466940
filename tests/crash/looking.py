"""Looking at what a crash left: is everything there that was reported as saved, and is it whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from clinic_app.domain.errors import DamageFound, NotFound
from clinic_app.storage.audit import AuditRows
from clinic_app.storage.engine import open_engines
from clinic_app.storage.integrity import IntegrityRows
from clinic_app.storage.keys import VaultKeys
from clinic_app.storage.migrations import SCHEMA
from clinic_app.storage.picture_store import FilePictureStore
from tests.builders import ACTOR, TODAY, Clock

PICTURES = text("SELECT id, original, display, preview, thumbnail FROM picture")


@dataclass(frozen=True)
class Found:
    """What was reported as saved and is not there, and what is wrong with the database and its audit."""

    visits_lost: int
    pictures_lost: int
    problems: tuple[str, ...]


def look(folder: Path, keys: VaultKeys, said: Iterable[Mapping[str, Any]]) -> Found:
    """Open a clinic's database and photographs without its key file, and compare with what was reported."""
    lines = list(said)
    sessions = {id_ for one in lines for id_ in one.get("sessions", ())}
    pictures = {one["picture"] for one in lines if "picture" in one}
    engines = open_engines(folder / "clinic.db", keys.database_hex, schema=SCHEMA)
    try:
        with engines.reader.connect() as connection:
            there = set(connection.scalars(text("SELECT id FROM injection_session")))
            blobs = {id_: rest for id_, *rest in connection.execute(PICTURES)}
        engines.checkpoint()
        with Session(engines.reader) as session:
            chain = AuditRows(session, ACTOR, Clock(TODAY)(), keys.audit).verify()
            problems = [*IntegrityRows(session).problems(), *(problem.code for problem in chain.problems)]
    finally:
        engines.close()
    store = FilePictureStore(folder, keys)
    gone = [id_ for id_ in pictures if id_ not in blobs or not all(_opens(store, blob) for blob in blobs[id_])]
    return Found(len(sessions - there), len(gone), tuple(problems))


def _opens(store: FilePictureStore, id_: str) -> bool:
    try:
        return bool(store.get(id_))
    except (DamageFound, NotFound):
        return False
