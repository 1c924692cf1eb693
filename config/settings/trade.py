"""The trade's timers."""
