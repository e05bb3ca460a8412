"""The template library ``quorate``."""
