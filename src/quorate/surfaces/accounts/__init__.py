"""Signing in and what belongs to an account: sessions, tokens, language, and why one may do something."""
