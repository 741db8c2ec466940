"""How fast the viewer shows photographs: a key to both previews painted, a zoom to both at full detail.

Each value stands beside its floor, measured in the same run (design section 8), the two in turn.
"""

from __future__ import annotations

import secrets
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clinic_app.domain.picture_files import PREVIEW_SIDE
from clinic_app.imaging.decode import decode_jpeg
from clinic_app.storage.keys import keys_of
from clinic_app.storage.picture_store import FilePictureStore, PictureKind
from tests.benchmarks.photographs import HEIGHT, WIDTH, Photographs, jpeg, viewer, wait_until
from tests.benchmarks.table import Row, row


@contextmanager
def _sealed() -> Iterator[Photographs]:
    with tempfile.TemporaryDirectory() as folder:
        store = FilePictureStore(Path(folder), keys_of({1: secrets.token_bytes(32)}, demo=True))
        photographs = Photographs(store=store)
        for number in (1, 2):
            high = round(PREVIEW_SIDE * HEIGHT / WIDTH)
            photographs.keep(PictureKind.PREVIEW, number, jpeg(PREVIEW_SIDE, high, number, 90))
            photographs.keep(PictureKind.DISPLAY, number, jpeg(WIDTH, HEIGHT, number))
        yield photographs


def pair_open(rounds: int = 20) -> list[Row]:
    """From the key to both previews painted; floor: decrypt and decode both, one after the other, and one repaint."""
    values: list[float] = []
    floors: list[float] = []
    with _sealed() as photographs, viewer(photographs) as (view, tasks, moments):
        for turn in range(rounds + 3):
            view.close_case()
            wait_until(lambda: tasks.pending == 0)
            moments.clear()
            start = time.perf_counter()
            view.open_case(1)
            wait_until(lambda: bool(moments), signal=view.pair_shown)
            opened = (moments[0] - start) * 1000
            wait_until(lambda: tasks.pending == 0)
            start = time.perf_counter()
            for number in (1, 2):
                decode_jpeg(photographs.read(PictureKind.PREVIEW, number))
            view.repaint()
            floor = (time.perf_counter() - start) * 1000
            if turn >= 3:
                values.append(opened)
                floors.append(floor)
    goal = "≤ 1.5×, ≤ 50 ms"
    return [row("pair key to both previews painted", values, floors, goal, at=0.5, most=50.0, over=1.5)]


def full_detail(rounds: int = 12) -> list[Row]:
    """From a zoom to 100 % to both 24 MP photographs painted at full detail; floor: libjpeg-turbo on two threads."""
    import simplejpeg

    values: list[float] = []
    floors: list[float] = []
    with _sealed() as photographs, viewer(photographs) as (view, tasks, moments):
        view.open_case(1)
        wait_until(lambda: bool(moments), signal=view.pair_shown)
        encoded = [photographs.read(PictureKind.DISPLAY, number) for number in (1, 2)]
        panes = [view.stage.panes[letter] for letter in "AB"]
        for turn in range(rounds + 2):
            view.stage.fit()
            for letter in "AB":
                view.loader.drop_detail(letter)
            wait_until(lambda: tasks.pending == 0)
            start = time.perf_counter()
            view.stage.zoom_to(1.0)
            wait_until(lambda: all(pane.has_detail for pane in panes), signal=view.loader.told)
            view.repaint()
            value = (time.perf_counter() - start) * 1000
            wait_until(lambda: tasks.pending == 0)
            threads = [
                threading.Thread(target=simplejpeg.decode_jpeg, args=(data,), kwargs={"colorspace": "BGRA"})
                for data in encoded
            ]
            start = time.perf_counter()
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            if turn >= 2:
                values.append(value)
                floors.append((time.perf_counter() - start) * 1000)
    return [row("zoom to both 24 MP photographs at full detail", values, floors, "≤ 1.6×", at=0.5, over=1.6)]
