"""Table rows. Only the storage floor may import this package."""

from clinic_app.storage.records import cases, clinic, patients, pictures, schedule, treatment
from clinic_app.storage.records.declarative import Record

__all__ = ["Record", "cases", "clinic", "patients", "pictures", "schedule", "treatment"]
