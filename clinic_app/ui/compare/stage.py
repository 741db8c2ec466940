"""The neutral ground the two panes stand on, side by side or one above the other, and the chain between them."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from clinic_app.domain.lens import Extent, Frame, Lens, Link, Point
from clinic_app.ui.compare.chrome import LinkBadge
from clinic_app.ui.compare.pane import Action, Notice, PicturePane
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.wording.language import translate

MARGIN = 8
GUTTER = 8


class Stage(QWidget):
    """Pane A, pane B and the one lens they follow; panes do not know each other.

    ``moved``: the lens, the link or the active pane changed. ``detail_wanted(letter, bool)`` as of the panes.
    """

    moved = Signal()
    detail_wanted = Signal(str, bool)
    painted = Signal(str)

    def __init__(self, keeper: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self._lens = Lens()
        self._link = Link()
        self._linked = True
        self._stacked: bool | None = None
        self._shape: Extent | None = None
        self._active = "B"
        self._notice = Notice(keeper, self)
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.panes = {letter: PicturePane(keeper, letter, self) for letter in "AB"}
        for letter, pane in self.panes.items():
            pane.lens_asked.connect(lambda lens, every, letter=letter: self._move(letter, lens, everywhere=every))
            pane.pointed.connect(lambda spot, letter=letter: self._point(letter, spot))
            pane.activated.connect(lambda letter=letter: self._activate(letter))
            pane.detail_wanted.connect(lambda needs, letter=letter: self.detail_wanted.emit(letter, needs))
            pane.painted.connect(lambda letter=letter: self.painted.emit(letter))
            pane.toggled.connect(lambda point, letter=letter: self._toggle_at(letter, point))
        self.badge = LinkBadge(keeper, self)
        self.badge.clicked.connect(lambda: self.set_linked(not self._linked))

    # --- the lens ---------------------------------------------------------------------------------------------
    @property
    def lens(self) -> Lens:
        """The lens of pane A; pane B follows it through the link."""
        return self._lens

    @property
    def linked(self) -> bool:
        """Whether both panes move together."""
        return self._linked

    @property
    def active(self) -> PicturePane:
        """The pane the keys act on: the one with the keyboard last, if it shows a photograph."""
        other = self.panes["A" if self._active == "B" else "B"]
        chosen = self.panes[self._active]
        return other if other.has_picture and not chosen.has_picture else chosen

    @property
    def stacked(self) -> bool:
        """Whether A stands above B."""
        return self._stacks_better() if self._stacked is None else self._stacked

    def set_linked(self, linked: bool, *, drop_offset: bool = False) -> None:
        """Move together or apart; linking keeps the offset made meanwhile unless it is dropped."""
        self._linked = linked
        if drop_offset:
            self._link = Link()
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

    def fit(self) -> None:
        """The whole picture: in both panes while they are linked, else in the active one."""
        if self._linked:
            self._lens, self._link = self._lens.fitted(), Link()
            self._apply()
        else:
            self._move(self.active.letter, self.active.lens.fitted())

    def zoom(self, factor: float) -> None:
        """Zoom in the middle of the active pane."""
        pane = self.active
        if pane.has_picture:
            self._move(pane.letter, pane.lens.zoomed_at(pane.frame, factor))

    def zoom_to(self, scale: float) -> None:
        """Show the active pane at so many screen pixels per pixel of the photograph."""
        pane = self.active
        if pane.has_picture:
            self._move(pane.letter, pane.lens.at_scale(pane.frame, scale))

    def toggle_actual_size(self) -> None:
        """100 %, or the whole picture again."""
        self._toggle_at(self.active.letter, None)

    def exchange(self) -> None:
        """A and B change places with what they show: the link turns round."""
        self._lens, self._link = self._lens.through(self._link), self._link.reversed()
        self._apply()

    def toggle_stacked(self) -> None:
        """Side by side, or one above the other."""
        self._stacked = not self.stacked
        self._arrange()
        self.moved.emit()

    def shape_for(self, picture: Extent | None) -> None:
        """The size of a typical photograph of the pair, by which the panes are laid out while nobody chose."""
        self._shape = picture
        self._arrange()

    def _toggle_at(self, letter: str, point: Point | None) -> None:
        pane = self.panes[letter]
        if not pane.has_picture:
            return
        if abs(pane.scale - 1) < 1e-6:
            self.fit()
        else:
            self._move(letter, pane.lens.actual_size(pane.frame, point))

    def _move(self, letter: str, lens: Lens, *, everywhere: bool = False) -> None:
        if self._linked or everywhere:
            self._lens = lens if letter == "A" else lens.through(self._link.reversed())
        elif letter == "A":
            self._link = Link.between(lens, self._lens.through(self._link))
            self._lens = lens
        else:
            self._link = Link.between(self._lens, lens)
        self._apply()

    def _apply(self) -> None:
        self.panes["A"].set_lens(self._lens)
        self.panes["B"].set_lens(self._lens.through(self._link))
        self.moved.emit()

    def _point(self, letter: str, spot: Point | None) -> None:
        other = "B" if letter == "A" else "A"
        self.panes[letter].set_cross(None)
        if spot is None or not (self._linked and self.panes[other].has_picture):
            self.panes[other].set_cross(None)
            return
        link = self._link if letter == "A" else self._link.reversed()
        self.panes[other].set_cross(link.spot(spot))

    def _activate(self, letter: str) -> None:
        self._active = letter
        self.moved.emit()

    # --- layout -----------------------------------------------------------------------------------------------
    def show_notice(self, icon: str, words: str, actions: tuple[Action, ...] = ()) -> None:
        """Words instead of both panes."""
        for pane in self.panes.values():
            pane.hide()
        self.badge.hide()
        self._notice.say(icon, words, actions)
        self._notice.place(self.rect())

    @property
    def notice(self) -> str:
        """What stands instead of the panes, or nothing."""
        return "" if self._notice.isHidden() else self._notice.words

    def show_panes(self) -> None:
        """The panes again."""
        self._notice.hide()
        for pane in self.panes.values():
            pane.show()
        self.badge.show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew."""
        self._arrange()
        if not self._notice.isHidden():
            self._notice.place(self.rect())
        self.moved.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the neutral ground."""
        QPainter(self).fillRect(event.rect(), self._keeper.colour("viewer.canvas"))

    def _places(self, *, stacked: bool) -> tuple[QRect, QRect]:
        """Where A and B stand: of one size to the pixel, so that one lens shows both alike."""
        room = self.rect().adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        if stacked:
            high = max((room.height() - GUTTER) // 2, 1)
            return (
                QRect(room.left(), room.top(), room.width(), high),
                QRect(room.left(), room.top() + high + GUTTER, room.width(), high),
            )
        wide = max((room.width() - GUTTER) // 2, 1)
        return (
            QRect(room.left(), room.top(), wide, room.height()),
            QRect(room.left() + wide + GUTTER, room.top(), wide, room.height()),
        )

    def _stacks_better(self) -> bool:
        if self._shape is None:
            return False
        fits = []
        for stacked in (False, True):
            place = self._places(stacked=stacked)[0]
            fits.append(Frame(self._shape, Extent(place.width(), place.height())).fit_scale())
        return fits[1] > fits[0] * 1.05

    def _arrange(self) -> None:
        stacked = self.stacked
        first, second = self._places(stacked=stacked)
        self.panes["A"].setGeometry(first)
        self.panes["B"].setGeometry(second)
        size = self.badge.sizeHint()
        if stacked:
            left, top = self.width() // 2 - size.width() // 2, first.bottom() + GUTTER // 2 - size.height() // 2
        else:
            left, top = first.right() + 1 + GUTTER // 2 - size.width() // 2, MARGIN + self._keeper.px(10)
        self.badge.setGeometry(QRect(left, top, size.width(), size.height()))
        self.badge.raise_()
