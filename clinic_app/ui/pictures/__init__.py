"""The room where photographs come in: drop, paste or choose, then sort what came by sitting and view."""

from __future__ import annotations

from clinic_app.ui.pictures.import_sheet import PictureImportSheet

__all__ = ["PictureImportSheet"]
