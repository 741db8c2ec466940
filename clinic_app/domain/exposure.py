"""How one photograph is brightened to look as another was lit: for the eye only, never kept and never exported."""

from __future__ import annotations

import math
from dataclasses import dataclass

LEAST_GAIN, MOST_GAIN = 0.5, 2.0
MOST_OFFSET = 40.0
"""How far a match goes, in grey levels of 255: what needs more was not lit alike and is left as it is."""

KNEE = 40.0
"""Grey levels below white and above black within which values are squeezed together instead of cut off."""


@dataclass(frozen=True, slots=True)
class ExposureMatch:
    """Gain and offset of blue, green and red: ``value * gain + offset``, in grey levels 0 to 255."""

    gains: tuple[float, float, float] = (1.0, 1.0, 1.0)
    offsets: tuple[float, float, float] = (0.0, 0.0, 0.0)

    @property
    def plain(self) -> bool:
        """Whether nothing is changed."""
        return self == NO_MATCH

    def curve(self, channel: int) -> tuple[int, ...]:
        """The new value of each of the 256 old ones: rising, and nothing that differed is cut off to white or black."""
        gain, offset = self.gains[channel], self.offsets[channel]
        return tuple(min(255, max(0, round(_squeezed(value, gain, offset)))) for value in range(256))


NO_MATCH = ExposureMatch()


def _squeezed(value: float, gain: float, offset: float) -> float:
    bright, dark = 255 * gain + offset, offset
    if bright > 255 and value * gain + offset > 255 - KNEE:
        start = (255 - KNEE - offset) / gain
        return 255 - KNEE + KNEE * _shoulder((value - start) / (255 - start), gain * (255 - start) / KNEE)
    if dark < 0 and value * gain + offset < KNEE:
        start = (KNEE - offset) / gain
        return KNEE - KNEE * _shoulder((start - value) / start, gain * start / KNEE)
    return value * gain + offset


def _shoulder(share: float, steep: float) -> float:
    """From 0 to 1, rising all the way, as steep as ``steep`` (1 or more) at its start."""
    bend = max(steep, 1.0) - 1
    return (1 + bend) * share / (1 + bend * share) if math.isfinite(bend) else 1.0
