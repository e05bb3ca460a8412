"""Performance claims: each measured beside a named baseline in the same run."""
