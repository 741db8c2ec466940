"""What a picture file says of itself, found in pure Python before anything decodes it.

Runs in the parent on bytes nobody trusts: it reads sizes and counts, never pixels, and takes a few milliseconds.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from pathlib import PurePath

from clinic_app.domain.errors import FileRefused
from clinic_app.domain.picture_files import LARGEST_FILE, MOST_PIXELS, MOST_SCANS, PictureFormat

_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"})

_SUFFIXES = {
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".jpe": "JPEG",
    ".jfif": "JPEG",
    ".png": "PNG",
    ".webp": "WebP",
    ".heic": "HEIC",
    ".heif": "HEIC",
    ".hif": "HEIC",
    ".pdf": "PDF",
    ".zip": "ZIP archive",
    ".gif": "GIF",
    ".bmp": "BMP",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".avif": "AVIF",
    ".mp4": "video",
    ".mov": "video",
    ".svg": "SVG",
    ".psd": "PSD",
}

_TITLES = {
    PictureFormat.JPEG: "JPEG",
    PictureFormat.PNG: "PNG",
    PictureFormat.WEBP: "WebP",
    PictureFormat.HEIF: "HEIC",
}

_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_FRAME_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True, slots=True)
class PictureHeader:
    """Format and stored size in pixels (0 where the header does not say), scans of a JPEG, whether it is cut off."""

    format: PictureFormat
    width: int = 0
    height: int = 0
    scans: int = 0
    cut_off: bool = False


def check(data: bytes, name: str) -> PictureHeader:
    """Look at the bytes of the file ``name`` and answer its header.

    Raises FileRefused: picture_empty, picture_too_big, picture_not_a_picture, picture_renamed, picture_truncated,
    picture_too_many_scans, picture_too_many_pixels.
    """
    if not data:
        raise FileRefused("picture_empty", name)
    if len(data) > LARGEST_FILE:
        raise FileRefused("picture_too_big", name, megabytes=len(data) // 1_000_000, limit=LARGEST_FILE // 1_000_000)
    found = format_of(data)
    title = _TITLES[found] if found else kind_of(data)
    said = _SUFFIXES.get(PurePath(name).suffix.lower())
    if said is not None and said != title and (found is not None or said in _TITLES.values()):
        raise FileRefused("picture_renamed", name, said=said, found=title)
    if found is None:
        raise FileRefused("picture_not_a_picture", name, found=title)
    header = read_header(data, found)
    if header.cut_off:
        raise FileRefused("picture_truncated", name)
    if header.scans > MOST_SCANS:
        raise FileRefused("picture_too_many_scans", name, scans=header.scans, limit=MOST_SCANS)
    if header.width * header.height > MOST_PIXELS:
        raise FileRefused(
            "picture_too_many_pixels",
            name,
            megapixels=round(header.width * header.height / 1_000_000),
            limit=MOST_PIXELS // 1_000_000,
        )
    return header


def format_of(data: bytes) -> PictureFormat | None:
    """The format that the first bytes show, or None if it is none of the four."""
    if data[:3] == b"\xff\xd8\xff":
        return PictureFormat.JPEG
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return PictureFormat.PNG
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return PictureFormat.WEBP
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        return PictureFormat.HEIF
    return None


def kind_of(data: bytes) -> str:
    """A name for what the bytes of a file that is no photograph seem to be, for the sentence of the refusal."""
    starts = (
        (b"%PDF", "PDF"),
        (b"PK\x03\x04", "ZIP archive"),
        (b"GIF8", "GIF"),
        (b"BM", "BMP"),
        (b"II*\x00", "TIFF"),
        (b"MM\x00*", "TIFF"),
        (b"8BPS", "PSD"),
        (b"RIFF", "video"),
        (b"\x1f\x8b", "compressed file"),
        (b"Rar!", "RAR archive"),
        (b"7z\xbc\xaf", "7z archive"),
        (b"MZ", "program"),
        (b"\x7fELF", "program"),
    )
    for start, title in starts:
        if data.startswith(start):
            return title
    if data[4:8] == b"ftyp":
        return "AVIF" if data[8:12] in {b"avif", b"avis"} else "video"
    head = data[:512].lstrip().lower()
    if head.startswith((b"<svg", b"<?xml")):
        return "SVG"
    if head.startswith((b"<!doctype html", b"<html")):
        return "web page"
    return "file of another kind"


def read_header(data: bytes, picture_format: PictureFormat) -> PictureHeader:
    """Sizes, scans and completeness as the container states them; unknown values are 0."""
    if picture_format is PictureFormat.JPEG:
        return _jpeg(data)
    if picture_format is PictureFormat.PNG:
        return _png(data)
    if picture_format is PictureFormat.WEBP:
        return _webp(data)
    return _heif(data)


def _jpeg(data: bytes) -> PictureHeader:
    """Walk the markers up to the end of the first image, as a decoder does; thumbnails inside segments are skipped."""
    at, scans, width, height = 2, 0, 0, 0
    while True:
        hit = _MARKER.search(data, at)
        if hit is None:
            break
        marker = data[hit.start() + 1]
        at = hit.end()
        if marker == 0xD9:
            break
        if marker in {0x01, 0xD8}:
            continue
        if at + 2 > len(data):
            break
        length = int.from_bytes(data[at : at + 2], "big")
        if marker in _FRAME_MARKERS and at + 7 <= len(data):
            high, wide = struct.unpack_from(">HH", data, at + 3)
            width, height = max(width, wide), max(height, high)
        if marker == 0xDA:
            scans += 1
        at += max(length, 2)
    return PictureHeader(PictureFormat.JPEG, width, height, scans, cut_off=scans == 0)


def _png(data: bytes) -> PictureHeader:
    width, height = struct.unpack_from(">II", data, 16) if len(data) >= 24 else (0, 0)
    at, whole = 8, False
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        if data[at + 4 : at + 8] == b"IEND":
            whole = True
            break
        at += 12 + length
    return PictureHeader(PictureFormat.PNG, width, height, cut_off=not whole)


def _webp(data: bytes) -> PictureHeader:
    stated = int.from_bytes(data[4:8], "little") + 8
    width = height = 0
    first, at = data[12:16], 20
    if first == b"VP8X" and len(data) >= at + 10:
        width = int.from_bytes(data[at + 4 : at + 7], "little") + 1
        height = int.from_bytes(data[at + 7 : at + 10], "little") + 1
    elif first == b"VP8 " and len(data) >= at + 10:
        width = int.from_bytes(data[at + 6 : at + 8], "little") & 0x3FFF
        height = int.from_bytes(data[at + 8 : at + 10], "little") & 0x3FFF
    elif first == b"VP8L" and len(data) >= at + 5:
        bits = int.from_bytes(data[at + 1 : at + 5], "little")
        width, height = (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
    return PictureHeader(PictureFormat.WEBP, width, height, cut_off=stated > len(data) + 1)


def _heif(data: bytes) -> PictureHeader:
    """The largest image-size property of the ``meta`` box: tiles are smaller than the whole they belong to."""
    at, cut_off, meta = 0, False, b""
    while at + 8 <= len(data):
        size, kind, body = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], 8
        if size == 1 and at + 16 <= len(data):
            size, body = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        elif size == 0:
            size = len(data) - at
        if size < body:
            break
        if at + size > len(data):
            cut_off = kind in {b"meta", b"mdat", b"moov"}
            break
        if kind == b"meta":
            meta = data[at + body : at + size]
        at += size
    width = height = 0
    hit = meta.find(b"ispe")
    while hit >= 0:
        if hit + 16 <= len(meta):
            wide, high = struct.unpack_from(">II", meta, hit + 8)
            if wide * high > width * height:
                width, height = wide, high
        hit = meta.find(b"ispe", hit + 4)
    return PictureHeader(PictureFormat.HEIF, width, height, cut_off=cut_off)
