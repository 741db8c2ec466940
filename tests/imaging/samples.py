"""Good and bad picture files for all tests, made on the spot; only HEIC files lie ready in ``samples/``.

Every good sample carries PLACE in each metadata field that can hold a place or a comment: it must never be seen again.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

Array = NDArray[np.uint8]

PLACE = "CANARY-OF-THE-PLACE"
TAKEN = "2026:01:12 09:31:07"
FOLDER = Path(__file__).parent / "samples"

RED, GREEN, BLUE, YELLOW = (200, 40, 40), (40, 160, 60), (40, 60, 190), (220, 200, 60)


def quarters(width: int = 96, height: int = 64) -> Array:
    """Red, green above blue, yellow: every one of the eight orientations looks different."""
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[: height // 2, : width // 2] = RED
    pixels[: height // 2, width // 2 :] = GREEN
    pixels[height // 2 :, : width // 2] = BLUE
    pixels[height // 2 :, width // 2 :] = YELLOW
    return pixels


def exif(orientation: int = 1) -> Image.Exif:
    """EXIF as a phone writes it: date, camera, orientation and a place."""
    block = Image.Exif()
    block[0x010F], block[0x0110], block[0x0112] = "Drawing", "Pencil 2", orientation
    block[0x010E] = PLACE
    inner = block.get_ifd(0x8769)
    inner[0x9003], inner[0x9291], inner[0x9011] = TAKEN, "250", "+05:30"
    inner[0x9286] = b"ASCII\0\0\0" + PLACE.encode()
    place = block.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "N", (28.0, 36.0, 50.0), "E", (77.0, 12.0, 30.0)
    place[27] = b"ASCII\0\0\0" + PLACE.encode()
    return block


def jpeg(orientation: int = 1, pixels: Array | None = None, **options: object) -> bytes:
    """A JPEG with EXIF, a comment and a place."""
    image = Image.fromarray(quarters() if pixels is None else pixels)
    settings: dict[str, object] = {"quality": 95, "subsampling": 0, "exif": exif(orientation), "comment": PLACE}
    return _saved(image, "JPEG", **{**settings, **options})


def plain_jpeg(pixels: Array | None = None, quality: int = 92) -> bytes:
    """A JPEG without any metadata, as a messenger leaves it."""
    return _saved(Image.fromarray(quarters() if pixels is None else pixels), "JPEG", quality=quality)


def png(**options: object) -> bytes:
    """An 8-bit RGB PNG."""
    return _saved(Image.fromarray(quarters()), "PNG", **options)


def webp(*, lossless: bool = True) -> bytes:
    """A WebP with EXIF."""
    return _saved(Image.fromarray(quarters()), "WEBP", lossless=lossless, exif=exif())


def animated_webp() -> bytes:
    """Two frames; the first is ``quarters``."""
    second = Image.new("RGB", (96, 64), "black")
    return _saved(Image.fromarray(quarters()), "WEBP", save_all=True, append_images=[second], lossless=True)


def animated_png() -> bytes:
    """Two frames; the first is ``quarters``."""
    second = Image.new("RGB", (96, 64), "black")
    return _saved(Image.fromarray(quarters()), "PNG", save_all=True, append_images=[second])


def png_16_bit(*, gray: bool = False) -> bytes:
    """A PNG of 16 bits a channel: every value v of ``quarters`` as v * 257."""
    pixels = quarters()
    if gray:
        pixels = pixels[:, :, :1]
    return raw_png(pixels.astype(np.uint16) * 257)


def raw_png(pixels: NDArray[np.uint8] | NDArray[np.uint16]) -> bytes:
    """A PNG written by hand: gray, gray and alpha, RGB or RGBA, 8 or 16 bits."""
    height, width, channels = pixels.shape
    depth = pixels.dtype.itemsize * 8
    kind = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    body = pixels.astype(f">u{pixels.dtype.itemsize}").reshape(height, -1).view(np.uint8)
    rows = np.concatenate([np.zeros((height, 1), np.uint8), body], axis=1)
    return png_of(width, height, depth, kind, zlib.compress(rows.tobytes(), 1))


def png_of(width: int, height: int, depth: int, kind: int, packed: bytes) -> bytes:
    """PNG signature, header, one data chunk and the end."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def flat_png(width: int, height: int, channels: int = 3) -> bytes:
    """A legal PNG of one gray, small in the file however many pixels it has."""
    packer = zlib.compressobj(1)
    row = b"\0" + b"\x80" * (width * channels)
    parts = [packer.compress(row * 64) for _ in range(height // 64)]
    parts.append(packer.compress(row * (height % 64)) + packer.flush())
    return png_of(width, height, 8, {1: 0, 3: 2, 4: 6}[channels], b"".join(parts))


def palette_png() -> bytes:
    """A PNG with a palette."""
    return _saved(Image.fromarray(quarters()).quantize(8), "PNG")


def see_through_png() -> bytes:
    """RGBA: the left half of ``quarters`` fully see-through, the right half solid."""
    four = np.dstack([quarters(), np.full((64, 96), 255, np.uint8)])
    four[:, :48, 3] = 0
    return _saved(Image.fromarray(four), "PNG")


def gray_alpha_png() -> bytes:
    """Gray 100 with half alpha."""
    return _saved(Image.merge("LA", (Image.new("L", (96, 64), 100), Image.new("L", (96, 64), 128))), "PNG")


def gray_jpeg() -> bytes:
    """A one-channel JPEG of gray 100."""
    return _saved(Image.new("L", (96, 64), 100), "JPEG", quality=95)


def cmyk_jpeg() -> bytes:
    """A four-channel JPEG, as a print shop or a scanner writes it."""
    return _saved(Image.fromarray(quarters()).convert("CMYK"), "JPEG", quality=95, subsampling=0)


def with_profile(*, broken: bool = False, srgb: bool = False) -> bytes:
    """A JPEG with a colour profile: sRGB, one with another name and red and blue exchanged by it, or a broken one."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    if broken:
        profile = profile[:100] + b"\xff" * 400
    elif not srgb:
        profile = _exchanged(profile)
    return _saved(Image.fromarray(quarters()), "JPEG", quality=95, subsampling=0, icc_profile=profile)


def _exchanged(profile: bytes) -> bytes:
    """The sRGB profile with the tag of red named blue and the other way round, and no sRGB in its description."""
    changed = profile.replace(b"rXYZ", b"????", 1).replace(b"bXYZ", b"rXYZ", 1).replace(b"????", b"bXYZ", 1)
    return changed.replace("sRGB".encode("utf-16-be"), "xRGB".encode("utf-16-be")).replace(b"sRGB", b"xRGB")


def heic(name: str = "plain") -> bytes:
    """A small HEIC: ``plain`` or ``turned`` (stored turned, with EXIF and a place).

    Both are ``quarters(192, 128)`` saved once by pillow-heif (quality 80, chroma 444; turned: ``exif(6)``): the
    decoder this program uses cannot write the format.
    """
    return (FOLDER / f"{name}.heic").read_bytes()


def truncated_jpeg() -> bytes:
    """The first half of a JPEG of 800 by 600."""
    noise = np.random.default_rng(5).integers(0, 255, (600, 800, 3), dtype=np.uint8)
    whole = plain_jpeg(noise)
    return whole[: len(whole) // 2]


def truncated_png() -> bytes:
    """A PNG without its last third."""
    noise = np.random.default_rng(5).integers(0, 255, (60, 80, 3), dtype=np.uint8)
    whole = _saved(Image.fromarray(noise), "PNG")
    return whole[: len(whole) * 2 // 3]


def pdf() -> bytes:
    """The beginning of a PDF."""
    return b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\n" + b" " * 500


def zip_bomb() -> bytes:
    """A ZIP archive that unpacks to 50 MB."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("photo.bmp", b"\0" * 50_000_000)
    return stream.getvalue()


def jpeg_of_200_megapixels() -> bytes:
    """A JPEG whose header says 20 000 by 10 000."""
    data = bytearray(plain_jpeg())
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", 10_000, 20_000)
    return bytes(data)


def png_of_200_megapixels() -> bytes:
    """A PNG whose header says 20 000 by 10 000."""
    return png_of(20_000, 10_000, 8, 2, zlib.compress(b"\0" * 1000))


def webp_of_200_megapixels() -> bytes:
    """A WebP whose canvas says 16 000 by 12 500."""
    data = bytearray(webp())
    data[24:27], data[27:30] = (15_999).to_bytes(3, "little"), (12_499).to_bytes(3, "little")
    return bytes(data)


def heic_of_200_megapixels() -> bytes:
    """A HEIC whose size property says 20 000 by 10 000."""
    data = bytearray(heic())
    at = data.index(b"ispe")
    data[at + 8 : at + 16] = struct.pack(">II", 20_000, 10_000)
    return bytes(data)


def jpeg_of_many_scans(scans: int = 1500, side: int = 5000) -> bytes:
    """A progressive JPEG whose last scan is repeated: small, legal in pixels, and minutes of work (security.md F8)."""
    whole = _saved(Image.new("RGB", (side, side), (120, 120, 120)), "JPEG", progressive=True)
    last = whole.rindex(b"\xff\xda")
    return whole[:last] + whole[last:-2] * scans + b"\xff\xd9"


def motion_photo() -> bytes:
    """A JPEG with a video behind its end, as phones write it; the video is full of what looks like scans."""
    return jpeg() + b"\xff\xda" * 5000


def write_folder(folder: Path) -> dict[str, Path]:
    """All bad files under names a clinic's card could have; the key says what is wrong."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        "truncated": ("cut.jpg", truncated_jpeg()),
        "renamed": ("letter.jpg", pdf()),
        "empty": ("empty.jpg", b""),
        "too_many_pixels": ("huge.jpg", jpeg_of_200_megapixels()),
        "too_many_scans": ("layers.jpg", jpeg_of_many_scans(side=500)),
        "bomb": ("photos.jpg", zip_bomb()),
    }
    answer = {}
    for key, (name, data) in files.items():
        answer[key] = folder / name
        answer[key].write_bytes(data)
    answer["is_a_folder"] = folder / "a.jpg"
    answer["is_a_folder"].mkdir()
    return answer


def _saved(image: Image.Image, picture_format: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, picture_format, **options)
    return stream.getvalue()
