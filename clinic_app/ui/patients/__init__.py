"""Patients: the list, the case page, and what is said of a patient and of their diagnoses."""
