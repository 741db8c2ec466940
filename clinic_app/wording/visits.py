"""Words of the visit and of what is said between visits: warnings while a dose is typed, questions not yet answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Protocol

from clinic_app.domain.calendar import Span
from clinic_app.domain.cases import StopReason
from clinic_app.domain.catalogues import EvidenceSource
from clinic_app.domain.treatment import RuleWarning
from clinic_app.domain.units import plain
from clinic_app.wording.calendar import span_words
from clinic_app.wording.cases import stop_words
from clinic_app.wording.dates import day
from clinic_app.wording.language import translate
from clinic_app.wording.schedule import ProductNames, product_words

MESSAGES: dict[str, str] = {
    "condition_not_chosen": "“{text}” is no condition of the catalogue. Type a part of its name and choose one.",
    "together_or_separate": "Say whether the two diagnoses wait for each other: together or separate.",
    "booking_not_answered": "Say what becomes of the booking: cancel it or keep it.",
    "stop_reason_missing": "Choose why this diagnosis is no longer called.",
    "departure_not_said": "Say what happened: died, or moved away.",
    "decision_missing": "Choose what was decided.",
    "patient_not_chosen": "Type a part of the name and choose the patient.",
    "checklist_not_answered": (
        "Not all questions were answered today. Answer them, or press “None of these, asked today”."
    ),
    "units_missing": "The dose of {name} is missing. Enter units in the sites, or for the whole.",
    "product_missing": "Choose the product given for {name}.",
    "site_without_muscle": "A site has units but no muscle. Choose one, or remove the line.",
    "site_without_side": "Say which side of {muscle} was injected.",
    "site_without_units": "{muscle} has no units. Enter them, or remove the line.",
    "restart_not_answered": "Say whether the touch-up restarts the window of {name}.",
    "bad_dilution_entry": "“{text}” is no volume. Write millilitres, for example 2 or 2.5.",
    "later_not_answered": "Say for each later booking whether it is kept or cancelled.",
}

_EVIDENCE = {
    "GMK": "general medical knowledge, not read anywhere yet",
    "P": "a proposal of this program",
    "A": "arithmetic",
}

_QUESTIONS = {
    "pregnancy": "Pregnant or breast-feeding?",
    "infection": "Infection, fever or antibiotics now?",
    "new_medicine": "New medicine (blood thinner, aminoglycoside, muscle relaxant)?",
    "swallowing": "Trouble swallowing or breathing?",
    "neuromuscular": "Myasthenia or another muscle or nerve disease?",
    "allergy": "Allergy to botulinum toxin or albumin?",
    "toxin_elsewhere": "Botulinum toxin given elsewhere since the last visit?",
}


def question_words(code: str) -> str:
    """The question of a checklist entry."""
    return translate(_QUESTIONS.get(code, code))


def warning_words(warning: RuleWarning, catalogues: ProductNames) -> tuple[str, str]:
    """What a rule says while a visit is typed: the finding, and which rule it is and when it clears."""
    params = warning.params
    product = product_words(params.get("product"), catalogues)
    match warning.code:
        case "given_before_earliest":
            first = translate("{day} is before {earliest}, the earliest day.").format(
                day=_day(params.get("day")), earliest=_day(params.get("earliest"))
            )
            return first, translate("A reason and the name of the doctor who decided are needed (rule C4).")
        case "injected_while_stopped":
            why = params.get("why")
            first = translate("This diagnosis is stopped since {day} ({reason}).").format(
                day=_day(params.get("since")), reason=stop_words(why).lower() if isinstance(why, StopReason) else ""
            )
            return first, translate("It stays in no list until the stop is taken back in the record.")
        case "dose_above_limit":
            span = params.get("span")
            first = translate("{product}: {sum} U within {span}, above {limit} U.").format(
                product=product,
                sum=_number(warning.total),
                limit=_number(warning.limit),
                span=span_words(span) if isinstance(span, Span) else "",
            )
            return first, _clears(params.get("clears_on"), warning)
        case "units_unknown_in_window":
            days = params.get("days")
            shown = ", ".join(_day(one) for one in days) if isinstance(days, Iterable) else ""
            first = translate(
                "{product}: units of {days} are unknown, so the {limit} U limit cannot be checked."
            ).format(product=product, days=shown, limit=_number(warning.limit))
            return first, _rule(warning)
        case "dose_above_cap":
            scope = params.get("scope")
            words = (
                translate("{product}: {sum} U at one site, above {limit} U.")
                if scope == "site"
                else translate("{product}: {sum} U in this session, above {limit} U.")
            )
            first = words.format(product=product, sum=_number(warning.total), limit=_number(warning.limit))
            return first, _rule(warning)
    first = translate("A rule was broken ({code}).").format(code=warning.code)
    if warning.total is not None and warning.limit is not None:
        words = translate("{product}: {sum} U, limit {limit} U.")
        first = words.format(product=product, sum=_number(warning.total), limit=_number(warning.limit))
    return first, _rule(warning)


def _clears(clears_on: object, warning: RuleWarning) -> str:
    if isinstance(clears_on, date):
        told = translate("Clears on {day}.").format(day=day(clears_on))
    else:
        told = translate("This dose alone is above the limit.")
    return f"{told} {_rule(warning)}"


def _rule(warning: RuleWarning) -> str:
    return translate("Rule {rule}.").format(rule=warning.rule)


class EvidenceTexts(Protocol):
    """The catalogues, as far as where their facts were read goes."""

    @property
    def sources(self) -> Mapping[str, EvidenceSource]:
        """Sources by code."""
        ...


def source_words(marks: str, catalogues: EvidenceTexts) -> str:
    """Where a rule was read, for a tooltip; blank where nobody says. ``marks`` are those of the catalogues.

    ``Source: BOTOX Cosmetic PI 2.1 text reproduced at …``
    """
    found: list[str] = []
    for mark in filter(None, (part.strip() for part in marks.split(";"))):
        kind, _, cited = mark.partition(":")
        named = [catalogues.sources[code].text for code in cited.split(",") if code in catalogues.sources]
        found += named or ([translate(_EVIDENCE[kind])] if kind in _EVIDENCE else [])
    return translate("Source: {sources}").format(sources="; ".join(found)) if found else ""


def _number(amount: Decimal | None) -> str:
    return "?" if amount is None else plain(amount)


def _day(value: object) -> str:
    return day(value) if isinstance(value, date) else str(value)
