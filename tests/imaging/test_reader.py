"""Reading photographs from outside: every refusal, every conversion, every wall round the child."""

from __future__ import annotations

import hashlib
import io
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from clinic_app.domain.errors import FileRefused, StorageUnavailable
from clinic_app.domain.picture_files import PictureFormat, PictureNote, ReadPicture
from clinic_app.imaging import headers
from clinic_app.imaging.reader import PictureReader
from clinic_app.wording.imaging import MESSAGES, NOTES
from clinic_app.wording.sentences import sentence_of
from tests.imaging import samples


@pytest.fixture(scope="module")
def reader() -> Iterator[PictureReader]:
    with PictureReader() as made:
        yield made


def pixels_of(data: bytes) -> samples.Array:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def corners(data: bytes) -> list[tuple[int, int, int]]:
    """The four corner colours, row by row, a few pixels inside."""
    pixels = pixels_of(data)
    return [(int(red), int(green), int(blue)) for red, green, blue in pixels[[3, 3, -4, -4], [3, -4, 3, -4]]]


def near(found: list[tuple[int, int, int]], wanted: list[tuple[int, int, int]], by: int = 6) -> bool:
    return bool(np.abs(np.array(found) - np.array(wanted)).max() <= by)


def refusal(reader: PictureReader, source: Path | bytes, name: str | None = None) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        reader.read(source, name)
    assert caught.value.code in MESSAGES
    sentence = MESSAGES[caught.value.code].format(**caught.value.params)
    assert "{" not in sentence
    return caught.value


STRAIGHT = [samples.RED, samples.GREEN, samples.BLUE, samples.YELLOW]


class TestGoodFiles:
    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_every_orientation_is_applied_to_all_three_derivatives(
        self, reader: PictureReader, orientation: int
    ) -> None:
        data = samples.jpeg(orientation)
        picture = reader.read(data, "a.jpg")
        wanted = pixels_of_image(ImageOps.exif_transpose(Image.open(io.BytesIO(data))))
        assert (picture.height, picture.width) == wanted.shape[:2]
        assert picture.camera.orientation == orientation
        for derivative in (picture.display, picture.preview, picture.thumbnail):
            found = pixels_of(derivative)
            assert found.shape == wanted.shape
            assert near(corners(derivative), [tuple(c) for c in wanted[[3, 3, -4, -4], [3, -4, 3, -4]]])

    def test_facts_of_the_camera(self, reader: PictureReader) -> None:
        camera = reader.read(samples.jpeg(), "a.jpg").camera
        assert (camera.taken_text, camera.subsecond_text, camera.offset_text) == (samples.TAKEN, "250", "+05:30")
        assert (camera.maker, camera.model) == ("Drawing", "Pencil 2")

    def test_the_original_stays_byte_for_byte(self, reader: PictureReader, tmp_path: Path) -> None:
        data = samples.motion_photo()
        path = tmp_path / "motion.jpg"
        path.write_bytes(data)
        picture = reader.read(path)
        assert picture.original == data
        assert picture.name == "motion.jpg"
        assert picture.sha256 == hashlib.sha256(data).hexdigest()

    @pytest.mark.parametrize(
        ("make", "picture_format"),
        [
            (samples.jpeg, PictureFormat.JPEG),
            (samples.webp, PictureFormat.WEBP),
            (lambda: samples.png(exif=samples.exif()), PictureFormat.PNG),
            (lambda: samples.heic("turned"), PictureFormat.HEIF),
            (samples.motion_photo, PictureFormat.JPEG),
        ],
    )
    def test_no_derivative_knows_the_place(
        self, reader: PictureReader, make: Callable[[], bytes], picture_format: PictureFormat
    ) -> None:
        data = make()
        assert samples.PLACE.encode() in data
        picture = reader.read(data)
        assert picture.format is picture_format
        assert picture.camera.taken_text == samples.TAKEN
        for derivative in (picture.display, picture.preview, picture.thumbnail):
            assert samples.PLACE.encode() not in derivative
            assert b"Exif" not in derivative
            assert not Image.open(io.BytesIO(derivative)).getexif()
        assert samples.PLACE not in repr((picture.camera, picture.notes))

    def test_heic(self, reader: PictureReader) -> None:
        picture = reader.read(samples.heic(), "IMG_0001.HEIC")
        assert (picture.width, picture.height) == (192, 128)
        assert near(corners(picture.display), STRAIGHT)

    def test_heic_that_is_stored_turned(self, reader: PictureReader) -> None:
        picture = reader.read(samples.heic("turned"), "IMG_0002.HEIC")
        assert (picture.width, picture.height) == (128, 192)
        turned = [samples.BLUE, samples.RED, samples.YELLOW, samples.GREEN]
        assert near(corners(picture.display), turned)
        assert picture.camera.orientation == 6

    @pytest.mark.parametrize(
        ("make", "note"),
        [
            (samples.animated_webp, PictureNote.ANIMATED_FIRST_FRAME),
            (samples.animated_png, PictureNote.ANIMATED_FIRST_FRAME),
            (samples.png_16_bit, PictureNote.SIXTEEN_BIT_CONVERTED),
            (samples.plain_jpeg, PictureNote.NO_PROFILE),
            (lambda: samples.with_profile(broken=True), PictureNote.PROFILE_BROKEN),
            (samples.palette_png, PictureNote.NO_PROFILE),
            (samples.webp, PictureNote.NO_PROFILE),
        ],
    )
    def test_colours_stay_and_a_note_says_what_was_done(
        self, reader: PictureReader, make: Callable[[], bytes], note: PictureNote
    ) -> None:
        picture = reader.read(make())
        assert note in picture.notes
        assert near(corners(picture.display), STRAIGHT)
        assert (picture.width, picture.height) == (96, 64)

    def test_cmyk_is_converted(self, reader: PictureReader) -> None:
        picture = reader.read(samples.cmyk_jpeg(), "print.jpg")
        assert PictureNote.CMYK_CONVERTED in picture.notes
        assert near(corners(picture.display), STRAIGHT, by=12)

    def test_an_srgb_profile_changes_nothing(self, reader: PictureReader) -> None:
        picture = reader.read(samples.with_profile(srgb=True))
        assert picture.had_profile
        assert picture.notes == ()
        assert near(corners(picture.display), STRAIGHT)

    def test_another_profile_is_used(self, reader: PictureReader) -> None:
        picture = reader.read(samples.with_profile())
        assert PictureNote.PROFILE_CONVERTED in picture.notes
        red, green, _, _ = corners(picture.display)
        assert red[2] > red[0] + 80
        assert green[1] > 120

    def test_gray_and_16_bit_gray(self, reader: PictureReader) -> None:
        assert near(corners(reader.read(samples.gray_jpeg()).display), [(100, 100, 100)] * 4)
        picture = reader.read(samples.png_16_bit(gray=True))
        assert PictureNote.SIXTEEN_BIT_CONVERTED in picture.notes
        assert near(corners(picture.display), [(v, v, v) for v in (200, 40, 40, 220)])

    def test_see_through_is_put_on_white(self, reader: PictureReader) -> None:
        picture = reader.read(samples.see_through_png())
        assert PictureNote.TRANSPARENCY_ON_WHITE in picture.notes
        assert near(corners(picture.display), [(255, 255, 255), samples.GREEN, (255, 255, 255), samples.YELLOW])
        assert near(corners(reader.read(samples.gray_alpha_png()).display), [(177, 177, 177)] * 4)

    def test_sizes_of_the_derivatives(self, reader: PictureReader) -> None:
        picture = reader.read(samples.plain_jpeg(samples.quarters(4200, 1400)))
        assert (picture.width, picture.height) == (4200, 1400)
        sizes = [Image.open(io.BytesIO(data)).size for data in (picture.display, picture.preview, picture.thumbnail)]
        assert sizes == [(4200, 1400), (2048, 683), (320, 107)]
        assert near(corners(picture.thumbnail), STRAIGHT)

    def test_a_progressive_jpeg_and_one_pixel(self, reader: PictureReader) -> None:
        assert near(corners(reader.read(samples.jpeg(progressive=True)).display), STRAIGHT)
        picture = reader.read(samples.plain_jpeg(np.full((1, 1, 3), 90, np.uint8)))
        assert (picture.width, picture.height) == (1, 1)

    def test_broken_exif_costs_the_date_only(self, reader: PictureReader) -> None:
        data = samples.jpeg().replace(b"Exif\0\0MM\0*", b"Exif\0\0??\xff\xff", 1)
        picture = reader.read(data)
        assert picture.camera.taken_text is None
        assert near(corners(picture.display), STRAIGHT)

    def test_every_note_has_a_sentence(self) -> None:
        assert set(NOTES) == {note.value for note in PictureNote}


def pixels_of_image(image: Image.Image) -> samples.Array:
    return np.asarray(image.convert("RGB"))


class TestRefusals:
    def test_bad_folder(self, reader: PictureReader, tmp_path: Path) -> None:
        wanted = {
            "truncated": "picture_truncated",
            "renamed": "picture_renamed",
            "empty": "picture_empty",
            "too_many_pixels": "picture_too_many_pixels",
            "too_many_scans": "picture_too_many_scans",
            "bomb": "picture_renamed",
            "is_a_folder": "picture_is_a_folder",
        }
        files = samples.write_folder(tmp_path / "card")
        assert {key: refusal(reader, path).code for key, path in files.items()} == wanted

    @pytest.mark.parametrize(
        ("make", "name", "code"),
        [
            (samples.truncated_png, "a.png", "picture_truncated"),
            (lambda: samples.webp()[:-40], "a.webp", "picture_truncated"),
            (lambda: samples.heic()[:-200], "a.heic", "picture_truncated"),
            (samples.png_of_200_megapixels, "a.png", "picture_too_many_pixels"),
            (samples.webp_of_200_megapixels, "a.webp", "picture_too_many_pixels"),
            (samples.heic_of_200_megapixels, "a.heic", "picture_too_many_pixels"),
            (samples.png, "a.jpg", "picture_renamed"),
            (samples.jpeg, "a.pdf", "picture_renamed"),
            (samples.pdf, "a.pdf", "picture_not_a_picture"),
            (samples.pdf, "pasted", "picture_not_a_picture"),
            (lambda: b"GIF89a" + bytes(40), "a.gif", "picture_not_a_picture"),
            (lambda: b"hello", "a.txt", "picture_not_a_picture"),
            (lambda: b"\xff\xd8\xff", "a.jpg", "picture_truncated"),
        ],
    )
    def test_bad_bytes(self, reader: PictureReader, make: Callable[[], bytes], name: str, code: str) -> None:
        assert refusal(reader, make(), name).code == code

    def test_the_sentence_names_both_kinds(self, reader: PictureReader) -> None:
        error = refusal(reader, samples.pdf(), "letter.jpg")
        assert "“letter.jpg” says it is a JPEG but is a PDF" in MESSAGES[error.code].format(**error.params)

    def test_a_name_with_dots_is_no_ending(self, reader: PictureReader) -> None:
        assert reader.read(samples.jpeg(), "IMG 2026.01.12").width == 96

    def test_too_big_is_not_even_read(self, reader: PictureReader, tmp_path: Path) -> None:
        path = tmp_path / "film.jpg"
        with path.open("wb") as file:
            file.truncate(60_000_000)
        assert refusal(reader, path).code == "picture_too_big"
        assert refusal(reader, bytes(50_000_001), "film.jpg").code == "picture_too_big"

    def test_gone_and_not_a_file(self, reader: PictureReader, tmp_path: Path) -> None:
        assert refusal(reader, tmp_path / "gone.jpg").code == "picture_file_gone"
        if sys.platform != "win32":
            pipe = tmp_path / "pipe.jpg"
            os.mkfifo(pipe)
            assert refusal(reader, pipe).code == "picture_not_a_file"

    def test_damage_inside_the_pixels(self, reader: PictureReader) -> None:
        noise = np.random.default_rng(3).integers(0, 255, (300, 400, 3), dtype=np.uint8)
        data = bytearray(samples.plain_jpeg(noise))
        half = len(data) // 2
        data[half : half + 2000] = b"\xff\xd0" * 1000
        assert refusal(reader, bytes(data), "a.jpg").code in {"picture_damaged", "picture_truncated"}


class TestWalls:
    def test_the_child_is_ended_at_the_deadline_and_the_next_photo_is_read(self) -> None:
        bomb = samples.jpeg_of_many_scans()
        with PictureReader(deadline=0.7) as reader:
            reader.read(samples.jpeg())
            first = reader._child
            assert first is not None
            started = time.monotonic()
            with pytest.raises(FileRefused) as caught:
                reader._read(bomb, PictureFormat.JPEG, "layers.jpg")
            assert caught.value.code == "picture_timed_out"
            assert time.monotonic() - started < 30
            assert first.returncode is not None
            assert reader.read(samples.jpeg()).width == 96
            assert reader._child is not first

    @pytest.mark.skipif(sys.platform != "linux", reason="address space is limited on Linux only")
    def test_a_photo_that_needs_too_much_memory_is_refused(self) -> None:
        big = samples.flat_png(9000, 7000)
        with PictureReader(memory=450_000_000) as reader:
            assert refusal(reader, big, "big.png").code == "picture_out_of_memory"
            assert reader.read(samples.jpeg()).width == 96

    def test_63_megapixels_fit(self, reader: PictureReader) -> None:
        picture = reader.read(samples.flat_png(9000, 7000), "big.png")
        assert (picture.width, picture.height) == (9000, 7000)

    def test_a_child_that_dies_is_replaced(self) -> None:
        with PictureReader() as reader:
            assert reader._child is not None
            reader._child.kill()
            assert refusal(reader, samples.jpeg()).code == "picture_unreadable"
            assert reader.read(samples.jpeg()).width == 96

    @pytest.mark.parametrize("there", [False, True])
    def test_a_child_that_cannot_start_gets_a_sentence(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, there: bool
    ) -> None:
        missing = tmp_path / "python"
        if there:
            missing.write_text("not to be run", encoding="utf-8")
        threads = threading.active_count()
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        with PictureReader() as reader:
            assert reader._child is not None
            reader._child.kill()
            refusal(reader, samples.jpeg())
            with monkeypatch.context() as gone:
                gone.setattr(sys, "executable", str(missing))
                refused = refusal(reader, samples.jpeg(), "a.jpg")
                assert refused.code == "picture_reader_not_started"
                assert "could not be started" in sentence_of(refused)
                with pytest.raises(StorageUnavailable) as caught:
                    PictureReader()
            assert caught.value.code == "picture_reader_not_started"
            assert str(missing) not in sentence_of(caught.value)
            assert reader.read(samples.jpeg()).width == 96
        assert threading.active_count() == threads
        assert [path for path in tmp_path.iterdir() if path != missing] == []

    def test_the_child_is_recycled(self) -> None:
        with PictureReader() as reader:
            reader.read(samples.jpeg())
            first = reader._child
            reader._count = 200
            reader.read(samples.jpeg())
            assert reader._child is not first

    def test_nothing_is_left_behind(self) -> None:
        with PictureReader() as reader:
            picture: ReadPicture = reader.read(samples.jpeg())
            folder, child, thread = reader._folder, reader._child, reader._watchdog._thread
            assert list(folder.iterdir()) == []
        assert picture.width == 96
        assert child is not None
        assert child.returncode == 0
        assert not folder.exists()
        assert not thread.is_alive()
        reader.close()
        assert refusal(reader, samples.jpeg()).code == "picture_reader_ended"

    @pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
    def test_the_limits_hold_inside_the_child(self, reader: PictureReader) -> None:
        reader.read(samples.jpeg())
        assert reader._child is not None
        process = Path(f"/proc/{reader._child.pid}")
        limits = (process / "limits").read_text()
        rows = {row[:26].strip(): row[26:].split()[:2] for row in limits.splitlines()}
        assert rows["Max address space"] == ["1288490188", "1288490188"]
        assert rows["Max open files"] == ["32", "32"]
        assert rows["Max core file size"] == ["0", "0"]
        assert rows["Max file size"] == ["0", "0"]
        assert "NoNewPrivs:\t1" in (process / "status").read_text()
        names = {row.split("=")[0] for row in (process / "environ").read_text().split("\0") if row}
        assert "HOME" not in names
        assert "PATH" not in names
        assert (process / "cwd").resolve() == reader._folder.resolve()

    def test_mutants_never_break_the_parent(self, reader: PictureReader) -> None:
        chance = random.Random(20260319)  # noqa: S311
        seeds = [
            samples.jpeg(6),
            samples.png(),
            samples.webp(),
            samples.heic("turned"),
            samples.with_profile(),
            samples.png_16_bit(),
            samples.jpeg(progressive=True),
        ]
        taken = 0
        sentences: set[str] = set()
        for turn in range(210):
            data = bytearray(seeds[turn % len(seeds)])
            for _ in range(chance.choice((1, 3, 20))):
                data[chance.randrange(12, len(data))] = chance.randrange(256)
            if chance.random() < 0.2:
                del data[chance.randrange(20, len(data)) :]
            try:
                picture = reader.read(bytes(data))
            except FileRefused as error:
                sentences.add(MESSAGES[error.code].format(**error.params))
            else:
                taken += 1
                assert headers.format_of(picture.thumbnail) is PictureFormat.JPEG
        assert taken > 20
        assert len(sentences) > 2
        assert reader.read(samples.jpeg()).width == 96
