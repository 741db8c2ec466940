"""What was deleted: put back or destroyed for good."""
