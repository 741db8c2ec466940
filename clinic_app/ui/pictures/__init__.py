"""The room where photographs come in: drop, paste or choose, then sort what came by sitting and view."""

from __future__ import annotations

from clinic_app.ui.pictures.import_sheet import PictureImportSheet
from clinic_app.ui.pictures.sources import dropped_paths

__all__ = ["PictureImportSheet", "dropped_paths"]
