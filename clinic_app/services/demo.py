"""The demo clinic: invented patients with drawn photographs."""

from __future__ import annotations

from clinic_app.services.context import ClinicContext


class DemoService:
    """Fills a demo clinic."""

    def __init__(self, context: ClinicContext) -> None:
        self._context = context
