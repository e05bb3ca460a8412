"""Ecosystem projects: from application to landscape."""
