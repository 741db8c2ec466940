"""What about a register needs the whole file: blank sides, repeated rows, the next date of each diagnosis."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from clinic_app.domain.cases import Side
from clinic_app.domain.catalogue_entries import SideNote
from clinic_app.domain.catalogues import Catalogues
from clinic_app.domain.register_drafts import Draft, Skip, Told
from clinic_app.domain.register_records import (
    BAD_DATE,
    CONFLICT,
    DUPLICATE,
    RegisterKind,
    RegisterPerson,
    RegisterRecord,
    units_text,
)


def settle(drafts: list[Draft], catalogues: Catalogues, header: Callable[[int], str], told: Told) -> list[Draft]:
    """The drafts that are kept. ``header`` names the column of the n-th injection's date."""
    _settle_sides(drafts, catalogues, told)
    kept = _without_repeats(_without_births(drafts, header, told), told)
    _settle_next_dates(kept, told)
    _warn_of_cases(kept, catalogues, told)
    return kept


def _settle_sides(drafts: list[Draft], catalogues: Catalogues, told: Told) -> None:
    """A blank side means the one side this patient's same diagnosis has elsewhere in the file."""
    sides: dict[tuple[int, str], set[Side]] = {}
    for draft in drafts:
        if draft.case is not None and draft.case.side is not None:
            sides.setdefault((draft.person.key, draft.case.condition), set()).add(draft.case.side)
    for draft in drafts:
        case = draft.case
        if case is None or case.side is not None:
            continue
        known = sides.get((draft.person.key, case.condition), set())
        if len(known) == 1:
            draft.case = replace(case, side=next(iter(known)))
            draft.guessed |= {"side"}
        elif case.side_note is SideNote.MISSING:
            told.warn(
                draft.row, draft.person, "register_side_missing", found=catalogues.conditions[case.condition].name
            )


def _without_births(drafts: list[Draft], header: Callable[[int], str], told: Told) -> list[Draft]:
    kept = []
    for draft in drafts:
        born = draft.person.birth.earliest
        if draft.day is not None and born is not None and draft.day < born:
            column = header(draft.number)
            told.leave(
                draft.row,
                Skip(BAD_DATE, "register_injection_before_birth", column=column, day=draft.day, born=born),
            )
        else:
            kept.append(draft)
    return kept


def _without_repeats(drafts: list[Draft], told: Told) -> list[Draft]:
    kept: list[Draft] = []
    given: dict[tuple[int, str | None, Side | None, date, RegisterKind], list[Draft]] = {}
    cases: dict[tuple[int, str | None, Side | None], int] = {}
    for draft in drafts:
        condition = draft.case.condition if draft.case is not None else None
        side = draft.case.side if draft.case is not None else None
        if draft.day is None or (condition is None and not draft.elsewhere):
            key = (draft.person.key, condition, side)
            if key in cases and draft.next_date is None and draft.status is None:
                told.leave(draft.row, Skip(DUPLICATE, "register_duplicate", other_row=cases[key]))
                continue
        else:
            same_day = given.setdefault((draft.person.key, condition, side, draft.day, draft.kind), [])
            other = next(
                (one for one in same_day if None in (one.product, draft.product) or one.product == draft.product),
                None,
            )
            if other is not None:
                same = (other.product, other.units) == (draft.product, draft.units)
                code, reason = (DUPLICATE, "register_duplicate") if same else (CONFLICT, "register_other_units")
                told.leave(
                    draft.row,
                    Skip(
                        code,
                        reason,
                        other_row=other.row,
                        day=draft.day,
                        units=units_text(draft.units),
                        other=units_text(other.units),
                    ),
                )
                continue
            same_day.append(draft)
        if not draft.elsewhere:
            cases.setdefault((draft.person.key, condition, side), draft.row)
        kept.append(draft)
    return kept


def _settle_next_dates(drafts: list[Draft], told: Told) -> None:
    """Put each case's next date on its last full session as *come on*, if it lies after that session.

    A touch-up after it may say one of its own. Toxin elsewhere says none.
    """
    by_case: dict[tuple[int, str | None, Side | None], list[Draft]] = {}
    for draft in drafts:
        key = (
            draft.person.key,
            draft.case.condition if draft.case else None,
            draft.case.side if draft.case else None,
        )
        if not draft.elsewhere:
            by_case.setdefault(key, []).append(draft)
        elif draft.next_date is not None:
            told.warn(draft.row, draft.person, "register_next_date_without_session", day=draft.next_date)
    for every in by_case.values():
        last_full = max((one.day for one in every if one.day is not None and one.kind.restarts), default=None)
        found = []
        for one in every:
            touch_up = one.day is not None and last_full is not None and not one.kind.restarts
            if touch_up and one.day is not None and last_full is not None and one.day >= last_full:
                if one.next_date is not None and one.next_date > one.day:
                    one.come_on = one.next_date
                elif one.next_date is not None:
                    told.warn(one.row, one.person, "register_next_date_past", day=one.next_date, last=one.day)
            elif not touch_up:
                found.append(one)
        said = [one for one in found if one.next_date is not None]
        dated = [one for one in found if one.day is not None]
        if not said:
            continue
        if not dated:
            for one in said:
                told.warn(one.row, one.person, "register_next_date_without_session", day=one.next_date)
            continue
        last = max(dated, key=lambda one: (one.day or date.min, one.row))
        last_day = last.day or date.min
        latest = max(said, key=lambda one: (one is last, one.day or date.min, one.row))
        wanted = latest.next_date
        if wanted is not None and wanted > last_day:
            last.come_on = wanted
        elif latest is last or latest.day is None:
            told.warn(latest.row, latest.person, "register_next_date_past", day=wanted, last=last_day)


def _warn_of_cases(drafts: list[Draft], catalogues: Catalogues, told: Told) -> None:
    necks: dict[int, dict[str, int]] = {}
    for draft in drafts:
        if draft.case is not None and catalogues.conditions[draft.case.condition].regions == ("neck",):
            codes = necks.setdefault(draft.person.key, {})
            if draft.case.condition not in codes:
                codes[draft.case.condition] = draft.row
                if len(codes) == 2:
                    first, second = (catalogues.conditions[code].name for code in codes)
                    told.warn(draft.row, draft.person, "two_neck_codes", first=first, second=second)


def finished(drafts: list[Draft], today: date) -> tuple[tuple[RegisterPerson, ...], tuple[RegisterRecord, ...]]:
    """The people, and a record of each injection or bare row."""
    people: dict[int, RegisterPerson] = {}
    for draft in drafts:
        one = draft.person
        if one.key not in people:
            people[one.key] = RegisterPerson(one.key, one.mrn, one.details(today), tuple(one.rows))
    records = tuple(
        RegisterRecord(
            draft.row,
            people[draft.person.key],
            draft.case.condition if draft.case is not None else None,
            draft.case.side if draft.case is not None else None,
            draft.case.pattern if draft.case is not None else "",
            draft.day,
            draft.product,
            draft.units,
            draft.next_date,
            draft.come_on,
            draft.status,
            draft.notes,
            draft.guessed,
            draft.number,
            draft.kind,
            draft.plans,
            draft.hold,
            draft.status_on,
        )
        for draft in drafts
    )
    return tuple(people.values()), records
