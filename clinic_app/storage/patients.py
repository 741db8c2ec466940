"""Patients in the database, and the search as you type."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar, cast

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Integer,
    Select,
    Table,
    and_,
    bindparam,
    column,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Session, selectinload

from clinic_app.domain.calendar import Span
from clinic_app.domain.cases import ReinjectionPlan
from clinic_app.domain.errors import Conflict, NotFound
from clinic_app.domain.patients import (
    Birth,
    Identifier,
    IdentifierKind,
    Patient,
    PatientDetails,
    PatientEntry,
    Phone,
    Sex,
    fold,
    phone_digits,
)
from clinic_app.storage.records.audit import BinRecord
from clinic_app.storage.records.cases import CaseRecord, DecisionRecord, HoldRecord, StopRecord
from clinic_app.storage.records.patients import IdentifierRecord, PatientRecord, PhoneRecord
from clinic_app.storage.records.pictures import PictureRecord
from clinic_app.storage.records.schedule import AppointmentCaseRecord, AppointmentRecord, ContactAttemptRecord
from clinic_app.storage.records.treatment import ExternalToxinRecord, SessionRecord
from clinic_app.storage.row_watch import remove_rows

T = TypeVar("T")
CANDIDATES = 300
_PERSON, _PHONE, _CASE = (cast("Table", record.__table__) for record in (PatientRecord, PhoneRecord, CaseRecord))
_NAMES_FROM = (
    select(_PERSON.c.id)
    .where(_PERSON.c.name_folded >= bindparam("first"), _PERSON.c.name_folded < bindparam("after"))
    .order_by(_PERSON.c.name_folded, _PERSON.c.id)
    .limit(bindparam("most"))
)
_WITH_WORDS = text(
    "SELECT patient.id, patient.name_folded FROM patient_words JOIN patient ON patient.id = patient_words.rowid"
    " WHERE patient_words MATCH :query LIMIT :most"
)
LIKENESS = 74.0
"""How alike (0-100) the words of a name must be to those typed when nothing matches letter by letter."""
SAME_INITIAL = 4000
DIGITS_COMPARED = 10
"""How many last digits of a telephone number are compared: country codes and leading noughts are written or not."""


class PatientRows:
    """The patients of the clinic."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session = session
        self._now = now

    def get(self, patient_id: int) -> Patient:
        """One patient. Raises ``NotFound``."""
        return patient_of(self._row(patient_id))

    def by_number(self, number: int) -> Patient | None:
        """The patient with the clinic's own number."""
        found = self._session.scalar(_full().where(PatientRecord.number == number))
        return patient_of(found) if found is not None else None

    def by_mrn(self, mrn: str) -> Patient | None:
        """The patient whose first number, or any other number, is ``mrn``."""
        found = self._session.scalar(_full().where(PatientRecord.mrn == mrn))
        if found is None:
            known = select(IdentifierRecord.patient_id).where(IdentifierRecord.value == mrn)
            others = self._session.scalars(_full().where(PatientRecord.id.in_(known)).limit(2)).all()
            found = others[0] if len(others) == 1 else None
        return patient_of(found) if found is not None else None

    def by_mrns(self, mrns: Sequence[str]) -> dict[str, Patient]:
        """Patients by these numbers, as written or in capitals or small letters: the first number, else any other.

        A number that several patients have beside their first is nobody's.
        """
        written = {variant: mrn for mrn in mrns for variant in (mrn.lower(), mrn.upper(), mrn)}
        found: dict[str, Patient] = {}
        for part in chunks(list(written)):
            for row in self._session.scalars(_full().where(PatientRecord.mrn.in_(part))):
                found[written[row.mrn]] = patient_of(row)
        others: dict[str, set[int]] = {}
        for part in chunks([variant for variant, mrn in written.items() if mrn not in found]):
            rows = self._session.execute(
                select(IdentifierRecord.value, IdentifierRecord.patient_id).where(IdentifierRecord.value.in_(part))
            )
            for value, patient_id in rows:
                others.setdefault(written[value], set()).add(patient_id)
        people = self.by_ids(sorted({id_ for ids in others.values() for id_ in ids}))
        found |= {mrn: people[min(ids)] for mrn, ids in others.items() if len(ids) == 1}
        return found

    def languages(self) -> tuple[str, ...]:
        """The languages patients speak, at home or on a telephone, as they were written."""
        found = select(PatientRecord.language).union(select(PhoneRecord.language))
        return tuple(sorted(said for said in self._session.scalars(found) if said))

    def by_ids(self, ids: Sequence[int]) -> dict[int, Patient]:
        """Patients by id."""
        found: dict[int, Patient] = {}
        for part in chunks(ids):
            identifiers, phones = self._numbers(part), self._phones(part)
            for row in self._session.execute(_known().where(PatientRecord.id.in_(part))):
                found[row.id] = _patient_of(row, identifiers.get(row.id, ()), phones.get(row.id, ()))
        return found

    def _numbers(self, ids: Sequence[int]) -> dict[int, tuple[Identifier, ...]]:
        rows = self._session.execute(
            select(IdentifierRecord.patient_id, IdentifierRecord.value, IdentifierRecord.kind)
            .where(IdentifierRecord.patient_id.in_(ids))
            .order_by(IdentifierRecord.position)
        )
        found: dict[int, tuple[Identifier, ...]] = {}
        for patient_id, value, kind in rows:
            found[patient_id] = (*found.get(patient_id, ()), Identifier(value, IdentifierKind(kind)))
        return found

    def _phones(self, ids: Sequence[int]) -> dict[int, tuple[Phone, ...]]:
        rows = self._session.execute(
            select(
                PhoneRecord.patient_id,
                PhoneRecord.number,
                PhoneRecord.owner,
                PhoneRecord.language,
                PhoneRecord.preferred,
            )
            .where(PhoneRecord.patient_id.in_(ids))
            .order_by(PhoneRecord.position)
        )
        found: dict[int, tuple[Phone, ...]] = {}
        for patient_id, number, owner, language, preferred in rows:
            found[patient_id] = (*found.get(patient_id, ()), Phone(number, owner, language, preferred))
        return found

    def by_folded_names(self, names: Sequence[str]) -> dict[str, list[Patient]]:
        """Patients by their folded name."""
        found: dict[str, list[Patient]] = {}
        for part in chunks(names):
            for row in self._session.scalars(_full().where(PatientRecord.name_folded.in_(part))):
                found.setdefault(row.name_folded, []).append(patient_of(row))
        return found

    def next_number(self) -> int:
        """The next automatic clinic number; that of a patient in the bin, or destroyed, is never given again."""
        here, binned = (self._session.scalar(select(func.max(one.number))) or 0 for one in (PatientRecord, BinRecord))
        return max(here, binned) + 1

    def add(self, details: PatientDetails, import_id: int | None = None) -> Patient:
        """Add a patient; without an identifier the clinic number serves as ``mrn``.

        Raises:
            Conflict: ``mrn_taken``.
        """
        number = self.next_number()
        if not details.identifiers:
            while self.by_mrn(str(number)) is not None:
                number += 1
        row = PatientRecord(number=number, import_id=import_id, version=1)
        self._write(row, details)
        self._refuse_taken(row.mrn, None)
        self._session.add(row)
        self._session.flush()
        return patient_of(row)

    def add_all(self, details: Sequence[PatientDetails], import_id: int | None = None) -> list[Patient]:
        """Add many patients at once, as ``add`` does one by one.

        Raises:
            Conflict: ``mrn_taken``.
        """
        wanted = [one.identifiers[0].value for one in details if one.identifiers]
        taken = self.by_mrns(wanted)
        for mrn in wanted:
            if mrn in taken and taken[mrn].mrn == mrn:
                raise Conflict("mrn_taken", mrn=mrn, name=taken[mrn].name)
        number = self.next_number()
        rows: list[PatientRecord] = []
        for one in details:
            while not one.identifiers and (str(number) in wanted or self.by_mrn(str(number)) is not None):
                number += 1
            row = PatientRecord(number=number, import_id=import_id, version=1)
            self._write(row, one)
            rows.append(row)
            number += 1
        self._session.add_all(rows)
        self._session.flush()
        return [patient_of(row) for row in rows]

    def change(self, patient_id: int, details: PatientDetails, version: int) -> Patient:
        """Replace what is known of a patient.

        Raises:
            Conflict: ``changed_meanwhile``, ``mrn_taken``.
        """
        row = self._row(patient_id)
        if row.version != version:
            raise Conflict("changed_meanwhile")
        self._write(row, details)
        self._refuse_taken(row.mrn, patient_id)
        self._session.flush()
        return patient_of(row)

    def set_departure(self, patient_id: int, *, deceased_on: date | None, moved_on: date | None) -> None:
        """Say or take back that a patient died or moved away."""
        row = self._row(patient_id)
        row.deceased_on, row.moved_on = deceased_on, moved_on

    def set_plan(self, patient_id: int, plan: ReinjectionPlan | None) -> None:
        """Give the patient a plan of their own, or none."""
        row = self._row(patient_id)
        row.plan_opens = str(plan.opens_after) if plan else None
        row.plan_closes = str(plan.closes_after) if plan else None

    def plans(self, ids: Sequence[int]) -> dict[int, ReinjectionPlan]:
        """The plans of those patients who have one."""
        found: dict[int, ReinjectionPlan] = {}
        for part in chunks(ids):
            rows = self._session.execute(
                select(PatientRecord.id, PatientRecord.plan_opens, PatientRecord.plan_closes).where(
                    PatientRecord.id.in_(part), PatientRecord.plan_opens.is_not(None)
                )
            )
            found.update(
                {
                    id_: ReinjectionPlan(Span.parse(opens), Span.parse(closes))
                    for id_, opens, closes in rows
                    if opens is not None and closes is not None
                }
            )
        return found

    def delete(self, ids: Sequence[int]) -> None:
        """Remove patients that an undone import had added, with bookings and photographs that were taken back."""
        for part in chunks(ids):
            bookings = select(AppointmentRecord).options(selectinload(AppointmentRecord.cases))
            for rows, record in ((bookings, AppointmentRecord), (select(PictureRecord), PictureRecord)):
                remove_rows(self._session, rows.where(record.patient_id.in_(part), record.taken_back_at.is_not(None)))
            for row in self._session.scalars(_full().where(PatientRecord.id.in_(part))):
                self._session.delete(row)
        self._session.flush()

    def of_import(self, import_id: int) -> list[int]:
        """The patients an import added."""
        return list(self._session.scalars(select(PatientRecord.id).where(PatientRecord.import_id == import_id)))

    def used_since_import(
        self,
        import_id: int,
        stops: Sequence[int] = (),
        external: Sequence[int] = (),
        holds: Sequence[int] = (),
    ) -> str | None:
        """The name of a patient or case of an import that something was added to since; None where there is none.

        ``stops``, ``external`` (toxin given elsewhere) and ``holds`` are the import's own.
        """
        cases = select(CaseRecord.id).where(CaseRecord.import_id == import_id)
        patients = select(PatientRecord.id).where(PatientRecord.import_id == import_id)
        later = [
            select(CaseRecord.patient_id).where(
                CaseRecord.patient_id.in_(patients), CaseRecord.import_id.is_distinct_from(import_id)
            ),
            select(SessionRecord.patient_id).where(
                or_(SessionRecord.patient_id.in_(patients), SessionRecord.case_id.in_(cases)),
                SessionRecord.import_id.is_distinct_from(import_id),
            ),
            select(SessionRecord.patient_id).where(SessionRecord.import_id == import_id, SessionRecord.version > 1),
            select(CaseRecord.patient_id)
            .join(ContactAttemptRecord, ContactAttemptRecord.case_id == CaseRecord.id)
            .where(CaseRecord.id.in_(cases), ContactAttemptRecord.taken_back_at.is_(None)),
            select(AppointmentRecord.patient_id).where(
                AppointmentRecord.patient_id.in_(patients), AppointmentRecord.taken_back_at.is_(None)
            ),
            select(CaseRecord.patient_id)
            .join(AppointmentCaseRecord, AppointmentCaseRecord.case_id == CaseRecord.id)
            .join(AppointmentRecord, AppointmentRecord.id == AppointmentCaseRecord.appointment_id)
            .where(CaseRecord.id.in_(cases), AppointmentRecord.taken_back_at.is_(None)),
            select(PictureRecord.patient_id).where(
                PictureRecord.patient_id.in_(patients), PictureRecord.taken_back_at.is_(None)
            ),
            select(ExternalToxinRecord.patient_id).where(
                or_(ExternalToxinRecord.patient_id.in_(patients), ExternalToxinRecord.case_id.in_(cases)),
                ExternalToxinRecord.id.not_in(external),
            ),
            select(ExternalToxinRecord.patient_id).where(
                ExternalToxinRecord.id.in_(external), ExternalToxinRecord.version > 1
            ),
            select(CaseRecord.patient_id)
            .join(StopRecord, StopRecord.case_id == CaseRecord.id)
            .where(CaseRecord.id.in_(cases), StopRecord.id.not_in(stops)),
            select(CaseRecord.patient_id)
            .join(DecisionRecord, DecisionRecord.case_id == CaseRecord.id)
            .where(CaseRecord.id.in_(cases)),
            select(CaseRecord.patient_id)
            .join(HoldRecord, HoldRecord.case_id == CaseRecord.id)
            .where(CaseRecord.id.in_(cases), HoldRecord.id.not_in(holds)),
        ]
        for statement in later:
            found = self._session.scalar(statement.limit(1))
            if found is not None:
                return self._session.scalar(select(PatientRecord.full_name).where(PatientRecord.id == found)) or ""
        return None

    def count(self, typed: str = "") -> int:
        """How many patients match what was typed."""
        if not typed.strip():
            return self._session.scalar(select(func.count()).select_from(PatientRecord)) or 0
        return len(self.matching_ids(typed))

    def ids(self) -> list[int]:
        """Every patient, by id."""
        return list(self._session.scalars(select(PatientRecord.id).order_by(PatientRecord.id)))

    def entries(self, typed: str, offset: int, limit: int) -> tuple[PatientEntry, ...]:
        """One page of the Patients list: by name, or the matches of what was typed, best first."""
        if not typed.strip():
            ids = self.ids_by_name(offset, limit)
        else:
            most = CANDIDATES if 0 < offset < CANDIDATES else offset + limit
            ids = self.matching_ids(typed, most)[offset : offset + limit]
        return self.entries_of(ids)

    def ids_by_name(self, offset: int, limit: int, without: Sequence[int] = ()) -> list[int]:
        """One page of everybody by name, but for those who are left out."""
        statement = select(PatientRecord.id).order_by(PatientRecord.name_folded, PatientRecord.id)
        if without:
            statement = statement.where(PatientRecord.id.not_in(without))
        return list(self._session.scalars(statement.offset(offset).limit(limit)))

    def place(self, patient_id: int, without: Sequence[int] = ()) -> int:
        """How many stand before a patient in the list by name, not counting those left out. Raises ``NotFound``."""
        row = self._row(patient_id)
        before = or_(
            PatientRecord.name_folded < row.name_folded,
            and_(PatientRecord.name_folded == row.name_folded, PatientRecord.id < row.id),
        )
        if without:
            before = and_(before, PatientRecord.id.not_in(without))
        return self._session.scalar(select(func.count()).select_from(PatientRecord).where(before)) or 0

    def first_page(self, typed: str, limit: int) -> tuple[int, tuple[PatientEntry, ...]]:
        """How many match what was typed, and the first of them."""
        if not typed.strip():
            return self.count(), self.entries("", 0, limit)
        ids = self.matching_ids(typed)
        return len(ids), self.entries_of(ids[:limit])

    def entries_of(self, ids: Sequence[int]) -> tuple[PatientEntry, ...]:
        """Entries of these patients, in this order; read as plain columns, since every keystroke asks for them."""
        connection = self._connection()
        on_sqlite = connection.dialect.name == "sqlite"
        of_people, of_phones, of_cases = _entry_statements(on_sqlite)
        found: dict[int, PatientEntry] = {}
        for part in chunks(ids):
            these = {"ids": json.dumps(part) if on_sqlite else part}
            phones: dict[int, tuple[bool, str]] = {}
            for patient_id, number, preferred in connection.execute(of_phones, these).all():
                if patient_id not in phones or (preferred and not phones[patient_id][0]):
                    phones[patient_id] = (preferred, number)
            cases: dict[int, list[tuple[str, str | None]]] = {}
            last: dict[int, date] = {}
            for patient_id, condition, side, last_on in connection.execute(of_cases, these).all():
                cases.setdefault(patient_id, []).append((condition, side))
                if last_on is not None:
                    last[patient_id] = max(last_on, last.get(patient_id, last_on))
            for id_, mrn, name, sex, day, year, age, age_on, called in connection.execute(of_people, these).all():
                found[id_] = PatientEntry(
                    id_,
                    mrn,
                    name,
                    Sex(sex),
                    Birth(day, year, age, age_on),
                    phones[id_][1] if id_ in phones else "",
                    tuple(cases.get(id_, ())),
                    last.get(id_),
                    may_be_called=bool(called),
                )
        return tuple(found[id_] for id_ in ids if id_ in found)

    def _connection(self) -> Connection:
        """For statements without records, with what this unit has not yet written already there."""
        if self._session.autoflush:
            self._session.flush()
        return self._session.connection()

    def matching_ids(self, typed: str, most: int = CANDIDATES) -> list[int]:
        """The patients that match what was typed, at most ``most``: by beginnings of words, else by likeness.

        Four digits and more are looked for inside numbers and telephone numbers as well, after the beginnings.
        """
        words = fold(typed).split()
        if not words:
            return self._by_signs(typed.replace("\0", "").strip(), most)
        if len(words) == 1 and len(words[0]) == 1:
            return self._by_letter(words[0], most)
        on_sqlite = self._session.get_bind().dialect.name == "sqlite"
        found = self._by_words(words, most) if on_sqlite else self._by_words_postgres(words, most)
        digits = phone_digits(typed)[-DIGITS_COMPARED:]
        if len(digits) >= (3 if not found else 4) and not any(c.isalpha() for c in typed):
            found += [id_ for id_ in self._by_digits(digits, most, on_sqlite=on_sqlite) if id_ not in set(found)]
        if not found and max(len(word) for word in words) >= 3:
            found = self._by_likeness(words, most, on_sqlite=on_sqlite)
        return found[:most]

    def with_words(self, words: Sequence[str]) -> ColumnElement[bool]:
        """Of a patient: name, numbers or place have a word beginning with each of these (folded)."""
        if self._session.get_bind().dialect.name == "sqlite":
            query = " AND ".join(f'"{word}"*' for word in words)
            found = text("SELECT rowid FROM patient_words WHERE patient_words MATCH :query").bindparams(query=query)
            return PatientRecord.id.in_(found.columns(column("rowid", Integer)))
        patterns = [_like(word) for word in words]
        return and_(
            *(
                or_(PatientRecord.search.like(pattern + "%"), PatientRecord.search.like("% " + pattern + "%"))
                for pattern in patterns
            )
        )

    def _by_signs(self, signs: str, most: int) -> list[int]:
        """Whoever has these very signs (no letter, no digit among them) in name, number, telephone, guardian, place."""
        if not signs:
            return []
        columns = (PatientRecord.full_name, PatientRecord.guardian, PatientRecord.village)
        held = [column.contains(signs, autoescape=True) for column in columns]
        held.append(PatientRecord.identifiers.any(IdentifierRecord.value.contains(signs, autoescape=True)))
        held.append(PatientRecord.phones.any(PhoneRecord.number.contains(signs, autoescape=True)))
        statement = select(PatientRecord.id).where(or_(*held))
        return list(self._session.scalars(statement.order_by(PatientRecord.name_folded, PatientRecord.id).limit(most)))

    def _by_letter(self, letter: str, most: int) -> list[int]:
        """Names that begin with a letter; numbers that begin with a digit."""
        column = PatientRecord.mrn if letter.isdigit() else PatientRecord.name_folded
        beginning: ColumnElement[bool] = and_(column >= letter, column < letter + "\U0010ffff")
        return list(self._session.scalars(select(PatientRecord.id).where(beginning).order_by(column).limit(most)))

    def _by_words(self, words: list[str], most: int) -> list[int]:
        """Names that begin with what was typed, by name; then everybody with such words in name, numbers or place."""
        connection = self._connection()
        typed = " ".join(words)
        beginning = {"first": typed, "after": typed + "\U0010ffff", "most": most}
        found = list(connection.scalars(_NAMES_FROM, beginning))
        if len(found) >= most or len(typed) == 1:
            return found
        query = {"query": " AND ".join(f'"{word}"*' for word in words), "most": max(most * 2, CANDIDATES)}
        known = set(found)
        named = [(id_, name) for id_, name in connection.execute(_WITH_WORDS, query).all() if id_ not in known]
        return found + _ranked(named, words, most - len(found))

    def _by_words_postgres(self, words: list[str], most: int) -> list[int]:
        statement = select(PatientRecord.id)
        for word in words:
            pattern = _like(word)
            statement = statement.where(
                or_(PatientRecord.search.like(pattern + "%"), PatientRecord.search.like("% " + pattern + "%"))
            )
        ids = self._session.scalars(statement.limit(most * 4)).all()
        return _ranked(list(self._names(ids).items()), words, most)

    def _by_digits(self, digits: str, most: int, *, on_sqlite: bool) -> list[int]:
        """Whoever has these digits anywhere in a number, through the index of letters."""
        if on_sqlite:
            statement = "SELECT rowid FROM patient_letters WHERE patient_letters MATCH :query LIMIT :most"
            return list(self._session.scalars(text(statement), {"query": f'"{digits}"', "most": most}))
        found = select(PatientRecord.id).where(PatientRecord.search.like(f"%{digits}%")).limit(most)
        return list(self._session.scalars(found))

    def _by_likeness(self, words: list[str], most: int, *, on_sqlite: bool) -> list[int]:
        """Names that are spelled a little differently from what was typed."""
        names = self._names(self._sharing_letters(words) if on_sqlite else self._sharing_letters_postgres(words))
        alike = _alike(words, names)
        if not alike:
            alike = _alike(words, self._names(self._same_initial(words[0])))
        return alike[:most]

    def _sharing_letters(self, words: list[str]) -> Sequence[int]:
        letters = {word[i : i + 3] for word in words for i in range(len(word) - 2)}
        query = " OR ".join(f'"{part}"' for part in sorted(letters))
        return self._session.scalars(
            text("SELECT rowid FROM patient_letters WHERE patient_letters MATCH :query ORDER BY rank LIMIT :most"),
            {"query": query, "most": CANDIDATES},
        ).all()

    def _sharing_letters_postgres(self, words: list[str]) -> Sequence[int]:
        typed = " ".join(words)
        self._session.execute(select(func.set_config("pg_trgm.word_similarity_threshold", "0.3", True)))
        return self._session.scalars(
            select(PatientRecord.id)
            .where(PatientRecord.search.op("%>")(typed))
            .order_by(func.word_similarity(typed, PatientRecord.search).desc())
            .limit(CANDIDATES)
        ).all()

    def _same_initial(self, word: str) -> Sequence[int]:
        return self._session.scalars(
            select(PatientRecord.id)
            .where(PatientRecord.name_folded >= word[0], PatientRecord.name_folded < word[0] + "\U0010ffff")
            .limit(SAME_INITIAL)
        ).all()

    def _names(self, ids: Sequence[int]) -> dict[int, str]:
        names: dict[int, str] = {}
        for part in chunks(ids):
            rows = self._session.execute(
                select(PatientRecord.id, PatientRecord.name_folded).where(PatientRecord.id.in_(part))
            )
            names.update((id_, name) for id_, name in rows)
        return names

    def _refuse_taken(self, mrn: str, own_id: int | None) -> None:
        with self._session.no_autoflush:
            found = self._session.execute(
                select(PatientRecord.id, PatientRecord.full_name).where(PatientRecord.mrn == mrn)
            ).first()
        if found is not None and found[0] != own_id:
            raise Conflict("mrn_taken", mrn=mrn, name=found[1])

    def _row(self, patient_id: int) -> PatientRecord:
        row = self._session.scalar(_full().where(PatientRecord.id == patient_id))
        if row is None:
            raise NotFound("patient_not_found", id=patient_id)
        return row

    def _write(self, row: PatientRecord, details: PatientDetails) -> None:
        row.mrn = details.identifiers[0].value if details.identifiers else str(row.number)
        row.full_name = details.full_name
        row.name_folded = fold(details.full_name)
        row.sex = details.sex.value
        row.birth_day, row.birth_year = details.birth.day, details.birth.year
        row.age, row.age_on = details.birth.age, details.birth.age_on
        row.guardian, row.village = details.guardian, details.village
        row.weight_kg, row.language = details.weight_kg, details.language
        row.may_be_called, row.alerts = details.may_be_called, list(details.alerts)
        row.may_be_texted, row.may_be_written_to = details.may_be_texted, details.may_be_written_to
        row.notes, row.written_at = details.notes, self._now
        row.identifiers = [
            IdentifierRecord(position=position, kind=item.kind.value, value=item.value)
            for position, item in enumerate(details.identifiers)
        ]
        row.phones = [
            PhoneRecord(
                position=position,
                number=phone.number,
                digits=phone_digits(phone.number),
                owner=phone.owner,
                language=phone.language,
                preferred=phone.preferred,
            )
            for position, phone in enumerate(details.phones)
        ]
        row.search = search_text(details, row.number)


def _ranked(named: Sequence[tuple[int, str]], words: list[str], most: int) -> list[int]:
    """Names that begin with what was typed first, then with its first word somewhere, then all others; by name."""
    typed, first = " ".join(words), words[0]
    inside = " " + first
    ranked = [
        (0 if name.startswith(typed) else 1 if name.startswith(first) or inside in name else 2, name, id_)
        for id_, name in named
    ]
    ranked.sort()
    return [id_ for _, _, id_ in ranked[:most]]


@cache
def _entry_statements(on_sqlite: bool) -> tuple[Select[Any], Select[Any], Select[Any]]:
    """People, telephones and diagnoses of the patients ``ids``, made once: what is made anew costs more than its query.

    SQLite takes the ids as one JSON text, so that its driver too prepares each statement once, whatever their number.
    """

    def these(column: Column[Any]) -> ColumnElement[bool]:
        if on_sqlite:
            return column.in_(select(func.json_each(bindparam("ids")).table_valued("value").c.value))
        return column.in_(bindparam("ids", expanding=True))

    person, phone, case = _PERSON.c, _PHONE.c, _CASE.c
    people = select(
        person.id,
        person.mrn,
        person.full_name,
        person.sex,
        person.birth_day,
        person.birth_year,
        person.age,
        person.age_on,
        person.may_be_called,
    )
    return (
        people.where(these(person.id)),
        select(phone.patient_id, phone.number, phone.preferred)
        .where(these(phone.patient_id))
        .order_by(phone.position, phone.id),
        select(case.patient_id, case.condition, case.side, case.last_on)
        .where(these(case.patient_id))
        .order_by(case.id),
    )


def _alike(words: list[str], names: dict[int, str]) -> list[int]:
    """Ids of the names in which every word typed has a word much like it, most alike first."""
    from rapidfuzz import fuzz

    scored: list[tuple[float, str, int]] = []
    for id_, name in names.items():
        parts = name.split()
        best = [max((fuzz.ratio(word, part[: len(word) + 1]) for part in parts), default=0.0) for word in words]
        if min(best) >= LIKENESS:
            scored.append((-sum(best), name, id_))
    return [id_ for _, _, id_ in sorted(scored)]


def search_text(details: PatientDetails, number: int) -> str:
    """What the search reads of a patient: folded name, numbers, telephone digits, guardian and place."""
    parts = [fold(details.full_name), str(number)]
    parts += [fold(item.value) for item in details.identifiers]
    parts += [re.sub(r"\s", "", fold(item.value)) for item in details.identifiers]
    parts += [phone_digits(phone.number) for phone in details.phones]
    parts += [fold(details.guardian), fold(details.village)]
    return " ".join(dict.fromkeys(part for part in parts if part))


def patient_of(row: PatientRecord) -> Patient:
    """The value of a row whose identifiers and phones are loaded."""
    return _patient_of(
        row,
        tuple(Identifier(item.value, IdentifierKind(item.kind)) for item in row.identifiers),
        tuple(Phone(item.number, item.owner, item.language, item.preferred) for item in row.phones),
    )


def _patient_of(row: Any, identifiers: tuple[Identifier, ...], phones: tuple[Phone, ...]) -> Patient:
    details = PatientDetails(
        row.full_name,
        Sex(row.sex),
        _birth_of(row),
        identifiers,
        phones,
        row.guardian,
        row.village,
        row.weight_kg,
        row.language,
        row.may_be_called,
        tuple(row.alerts),
        row.notes,
        row.may_be_texted,
        row.may_be_written_to,
    )
    return Patient(row.id, row.number, row.mrn, details, row.deceased_on, row.moved_on, row.version)


def _known() -> Any:
    """What ``Patient`` says, without a row the session keeps: lists read many."""
    return select(
        PatientRecord.id,
        PatientRecord.number,
        PatientRecord.mrn,
        PatientRecord.full_name,
        PatientRecord.sex,
        PatientRecord.birth_day,
        PatientRecord.birth_year,
        PatientRecord.age,
        PatientRecord.age_on,
        PatientRecord.guardian,
        PatientRecord.village,
        PatientRecord.weight_kg,
        PatientRecord.language,
        PatientRecord.may_be_called,
        PatientRecord.alerts,
        PatientRecord.notes,
        PatientRecord.may_be_texted,
        PatientRecord.may_be_written_to,
        PatientRecord.deceased_on,
        PatientRecord.moved_on,
        PatientRecord.version,
    )


def _birth_of(row: Any) -> Birth:
    return Birth(row.birth_day, row.birth_year, row.age, row.age_on)


def _full() -> Select[PatientRecord]:
    return select(PatientRecord).options(selectinload(PatientRecord.identifiers), selectinload(PatientRecord.phones))


def _like(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def chunks(items: Sequence[T], size: int = 500) -> Iterator[Sequence[T]]:
    """The items in parts small enough for one IN list."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
