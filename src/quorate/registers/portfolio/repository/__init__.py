"""Facts about a git repository, read from a local clone: history, files, licence, releases, and checks on them.

Pure Python and git; no database, no network. `scan.scan` reads one repository, `fleet.refresh` many, `checks.check`
holds a scan against a program's criteria, `health.health` gives the keys of `quorate repo health`.
"""
