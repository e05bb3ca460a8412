"""The vectorised counters: arrays of whole numbers (int64 fixed point), for a million ballots at a time."""
