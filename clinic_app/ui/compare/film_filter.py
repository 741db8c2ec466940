"""Which photographs the filmstrip shows: all, those of a view, or only those of pinned pairs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from clinic_app.domain.pictures import PictureEntry
from clinic_app.ui.compare.reading import Reading
from clinic_app.wording.language import translate

COMPARED = "="
"""In place of a view: the one that is compared, whichever that is."""


@dataclass(frozen=True, slots=True)
class FilmFilter:
    """``view``: a code, ``COMPARED``, or nothing for all; ``pinned``: only photographs of pinned pairs."""

    view: str = ""
    pinned: bool = False

    @property
    def plain(self) -> bool:
        """Whether all photographs are shown."""
        return not self.view and not self.pinned

    def of(self, reading: Reading) -> tuple[PictureEntry, ...]:
        """The photographs of a patient it lets through."""
        view = reading.view if self.view == COMPARED else self.view
        kept = {one for pair in reading.answer.pins.values() for one in pair}
        return tuple(
            one
            for one in reading.answer.pictures
            if (not view or one.picture.view == view) and (not self.pinned or one.picture.id in kept)
        )

    def words(self, views: Mapping[str, str]) -> str:
        """``Strip: this view, pinned pairs``; nothing where it shows all."""
        if self.plain:
            return ""
        view = translate("this view") if self.view == COMPARED else views.get(self.view, self.view)
        parts = [part for part in (view, translate("pinned pairs") if self.pinned else "") if part]
        return translate("Strip: only {what}").format(what=", ".join(parts))


def choices(reading: Reading, chosen: FilmFilter) -> tuple[tuple[str, object, bool], ...]:
    """What can be chosen as a view: its words, its value, and whether it is chosen."""
    there = {one.picture.view for one in reading.answer.pictures}
    listed = [("", translate("All photos")), (COMPARED, translate("The view that is compared"))]
    listed += [(code, name) for code, name in reading.views.items() if code in there]
    return tuple((words, code, chosen.view == code) for code, words in listed)
