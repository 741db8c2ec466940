"""Design section 5.4, sentence by sentence."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_app.domain.calendar import add_months
from clinic_app.domain.pictures import (
    UNSURE,
    Certainty,
    Injected,
    LabelUnit,
    PairReason,
    PhaseKind,
    Picture,
    PicturePair,
    TakenAt,
    phase_of,
    picture_sessions,
    right_pair,
    taken_at,
    time_after,
)
from tests.domain.builders import QUICK, day

TODAY = day("2026-03-19")
NOON = time(12)
K = PhaseKind


def taken(on: str | date, certainty: Certainty = Certainty.CAMERA, clock: time | None = NOON) -> TakenAt:
    return TakenAt(day(on) if isinstance(on, str) else on, clock, certainty)


def injections(*on: str | date, product: str = "ona") -> tuple[Injected, ...]:
    given_on = [day(one) if isinstance(one, str) else one for one in on]
    return tuple(Injected(one, number, product) for number, one in enumerate(given_on, 1))


# --- dates and how sure they are --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("exif", "on", "clock"),
    [
        ("2026:01:12 09:31:07", "2026-01-12", time(9, 31, 7)),
        ("2026:01:12 09:31", "2026-01-12", time(9, 31)),
        ("2026-01-12T09:31:07", "2026-01-12", time(9, 31, 7)),
        ("2026:01:12 09:31:07\x00", "2026-01-12", time(9, 31, 7)),
        ("2026:01:12 24:31:07", "2026-01-12", None),
        ("2026:03:19 09:31:07", "2026-03-19", time(9, 31, 7)),
    ],
)
def test_the_cameras_own_date_comes_first(exif: str, on: str, clock: time | None) -> None:
    assert taken_at("IMG-20251224-WA0003.jpg", exif, today=TODAY) == TakenAt(day(on), clock, Certainty.CAMERA)


@pytest.mark.parametrize(
    "exif",
    [
        None,
        "",
        "0000:00:00 00:00:00",
        "    :  :     :  :  ",
        "2026:13:01 10:00:00",
        "2026:02:30 10:00:00",
        "1970:01:01 00:00:00",
        "2026:03:20 00:00:00",
        "2036:01:01 00:00:00",
        "yesterday",
    ],
)
def test_a_camera_date_that_cannot_be_falls_back_to_the_name(exif: str | None) -> None:
    found = taken_at("IMG-20251224-WA0003.jpg", exif, today=TODAY)
    assert found == TakenAt(day("2025-12-24"), None, Certainty.RECEIVED)
    assert taken_at("DSC_0001.JPG", exif, today=TODAY) == UNSURE


@pytest.mark.parametrize(
    ("name", "on", "clock"),
    [
        ("IMG-20260112-WA0003.jpg", "2026-01-12", None),
        ("IMG-20260112-WA0003(1).jpg", "2026-01-12", None),
        ("VID-20260112-WA0003.mp4", "2026-01-12", None),
        ("WhatsApp Image 2026-01-12 at 10.11.12 PM.jpeg", "2026-01-12", time(22, 11, 12)),
        ("WhatsApp Image 2026-01-12 at 10.11.12\u202fPM.jpeg", "2026-01-12", time(22, 11, 12)),
        ("WhatsApp Image 2026-01-12 at 12.05.00 AM (2).jpeg", "2026-01-12", time(0, 5)),
        ("WhatsApp Image 2026-01-12 at 22.11.12.jpeg", "2026-01-12", time(22, 11, 12)),
        ("WhatsApp Bild 2026-01-12 um 09.11.12.jpeg", "2026-01-12", time(9, 11, 12)),
        ("IMG_20260112_101112.jpg", "2026-01-12", time(10, 11, 12)),
        ("IMG_20260112_101112_1.jpg", "2026-01-12", time(10, 11, 12)),
        ("IMG_20260112_101112~2.jpg", "2026-01-12", time(10, 11, 12)),
        ("IMG20260112101112.jpg", "2026-01-12", time(10, 11, 12)),
        ("img20260112101112345.jpg", "2026-01-12", time(10, 11, 12)),
        ("MVIMG_20260112_101112.jpg", "2026-01-12", time(10, 11, 12)),
        ("PXL_20260112_044112345.jpg", "2026-01-12", None),
        ("PXL_20260112_044112345.MP.jpg", "2026-01-12", None),
        ("20260112_101112.jpg", "2026-01-12", time(10, 11, 12)),
        ("20260112_101112(0).jpg", "2026-01-12", time(10, 11, 12)),
        ("20260112_101112_001.jpg", "2026-01-12", time(10, 11, 12)),
        ("20260112.jpg", "2026-01-12", None),
        ("20260112", "2026-01-12", None),
        ("Screenshot_20260112-101112.png", "2026-01-12", time(10, 11, 12)),
        ("Screenshot_20260112-101112_WhatsApp.jpg", "2026-01-12", time(10, 11, 12)),
        ("Screenshot_2026-01-12-10-11-12-345_com.whatsapp.jpg", "2026-01-12", time(10, 11, 12)),
        ("Screenshot 2026-01-12 at 10.11.12.png", "2026-01-12", time(10, 11, 12)),
        ("signal-2026-01-12-101112.jpg", "2026-01-12", time(10, 11, 12)),
        ("photo_2026-01-12_10-11-12.jpg", "2026-01-12", time(10, 11, 12)),
        ("WIN_20260112_10_11_12_Pro.jpg", "2026-01-12", None),
        ("Asha before 2026-01-12.jpg", "2026-01-12", None),
        ("Asha_20260112.jpg", "2026-01-12", None),
        ("2026.01.12 eyes.jpg", "2026-01-12", None),
        ("2026_01_12.jpg", "2026-01-12", None),
        ("IMG-20261399-WA 20260112.jpg", "2026-01-12", None),
        ("20260112_256199.jpg", "2026-01-12", None),
        ("IMG-20260319-WA0001.jpg", "2026-03-19", None),
        ("IMG-20240229-WA0001.jpg", "2024-02-29", None),
    ],
)
def test_else_a_date_in_the_name_is_received(name: str, on: str, clock: time | None) -> None:
    assert taken_at(name, None, today=TODAY) == TakenAt(day(on), clock, Certainty.RECEIVED)


@pytest.mark.parametrize(
    "name",
    [
        "DSC_0001.JPG",
        "IMG_1234.HEIC",
        "image.jpg",
        "",
        "IMG-20260320-WA0001.jpg",
        "IMG-20261301-WA0001.jpg",
        "IMG-20260230-WA0001.jpg",
        "IMG-19991231-WA0001.jpg",
        "9820260112.jpg",
        "919820260112.jpg",
        "+9120260112.jpg",
        "+20260112.jpg",
        "+91 20260112.jpg",
        "022-20260112.jpg",
        "91_20260112.jpg",
        "20260112345.jpg",
        "2026011234567890.jpg",
        "received_2026011234567890.jpeg",
        "FB_IMG_1612345678901.jpg",
        "deadbeef20260112.jpg",
        "20260112deadbeef.jpg",
        "f20260112.jpg",
        "a3f20260112c9.jpg",
        "d41d8cd98f00b204e98020260112998e.jpg",
        "20260112-e29b-41d4-a716-446655440000.jpg",
        "550e8400-e29b-41d4-a716-446620260112.jpg",
        "12-01-2026.jpg",
        "2026-1-12.jpg",
        "2026-01-1234.jpg",
        "v2026.01.12.jpg",
    ],
)
def test_else_it_is_unsure_and_numbers_that_look_like_dates_do_not_count(name: str) -> None:
    assert taken_at(name, None, today=TODAY) == UNSURE


def test_unsure_is_not_known() -> None:
    assert not UNSURE.known
    assert not taken("2026-01-12", Certainty.UNSURE).known
    assert all(taken("2026-01-12", c).known for c in (Certainty.CAMERA, Certainty.RECEIVED, Certainty.TYPED))


@QUICK
@given(st.text(max_size=40), st.one_of(st.none(), st.text(max_size=25)))
def test_any_name_and_any_exif_give_an_answer(name: str, exif: str | None) -> None:
    found = taken_at(name, exif, today=TODAY)
    assert found.day is None or found.day <= TODAY
    assert (found.day is None) == (found.certainty is Certainty.UNSURE)


@QUICK
@given(st.dates(date(2000, 1, 1), TODAY), st.times())
def test_every_date_written_by_a_phone_is_read_back(on: date, clock: time) -> None:
    clock = clock.replace(microsecond=0)
    for name in (f"IMG_{on:%Y%m%d}_{clock:%H%M%S}.jpg", f"WhatsApp Image {on:%Y-%m-%d} at {clock:%I.%M.%S %p}.jpeg"):
        assert taken_at(name, None, today=TODAY) == TakenAt(on, clock, Certainty.RECEIVED)


# --- phases -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("elapsed", "amount", "unit"),
    [
        (0, 0, LabelUnit.DAYS),
        (1, 1, LabelUnit.DAYS),
        (10, 10, LabelUnit.DAYS),
        (20, 20, LabelUnit.DAYS),
        (21, 3, LabelUnit.WEEKS),
        (27, 3, LabelUnit.WEEKS),
        (28, 4, LabelUnit.WEEKS),
        (181, 25, LabelUnit.WEEKS),
        (182, 5, LabelUnit.MONTHS),
        (183, 5, LabelUnit.MONTHS),
        (184, 6, LabelUnit.MONTHS),
        (365, 12, LabelUnit.MONTHS),
    ],
)
def test_days_to_20_whole_weeks_to_181_then_whole_calendar_months(elapsed: int, amount: int, unit: LabelUnit) -> None:
    start = day("2025-03-01")
    end = start + timedelta(days=elapsed)
    assert time_after(start, end) == (amount, unit)
    phase = phase_of(taken(end), injections(start), known_after=True)
    assert (phase.kind, phase.days, phase.amount, phase.unit) == (K.AFTER, elapsed, amount, unit)


@pytest.mark.parametrize(
    ("on", "known_after", "kind", "number", "days", "days_before"),
    [
        ("2026-01-05", False, K.BEFORE, 2, 98, 0),
        ("2026-01-05", True, K.AFTER, 2, 0, None),
        ("2026-01-04", False, K.BEFORE, 2, 97, 1),
        ("2026-01-04", True, K.BEFORE, 2, 97, 1),
        ("2025-12-08", False, K.BEFORE, 2, 70, 28),
        ("2025-12-07", False, K.AFTER, 1, 69, None),
        ("2025-10-09", False, K.AFTER, 1, 10, None),
        ("2025-09-29", False, K.BEFORE, 1, None, 0),
        ("2025-09-01", False, K.BEFORE, 1, None, 28),
        ("2025-08-31", False, K.BEFORE_ANY, 1, None, 29),
        ("2026-06-01", False, K.AFTER, 2, 147, None),
    ],
)
def test_on_the_day_or_28_days_before_is_before_else_so_many_days_after_the_previous(
    on: str, known_after: bool, kind: PhaseKind, number: int, days: int | None, days_before: int | None
) -> None:
    phase = phase_of(taken(on), injections("2025-09-29", "2026-01-05"), known_after=known_after)
    assert phase.kind is kind
    assert phase.injection is not None
    assert (phase.injection.number, phase.days, phase.days_before) == (number, days, days_before)


def test_a_before_label_knows_what_came_before_it() -> None:
    phase = phase_of(taken("2026-01-05"), injections("2025-09-29", "2026-01-05"))
    assert phase.previous is not None
    assert (phase.previous.number, phase.amount, phase.unit) == (1, 14, LabelUnit.WEEKS)


def test_without_any_injection_it_is_before_any_toxin() -> None:
    phase = phase_of(taken("2026-01-05"), ())
    assert (phase.kind, phase.injection, phase.previous, phase.days) == (K.BEFORE_ANY, None, None, None)


@pytest.mark.parametrize("when", [UNSURE, taken("2026-01-05", Certainty.UNSURE)])
def test_an_unsure_date_is_not_placed(when: TakenAt) -> None:
    assert phase_of(when, injections("2025-09-29")).kind is K.UNSURE


TOUCHED_UP = (
    Injected(day("2026-01-05"), 1, "ona"),
    Injected(day("2026-01-26"), 1, "ona", starts_cycle=False),
    Injected(day("2026-04-10"), 2, "ona"),
)


@pytest.mark.parametrize(
    ("on", "kind", "days", "injection"),
    [
        ("2026-01-15", K.AFTER, 10, 0),
        ("2026-01-26", K.AFTER, 21, 0),
        ("2026-02-05", K.AFTER, 10, 1),
        ("2026-04-10", K.BEFORE, 74, 2),
    ],
)
def test_after_a_touch_up_days_count_from_it_but_nothing_is_before_it(
    on: str, kind: PhaseKind, days: int, injection: int
) -> None:
    phase = phase_of(taken(on), TOUCHED_UP)
    assert (phase.kind, phase.days, phase.injection) == (kind, days, TOUCHED_UP[injection])


@pytest.mark.parametrize(
    ("on", "elsewhere", "told"),
    [
        ("2025-08-01", "2025-07-01", True),
        ("2025-08-01", "2025-08-02", False),
        ("2025-09-20", "2025-07-01", True),
        ("2025-12-01", "2025-07-01", False),
        ("2025-12-01", "2025-11-01", True),
        ("2025-12-20", "2025-11-01", True),
    ],
)
def test_toxin_elsewhere_is_told_where_the_label_alone_would_mislead(on: str, elsewhere: str, told: bool) -> None:
    phase = phase_of(taken(on), injections("2025-09-29", "2026-01-05"), elsewhere=[day(elsewhere)])
    assert phase.toxin_elsewhere is told


sittings = st.lists(st.dates(date(2025, 1, 1), date(2026, 3, 1)), max_size=4, unique=True).map(
    lambda on: injections(*sorted(on))
)
moments = st.builds(
    lambda on, certainty, clock: taken(on, certainty, clock),
    st.dates(date(2024, 10, 1), date(2026, 6, 1)),
    st.sampled_from(Certainty),
    st.sampled_from([None, time(9), time(15)]),
)


@QUICK
@given(moments, sittings, st.booleans())
def test_every_photograph_has_one_place(when: TakenAt, given_on: tuple[Injected, ...], known_after: bool) -> None:
    phase = phase_of(when, given_on, known_after=known_after)
    assert (phase.kind is K.UNSURE) == (not when.known)
    if when.day is None or not when.known:
        return
    ahead = [
        (one.day - when.day).days for one in given_on if one.day > when.day or (one.day == when.day and not known_after)
    ]
    assert (phase.kind is K.BEFORE) == any(gap <= 28 for gap in ahead)
    if phase.days is not None:
        assert phase.previous is not None
        assert phase.days == (when.day - phase.previous.day).days >= 0
        if phase.unit is LabelUnit.MONTHS:
            assert (
                add_months(phase.previous.day, phase.amount)
                <= when.day
                < add_months(phase.previous.day, phase.amount + 1)
            )


# --- the right pair ---------------------------------------------------------------------------------------------


def picture(number: int, when: TakenAt | str, view: str | None = "E01", *, known_after: bool = False) -> Picture:
    found = taken(when) if isinstance(when, str) else when
    return Picture(number, 1, view, found, 4000, 3000, "", "", "", "", "", known_after=known_after)


TWO = injections("2025-09-29", "2026-01-05")


def chosen(
    *photographs: Picture,
    given_on: tuple[Injected, ...] = TWO,
    peak: int = 14,
    pinned: tuple[int, int] | None = None,
) -> tuple[int | None, int | None, int | None, str]:
    pair = right_pair(photographs, given_on, "E01", peak_day=peak, pinned=pinned)
    return (
        pair.a.id if pair.a else None,
        pair.b.id if pair.b else None,
        pair.injection.number if pair.injection else None,
        pair.reason.value,
    )


A1, B1 = picture(1, "2025-09-29"), picture(2, "2025-10-13")
A2, B2 = picture(3, "2026-01-05"), picture(4, "2026-01-19")


@pytest.mark.parametrize(
    ("photographs", "expected"),
    [
        ((A1, B1, A2, B2), (3, 4, 2, "nearest_peak")),
        ((A1, B1, A2), (1, 2, 1, "nearest_peak")),
        ((A1, B1, A2, picture(5, "2026-03-10")), (1, 2, 1, "nearest_peak")),
        ((A1, B1, A2, picture(5, "2026-01-10")), (1, 2, 1, "nearest_peak")),
        ((A2, picture(5, "2026-03-10")), (3, 5, 2, "newest_after")),
        ((A2, picture(5, "2026-01-10"), picture(6, "2026-03-10")), (3, 6, 2, "newest_after")),
        ((A2,), (3, None, 2, "no_after")),
        ((B2,), (None, 4, 2, "nearest_peak")),
        ((A1, B2), (1, 4, 2, "nearest_peak")),
        ((B1, B2), (2, 4, 2, "nearest_peak")),
        ((), (None, None, 2, "no_after")),
    ],
)
def test_the_cycle_is_the_newest_session_with_both_sides_else_the_newest(
    photographs: tuple[Picture, ...], expected: tuple[int | None, int | None, int | None, str]
) -> None:
    assert chosen(*photographs) == expected
    assert chosen(*photographs[::-1]) == expected


@pytest.mark.parametrize(("elapsed", "fits"), [(6, False), (7, True), (56, True), (57, False)])
def test_b_is_of_7_to_56_days(elapsed: int, fits: bool) -> None:
    after = picture(9, taken(day("2026-01-05") + timedelta(days=elapsed)))
    assert chosen(A2, after)[3] == ("nearest_peak" if fits else "newest_after")


@pytest.mark.parametrize(
    ("peak", "elapsed", "nearest"),
    [
        (14, (8, 21), 8),
        (14, (7, 21), 21),
        (28, (14, 40), 40),
        (28, (14, 43), 14),
        (14, (14, 15), 14),
        (28, (27, 29), 29),
    ],
)
def test_b_is_nearest_to_the_peak_day_and_of_a_tie_the_later(peak: int, elapsed: tuple[int, int], nearest: int) -> None:
    after = [picture(10 + n, taken(day("2026-01-05") + timedelta(days=n))) for n in elapsed]
    assert chosen(A2, *after, peak=peak)[1] == 10 + nearest
    assert chosen(A2, *after[::-1], peak=peak)[1] == 10 + nearest


def test_of_two_on_one_day_the_later_by_the_clock_is_taken() -> None:
    late, early = picture(10, taken("2026-01-19", clock=time(15))), picture(11, taken("2026-01-19", clock=time(9)))
    assert chosen(A2, late, early)[1] == 10
    before = picture(12, taken("2026-01-05", clock=time(8))), picture(13, taken("2026-01-05", clock=time(7)))
    assert chosen(*before, B2)[0] == 12


@pytest.mark.parametrize(
    ("before", "expected", "first_ever"),
    [
        (("2025-12-08", "2025-06-01"), "2025-12-08", False),
        (("2025-12-07", "2025-06-01"), "2025-06-01", True),
        (("2026-01-05", "2025-12-20"), "2026-01-05", False),
        ((), None, False),
    ],
)
def test_a_is_the_newest_within_28_days_before_else_the_first_ever_before(
    before: tuple[str, ...], expected: str | None, first_ever: bool
) -> None:
    pair = right_pair([B2, *(picture(10 + n, on) for n, on in enumerate(before))], TWO[1:], "E01", peak_day=14)
    assert (pair.a.taken.day if pair.a else None) == (day(expected) if expected else None)
    assert pair.a_is_first_ever is first_ever


def test_a_photograph_of_the_day_known_to_be_after_the_injection_is_no_a() -> None:
    after = picture(9, "2026-01-05", known_after=True)
    assert chosen(after, given_on=TWO[1:]) == (None, 9, 2, "newest_after")
    assert chosen(after, A2, given_on=TWO[1:]) == (3, 9, 2, "newest_after")


def test_b_lies_before_the_next_session() -> None:
    close = injections("2026-01-05", "2026-02-16")
    late = picture(9, "2026-02-17")
    assert chosen(A2, B2, late, given_on=close, peak=40) == (3, 4, 1, "nearest_peak")


def test_only_photographs_of_the_view_are_paired() -> None:
    assert chosen(A2, picture(4, "2026-01-19", "E02"), picture(5, "2026-01-19", None)) == (3, None, 2, "no_after")


def test_unsure_dates_are_never_paired_by_themselves() -> None:
    unsure = [picture(8, UNSURE), picture(9, taken("2026-01-19", Certainty.UNSURE))]
    assert chosen(A2, *unsure) == (3, None, 2, "no_after")
    assert chosen(*unsure, given_on=()) == (None, None, None, "no_session")


def test_a_pinned_pair_wins() -> None:
    assert chosen(A1, B1, A2, B2, pinned=(1, 4)) == (1, 4, None, "pinned")
    assert chosen(A1, picture(9, UNSURE), pinned=(1, 9)) == (1, 9, None, "pinned")


def test_a_pinned_pair_of_which_one_is_gone_wins_no_more() -> None:
    assert chosen(A2, B2, pinned=(1, 4)) == (3, 4, 2, "nearest_peak")


def test_without_an_injection_the_first_and_the_newest_stand_side_by_side() -> None:
    assert chosen(A1, B1, A2, given_on=()) == (1, 3, None, "no_session")
    assert chosen(A1, given_on=()) == (1, None, None, "no_session")


def test_a_touch_up_begins_no_cycle_of_its_own() -> None:
    before, between, after = picture(1, "2026-01-05"), picture(2, "2026-01-20"), picture(3, "2026-02-02")
    assert chosen(before, between, after, given_on=TOUCHED_UP[:2], peak=28) == (1, 3, 1, "nearest_peak")


photographs = st.lists(st.tuples(moments, st.sampled_from(["E01", "E01", "E02", None]), st.booleans()), max_size=8).map(
    lambda rows: [picture(n, when, view, known_after=after) for n, (when, view, after) in enumerate(rows, 1)]
)


def _check(pair: PicturePair, given_on: tuple[Injected, ...]) -> None:
    for side in (pair.a, pair.b):
        assert side is None or (side.view == "E01" and side.taken.known)
    assert pair.a is None or pair.b is None or pair.a.id != pair.b.id
    if pair.injection is None:
        assert not given_on
        return
    following = [one.day for one in given_on if one.day > pair.injection.day]
    if pair.b is not None and pair.b.taken.day is not None:
        assert pair.injection.day <= pair.b.taken.day < min(following, default=date.max)
        assert pair.b.known_after or pair.b.taken.day > pair.injection.day
    if pair.a is not None and pair.a.taken.day is not None:
        assert pair.a.taken.day <= pair.injection.day
    if pair.reason is PairReason.NEAREST_PEAK:
        assert pair.b is not None
        assert pair.b.taken.day is not None
        assert 7 <= (pair.b.taken.day - pair.injection.day).days <= 56


@QUICK
@given(photographs, sittings, st.sampled_from([14, 28]))
def test_a_pair_never_leaves_its_cycle_its_view_or_the_sure_dates(
    taken_photographs: list[Picture], given_on: tuple[Injected, ...], peak: int
) -> None:
    pair = right_pair(taken_photographs, given_on, "E01", peak_day=peak)
    _check(pair, given_on)
    backwards = right_pair(taken_photographs[::-1], given_on, "E01", peak_day=peak)
    assert pair == backwards


# --- sittings ---------------------------------------------------------------------------------------------------


def test_sittings_are_cut_at_the_day_and_at_gaps_of_more_than_three_hours() -> None:
    moments_of_import = [
        taken("2026-01-05", clock=time(9)),
        taken("2026-01-05", clock=time(12)),
        taken("2026-01-05", clock=time(15, 0, 1)),
        taken("2026-01-04", clock=time(23, 59)),
        UNSURE,
        taken("2026-01-05", clock=None),
        taken("2026-01-06", Certainty.UNSURE),
    ]
    assert picture_sessions(moments_of_import) == [[3], [5, 0, 1], [2], [4, 6]]
    assert picture_sessions([]) == []


@QUICK
@given(st.lists(moments, max_size=10))
def test_every_photograph_is_in_exactly_one_sitting(when: list[TakenAt]) -> None:
    groups = picture_sessions(when)
    assert sorted(index for group in groups for index in group) == list(range(len(when)))
    assert all(len({(when[i].day if when[i].known else None) for i in group}) == 1 for group in groups)
