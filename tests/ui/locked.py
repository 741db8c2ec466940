"""What can be found of patients in a window, by whatever way: for tests of the lock."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QObject, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface, QAction, QGuiApplication
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

CANARIES = (
    "Asha", "Verma", "Harpreet", "Gill", "Meena", "Joshi", "Thomas", "Okafor", "Zebulon", "4127", "3308",
    "12207", "30000", "19840", "12070", "lepharospasm", "ervical",
)  # fmt: skip
"""Names, numbers, telephone numbers and diagnoses of the people of ``window_room.fill``."""


def words_of_model(model: QAbstractItemModel, parent: QModelIndex | None = None) -> list[str]:
    """Every word a model gives, in every role."""
    index = parent or QModelIndex()
    said: list[str] = []
    for row in range(model.rowCount(index)):
        for column in range(max(1, model.columnCount(index))):
            place = model.index(row, column, index)
            said += [str(model.data(place, role)) for role in (*range(15), Qt.ItemDataRole.UserRole)]
            said += words_of_model(model, place)
    return said


def words_of_widget(widget: QWidget) -> list[str]:
    """Every word a widget has, shown or not."""
    said = [widget.windowTitle(), widget.toolTip(), widget.statusTip(), widget.whatsThis(), widget.objectName()]
    said += [widget.accessibleName(), widget.accessibleDescription(), widget.windowFilePath()]
    if isinstance(widget, (QLabel, QAbstractButton)):
        said.append(widget.text())
    if isinstance(widget, QLineEdit):
        said += [widget.text(), widget.placeholderText()]
    if isinstance(widget, QPlainTextEdit):
        said.append(widget.toPlainText())
    if isinstance(widget, QComboBox):
        said += [widget.itemText(place) for place in range(widget.count())]
    if isinstance(widget, QAbstractItemView) and widget.model() is not None:
        said += words_of_model(widget.model())
    said += [action.text() + action.toolTip() for action in widget.actions()]
    return said


def read_aloud(face: QAccessibleInterface | None, depth: int = 0) -> list[str]:
    """What a screen reader finds from here on."""
    if face is None or depth > 60:
        return []
    said = [face.text(kind) for kind in (QAccessible.Text.Name, QAccessible.Text.Description, QAccessible.Text.Value)]
    for place in range(min(face.childCount(), 500)):
        said += read_aloud(face.child(place), depth + 1)
    return said


def found_in(window: QWidget) -> set[str]:
    """The canaries that stand anywhere in a window, in a visible window beside it, or that a screen reader reaches."""
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    QApplication.processEvents()
    said: list[str] = []
    roots = [window, *(top for top in QApplication.topLevelWidgets() if top.isVisible() and top is not window)]
    for root in roots:
        for widget in [root, *root.findChildren(QWidget)]:
            said += words_of_widget(widget)
        said += [action.text() for action in root.findChildren(QAction)]
        said += read_aloud(QAccessible.queryAccessibleInterface(root))
    application: QObject | None = QApplication.instance()
    if application is not None:
        said += read_aloud(QAccessible.queryAccessibleInterface(application))
    said += [one.title() for one in QGuiApplication.topLevelWindows()]
    whole = "\n".join(word for word in said if word)
    return {canary for canary in CANARIES if canary in whole}
