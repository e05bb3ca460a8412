"""Running an installation: serve, work, save, restore, examine, and say how it is."""
