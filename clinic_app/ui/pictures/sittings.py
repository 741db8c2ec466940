"""Imported photographs as tiles in sittings, with their views tagged by single keys."""

from __future__ import annotations

import datetime as dt
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    QSizeF,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QGuiApplication,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from clinic_app.domain.pictures import Certainty, Picture, picture_sessions
from clinic_app.ui.context import UiContext
from clinic_app.ui.pictures.proposal import proposed_views
from clinic_app.ui.theme import Style, ThemeKeeper, Tone
from clinic_app.ui.widgets import chip_size, paint_chip, painting
from clinic_app.ui.widgets.jpeg import image_of_jpeg
from clinic_app.wording.dates import day as day_words
from clinic_app.wording.dates import weekday_day
from clinic_app.wording.imaging import NOTES
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.pictures import certainty_words

Index = QModelIndex | QPersistentModelIndex

TILE = QSize(184, 204)
PICTURE = QSize(168, 126)
HEAD = 40
KEPT_THUMBNAILS = 600
KEPT_TILES = 240
FRAME_SECONDS = 0.005
"""Time for new tiles in one frame; those that do not fit come with the next, so that the window never waits."""
USUAL_NOTES = frozenset({"no_profile", "profile_converted"})
"""Notes that nearly every photograph has: said beside the photograph, without a badge on its tile."""

CERTAINTY_LOOKS: Mapping[Certainty, tuple[str, str, Tone]] = {
    Certainty.CAMERA: ("camera", "Camera", Tone.NOT_DUE),
    Certainty.RECEIVED: ("message-square", "Received", Tone.NOT_DUE),
    Certainty.TYPED: ("pencil", "Typed", Tone.NOT_DUE),
    Certainty.UNSURE: ("circle-question-mark", "Not sure when", Tone.DUE),
}
"""Icon, word and tone of a date's certainty; only the unsure one asks for something."""

_SHIFTED = dict(zip("!@#$%^&*()", "1234567890", strict=True))
_SCAN_CODES = {10 + place: digit for place, digit in enumerate("1234567890")}
"""Of the digit row under X11 and Wayland."""


@dataclass(frozen=True, slots=True)
class Head:
    """The line above a sitting."""

    title: str
    detail: str
    unsure: bool = False


@dataclass(slots=True)
class Shot:
    """One photograph: what is stored of it, and the view proposed where none was said."""

    picture: Picture
    proposed: str | None = None
    place: int = 0
    sitting: str = ""

    @property
    def view(self) -> str | None:
        """The view that was said."""
        return self.picture.view


@dataclass(slots=True)
class _Thumbnails:
    """The thumbnails on screen or lately there, made off the GUI thread."""

    ready: OrderedDict[int, QPixmap] = field(default_factory=OrderedDict)
    asked: set[int] = field(default_factory=set)
    wanted: list[int] = field(default_factory=list)
    broken: set[int] = field(default_factory=set)


def key_of(event: QKeyEvent) -> str:
    """The letter or digit of a key, the same with and without Shift, also where Shift makes a sign of a digit."""
    code = event.key()
    if Qt.Key.Key_0 <= code <= Qt.Key.Key_9 or Qt.Key.Key_A <= code <= Qt.Key.Key_Z:
        return chr(code).lower()
    if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
        virtual = event.nativeVirtualKey()
        if 0x30 <= virtual <= 0x39:
            return chr(virtual)
        return _SCAN_CODES.get(event.nativeScanCode()) or _SHIFTED.get(event.text(), "")
    return event.text().lower()


class SittingsModel(QAbstractListModel):
    """Heads and photographs in one list: by sitting, in the order they were taken."""

    def __init__(self, context: UiContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._keeper = context.theme
        self._rows: list[Head | Shot] = []
        self._order: tuple[str, ...] = ()
        self._keys: dict[str, str] = {}
        self._thumbnails = _Thumbnails()
        self.generation = 0
        """Grows when the words on all tiles may have changed."""

    @property
    def shots(self) -> list[Shot]:
        """All photographs, in order."""
        return [row for row in self._rows if isinstance(row, Shot)]

    @property
    def proposals(self) -> dict[int, str]:
        """The proposed view of each photograph that has none yet."""
        return {shot.picture.id: shot.proposed for shot in self.shots if shot.proposed is not None}

    def row(self, place: int) -> Head | Shot:
        """What stands in a row."""
        return self._rows[place]

    def row_of(self, picture_id: int) -> int:
        """The row of a photograph, -1 where it is not there."""
        for place, row in enumerate(self._rows):
            if isinstance(row, Shot) and row.picture.id == picture_id:
                return place
        return -1

    def view_name(self, view: str) -> str:
        """The name of a view."""
        known = self._context.catalogues.views.get(view)
        return known.name if known is not None else view

    def view_key(self, view: str) -> str:
        """The key that tags a view in the set in use."""
        return self._keys.get(view, "")

    def show_pictures(self, pictures: Sequence[Picture]) -> None:
        """Show these, in sittings by the gaps between them."""
        rows: list[Head | Shot] = []
        count = 0
        number = 0
        for group in picture_sessions([one.taken for one in pictures]):
            here = [pictures[place] for place in group]
            day = here[0].taken.day if here[0].taken.known else None
            if day is None:
                head = Head(translate("Not sure when"), translate("Set the date, so that they can be compared"), True)
            else:
                number += 1
                clocks = [one.taken.clock for one in here if one.taken.clock is not None]
                head = Head(
                    translate("Sitting {number} · {day}").format(number=number, day=weekday_day(day)),
                    " · ".join(part for part in (_span(clocks), _count(len(here))) if part),
                )
            rows.append(head)
            for one in here:
                count += 1
                rows.append(Shot(one, None, count, head.title))
        self.beginResetModel()
        self._rows = rows
        self._propose()
        self.endResetModel()

    def use_views(self, order: Sequence[str], keys: Mapping[str, str]) -> None:
        """Propose the views of a set in this order; ``keys``: view to key."""
        self._order = tuple(order)
        self._keys = dict(keys)
        self.generation += 1
        self._propose()
        self.repaint_all()

    def tag(self, picture_ids: Iterable[int], view: str | None) -> None:
        """Show photographs with a view from now on; what is proposed for those behind follows."""
        wanted = set(picture_ids)
        for shot in self.shots:
            if shot.picture.id in wanted:
                shot.picture = replace(shot.picture, view=view)
        self._propose()
        self.repaint_all()

    def repaint_all(self) -> None:
        """Everything may look different."""
        if self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))

    def clear(self) -> None:
        """Nothing of a patient stays, thumbnails included."""
        self._thumbnails = _Thumbnails()
        self.beginResetModel()
        self._rows = []
        self.endResetModel()

    def thumbnail(self, picture_id: int) -> QPixmap | None:
        """The thumbnail, or None while it is being made; asking for it starts that."""
        kept = self._thumbnails
        found = kept.ready.get(picture_id)
        if found is not None:
            kept.ready.move_to_end(picture_id)
            return found
        if picture_id not in kept.asked and picture_id not in kept.broken:
            kept.asked.add(picture_id)
            kept.wanted.append(picture_id)
            if len(kept.asked) == 1:
                self._fetch_next()
        return None

    def _fetch_next(self) -> None:
        """Fetch the one asked for last; one at a time, since workers and window share one interpreter."""
        kept = self._thumbnails
        if not kept.wanted or not self._context.open:
            return
        picture_id = kept.wanted.pop()
        ratio = QGuiApplication.primaryScreen().devicePixelRatio()
        side = (QSizeF(PICTURE) * self._keeper.scale * ratio).toSize()
        self._context.tasks.paint(
            lambda services: _scaled(services.pictures.thumbnail(picture_id), side),
            lambda image: self._take(kept, picture_id, image),
            owner=self,
            failed=lambda _: self._take(kept, picture_id, QImage()),
        )

    def has_thumbnail(self, picture_id: int) -> bool:
        """Whether its thumbnail is there or known to be broken (a tile with it looks different)."""
        return picture_id in self._thumbnails.ready or picture_id in self._thumbnails.broken

    def is_broken(self, picture_id: int) -> bool:
        """Whether its thumbnail cannot be shown."""
        return picture_id in self._thumbnails.broken

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """Heads and photographs."""
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Heads can be neither chosen nor reached."""
        if index.isValid() and isinstance(self._rows[index.row()], Head):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Words for the screen reader and for tooltips."""
        row = self._rows[index.row()]
        if isinstance(row, Head):
            return f"{row.title}, {row.detail}" if role == Qt.ItemDataRole.AccessibleTextRole else None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.said(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(
                [row.picture.file_name, certainty_words(row.picture.taken.certainty), *notes_of(row.picture)]
            )
        return None

    def said(self, shot: Shot) -> str:
        """One photograph as a sentence."""
        taken = shot.picture.taken
        parts = [translate("Photo {number}").format(number=shot.place)]
        if shot.view is not None:
            parts.append(self.view_name(shot.view))
        elif shot.proposed is not None:
            parts.append(translate("proposed: {view}").format(view=self.view_name(shot.proposed)))
        else:
            parts.append(translate("no view yet"))
        if taken.day is not None:
            parts.append(day_words(taken.day))
        parts.append(certainty_words(taken.certainty))
        return ", ".join([*parts, *notes_of(shot.picture)])

    def _propose(self) -> None:
        sittings: dict[str, list[Shot]] = {}
        for shot in self.shots:
            sittings.setdefault(shot.sitting, []).append(shot)
        for shots in sittings.values():
            sure = all(shot.picture.taken.known for shot in shots)
            known = [shot.view for shot in shots]
            found = proposed_views(self._order, known) if sure else [None] * len(shots)
            for shot, view in zip(shots, found, strict=True):
                shot.proposed = view

    def _take(self, kept: _Thumbnails, picture_id: int, image: QImage) -> None:
        kept.asked.discard(picture_id)
        if kept is not self._thumbnails:
            return
        if image.isNull():
            kept.broken.add(picture_id)
        else:
            pixels = QPixmap.fromImage(image)
            pixels.setDevicePixelRatio(QGuiApplication.primaryScreen().devicePixelRatio())
            kept.ready[picture_id] = pixels
            while len(kept.ready) > KEPT_THUMBNAILS:
                kept.ready.popitem(last=False)
        self._renew(picture_id)
        self._fetch_next()

    def _renew(self, picture_id: int) -> None:
        row = self.row_of(picture_id)
        if row >= 0:
            self.dataChanged.emit(self.index(row), self.index(row), [Qt.ItemDataRole.DecorationRole])


class TileDelegate(QStyledItemDelegate):
    """Paints the heads of sittings and the tiles of photographs."""

    def __init__(self, keeper: ThemeKeeper, view: SittingsView) -> None:
        super().__init__(view)
        self._keeper = keeper
        self._view = view
        self._tiles: OrderedDict[int, tuple[tuple[object, ...], QPixmap]] = OrderedDict()
        self._until = 0.0
        self.unfinished = False
        keeper.changed.connect(self.forget)

    def begin_frame(self) -> None:
        """A frame begins: new tiles may be painted for a while."""
        self._until = time.monotonic() + FRAME_SECONDS
        self.unfinished = False

    def forget(self) -> None:
        """Tiles look different now, or nothing of them may stay."""
        self._tiles.clear()

    def warm_up(self) -> None:
        """Make the icons of heads and tiles before they are needed."""
        scratch = QPixmap(self._keeper.px(200), self._keeper.px(30))
        scratch.setDevicePixelRatio(self._view.devicePixelRatio())
        painter = QPainter(scratch)
        for icon, words, tone in CERTAINTY_LOOKS.values():
            paint_chip(painter, self._keeper, scratch.rect(), tone, translate(words), icon=icon)
        for name, ink, px in (
            ("check", "accent_text", 14),
            ("circle-question-mark", "warning", 16),
            ("info", "plate_text", 14),
        ):
            painting.icon(painter, self._keeper, scratch.rect(), name, ink, px)
        painter.end()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """A head takes the whole line."""
        px = self._keeper.px
        if isinstance(self._view.sittings.row(index.row()), Head):
            return QSize(max(self._view.line_width, px(TILE.width())), px(HEAD))
        return QSize(px(TILE.width()), px(TILE.height()))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a head or a tile."""
        row = self._view.sittings.row(index.row())
        with painting.kept(painter):
            if isinstance(row, Head):
                self._paint_head(painter, QRect(option.rect), row)
            else:
                chosen = bool(QStyle.StateFlag(option.state) & QStyle.StateFlag.State_Selected)
                over = bool(QStyle.StateFlag(option.state) & QStyle.StateFlag.State_MouseOver)
                current = self._view.hasFocus() and self._view.currentIndex().row() == index.row()
                self._show_tile(painter, QRect(option.rect), row, chosen=chosen, over=over, current=current)

    def helpEvent(self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index) -> bool:
        """File name, where the date comes from, and what had to be done to the photograph."""
        words = index.data(Qt.ItemDataRole.ToolTipRole) if index.isValid() else None
        if event.type() == QEvent.Type.ToolTip and words:
            QToolTip.showText(event.globalPos(), str(words), view)
            return True
        return super().helpEvent(event, view, option, index)

    def _show_tile(
        self, painter: QPainter, rect: QRect, shot: Shot, *, chosen: bool, over: bool, current: bool
    ) -> None:
        """Draw the tile as it was painted last; paint it anew where it changed and the frame has time for it."""
        model = self._view.sittings
        picture = shot.picture
        look: tuple[object, ...] = (
            picture, shot.proposed, shot.place, chosen, over, current, rect.size().toTuple(), model.generation,
            model.has_thumbnail(picture.id),
        )  # fmt: skip
        known = self._tiles.get(picture.id)
        if known is None or known[0] != look:
            if time.monotonic() < self._until:
                known = (look, self._painted(painter, rect.size(), shot, chosen=chosen, over=over, current=current))
                self._tiles[picture.id] = known
                while len(self._tiles) > KEPT_TILES:
                    self._tiles.popitem(last=False)
            else:
                self.unfinished = True
        if known is not None:
            self._tiles.move_to_end(picture.id)
            painter.drawPixmap(rect.topLeft(), known[1])
        else:
            tile = rect.adjusted(3, 3, -3, -3)
            keeper = self._keeper
            painting.box(painter, tile, keeper.px(8), fill=keeper.colour("surface"), line=keeper.colour("border"))

    def _painted(
        self, target: QPainter, size: QSize, shot: Shot, *, chosen: bool, over: bool, current: bool
    ) -> QPixmap:
        ratio = target.device().devicePixelRatio()
        pixels = QPixmap((QSizeF(size) * ratio).toSize())
        pixels.setDevicePixelRatio(ratio)
        pixels.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixels)
        area = QRect(0, 0, size.width(), size.height())
        self._paint_tile(painter, area, shot, chosen=chosen, over=over, current=current)
        painter.end()
        return pixels

    def _paint_head(self, painter: QPainter, rect: QRect, head: Head) -> None:
        keeper = self._keeper
        px = keeper.px
        direction = self._view.layoutDirection()
        line = QRect(rect.left() + px(8), rect.top() + px(12), rect.width() - px(16), px(22))
        ink = "warning" if head.unsure else "text"
        align = painting.RIGHT if direction == Qt.LayoutDirection.RightToLeft else painting.LEFT
        if head.unsure:
            spot = painting.mirrored(QRect(line.left(), line.top(), px(16), line.height()), line, direction)
            painting.icon(painter, keeper, spot, "circle-question-mark", "warning", 16)
            line = line.adjusted(px(22), 0, 0, 0)
        width = painting.text(
            painter, keeper, painting.mirrored(line, rect, direction), head.title, Style.SECTION, ink, align=align
        )
        rest = line.adjusted(width + px(12), 0, 0, 0)
        painting.text(
            painter,
            keeper,
            painting.mirrored(rest, rect, direction),
            head.detail,
            Style.SECONDARY,
            "text2",
            align=align,
        )

    def _paint_tile(
        self, painter: QPainter, rect: QRect, shot: Shot, *, chosen: bool, over: bool, current: bool
    ) -> None:
        keeper = self._keeper
        px = keeper.px
        tile = rect.adjusted(px(3), px(3), -px(3), -px(3))
        fill = keeper.colour("selected" if chosen else "hover" if over else "surface")
        painting.box(painter, tile, px(8), fill=fill, line=keeper.colour("accent" if chosen else "border"))
        area = QRect(tile.left() + px(5), tile.top() + px(5), tile.width() - px(10), px(PICTURE.height()))
        self._paint_picture(painter, area, shot)
        view = QRect(area.left(), area.bottom() + px(6), area.width(), px(24))
        self._paint_view(painter, view, shot)
        self._paint_date(painter, QRect(area.left(), view.bottom() + px(6), area.width(), px(24)), shot)
        if current:
            painting.focus_ring(painter, keeper, tile, px(8))

    def _paint_picture(self, painter: QPainter, area: QRect, shot: Shot) -> None:
        keeper = self._keeper
        px = keeper.px
        model = self._view.sittings
        painting.box(painter, area, px(4), fill=keeper.colour("sunken"))
        pixels = model.thumbnail(shot.picture.id)
        if pixels is not None:
            size = pixels.deviceIndependentSize().toSize()
            painter.drawPixmap(
                area.left() + (area.width() - size.width()) // 2,
                area.top() + (area.height() - size.height()) // 2,
                pixels,
            )
        elif model.is_broken(shot.picture.id):
            painting.icon(painter, keeper, area, "image-off", "text3", 24)
        plate = QRect(area.left() + px(5), area.top() + px(5), px(24), px(18))
        plate.setWidth(max(px(22), keeper.metrics(Style.COUNT).horizontalAdvance(str(shot.place)) + px(10)))
        painting.box(painter, plate, px(4), fill=keeper.colour("plate"))
        painting.text(painter, keeper, plate, str(shot.place), Style.COUNT, "plate_text", align=painting.CENTRE)
        if not USUAL_NOTES.issuperset(shot.picture.notes):
            note = QRect(area.right() - px(26), area.top() + px(5), px(22), px(18))
            painting.box(painter, note, px(4), fill=keeper.colour("plate"))
            painting.icon(painter, keeper, note, "info", "plate_text", 14)

    def _paint_view(self, painter: QPainter, area: QRect, shot: Shot) -> None:
        keeper = self._keeper
        px = keeper.px
        model = self._view.sittings
        view = shot.view or shot.proposed
        said = shot.view is not None
        radius = area.height() / 2
        if said:
            painting.box(painter, area, radius, fill=keeper.colour("accent_soft"))
        else:
            painting.box(painter, area, radius, line=keeper.colour("border_strong"), dashed=True)
        left = area.left() + px(8)
        if said:
            painting.icon(painter, keeper, QRect(left, area.top(), px(14), area.height()), "check", "accent_text", 14)
            left += px(19)
        key = model.view_key(view) if view is not None else ""
        right = area.right() - px(8)
        if key:
            cap = QRect(right - px(18), area.top() + (area.height() - px(16)) // 2, px(18), px(16))
            painting.keycap(painter, keeper, cap, key.upper(), fill="surface" if said else None)
            right = cap.left() - px(5)
        words = QRect(left, area.top(), right - left, area.height())
        ink = "accent_text" if said else "text2"
        name = model.view_name(view) if view is not None else translate("No view yet")
        painting.text(painter, keeper, words, name, Style.CHIP, ink if view is not None else "text3")

    def _paint_date(self, painter: QPainter, area: QRect, shot: Shot) -> None:
        keeper = self._keeper
        taken = shot.picture.taken
        icon, word, tone = CERTAINTY_LOOKS[taken.certainty]
        words = translate(word)
        if taken.day is None or not taken.known:
            paint_chip(painter, keeper, area, tone, words, icon=icon)
            return
        width = painting.text(painter, keeper, area, day_words(taken.day), Style.SECONDARY, "text", numbers=True)
        wide = chip_size(keeper, words).width()
        room = area.width() - width - keeper.px(6)
        spot = QRect(area.right() - min(wide, room) + 1, area.top(), min(wide, room), area.height())
        paint_chip(painter, keeper, spot, tone, words, icon=icon)


class SittingsView(QListView):
    """The tiles. A key of the set tags the current photograph and goes on; with Shift it tags all chosen ones.

    ``tagged`` brings (ids, view or None), ``accepted`` comes with Enter, ``moved_to`` with another current one or
    another choice of several.
    """

    tagged = Signal(object, object)
    accepted = Signal()
    chosen_changed = Signal()

    def __init__(self, context: UiContext, view_of_key: Callable[[str], str | None], parent: QWidget) -> None:
        super().__init__(parent)
        self._keeper = context.theme
        self._view_of_key = view_of_key
        self.sittings = SittingsModel(context, self)
        self.setModel(self.sittings)
        self._tiles = TileDelegate(context.theme, self)
        self.setItemDelegate(self._tiles)
        self.sittings.modelReset.connect(self._model_reset)
        self.setAccessibleName(translate("Photos in sittings"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("kind", "plain")
        self.viewport().setAutoFillBackground(False)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(120)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.selectionModel().selectionChanged.connect(lambda *_: self.chosen_changed.emit())
        self.selectionModel().currentChanged.connect(lambda *_: self.chosen_changed.emit())
        context.theme.changed.connect(self.scheduleDelayedItemsLayout)

    @property
    def line_width(self) -> int:
        """The room of one line, so that nothing stands beside a head."""
        return self.viewport().width() - 2

    @property
    def current_shot(self) -> Shot | None:
        """The photograph that has the keyboard."""
        index = self.currentIndex()
        row = self.sittings.row(index.row()) if index.isValid() else None
        return row if isinstance(row, Shot) else None

    @property
    def chosen_ids(self) -> tuple[int, ...]:
        """The chosen photographs, else the current one."""
        rows = sorted(index.row() for index in self.selectedIndexes())
        found = [row.picture.id for row in map(self.sittings.row, rows) if isinstance(row, Shot)]
        current = self.current_shot
        return tuple(found) or ((current.picture.id,) if current is not None else ())

    def warm_up(self) -> None:
        """Make ready what takes time when the first photographs are shown."""
        self._tiles.warm_up()

    def go_to(self, picture_id: int) -> None:
        """Choose a photograph and give it the keyboard's place."""
        row = self.sittings.row_of(picture_id)
        if row >= 0:
            self._go_to_row(row)

    def choose(self, picture_ids: Iterable[int]) -> None:
        """Choose these, as far as they are here."""
        self.selectionModel().clearSelection()
        rows = [row for row in map(self.sittings.row_of, picture_ids) if row >= 0]
        for row in rows:
            self.selectionModel().select(self.sittings.index(row), QItemSelectionModel.SelectionFlag.Select)
        if rows:
            self.selectionModel().setCurrentIndex(
                self.sittings.index(rows[0]), QItemSelectionModel.SelectionFlag.NoUpdate
            )

    def go_to_first(self) -> None:
        """The first photograph without a view, else the first."""
        shots = self.sittings.shots
        first = next((shot for shot in shots if shot.view is None), shots[0] if shots else None)
        if first is not None:
            self.go_to(first.picture.id)

    def tag(self, view: str | None, *, all_chosen: bool = False) -> None:
        """Tag the current photograph and go on to the next, or all chosen ones and stay."""
        if all_chosen:
            ids = self.chosen_ids
        else:
            current = self.current_shot
            ids = (current.picture.id,) if current is not None else ()
        if not ids:
            return
        self.tagged.emit(ids, view)
        if not all_chosen and view is not None:
            self._step(1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys of the set, Enter, Delete, and arrows that pass the heads."""
        key = event.key()
        others = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.accepted.emit()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and others == Qt.KeyboardModifier.NoModifier:
            self.tag(None, all_chosen=True)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self._step(1 if (key == Qt.Key.Key_Right) != rtl else -1)
        elif others == Qt.KeyboardModifier.NoModifier and (view := self._view_of_key(key_of(event))) is not None:
            self.tag(view, all_chosen=shift)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what is there; tiles that found no time come with the next frame."""
        self._tiles.begin_frame()
        super().paintEvent(event)
        if self._tiles.unfinished:
            QTimer.singleShot(1, self.viewport(), self.viewport().update)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Heads are as wide as the view."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def keyboardSearch(self, search: str) -> None:
        """Letters tag; they do not search."""

    def _model_reset(self) -> None:
        if not self.sittings.rowCount():
            self._tiles.forget()

    def _step(self, step: int) -> None:
        row = self.currentIndex().row() + step
        while 0 <= row < self.sittings.rowCount() and isinstance(self.sittings.row(row), Head):
            row += step
        if 0 <= row < self.sittings.rowCount():
            self._go_to_row(row)

    def _go_to_row(self, row: int) -> None:
        self.selectionModel().setCurrentIndex(
            self.sittings.index(row), QItemSelectionModel.SelectionFlag.ClearAndSelect
        )
        self.scrollTo(self.sittings.index(row))


def notes_of(picture: Picture) -> list[str]:
    """What had to be done to a photograph, in sentences."""
    return [translate(NOTES[code]) if code in NOTES else code for code in picture.notes]


def _scaled(jpeg: bytes, side: QSize) -> QImage:
    image = image_of_jpeg(jpeg)
    if image.isNull() or (image.width() <= side.width() and image.height() <= side.height()):
        return image
    return image.scaled(side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)


def _span(clocks: Sequence[dt.time]) -> str:
    if not clocks:
        return ""
    first, last = min(clocks), max(clocks)
    return f"{first:%H:%M}" if (first.hour, first.minute) == (last.hour, last.minute) else f"{first:%H:%M}–{last:%H:%M}"


def _count(count: int) -> str:
    return translate_many("{count} photo", "{count} photos", count)
