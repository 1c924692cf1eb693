"""Files on their way into the catalog (OP-13), one step a module:

`reading` makes a table of bytes; a format (`template`, `shopify`, `yanxuan`) makes lines of a
table; `landing` writes lines; `jobs` does it chunk by chunk and keeps the report.
"""
