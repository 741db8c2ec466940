"""Words of typing in what was written on paper: what a line does, and why one cannot be taken."""

from __future__ import annotations

from datetime import date

from clinic_app.domain.back_entry import BackEntry, BackKey
from clinic_app.wording.calendar import short_weekday_day
from clinic_app.wording.language import translate
from clinic_app.wording.papers import back_key_words

MESSAGES: dict[str, str] = {
    "back_number_unreadable": "“{text}” is no number of a row. Type the number at the left of the row first: 412, or 412-2.",
    "back_number_unknown": "There is no patient with the number {number} on paper. Look at the row again.",
    "back_case_unknown": "{name} has no diagnosis with the number {number}. Look at the number of the row again.",
    "back_key_missing": "Say what happened to {number}: a key after the number, for example 1 for no answer.",
    "back_key_unknown": "“{key}” is no key of the paper. The keys stand below.",
    "back_day_missing": "Say for which day {number} was booked: 412 b 27/3.",
    "back_day_future": "{day} has not come yet; today is {today}. Choose the day that stands on the paper.",
    "back_day_old": "{day} is more than {days} days ago. Choose the day that stands on the paper.",
    "back_line_twice": "{name} ({number}) was typed with this key already.",
    "back_no_booking": "{name} has no booking on {day} that still stands.",
    "back_nothing": "Nothing was typed yet.",
    "back_line_refused": "“{text}” cannot be kept: {reason} Nothing was saved; correct this line and save again.",
}


def back_words(entry: BackEntry, paper_day: date) -> str:
    """What a line does: ``Asha Verma (4127): booked for Fri 27 Mar, place 13``."""
    day, key = entry.line.day, entry.line.key
    when = short_weekday_day(day, paper_day) if day is not None else ""
    if key is BackKey.BOOKED:
        words = translate("booked for {day}, place {token}").format(day=when, token=entry.token)
    elif key.status is not None:
        booked = short_weekday_day(day or paper_day, paper_day)
        words = translate("{what}: booking of {day}").format(what=back_key_words(key), day=booked)
    else:
        words = back_key_words(key)
        words = translate("{what}, call again {day}").format(what=words, day=when) if when else words
    return translate("{name} ({number}): {words}").format(name=entry.name, number=entry.mrn, words=words)
