"""The demo clinic: invented patients with drawn photographs.

The people and the pencils are loaded when a demo is filled or drawn: a real clinic never needs them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING

from clinic_app.domain.access import Action
from clinic_app.domain.changes import Changes, Progress, Report, Topic, carry_on
from clinic_app.domain.demo import CAST_SIZE, MOST_PATIENTS, DemoReport
from clinic_app.domain.errors import Cancelled, RuleBroken
from clinic_app.domain.picture_files import PictureFormat
from clinic_app.domain.pictures import taken_at
from clinic_app.services.context import ClinicContext, changes
from clinic_app.services.needs import needs
from clinic_app.services.orphans import hold_on_to
from clinic_app.storage.picture_store import PictureKind
from clinic_app.storage.pictures import NewPicture

if TYPE_CHECKING:
    from clinic_app.domain.demo_stories import InventedPatient
    from clinic_app.services.demo_portraits import PlannedPicture

STEP = 1000
SETTING = "demo"


@dataclass(frozen=True, slots=True)
class _Filled:
    """How a demo clinic was filled, and how many of its photographs are drawn."""

    day: date
    seed: int
    patients: int
    drawn: int

    @classmethod
    def of(cls, told: dict[str, object]) -> _Filled:
        """From the setting that ``fill`` left."""
        seed, patients, drawn = (int(str(told[key])) for key in ("seed", "patients", "drawn"))
        return cls(date.fromisoformat(str(told["day"])), seed, patients, drawn)


class DemoService:
    """Fills a demo clinic; a real one is refused."""

    def __init__(self, context: ClinicContext) -> None:
        self._context = context
        self._plan: tuple[PlannedPicture, ...] | None = None

    @needs(Action.IMPORT)
    def fill(self, patients: int = CAST_SIZE, seed: int = 1, report: Report = carry_on) -> DemoReport:
        """Fill an empty demo clinic: the forty of the cast first, then others as they come.

        The same day, seed and number give the same clinic. Written in steps of 1 000 patients; pictures are drawn
        afterwards, by ``draw_pictures``.

        Raises:
            RuleBroken: ``not_a_demo``, ``demo_not_empty``, ``bad_demo_size``.
            Cancelled: ``report`` answered False; the steps written so far stay.
        """
        from clinic_app.services.demo_rows import InventedRows

        context = self._context
        self._refuse_real()
        if not 1 <= patients <= MOST_PATIENTS:
            raise RuleBroken("patients", "bad_demo_size", patients=patients, most=MOST_PATIENTS)
        with context.units.read() as unit:
            if unit.patients.count():
                raise RuleBroken("folder", "demo_not_empty", folder=context.info.folder)
        people = self._people(patients, seed)
        rows = InventedRows(context)
        while rows.patients < patients:
            if not report(Progress(rows.patients, patients, "filling_demo")):
                raise Cancelled
            with context.units.open() as unit:
                if not rows.patients:
                    told = {"seed": seed, "day": context.today().isoformat(), "patients": patients, "drawn": 0}
                    unit.clinic.set_setting(SETTING, dict(told))
                for person in islice(people, STEP):
                    rows.add(unit, person)
                rows.write(unit)
                rows.settle(unit)
                unit.commit()
        report(Progress(patients, patients, "filling_demo"))
        return DemoReport(rows.patients, rows.cases, rows.sessions, 0, seed)

    @property
    @needs(Action.FIND)
    def filled_on(self) -> date | None:
        """The day this demo clinic was filled for; None where it is empty, or a real clinic."""
        filled = self._filled()
        return filled.day if filled is not None else None

    @needs(Action.FIND)
    def pictures_wanted(self) -> int:
        """How many photographs are still to be drawn; 0 in a real clinic."""
        filled = self._filled()
        return 0 if filled is None else len(self._planned(filled)) - filled.drawn

    @needs(Action.ADD_PHOTOS)
    def draw_pictures(self, report: Report = carry_on, limit: int | None = None) -> int:
        """Draw the photographs that are still wanted, at most ``limit``; answers how many were drawn.

        Each is entered in a transaction of its own with the same blobs and row as an import makes, so that stopping
        (``report`` answers False) loses nothing, and the next call carries on.

        Raises:
            RuleBroken: ``not_a_demo``.
        """
        self._refuse_real()
        filled = self._filled()
        if filled is None:
            return 0
        planned = self._planned(filled)
        last = len(planned) if limit is None else min(len(planned), filled.drawn + limit)
        for position in range(filled.drawn, last):
            if not report(Progress(position, len(planned), "drawing_demo_pictures")):
                return position - filled.drawn
            self._draw(position, planned[position])
        return last - filled.drawn

    @needs(Action.ADD_PHOTOS)
    def draw_next(self, count: int = 1) -> Changes:
        """Draw the next few photographs; ``result`` is how many are still wanted after them."""
        drawn = self.draw_pictures(limit=count)
        topics = (Topic.PICTURES, Topic.SCHEDULE) if drawn else ()
        return changes(*topics, result=self.pictures_wanted())

    def _filled(self) -> _Filled | None:
        if not self._context.info.demo:
            return None
        with self._context.units.read() as unit:
            told = unit.clinic.setting(SETTING)
        return None if told is None else _Filled.of(told)

    def _planned(self, filled: _Filled) -> tuple[PlannedPicture, ...]:
        from clinic_app.services.demo_cast import cast
        from clinic_app.services.demo_portraits import planned_pictures

        if self._plan is None:
            people = cast(filled.day, self._context.rules, filled.seed)[: filled.patients]
            self._plan = planned_pictures(self._context, people, filled.day, filled.seed)
        return self._plan

    def _draw(self, position: int, planned: PlannedPicture) -> None:
        """Draw one photograph and enter it, unless somebody else did in the meantime."""
        from clinic_app.imaging.portraits import draw
        from clinic_app.imaging.reader_process import read_picture

        drawn = draw(planned.portrait)
        facts, (display, preview, thumbnail) = read_picture(drawn.jpeg, PictureFormat.JPEG)
        context, store = self._context, self._context.store
        notes = facts["notes"]
        contents = (
            (PictureKind.ORIGINAL, drawn.jpeg),
            (PictureKind.DISPLAY, bytes(display)),
            (PictureKind.PREVIEW, bytes(preview)),
            (PictureKind.THUMBNAIL, bytes(thumbnail)),
        )
        original, sharp, small, tiny = ids = [store.put(*one) for one in contents]
        new = NewPicture(
            planned.patient + 1,
            planned.view,
            taken_at(planned.file_name, planned.portrait.taken_text, today=context.today()),
            drawn.width,
            drawn.height,
            hashlib.sha256(drawn.jpeg).hexdigest(),
            original,
            sharp,
            small,
            tiny,
            planned.file_name,
            planned.portrait.camera or "",
            tuple(notes) if isinstance(notes, list) else (),
            tuple(len(content) for _, content in contents),
        )
        with context.units.open() as unit:
            told = unit.clinic.setting(SETTING) or {}
            if _Filled.of(told).drawn == position:
                unit.pictures.add(new)
                hold_on_to(store, dict(zip(ids, contents, strict=True)))
                unit.clinic.set_setting(SETTING, {**told, "drawn": position + 1})
                unit.commit()

    def _people(self, patients: int, seed: int) -> Iterator[InventedPatient]:
        from clinic_app.services.demo_cast import cast
        from clinic_app.services.demo_crowd import Crowd

        today, rules = self._context.today(), self._context.rules
        yield from cast(today, rules, seed)[:patients]
        yield from Crowd(today, rules, seed, patients).people(CAST_SIZE, patients)

    def _refuse_real(self) -> None:
        if not self._context.info.demo:
            raise RuleBroken("folder", "not_a_demo", folder=self._context.info.folder)
