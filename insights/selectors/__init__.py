"""Questions about a shop's figures."""
