"""The schedule: call list, week board, the panel beside them, and the sheets for calls and bookings."""
