"""Long jobs at the foot of the window; nothing is there while nothing runs."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from clinic_app.domain.changes import Progress
from clinic_app.domain.errors import ClinicError
from clinic_app.ui.context import UiContext
from clinic_app.ui.tasks import JobHandle
from clinic_app.ui.widgets.progress_strip import ProgressStrip
from clinic_app.ui.widgets.themed import Plane
from clinic_app.wording.language import translate
from clinic_app.wording.sentences import sentence_of


class JobBar(Plane):
    """A strip with progress and Cancel for each job that runs."""

    def __init__(self, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, "rail", parent, edge=Qt.Edge.TopEdge)
        self._context = context
        self._strips: dict[JobHandle, ProgressStrip] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(12, 3, 12, 3)
        self._column.setSpacing(2)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.hide()
        context.tasks.job_started.connect(self._begin)
        context.concealed.connect(self._conceal)

    @property
    def running(self) -> int:
        """How many jobs are shown."""
        return len(self._strips)

    def _begin(self, handle: JobHandle) -> None:
        strip = ProgressStrip(self.keeper, handle.title, self)
        strip.cancelled.connect(handle.cancel)
        self._strips[handle] = strip
        self._column.addWidget(strip)
        handle.progressed.connect(partial(self._progressed, strip))
        handle.failed.connect(partial(self._failed, handle.title))
        handle.ended.connect(partial(self._end, handle))
        self.show()

    def _progressed(self, strip: ProgressStrip, progress: Progress) -> None:
        from clinic_app.wording.checks import step_words

        strip.show_progress(progress, "" if self._context.covered else step_words(progress))

    def _conceal(self) -> None:
        for handle, strip in self._strips.items():
            strip.show_progress(handle.progress, "")

    def _failed(self, title: str, problem: object) -> None:
        if isinstance(problem, ClinicError):
            words = translate("{job}: {problem}").format(job=title, problem=sentence_of(problem))
            self._context.intents.refused.emit(words)

    def _end(self, handle: JobHandle) -> None:
        strip = self._strips.pop(handle, None)
        if strip is not None:
            self._column.removeWidget(strip)
            strip.hide()
            strip.deleteLater()
        self.setVisible(bool(self._strips))
