"""The example's history: two years of invented cases, lived through in seconds by the engine's own actions."""
