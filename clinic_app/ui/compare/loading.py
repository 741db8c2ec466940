"""The pixels of the photographs in the panes: previews at once, full detail where the zoom needs it, then let go."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from clinic_app.domain.errors import ClinicError
from clinic_app.ui.compare import levels
from clinic_app.ui.compare.levels import Level, Levels
from clinic_app.ui.compare.photo import Detail, Photo
from clinic_app.ui.compare.stage import LETTERS, Stage
from clinic_app.ui.tasks import Tasks

if TYPE_CHECKING:
    from clinic_app.services import Services

KEEP_DETAIL = 1500
"""Milliseconds a larger size of a photograph is kept after the zoom no longer needs it."""

Wanted = Callable[[str], int | None]
Make = Callable[[int, Levels], Photo | None]


class Loader(QObject):
    """Which photograph each pane shows, by letter. ``wanted`` answers which is to stand there, ``make`` gives its
    pixels label and place.

    ``told``: pixels came or went. ``failed(letter, picture_id, error)``: a preview cannot be read.
    ``blurred(letter, error)``: its full detail cannot.
    """

    told = Signal()
    failed = Signal(str, int, object)
    blurred = Signal(str, object)

    def __init__(self, tasks: Tasks, stage: Stage, wanted: Wanted, make: Make, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks, self._stage, self._wanted, self._make = tasks, stage, wanted, make
        self.shown: dict[str, Photo | None] = dict.fromkeys(LETTERS)
        self.detail_of: dict[str, int | None] = dict.fromkeys(LETTERS)
        """Whose larger sizes are here or on their way."""
        self._asked: dict[str, tuple[int, Detail] | None] = dict.fromkeys(LETTERS)
        self._unread: dict[str, int] = {}
        self._expected: dict[int, _Once] = {}
        self.release = {letter: self._timer(letter) for letter in LETTERS}
        stage.detail_wanted.connect(self.judge_detail)

    def _timer(self, letter: str) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(KEEP_DETAIL)
        timer.timeout.connect(partial(self._let_go, letter))
        return timer

    @property
    def photos(self) -> list[Photo]:
        """The photographs whose pixels are here."""
        return [photo for photo in self.shown.values() if photo is not None]

    @property
    def waits(self) -> bool:
        """Whether full detail is on its way that is seen to be missing."""
        return any(
            self.detail_of[letter] is not None
            and (need := self._stage.need_of(letter)) is not Detail.NONE
            and (shown := self.shown[letter]) is not None
            and max(shown.finer, default=Detail.NONE) < need
            and self.detail_of[letter] != self._unread.get(letter)
            for letter in self._stage.letters
        )

    def forget(self, letter: str) -> None:
        """Nothing stands there any more."""
        self.drop_detail(letter)
        self.shown[letter] = None

    def expect(self, picture_ids: Iterable[int]) -> None:
        """Begin to read previews that will most likely be wanted, in place of those expected before."""
        self._expected = {picture_id: _Once(picture_id) for picture_id in picture_ids}
        for once in self._expected.values():
            self._tasks.paint(once, lambda _: None, owner=self, failed=lambda _: None)

    def load(self, letter: str, picture_id: int) -> None:
        """Bring a photograph by its preview; what stands there stays until then."""
        shown = self.shown[letter]
        if shown is None or shown.picture_id == picture_id:
            self.shown[letter] = None
            self._stage.show_waiting(letter)
        self._tasks.paint(
            self._expected.pop(picture_id, _Once(picture_id)),
            lambda preview: self._preview_came(letter, picture_id, preview),
            owner=self,
            key=("preview", letter),
            failed=lambda error: self._preview_failed(letter, picture_id, error),
        )

    def exchange(self) -> None:
        """A and B change places with what they show; nothing is read again."""
        self.shown["A"], self.shown["B"] = self.shown["B"], self.shown["A"]
        self.detail_of["A"], self.detail_of["B"] = self.detail_of["B"], self.detail_of["A"]
        self._asked["A"] = self._asked["B"] = None
        self._stage.exchange()
        for letter in "AB":
            shown = self.shown[letter]
            if shown is not None and self.detail_of[letter] is not None:
                self.judge_detail(letter, self._stage.need_of(letter))

    def ask_halves(self) -> None:
        """Make the smaller levels of what was just painted; until then Qt shrinks it less finely."""
        for letter, shown in self.shown.items():
            if shown is not None and len(shown.preview.steps) == 1:
                self._ask_halves_of(letter, shown)

    def _ask_halves_of(self, letter: str, photo: Photo) -> None:
        self._tasks.paint(
            lambda _: levels.halves_and_light(photo.preview),
            lambda found: self._halves_came(photo, *found),
            owner=self,
            key=("halves", letter),
        )

    def _halves_came(self, photo: Photo, halves: list[Level], light: float) -> None:
        if len(photo.preview.steps) == 1:
            photo.preview.steps.extend(halves)
        photo.light = light
        self._stage.look_again()

    def _preview_came(self, letter: str, picture_id: int, preview: Levels) -> None:
        photo = self._make(picture_id, preview) if self._wanted(letter) == picture_id else None
        if photo is not None:
            self.drop_detail(letter)
            self.shown[letter] = photo
            self._stage.show_photo(letter, photo)
            self.told.emit()

    def _preview_failed(self, letter: str, picture_id: int, error: ClinicError) -> None:
        if self._wanted(letter) == picture_id:
            self.forget(letter)
            self.failed.emit(letter, picture_id, error)

    # --- full detail ------------------------------------------------------------------------------------------
    def judge_detail(self, letter: str, need: Detail) -> None:
        """The zoom needs this size of a photograph now; what it needs no more is kept for a moment."""
        shown = self.shown[letter]
        if shown is None or need is Detail.NONE:
            if self.detail_of[letter] is not None:
                self.release[letter].start()
            return
        self._keep_only(letter, shown, need)
        wanted = (shown.picture_id, need)
        if need in shown.finer or self._asked[letter] == wanted:
            return
        self.detail_of[letter], self._asked[letter] = wanted[0], wanted
        self._tasks.paint(
            _reading(shown, need),
            lambda level: self._detail_came(letter, shown, need, level),
            owner=self,
            key=("full", letter),
            failed=lambda error: self._detail_failed(letter, wanted, error),
        )
        self.told.emit()

    def _keep_only(self, letter: str, shown: Photo, need: Detail) -> None:
        """Let the sizes that are not needed go in a moment, if there are any."""
        if any(one is not need for one in shown.finer):
            self.release[letter].start()
        else:
            self.release[letter].stop()

    def _detail_came(self, letter: str, photo: Photo, detail: Detail, level: Level) -> None:
        if self._asked[letter] == (photo.picture_id, detail) and self.shown[letter] is photo:
            self._asked[letter] = None
            photo.finer[detail] = level
            self._keep_only(letter, photo, self._stage.need_of(letter))
            self._stage.look_again()
        else:
            self._free([level])
        self.told.emit()

    def _detail_failed(self, letter: str, wanted: tuple[int, Detail], error: ClinicError) -> None:
        if self._asked[letter] == wanted:
            self._unread[letter] = wanted[0]
            self.blurred.emit(letter, error)

    def _let_go(self, letter: str) -> None:
        """Let the sizes go that the zoom does not need, once it has the one it needs."""
        shown, need = self.shown[letter], self._stage.need_of(letter)
        if shown is None or need is Detail.NONE:
            self.drop_detail(letter)
        elif need in shown.finer:
            self._free([shown.finer.pop(one) for one in [*shown.finer] if one is not need])
            self._stage.look_again()

    def drop_detail(self, letter: str) -> None:
        """Let all sizes above the preview go."""
        self.release[letter].stop()
        self._unread.pop(letter, None)
        self.detail_of[letter] = self._asked[letter] = None
        shown = self.shown[letter]
        if shown is not None and shown.finer:
            self._free(list(shown.finer.values()))
            shown.finer.clear()
            self._stage.look_again()
        self.told.emit()

    def _free(self, steps: list[Level]) -> None:
        """Give up some hundred megabytes in a worker: freeing them here would make the window stutter."""
        if steps:
            self._stage.composed.forget_layers()
            self._tasks.paint(lambda _: steps.clear(), lambda _: None, owner=self)


class _Once:
    """Reads a preview the first time it is called, on whichever thread; a call meanwhile waits for it."""

    def __init__(self, picture_id: int) -> None:
        self._picture_id = picture_id
        self._lock = Lock()
        self._preview: Levels | None = None

    def __call__(self, services: Services) -> Levels:
        with self._lock:
            if self._preview is None:
                self._preview = levels.from_preview(services.pictures.preview(self._picture_id))
            return self._preview


def _reading(photo: Photo, detail: Detail) -> Callable[[Services], Level]:
    """How a size of a photograph is got: from a larger one that is here, else from what is kept."""
    picture_id, whole = photo.picture_id, photo.finer.get(Detail.WHOLE)
    if detail is Detail.WHOLE:
        return lambda services: levels.wrapped(services.pictures.full(picture_id))
    if whole is not None:
        return lambda _: levels.half_of(whole)
    return lambda services: levels.wrapped(services.pictures.half(picture_id))
