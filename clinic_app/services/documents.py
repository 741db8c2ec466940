"""Visits and bookings as documents (the command line's JSON): read strictly, so that no field is lost by a slip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, time
from decimal import Decimal

from clinic_app.domain.calendar import iso_day
from clinic_app.domain.cases import Case, Side
from clinic_app.domain.catalogues import Catalogues
from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.schedule import BookingDetails, DrugSupply
from clinic_app.domain.treatment import (
    CHECKLIST,
    InjectionSite,
    SessionDetails,
    SessionKind,
    SiteSide,
    VisitDetails,
)
from clinic_app.domain.units import parse_amount

Document = Mapping[str, object]

SESSION_FIELDS = frozenset(
    ["case", "side", "kind", "product", "units", "sites", "dilution_ml", "guidance", "come_on", "restarts_window"]
)
VISIT_FIELDS = frozenset(
    {"mrn", "date", "product", "dilution_ml", "batch", "injector", "sessions", "checklist", "reason", "decided_by"}
    | {"notes", "finalise"}
)
SITE_FIELDS = frozenset(["muscle", "side", "units", "volume_ml"])
BOOKING_FIELDS = frozenset(["mrn", "day", "time", "cases", "reason", "decided_by", "drug", "note", "end_hold"])
CASE_FIELDS = frozenset(["case", "side"])


def documents_of(content: object) -> list[Document]:
    """One object, or an array of objects. Raises ``RuleBroken("document", "document_not_object")``."""
    items = content if isinstance(content, list) else [content]
    for item in items:
        if not isinstance(item, dict):
            raise RuleBroken("document", "document_not_object")
    return list(items)


def mrn_of(document: Document) -> str:
    """Whose document it is."""
    mrn = document.get("mrn")
    if not isinstance(mrn, str | int) or isinstance(mrn, bool) or not str(mrn).strip():
        raise RuleBroken("mrn", "document_field_missing")
    return str(mrn).strip()


def visit_of(document: Document, cases: Sequence[Case], catalogues: Catalogues) -> tuple[VisitDetails, bool]:
    """A visit and whether it is to be finalised.

    Raises:
        RuleBroken: naming the field that is unknown, missing, or not what it must be.
    """
    _only(document, VISIT_FIELDS)
    sessions = _objects(document, "sessions")
    if not sessions:
        raise RuleBroken("sessions", "document_field_missing")
    details = VisitDetails(
        _day(document, "date", needed=True) or date.min,
        tuple(_session(item, document, cases, catalogues) for item in sessions),
        _text(document, "injector"),
        _text(document, "batch"),
        _checklist(document),
        _text(document, "reason"),
        _text(document, "decided_by"),
        _text(document, "notes"),
    )
    return details, _flag(document, "finalise")


def booking_of(document: Document, patient_id: int, cases: Sequence[Case], catalogues: Catalogues) -> BookingDetails:
    """A booking.

    Raises:
        RuleBroken: naming the field that is unknown, missing, or not what it must be.
    """
    _only(document, BOOKING_FIELDS)
    wanted = _objects(document, "cases")
    for item in wanted:
        _only(item, CASE_FIELDS)
    ids = tuple(_case(item, cases, catalogues).id for item in wanted)
    if not wanted and len(cases) == 1:
        ids = (cases[0].id,)
    drug = _text(document, "drug")
    if drug and drug not in {one.value for one in DrugSupply}:
        raise _bad("drug", drug)
    return BookingDetails(
        patient_id,
        _day(document, "day", needed=True) or date.min,
        ids,
        _clock(document, "time"),
        DrugSupply(drug) if drug else DrugSupply.UNKNOWN,
        _text(document, "reason"),
        _text(document, "decided_by"),
        _text(document, "note"),
        _flag(document, "end_hold"),
    )


def _session(item: Document, visit: Document, cases: Sequence[Case], catalogues: Catalogues) -> SessionDetails:
    _only(item, SESSION_FIELDS)
    case = _case(item, cases, catalogues)
    kind = _text(item, "kind") or SessionKind.FULL.value
    if kind not in {one.value for one in SessionKind}:
        raise _bad("kind", kind)
    sites = tuple(_site(site, catalogues) for site in _objects(item, "sites"))
    units = item.get("units")
    if not sites and "units" not in item:
        raise RuleBroken("units", "document_field_missing")
    return SessionDetails(
        case.id,
        _product(item, catalogues) or _product(visit, catalogues),
        parse_amount(units) if units is not None else None,
        sites,
        SessionKind(kind),
        _flag(item, "restarts_window"),
        _volume(item, "dilution_ml") or _volume(visit, "dilution_ml"),
        _text(item, "guidance"),
        _day(item, "come_on"),
    )


def _site(item: Document, catalogues: Catalogues) -> InjectionSite:
    _only(item, SITE_FIELDS)
    name = _text(item, "muscle")
    match = catalogues.find_muscle(name) if name and name not in catalogues.muscles else None
    code = name if name in catalogues.muscles else match.muscle.code if match is not None and not match.guessed else ""
    if not code:
        raise RuleBroken("sites", "unknown_muscle", muscle=name)
    side = _text(item, "side") or (match.side if match is not None and match.side else SiteSide.MIDLINE.value)
    if side not in {one.value for one in SiteSide}:
        raise _bad("side", side)
    if item.get("units") is None:
        raise RuleBroken("units", "document_field_missing")
    return InjectionSite(code, SiteSide(side), parse_amount(item["units"]), _volume(item, "volume_ml"))


def _case(item: Document, cases: Sequence[Case], catalogues: Catalogues) -> Case:
    """The patient's case that is named by its condition, and its side where that is not enough."""
    name, side = _text(item, "case"), _text(item, "side")
    if not name:
        raise RuleBroken("case", "document_field_missing")
    if side and side not in {one.value for one in Side}:
        raise _bad("side", side)
    code = name
    if code not in catalogues.conditions:
        match = catalogues.find_condition(name, side or None)
        if match is None or match.guessed:
            raise RuleBroken("case", "unknown_condition", condition=name)
        code = match.condition.code
    found = [case for case in cases if case.condition == code and (not side or case.side is Side(side))]
    if not found:
        raise RuleBroken("case", "patient_has_no_case", condition=f"{catalogues.conditions[code].name} {side}".rstrip())
    if len(found) > 1:
        raise RuleBroken("side", "side_decides_case", condition=catalogues.conditions[code].name)
    return found[0]


def _product(document: Document, catalogues: Catalogues) -> str | None:
    name = _text(document, "product")
    if not name:
        return None
    if name in catalogues.products:
        return name
    match = catalogues.find_product(name)
    if match is None or match.guessed:
        raise RuleBroken("product", "unknown_product", product=name)
    return match.product.code


def _checklist(document: Document) -> tuple[tuple[str, bool], ...]:
    given = document.get("checklist")
    if given is None:
        return ()
    if isinstance(given, list):
        given = {str(question): True for question in given}
    if not isinstance(given, dict):
        raise _bad("checklist", given)
    answers: list[tuple[str, bool]] = []
    for question, answer in given.items():
        if question not in CHECKLIST or not isinstance(answer, bool):
            raise RuleBroken("checklist", "document_checklist", question=question, known=", ".join(CHECKLIST))
        answers.append((question, answer))
    return tuple(answers)


def _only(document: Document, known: frozenset[str]) -> None:
    for key in document:
        if key not in known:
            raise RuleBroken(key, "document_field_unknown", known=", ".join(sorted(known)))


def _objects(document: Document, key: str) -> list[Document]:
    found = document.get(key)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise _bad(key, found)
    return found


def _text(document: Document, key: str) -> str:
    found = document.get(key)
    if found is None:
        return ""
    if not isinstance(found, str | int) or isinstance(found, bool):
        raise _bad(key, found)
    return str(found).strip()


def _flag(document: Document, key: str) -> bool:
    found = document.get(key, False)
    if not isinstance(found, bool):
        raise _bad(key, found)
    return found


def _day(document: Document, key: str, *, needed: bool = False) -> date | None:
    text = _text(document, key)
    if not text:
        if needed:
            raise RuleBroken(key, "document_field_missing")
        return None
    try:
        return iso_day(text)
    except ValueError as error:
        raise RuleBroken(key, "document_bad_day", text=text) from error


def _clock(document: Document, key: str) -> time | None:
    text = _text(document, key)
    if not text:
        return None
    try:
        clock = time.fromisoformat(text)
    except ValueError as error:
        raise _bad(key, text) from error
    if clock.tzinfo is not None:
        raise _bad(key, text)
    return clock


def _volume(document: Document, key: str) -> Decimal | None:
    """Millilitres, None where none are said. Raises ``RuleBroken("bad_dilution")``."""
    found = document.get(key)
    try:
        return None if found is None else parse_amount(found, key)
    except RuleBroken as error:
        raise RuleBroken(key, "bad_dilution", text=str(found)) from error


def _bad(field: str, value: object) -> RuleBroken:
    return RuleBroken(field, "document_bad_value", text=str(value))
