"""Agreements made of clauses: composed, sent, signed by both sides, and provable word for word."""
