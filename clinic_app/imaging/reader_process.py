"""The child that decodes foreign picture files: no keys, no database, no paths, walled in, ended at a deadline.

Entered by ``main.py --image-reader`` or ``python -m clinic_app.imaging.reader_process`` and spoken to over its standard
input and output (``reader_frames``). It says hello, then answers one photograph after the other until its input ends.
"""

from __future__ import annotations

import io
import os
import sys
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

from clinic_app.domain.picture_files import MOST_PIXELS, PREVIEW_SIDE, THUMBNAIL_SIDE, PictureFormat, PictureNote
from clinic_app.imaging.reader_frames import read_frame, write_frame
from clinic_app.imaging.reader_limits import MEMORY, allow_processor_time, limit_this_process

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image

_BAND = 256
_LARGEST_PROFILE = 4_000_000
_ALLOWED = ("JPEG", "PNG", "WEBP", "HEIF")

_DATE_TIME_ORIGINAL, _SUBSECOND, _OFFSET, _MAKER, _MODEL, _ORIENTATION = 0x9003, 0x9291, 0x9011, 0x010F, 0x0110, 0x0112
_EXIF_FOLDER = 0x8769


class _Unfit(Exception):
    """The photograph is refused; ``code`` goes to the parent."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def main() -> int:
    """Serve photographs until the input ends. Answers the exit status."""
    memory = int(os.environ.get("IMAGE_READER_MEMORY", MEMORY))
    seconds = int(os.environ.get("IMAGE_READER_SECONDS", "20"))
    limit_this_process(memory)
    questions = sys.stdin.buffer
    answers = os.fdopen(os.dup(1), "wb")
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.close(silence)
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(questions.fileno(), os.O_BINARY)
        msvcrt.setmode(answers.fileno(), os.O_BINARY)
    _open_decoders()
    write_frame(answers, {"hello": 1})
    while (frame := read_frame(questions)) is not None:
        head, parts = frame
        allow_processor_time(seconds)
        try:
            facts, derivatives = read_picture(parts[0], PictureFormat(str(head["format"])))
        except _Unfit as refusal:
            write_frame(answers, {"refused": refusal.code, "class": ""})
        except Exception as error:  # noqa: BLE001  a decoder may raise anything (security.md F14)
            write_frame(answers, {"refused": _code_of(error), "class": type(error).__name__[:60]})
        else:
            write_frame(answers, facts, derivatives)
    return 0


def _open_decoders() -> None:
    """Import and restrict the decoders: only four formats, no half pictures, no bombs."""
    import numpy as np  # noqa: F401
    import pi_heif
    import simplejpeg  # noqa: F401
    from PIL import Image, ImageCms, ImageFile, JpegImagePlugin, PngImagePlugin, WebPImagePlugin  # noqa: F401

    from clinic_app.imaging.opencv import cv2

    cv2.setNumThreads(1)
    cv2.ocl.setUseOpenCL(False)
    pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    PngImagePlugin.MAX_TEXT_CHUNK = 1 << 20
    PngImagePlugin.MAX_TEXT_MEMORY = 1 << 22
    warnings.simplefilter("error", Image.DecompressionBombWarning)


def _code_of(error: Exception) -> str:
    """The refusal for an exception that a decoder raised; unknown ones are *unreadable*."""
    from PIL import Image

    text = str(error).lower()
    if isinstance(error, MemoryError) or "insufficient memory" in text or "out of memory" in text:
        return "picture_out_of_memory"
    if "memory" in text and ("alloc" in text or "limit" in text):
        return "picture_out_of_memory"
    if isinstance(error, (Image.DecompressionBombError, Image.DecompressionBombWarning)):
        return "picture_too_many_pixels"
    if "exceeds" in text and ("size" in text or "limit" in text or "pixel" in text):
        return "picture_too_many_pixels"
    if isinstance(error, EOFError) or any(word in text for word in ("truncated", "premature", "end of file", "eof")):
        return "picture_truncated"
    return "picture_unreadable"


def read_picture(
    data: bytes, picture_format: PictureFormat
) -> tuple[dict[str, object], tuple[bytes | memoryview, ...]]:
    """Decode one photograph; answer its facts and (display, preview, thumbnail) as JPEG bytes.

    Decoders raise what they like; ``_Unfit`` where the reason is known.
    """
    import simplejpeg
    from PIL import Image

    notes: list[PictureNote] = []
    image = Image.open(io.BytesIO(data), formats=_ALLOWED)
    camera = _camera_facts(image, notes)
    orientation = 1 if picture_format is PictureFormat.HEIF else int(str(camera["orientation"]))
    profile = image.info.get("icc_profile")
    profile = profile if isinstance(profile, bytes) and profile else None
    if picture_format is not PictureFormat.JPEG and getattr(image, "n_frames", 1) > 1:
        notes.append(PictureNote.ANIMATED_FIRST_FRAME)
    if picture_format is PictureFormat.JPEG and image.mode in {"RGB", "L"}:
        mode = image.mode
        image.close()
        pixels = _plain_jpeg(data, notes)
        if profile is not None and mode == "RGB":
            _to_srgb(pixels, profile, notes)
    else:
        if _is_sixteen_bit(data, image, picture_format):
            notes.append(PictureNote.SIXTEEN_BIT_CONVERTED)
        image.load()
        if image.width * image.height > MOST_PIXELS:
            raise _Unfit("picture_too_many_pixels")
        pixels, profile_used = _pixels_of(image, profile, notes)
        has_colour = image.mode not in {"L", "LA", "1", "I;16", "I"}
        image.close()
        if profile is not None and not profile_used and has_colour:
            _to_srgb(pixels, profile, notes)
    if profile is None:
        notes.append(PictureNote.NO_PROFILE)
    del image
    pixels = _upright(pixels, orientation)
    height, width = pixels.shape[:2]
    preview = _within(pixels, PREVIEW_SIDE)
    thumbnail = _within(preview, THUMBNAIL_SIDE)
    derivatives = (
        simplejpeg.encode_jpeg(pixels, quality=92, colorspace="RGB", colorsubsampling="420"),
        simplejpeg.encode_jpeg(preview, quality=90, colorspace="RGB", colorsubsampling="420"),
        simplejpeg.encode_jpeg(thumbnail, quality=88, colorspace="RGB", colorsubsampling="420"),
    )
    facts: dict[str, object] = {
        "width": width,
        "height": height,
        "camera": camera,
        "had_profile": profile is not None,
        "notes": [note.value for note in notes],
    }
    return facts, derivatives


def _camera_facts(image: Image.Image, notes: list[PictureNote]) -> dict[str, object]:
    """Date, maker, model and orientation from EXIF; the folder with the place (GPS) is never opened."""
    facts: dict[str, object] = dict.fromkeys(("taken_text", "subsecond_text", "offset_text", "maker", "model"))
    facts["orientation"] = 1
    try:
        exif = image.getexif()
        inner = exif.get_ifd(_EXIF_FOLDER)
        facts["taken_text"] = _plain(inner.get(_DATE_TIME_ORIGINAL))
        facts["subsecond_text"] = _plain(inner.get(_SUBSECOND))
        facts["offset_text"] = _plain(inner.get(_OFFSET))
        facts["maker"] = _plain(exif.get(_MAKER))
        facts["model"] = _plain(exif.get(_MODEL))
        orientation = exif.get(_ORIENTATION, 1)
        original = image.info.get("original_orientation")
        orientation = original if isinstance(original, int) else orientation
        if isinstance(orientation, int) and 1 <= orientation <= 8:
            facts["orientation"] = orientation
    except Exception:  # noqa: BLE001  broken EXIF raises anything; the pixels may still be good
        notes.append(PictureNote.EXIF_UNREADABLE)
    return facts


def _plain(value: object) -> str | None:
    """Printable ASCII of an EXIF text, at most 64 characters; None if nothing is left."""
    if isinstance(value, bytes):
        value = value.decode("ascii", "replace")
    if not isinstance(value, str):
        return None
    return "".join(letter for letter in value if " " <= letter <= "~").strip()[:64] or None


def _plain_jpeg(data: bytes, notes: list[PictureNote]) -> NDArray[np.uint8]:
    """A gray or three-colour JPEG as RGB. A cut-off one is refused; stray bytes between markers are tolerated."""
    import simplejpeg

    try:
        return cast("NDArray[np.uint8]", simplejpeg.decode_jpeg(data, colorspace="RGB"))
    except ValueError as error:
        text = str(error).lower()
        if "memory" in text:
            raise MemoryError from error
        if "premature end" in text:
            raise _Unfit("picture_truncated") from error
        if "extraneous bytes" not in text and "profile" not in text:
            raise _Unfit("picture_damaged") from error
    notes.append(PictureNote.SMALL_DAMAGE)
    return cast("NDArray[np.uint8]", simplejpeg.decode_jpeg(data, colorspace="RGB", strict=False))


def _is_sixteen_bit(data: bytes, image: Image.Image, picture_format: PictureFormat) -> bool:
    if picture_format is PictureFormat.PNG:
        return data[24:25] == b"\x10"
    return int(image.info.get("bit_depth", 8)) > 8 or image.mode.startswith("I")


def _pixels_of(image: Image.Image, profile: bytes | None, notes: list[PictureNote]) -> tuple[NDArray[np.uint8], bool]:
    """Any picture as RGB on white, in bands so that only one full copy more is held; whether the profile was used."""
    import numpy as np

    see_through = image.mode in {"LA", "RGBA", "PA", "La", "RGBa"} or "transparency" in image.info
    change = None
    if image.mode == "CMYK":
        notes.append(PictureNote.CMYK_CONVERTED)
        change = _change_of_profile(profile, "CMYK") if profile else None
        if profile and change is None:
            notes.append(PictureNote.PROFILE_BROKEN)
        if change is not None:
            notes.append(PictureNote.PROFILE_CONVERTED)
    pixels = np.empty((image.height, image.width, 3), np.uint8)
    holes = False
    for top, bottom in _bands(image.height):
        band = image.crop((0, top, image.width, bottom))
        target = pixels[top:bottom]
        if change is not None:
            target[:] = np.asarray(change(band))
        elif image.mode in {"I;16", "I;16L", "I;16B", "I;16N", "I"}:
            target[:] = (np.asarray(band).astype(np.uint32) >> 8).clip(0, 255).astype(np.uint8)[:, :, None]
        elif see_through:
            four = np.asarray(band.convert("RGBA"))
            alpha = four[:, :, 3:].astype(np.uint16)
            if alpha.min() < 255:
                holes = True
                mixed = four[:, :, :3] * alpha + 255 * (255 - alpha) + 127
                target[:] = (mixed // 255).astype(np.uint8)
            else:
                target[:] = four[:, :, :3]
        else:
            target[:] = np.asarray(band.convert("RGB"))
    if holes:
        notes.append(PictureNote.TRANSPARENCY_ON_WHITE)
    return pixels, image.mode == "CMYK"


def _bands(height: int) -> Iterator[tuple[int, int]]:
    for top in range(0, height, _BAND):
        yield top, min(height, top + _BAND)


def _change_of_profile(profile: bytes, mode: str) -> Any | None:
    """A function from an image of ``mode`` in this profile to sRGB; None if the profile is broken or too large."""
    from PIL import ImageCms

    if len(profile) > _LARGEST_PROFILE:
        return None
    try:
        transform = ImageCms.buildTransform(
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            mode,
            "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except Exception:  # noqa: BLE001  lcms reports broken profiles in many ways
        return None
    return lambda band: ImageCms.applyTransform(band, transform)


def _to_srgb(pixels: NDArray[np.uint8], profile: bytes, notes: list[PictureNote]) -> None:
    """Bring RGB ``pixels`` from their colour profile to sRGB, in place; nothing to do where it is sRGB already."""
    import numpy as np
    from PIL import Image, ImageCms

    try:
        title = ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(profile[:_LARGEST_PROFILE])))
    except Exception:  # noqa: BLE001  see _change_of_profile
        notes.append(PictureNote.PROFILE_BROKEN)
        return
    if title.strip().lower().startswith("srgb"):
        return
    change = _change_of_profile(profile, "RGB")
    if change is None:
        notes.append(PictureNote.PROFILE_BROKEN)
        return
    for top, bottom in _bands(pixels.shape[0]):
        pixels[top:bottom] = np.asarray(change(Image.fromarray(pixels[top:bottom])))
    notes.append(PictureNote.PROFILE_CONVERTED)


def _upright(pixels: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Apply an EXIF orientation 1-8 (TIFF 6.0, tag 274)."""
    from clinic_app.imaging.opencv import cv2

    turned: object = pixels
    if orientation == 2:
        turned = cv2.flip(pixels, 1)
    elif orientation == 3:
        turned = cv2.rotate(pixels, cv2.ROTATE_180)
    elif orientation == 4:
        turned = cv2.flip(pixels, 0)
    elif orientation == 5:
        turned = cv2.transpose(pixels)
    elif orientation == 6:
        turned = cv2.rotate(pixels, cv2.ROTATE_90_CLOCKWISE)
    elif orientation == 7:
        turned = cv2.flip(cv2.transpose(pixels), -1)
    elif orientation == 8:
        turned = cv2.rotate(pixels, cv2.ROTATE_90_COUNTERCLOCKWISE)
    return cast("NDArray[np.uint8]", turned)


def _within(pixels: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """The picture made smaller so that its longest side is ``side``; the same one if it is small enough.

    Halved by the mean of four while that stays large enough; the rest, less than two to one, is bilinear: nearly the
    same pixels as the mean over areas in a fifth of its time.
    """
    from clinic_app.imaging.opencv import cv2

    height, width = pixels.shape[:2]
    if max(height, width) <= side:
        return pixels
    scale = side / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    while max(pixels.shape[:2]) // 2 >= side and min(pixels.shape[:2]) >= 2:
        half = (pixels.shape[1] // 2, pixels.shape[0] // 2)
        pixels = cast(
            "NDArray[np.uint8]", cv2.resize(pixels[: half[1] * 2, : half[0] * 2], half, interpolation=cv2.INTER_AREA)
        )
    return cast("NDArray[np.uint8]", cv2.resize(pixels, size, interpolation=cv2.INTER_LINEAR))


if __name__ == "__main__":
    sys.exit(main())
