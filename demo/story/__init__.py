"""The story: one sale, from the binding of an account to a refund and a settled commission.

Seven people play it over HTTP against a running system, as their apps would.
"""
