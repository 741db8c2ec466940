"""The injection beside a pair in words: its doses by muscle and side, what it is compared with, what came meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clinic_app.domain.catalogues import Catalogues
from clinic_app.domain.dose_map import Course, DoseMap, MuscleDose, PairTreatment, SideDose, dose_map, in_groups
from clinic_app.domain.pictures import Picture
from clinic_app.domain.treatment import ExternalToxin, InjectionSession, SessionKind, SessionState, SiteSide
from clinic_app.domain.units import plain
from clinic_app.ui.compare.reading import case_words
from clinic_app.wording.dates import day as day_words
from clinic_app.wording.dose_map import (
    between_words,
    change_words,
    compared_words,
    numbered,
    place_words,
    side_said,
    signed,
)
from clinic_app.wording.language import translate
from clinic_app.wording.schedule import product_words
from clinic_app.wording.treatment import correction_lines, dose_line, elsewhere_line, state_words
from clinic_app.wording.units import dose_words


@dataclass(frozen=True, slots=True)
class Cell:
    """One number of the table, what changed under it, and the injection it is of. ``gone``: it is of the one before."""

    units: str
    change: str
    session_id: int
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One muscle: the patient's right and left, or the midline."""

    name: str
    cells: tuple[tuple[SiteSide, Cell], ...]
    spoken: str

    def cell(self, side: SiteSide) -> Cell | None:
        """The number of one side."""
        return dict(self.cells).get(side)

    @property
    def session_id(self) -> int:
        """The injection the line is of: this one, unless all of it was given only before."""
        own = [cell for _, cell in self.cells if not cell.gone]
        return (own or [cell for _, cell in self.cells])[0].session_id


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """Other toxin between the photographs; ``session_id`` 0: given elsewhere."""

    words: str
    detail: str
    session_id: int


@dataclass(frozen=True, slots=True)
class InjectionSheet:
    """Everything the panel says. ``about`` names people and batches and is left out in a presentation."""

    session_id: int = 0
    title: str = ""
    places: str = ""
    note: str = ""
    marks: tuple[str, ...] = ()
    total: str = ""
    total_change: str = ""
    measure: str = ""
    no_sites: str = ""
    groups: tuple[tuple[str, tuple[Line, ...]], ...] = ()
    sides: tuple[tuple[SiteSide, str], ...] = ()
    compared: str = ""
    compared_id: int = 0
    about: tuple[str, ...] = ()
    meanwhile: tuple[Meanwhile, ...] = ()
    together: str = ""
    newest: str = ""
    newest_id: int = 0


def sheet_of(
    course: Course, found: PairTreatment, photos: Sequence[tuple[str, Picture | None]], catalogues: Catalogues
) -> InjectionSheet:
    """What is said of the injection of a pair; ``photos`` are those shown, with their letters."""
    session = found.session
    meanwhile = tuple(_meanwhile(course, one, catalogues) for one in found.meanwhile)
    together = _together(found, catalogues) if meanwhile and session is not None else ""
    newest, newest_id = _newest(course, session, catalogues)
    if session is None:
        return InjectionSheet(note=between_words(found), meanwhile=meanwhile, newest=newest, newest_id=newest_id)
    own = [one for one in course.sessions if one.details.case_id == session.details.case_id]
    doses = dose_map(session, own)
    before = doses.before
    number = _number(course, session)
    sites = bool(session.details.sites)
    compared = before is not None and session.details.kind is not SessionKind.TOUCH_UP
    sides = [(side, amount) for side in SiteSide if (amount := doses.total(side)) is not None]
    return InjectionSheet(
        session.id,
        f"{numbered(session, number)} · {day_words(session.day)}",
        " · ".join(_place(letter, photo, session) for letter, photo in photos if photo is not None),
        between_words(found),
        _marks(session),
        dose_line(session, catalogues),
        "" if doses.difference is None else f"{signed(doses.difference)} U" if doses.difference else "=",
        _measure(doses),
        "" if sites else translate("No sites are recorded for this injection, only the whole dose."),
        tuple(
            (name, tuple(_line(one, doses, catalogues) for one in muscles))
            for name, muscles in in_groups(doses.muscles, catalogues, session.condition)
        ),
        tuple((side, plain(amount)) for side, amount in sides),
        compared_words(doses, _number(course, before) if before is not None else None, catalogues),
        before.id if before is not None and compared else 0,
        _about(course, session, catalogues),
        meanwhile,
        together,
        newest,
        newest_id,
    )


def _number(course: Course, session: InjectionSession) -> int | None:
    injected = course.injected(session.id)
    return injected.number if injected is not None else None


def _newest(course: Course, session: InjectionSession | None, catalogues: Catalogues) -> tuple[str, int]:
    """The newest full injection of the case where an earlier one is shown; else blank and 0."""
    full = [one for one in course.injections if one.starts_cycle]
    newest = course.session(full[-1].session_id) if full else None
    if newest is None or (session is not None and (newest.day, newest.id) <= (session.day, session.id)):
        return "", 0
    name = numbered(newest, _number(course, newest))
    words = translate("Newest: {name} ({day}, {dose})")
    said = words.format(name=name[0].lower() + name[1:], day=day_words(newest.day), dose=dose_line(newest, catalogues))
    return said, newest.id


def _place(letter: str, photo: Picture | None, session: InjectionSession) -> str:
    taken = photo.taken.day if photo is not None and photo.taken.known else None
    return place_words(letter, taken, session.day, after=photo is not None and photo.known_after)


def _marks(session: InjectionSession) -> tuple[str, ...]:
    found = []
    if session.state in (SessionState.GIVEN, SessionState.CORRECTED):
        found.append(state_words(session.state))
    if session.imported:
        found.append(translate("from the register"))
    return tuple(found)


def _measure(doses: DoseMap) -> str:
    """``6 points · 0.7 mL``."""
    count = len(doses.session.details.sites)
    parts = [translate("{count} points").format(count=count)] if count > 1 else []
    if doses.volume_ml is not None:
        parts.append(translate("{volume} mL").format(volume=plain(doses.volume_ml)))
    return " · ".join(parts)


def _line(one: MuscleDose, doses: DoseMap, catalogues: Catalogues) -> Line:
    known = catalogues.muscles.get(one.muscle)
    name = known.name if known is not None else one.muscle
    cells = tuple((side, _cell(dose, doses)) for side, dose in one.sides.items())
    return Line(name, cells, ". ".join([name, *(side_said(side, dose) for side, dose in one.sides.items())]))


def _cell(dose: SideDose, doses: DoseMap) -> Cell:
    if dose.units is None and doses.before is not None:
        return Cell("–", change_words(dose), doses.before.id, gone=True)
    units = plain(dose.units) if dose.units is not None else ""
    return Cell(f"{units} ({dose.points}×)" if dose.points > 1 else units, change_words(dose), doses.session.id)


def _about(course: Course, session: InjectionSession, catalogues: Catalogues) -> tuple[str, ...]:
    """Batch, dilution, guidance and who; then how it was corrected."""
    visit = course.visit(session)
    details = session.details
    parts = []
    batch = translate("Batch {number}").format(number=visit.batch) if visit is not None and visit.batch else ""
    parts.append(batch or translate("No batch recorded"))
    if details.dilution_ml:
        parts.append(translate("diluted in {volume} mL").format(volume=plain(details.dilution_ml)))
    parts += [details.guidance, visit.injector if visit is not None else ""]
    return (" · ".join(part for part in parts if part), *correction_lines(session, catalogues))


def _meanwhile(course: Course, one: InjectionSession | ExternalToxin, catalogues: Catalogues) -> Meanwhile:
    if isinstance(one, ExternalToxin):
        named = course.cases.get(one.details.case_id or 0)
        parts = [day_words(one.details.day), one.details.where, case_words(named, catalogues) if named else ""]
        return Meanwhile(elsewhere_line(one.details, catalogues), " · ".join(part for part in parts if part), 0)
    case = course.cases.get(one.details.case_id)
    other = case_words(case, catalogues) if case is not None and case.id != course.case.id else ""
    if other and one.details.kind is SessionKind.TOUCH_UP:
        other = translate("{diagnosis}, touch-up").format(diagnosis=other)
    name = other or numbered(one, _number(course, one))
    words = translate("{name}: {dose}").format(name=name, dose=dose_line(one, catalogues))
    return Meanwhile(words, day_words(one.day), one.id)


def _together(found: PairTreatment, catalogues: Catalogues) -> str:
    """All of it in sums, each product for itself: ``Together: Botox 140 U · Dysport 200 U``."""
    sums = [dose_words(one, product_words(one.product, catalogues) if one.product else "") for one in found.together]
    return translate("Together, each product by itself: {sums}").format(sums=" · ".join(sums))
