"""Reading photographs that come from outside: the parent of the image reader process.

The parent looks at size, kind and header; pixels are only ever decoded in the child (``reader_process``), which one
watchdog thread ends when a photograph takes too long.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, cast

from clinic_app.domain.errors import FileRefused, StorageUnavailable
from clinic_app.domain.picture_files import (
    LARGEST_FILE,
    PREVIEW_SIDE,
    THUMBNAIL_SIDE,
    CameraFacts,
    PictureFormat,
    PictureNote,
    ReadPicture,
)
from clinic_app.imaging import headers
from clinic_app.imaging.reader_folders import make_folder, sweep_folders
from clinic_app.imaging.reader_frames import FrameBroken, read_frame, write_frame
from clinic_app.imaging.reader_limits import MEMORY, Wall, wall_round

DEADLINE = 15.0
"""Seconds one photograph may take."""

_START = 60.0
_RECYCLE = 200
_PASTED = "pasted picture"
_CHILD_CODES = frozenset(
    {
        "picture_truncated",
        "picture_damaged",
        "picture_too_many_pixels",
        "picture_out_of_memory",
        "picture_unreadable",
    }
)


class PictureReader:
    """Reads photographs one after the other in a walled-in child process; a context manager.

    ``deadline`` is seconds a photograph, ``memory`` the child's address space in bytes (Linux and Windows). The child
    starts with the reader, is replaced after 200 photographs and after every photograph that broke it. Calls from
    several threads wait for each other. Not usable after ``close``.

    Raises ``StorageUnavailable("picture_reader_not_started")`` where the system lets no child start; a photograph for
    which a later one cannot start is refused with the same code.
    """

    def __init__(self, *, deadline: float = DEADLINE, memory: int = MEMORY) -> None:
        self._deadline = deadline
        self._memory = memory
        self._one_at_a_time = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._wall: Wall | None = None
        self._ready = False
        self._count = 0
        self._closed = False
        with contextlib.ExitStack() as undo, _starting():
            sweep_folders()
            self._folder = make_folder()
            undo.callback(shutil.rmtree, self._folder, ignore_errors=True)
            self._watchdog = _Watchdog()
            undo.callback(self._watchdog.close)
            self._start()
            undo.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the child and the watchdog; may be called twice."""
        with self._one_at_a_time:
            if self._closed:
                return
            self._closed = True
            self._end(politely=True)
        self._watchdog.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def read(self, source: Path | bytes, name: str | None = None) -> ReadPicture:
        """Read a file or the bytes of one; ``name`` is what sentences call it and whose ending is compared.

        Raises FileRefused with a code ``picture_...`` (see ``wording.imaging``); the reader stays usable.
        """
        if isinstance(source, Path):
            return self.read_bytes(_bytes_of(source, name or source.name), name or source.name)
        return self.read_bytes(source, name or _PASTED)

    def read_bytes(self, data: bytes, name: str = _PASTED) -> ReadPicture:
        """Read a photograph from memory, for instance a pasted one. Raises FileRefused."""
        header = headers.check(data, name)
        with self._one_at_a_time:
            return self._read(data, header.format, name)

    def _read(self, data: bytes, picture_format: PictureFormat, name: str) -> ReadPicture:
        if self._closed:
            raise FileRefused("picture_reader_ended", name)
        if self._count >= _RECYCLE:
            self._end(politely=True)
        head, parts = self._ask(data, picture_format, name)
        self._count += 1
        if "refused" in head:
            code = head["refused"]
            code = code if code in _CHILD_CODES else "picture_unreadable"
            raise FileRefused(str(code), name, reason=str(head.get("class") or "?")[:60])
        try:
            return _picture_of(data, picture_format, name, head, parts)
        except (FrameBroken, ValueError, TypeError, KeyError) as error:
            self._end(politely=False)
            raise FileRefused("picture_unreadable", name, reason="answer") from error

    def _ask(self, data: bytes, picture_format: PictureFormat, name: str) -> tuple[dict[str, object], list[bytes]]:
        """Send one photograph to the child and wait for its answer, at most until the deadline."""
        try:
            with _starting():
                child = self._start()
        except StorageUnavailable as error:
            raise FileRefused(error.code, name, **error.params) from error
        questions, answers = cast("BinaryIO", child.stdin), cast("BinaryIO", child.stdout)
        frame = None
        watch = _Watch(child)
        try:
            if not self._ready:
                with self._watchdog.over(_Watch(child), _START):
                    self._ready = read_frame(answers) is not None
            with self._watchdog.over(watch, self._deadline):
                write_frame(questions, {"format": picture_format.value}, (data,))
                frame = read_frame(answers)
        except (FrameBroken, OSError):
            frame = None
        if frame is not None:
            return frame
        status = self._end(politely=False)
        if watch.barked or status == _OUT_OF_PROCESSOR_TIME:
            raise FileRefused("picture_timed_out", name, seconds=round(self._deadline))
        raise FileRefused("picture_unreadable", name, reason="ended")

    def _start(self) -> subprocess.Popen[bytes]:
        if self._child is None:
            self._child = subprocess.Popen(
                _command(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=self._folder,
                env=_environment(self._memory, self._deadline),
                close_fds=True,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
                bufsize=1 << 20,
            )
            self._wall = wall_round(self._child, self._memory)
            self._ready = False
            self._count = 0
        return self._child

    def _end(self, *, politely: bool) -> int:
        """End the child and answer its exit status (negative: the POSIX signal)."""
        child, self._child = self._child, None
        if child is None:
            return 0
        if not politely:
            child.kill()
        for stream in (child.stdin, child.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        try:
            child.wait(5)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        if self._wall is not None:
            self._wall.close()
            self._wall = None
        return child.returncode


@contextlib.contextmanager
def _starting() -> Iterator[None]:
    """Turn what the system says when it starts no process or thread into ``StorageUnavailable``."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StorageUnavailable("picture_reader_not_started", reason=reason) from error
    except RuntimeError as error:  # what ``Thread.start`` raises where the system has no thread left
        raise StorageUnavailable("picture_reader_not_started", reason=str(error)) from error


@dataclass(slots=True)
class _Watch:
    """A child that must be done at ``until`` (monotonic seconds); ``barked`` says that it was ended."""

    child: subprocess.Popen[bytes]
    until: float = 0.0
    barked: bool = False


class _Watchdog:
    """One thread that ends a child which is not done in time; it sleeps while nothing is watched."""

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._watch: _Watch | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="image-reader-watchdog", daemon=True)
        self._thread.start()

    @contextlib.contextmanager
    def over(self, watch: _Watch, seconds: float) -> Iterator[None]:
        """Watch a child while the block runs."""
        with self._change:
            watch.until = time.monotonic() + seconds
            self._watch = watch
            self._change.notify()
        try:
            yield
        finally:
            with self._change:
                self._watch = None

    def close(self) -> None:
        """End the thread."""
        with self._change:
            self._closed = True
            self._change.notify()
        self._thread.join()

    def _run(self) -> None:
        with self._change:
            while not self._closed:
                watch = self._watch
                if watch is None:
                    self._change.wait()
                    continue
                left = watch.until - time.monotonic()
                if left > 0:
                    self._change.wait(left)
                    continue
                watch.barked = True
                watch.child.kill()
                self._watch = None


def _bytes_of(path: Path, name: str) -> bytes:
    """The bytes of a regular file of allowed size. Raises FileRefused; folders, pipes and devices are not opened."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise FileRefused("picture_is_a_folder", name)
        if not stat.S_ISREG(status.st_mode):
            raise FileRefused("picture_not_a_file", name)
        if status.st_size == 0:
            raise FileRefused("picture_empty", name)
        if status.st_size <= LARGEST_FILE:
            with path.open("rb") as file:
                data = file.read(LARGEST_FILE + 1)
            if len(data) <= LARGEST_FILE:
                return data
    except FileNotFoundError as error:
        raise FileRefused("picture_file_gone", name) from error
    except OSError as error:
        raise FileRefused("picture_not_opened", name, reason=error.strerror or type(error).__name__) from error
    limit = LARGEST_FILE // 1_000_000
    raise FileRefused("picture_too_big", name, megabytes=status.st_size // 1_000_000, limit=limit)


def _picture_of(
    data: bytes, picture_format: PictureFormat, name: str, head: dict[str, object], parts: list[bytes]
) -> ReadPicture:
    """The child's answer as a value, once every field and every JPEG of it has the shape it must have.

    Raises ValueError, TypeError or KeyError where it has not.
    """
    if set(head) != {"width", "height", "camera", "had_profile", "notes"}:
        raise ValueError(sorted(head))
    width, height, had_profile = head["width"], head["height"], head["had_profile"]
    if type(width) is not int or type(height) is not int or type(had_profile) is not bool:
        raise TypeError("facts")
    camera, notes = head["camera"], head["notes"]
    if not isinstance(camera, dict) or not isinstance(notes, list):
        raise TypeError("facts")
    display, preview, thumbnail = parts
    _expect_jpeg(display, width, height)
    _expect_jpeg(preview, *_within(width, height, PREVIEW_SIDE))
    _expect_jpeg(thumbnail, *_within(width, height, THUMBNAIL_SIDE))
    return ReadPicture(
        name=name,
        sha256=hashlib.sha256(data).hexdigest(),
        original=bytes(data),
        format=picture_format,
        width=width,
        height=height,
        camera=_camera_of(camera),
        had_profile=had_profile,
        notes=tuple(PictureNote(note) for note in notes),
        display=display,
        preview=preview,
        thumbnail=thumbnail,
    )


def _camera_of(camera: dict[str, object]) -> CameraFacts:
    texts: dict[str, str | None] = {}
    for field in ("taken_text", "subsecond_text", "offset_text", "maker", "model"):
        value = camera[field]
        if value is not None and not (isinstance(value, str) and len(value) <= 64 and value.isprintable()):
            raise TypeError(field)
        texts[field] = value
    orientation = camera["orientation"]
    if type(orientation) is not int or not 1 <= orientation <= 8:
        raise TypeError("orientation")
    return CameraFacts(orientation=orientation, **texts)


def _expect_jpeg(data: bytes, width: int, height: int) -> None:
    """Refuse a derivative that is not one plain JPEG of this size (a pixel of rounding allowed)."""
    if headers.format_of(data) is not PictureFormat.JPEG:
        raise ValueError("derivative")
    header = headers.read_header(data, PictureFormat.JPEG)
    if header.scans != 1 or abs(header.width - width) > 1 or abs(header.height - height) > 1:
        raise ValueError("derivative")


def _within(width: int, height: int, side: int) -> tuple[int, int]:
    scale = min(1.0, side / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def _command() -> list[str]:
    """How this Python, or this frozen program, starts the child."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--image-reader"]
    return [sys.executable, "-s", "-m", "clinic_app.imaging.reader_process"]


def _environment(memory: int, deadline: float) -> dict[str, str]:
    """The few variables the child gets: nothing of the user's, one thread a library."""
    environment = {
        "IMAGE_READER_MEMORY": str(memory),
        "IMAGE_READER_SECONDS": str(int(deadline) + 5),
        "LC_ALL": "C",
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
    }
    if sys.platform == "win32":
        environment["SYSTEMROOT"] = os.environ.get("SYSTEMROOT", r"C:\Windows")
    return environment


_OUT_OF_PROCESSOR_TIME = -int(getattr(signal, "SIGXCPU", 0)) or None
