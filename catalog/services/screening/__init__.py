"""What a machine says of a submission before a person looks at it (CA-06, CA-07, ADR 0029).

`rules` are written, tried and published; `facts` are read for a set of products; `matching` holds
one against the other without the database; `judging` decides what becomes of a submission.
"""
