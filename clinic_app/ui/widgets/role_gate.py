"""What the roles of whoever works are never given is disabled, and says who may. So is what changes the record while
another day is looked at.

The rule is the services' own (``UiContext.barred`` asks them); keys say the same by ``UiContext.refuse``.
"""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from clinic_app.domain.access import Action
from clinic_app.domain.changes import Changes, Topic
from clinic_app.ui.context import UiContext

P = TypeVar("P", bound=QWidget | QAction)


class RoleGate(QObject):
    """Keeps a button or a menu entry disabled while its action is not for the roles of whoever works, with the sentence
    that says who may as its tooltip. Its owner enables, disables and names it as if nobody stood there.
    """

    barred_changed = Signal(bool)

    def __init__(self, context: UiContext, part: QWidget | QAction, action: Action | None) -> None:
        super().__init__(part)
        self._context, self._part, self._action = context, part, action
        self._words = ""
        self._wanted = True
        self._tip = ""
        if isinstance(part, QAction):
            part.changed.connect(self._hold)
        else:
            part.installEventFilter(self)
        context.attached.connect(self.judge)
        context.only_looked.connect(self.judge)
        context.tasks.changed.connect(self._changed)
        self.judge()

    @property
    def barred(self) -> bool:
        """Whether it is kept disabled."""
        return bool(self._words)

    def bind(self, action: Action | None) -> None:
        """The part starts another action from now on; None: one that everybody may."""
        self._action = action
        self.judge()

    def judge(self) -> None:
        """Ask anew: somebody else works, or roles were changed."""
        words = "" if self._action is None else self._context.barred(self._action)
        before, self._words = self._words, words
        if words == before:
            return
        if not before:
            self._wanted = _enabled(self._part)
            self._tip = "" if isinstance(self._part, QAction) else self._part.toolTip()
        if words:
            self._hold()
        else:
            self._part.setToolTip(self._tip)
            self._part.setEnabled(self._wanted)
        self.barred_changed.emit(bool(words))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The owner enabled it or gave it another tooltip."""
        if self._words and event.type() in (QEvent.Type.EnabledChange, QEvent.Type.ToolTipChange):
            self._hold()
        return False

    def _hold(self) -> None:
        if not self._words:
            return
        if _enabled(self._part):
            self._wanted = True
            self._part.setEnabled(False)
        if self._part.toolTip() != self._words:
            if not isinstance(self._part, QAction):
                self._tip = self._part.toolTip()
            self._part.setToolTip(self._words)

    def _changed(self, changes: object) -> None:
        if isinstance(changes, Changes) and Topic.PEOPLE in changes.topics:
            self.judge()


def keep_to_roles(context: UiContext, part: P, action: Action) -> P:
    """Keep a button or a menu entry to the roles that may do ``action``; answers it."""
    RoleGate(context, part, action)
    if isinstance(part, QAction):
        menu = part.parent()
        if isinstance(menu, QMenu):
            menu.setToolTipsVisible(True)
    return part


def _enabled(part: QWidget | QAction) -> bool:
    """Whether it is enabled of itself, whatever its parent is."""
    if isinstance(part, QAction):
        return part.isEnabled()
    parent = part.parentWidget()
    return part.isEnabled() if parent is None else part.isEnabledTo(parent)
