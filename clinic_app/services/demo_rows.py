"""Invented people as rows, very many at a time, with the cached dates of their cases as the domain computes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from typing import Any

from clinic_app.domain.cases import Hold, ReinjectionPlan, Stop
from clinic_app.domain.demo_stories import NURSE, InventedBooking, InventedCase, InventedPatient, InventedSession
from clinic_app.domain.known_windows import known_windows
from clinic_app.domain.patients import fold, phone_digits, preferred_phone
from clinic_app.domain.schedule import Appointment, CaseFacts, ContactAttempt, ToxinEvent, last_restart
from clinic_app.domain.treatment import CHECKLIST, SessionKind, SessionState
from clinic_app.services.context import ClinicContext
from clinic_app.storage.known_windows import TABLE as KNOWN_WINDOWS
from clinic_app.storage.known_windows import row_of as window_row
from clinic_app.storage.patients import search_text
from clinic_app.storage.unit import UnitOfWork

Row = dict[str, Any]

TABLES = (
    "patient",
    "patient_identifier",
    "patient_phone",
    "clinical_case",
    KNOWN_WINDOWS,
    "case_independence",
    "visit",
    "injection_session",
    "injection_site",
    "external_toxin",
    "case_hold",
    "case_stop",
    "case_decision",
    "contact_attempt",
    "appointment",
    "appointment_case",
)
"""In the order in which rows may refer to one another."""

_WITHOUT_ID = frozenset({"case_independence", "appointment_case", KNOWN_WINDOWS})
_SEEN_AT = time(10, 30)
_BOOKED_AT = time(12, 0)
_ASKED: dict[str, object] = dict.fromkeys(CHECKLIST, False)


class InventedRows:
    """Collects the rows of invented people, numbers them, and writes them."""

    def __init__(self, context: ClinicContext) -> None:
        self._context = context
        self._rows: dict[str, list[Row]] = {table: [] for table in TABLES}
        self._last_ids: dict[str, int] = dict.fromkeys(TABLES, 0)
        self._tokens: dict[date, int] = {}
        self.patients = 0
        self.cases = 0
        self.sessions = 0

    def add(self, unit: UnitOfWork, person: InventedPatient) -> None:
        """Add everything of one person; ``unit`` only computes the cached dates."""
        patient_id = self._patient(person)
        case_ids = [self._next("clinical_case") for _ in person.cases]
        events = self._treatment(person, patient_id, case_ids)
        events += self._elsewhere(person, patient_id, case_ids)
        events.sort(key=lambda event: (event.day, event.session_id))
        bookings = self._bookings(person, patient_id, case_ids)
        for place, case in enumerate(person.cases):
            case_id = case_ids[place]
            apart = {b if a == place else a for a, b in person.independent if place in (a, b)}
            facts = self._facts(
                case_id,
                case,
                tuple(events),
                tuple(item for item in bookings if case_id in item.case_ids),
                frozenset(case_ids[other] for other in apart),
                person.plan,
            )
            self._case(unit, person, patient_id, case, facts)
        for first, second in person.independent:
            a, b = sorted((case_ids[first], case_ids[second]))
            self._rows["case_independence"].append({"case_id": a, "other_id": b})

    def write(self, unit: UnitOfWork) -> None:
        """Write what was collected since the last time; the caller commits."""
        for table in TABLES:
            unit.bulk.insert(table, self._rows[table])
            self._rows[table] = []

    def settle(self, unit: UnitOfWork) -> None:
        """Let the database go on counting behind the last of our ids."""
        unit.bulk.settle_ids(*(table for table in TABLES if table not in _WITHOUT_ID))

    def _next(self, table: str) -> int:
        self._last_ids[table] += 1
        return self._last_ids[table]

    def _put(self, table: str, row: Row) -> int:
        id_ = self._next(table)
        row["id"] = id_
        self._rows[table].append(row)
        return id_

    def _patient(self, person: InventedPatient) -> int:
        details = person.details
        birth = details.birth
        number = self._last_ids["patient"] + 1
        patient_id = self._put(
            "patient",
            {
                "number": number,
                "mrn": details.identifiers[0].value,
                "full_name": details.full_name,
                "name_folded": fold(details.full_name),
                "sex": details.sex.value,
                "birth_day": birth.day,
                "birth_year": birth.year,
                "age": birth.age,
                "age_on": birth.age_on,
                "guardian": details.guardian,
                "village": details.village,
                "weight_kg": details.weight_kg,
                "language": details.language,
                "may_be_called": details.may_be_called,
                "may_be_texted": details.may_be_texted,
                "may_be_written_to": details.may_be_written_to,
                "alerts": list(details.alerts),
                "notes": details.notes,
                "plan_opens": str(person.plan.opens_after) if person.plan else None,
                "plan_closes": str(person.plan.closes_after) if person.plan else None,
                "deceased_on": person.deceased_on,
                "moved_on": person.moved_on,
                "search": search_text(details, number),
                "import_id": None,
                "written_at": _at(person.known_since, _SEEN_AT),
                "version": 1,
            },
        )
        for position, identifier in enumerate(details.identifiers):
            self._put(
                "patient_identifier",
                {
                    "patient_id": patient_id,
                    "position": position,
                    "kind": identifier.kind.value,
                    "value": identifier.value,
                },
            )
        for position, phone in enumerate(details.phones):
            self._put(
                "patient_phone",
                {
                    "patient_id": patient_id,
                    "position": position,
                    "number": phone.number,
                    "digits": phone_digits(phone.number),
                    "owner": phone.owner,
                    "language": phone.language,
                    "preferred": phone.preferred,
                },
            )
        self.patients += 1
        return patient_id

    def _treatment(self, person: InventedPatient, patient_id: int, case_ids: list[int]) -> list[ToxinEvent]:
        visits: dict[date, list[tuple[int, InventedSession]]] = {}
        for place, case in enumerate(person.cases):
            for session in case.sessions:
                visits.setdefault(session.day, []).append((place, session))
        events: list[ToxinEvent] = []
        for day in sorted(visits):
            given = visits[day]
            visit_id = self._put(
                "visit",
                {
                    "patient_id": patient_id,
                    "day": day,
                    "injector": person.doctor,
                    "batch": _batch(given[0][1].product, day) if person.pictured else "",
                    "checklist": _ASKED,
                    "reason": "",
                    "decided_by": "",
                    "notes": given[0][1].notes,
                    "written_by": person.doctor,
                    "written_at": _at(day, _SEEN_AT),
                    "import_id": None,
                    "version": 1,
                },
            )
            for place, session in given:
                session_id = self._session(session, visit_id, patient_id, case_ids[place])
                events.append(
                    ToxinEvent(
                        day,
                        session.product,
                        person.cases[place].details.condition,
                        case_ids[place],
                        session.kind is SessionKind.FULL,
                        False,
                        session.units,
                        session.come_on,
                        session.state is not SessionState.GIVEN,
                        session_id,
                        _at(day, _SEEN_AT),
                    )
                )
        return events

    def _session(self, session: InventedSession, visit_id: int, patient_id: int, case_id: int) -> int:
        session_id = self._put(
            "injection_session",
            {
                "visit_id": visit_id,
                "patient_id": patient_id,
                "case_id": case_id,
                "day": session.day,
                "state": session.state.value,
                "kind": session.kind.value,
                "product": session.product,
                "units": session.units,
                "restarts_window": False,
                "dilution_ml": session.dilution_ml,
                "guidance": session.guidance,
                "come_on": session.come_on,
                "correction_reason": "",
                "imported": False,
                "import_id": None,
                "version": 1,
            },
        )
        for position, site in enumerate(session.sites):
            self._put(
                "injection_site",
                {
                    "session_id": session_id,
                    "position": position,
                    "muscle": site.muscle,
                    "side": site.side.value,
                    "units": site.units,
                    "volume_ml": site.volume_ml,
                },
            )
        self.sessions += 1
        return session_id

    def _elsewhere(self, person: InventedPatient, patient_id: int, case_ids: list[int]) -> list[ToxinEvent]:
        events: list[ToxinEvent] = []
        for item in person.external:
            named = None if item.case is None else case_ids[item.case]
            condition = None if item.case is None else person.cases[item.case].details.condition
            self._put(
                "external_toxin",
                {
                    "patient_id": patient_id,
                    "day": item.day,
                    "product": item.product,
                    "units": item.units,
                    "case_id": named,
                    "place": item.where,
                    "removed_reason": None,
                    "written_by": NURSE,
                    "written_at": _at(max(item.day, person.known_since), _SEEN_AT),
                    "version": 1,
                },
            )
            events.append(ToxinEvent(item.day, item.product, condition, named, named is not None, True, item.units))
        return events

    def _bookings(self, person: InventedPatient, patient_id: int, case_ids: list[int]) -> tuple[Appointment, ...]:
        found: list[Appointment] = []
        for booking in person.bookings:
            token = self._tokens.get(booking.day, 0) + 1
            self._tokens[booking.day] = token
            named = tuple(sorted({case_ids[place] for place in booking.cases}))
            appointment_id = self._put(
                "appointment",
                {
                    "patient_id": patient_id,
                    "day": booking.day,
                    "token": token,
                    "at": None,
                    "status": booking.status.value,
                    "drug": booking.drug.value,
                    "reason": booking.reason,
                    "decided_by": booking.decided_by,
                    "note": booking.note,
                    "written_by": NURSE,
                    "written_at": _at(self._booked_on(booking, person.known_since), _BOOKED_AT),
                    "taken_back_at": None,
                    "version": 1,
                },
            )
            self._rows["appointment_case"] += [
                {"appointment_id": appointment_id, "case_id": case_id} for case_id in named
            ]
            found.append(
                Appointment(appointment_id, patient_id, booking.day, token, named, None, booking.status, booking.drug)
            )
        return tuple(found)

    def _booked_on(self, booking: InventedBooking, known_since: date) -> date:
        yesterday = self._context.today() - timedelta(days=1)
        return max(min(booking.day - timedelta(days=12), yesterday), known_since)

    def _facts(
        self,
        case_id: int,
        case: InventedCase,
        events: tuple[ToxinEvent, ...],
        bookings: tuple[Appointment, ...],
        apart: frozenset[int],
        plan: ReinjectionPlan | None,
    ) -> CaseFacts:
        known = self._context.known
        facts = CaseFacts(case_id, case.details.condition, events)
        last = last_restart(facts, date.max)
        in_force, level = known.plans.in_force(
            case=case.details.plan,
            patient=plan,
            condition=case.details.condition,
            product=last.product if last else None,
        )
        return CaseFacts(
            case_id,
            case.details.condition,
            events,
            in_force,
            level,
            apart,
            case.holds,
            case.stops,
            bookings,
            tuple(
                ContactAttempt(number, case_id, _at(call.day, call.at), call.outcome, call.call_again_on)
                for number, call in enumerate(case.calls)
            ),
            case.decisions,
        )

    def _case(
        self, unit: UnitOfWork, person: InventedPatient, patient_id: int, case: InventedCase, facts: CaseFacts
    ) -> None:
        details, number = case.details, person.details.identifiers[0].value
        dates = unit.schedule.dates(facts, self._context.rules)
        last = last_restart(facts, date.max)
        first = preferred_phone(person.details.phones)
        self._rows["clinical_case"].append(
            {
                "id": facts.case_id,
                "patient_id": patient_id,
                "condition": details.condition,
                "side": details.side.value if details.side else None,
                "pattern": details.pattern,
                "onset": details.onset,
                "causes": list(details.causes),
                "classification": dict(details.classification),
                "plan_opens": str(details.plan.opens_after) if details.plan else None,
                "plan_closes": str(details.plan.closes_after) if details.plan else None,
                "notes": details.notes,
                "import_id": None,
                "written_at": _at(person.known_since, _SEEN_AT),
                "version": 1,
                "mrn": number,
                "last_on": dates.last_on,
                "last_product": last.product if last else None,
                "last_units": last.units if last else None,
                "last_injector": person.doctor if case.sessions else "",
                "earliest": dates.earliest,
                "opens": dates.opens,
                "closes": dates.closes,
                "come_on": dates.come_on,
                "come_on_rank": 1 if dates.come_on is None else 0,
                "stopped_since": dates.stopped_since,
                "held_from": dates.held_from,
                "held_until": dates.held_until,
                "booked_on": dates.booked_on,
                "phone": phone_digits(first.number) if first is not None else "",
                **asdict(dates.calls),
            }
        )
        windows = known_windows(facts, self._context.rules)
        self._rows[KNOWN_WINDOWS] += [window_row(facts.case_id, number, window) for window in windows]
        self._told(facts.case_id, case, of_patient=person.deceased_on is not None or person.moved_on is not None)
        self.cases += 1

    def _told(self, case_id: int, case: InventedCase, *, of_patient: bool) -> None:
        """Holds, stops, decisions and calls of a case."""
        for hold in case.holds:
            self._put("case_hold", _hold_row(case_id, hold))
        for stop in case.stops:
            self._put("case_stop", _stop_row(case_id, stop, of_patient=of_patient))
        for decision in case.decisions:
            self._put(
                "case_decision",
                {
                    "case_id": case_id,
                    "day": decision.day,
                    "kind": decision.kind.value,
                    "note": "",
                    "at": _at(decision.day, _SEEN_AT),
                    "written_by": NURSE,
                },
            )
        for call in case.calls:
            self._put(
                "contact_attempt",
                {
                    "case_id": case_id,
                    "at": _at(call.day, call.at),
                    "outcome": call.outcome.value,
                    "call_again_on": call.call_again_on,
                    "spoke_to": call.spoke_to,
                    "note": call.note,
                    "channel": call.channel.value,
                    "phone_number": call.phone_number,
                    "call_again_at": call.again_at,
                    "written_by": NURSE,
                    "taken_back_at": None,
                },
            )


def _hold_row(case_id: int, hold: Hold) -> Row:
    return {
        "case_id": case_id,
        "since": hold.since,
        "until": hold.until,
        "reason": hold.reason,
        "ended_on": hold.ended_on,
        "written_by": NURSE,
        "written_at": _at(hold.since, _SEEN_AT),
    }


def _stop_row(case_id: int, stop: Stop, *, of_patient: bool) -> Row:
    return {
        "case_id": case_id,
        "since": stop.since,
        "reason": stop.reason.value,
        "note": stop.note,
        "ended_on": stop.ended_on,
        "of_patient": of_patient,
        "written_by": NURSE,
        "written_at": _at(stop.since, _SEEN_AT),
    }


def _batch(product: str | None, day: date) -> str:
    """An invented batch number: one of each product a month."""
    if product is None:
        return ""
    letters: Mapping[str, str] = {"ona": "C", "abo": "L", "inco": "X"}
    return f"{letters.get(product, 'B')}{day.year % 100:02}{day.month:02}{(day.year * 7 + day.month * 31) % 89 + 10}"


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock)
