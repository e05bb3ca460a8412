"""Secret and verifiable ballots: commitments, the log of the box, receipts, blind tokens, and what is published.

Pure: no table, no request, no clock. `docs/explanation/secret-ballots.md` says what this protects and what not.
"""
