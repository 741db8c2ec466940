"""Everything the viewer does that has no button of its own, as a menu."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtWidgets import QMenu, QWidget

from clinic_app.domain.lens import Sizing
from clinic_app.domain.marks import MarkKind
from clinic_app.ui.compare.composed import Mix
from clinic_app.ui.compare.looks import Grid, Looks
from clinic_app.ui.widgets.key_map import KeyMap
from clinic_app.wording.language import translate
from clinic_app.wording.marks import mark_words

Act = Callable[[str], object]
Take = Callable[[Any], object]
Choices = tuple[tuple[str, object, bool], ...]
"""Words, value, and whether it is chosen."""
Set = Callable[..., object]
FLIPS = (0.5, 1.0, 2.0, 3.0)
PEAKS = (14, 21, 28, 42)


class MoreMenu(QMenu):
    """The menu behind the three dots. ``act`` carries out a command by its name."""

    def __init__(self, parent: QWidget, keys: KeyMap, act: Act) -> None:
        super().__init__(parent)
        self._keys, self._act = keys, act

    def command(self, name: str, words: str, *, enabled: bool = True, checked: bool | None = None) -> None:
        """One command with its key."""
        key = self._keys.key_of(name)
        action = self.addAction(f"{words}\t{key}" if key else words)
        action.setEnabled(enabled)
        if checked is not None:
            action.setCheckable(True)
            action.setChecked(checked)
        action.triggered.connect(lambda: self._act(name))

    def choice(self, title: str, choices: Choices, take: Take, refused: Mapping[object, str] | None = None) -> None:
        """One of several; ``refused``: why some cannot be chosen now, by value."""
        why = refused or {}
        menu = self.addMenu(title)
        for words, value, chosen in choices:
            reason = why.get(value)
            action = menu.addAction(f"{words}: {reason}" if reason else words)
            action.setCheckable(True)
            action.setChecked(chosen)
            action.setEnabled(not reason)
            action.triggered.connect(lambda _=False, value=value: take(value))

    def fill_looks(
        self, looks: Looks, mix: Mix, set_looks: Set, set_mix: Set, without_millimetres: tuple[str, ...] = ()
    ) -> None:
        """What is seen over and of the photographs; ``without_millimetres``: letters of those that have no scale."""
        why = translate("measure the iris in {letters} first ({key})").format(
            letters=" + ".join(without_millimetres), key=self._keys.key_of("iris")
        )
        sizes = (
            (translate("Whole picture"), Sizing.BOX), (translate("Width"), Sizing.WIDTH),
            (translate("Height"), Sizing.HEIGHT), (translate("Pixels"), Sizing.PIXELS),
            (translate("Millimetres, about"), Sizing.MILLIMETRES),
        )  # fmt: skip
        self.choice(
            translate("Same size by"),
            tuple((words, one, looks.sizing is one) for words, one in sizes),
            lambda one: set_looks(sizing=one),
            {Sizing.MILLIMETRES: why} if without_millimetres else None,
        )
        grids = (
            (translate("None"), Grid.OFF), (translate("Thirds"), Grid.THIRDS), (translate("Squares"), Grid.FINE),
            (translate("Rings"), Grid.RINGS),
        )  # fmt: skip
        self.choice(
            translate("Lines"),
            tuple((words, one, looks.grid is one) for words, one in grids),
            lambda one: set_looks(grid=one),
        )
        self.command("loupe", translate("Loupe"), checked=looks.loupe)
        self.command("mirror", translate("As in a mirror"), checked=looks.mirrored)
        self.command("exposure", translate("Match the exposure"), checked=looks.match_exposure)
        self.choice(
            translate("Flips in a second"),
            tuple((f"{one:g}", one, mix.hertz == one) for one in FLIPS),
            lambda one: set_mix(hertz=one),
        )
        colours = ((translate("Grey"), False), (translate("Coloured"), True))
        self.choice(
            translate("Difference in"),
            tuple((words, one, mix.coloured is one) for words, one in colours),
            lambda one: set_mix(coloured=one),
        )

    def fill_drawing(self, kind: MarkKind | None, *, enabled: bool) -> None:
        """What is drawn on the photographs, or hidden in what leaves."""
        self.addSeparator()
        for one in (MarkKind.TEXT, MarkKind.ARROW, MarkKind.ELLIPSE, MarkKind.FREEHAND):
            words = translate("Draw: {kind}").format(kind=mark_words(one))
            self.command(one.value, words, enabled=enabled, checked=kind is one)
        hidden = MarkKind.COVER
        self.command(
            hidden.value, translate("Hide a region in copies and prints"), enabled=enabled, checked=kind is hidden
        )

    def fill_peak(self, usual: int, chosen: int | None, take: Take, *, enabled: bool) -> None:
        """The day of the strongest effect, by which B is chosen."""
        named = translate("Day {day}, as usual here").format(day=usual)
        choices: list[tuple[str, object, bool]] = [(named, None, chosen is None)]
        days = sorted({*PEAKS, *([chosen] if chosen is not None else [])} - {usual})
        choices += [(translate("Day {day}").format(day=day), day, chosen == day) for day in days]
        self.choice(translate("Strongest effect"), tuple(choices), take)
        self.actions()[-1].setEnabled(enabled)
