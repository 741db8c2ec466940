"""The room where a clinic's own register comes in, and the way it goes out again."""

from __future__ import annotations

from clinic_app.ui.register.export_sheet import RegisterExport, RegisterExportSheet
from clinic_app.ui.register.import_sheet import REGISTER_ENDINGS, RegisterImportSheet

__all__ = ["REGISTER_ENDINGS", "RegisterExport", "RegisterExportSheet", "RegisterImportSheet"]
