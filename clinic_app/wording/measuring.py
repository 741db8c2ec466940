"""Words for what is measured in photographs."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "calibration_without_length": "This line has no length, so it gives no scale. Drag from edge to edge.",
    "iris_out_of_range": (
        "{value} mm is no width of an iris. Enter {least} to {most} mm; adults have 11.7 mm, children 11.2 mm."
    ),
    "line_without_length": "This line has no length, so it has no direction. Set its ends apart.",
}
