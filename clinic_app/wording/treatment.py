"""Sentences about what is given, and words for it."""

from __future__ import annotations

from clinic_app.domain.treatment import ExternalToxinDetails, InjectionSession, SessionKind, SessionState
from clinic_app.domain.units import Units
from clinic_app.wording.dates import day, moment_words
from clinic_app.wording.language import translate
from clinic_app.wording.schedule import ProductNames, product_words
from clinic_app.wording.units import dose_words

MESSAGES: dict[str, str] = {
    "already_given": "This diagnosis was injected on {day} already. Correct that entry, or record a touch-up.",
    "bad_dilution": "“{text}” in “{field}” is no volume. Write millilitres as a number above 0, for example 2 or 2.5.",
    "case_twice": "The same diagnosis stands twice in this visit.",
    "come_on_not_after": "The return date {day} must lie after the injection of {given}.",
    "external_not_found": "This entry of toxin given elsewhere is not there any more.",
    "injection_after_death": "{day} lies after the death of the patient on {died}.",
    "not_given": "Only an injection that was given can be finalised; this one is {state}.",
    "reason_missing": "Say why; the reason is kept with the entry.",
    "session_not_found": "This injection is not there any more.",
    "visit_not_found": "This visit is not there any more.",
    "unknown_muscle": "“{muscle}” is no muscle or site of the catalogue.",
    "unknown_product": "“{product}” is no product of the catalogue.",
    "given_before_earliest": "Given on {day}, before the earliest day {earliest}.",
    "injected_while_stopped": "Given though the diagnosis is stopped since {since}.",
    "dose_above_limit": "{sum} U within {span} are above the limit of {limit} U (rule {rule}).",
    "units_unknown_in_window": "The sum of the last {span} is not known: the units of {days} are missing (rule {rule}, limit {limit} U).",
    "dose_above_cap": "{sum} U are above {limit} U, the cap for this {scope} (rule {rule}).",
    "units_differ_from_sites": (
        "The sites add up to {sites} U, but {units} U were entered for the whole. Correct “{field}” or the sites."
    ),
    "injection_in_future": (
        "The injection is dated {day}, but today is {today}. Correct “{field}”; for a planned injection make a booking."
    ),
    "injection_before_birth": (
        "The injection is dated {day}, before the patient was born ({born}). Correct “{field}” or the birth date."
    ),
}

_STATES = {
    SessionState.PLANNED: "Planned",
    SessionState.GIVEN: "Given, not finalised",
    SessionState.FINAL: "Final",
    SessionState.CORRECTED: "Corrected",
    SessionState.VOID: "Void",
}


def state_words(state: SessionState) -> str:
    """What has become of an injection: ``Given, not finalised``."""
    return translate(_STATES[state])


def kind_words(kind: SessionKind) -> str:
    """``Injection`` or ``Touch-up``."""
    return translate("Touch-up" if kind is SessionKind.TOUCH_UP else "Injection")


def dose_line(session: InjectionSession, catalogues: ProductNames) -> str:
    """``Botox 37.5 U``."""
    product = session.details.product
    return dose_words(session.units, product_words(product, catalogues) if product else "")


def correction_lines(session: InjectionSession, catalogues: ProductNames) -> list[str]:
    """What was corrected, when, by whom and why, oldest first.

    ``Corrected 19 Mar 2026 09:01 by Dr Rao, was Botox 350 U: typed 350 instead of 35``.
    """
    found = []
    for place, one in enumerate(session.corrections):
        later = session.corrections[place + 1] if place + 1 < len(session.corrections) else session
        words = translate("Corrected {moment} by {name}").format(moment=moment_words(one.at), name=one.by)
        if one.units != later.units:
            product = one.units.product
            dose = dose_words(one.units, product_words(product, catalogues) if product else "")
            words = translate("{corrected}, was {dose}").format(corrected=words, dose=dose)
        if one.day != later.day:
            words = translate("{corrected}, was on {day}").format(corrected=words, day=day(one.day))
        found.append(f"{words}: {one.reason}")
    return found


def elsewhere_line(details: ExternalToxinDetails, catalogues: ProductNames) -> str:
    """``Toxin elsewhere: Dysport 200 U``."""
    name = product_words(details.product, catalogues) if details.product else ""
    return translate("Toxin elsewhere: {dose}").format(dose=dose_words(Units(details.product, details.units), name))
