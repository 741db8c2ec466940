"""What a person types for a day."""

from __future__ import annotations

import contextlib
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_app.domain.calendar import add_months
from clinic_app.domain.date_entry import DateOrder, DateReading, EnteredDate, Precision, Toward, read_date
from clinic_app.domain.errors import RuleBroken

TODAY = date(2026, 3, 19)  # a Thursday
AHEAD = DateReading(TODAY)
BEHIND = DateReading(TODAY, toward=Toward.PAST)
DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("today", date(2026, 3, 19)),
        (" Today ", date(2026, 3, 19)),
        ("tomorrow", date(2026, 3, 20)),
        ("yesterday", date(2026, 3, 18)),
        ("19", date(2026, 3, 19)),
        ("18", date(2026, 4, 18)),
        ("31", date(2026, 3, 31)),
        ("19/3", date(2026, 3, 19)),
        ("18/3", date(2027, 3, 18)),
        ("13.5.", date(2026, 5, 13)),
        ("5/13", date(2026, 5, 13)),
        ("29/2", date(2028, 2, 29)),
        ("9/3/2026", date(2026, 3, 9)),
        ("09-03-26", date(2026, 3, 9)),
        ("2026-03-09", date(2026, 3, 9)),
        ("2026/3/9", date(2026, 3, 9)),
        ("9 Mar 2026", date(2026, 3, 9)),
        ("9 mar", date(2027, 3, 9)),
        ("9mar2026", date(2026, 3, 9)),
        ("9-Mar-26", date(2026, 3, 9)),
        ("March 9, 2026", date(2026, 3, 9)),
        ("12th june", date(2026, 6, 12)),
        ("+3m", date(2026, 6, 19)),
        ("+12w", date(2026, 6, 11)),
        ("+ 12 weeks", date(2026, 6, 11)),
        ("-1y", date(2025, 3, 19)),
        ("+10d", date(2026, 3, 29)),
        ("mon", date(2026, 3, 23)),
        ("thu", date(2026, 3, 26)),
        ("friday", date(2026, 3, 20)),
    ],
)
def test_looking_ahead(text: str, day: date) -> None:
    assert read_date(text, AHEAD) == EnteredDate(day)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("19", date(2026, 3, 19)),
        ("20", date(2026, 2, 20)),
        ("31", date(2026, 1, 31)),
        ("20/3", date(2025, 3, 20)),
        ("19/3", date(2026, 3, 19)),
        ("29/2", date(2024, 2, 29)),
        ("thu", date(2026, 3, 12)),
        ("wed", date(2026, 3, 18)),
    ],
)
def test_looking_behind(text: str, day: date) -> None:
    assert read_date(text, BEHIND).day == day


def test_steps_count_from_the_base_and_roll_forward() -> None:
    reading = DateReading(TODAY, base=date(2025, 11, 30))
    assert read_date("+3m", reading).day == date(2026, 3, 1)
    assert read_date("+12w", reading).day == date(2026, 2, 22)


def test_number_orders() -> None:
    assert read_date("3/9/26", DateReading(TODAY, order=DateOrder.MONTH_FIRST)).day == date(2026, 3, 9)
    assert read_date("3/9/26", AHEAD).day == date(2026, 9, 3)
    assert read_date("26-3-09", DateReading(TODAY, order=DateOrder.YEAR_FIRST)).day == date(2026, 3, 9)
    assert read_date("13/5", DateReading(TODAY, order=DateOrder.MONTH_FIRST)).day == date(2026, 5, 13)


def test_names_of_the_users_language() -> None:
    reading = DateReading(
        TODAY,
        months=("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
                "noviembre", "diciembre"),
        weekdays=("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
        today_words=("hoy",),
    )  # fmt: skip
    assert read_date("hoy", reading).day == TODAY
    assert read_date("lun", reading).day == date(2026, 3, 23)
    assert read_date("9 ene 2027", reading).day == date(2027, 1, 9)
    assert read_date("today", reading).day == TODAY


def test_two_digit_years_lie_behind_but_for_ten() -> None:
    assert read_date("1/1/36", AHEAD).day.year == 2036
    assert read_date("1/1/37", AHEAD).day.year == 1937


@pytest.mark.parametrize(
    ("text", "day", "precision"),
    [
        ("2016", date(2016, 1, 1), Precision.YEAR),
        ("03/2016", date(2016, 3, 1), Precision.MONTH),
        ("2016-03", date(2016, 3, 1), Precision.MONTH),
        ("mar 2016", date(2016, 3, 1), Precision.MONTH),
        ("9/3/2016", date(2016, 3, 9), Precision.DAY),
    ],
)
def test_parts_of_a_day_for_old_records(text: str, day: date, precision: Precision) -> None:
    reading = DateReading(TODAY, partial=True, toward=Toward.PAST)
    assert read_date(text, reading) == EnteredDate(day, precision)
    if precision is not Precision.DAY:
        with pytest.raises(RuleBroken):
            read_date(text, BEHIND)


@pytest.mark.parametrize(
    "text",
    [
        "31/02/2026",
        "31/2",
        "32",
        "0",
        "31 apr 2026",
        "31 nov",
        "31/11",
        "29 feb 2027",
        "2026-13-01",
        "29/2/2025",
        "+9999y",
        "1/1/1066",
    ],
)
def test_days_that_do_not_exist(text: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        read_date(text, AHEAD, field="day")
    assert (refused.value.code, refused.value.field) == ("date_entry_impossible", "day")


@pytest.mark.parametrize("text", ["soon", "m", "ma", "3 weeks", "1/2/3/4", "++3m", "12 w", "19/", "/", "ju 5"])
def test_words_that_are_no_day(text: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        read_date(text, AHEAD)
    assert refused.value.code == "date_entry_unreadable"


def test_nothing() -> None:
    with pytest.raises(RuleBroken) as refused:
        read_date("  ", AHEAD)
    assert refused.value.code == "date_entry_empty"


@given(DAYS, DAYS)
def test_what_is_written_out_is_read_back(day: date, today: date) -> None:
    for toward in Toward:
        reading = DateReading(today, toward=toward)
        for text in (
            day.isoformat(),
            f"{day.day}/{day.month}/{day.year}",
            f"{day:%d %b %Y}",
            f"{day:%B} {day.day}, {day.year}",
        ):
            assert read_date(text, reading).day == day


@given(DAYS, st.integers(1, 28), st.integers(1, 12))
def test_incomplete_days_are_the_nearest_in_their_direction(today: date, number: int, month: int) -> None:
    ahead = read_date(f"{number}/{month}", DateReading(today)).day
    behind = read_date(f"{number}/{month}", DateReading(today, toward=Toward.PAST)).day
    assert behind <= today <= ahead
    assert (ahead.month, ahead.day) == (behind.month, behind.day) == (month, number)
    assert ahead < today + timedelta(days=366)
    assert behind > today - timedelta(days=366)
    assert today <= read_date(str(number), DateReading(today)).day <= today + timedelta(days=31)


@given(DAYS, st.integers(0, 400))
def test_steps_equal_the_clinics_arithmetic(base: date, count: int) -> None:
    reading = DateReading(TODAY, base=base)
    assert read_date(f"+{count}w", reading).day == base + timedelta(weeks=count)
    assert read_date(f"+{count}m", reading).day == add_months(base, count)


@given(DAYS, st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]))
def test_weekdays_are_within_a_week_and_never_today(today: date, name: str) -> None:
    ahead = read_date(name, DateReading(today)).day
    behind = read_date(name, DateReading(today, toward=Toward.PAST)).day
    assert f"{ahead:%a}".casefold() == f"{behind:%a}".casefold() == name
    assert 1 <= (ahead - today).days <= 7
    assert 1 <= (today - behind).days <= 7


@given(st.text(max_size=20))
def test_anything_typed_is_a_day_or_a_refusal(text: str) -> None:
    for reading in (AHEAD, BEHIND, DateReading(TODAY, partial=True)):
        with contextlib.suppress(RuleBroken):
            assert isinstance(read_date(text, reading).day, date)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("02/2026", date(2026, 2, 28)),
        ("feb 2024", date(2024, 2, 29)),
        ("2025-12", date(2025, 12, 31)),
        ("2025", date(2025, 12, 31)),
        (f"{TODAY.month:02}/{TODAY.year}", TODAY),
        (str(TODAY.year), TODAY),
        ("9/3/2016", date(2016, 3, 9)),
        (f"12/{TODAY.year}", date(TODAY.year, 12, 31)),
    ],
)
def test_a_month_may_stand_for_its_last_day_but_for_none_that_has_not_come(text: str, day: date) -> None:
    """The last: what is not known must not shorten a waiting time. December is not moved into March, it is refused."""
    reading = DateReading(TODAY, partial=True, toward=Toward.PAST, ends=True)
    assert read_date(text, reading).day == day
