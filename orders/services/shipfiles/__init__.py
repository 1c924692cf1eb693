"""Files of parcels (OP-13), one step a module:

`reading` makes rows of bytes; `sorting` makes wishes of rows, without the database; `deciding`
ships what can be shipped; `jobs` does it part by part; `reports` writes the file to be corrected.
"""
