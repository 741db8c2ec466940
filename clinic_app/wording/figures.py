"""Words of the clinic's figures: each number with what it means."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from clinic_app.domain.figures import Figures, IntervalMonth, Kept, RecallMonth
from clinic_app.wording.dates import MONTHS
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.numbers import number_words


def month_words(month: date) -> str:
    """``Mar 2026``."""
    return translate("{month} {year}").format(month=translate(MONTHS[month.month - 1]), year=month.year)


def short_month(month: date) -> str:
    """``Mar``; with its year in January, which begins one."""
    return month_words(month) if month.month == 1 else translate(MONTHS[month.month - 1])


def percent_words(share: Fraction | None) -> str:
    """``83 %``; a dash where nobody is left to ask about. 100 % only where it is all of them."""
    if share is None:
        return "–"
    whole = round(share * 100)
    if whole == 100 and share < 1:
        whole = 99
    if whole == 0 and share > 0:
        whole = 1
    return translate("{count} %").format(count=whole)


def weeks_number(weeks: float) -> str:
    """``12.9``."""
    return f"{weeks:.1f}"


def recall_sentence(month: RecallMonth) -> str:
    """One month, as it is read out."""
    if not month.due:
        return translate("{month}: nobody was due").format(month=month_words(month.month))
    return translate("{month}: {share} of {asked} came again or are booked ({done} injected, {booked} booked)").format(
        month=month_words(month.month),
        share=percent_words(month.success),
        asked=number_words(month.due - month.stopped),
        done=number_words(month.done),
        booked=number_words(month.booked),
    )


def recall_definition() -> str:
    """What recall success is."""
    return translate(
        "Recall success of a month = (booked + done) / (due − stopped), counted in diagnoses whose window opened in "
        "that month by the plan in force today: done if injected again by today, else stopped, booked from today on, on "
        "hold, overdue or waiting, the first that fits; the month that is running is not over."
    )


def interval_sentence(one: IntervalMonth) -> str:
    """One month, as it is read out."""
    if one.kept is None:
        return translate("{month}: no interval").format(month=month_words(one.month))
    return translate("{month}: {kept}").format(month=month_words(one.month), kept=kept_words(one.kept))


def kept_words(kept: Kept) -> str:
    """``median 13.0 weeks, middle half 12.1 to 14.4 (25 intervals)``."""
    count = translate_many("{count} interval", "{count} intervals", kept.count)
    return translate("median {median} weeks, middle half {lower} to {upper} ({count})").format(
        median=weeks_number(kept.median), lower=weeks_number(kept.lower), upper=weeks_number(kept.upper), count=count
    )


def interval_definition() -> str:
    """What the interval is."""
    return translate(
        "Weeks between an injection given in the month and the same diagnosis’s injection before it, touch-ups that do "
        "not restart the window left out; more than a year apart counts as a new start; a quarter of the intervals is "
        "shorter than the lower quartile, a quarter longer than the upper."
    )


def lost_sentence(found: Figures) -> str:
    """How many are lost now."""
    unseen = translate_many(
        "{count} diagnosis not seen over 6 months.", "{count} diagnoses not seen over 6 months.", found.not_seen
    )
    lost = translate_many(
        "{count} diagnosis set lost by a person.", "{count} diagnoses set lost by a person.", found.lost_now
    )
    return f"{unseen} {lost}"


def lost_month_sentence(month: date, count: int) -> str:
    """One month, as it is read out."""
    lost = translate_many("{count} diagnosis set lost", "{count} diagnoses set lost", count)
    return f"{month_words(month)}: {lost}"


def lost_definition() -> str:
    """What lost is."""
    return translate(
        "Not seen over 6 months: not stopped, and more than 182 days since the window closed, the hold ended and the "
        "last decision, whichever is latest; set lost: stopped by a person with the reason “lost”, in the month the stop "
        "counts from, unless it was taken back."
    )
