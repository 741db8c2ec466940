"""Words for the doses of an injection beside photographs: what changed, what it is compared with, how it lies to them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from clinic_app.domain.dose_map import Between, DoseChange, DoseMap, NotCompared, PairTreatment, SideDose
from clinic_app.domain.treatment import InjectionSession, SessionKind, SiteSide
from clinic_app.domain.units import plain
from clinic_app.wording.calendar import days_words
from clinic_app.wording.dates import day as day_words
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.schedule import ProductNames, product_words
from clinic_app.wording.treatment import dose_line

SIDES = {SiteSide.RIGHT: "Right", SiteSide.LEFT: "Left", SiteSide.MIDLINE: "Midline"}


def signed(amount: Decimal) -> str:
    """``+2.5``, ``−2.5``, ``0``."""
    sign = "+" if amount > 0 else "−" if amount < 0 else ""
    return f"{sign}{plain(abs(amount))}"


def change_words(dose: SideDose) -> str:
    """Under a number: ``+2.5``, ``=``, ``new``, ``was 5``; blank where it is not compared."""
    match dose.change:
        case DoseChange.SAME:
            return "="
        case DoseChange.MORE | DoseChange.LESS:
            return signed(dose.difference)
        case DoseChange.NEW:
            return translate("new")
        case DoseChange.DROPPED:
            return translate("was {units}").format(units=plain(dose.before or Decimal(0)))
        case _:
            return ""


def side_said(side: SiteSide, dose: SideDose) -> str:
    """One side as a sentence: ``Right 7.5 U in 2 points, 0.15 mL, +2.5 U against the injection before``."""
    name = translate(SIDES[side])
    if dose.units is None:
        gone = translate("{side}: nothing this time, {units} U at the injection before")
        return gone.format(side=name, units=plain(dose.before or Decimal(0)))
    parts = [translate("{side} {units} U").format(side=name, units=plain(dose.units))]
    if dose.points > 1:
        parts[0] = translate("{dose} in {count} points").format(dose=parts[0], count=dose.points)
    if dose.volume_ml is not None:
        parts.append(translate("{volume} mL").format(volume=plain(dose.volume_ml)))
    match dose.change:
        case DoseChange.SAME:
            parts.append(translate("as at the injection before"))
        case DoseChange.NEW:
            parts.append(translate("new since the injection before"))
        case DoseChange.MORE | DoseChange.LESS:
            told = translate("{units} U against the injection before")
            parts.append(told.format(units=signed(dose.difference)))
        case _:
            pass
    return ", ".join(parts)


def numbered(session: InjectionSession, number: int | None) -> str:
    """``Injection 4``, ``Touch-up of injection 4``."""
    if session.details.kind is SessionKind.TOUCH_UP:
        return translate("Touch-up of injection {number}").format(number=number) if number else translate("Touch-up")
    return translate("Injection {number}").format(number=number) if number else translate("Injection")


def compared_words(found: DoseMap, number: int | None, catalogues: ProductNames) -> str:
    """What the doses are compared with, or why not; ``number``: that of the injection before."""
    before = found.before
    match found.not_compared:
        case NotCompared.NOTHING_BEFORE:
            return translate("The first injection of this diagnosis here: nothing to compare with.")
        case NotCompared.TOUCH_UP:
            return translate("A touch-up adds to an injection; it is not compared.")
        case _ if before is None:
            return ""
    named = translate("injection {number} ({day}, {dose})").format(
        number=number or "?", day=day_words(before.day), dose=dose_line(before, catalogues)
    )
    match found.not_compared:
        case NotCompared.OTHER_PRODUCT:
            now = product_words(found.session.details.product, catalogues)
            then = product_words(before.details.product, catalogues)
            words = translate("Not compared with {before}: units of {now} and of {then} are not the same.")
            return words.format(before=named, now=now, then=then)
        case NotCompared.PRODUCT_UNKNOWN:
            return translate("Not compared with {before}: a product is not known.").format(before=named)
        case NotCompared.TOTAL_ONLY:
            return translate("Sites not compared with {before}: none are recorded now.").format(before=named)
        case NotCompared.TOTAL_ONLY_BEFORE:
            return translate("Sites not compared with {before}: none were recorded then.").format(before=named)
    words = translate("Compared with {before}").format(before=named)
    if not found.touch_ups:
        return words
    doses = ", ".join(f"{day_words(one.day)}, {dose_line(one, catalogues)}" for one in found.touch_ups)
    return translate("{compared}, not counting its touch-up: {doses}").format(compared=words, doses=doses)


def between_words(found: PairTreatment) -> str:
    """How the injection lies to the photographs, where that must be said."""
    match found.between:
        case Between.BETWEEN:
            return ""
        case Between.SEVERAL:
            return translate_many(
                "{count} injection lies between these photos; this is one of them.",
                "{count} injections lie between these photos; this is one of them.",
                found.count,
            )
        case Between.NONE_BETWEEN if found.session is None:
            return translate("No injection of this diagnosis before these photos.")
        case Between.NONE_BETWEEN:
            return translate("No injection lies between these photos: both were taken after this one.")
        case Between.NOT_BETWEEN:
            return translate("This injection does not lie between these photos.")
        case Between.UNSURE:
            return translate("The date of a photo is unsure: this may not be the injection between them.")
        case Between.ONE_PHOTO:
            return translate("Only one photo is shown.")
        case Between.NO_PHOTO:
            return translate("No photo is shown.")


def place_words(letter: str, taken: date | None, injection: date, *, after: bool) -> str:
    """When a photograph was taken, counted from the injection: ``A 2 days before``, ``B day 10``.

    ``after``: one of the injection's own day is known to be after it.
    """
    if taken is None:
        return translate("{letter} date unsure").format(letter=letter)
    days = (taken - injection).days
    if days < 0:
        return translate("{letter} {days} before").format(letter=letter, days=days_words(-days))
    if days == 0:
        words = translate("{letter} day 0, after") if after else translate("{letter} day 0, before")
        return words.format(letter=letter)
    return translate("{letter} day {days}").format(letter=letter, days=days)


def no_scores_words() -> str:
    """Why the places of scores are empty."""
    return translate(
        "Scales and the patient’s own per cent cannot be recorded yet. Their places stay empty until they can."
    )
