"""Our own derivatives to pixels for the screen.

Only JPEGs written by the image reader come here. Heavy libraries are imported by the first call, in a worker.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from clinic_app.domain.errors import DamageFound
from clinic_app.domain.picture_files import Pixels

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def decode_jpeg(data: bytes, min_side: int | None = None) -> Pixels:
    """Decode one of our JPEGs; with ``min_side`` as small as the longest side allows without falling below it.

    The decoder scales by eighths, so the answer may be larger than asked for, never larger than stored.
    Raises DamageFound(picture_damaged_inside) where the bytes are no whole JPEG.
    """
    import simplejpeg

    wide = high = 0
    try:
        if min_side is not None:
            height, width, _, _ = simplejpeg.decode_jpeg_header(data)
            wide, high = (min_side, 0) if width >= height else (0, min_side)
        array = simplejpeg.decode_jpeg(data, colorspace="BGRA", min_width=wide, min_height=high)
    except ValueError as error:
        raise DamageFound("picture_damaged_inside") from error
    return _pixels_of(array)


def turned(pixels: Pixels, quarters: int) -> Pixels:
    """The same picture turned by so many quarters clockwise; itself where that is none."""
    if quarters % 4 == 0:
        return pixels
    import numpy as np

    return _pixels_of(np.ascontiguousarray(np.rot90(_array_of(pixels), -quarters)))


def turned_jpeg(data: bytes, quarters: int) -> bytes:
    """One of our JPEGs turned by so many quarters clockwise, encoded anew. Raises as ``decode_jpeg``."""
    if quarters % 4 == 0:
        return data
    import simplejpeg

    encoded: bytes = simplejpeg.encode_jpeg(
        _array_of(turned(decode_jpeg(data), quarters)), quality=92, colorspace="BGRA"
    )
    return encoded


def _array_of(pixels: Pixels) -> NDArray[np.uint8]:
    import numpy as np

    flat = np.frombuffer(pixels.data, np.uint8)
    return flat.reshape(pixels.height, pixels.bytes_per_line)[:, : pixels.width * 4].reshape(
        pixels.height, pixels.width, 4
    )


def _pixels_of(array: NDArray[np.uint8]) -> Pixels:
    height, width = array.shape[:2]
    return Pixels(width, height, width * 4, array.reshape(-1).data)
