"""The words that clinics write into the cells of a register, and what they mean."""

from __future__ import annotations

import re

from clinic_app.domain.catalogue_entries import SideNote
from clinic_app.domain.patients import Sex
from clinic_app.domain.register_records import RegisterKind, RegisterStatus

BLANK = frozenset(["-", "--", "---", "–", "—", ".", "..", "?", "??", "/", "na", "n/a", "n.a.", "nil", "none", "null"])
UNKNOWN = frozenset(["unknown", "not known", "nk", "dont know", "don't know", "x"])
TOTAL = re.compile(r"(grand |sub ?)?totals?\b.*|sum|(no|number) of patients?.*|average", re.I)
SEXES = {
    **dict.fromkeys(("f", "female", "fem", "woman", "w", "girl", "lady", "mahila"), Sex.FEMALE),
    **dict.fromkeys(("m", "male", "man", "boy", "gents", "purush"), Sex.MALE),
    **dict.fromkeys(("o", "other", "others", "third", "tg", "transgender", "t"), Sex.OTHER),
    **dict.fromkeys(("u", "unknown"), Sex.UNKNOWN),
}
STATUSES = {
    **dict.fromkeys(
        ("stopped", "stop", "discontinued", "dc", "closed", "treatment stopped", "not willing", "inactive"),
        RegisterStatus.STOPPED,
    ),
    **dict.fromkeys(("deceased", "died", "dead", "expired", "death", "late", "rip"), RegisterStatus.DECEASED),
    **dict.fromkeys(
        ("moved", "moved away", "shifted", "relocated", "migrated", "transferred", "left town"), RegisterStatus.MOVED
    ),
}
STATUS_DAY = re.compile(
    rf"(?P<status>{'|'.join(sorted(set(STATUSES) - {'late'}, key=len, reverse=True))})"
    r"[\s:,;(-]+(?:(?:on|in|since|from)[\s:,]+)?(?P<day>[^()]*\d[^()]*?)[\s).]*",
    re.I,
)
"""A status with its day: "died on 10 Feb 2026". "Late" with a number may be anything."""
ONLY_YEAR = re.compile(r"(?:[a-z]{3,9}[\s,.'-]*)?(?:19|20)\d{2}", re.I)
KINDS = {
    **dict.fromkeys(("full", "full session", "full injection", "injection", "main"), RegisterKind.FULL),
    **dict.fromkeys(("touch up", "touchup", "top up", "booster"), RegisterKind.TOUCH_UP),
    **dict.fromkeys(("touch up, new window",), RegisterKind.TOUCH_UP_RESTARTS),
    **dict.fromkeys(
        ("given elsewhere", "elsewhere", "outside", "given outside", "other clinic", "other hospital"),
        RegisterKind.ELSEWHERE,
    ),
}
"""In lower case, without hyphens."""
PLAN = re.compile(r"(?P<patient>patient )?(?P<opens>\d+ [dwm]) to (?P<closes>\d+ [dwm])")
HOLD = re.compile(r"(?:(?P<since>\d{4}-\d{2}-\d{2}) to )?(?P<until>\d{4}-\d{2}-\d{2})(?:: (?P<reason>.*))?", re.S)
LIVE = frozenset(
    [
        "active",
        "alive",
        "live",
        "regular",
        "continuing",
        "continue",
        "ongoing",
        "on treatment",
        "on follow up",
        "on followup",
        "follow up",
        "followup",
        "fu",
        "current",
        "due",
        "ok",
        "yes",
        "under treatment",
        "new",
        "old",
        "done",
        "given",
        "improved",
        "better",
        "good",
        "stable",
        "same",
    ]
)
SIDE_RULES = {
    SideNote.IGNORED: "register_side_ignored",
    SideNote.CONFLICT: "register_side_conflict",
    SideNote.UNREADABLE: "register_side_unreadable",
}
AGE = re.compile(
    r"(?P<age>\d{1,3})(?:\.\d+)?\s*(?P<unit>years?|yrs?|y|months?|mths?|mo)?\.?\s*(?:old)?\s*"
    r"(?:[/,\- ]\s*(?P<sex>[a-z]+)\.?)?(?:\s+on\s+(?P<on>\d{4}-\d{2}-\d{2}))?",
    re.I,
)
SEX_FIRST = re.compile(r"(?P<sex>[a-z]+)\s*[/,\- ]\s*(?P<age>\d{1,3})\s*(?:y|yr|yrs|years)?\.?", re.I)
EXPONENT = re.compile(r"\d+(?:\.\d+)?e\+?\d+", re.I)
