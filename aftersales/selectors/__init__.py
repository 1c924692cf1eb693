"""The questions of the aftersales room: what may be asked, what it is worth, what waits."""
