"""Inputs that hold several lines: numbers a patient is known by, telephones, alerts."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QRadioButton, QSizePolicy, QVBoxLayout, QWidget

from clinic_app.domain.patients import Identifier, IdentifierKind, Phone
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.widgets import FilterChip, FlowLayout, IconButton, Kind, LinkButton
from clinic_app.wording.language import translate
from clinic_app.wording.patient_lines import identifier_words


class LinesField(QWidget):
    """Rows of inputs with a cross each and a link that adds one; subclasses make the rows."""

    valueChanged = Signal()  # noqa: N815 - the name side sheets watch

    def __init__(self, keeper: ThemeKeeper, more: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.keeper = keeper
        self._rows: list[QWidget] = []
        self._box = QVBoxLayout()
        self._box.setSpacing(keeper.px(6))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(keeper.px(4))
        column.addLayout(self._box)
        self.more = LinkButton(keeper, more, self)
        self.more.clicked.connect(self._add_and_go)
        column.addWidget(self.more)

    def make_row(self) -> tuple[QWidget, QLineEdit]:
        """A new empty row and the line that gets the keyboard."""
        raise NotImplementedError

    def add_row(self) -> QWidget:
        """Add an empty row."""
        row, first = self.make_row()
        self._rows.append(row)
        self._box.addWidget(row)
        if len(self._rows) == 1:
            self.setFocusProxy(first)
        return row

    def clear(self) -> None:
        """Take all rows away."""
        for row in self._rows:
            row.hide()
            row.deleteLater()
        self._rows = []

    def cross(self, row: QWidget, name: str) -> IconButton:
        """The button that takes a row away."""
        answer = IconButton(self.keeper, "x", name, kind=Kind.GHOST, small=True, parent=row)
        answer.clicked.connect(lambda: self._remove(row))
        return answer

    def _add_and_go(self) -> None:
        row = self.add_row()
        line = row.findChild(QLineEdit)
        if isinstance(line, QLineEdit):
            line.setFocus(Qt.FocusReason.TabFocusReason)
        self.valueChanged.emit()

    def _remove(self, row: QWidget) -> None:
        if len(self._rows) == 1:
            for line in row.findChildren(QLineEdit):
                line.clear()
        else:
            self._rows.remove(row)
            self._box.removeWidget(row)
            row.hide()
            row.deleteLater()
            first = self._rows[0].findChild(QLineEdit)
            if isinstance(first, QLineEdit):
                self.setFocusProxy(first)
        self.valueChanged.emit()


class IdentifiersField(LinesField):
    """Numbers a patient is known by; the first is the one everybody uses."""

    def __init__(self, keeper: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(keeper, translate("+ Another number"), parent)

    @property
    def identifiers(self) -> tuple[Identifier, ...]:
        """What was entered; blank lines are left out."""
        found = []
        for row in self._rows:
            line, box = row.findChild(QLineEdit, "value"), row.findChild(QComboBox)
            if isinstance(line, QLineEdit) and isinstance(box, QComboBox) and line.text().strip():
                found.append(Identifier(line.text().strip(), IdentifierKind(box.currentData())))
        return tuple(found)

    def set_identifiers(self, identifiers: Sequence[Identifier]) -> None:
        """Show these."""
        self.clear()
        for identifier in identifiers or (Identifier(""),):
            row = self.add_row()
            line, box = row.findChild(QLineEdit, "value"), row.findChild(QComboBox)
            if isinstance(line, QLineEdit) and isinstance(box, QComboBox):
                line.setText(identifier.value)
                box.setCurrentIndex(box.findData(identifier.kind.value))

    def make_row(self) -> tuple[QWidget, QLineEdit]:
        """Kind, number, cross."""
        row = QWidget(self)
        kind = QComboBox(row)
        kind.setAccessibleName(translate("Kind of number"))
        for one in IdentifierKind:
            kind.addItem(identifier_words(one), one.value)
        kind.setFixedWidth(self.keeper.px(136))
        line = QLineEdit(row)
        line.setObjectName("value")
        line.setAccessibleName(translate("Number"))
        line.textEdited.connect(self.valueChanged)
        kind.activated.connect(self.valueChanged)
        box = QHBoxLayout(row)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(self.keeper.px(6))
        box.addWidget(kind)
        box.addWidget(line, 1)
        box.addWidget(self.cross(row, translate("Remove this number")))
        return row, line


class PhonesField(LinesField):
    """Telephones: the number, whose it is, the language spoken there, and which one to call."""

    def __init__(self, keeper: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(keeper, translate("+ Another phone"), parent)

    @property
    def phones(self) -> tuple[Phone, ...]:
        """What was entered; lines without a number are left out."""
        found = []
        for row in self._rows:
            number, owner, language = (self._line(row, name) for name in ("number", "owner", "language"))
            radio = row.findChild(QRadioButton)
            if number.text().strip():
                preferred = isinstance(radio, QRadioButton) and radio.isChecked()
                found.append(
                    Phone(number.text().strip(), owner.text().strip(), language.text().strip(), preferred=preferred)
                )
        return tuple(found)

    def set_phones(self, phones: Sequence[Phone]) -> None:
        """Show these."""
        self.clear()
        for phone in phones or (Phone("", preferred=True),):
            row = self.add_row()
            for name, words in (("number", phone.number), ("owner", phone.owner), ("language", phone.language)):
                self._line(row, name).setText(words)
            radio = row.findChild(QRadioButton)
            if isinstance(radio, QRadioButton):
                radio.setChecked(phone.preferred)
        radios = [row.findChild(QRadioButton) for row in self._rows]
        if not any(radio.isChecked() for radio in radios if radio is not None) and radios[0] is not None:
            radios[0].setChecked(True)

    def make_row(self) -> tuple[QWidget, QLineEdit]:
        """Number, whose, language, the one to call, cross."""
        row = QWidget(self)
        box = QHBoxLayout(row)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(self.keeper.px(6))
        first: QLineEdit | None = None
        for name, words, share in (
            ("number", translate("Number"), 5),
            ("owner", translate("Whose"), 4),
            ("language", translate("Language"), 3),
        ):
            line = QLineEdit(row)
            line.setObjectName(name)
            line.setPlaceholderText(words)
            line.setAccessibleName(translate("Phone: {what}").format(what=words))
            line.setMinimumWidth(self.keeper.px(64))
            line.textEdited.connect(self.valueChanged)
            box.addWidget(line, share)
            first = first or line
        radio = QRadioButton(row)
        radio.setAutoExclusive(False)
        radio.setAccessibleName(translate("Call this number"))
        radio.setToolTip(translate("Call this number"))
        radio.clicked.connect(lambda: self._prefer(row))
        box.addWidget(radio)
        box.addWidget(self.cross(row, translate("Remove this phone")))
        if first is None:
            raise AssertionError
        return row, first

    def _prefer(self, chosen: QWidget) -> None:
        for row in self._rows:
            radio = row.findChild(QRadioButton)
            if isinstance(radio, QRadioButton):
                radio.setChecked(row is chosen)
        self.valueChanged.emit()

    @staticmethod
    def _line(row: QWidget, name: str) -> QLineEdit:
        line = row.findChild(QLineEdit, name)
        if not isinstance(line, QLineEdit):
            raise KeyError(name)
        return line


class TagsField(QWidget):
    """Words of one's own as chips: typed and taken with Enter, or taken from the usual ones below."""

    valueChanged = Signal()  # noqa: N815 - the name side sheets watch

    def __init__(
        self, keeper: ThemeKeeper, placeholder: str, usual: Sequence[str] = (), parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self._tags: list[str] = []
        self._usual = tuple(usual)
        self.line = QLineEdit(self)
        self.line.setPlaceholderText(placeholder)
        self.line.returnPressed.connect(self._typed)
        self.line.textEdited.connect(self.valueChanged)
        self._chips = _flow(self, keeper)
        self._offers = _flow(self, keeper)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(keeper.px(6))
        column.addWidget(self._chips)
        column.addWidget(self.line)
        column.addWidget(self._offers)
        self.setFocusProxy(self.line)
        self._build()

    @property
    def tags(self) -> tuple[str, ...]:
        """What stands there, the words still in the line included."""
        typed = self.line.text().strip()
        return tuple(dict.fromkeys([*self._tags, *([typed] if typed else [])]))

    def set_tags(self, tags: Sequence[str]) -> None:
        """Show these."""
        self._tags = list(tags)
        self.line.clear()
        self._build()

    def _typed(self) -> None:
        words = self.line.text().strip()
        if words:
            self._take(words)

    def _take(self, words: str) -> None:
        if words not in self._tags:
            self._tags.append(words)
        self.line.clear()
        self._build()
        self.valueChanged.emit()

    def _drop(self, words: str) -> None:
        self._tags.remove(words)
        self._build()
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)
        self.valueChanged.emit()

    def _build(self) -> None:
        chips = []
        for words in self._tags:
            chip = FilterChip(self._keeper, words, translate("Remove {words}").format(words=words), self._chips)
            chip.removed.connect(lambda words=words: self._drop(words))
            chips.append(chip)
        _refill(self._chips, chips)
        offers = []
        for words in self._usual:
            if words not in self._tags:
                link = LinkButton(self._keeper, f"+ {words}", self._offers)
                link.clicked.connect(lambda _=False, words=words: self._take(words))
                offers.append(link)
        _refill(self._offers, offers)


def _flow(parent: QWidget, keeper: ThemeKeeper) -> QWidget:
    holder = QWidget(parent)
    FlowLayout(holder, keeper.px(6))
    policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    policy.setHeightForWidth(True)
    holder.setSizePolicy(policy)
    return holder


def _refill(holder: QWidget, widgets: Sequence[QWidget]) -> None:
    layout = holder.layout()
    if layout is None:
        return
    while layout.count():
        item = layout.takeAt(0)
        old = item.widget() if item is not None else None
        if old is not None:
            old.hide()
            old.deleteLater()
    for widget in widgets:
        layout.addWidget(widget)
        widget.show()
    holder.setVisible(bool(widgets))
    holder.updateGeometry()
