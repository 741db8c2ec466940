"""The shipped catalogues in the clinic's database: written once an edition, looked at no more until another comes."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime, time
from pathlib import Path

from sqlalchemy import select

from clinic_app.services import Services
from clinic_app.storage.records.clinic import CatalogueRecord
from tests.builders import TODAY, Clock, door

TODAY_AT = datetime.combine(TODAY, time(9))


def retired(services: Services) -> set[str]:
    with services.context.units.read() as unit:
        rows = unit.session.scalars(select(CatalogueRecord).where(CatalogueRecord.retired_at.is_not(None)))
        return {f"{row.catalogue}/{row.code}" for row in rows}


def test_catalogues_are_brought_up_to_date_for_another_edition_only(tmp_path: Path) -> None:
    folder = str(tmp_path / "demo")
    with closing(door(Clock()).create_demo(folder)) as services, services.context.units.open() as unit:
        kept = unit.clinic.setting("catalogues")
        assert kept is not None
        assert kept["version"] == services.catalogues.version
        row = unit.session.scalars(select(CatalogueRecord).where(CatalogueRecord.code == "ona")).one()
        row.retired_at = TODAY_AT
        unit.commit()
    with closing(door(Clock()).open(folder, None)) as services:
        assert retired(services) == {"product/ona"}
        with services.context.units.open() as unit:
            unit.clinic.set_setting("catalogues", {**kept, "edition": "another"})
            unit.commit()
    with closing(door(Clock()).open(folder, None)) as services, services.context.units.read() as unit:
        assert retired(services) == set()
        assert unit.clinic.setting("catalogues") == kept
