"""What the demo's shops, products and people are called: plain values, no logic."""
