"""Governance (治理): what a shop stakes, and what follows from how it does."""
