"""The pixels of the photographs in the panes: previews at once, full detail where the zoom needs it, then let go."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from clinic_app.domain.errors import ClinicError
from clinic_app.ui.compare import levels
from clinic_app.ui.compare.levels import Level, Levels
from clinic_app.ui.compare.photo import Photo
from clinic_app.ui.compare.stage import LETTERS, Stage
from clinic_app.ui.tasks import Tasks

KEEP_DETAIL = 1500
"""Milliseconds the full-size pixels are kept after the zoom no longer needs them."""

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
        self._unread: dict[str, int] = {}
        self.release = {letter: self._timer(letter) for letter in LETTERS}
        stage.detail_wanted.connect(self.judge_detail)

    def _timer(self, letter: str) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(KEEP_DETAIL)
        timer.timeout.connect(partial(self.drop_detail, letter))
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
            and self._stage.needs_detail(letter)
            and (shown := self.shown[letter]) is not None
            and shown.detail is None
            and self.detail_of[letter] != self._unread.get(letter)
            for letter in self._stage.letters
        )

    def forget(self, letter: str) -> None:
        """Nothing stands there any more."""
        self.drop_detail(letter)
        self.shown[letter] = None

    def load(self, letter: str, picture_id: int) -> None:
        """Bring a photograph by its preview; what stands there stays until then."""
        shown = self.shown[letter]
        if shown is None or shown.picture_id == picture_id:
            self.shown[letter] = None
            self._stage.show_waiting(letter)
        self._tasks.paint(
            lambda services: levels.from_preview(services.pictures.preview(picture_id)),
            lambda preview: self._preview_came(letter, picture_id, preview),
            owner=self,
            key=("preview", letter),
            failed=lambda error: self._preview_failed(letter, picture_id, error),
        )

    def exchange(self) -> None:
        """A and B change places with what they show; nothing is read again."""
        self.shown["A"], self.shown["B"] = self.shown["B"], self.shown["A"]
        self.detail_of["A"], self.detail_of["B"] = self.detail_of["B"], self.detail_of["A"]
        self._stage.exchange()
        for letter in "AB":
            shown = self.shown[letter]
            if shown is not None and shown.detail is None and self.detail_of[letter] is not None:
                self.detail_of[letter] = None
                self.judge_detail(letter, self._stage.needs_detail(letter))

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
    def judge_detail(self, letter: str, needs: bool) -> None:
        """The zoom needs the full-size pixels, or no longer."""
        shown = self.shown[letter]
        if not needs or shown is None:
            if self.detail_of[letter] is not None:
                self.release[letter].start()
            return
        self.release[letter].stop()
        picture_id = shown.picture_id
        if self.detail_of[letter] == picture_id:
            return
        self.detail_of[letter] = picture_id
        self._tasks.paint(
            lambda services: levels.from_pyramid(services.pictures.full(picture_id)),
            lambda detail: self._detail_came(letter, picture_id, detail),
            owner=self,
            key=("full", letter),
            failed=lambda error: self._detail_failed(letter, picture_id, error),
        )
        self.told.emit()

    def _detail_came(self, letter: str, picture_id: int, detail: Levels) -> None:
        shown = self.shown[letter]
        if self.detail_of[letter] == picture_id and shown is not None and shown.picture_id == picture_id:
            before, shown.detail = shown.detail, detail
            self._free(before)
            self._stage.look_again()
        else:
            self._free(detail)
        self.told.emit()

    def _detail_failed(self, letter: str, picture_id: int, error: ClinicError) -> None:
        if self.detail_of[letter] == picture_id:
            self._unread[letter] = picture_id
            self.blurred.emit(letter, error)

    def drop_detail(self, letter: str) -> None:
        """Let the full-size pixels go."""
        self.release[letter].stop()
        self._unread.pop(letter, None)
        self.detail_of[letter] = None
        shown = self.shown[letter]
        if shown is not None and shown.detail is not None:
            self._free(shown.detail)
            shown.detail = None
            self._stage.look_again()
        self.told.emit()

    def _free(self, detail: Levels | None) -> None:
        """Give up some hundred megabytes in a worker: freeing them here would make the window stutter."""
        if detail is not None:
            self._stage.composed.forget_layers()
            self._tasks.paint(lambda _: detail.steps.clear(), lambda _: None, owner=self)
