"""Compass 罗盘: what a shop's figures were, added up once, and the rows behind each."""
