"""Third floor: what the clinic does. One use case, one transaction."""
