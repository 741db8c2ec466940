"""Table rows. Only the storage floor may import this package."""

from clinic_app.storage.records import audit, cases, clinic, comparison, patients, pictures, schedule, treatment
from clinic_app.storage.records.declarative import Record

__all__ = ["Record", "audit", "cases", "clinic", "comparison", "patients", "pictures", "schedule", "treatment"]
