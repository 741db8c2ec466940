"""How parent and child talk: a length, strict JSON, then the raw bytes the JSON announces. Never a pickle."""

from __future__ import annotations

import json
import struct
from typing import BinaryIO

LONGEST_TEXT = 65_536
"""Bytes of the longest JSON part either side takes."""

LONGEST_PART = 400_000_000
"""Bytes of the longest raw part either side takes."""


class FrameBroken(Exception):
    """The other side went away in the middle, or said something that is not in the protocol."""


def write_frame(stream: BinaryIO, head: dict[str, object], parts: tuple[bytes | memoryview, ...] = ()) -> None:
    """Send ``head`` and ``parts``; the lengths of the parts travel in ``head`` under ``parts``."""
    text = json.dumps({**head, "parts": [len(part) for part in parts]}, allow_nan=False).encode("ascii")
    if len(text) > LONGEST_TEXT:
        raise FrameBroken("text too long")
    stream.write(struct.pack(">I", len(text)) + text)
    for part in parts:
        stream.write(part)
    stream.flush()


def read_frame(stream: BinaryIO) -> tuple[dict[str, object], list[bytes]] | None:
    """The next frame, or None at a clean end of the stream. Raises FrameBroken."""
    size = stream.read(4)
    if not size:
        return None
    if len(size) < 4:
        raise FrameBroken("cut off")
    (length,) = struct.unpack(">I", size)
    if length > LONGEST_TEXT:
        raise FrameBroken("text too long")
    try:
        head = json.loads(_exactly(stream, length).decode("ascii"))
    except ValueError as error:
        raise FrameBroken("not JSON") from error
    if not isinstance(head, dict):
        raise FrameBroken("not an object")
    lengths = head.pop("parts", None)
    if not isinstance(lengths, list) or len(lengths) > 4:
        raise FrameBroken("no parts")
    parts = []
    for part in lengths:
        if type(part) is not int or not 0 <= part <= LONGEST_PART:
            raise FrameBroken("part of impossible length")
        parts.append(_exactly(stream, part))
    return head, parts


def _exactly(stream: BinaryIO, length: int) -> bytes:
    data = stream.read(length)
    if len(data) != length:
        raise FrameBroken("cut off")
    return data
