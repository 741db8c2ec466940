"""Second floor: this computer."""
