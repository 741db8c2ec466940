"""Second floor: papers of the domain as pages, for printers and PDF files (QtGui only, no widgets)."""
