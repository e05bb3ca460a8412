"""The half-yearly review of ecosystem projects: measured again, mended or retired."""
