"""Second floor: what is kept. SQLAlchemy, drivers and cryptography live here only."""
