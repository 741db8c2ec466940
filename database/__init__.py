"""What the clinic depends on: the migrations and the catalogues."""
