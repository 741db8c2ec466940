"""The Photos tab: the grid, the keys that tag, and what is done with a selection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from clinic_app.domain.access import Action
from clinic_app.domain.case_page import CasePage
from clinic_app.domain.changes import Changes
from clinic_app.domain.errors import ClinicError
from clinic_app.domain.pictures import Certainty
from clinic_app.ui.context import UiContext
from clinic_app.ui.patients.picture_grid import PictureGrid
from clinic_app.ui.patients.thumbnails import Thumbnails
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets import Button, EmptyState, FlowLayout, SegmentedControl, TextLabel
from clinic_app.ui.widgets.role_gate import keep_to_roles
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.sentences import sentence_of

if TYPE_CHECKING:
    from clinic_app.domain.catalogues import ViewSet
    from clinic_app.services import Services


class PicturesTab(QWidget):
    """Photographs by sitting. A view's key tags what is selected (or the photograph with the ring).

    ``dates_asked``, ``move_asked`` and ``delete_asked`` bring the ids of the selection, ``import_asked`` nothing.
    """

    dates_asked = Signal(object)
    move_asked = Signal(object)
    delete_asked = Signal(object)
    import_asked = Signal()
    compare_asked = Signal()

    def __init__(self, context: UiContext, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        keeper = context.theme
        self._page: CasePage | None = None
        self._sets: tuple[ViewSet, ...] = ()
        self._keys: dict[str, str] = {}
        self.grid = PictureGrid(context, thumbnails, self)
        self.grid.selection_changed.connect(self._selection_changed)
        self.grid.opened.connect(lambda _: self.compare_asked.emit())
        self.grid.menu_asked.connect(self._open_menu)
        self._said = TextLabel(keeper, "", Style.NAME, "text", self)
        self._date = Button(keeper, translate("Set date…"), icon="calendar", small=True, parent=self)
        self._date.clicked.connect(lambda: self.dates_asked.emit(self.chosen))
        self._move = Button(keeper, translate("Move to another patient…"), icon="users", small=True, parent=self)
        self._move.clicked.connect(lambda: self.move_asked.emit(self.chosen))
        self._untag = Button(keeper, translate("No view"), small=True, parent=self)
        self._untag.clicked.connect(lambda: self.tag(None))
        self._delete = Button(keeper, translate("Delete…"), icon="trash", small=True, parent=self)
        self._delete.clicked.connect(lambda: self.delete_asked.emit(self.chosen))
        for part in (self._date, self._move, self._untag):
            keep_to_roles(context, part, Action.ADD_PHOTOS)
        keep_to_roles(context, self._delete, Action.DELETE)
        bar = QHBoxLayout()
        bar.setSpacing(keeper.px(8))
        bar.addWidget(self._said, 1)
        bar.addWidget(self._untag)
        bar.addWidget(self._date)
        bar.addWidget(self._move)
        bar.addWidget(self._delete)
        self._views = QWidget(self)
        self._flow = FlowLayout(self._views, keeper.px(6))
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self._views.setSizePolicy(policy)
        self._buttons: list[QWidget] = []
        self._empty = EmptyState(
            keeper,
            "images",
            translate("No photos yet. Drop a folder here or import from the camera."),
            translate("Import photos"),
        )
        self._empty.acted.connect(self.import_asked)
        keep_to_roles(context, self._empty.button, Action.ADD_PHOTOS)
        self._full = QWidget(self)
        self._inside = QVBoxLayout(self._full)
        self._inside.addLayout(bar)
        self._inside.addWidget(self._views)
        self._inside.addWidget(self.grid, 1)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._full)
        self._stack.addWidget(self._empty)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)
        self.setFocusProxy(self.grid)
        keeper.changed.connect(self._restyle)
        self._restyle()

    @property
    def chosen(self) -> tuple[int, ...]:
        """What an action is for: the selection, else the photograph with the ring."""
        if self.grid.selected:
            return self.grid.selected
        return (self.grid.current,) if self.grid.current else ()

    def show_page(self, page: CasePage) -> None:
        """Show a patient's photographs."""
        fresh = self._page is None or self._page.patient.id != page.patient.id
        self._page = page
        self.grid.show_entries(page.pictures)
        self._stack.setCurrentWidget(self._full if page.pictures else self._empty)
        catalogues = self._context.catalogues
        sets: dict[str, ViewSet] = {}
        for summary in page.cases:
            if summary.case.condition in catalogues.conditions:
                sets.update({one.code: one for one in catalogues.view_sets_for(summary.case.condition)})
        found = tuple(sets.values()) or tuple(catalogues.view_sets.values())
        if fresh or found != self._sets:
            self._sets = found
            self._build_views(0)

    def forget(self) -> None:
        """Show nobody."""
        self._page = None
        self.grid.show_entries(())

    def show_picture(self, picture_id: int) -> None:
        """Select one photograph and bring it into sight."""
        self.grid.select((picture_id,))
        self.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def tag(self, view: str | None) -> None:
        """Give the selection a view, or take it off."""
        ids = self.chosen
        if not ids or self._context.refuse(Action.ADD_PHOTOS):
            return
        name = "" if view is None else self._context.catalogues.views[view].name
        count = translate_many("{count} photo", "{count} photos", len(ids))
        words = (
            translate("View taken off {photos}") if view is None else translate("{photos} tagged “{view}”")
        ).format(photos=count, view=name)

        def write(services: Services) -> Changes:
            return services.pictures.set_view(ids, view)

        self._context.tasks.tell(
            write, lambda changes: self._context.wrote(words, changes), owner=self, failed=self._refused
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The key of a view tags the selection."""
        key = event.text()
        if key in self._keys and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.tag(self._keys[key])
            return
        if event.key() == Qt.Key.Key_Delete and self.chosen:
            self.delete_asked.emit(self.chosen)
            return
        super().keyPressEvent(event)

    def _refused(self, error: ClinicError) -> None:
        self._context.intents.refused.emit(sentence_of(error))

    def _build_views(self, chosen: int) -> None:
        keeper = self._context.theme
        for button in self._buttons:
            self._flow.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons, self._keys = [], {}
        if len(self._sets) > 1:
            choice = SegmentedControl(keeper, [one.name for one in self._sets], translate("Set of views"), self._views)
            choice.choose(chosen)
            choice.chosen.connect(self._build_views)
            self._buttons.append(choice)
        current = self._sets[chosen] if self._sets else None
        if current is not None:
            for key, code in zip(current.keys, current.views, strict=False):
                view = self._context.catalogues.views[code]
                button = Button(keeper, view.name, key=key, small=True, tip=view.instruction, parent=self._views)
                button.setAccessibleName(translate("Tag as {view}").format(view=view.name))
                button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
                button.clicked.connect(lambda _=False, code=code: self.tag(code))
                keep_to_roles(self._context, button, Action.ADD_PHOTOS)
                self._buttons.append(button)
                self._keys[key] = code
        for button in self._buttons:
            self._flow.addWidget(button)
            button.show()
        self._views.updateGeometry()
        self._selection_changed()

    def _selection_changed(self) -> None:
        count = len(self.grid.selected)
        untagged = sum(1 for one in (self._page.pictures if self._page else ()) if one.picture.view is None)
        if count:
            words = translate_many("{count} selected", "{count} selected", count)
        elif untagged:
            words = translate_many("{count} photo has no view yet", "{count} photos have no view yet", untagged)
        else:
            words = translate("Select photos, then press the key of a view")
        self._said.setText(words)
        ids = self.chosen
        for button in (self._date, self._move, self._untag, self._delete):
            button.setEnabled(bool(ids))
        unsure = any(
            entry is not None and entry.picture.taken.certainty is Certainty.UNSURE
            for entry in (self.grid.entry(one) for one in ids)
        )
        self._date.setText(translate("Set date…") if unsure else translate("Change date…"))

    def _open_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for key, code in self._keys.items():
            name = self._context.catalogues.views[code].name
            action = menu.addAction(f"{name}\t{key}")
            action.triggered.connect(lambda _=False, code=code: self.tag(code))
            keep_to_roles(self._context, action, Action.ADD_PHOTOS)
        menu.addSeparator()
        for words, asked, need in (
            (translate("Set date…"), self.dates_asked, Action.ADD_PHOTOS),
            (translate("Move to another patient…"), self.move_asked, Action.ADD_PHOTOS),
            (translate("Delete…"), self.delete_asked, Action.DELETE),
        ):
            action = menu.addAction(words)
            action.triggered.connect(lambda _=False, asked=asked: asked.emit(self.chosen))
            keep_to_roles(self._context, action, need)
        menu.popup(place)

    def _restyle(self) -> None:
        measures = self._context.theme.measures
        side = measures.margin_side
        self._inside.setContentsMargins(side, measures.block_gap, side, 0)
        self._inside.setSpacing(self._context.theme.px(8))
