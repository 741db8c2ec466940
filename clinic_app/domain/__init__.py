"""Ground floor: what is true in the clinic. Standard library only."""
