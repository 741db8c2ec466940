"""The Photos tab: contact sheet, lines by day and checklist; the keys that tag; what is done with a selection."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, time
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from clinic_app.domain.access import Action
from clinic_app.domain.case_page import CasePage, CaseSummary
from clinic_app.domain.changes import Changes
from clinic_app.domain.errors import ClinicError
from clinic_app.domain.photo_protocol import CycleSide
from clinic_app.domain.pictures import Certainty, PictureEntry
from clinic_app.ui.context import UiContext
from clinic_app.ui.patients.contact_sheet import Column
from clinic_app.ui.patients.picture_grid import PictureGrid
from clinic_app.ui.patients.thumbnails import Thumbnails
from clinic_app.ui.patients.view_checklist import ViewChecklist, sections_of
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets import Button, ElidedLabel, EmptyState, FlowLayout, IconButton, SegmentedControl
from clinic_app.ui.widgets.role_gate import keep_to_roles
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.sentences import sentence_of

if TYPE_CHECKING:
    from clinic_app.domain.catalogues import ViewSet
    from clinic_app.services import Services

SHEET, DAYS, CHECKLIST = range(3)


class PicturesTab(QWidget):
    """Photographs as a contact sheet, by sitting, or as the checklist of the views a diagnosis wants.

    A view's key tags what is selected (or the photograph with the ring), ``[`` and ``]`` turn it by quarters, ``P``
    pins two of one view, Delete puts into the bin. ``dates_asked``, ``move_asked`` and ``delete_asked`` bring the ids
    of the selection, ``import_asked`` nothing, ``compare_asked`` nothing: ``compared`` says what is chosen.
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
        self._case_id = 0
        self._sets: tuple[tuple[ViewSet, CaseSummary | None], ...] = ()
        self._set_at = 0
        self._keys: dict[str, str] = {}
        self.grid = PictureGrid(context, thumbnails, self)
        self.grid.selection_changed.connect(self._selection_changed)
        self.grid.opened.connect(lambda _: self.compare_asked.emit())
        self.grid.menu_asked.connect(self._open_menu)
        self.checklist = ViewChecklist(context, self)
        self.checklist.opened.connect(self._open_view)
        ways = [translate("By view"), translate("By day"), translate("Checklist")]
        self.ways = SegmentedControl(keeper, ways, translate("How photos are shown"), self)
        self.ways.chosen.connect(self.show_way)
        self._said = ElidedLabel(keeper, "", Style.NAME, "text", self)
        self._said.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._build_actions()
        self._choices, self._choice_flow = self._wrapping()
        self._choice_flow.addWidget(self.ways)
        self._tools, tool_flow = self._wrapping()
        for part in self._actions:
            tool_flow.addWidget(part)
        self._views, self._flow = self._wrapping()
        first = QHBoxLayout()
        first.addWidget(self._choices, 3)
        first.addWidget(self._said, 2)
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
        self._inside.addLayout(first)
        self._inside.addWidget(self._tools)
        self._inside.addWidget(self._views)
        self._inside.addWidget(self.grid, 1)
        self._inside.addWidget(self.checklist, 1)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._full)
        self._stack.addWidget(self._empty)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)
        self._set_choice: SegmentedControl | None = None
        self.show_way(SHEET)
        keeper.changed.connect(self._restyle)
        self._restyle()

    def _wrapping(self) -> tuple[QWidget, FlowLayout]:
        """A row that breaks into further ones where the width ends."""
        row = QWidget(self)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        row.setSizePolicy(policy)
        return row, FlowLayout(row, self._context.theme.px(6))

    def _build_actions(self) -> None:
        """The buttons for what is selected."""
        context, keeper = self._context, self._context.theme

        def button(words: str, act: Callable[[], object], icon: str = "", key: str = "") -> Button:
            made = Button(keeper, words, icon=icon, key=key, small=True, parent=self)
            made.clicked.connect(lambda: act())
            return made

        self._compare = button(translate("Compare"), self.compare_asked.emit, "columns-2", "C")
        self._pin = button(translate("Pin pair"), self.toggle_pin, "pin", "P")
        self._turn = IconButton(
            keeper, "rotate-cw", translate("Turn right by a quarter"), shortcut="]", small=True, parent=self
        )
        self._turn.clicked.connect(lambda: self.turn(1))
        self._untag = button(translate("No view"), lambda: self.tag(None))
        self._date = button(translate("Set date…"), lambda: self.dates_asked.emit(self.chosen), "calendar")
        self._move = button(translate("Move to another patient…"), lambda: self.move_asked.emit(self.chosen), "users")
        self._delete = button(translate("Delete…"), lambda: self.delete_asked.emit(self.chosen), "trash")
        for part in (self._pin, self._turn, self._untag, self._date, self._move):
            keep_to_roles(context, part, Action.ADD_PHOTOS)
        keep_to_roles(context, self._delete, Action.DELETE)
        self._actions = (
            self._compare,
            self._pin,
            self._turn,
            self._untag,
            self._date,
            self._move,
            self._delete,
        )

    @property
    def chosen(self) -> tuple[int, ...]:
        """What an action is for: the selection, else the photograph with the ring."""
        if self.grid.selected:
            return self.grid.selected
        return (self.grid.current,) if self.grid.current else ()

    @property
    def compared(self) -> tuple[int, str, int, int] | None:
        """The case, the view ("" where the two differ) and the two photographs selected, the earlier first.

        None where not exactly two are selected, or the patient has no diagnosis.
        """
        found = [entry for entry in (self.grid.entry(one) for one in self.grid.selected) if entry is not None]
        if self.ways.place == CHECKLIST or len(found) != 2:
            return None
        a, b = (entry.picture for entry in sorted(found, key=_moment))
        summary = self._case_of(b.view or a.view)
        if summary is None:
            return None
        return summary.case.id, (a.view or "") if a.view == b.view else "", a.id, b.id

    def show_page(self, page: CasePage) -> None:
        """Show a patient's photographs."""
        fresh = self._page is None or self._page.patient.id != page.patient.id
        self._page = page
        self.grid.show_entries(page.pictures)
        self._stack.setCurrentWidget(self._full if page.pictures else self._empty)
        self.setFocusProxy(self._shown if page.pictures else self._empty.button)
        self._sort_sets(fresh=fresh)
        self._show_pins()
        self._show_checklist()
        self._say_what_is_wanted()

    def prefer(self, case_id: int) -> None:
        """The diagnosis that the page was opened for (0: the first): its views come first."""
        if case_id != self._case_id:
            self._case_id = case_id
            if self._page is not None:
                self._sort_sets(fresh=True)

    def forget(self) -> None:
        """Show nobody."""
        self._page = None
        self.grid.show_entries(())
        self.checklist.show_sections((), date.min)

    def show_pictures(self, picture_ids: Sequence[int]) -> None:
        """Select photographs and bring the first into sight."""
        if self.ways.place == CHECKLIST:
            self.show_way(SHEET)
        self.grid.select(picture_ids)
        self.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_way(self, way: int) -> None:
        """As a contact sheet (0), by day (1) or as the checklist (2)."""
        self.ways.choose(way)
        self.grid.setVisible(way != CHECKLIST)
        self.checklist.setVisible(way == CHECKLIST)
        self._views.setVisible(way == DAYS)
        for part in (self._tools, self._said):
            part.setVisible(way != CHECKLIST)
        if self._set_choice is not None:
            self._set_choice.setVisible(way != CHECKLIST)
        self.setFocusProxy(self._shown)
        self._show_columns()
        self._show_checklist()
        self._choices.updateGeometry()
        self._selection_changed()

    @property
    def _shown(self) -> QWidget:
        return self.checklist if self.ways.place == CHECKLIST else self.grid

    def tag(self, view: str | None) -> None:
        """Give the selection a view, or take it off."""
        ids = self.chosen
        if not ids or self._context.refuse(Action.ADD_PHOTOS):
            return
        name = "" if view is None else self._context.catalogues.views[view].name
        count = _photos(ids)
        words = (
            translate("View taken off {photos}") if view is None else translate("{photos} tagged “{view}”")
        ).format(photos=count, view=name)

        self._tell(lambda services: services.pictures.set_view(ids, view), words)

    def turn(self, quarters: int) -> None:
        """Show the selection turned by so many quarters clockwise; the originals stay as they are."""
        ids = self.chosen
        if not ids or self._context.refuse(Action.ADD_PHOTOS):
            return
        words = translate("{photos} turned").format(photos=_photos(ids))
        self._tell(lambda services: services.comparison.turn_all(ids, quarters), words)

    def toggle_pin(self) -> None:
        """Keep two photographs of one view as the pair that is compared first, or let it go."""
        if self._context.refuse(Action.ADD_PHOTOS):
            return
        found = self.compared
        if found is None or not found[1]:
            words = translate("Select two photos of the same view to pin them: the earlier one stands as Before.")
            self._context.intents.refused.emit(words)
            return
        case_id, view, a, b = found
        if self._pinned(found):
            self._tell(lambda services: services.pictures.unpin(case_id, view), translate("Pair no longer kept"))
        else:
            self._tell(lambda services: services.pictures.pin(case_id, view, a, b), translate("Pair kept"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The key of a view tags the selection; brackets turn it, P pins a pair, Delete puts into the bin."""
        key = event.text()
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if self.ways.place == CHECKLIST or self._stack.currentWidget() is not self._full:
            super().keyPressEvent(event)
        elif key in self._keys and plain:
            self.tag(self._keys[key])
        elif key in _TURNS:
            self.turn(_TURNS[key])
        elif event.key() == Qt.Key.Key_P and plain:
            self.toggle_pin()
        elif event.key() == Qt.Key.Key_Delete and self.chosen:
            self.delete_asked.emit(self.chosen)
        else:
            super().keyPressEvent(event)

    def _tell(self, write: Callable[[Services], Changes], words: str) -> None:
        self._context.tasks.tell(
            write, lambda changes: self._context.wrote(words, changes), owner=self, failed=self._refused
        )

    def _refused(self, error: ClinicError) -> None:
        self._context.intents.refused.emit(sentence_of(error))

    def _cases(self) -> list[CaseSummary]:
        """The diagnoses, the one the page was opened for first."""
        cases = self._page.cases if self._page is not None else ()
        return sorted(cases, key=lambda summary: summary.case.id != self._case_id)

    def _case_of(self, view: str | None) -> CaseSummary | None:
        """The diagnosis a photograph of a view is compared for."""
        cases = self._cases()
        catalogues = self._context.catalogues
        for summary in cases:
            known = summary.case.condition in catalogues.conditions
            if known and view in {one.code for one in catalogues.views_for(summary.case.condition)}:
                return summary
        return cases[0] if cases else None

    def _sort_sets(self, *, fresh: bool) -> None:
        """The sets of views of the diagnoses, each once; all there are where no diagnosis wants any."""
        catalogues = self._context.catalogues
        sets: dict[str, tuple[ViewSet, CaseSummary | None]] = {}
        for summary in self._cases():
            if summary.case.condition in catalogues.conditions:
                for one in catalogues.view_sets_for(summary.case.condition):
                    sets.setdefault(one.code, (one, summary))
        found = tuple(sets.values()) or tuple((one, None) for one in catalogues.view_sets.values())
        codes = [one.code for one, _ in self._sets]
        self._sets = found
        if fresh or codes != [one.code for one, _ in found]:
            self._choose_set(0)
            self._build_choice()
        else:
            self._show_columns()

    def _choose_set(self, place: int) -> None:
        self._set_at = place
        self._build_views()
        self._show_columns()

    def _build_choice(self) -> None:
        """The choice of the set stands beside the ways of showing where there is one to make."""
        if self._set_choice is not None:
            self._choice_flow.removeWidget(self._set_choice)
            self._set_choice.hide()
            self._set_choice.deleteLater()
            self._set_choice = None
        if len(self._sets) > 1:
            names = [one.name for one, _ in self._sets]
            choice = SegmentedControl(self._context.theme, names, translate("Set of views"), self._choices)
            choice.chosen.connect(self._choose_set)
            self._choice_flow.insert(1, choice)
            choice.setVisible(self.ways.place != CHECKLIST)
            QWidget.setTabOrder(self.ways.segment(self.ways.place), choice.segment(0))
            self._set_choice = choice
        self._choices.updateGeometry()

    def _build_views(self) -> None:
        keeper = self._context.theme
        for button in self._buttons:
            self._flow.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons, self._keys = [], {}
        if self._sets:
            current, _ = self._sets[self._set_at]
            for key, code in zip(current.keys, current.views, strict=False):
                view = self._context.catalogues.views[code]
                button = Button(keeper, view.name, key=key, small=True, tip=view.instruction, parent=self._views)
                button.setAccessibleName(translate("Tag as {view}").format(view=view.name))
                button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
                button.clicked.connect(lambda _=False, code=code: self.tag(code))
                keep_to_roles(self._context, button, Action.ADD_PHOTOS)
                self._flow.addWidget(button)
                button.show()
                self._buttons.append(button)
                self._keys[key] = code
        self._views.updateGeometry()
        self._selection_changed()

    def _show_columns(self) -> None:
        """The columns of the contact sheet, and whose injections tell what is missing."""
        if self.ways.place != SHEET or not self._sets or not self._context.open:
            self.grid.show_columns(())
            return
        current, summary = self._sets[self._set_at]
        views = self._context.catalogues.views
        keys = dict(zip(current.views, current.keys, strict=False))
        columns = [Column(code, views[code].name, keys.get(code, "")) for code in current.views]
        self.grid.show_columns(columns, summary.injections if summary is not None else ())

    def _show_checklist(self) -> None:
        if self.ways.place == CHECKLIST and self._page is not None:
            self.checklist.show_sections(sections_of(self._page, self._context.catalogues), self._page.today)

    def _show_pins(self) -> None:
        pinned: dict[int, CycleSide] = {}
        for summary in self._cases():
            for a, b in summary.pins.values():
                pinned.setdefault(a, CycleSide.BEFORE)
                pinned.setdefault(b, CycleSide.AFTER)
        self.grid.show_pins(pinned)
        self._selection_changed()

    def _pinned(self, found: tuple[int, str, int, int]) -> bool:
        case_id, view, a, b = found
        return any(one.case.id == case_id and one.pins.get(view) == (a, b) for one in self._cases())

    def _say_what_is_wanted(self) -> None:
        """Where there is no photograph yet, which views the first diagnosis wants."""
        cases = [one for one in self._cases() if one.case.condition in self._context.catalogues.conditions]
        views = self._context.catalogues.views_for(cases[0].case.condition) if cases else ()
        names = ", ".join(view.name for view in views)
        self._empty.show_words(
            translate("No photos yet. Drop a folder here or import from the camera."),
            translate("Import photos"),
            detail=translate("Views wanted: {views}").format(views=names) if names else "",
        )

    def _open_view(self, ids: tuple[int, ...]) -> None:
        """The photographs of a line of the checklist, selected in the sheet."""
        if not ids:
            self._context.intents.refused.emit(translate("There is no photo of this view around the last injection."))
            return
        self.show_way(SHEET)
        self.grid.select(ids)
        self.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def _selection_changed(self) -> None:
        count = len(self.grid.selected)
        untagged = sum(1 for one in (self._page.pictures if self._page else ()) if one.picture.view is None)
        if count:
            words = translate_many("{count} selected", "{count} selected", count)
            if count == 2:
                words = translate("2 selected · C compares them")
        elif untagged:
            words = translate_many("{count} photo has no view yet", "{count} photos have no view yet", untagged)
        else:
            words = translate("Select photos, then press the key of a view")
        self._said.setText(words)
        ids = self.chosen
        for button in (self._turn, self._date, self._move, self._untag, self._delete):
            button.setEnabled(bool(ids))
        found = self.compared if self._page is not None else None
        self._compare.setEnabled(found is not None)
        self._pin.setEnabled(found is not None and bool(found[1]))
        self._pin.setText(translate("Unpin pair") if found and self._pinned(found) else translate("Pin pair"))
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
        found = self.compared
        for words, act, on in (
            (translate("Compare") + "\tC", self.compare_asked.emit, found is not None),
            (self._pin.text() + "\tP", self.toggle_pin, found is not None and bool(found[1])),
            (translate("Turn right by a quarter") + "\t]", lambda: self.turn(1), True),
            (translate("Turn left by a quarter") + "\t[", lambda: self.turn(-1), True),
        ):
            action = menu.addAction(words)
            action.triggered.connect(lambda _=False, act=act: act())
            action.setEnabled(on)
            if act != self.compare_asked.emit:
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


_TURNS = {"]": 1, "[": -1}


def _moment(entry: PictureEntry) -> tuple[date, time, int]:
    """When a photograph was taken, for the order of a pair; those without a date last."""
    taken = entry.picture.taken
    return (taken.day or date.max, taken.clock or time.min, entry.picture.id)


def _photos(ids: tuple[int, ...]) -> str:
    return translate_many("{count} photo", "{count} photos", len(ids))
