"""The two recovery codes: shown once, printed or saved, and typed back in part before one goes on."""

from __future__ import annotations

from html import escape
from pathlib import Path

from PySide6.QtCore import QMarginsF, Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinic_app.domain.errors import RuleBroken
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.vault.forms import AskTarget, StartForm, ask_target
from clinic_app.ui.widgets import Button, Level, TextLabel
from clinic_app.wording.language import translate
from clinic_app.wording.sentences import sentence_of

TYPED_BACK = 8
"""Characters of each code that are typed back (security page 3.1)."""
MARGIN_MM = 20


class CodesForm(StartForm):
    """The recovery codes of a clinic: the clinic's own, and the one for the sealed envelope."""

    def __init__(self, keeper: ThemeKeeper, ask: AskTarget = ask_target, parent: QWidget | None = None) -> None:
        super().__init__(
            keeper,
            translate("Recovery codes"),
            translate(
                "If every passphrase is lost, only one of these codes opens the clinic again; without them the data "
                "are gone for good. They are shown this once. Print them, and keep them away from this computer."
            ),
            parent,
        )
        self._ask = ask
        self._codes: tuple[str, ...] = ()
        self._place = 0
        self._clinic, self._vault, self._day = "", "", ""
        self.all_codes_words = self.words.text()
        self._labels = QVBoxLayout()
        self._labels.setSpacing(keeper.px(8))
        self.column.addLayout(self._labels)
        row = QHBoxLayout()
        row.setSpacing(keeper.px(8))
        self.print_button = Button(keeper, translate("Print…"), icon="printer", parent=self)
        self.print_button.clicked.connect(self._print)
        self.save_button = Button(keeper, translate("Save as PDF…"), icon="download", parent=self)
        self.save_button.clicked.connect(self._save)
        row.addWidget(self.print_button)
        row.addWidget(self.save_button)
        row.addStretch(1)
        self.column.addLayout(row)
        self.last = [
            self.add_line(
                name,
                translate("Last {count} characters of code {number}, from the paper").format(
                    count=TYPED_BACK, number=number
                ),
            )
            for number, name in enumerate(("first", "second"), 1)
        ]

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes shown."""
        return self._codes

    def show_codes(
        self,
        clinic: str,
        codes: tuple[str, ...],
        vault_id: str = "",
        day: str = "",
        *,
        place: int | None = None,
        renewed: bool = False,
    ) -> None:
        """Show the codes of a clinic; its number and the day they were made stand on the sheet. ``place``: there is
        one code only, the first (0) or the second (1) of the two. ``renewed``: there were others before.
        """
        self.forget()
        self._clinic, self._codes, self._vault, self._day = clinic, codes, vault_id, day
        self._place = place or 0
        words = self.all_codes_words if place is None else _alone(place)
        if renewed:
            void = translate("Codes shown or printed earlier open nothing any more: destroy that paper.")
            words = f"{void} {words}"
        self.words.setText(words)
        for number, code, use in self._numbered():
            label = TextLabel(self.keeper, f"{number}   {code}", Style.PHONE, "text", self, selectable=True)
            label.setAccessibleName(translate("Recovery code {number}: {code}").format(number=number, code=code))
            self._labels.addWidget(label)
            self._labels.addWidget(TextLabel(self.keeper, use, Style.SECONDARY, "text2", self, wrap=True))
        for at, line in enumerate(self.last):
            line.clear()
            field = self.field(("first", "second")[at])
            field.set_label(
                translate("Last {count} characters of code {number}, from the paper").format(
                    count=TYPED_BACK, number=self._place + at + 1
                )
            )
            field.setVisible(at < len(codes))

    def forget(self) -> None:
        """The codes are gone from the screen and from memory here."""
        self._codes = ()
        while self._labels.count():
            item = self._labels.takeAt(0)
            widget = None if item is None else item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def check(self) -> None:
        """Whether the ends of the codes were typed back.

        Raises:
            RuleBroken: ``code_not_typed`` at ``first`` or ``second``.
        """
        for name, line, code in zip(("first", "second"), self.last, self._codes, strict=False):
            if plain_code(line.text())[-TYPED_BACK:] != plain_code(code)[-TYPED_BACK:]:
                raise RuleBroken(name, "code_not_typed", count=TYPED_BACK)

    def sheet_words(self) -> str:
        """What is printed or saved, as plain text."""
        lines = [translate("Recovery codes of {clinic}").format(clinic=self._clinic), *self._facts(), ""]
        for number, code, use in self._numbered():
            lines += [f"{number}   {code}", f"    {use}", ""]
        return "\n".join([*lines, self._warning()]) + "\n"

    def sheet_page(self) -> str:
        """The same as a page to print (HTML)."""
        title = translate("Recovery codes of {clinic}").format(clinic=self._clinic)
        parts = [f"<h2>{escape(title)}</h2>", f"<p>{'<br>'.join(escape(one) for one in self._facts())}</p>"]
        for number, code, use in self._numbered():
            parts.append(f"<p style='margin-top:28px'><b>{number}.</b> {escape(use)}</p>")
            parts.append(f"<p style='font-size:16pt; font-family:monospace'><b>{escape(code)}</b></p>")
        parts.append(f"<p style='margin-top:28px'>{escape(self._warning())}</p>")
        return "".join(parts)

    def _numbered(self) -> list[tuple[int, str, str]]:
        """Each code with its number and what it is for."""
        uses = _uses()[self._place :]
        return [
            (number, code, use)
            for number, (code, use) in enumerate(zip(self._codes, uses, strict=False), self._place + 1)
        ]

    def _facts(self) -> list[str]:
        facts = [translate("Made on {day}").format(day=self._day)] if self._day else []
        return (
            [*facts, translate("Number of the clinic’s data: {vault}").format(vault=self._vault)]
            if self._vault
            else facts
        )

    def _warning(self) -> str:
        if len(self._codes) == 1:
            return translate(
                "This code opens the clinic without a passphrase: lock it away, apart from the other one, which still "
                "holds. A code that was used is worth nothing afterwards; the program then prints a new one."
            )
        return translate(
            "Either code opens the clinic without a passphrase. Cut the sheet in two and lock the halves away in two "
            "places. A code that was used is worth nothing afterwards; the program then prints a new one."
        )

    def _save(self) -> None:
        target = self._ask(self, "recovery-codes.pdf")
        if not target:
            return
        try:
            _make_private(Path(target))
            if Path(target).suffix.lower() == ".txt":
                Path(target).write_text(self.sheet_words(), encoding="utf-8")
            else:
                self._write_pdf(Path(target))
        except OSError as problem:
            self.banner.show_words(sentence_of(problem), level=Level.PROBLEM)
        else:
            self.banner.show_words(
                translate("Saved. Move the file to a stick or print it, then delete it here."), level=Level.WARNING
            )

    def _write_pdf(self, path: Path) -> None:
        """One page. Raises ``OSError`` where the file cannot be written."""
        from PySide6.QtGui import QPageSize, QPdfWriter, QTextDocument

        writer = QPdfWriter(str(path))
        writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
        writer.setPageMargins(QMarginsF(MARGIN_MM, MARGIN_MM, MARGIN_MM, MARGIN_MM))
        writer.setTitle(translate("Recovery codes"))
        document = QTextDocument()
        document.setHtml(self.sheet_page())
        document.print_(writer)
        del writer
        if not path.stat().st_size:
            raise OSError(5, translate("nothing was written"), str(path))

    def _print(self) -> None:
        from PySide6.QtGui import QTextDocument
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        dialog = QPrintDialog(printer, self)
        dialog.setWindowTitle(translate("Print recovery codes"))
        try:
            if dialog.exec() == QPrintDialog.DialogCode.Accepted:
                document = QTextDocument()
                document.setHtml(self.sheet_page())
                document.print_(printer)
        finally:
            dialog.deleteLater()

    def begin(self) -> None:
        """The keyboard to the first line."""
        self.last[0].setFocus(Qt.FocusReason.OtherFocusReason)


def _make_private(path: Path) -> None:
    """An empty file for this user alone. Raises ``OSError``."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600, exist_ok=False)


def _uses() -> tuple[str, str]:
    return (
        translate("For the clinic: where an administrator finds it when a passphrase is forgotten."),
        translate("For the sealed envelope: in another building, for the day when everything else is lost."),
    )


def _alone(place: int) -> str:
    return translate(
        "Code {number} is new: it takes the place of the one that was used or lost, which opens nothing any more. "
        "Code {other} still holds: keep its paper. The new code is shown this once. Print it, and keep it away from "
        "this computer."
    ).format(number=place + 1, other=2 - place)


def plain_code(text: str) -> str:
    """A code as it is compared: capital letters, no spaces or dashes, O read as 0, I and L as 1."""
    kept = "".join(one for one in text.upper() if one.isalnum())
    return kept.replace("O", "0").replace("I", "1").replace("L", "1")
