"""What is known of a photograph's file once it was read: facts, derivatives, pixels.

The original stays byte for byte what it was; everything the window shows is a derivative rebuilt from pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

PREVIEW_SIDE = 2048
"""Longest side of the preview, in pixels."""

THUMBNAIL_SIDE = 320
"""Longest side of the thumbnail, in pixels."""

LARGEST_FILE = 50_000_000
"""Bytes of the largest photograph that is taken."""

MOST_PIXELS = 110_000_000
"""Pixels of the largest photograph that is taken (security.md 6.3)."""

MOST_SCANS = 100
"""Scans of the most layered JPEG that is taken: normal 1, progressive about 10 (security.md F8)."""


class PictureFormat(StrEnum):
    """The four kinds of picture file that are taken (security.md 6.1)."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    HEIF = "heif"


def ending_of(start: bytes) -> str:
    """The ending a picture file with these first bytes has by right (``.jpg``); ``.png`` where they say nothing."""
    if start.startswith(b"\xff\xd8"):
        return ".jpg"
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return ".webp"
    return ".heic" if start[4:8] == b"ftyp" else ".png"


class PictureNote(StrEnum):
    """What had to be done to a photograph so that it can be shown; told to the user after an import."""

    CMYK_CONVERTED = "cmyk_converted"
    SIXTEEN_BIT_CONVERTED = "sixteen_bit_converted"
    ANIMATED_FIRST_FRAME = "animated_first_frame"
    TRANSPARENCY_ON_WHITE = "transparency_on_white"
    PROFILE_CONVERTED = "profile_converted"
    PROFILE_BROKEN = "profile_broken"
    NO_PROFILE = "no_profile"
    EXIF_UNREADABLE = "exif_unreadable"
    SMALL_DAMAGE = "small_damage"


@dataclass(frozen=True, slots=True)
class CameraFacts:
    """What the camera wrote into the file, as text and unjudged; its place (GPS) is never read.

    ``taken_text`` is EXIF DateTimeOriginal as it stands (``2026:01:12 09:31:07``), ``subsecond_text`` and
    ``offset_text`` belong to it. ``orientation`` is the EXIF number 1-8 that was applied to the pixels.
    """

    taken_text: str | None = None
    subsecond_text: str | None = None
    offset_text: str | None = None
    maker: str | None = None
    model: str | None = None
    orientation: int = 1


@dataclass(frozen=True, slots=True)
class ReadPicture:
    """A photograph that was read: the original bytes, its facts and the three JPEGs made from its pixels.

    ``width`` and ``height`` are pixels after the orientation was applied; ``sha256`` is of ``original``, in hex.
    ``display`` is full-size sRGB, ``preview`` and ``thumbnail`` have at most PREVIEW_SIDE and THUMBNAIL_SIDE pixels
    on the longest side. None of the three carries any metadata.
    """

    name: str
    sha256: str
    original: bytes
    format: PictureFormat
    width: int
    height: int
    camera: CameraFacts
    had_profile: bool
    notes: tuple[PictureNote, ...]
    display: bytes
    preview: bytes
    thumbnail: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Pixels:
    """Decoded pixels, blue-green-red-unused, eight bits each, rows of ``bytes_per_line`` bytes from the top.

    ``data`` is a flat, contiguous view that keeps its memory alive; it fits ``QImage.Format_RGB32`` without a copy.
    """

    width: int
    height: int
    bytes_per_line: int
    data: memoryview
