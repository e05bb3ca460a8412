"""Quorate: the self-hosted platform on which an open-source foundation runs."""

__version__ = "0.1.0"
