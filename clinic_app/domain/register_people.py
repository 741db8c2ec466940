"""Who is who in a register: when two names, and two entries without a number, are the same person."""

from __future__ import annotations

from datetime import date, timedelta

from clinic_app.domain.calendar import add_months
from clinic_app.domain.patients import Birth, PatientDetails, fold, phone_digits

PHONE_DIGITS = 10
"""Two numbers are the same when their last ten digits are: country codes and leading zeros come and go."""
AGE_SLACK_MONTHS = 12
"""An age said by heart may be a year off."""

_TITLES = frozenset(["mr", "mrs", "ms", "miss", "dr", "prof", "smt", "shri", "sri", "shrimati", "master", "mst"])


def name_words(name: str) -> tuple[str, ...]:
    """The words of a name as they are compared: folded, without titles, in alphabetical order."""
    words = [word for word in fold(name).split() if word not in _TITLES]
    return tuple(sorted(words or fold(name).split()))


def same_name(one: str, other: str) -> bool:
    """Whether two names differ only by case, accents, titles, the order of the words or initials ("R. K. Sharma")."""
    if one == other:
        return True
    left, right = list(name_words(one)), list(name_words(other))
    for word in tuple(left):
        if word in right:
            left.remove(word)
            right.remove(word)
    return (not left and not right) or _initials(left, right) or _initials(right, left)


def _initials(short: list[str], full: list[str]) -> bool:
    return bool(short) and sorted("".join(short)) == sorted(word[0] for word in full)


def phone_keys(details: PatientDetails) -> frozenset[str]:
    """The numbers of a patient as they are compared: their last ten digits."""
    return frozenset(phone_digits(phone.number)[-PHONE_DIGITS:] for phone in details.phones)


def births_agree(one: Birth, other: Birth) -> bool | None:
    """Whether two birth entries can be one person's; None where one of them says nothing."""
    first, second = _span(one), _span(other)
    if first is None or second is None:
        return None
    return first[0] <= second[1] and second[0] <= first[1]


def _span(birth: Birth) -> tuple[date, date] | None:
    if birth.day is not None:
        return birth.day, birth.day
    if birth.year is not None:
        return date(birth.year, 1, 1), date(birth.year, 12, 31)
    if birth.age is not None and birth.age_on is not None:
        months = 12 * birth.age
        first = add_months(birth.age_on, -months - 12 - AGE_SLACK_MONTHS)
        return first + timedelta(days=1), add_months(birth.age_on, -months + AGE_SLACK_MONTHS)
    return None


def agreement(one: PatientDetails, other: PatientDetails) -> bool | None:
    """What phone and age say about two people of one name: True agree, False contradict, None nothing to compare."""
    births = births_agree(one.birth, other.birth)
    left, right = phone_keys(one), phone_keys(other)
    if births is False:
        return False
    if left and right:
        return bool(left & right)
    return births


def same_person(one: PatientDetails, other: PatientDetails) -> bool:
    """Whether two entries without a common number are one person: the same name, and phone or age agree.

    Nothing may contradict. Where neither says anything but the name, the name has to do; where only one of them
    does, they are kept apart, since an injection on the wrong patient is worse than a patient entered twice.
    """
    if not same_name(one.full_name, other.full_name):
        return False
    found = agreement(one, other)
    if found is not None:
        return found
    return not (one.phones or other.phones or one.birth.known or other.birth.known)
