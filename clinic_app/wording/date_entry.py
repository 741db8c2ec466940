"""Sentences about a typed day."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "date_entry_empty": "Type a day, such as 19/3, 9 Mar 2026, today, mon or +12w.",
    "date_entry_unreadable": "“{text}” is no day the program knows. Type 19/3, 9 Mar 2026, today, mon or +12w.",
    "date_entry_impossible": "“{text}” is not in the calendar. Check day, month and year.",
    "date_entry_too_early": "This day is before {limit}. Type {limit} or a later day.",
    "date_entry_too_late": "This day is after {limit}. Type {limit} or an earlier day.",
}
