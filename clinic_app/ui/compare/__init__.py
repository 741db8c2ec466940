"""The doctor's viewer: two photographs side by side under one lens."""

from __future__ import annotations

from clinic_app.ui.compare.view import CompareView

__all__ = ["CompareView"]
