"""The clinic's settings as data: what each one is, what is shipped, which values it takes, and what follows from them.

Values are kept as JSON. One that was never set, or was set back to what is shipped, follows the program.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from types import MappingProxyType
from typing import Any, Final

from clinic_app.domain.calendar import Span, WorkingDays, iso_day
from clinic_app.domain.cases import CLINIC_PLAN, Plans, ReinjectionPlan
from clinic_app.domain.consulting_hours import Period, checked_hours, read_hours
from clinic_app.domain.errors import ClinicError, NotFound, RuleBroken
from clinic_app.domain.patient_texts import NOTHING_WRITTEN, PHONE, TextKind, Written, checked_texts, uses
from clinic_app.domain.schedule import TWELVE_WEEKS, ClinicRules, MinimumIntervals

LONGEST_NAME: Final = 100
LONGEST_PHONE: Final = 40
MOST_PLACES: Final = 200
LONGEST_SPAN_DAYS: Final = 3 * 366
WEEK: Final = range(7)
_PHONE: Final = re.compile(r"\+?[0-9][0-9 ()./-]*")

SettingValue = Any
"""What a setting holds, by its kind: see ``SettingKind``."""


class SettingKind(Enum):
    """What a value is. In brackets: its type here."""

    TEXT = "text"
    """A line (``str``)."""
    YES_NO = "yes_no"
    """``bool``."""
    DAYS = "days"
    """A number of days (``int``)."""
    WORKING_DAYS = "working_days"
    """A number of working days (``int``)."""
    MINUTES = "minutes"
    SECONDS = "seconds"
    LENGTH = "length"
    """A number of minutes something takes (``int``)."""
    PLACES = "places"
    """A number of places (``int``)."""
    YEARS = "years"
    """A number of years (``int``); 0: for ever."""
    WEEKDAYS = "weekdays"
    """Days of the week, Monday is 0 (``frozenset[int]``)."""
    PLACES_BY_WEEKDAY = "places_by_weekday"
    """Days of the week, each with its places (mapping of ``int`` to ``int``)."""
    HOURS = "hours"
    """From-to times of a day (``tuple[Period, ...]``)."""
    LENGTHS_BY_CONDITION = "lengths_by_condition"
    """Codes of diagnoses with minutes each (mapping of ``str`` to ``int``)."""
    DATES = "dates"
    """Single days (``frozenset[date]``)."""
    PRODUCTS = "products"
    """Codes of products (``frozenset[str]``); none: all of them."""
    PLAN = "plan"
    """``ReinjectionPlan``."""
    PLANS_BY_CONDITION = "plans_by_condition"
    PLANS_BY_PRODUCT = "plans_by_product"
    """Codes with a plan each (mapping of ``str`` to ``ReinjectionPlan``)."""
    SPANS_BY_PRODUCT = "spans_by_product"
    """``product`` or ``product/condition`` with a length of time each (mapping of ``str`` to ``Span``)."""
    PHONE = "phone"
    """A telephone number (``str``); blank: none."""
    TEXTS = "texts"
    """Texts for patients by language and name (mapping of ``str`` to mapping of ``str`` to ``str``)."""
    FOLDERS = "folders"
    """Folders of this computer (``tuple[str, ...]``); set elsewhere, shown here."""

    @property
    def counted(self) -> bool:
        """Whether it is a plain number."""
        return self in _COUNTED


_COUNTED = frozenset(
    {
        SettingKind.DAYS,
        SettingKind.WORKING_DAYS,
        SettingKind.MINUTES,
        SettingKind.SECONDS,
        SettingKind.LENGTH,
        SettingKind.PLACES,
        SettingKind.YEARS,
    }
)


class SettingGroup(Enum):
    """Where a setting stands in the list."""

    CLINIC = "clinic"
    BOOKINGS = "bookings"
    INJECTION = "injection"
    CALLS = "calls"
    TEXTS = "texts"
    PRIVACY = "privacy"
    KEEPING = "keeping"


@dataclass(frozen=True, slots=True)
class SettingFact:
    """One setting as the program knows it. ``least`` and ``most`` bound a number.

    ``moves_dates``: the dates of every case follow from it. ``elsewhere``: set in another room. ``row`` and ``column``
    name where its value is kept.
    """

    key: str
    group: SettingGroup
    kind: SettingKind
    shipped: SettingValue
    least: int = 0
    most: int = 0
    moves_dates: bool = False
    elsewhere: bool = False
    row: str = ""
    column: str = "value"

    @property
    def kept_in(self) -> str:
        """The row its value is kept in."""
        return self.row or self.key


_NO_PLANS: Final[Mapping[str, ReinjectionPlan]] = MappingProxyType({})
_NO_SPANS: Final[Mapping[str, Span]] = MappingProxyType({})
_DEFAULT_RULES: Final = ClinicRules()
LONGEST_VISIT: Final = 240
_NECK: Final = ("cervical_dystonia", "cd_torticollis", "cd_laterocollis", "cd_retrocollis", "cd_anterocollis",
    "cd_lateral_retro")  # fmt: skip
SHIPPED_LENGTHS: Final[Mapping[str, int]] = MappingProxyType(
    {**dict.fromkeys(sorted(_NECK), 30), "musicians_dystonia": 40, "writers_cramp": 40}
)
"""Minutes of a visit where the usual 20 are too few: the neck 30, limbs with EMG 40 (ux.md 3.4)."""

SETTINGS: Final[tuple[SettingFact, ...]] = (
    SettingFact("clinic_name", SettingGroup.CLINIC, SettingKind.TEXT, "", row="clinic", column="name"),
    SettingFact("clinic_phone", SettingGroup.CLINIC, SettingKind.PHONE, ""),
    SettingFact("working_days", SettingGroup.CLINIC, SettingKind.WEEKDAYS, _DEFAULT_RULES.working_days.weekdays),
    SettingFact("closed_days", SettingGroup.CLINIC, SettingKind.DATES, frozenset()),
    SettingFact(
        "botox_days", SettingGroup.CLINIC, SettingKind.PLACES_BY_WEEKDAY,
        MappingProxyType(dict.fromkeys(sorted(_DEFAULT_RULES.botox_weekdays), _DEFAULT_RULES.places_a_day)),
        least=1, most=MOST_PLACES,
    ),
    SettingFact("products", SettingGroup.CLINIC, SettingKind.PRODUCTS, frozenset()),
    SettingFact("share_vials", SettingGroup.CLINIC, SettingKind.YES_NO, shipped=False),
    SettingFact("places_over", SettingGroup.BOOKINGS, SettingKind.PLACES, _DEFAULT_RULES.places_over, 0, MOST_PLACES),
    SettingFact("gives_times", SettingGroup.BOOKINGS, SettingKind.YES_NO, _DEFAULT_RULES.gives_times),
    SettingFact("hours", SettingGroup.BOOKINGS, SettingKind.HOURS, _DEFAULT_RULES.hours),
    SettingFact("visit_minutes", SettingGroup.BOOKINGS, SettingKind.LENGTH, _DEFAULT_RULES.minutes, 5, LONGEST_VISIT),
    SettingFact(
        "minutes_by_condition", SettingGroup.BOOKINGS, SettingKind.LENGTHS_BY_CONDITION, SHIPPED_LENGTHS,
        least=5, most=LONGEST_VISIT,
    ),
    SettingFact("drug_first", SettingGroup.BOOKINGS, SettingKind.YES_NO, _DEFAULT_RULES.drug_first),
    SettingFact("plan", SettingGroup.INJECTION, SettingKind.PLAN, CLINIC_PLAN, moves_dates=True),
    SettingFact(
        "plans_by_condition", SettingGroup.INJECTION, SettingKind.PLANS_BY_CONDITION, _NO_PLANS, moves_dates=True
    ),
    SettingFact("plans_by_product", SettingGroup.INJECTION, SettingKind.PLANS_BY_PRODUCT, _NO_PLANS, moves_dates=True),
    SettingFact("minimum", SettingGroup.INJECTION, SettingKind.SPANS_BY_PRODUCT, _NO_SPANS, moves_dates=True),
    SettingFact(
        "no_answer_days", SettingGroup.CALLS, SettingKind.WORKING_DAYS, _DEFAULT_RULES.no_answer_working_days, 1, 30
    ),
    SettingFact("told_family_days", SettingGroup.CALLS, SettingKind.DAYS, _DEFAULT_RULES.told_family_days, 1, 90),
    SettingFact("will_come_days", SettingGroup.CALLS, SettingKind.DAYS, _DEFAULT_RULES.will_come_days, 1, 90),
    *(SettingFact(kind.setting, SettingGroup.TEXTS, SettingKind.TEXTS, NOTHING_WRITTEN) for kind in TextKind),
    SettingFact("lock_minutes", SettingGroup.PRIVACY, SettingKind.MINUTES, 5, 1, 15),
    SettingFact("clipboard_seconds", SettingGroup.PRIVACY, SettingKind.SECONDS, 15, 5, 60),
    SettingFact("show_last_user", SettingGroup.PRIVACY, SettingKind.YES_NO, shipped=False),
    SettingFact("retention_years", SettingGroup.KEEPING, SettingKind.YEARS, 0, 0, 100),
    SettingFact(
        "backup_places", SettingGroup.KEEPING, SettingKind.FOLDERS, (), elsewhere=True, row="backup_places"
    ),
)  # fmt: skip
"""Every setting of the clinic, in the order of the list."""

_BY_KEY: Final = MappingProxyType({fact.key: fact for fact in SETTINGS})


@dataclass(frozen=True, slots=True)
class SettingChange:
    """One change of a setting. ``value`` is what it was set to, None where it was set back to what is shipped."""

    at: datetime
    by: str
    reason: str
    value: SettingValue | None


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting with its value now. ``chosen``: somebody set it; ``changed``: the newest change, if there was one."""

    fact: SettingFact
    value: SettingValue
    chosen: bool = False
    changed: SettingChange | None = None

    @property
    def key(self) -> str:
        """Its name in code."""
        return self.fact.key

    @property
    def kind(self) -> SettingKind:
        """What its value is."""
        return self.fact.kind

    @property
    def shipped(self) -> SettingValue:
        """What the program does where nobody said otherwise."""
        return self.fact.shipped


@dataclass(frozen=True, slots=True)
class ClinicChoices:
    """The settings that are no rule of the schedule. ``products`` empty: all; ``retention_years`` 0: for ever."""

    lock_minutes: int = 5
    clipboard_seconds: int = 15
    show_last_user: bool = False
    share_vials: bool = False
    retention_years: int = 0
    products: frozenset[str] = frozenset()
    clinic_phone: str = ""
    texts: Mapping[TextKind, Written] = field(default_factory=dict)

    def offers(self, product: str) -> bool:
        """Whether the clinic uses a product."""
        return not self.products or product in self.products


@dataclass(frozen=True, slots=True)
class Known:
    """What a value may name: codes of products and of conditions, and the program's languages by name."""

    products: frozenset[str] = frozenset()
    conditions: frozenset[str] = frozenset()
    languages: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InForce:
    """What follows from the settings as they are."""

    rules: ClinicRules = field(default_factory=ClinicRules)
    plans: Plans = field(default_factory=Plans)
    choices: ClinicChoices = field(default_factory=ClinicChoices)


def fact_of(key: str) -> SettingFact:
    """The setting of this name. Raises ``NotFound("setting_unknown")``."""
    try:
        return _BY_KEY[key]
    except KeyError:
        raise NotFound("setting_unknown", key=key) from None


def stored_of(fact: SettingFact, value: SettingValue) -> object:
    """A value as JSON. The value is one that ``checked`` answered."""
    kind = fact.kind
    if kind is SettingKind.WEEKDAYS or kind is SettingKind.PRODUCTS:
        return sorted(value)
    if kind is SettingKind.DATES:
        return sorted(day.isoformat() for day in value)
    if kind is SettingKind.PLACES_BY_WEEKDAY:
        return {str(day): places for day, places in sorted(value.items())}
    if kind is SettingKind.PLAN:
        return _plan_stored(value)
    if kind in (SettingKind.PLANS_BY_CONDITION, SettingKind.PLANS_BY_PRODUCT):
        return {code: _plan_stored(plan) for code, plan in sorted(value.items())}
    if kind is SettingKind.HOURS:
        return [str(period) for period in value]
    if kind is SettingKind.LENGTHS_BY_CONDITION:
        return dict(sorted(value.items()))
    if kind is SettingKind.SPANS_BY_PRODUCT:
        return {code: str(span) for code, span in sorted(value.items())}
    if kind is SettingKind.TEXTS:
        return {language: dict(texts) for language, texts in value.items()}
    return value


def value_of(fact: SettingFact, stored: object) -> SettingValue:
    """A value from JSON; None and what cannot be read stand for what is shipped."""
    if stored is None:
        return fact.shipped
    try:
        return _READ[fact.kind](stored)
    except (ClinicError, KeyError, TypeError, ValueError, AttributeError):
        return fact.shipped


def checked(fact: SettingFact, value: SettingValue, known: Known, others: Mapping[str, SettingValue]) -> SettingValue:
    """The value as it is kept, if it is one. ``others``: the values of all settings as they would be then.

    Raises:
        RuleBroken: at the field named as the setting; ``setting_elsewhere``, ``setting_number``, ``setting_no_name``,
            ``setting_name_length``, ``no_working_day``, ``setting_no_botox_day``, ``setting_botox_day_closed``,
            ``setting_places``, ``setting_product_unknown``, ``setting_condition_unknown``, ``setting_span_length``,
            ``plan_closes_before_it_opens``, ``bad_hours``, ``hours_overlap``, ``clinic_phone_bad``,
            ``clinic_phone_in_use``, ``text_no_phone``; as ``patient_texts.checked_texts``.
    """
    if fact.elsewhere:
        raise RuleBroken(fact.key, "setting_elsewhere")
    try:
        return _CHECKS[fact.kind](fact, value, known, others)
    except RuleBroken as refusal:
        raise RuleBroken(fact.key, refusal.code, **refusal.params) from refusal


def in_force(values: Mapping[str, SettingValue], shipped_intervals: Mapping[tuple[str, str | None], Span]) -> InForce:
    """Rules, plans and choices from the values of all settings; those left out are as shipped."""

    def of(key: str) -> SettingValue:
        return values.get(key, _BY_KEY[key].shipped)

    pairs = dict(shipped_intervals)
    for name, span in of("minimum").items():
        product, _, condition = name.partition("/")
        pairs[(product, condition or None)] = span
    places = of("botox_days")
    rules = ClinicRules(
        MinimumIntervals(pairs=pairs),
        of("plan"),
        WorkingDays(of("working_days"), of("closed_days")),
        frozenset(places),
        max(places.values(), default=0),
        of("no_answer_days"),
        of("told_family_days"),
        of("will_come_days"),
        MappingProxyType(dict(places)),
        of("places_over"),
        of("gives_times"),
        of("hours"),
        of("visit_minutes"),
        of("minutes_by_condition"),
        of("drug_first"),
    )
    choices = ClinicChoices(
        of("lock_minutes"),
        of("clipboard_seconds"),
        of("show_last_user"),
        of("share_vials"),
        of("retention_years"),
        of("products"),
        of("clinic_phone"),
        {kind: of(kind.setting) for kind in TextKind},
    )
    return InForce(rules, Plans(rules.plan, dict(of("plans_by_condition")), dict(of("plans_by_product"))), choices)


def _plan_stored(plan: ReinjectionPlan) -> dict[str, str]:
    return {"opens": str(plan.opens_after), "closes": str(plan.closes_after)}


def _plan_read(stored: Any) -> ReinjectionPlan:
    return ReinjectionPlan(Span.parse(str(stored["opens"])), Span.parse(str(stored["closes"]))).checked()


def _plans_read(stored: Any) -> Mapping[str, ReinjectionPlan]:
    return MappingProxyType({str(code): _plan_read(plan) for code, plan in stored.items()})


def _flag_read(stored: Any) -> bool:
    if not isinstance(stored, bool):
        raise TypeError(stored)
    return stored


def _number_read(stored: Any) -> int:
    if isinstance(stored, bool) or not isinstance(stored, int):
        raise TypeError(stored)
    return stored


def _texts_read(stored: Any) -> Written:
    return MappingProxyType(
        {
            str(language): MappingProxyType({str(name): str(words) for name, words in texts.items()})
            for language, texts in stored.items()
        }
    )


_READ: Final[Mapping[SettingKind, Callable[[Any], SettingValue]]] = MappingProxyType(
    {
        SettingKind.TEXT: str,
        SettingKind.YES_NO: _flag_read,
        SettingKind.DAYS: _number_read,
        SettingKind.WORKING_DAYS: _number_read,
        SettingKind.MINUTES: _number_read,
        SettingKind.SECONDS: _number_read,
        SettingKind.LENGTH: _number_read,
        SettingKind.PLACES: _number_read,
        SettingKind.YEARS: _number_read,
        SettingKind.HOURS: lambda stored: read_hours(", ".join(str(period) for period in stored)),
        SettingKind.LENGTHS_BY_CONDITION: lambda stored: MappingProxyType(
            {str(code): _number_read(minutes) for code, minutes in sorted(stored.items())}
        ),
        SettingKind.WEEKDAYS: lambda stored: WorkingDays(frozenset(int(day) for day in stored)).weekdays,
        SettingKind.PLACES_BY_WEEKDAY: lambda stored: MappingProxyType(
            {int(day): int(places) for day, places in sorted(stored.items())}
        ),
        SettingKind.DATES: lambda stored: frozenset(iso_day(day) for day in stored),
        SettingKind.PRODUCTS: lambda stored: frozenset(str(code) for code in stored),
        SettingKind.PLAN: _plan_read,
        SettingKind.PLANS_BY_CONDITION: _plans_read,
        SettingKind.PLANS_BY_PRODUCT: _plans_read,
        SettingKind.SPANS_BY_PRODUCT: lambda stored: MappingProxyType(
            {str(code): Span.parse(str(span)) for code, span in stored.items()}
        ),
        SettingKind.PHONE: str,
        SettingKind.TEXTS: _texts_read,
        SettingKind.FOLDERS: lambda stored: tuple(str(path) for path in stored),
    }
)


def _check_text(fact: SettingFact, value: Any, _: Known, __: Mapping[str, SettingValue]) -> str:
    words = " ".join(str(value).split())
    if not words:
        raise RuleBroken(fact.key, "setting_no_name")
    if len(words) > LONGEST_NAME:
        raise RuleBroken(fact.key, "setting_name_length", most=LONGEST_NAME)
    return words


def _check_phone(fact: SettingFact, value: Any, _: Known, others: Mapping[str, SettingValue]) -> str:
    number = " ".join(str(value).split())
    if number and (len(number) > LONGEST_PHONE or not _PHONE.fullmatch(number)):
        raise RuleBroken(fact.key, "clinic_phone_bad")
    if not number and any(uses(others.get(kind.setting, NOTHING_WRITTEN), PHONE) for kind in TextKind):
        raise RuleBroken(fact.key, "clinic_phone_in_use")
    return number


def _check_texts(fact: SettingFact, value: Any, known: Known, others: Mapping[str, SettingValue]) -> Written:
    kept = checked_texts(TextKind(fact.key.removeprefix("texts_")), value, known.languages)
    if uses(kept, PHONE) and not others.get("clinic_phone"):
        raise RuleBroken(fact.key, "text_no_phone")
    return kept


def _check_flag(_: SettingFact, value: Any, __: Known, ___: Mapping[str, SettingValue]) -> bool:
    return bool(value)


def _check_number(fact: SettingFact, value: Any, _: Known, __: Mapping[str, SettingValue]) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not fact.least <= value <= fact.most:
        raise RuleBroken(fact.key, "setting_number", least=fact.least, most=fact.most, unit=fact.kind.value)
    return value


def _check_weekdays(fact: SettingFact, value: Any, _: Known, others: Mapping[str, SettingValue]) -> frozenset[int]:
    days = WorkingDays(frozenset(value)).weekdays
    _check_botox_days(fact, others.get("botox_days", {}), days)
    return days


def _check_botox_days(fact: SettingFact, botox: Iterable[int], working: frozenset[int]) -> None:
    shut = sorted(day for day in botox if day not in working)
    if shut:
        raise RuleBroken(fact.key, "setting_botox_day_closed", weekdays=tuple(shut))


def _check_places(fact: SettingFact, value: Any, _: Known, others: Mapping[str, SettingValue]) -> Mapping[int, int]:
    if not value or not set(value) <= set(WEEK):
        raise RuleBroken(fact.key, "setting_no_botox_day")
    for places in value.values():
        if isinstance(places, bool) or not isinstance(places, int) or not fact.least <= places <= fact.most:
            raise RuleBroken(fact.key, "setting_places", least=fact.least, most=fact.most)
    _check_botox_days(fact, value, others.get("working_days", frozenset(WEEK)))
    return MappingProxyType(dict(sorted(value.items())))


def _check_hours(_: SettingFact, value: Any, __: Known, ___: Mapping[str, SettingValue]) -> tuple[Period, ...]:
    return checked_hours(value)


def _check_lengths(
    fact: SettingFact, value: Any, known: Known, others: Mapping[str, SettingValue]
) -> Mapping[str, int]:
    _check_codes(fact, value, known.conditions, "setting_condition_unknown")
    return MappingProxyType({code: _check_number(fact, one, known, others) for code, one in sorted(value.items())})


def _check_dates(_: SettingFact, value: Any, __: Known, ___: Mapping[str, SettingValue]) -> frozenset[date]:
    return frozenset(value)


def _check_products(fact: SettingFact, value: Any, known: Known, _: Mapping[str, SettingValue]) -> frozenset[str]:
    chosen = frozenset(value)
    _check_codes(fact, chosen, known.products, "setting_product_unknown")
    return frozenset() if chosen == known.products else chosen


def _check_codes(fact: SettingFact, codes: Iterable[str], known: frozenset[str], code: str) -> None:
    for one in sorted(codes):
        if one not in known:
            raise RuleBroken(fact.key, code, name=one)


def _check_plan(_: SettingFact, value: Any, __: Known, ___: Mapping[str, SettingValue]) -> ReinjectionPlan:
    plan: ReinjectionPlan = value
    _check_span(plan.opens_after)
    _check_span(plan.closes_after)
    return plan.checked()


def _check_span(span: Span) -> None:
    start = date(2024, 1, 1)
    if not 0 < (span.after(start) - start).days <= LONGEST_SPAN_DAYS:
        raise RuleBroken("span", "setting_span_length", span=span)


def _check_plans(
    fact: SettingFact, value: Any, known: Known, others: Mapping[str, SettingValue]
) -> Mapping[str, ReinjectionPlan]:
    if fact.kind is SettingKind.PLANS_BY_CONDITION:
        _check_codes(fact, value, known.conditions, "setting_condition_unknown")
    else:
        _check_codes(fact, value, known.products, "setting_product_unknown")
    return MappingProxyType({code: _check_plan(fact, plan, known, others) for code, plan in sorted(value.items())})


def _check_spans(fact: SettingFact, value: Any, known: Known, _: Mapping[str, SettingValue]) -> Mapping[str, Span]:
    for name, span in value.items():
        product, _slash, condition = name.partition("/")
        _check_codes(fact, (product,), known.products, "setting_product_unknown")
        if condition:
            _check_codes(fact, (condition,), known.conditions, "setting_condition_unknown")
        _check_span(span)
    return MappingProxyType(dict(sorted(value.items())))


_CHECKS: Final[Mapping[SettingKind, Callable[[SettingFact, Any, Known, Mapping[str, SettingValue]], SettingValue]]] = (
    MappingProxyType(
        {
            SettingKind.TEXT: _check_text,
            SettingKind.YES_NO: _check_flag,
            SettingKind.DAYS: _check_number,
            SettingKind.WORKING_DAYS: _check_number,
            SettingKind.MINUTES: _check_number,
            SettingKind.SECONDS: _check_number,
            SettingKind.LENGTH: _check_number,
            SettingKind.PLACES: _check_number,
            SettingKind.YEARS: _check_number,
            SettingKind.HOURS: _check_hours,
            SettingKind.LENGTHS_BY_CONDITION: _check_lengths,
            SettingKind.WEEKDAYS: _check_weekdays,
            SettingKind.PLACES_BY_WEEKDAY: _check_places,
            SettingKind.DATES: _check_dates,
            SettingKind.PRODUCTS: _check_products,
            SettingKind.PHONE: _check_phone,
            SettingKind.TEXTS: _check_texts,
            SettingKind.PLAN: _check_plan,
            SettingKind.PLANS_BY_CONDITION: _check_plans,
            SettingKind.PLANS_BY_PRODUCT: _check_plans,
            SettingKind.SPANS_BY_PRODUCT: _check_spans,
        }
    )
)

SHORTER_THAN_SHIPPED: Final = TWELVE_WEEKS
"""A minimum interval below this is the clinic's own decision, and said to be (design section 5.1)."""
