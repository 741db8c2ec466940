"""Our own derivatives as pixels for the screen."""

from __future__ import annotations

import numpy as np
import pytest

from clinic_app.domain.errors import DamageFound
from clinic_app.domain.picture_files import Pixels
from clinic_app.imaging.decode import decode_jpeg
from tests.imaging import samples


def colour(pixels: Pixels, x: int, y: int) -> list[int]:
    at = y * pixels.bytes_per_line + x * 4
    return list(pixels.data[at : at + 3])[::-1]


def test_pixels_are_contiguous_blue_green_red() -> None:
    pixels = decode_jpeg(samples.plain_jpeg(quality=95))
    assert (pixels.width, pixels.height, pixels.bytes_per_line) == (96, 64, 384)
    assert pixels.data.contiguous
    assert pixels.data.nbytes == 96 * 64 * 4
    assert np.abs(np.array(colour(pixels, 5, 5)) - np.array(samples.RED)).max() < 6
    assert np.abs(np.array(colour(pixels, 90, 60)) - np.array(samples.YELLOW)).max() < 6


def test_a_smaller_size_is_decoded_where_that_is_enough() -> None:
    data = samples.plain_jpeg(samples.quarters(1600, 800))
    assert decode_jpeg(data, 400).width == 400
    assert 401 <= decode_jpeg(data, 401).width <= 600
    assert decode_jpeg(data, 5000).width == 1600
    odd = decode_jpeg(samples.plain_jpeg(samples.quarters(1201, 801)), 601)
    assert (odd.width, odd.height) == (601, 401)
    tall = samples.plain_jpeg(samples.quarters(800, 1600))
    assert decode_jpeg(tall, 400).height == 400


def test_damage_is_said() -> None:
    with pytest.raises(DamageFound):
        decode_jpeg(samples.truncated_jpeg())
    with pytest.raises(DamageFound):
        decode_jpeg(b"")
