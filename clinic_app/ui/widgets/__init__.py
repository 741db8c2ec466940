"""Parts with no clinic in them."""
