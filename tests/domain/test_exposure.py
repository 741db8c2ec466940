from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from clinic_app.domain.exposure import NO_MATCH, ExposureMatch


@given(st.floats(0.5, 2.0), st.floats(-40, 40))
def test_a_curve_rises_and_cuts_nothing_off(gain: float, offset: float) -> None:
    curve = ExposureMatch((gain,) * 3, (offset,) * 3).curve(0)
    assert len(curve) == 256
    assert all(before <= after for before, after in pairwise(curve))
    assert max(curve) <= 255
    assert min(curve) >= 0
    assert curve.count(255) <= 22
    assert curve.count(0) <= 22
    middle = 128 * gain + offset
    if 45 < middle < 210:
        assert abs(curve[128] - middle) <= 0.51


def test_no_match_changes_nothing() -> None:
    assert NO_MATCH.plain
    assert NO_MATCH.curve(2) == tuple(range(256))
    assert not ExposureMatch((1.1, 1.0, 1.0)).plain
