"""The neutral ground the panes stand on, how they are laid out, and the one lens they follow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from clinic_app.domain.comparison import CompareMode
from clinic_app.domain.lens import Extent, Frame, Lens, Link, Point, Sizing
from clinic_app.ui.compare.chrome import LinkBadge
from clinic_app.ui.compare.composed import ComposedPane, Mix, matching
from clinic_app.ui.compare.figures import Figure
from clinic_app.ui.compare.looks import Looks
from clinic_app.ui.compare.notice import Action, Notice
from clinic_app.ui.compare.pane import PicturePane
from clinic_app.ui.compare.photo import Detail, Photo
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.wording.language import translate

MARGIN = 8
GUTTER = 8
LETTERS = "ABCD"


class Stage(QWidget):
    """Up to four panes and the one lens they follow; panes do not know each other.

    ``moved``: the lens, a link, the mode, the layout or the active pane changed. ``detail_wanted(letter, Detail)``: the
    zoom needs another size of a photograph. ``painted(letter)``: a preview was painted for the first time. ``nudged``,
    ``clicked``, ``stroked``, ``dropped``, ``held``, ``point_moved``, ``let_go``, ``stepped`` (by the wheel) and
    ``turned`` (by fingers) as of the panes, the letter first. ``menu_asked(place)``: on the screen. ``changed``:
    photographs, lens or looks are others now (a second window follows).
    """

    moved = Signal()
    changed = Signal()
    detail_wanted = Signal(str, object)
    painted = Signal(str)
    nudged = Signal(str, float, float)
    clicked = Signal(str, object)
    stroked = Signal(str, str, object)
    dropped = Signal(str, int)
    held = Signal(str, int, int)
    point_moved = Signal(str, int, int, object)
    let_go = Signal(str)
    stepped = Signal(str, int)
    turned = Signal(str, float)
    menu_asked = Signal(QPoint)

    def __init__(self, keeper: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self.looks, self.mix = Looks(), Mix()
        self._lens = Lens()
        self._links = dict.fromkeys(LETTERS[1:], Link())
        self._linked = True
        self._stacked: bool | None = None
        self._shape: Extent | None = None
        self._mode = CompareMode.SIDE_BY_SIDE
        self._count = 2
        self._active = "B"
        self._peeking = False
        self._photos: dict[str, Photo] = {}
        self._instead: dict[str, tuple[str, str, tuple[Action, ...]]] = {}
        self._needs = dict.fromkeys(LETTERS, Detail.NONE)
        self._ready = False
        self._notice = Notice(keeper, self)
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.panes = {letter: PicturePane(keeper, letter, self.looks, self) for letter in LETTERS}
        self.composed = ComposedPane(keeper, self.looks, self.mix, self)
        for letter, pane in self.panes.items():
            self._connect(letter, pane)
            pane.activated.connect(lambda letter=letter: self._activate(letter))
            pane.turned.connect(lambda degrees, letter=letter: self.turned.emit(letter, degrees))
            pane.stepped.connect(lambda way, letter=letter: self.stepped.emit(letter, way))
            pane.clicked.connect(lambda spot, letter=letter: self.clicked.emit(letter, spot))
            pane.stroked.connect(lambda phase, spot, letter=letter: self.stroked.emit(letter, phase, spot))
            pane.dropped.connect(lambda id_, letter=letter: self.dropped.emit(letter, id_))
            pane.held.connect(lambda id_, number, letter=letter: self.held.emit(letter, id_, number))
            pane.point_moved.connect(
                lambda id_, number, unit, letter=letter: self.point_moved.emit(letter, id_, number, unit)
            )
            pane.let_go.connect(lambda letter=letter: self.let_go.emit(letter))
            pane.nudged.connect(lambda dx, dy, letter=letter: self.nudged.emit(letter, dx, dy))
        self._connect("A", self.composed)
        self.composed.turned.connect(lambda degrees: self.turned.emit(self.active_letter, degrees))
        self.composed.stepped.connect(lambda way: self.stepped.emit("B", way))
        self.composed.activated.connect(self.moved)
        self.composed.dropped.connect(lambda id_: self.dropped.emit(self._active, id_))
        self.composed.nudged.connect(lambda dx, dy: self.nudged.emit(self.active_letter, dx, dy))
        self.composed.mixed.connect(self._told)
        self.composed.turned_over.connect(self.changed)
        self.chips: tuple[str, ...] = ()
        self.badge = LinkBadge(keeper, self)
        self.badge.clicked.connect(lambda: self.set_linked(not self._linked))
        self._ready = True
        self._show_visible()

    def _connect(self, letter: str, pane: PicturePane) -> None:
        pane.lens_asked.connect(lambda lens, every, letter=letter: self.move_lens(letter, lens, everywhere=every))
        pane.pointed.connect(lambda spot, letter=letter: self._point(letter, spot))
        pane.needs_changed.connect(self._judge_detail)
        pane.menu_asked.connect(self.menu_asked)
        pane.painted.connect(self._was_painted)
        pane.toggled.connect(lambda point, letter=letter: self._toggle_at(letter, point))

    # --- the photographs --------------------------------------------------------------------------------------
    @property
    def mode(self) -> CompareMode:
        """How the photographs are laid against each other."""
        return self._mode

    @property
    def letters(self) -> tuple[str, ...]:
        """The photographs that may be shown: A, B, and those of further panes."""
        return tuple(LETTERS[: self._count])

    @property
    def seen(self) -> tuple[str, ...]:
        """The photographs that are on the screen now."""
        if self._mode is CompareMode.SIDE_BY_SIDE:
            return self.letters
        return ("A", "B") if self._mode.composed else (self.active_letter,)

    @property
    def visible_panes(self) -> tuple[PicturePane, ...]:
        """The panes on the screen."""
        return (self.composed,) if self._mode.composed else tuple(self.panes[letter] for letter in self.seen)

    @property
    def photos(self) -> dict[str, Photo]:
        """The photographs that are here, by letter."""
        return dict(self._photos)

    @property
    def lacking(self) -> dict[str, str]:
        """Why a photograph that belongs here is not shown, by letter; not of one that is on its way."""
        letters = self.letters if self._mode is CompareMode.SIDE_BY_SIDE else ("A", "B")
        return {letter: self._instead[letter][1] for letter in letters if letter in self._instead}

    def show_photo(self, letter: str, photo: Photo) -> None:
        """A photograph came, or lies elsewhere, or has more pixels."""
        self._photos[letter] = photo
        self._instead.pop(letter, None)
        self.panes[letter].show_photo(photo)
        self._compose()

    def show_instead(self, letter: str, icon: str, words: str, actions: tuple[Action, ...] = ()) -> None:
        """Words instead of a photograph."""
        self._photos.pop(letter, None)
        self._instead[letter] = (icon, words, actions)
        self.panes[letter].show_notice(icon, words, actions)
        self._compose()

    def show_waiting(self, letter: str) -> None:
        """A photograph is on its way."""
        self._photos.pop(letter, None)
        self._instead.pop(letter, None)
        self.panes[letter].show_waiting()
        self._compose()

    def look_again(self) -> None:
        """Photographs have other labels, pixels or places."""
        for pane in (*self.panes.values(), self.composed):
            pane.look_again()
        self.composed.forget_layers()
        self._match()
        self._apply()

    def _compose(self) -> None:
        missing = {
            letter: translate("Photo {letter}: {words}").format(letter=letter, words=self.panes[letter].notice)
            for letter in "AB"
            if letter not in self._photos
        }
        self.composed.show_pair(self._photos.get("A"), self._photos.get("B"), missing)
        self._say_instead(missing)
        self._match()
        self.composed.mix_again()
        self._apply()

    def _say_instead(self, missing: dict[str, str]) -> None:
        """Where neither A nor B can be shown, why, with what can be done about either."""
        if all(letter in self._instead for letter in "AB"):
            actions = {words: act for letter in "BA" for words, act in self._instead[letter][2]}
            self.composed.show_notice(self._instead["A"][0], "\n\n".join(missing.values()), tuple(actions.items()))
        elif self.composed.notice:
            self.composed.show_waiting()

    def _match(self) -> None:
        """Darken the brighter photographs where exposures are matched."""
        lights = {letter: photo.light for letter, photo in self._photos.items() if letter in self.letters}
        darkened = matching(lights) if self.looks.match_exposure and len(lights) > 1 else {}
        for pane in (*self.panes.values(), self.composed):
            pane.set_darkened(darkened)

    def set_looks(self, **changes: Any) -> None:
        """Show labels, lines, loupe, mirror, exposure or sizes otherwise."""
        for name, value in changes.items():
            setattr(self.looks, name, value)
        self._match()
        self.composed.forget_layers()
        for pane in (*self.panes.values(), self.composed):
            pane.look_again()
        self._apply()

    def set_mix(self, **changes: Any) -> None:
        """Move the divider, show more or less of B, flip faster, strengthen the difference."""
        for name, value in changes.items():
            setattr(self.mix, name, value)
        self.composed.mix_again()
        self._told()

    def set_chips(self, chips: tuple[str, ...], own: Mapping[str, tuple[str, ...]] | None = None) -> None:
        """Short plates at the top of every pane, which every copy of them has too.

        ``own``: for whoever works here alone, by letter, before the others; by "AB" where both lie over each other.
        """
        own = own or {}
        for letter, pane in (*self.panes.items(), ("AB", self.composed)):
            pane.set_chips((*own.get(letter, ()), *chips))
        if chips != self.chips:
            self.chips = chips
            self.changed.emit()

    def set_figures(self, letter: str, shown: tuple[Figure, ...]) -> None:
        """What was measured in a photograph; a second window shows it too."""
        if self.panes[letter].set_figures(shown):
            self.changed.emit()

    def _told(self) -> None:
        self.moved.emit()
        self.changed.emit()

    # --- modes ------------------------------------------------------------------------------------------------
    def set_mode(self, mode: CompareMode) -> None:
        """Lay the photographs against each other otherwise; the keyboard stays where it was, in the panes."""
        self.peek(on=False)
        held = any(pane.hasFocus() for pane in (*self.panes.values(), self.composed))
        self._mode = mode
        if mode.composed:
            self.mix.mode = mode
        self._show_visible()
        self.composed.mix_again()
        if held:
            self.active.setFocus(Qt.FocusReason.OtherFocusReason)
        self._apply()

    def set_count(self, count: int) -> None:
        """Two to four panes side by side."""
        self._count = min(max(count, 2), len(LETTERS))
        for letter in LETTERS[self._count :]:
            self._photos.pop(letter, None)
        if self._active not in self.letters:
            self._active = "B"
        self._show_visible()
        self._match()
        self._apply()

    def peek(self, *, on: bool) -> None:
        """While it is held: the other photograph in the active pane."""
        if on == self._peeking:
            return
        self._peeking = on
        other = self._photos.get("B" if self.active_letter == "A" else "A") if on else None
        self.panes[self.active_letter].set_peek(other)
        if self._mode.composed:
            self.composed.set_peek(self._photos.get("A") if on else None)
        if not on:
            for pane in self.panes.values():
                pane.set_peek(None)
            self.composed.set_peek(None)

    def hold_pan(self, *, on: bool) -> None:
        """While it is held a drag moves the picture, whatever tool is in the hand."""
        if on != self.looks.panning:
            self.looks.panning = on
            for pane in (*self.panes.values(), self.composed):
                pane.hold_pan()

    @property
    def peeking(self) -> bool:
        """Whether the other photograph is shown for a moment."""
        return self._peeking

    def flip(self) -> None:
        """By hand, where nothing flips by itself."""
        self.composed.flip()

    def _show_visible(self) -> None:
        """The panes of the mode are seen, the others are not."""
        if not self._ready or not self._notice.isHidden():
            return
        shown = set(self.visible_panes)
        everything = (*self.panes.values(), self.composed)
        for pane in everything:
            if pane in shown:
                pane.show()
        for pane in everything:
            if pane not in shown:
                pane.hide()
        self.badge.setVisible(self._mode is CompareMode.SIDE_BY_SIDE)
        last = self.visible_panes[-1]
        for pane in everything:
            pane.set_map(shown=pane is last)
        self._arrange()
        self._judge_detail()

    def _judge_detail(self) -> None:
        """Which size every photograph is needed in."""
        if not self._ready:
            return
        for letter in LETTERS:
            panes = [self.panes[letter], *([self.composed] if letter in "AB" else [])]
            photo = self._photos.get(letter)
            need = max(pane.need_of(photo) for pane in panes)
            if need is not self._needs[letter]:
                self._needs[letter] = need
                self.detail_wanted.emit(letter, need)

    def need_of(self, letter: str) -> Detail:
        """Which size of a photograph the zoom needs."""
        return self._needs[letter]

    def _was_painted(self, letters: str) -> None:
        for letter in letters:
            self.painted.emit(letter)

    # --- the lens ---------------------------------------------------------------------------------------------
    @property
    def lens(self) -> Lens:
        """The lens of pane A; the others follow it through their links."""
        return self._lens

    @property
    def links(self) -> tuple[Link, ...]:
        """How the lenses of B and further panes stand to that of A."""
        return tuple(self._links[letter] for letter in self.letters[1:])

    @property
    def linked(self) -> bool:
        """Whether the panes move together."""
        return self._linked

    @property
    def active_letter(self) -> str:
        """The photograph the keys act on: of the pane with the keyboard last, if it shows one."""
        if self._active in self._photos:
            return self._active
        return next((letter for letter in reversed(self.letters) if letter in self._photos), self._active)

    @property
    def active(self) -> PicturePane:
        """The pane the keys act on."""
        return self.composed if self._mode.composed else self.panes[self.active_letter]

    @property
    def stacked(self) -> bool:
        """Whether A stands above B."""
        return self._stacks_better() if self._stacked is None else self._stacked

    @property
    def stacked_by_hand(self) -> bool | None:
        """Whether somebody chose how they stand; None: as fits best."""
        return self._stacked

    def lens_of(self, letter: str) -> Lens:
        """The lens a photograph is seen through."""
        return self._lens if letter == "A" else self._lens.through(self._links[letter])

    def act_on(self, letter: str) -> None:
        """The keys act on another photograph; the keyboard stays where it is."""
        if letter in self.letters:
            self._active = letter
            if self._mode is CompareMode.SINGLE:
                self._show_visible()
            self._told()

    def activate(self, letter: str) -> None:
        """The keys act on another photograph; alone, it is the one that is shown."""
        if letter in self.letters:
            self.act_on(letter)
            self.active.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_linked(self, linked: bool, *, drop_offset: bool = False) -> None:
        """Move together or apart; linking keeps the offset made meanwhile unless it is dropped."""
        self._linked = linked
        if drop_offset:
            self._links = dict.fromkeys(LETTERS[1:], Link())
        self.badge.setChecked(linked)
        self.badge.set_icon("link" if linked else "unlink")
        self.badge.rename(translate("Panes move together") if linked else translate("Panes move separately"))
        self._apply()

    def reset(self) -> None:
        """A new pair: whole pictures, linked, laid out as fits best."""
        self._lens = Lens()
        self._stacked = None
        self.set_linked(True, drop_offset=True)
        self._arrange()

    def put_lens(self, lens: Lens, links: tuple[Link, ...], *, linked: bool, stacked: bool | None) -> None:
        """As it was remembered."""
        self._lens, self._stacked = lens, stacked
        self._links = dict.fromkeys(LETTERS[1:], Link()) | dict(zip(LETTERS[1:], links, strict=False))
        self.set_linked(linked)
        self._arrange()

    def fit(self, *, everywhere: bool = False) -> None:
        """The whole picture: in all panes while they are linked, or ``everywhere``, else in the active one."""
        if self._linked or everywhere:
            self._lens = self._lens.fitted()
            self._links = dict.fromkeys(LETTERS[1:], Link())
            self._apply()
        else:
            self.move_lens(self.active_letter, self.active.lens.fitted())

    def zoom(self, factor: float, *, everywhere: bool = False) -> None:
        """Zoom in the middle of the active pane; panes that move apart follow ``everywhere``."""
        pane = self.active
        if pane.has_picture:
            self.move_lens(pane.letter, pane.lens.zoomed_at(pane.frame, factor), everywhere=everywhere)

    def zoom_to(self, scale: float) -> None:
        """Show the active pane at so many screen pixels per pixel of the photograph."""
        pane = self.active
        if pane.has_picture:
            self.move_lens(pane.letter, pane.at_scale(scale))

    def toggle_actual_size(self, *, everywhere: bool = False) -> None:
        """100 %, or the whole picture again; in all panes where they are linked, or ``everywhere``."""
        self._toggle_at(self.active.letter, None, everywhere=everywhere)

    def exchange(self) -> None:
        """A and B change places with what they show: the link turns round."""
        self._lens, self._links["B"] = self._lens.through(self._links["B"]), self._links["B"].reversed()
        a, b = self._photos.pop("A", None), self._photos.pop("B", None)
        for letter, photo in (("A", b), ("B", a)):
            if photo is not None:
                self._photos[letter] = photo
                self.panes[letter].show_photo(photo)
        self._compose()

    def toggle_stacked(self) -> None:
        """Side by side, or one above the other; sliding, the divider the other way."""
        if self._mode is CompareMode.WIPE:
            self.set_mix(level=not self.mix.level)
            return
        self._stacked = not self.stacked
        self._arrange()
        self._told()

    def shape_for(self, picture: Extent | None) -> None:
        """The size of a typical photograph of the pair, by which the panes are laid out while nobody chose."""
        self._shape = picture
        self._arrange()

    def _toggle_at(self, letter: str, point: Point | None, *, everywhere: bool = False) -> None:
        pane = self.composed if self._mode.composed else self.panes[letter]
        if not pane.has_picture:
            return
        if abs(pane.scale - 1) < 1e-6:
            self.fit(everywhere=everywhere)
        else:
            self.move_lens(letter, pane.at_scale(1.0, point), everywhere=everywhere)

    def move_lens(self, letter: str, lens: Lens, *, everywhere: bool = False) -> None:
        """One pane is to be seen through this lens; the others follow while they are linked, or ``everywhere``."""
        if self._linked or everywhere or self._mode.composed:
            self._lens = lens if letter == "A" else lens.through(self._links[letter].reversed())
        elif letter == "A":
            lenses = {other: self.lens_of(other) for other in LETTERS[1:]}
            self._links = {other: Link.between(lens, seen) for other, seen in lenses.items()}
            self._lens = lens
        else:
            self._links[letter] = Link.between(self._lens, lens)
        self._apply()

    def _apply(self) -> None:
        self._share_scale()
        self._share_rings()
        for letter, pane in self.panes.items():
            pane.set_lens(self.lens_of(letter))
        self.composed.set_lenses(self._lens, self.lens_of("B"))
        self._told()

    def _share_scale(self) -> None:
        """Where all have pixels or millimetres in common: those of the photograph that fits least."""
        common = 0.0
        if self.looks.sizing.shared and not self.unmeasured:
            for pane in self.visible_panes:
                for photo in (self._photos.get(letter) for letter in self.seen):
                    if photo is not None:
                        frame = pane.frame_of(photo)
                        fits = Frame(frame.picture, frame.pane).fit_scale(self._lens.turn)
                        fits /= photo.measure(self.looks.sizing)
                        common = min(common or fits, fits)
        self.looks.common = common

    def _share_rings(self) -> None:
        """Rings have one middle in a frame: between the pupils of the first photograph in it whose pupils are known."""
        for letter, photo in self._photos.items():
            known = [one for one in self._photos.values() if one.pupils is not None]
            first = photo if photo.frame is None else next((one for one in known if one.frame == photo.frame), photo)
            spot = None if first.pupils is None else first.spot_of(first.pupils)
            self.panes[letter].set_ring_centre(spot)
            if letter == "A":
                self.composed.set_ring_centre(spot)

    @property
    def without_rings(self) -> tuple[str, ...]:
        """The photographs on the screen whose rings have no pupils to lie about, by letter."""
        return tuple(one for one in self.seen if one in self._photos and self.panes[one].ring_centre is None)

    @property
    def without_millimetres(self) -> tuple[str, ...]:
        """The photographs on the screen of which no iris says how many millimetres they show, by letter."""
        return tuple(one for one in self.seen if one in self._photos and not self._photos[one].pixel_mm)

    @property
    def unmeasured(self) -> tuple[str, ...]:
        """Those that cannot be shown at the same millimetres though that was chosen: each fits."""
        return self.without_millimetres if self.looks.sizing is Sizing.MILLIMETRES else ()

    def _point(self, letter: str, spot: Point | None) -> None:
        others = [one for one in self.letters if one != letter]
        self.panes[letter].set_cross(None)
        if self._mode is not CompareMode.SIDE_BY_SIDE:
            return
        there = spot if spot is None or letter == "A" else self._links[letter].reversed().spot(spot)
        for other in others:
            at = there if there is None or other == "A" else self._links[other].spot(there)
            shown = self._linked and self.panes[other].has_picture
            self.panes[other].set_cross(at if shown else None)

    def _activate(self, letter: str) -> None:
        self._active = letter
        self.moved.emit()

    # --- layout -----------------------------------------------------------------------------------------------
    def show_notice(self, icon: str, words: str, actions: tuple[Action, ...] = ()) -> None:
        """Words instead of all panes."""
        for pane in (*self.panes.values(), self.composed):
            pane.hide()
        self.badge.hide()
        self._notice.say(icon, words, actions)
        self._notice.place(self.rect())

    @property
    def notice(self) -> str:
        """What stands instead of the panes, or nothing."""
        return "" if self._notice.isHidden() else self._notice.words

    @property
    def foot(self) -> int:
        """Pixels from below up to the top of the labels of the lowest panes."""
        return MARGIN + max((pane.foot for pane in self.visible_panes), default=0)

    def show_panes(self) -> None:
        """The panes again."""
        if not self._notice.isHidden():
            self._notice.hide()
        self._show_visible()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew."""
        self._arrange()
        if not self._notice.isHidden():
            self._notice.place(self.rect())
        self._apply()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the neutral ground."""
        QPainter(self).fillRect(event.rect(), self._keeper.colour("viewer.canvas"))

    def _places(self, count: int, *, stacked: bool) -> list[QRect]:
        """Where the panes stand: of one size to the pixel, so that one lens shows all alike. Four stand two by two."""
        room = self.rect().adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        columns, rows = (2, 2) if count == 4 else (1, count) if stacked else (count, 1)
        wide = max((room.width() - GUTTER * (columns - 1)) // columns, 1)
        high = max((room.height() - GUTTER * (rows - 1)) // rows, 1)
        return [
            QRect(
                room.left() + place % columns * (wide + GUTTER), room.top() + place // columns * (high + GUTTER),
                wide, high,
            )
            for place in range(count)
        ]  # fmt: skip

    def _stacks_better(self) -> bool:
        if self._shape is None:
            return False
        fits = []
        for stacked in (False, True):
            place = self._places(self._count, stacked=stacked)[0]
            fits.append(Frame(self._shape, Extent(place.width(), place.height())).fit_scale())
        return fits[1] > fits[0] * 1.05

    def _arrange(self) -> None:
        if not self._ready:
            return
        whole = self._places(1, stacked=False)[0]
        self.composed.setGeometry(whole)
        stacked = self.stacked
        places = self._places(self._count, stacked=stacked)
        for letter, pane in self.panes.items():
            if self._mode is CompareMode.SINGLE:
                pane.setGeometry(whole)
            elif letter in self.letters:
                pane.setGeometry(places[LETTERS.index(letter)])
        first, size = places[0], self.badge.sizeHint()
        if stacked and self._count < 4:
            left, top = self.width() // 2 - size.width() // 2, first.bottom() + GUTTER // 2 - size.height() // 2
        else:
            left, top = first.right() + 1 + GUTTER // 2 - size.width() // 2, MARGIN + self._keeper.px(10)
        self.badge.setGeometry(QRect(left, top, size.width(), size.height()))
        self.badge.raise_()
