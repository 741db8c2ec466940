"""Treatment: what is given at a visit, and what was mistyped."""

from __future__ import annotations

from clinic_app.ui.treatment.correction_sheet import CorrectionSheet
from clinic_app.ui.treatment.later_bookings import LaterBookingsSheet
from clinic_app.ui.treatment.visit_sheet import VisitSheet

__all__ = ["CorrectionSheet", "LaterBookingsSheet", "VisitSheet"]
