"""Files of plans (OP-13), one step a module:

`reading` makes rows of bytes; `deciding` opens plans and changes rates, a row at a time; `jobs`
does it part by part; `reports` writes the file to be corrected.
"""
