"""The menu of views of the call list: choose one, keep what is shown under a name, rename, delete."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtWidgets import QMenu, QWidget

from clinic_app.domain.call_list import ListShape, SavedView, shipped_views
from clinic_app.domain.schedule_filter import CallListFilter
from clinic_app.ui.schedule.list_choices import ListChoices
from clinic_app.ui.schedule.name_panel import NamePanel
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.wording.call_list import view_name
from clinic_app.wording.language import translate

Take = Callable[[CallListFilter, ListShape], object]


def fill_views(
    keeper: ThemeKeeper, menu: QMenu, choices: ListChoices, narrow: CallListFilter, take: Take, button: QWidget
) -> None:
    """Put the views into a menu; the one that shows what is shown now is ticked. Names are asked under ``button``."""
    shown = replace(narrow, words="", visits=None, keep_called=False)
    own = choices.choices.views
    for group in (shipped_views(), own):
        for view in group:
            action = menu.addAction(view_name(view).replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(view.narrow == shown and view.shape == choices.shape)
            action.triggered.connect(lambda _=False, view=view: take(view.narrow, view.shape))
        if group:
            menu.addSeparator()

    def keep(name: str) -> None:
        choices.set_views(choices.choices.with_view(SavedView(name, narrow, choices.shape)))

    def ask_keep() -> None:
        NamePanel(keeper, translate("Keep this view"), "", keep, button).pop_under(button)

    def ask_rename(view: SavedView) -> None:
        def rename(name: str) -> None:
            choices.set_views(choices.choices.renamed(view.name, name))

        NamePanel(keeper, translate("Rename the view"), view.name, rename, button).pop_under(button)

    menu.addAction(translate("Keep this view as…"), ask_keep)
    renaming, deleting = menu.addMenu(translate("Rename")), menu.addMenu(translate("Delete"))
    for part in (renaming, deleting):
        part.setEnabled(bool(own))
    for view in own:
        words = view.name.replace("&", "&&")
        renaming.addAction(words).triggered.connect(lambda _=False, view=view: ask_rename(view))
        deleting.addAction(words).triggered.connect(
            lambda _=False, view=view: choices.set_views(choices.choices.without_view(view.name))
        )
    menu.addSeparator()
    menu.addAction(translate("The usual list"), lambda: take(CallListFilter(), ListShape()))
