"""The injection beside the photographs: read when it is wanted, following the pair that is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from clinic_app.domain.dose_map import Course, pair_treatment
from clinic_app.domain.errors import ClinicError
from clinic_app.ui.compare.injection_panel import InjectionPanel
from clinic_app.ui.compare.injection_sheet import sheet_of
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.widgets.key_map import KeyMap
from clinic_app.wording.language import translate
from clinic_app.wording.sentences import sentence_of

if TYPE_CHECKING:
    from clinic_app.domain.catalogues import Catalogues
    from clinic_app.services import Services
    from clinic_app.ui.compare.reading import Reading
    from clinic_app.ui.tasks import Tasks

Shows = tuple[int | None, int | None]


class InjectionBeside(QObject):
    """The panel and what it is about. ``session_asked(session_id)``: open it in the record; ``here_asked(session_id)``:
    show it with its pair; ``hide_asked``."""

    session_asked = Signal(int)
    here_asked = Signal(int)
    hide_asked = Signal()

    def __init__(self, keeper: ThemeKeeper, keys: KeyMap, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self.panel = InjectionPanel(keeper, keys)
        self.panel.hide()
        self.panel.hide_asked.connect(self.hide_asked)
        self.panel.session_asked.connect(self.session_asked)
        self.panel.here_asked.connect(self.here_asked)
        self.panel.again_asked.connect(self._ask)
        self.wanted = False
        """Whether it is to be seen where there is room; remembered for each case."""
        self._case_id = 0
        self._reading: Reading | None = None
        self._known: tuple[Course, Catalogues] | None = None
        self._trouble: ClinicError | None = None
        self._asked_for: tuple[int, Shows] | None = None
        self._shows: Shows = (None, None)
        self._stale = True
        self._names = True
        self._said_of: tuple[object, ...] = ()

    def read(self, case_id: int, reading: Reading | None) -> None:
        """What is known of a case was read again; another case or none begins anew."""
        if reading is None or case_id != self._case_id:
            self._known, self._trouble, self._asked_for = None, None, None
            self._said_of = ()
            self.panel.show_words("")
            self.panel.hide()
        self._case_id, self._reading, self._stale = case_id, reading, True

    def follow(self, session_id: int, shows: Shows) -> None:
        """Show this injection as long as these photographs are shown; 0: that of whatever is shown."""
        self._asked_for = (session_id, shows) if session_id else None

    def refresh(self, shows: Shows, *, furnished: bool, names: bool) -> None:
        """Follow the photographs; ``furnished``: there is room beside them; ``names``: people may be named."""
        self._shows, self._names = shows, names
        shown = self.wanted and furnished and self._reading is not None
        if shown:
            if self._stale:
                self._ask()
            self._show()
        self.panel.setVisible(shown)

    def _ask(self) -> None:
        self._stale = False
        case_id = self._case_id
        if self._known is None:
            self.panel.show_words(translate("Reading the doses…"))

        def read(services: Services) -> tuple[Course, Catalogues]:
            return services.treatment.course(case_id), services.catalogues

        self._tasks.ask(read, self._came, owner=self, key="course", failed=self._failed)

    def _came(self, known: tuple[Course, Catalogues]) -> None:
        if self._reading is not None and known[0].case.id == self._case_id:
            self._known, self._trouble = known, None
            self._show()

    def _failed(self, error: ClinicError) -> None:
        self._trouble = error
        self._show()

    def _show(self) -> None:
        """Say what is known, where that or the photographs changed."""
        reading = self._reading
        of = (self._known, self._trouble, reading, *self._shows, self._asked_for, self._names)
        if len(of) == len(self._said_of) and all(one is two for one, two in zip(of, self._said_of, strict=True)):
            return
        self._said_of = of
        if self._trouble is not None:
            self.panel.show_words(sentence_of(self._trouble), again=True)
        elif self._known is not None and reading is not None:
            course, catalogues = self._known
            if self._asked_for is not None and {*self._asked_for[1]} != {*self._shows}:
                self._asked_for = None
            asked = self._asked_for[0] if self._asked_for is not None else None
            entries = [reading.entry(one) for one in self._shows]
            photos = [one.picture if one is not None else None for one in entries]
            injection = reading.answer.pair.injection if self._shows == reading.automatic else None
            found = pair_treatment(course, photos, asked, injection.session_id if injection is not None else None)
            sheet = sheet_of(course, found, tuple(zip("AB", photos, strict=True)), catalogues)
            self.panel.show_sheet(sheet, names=self._names)
