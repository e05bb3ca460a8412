"""The portfolio in the foundation's directory of files: ``projects.yml``, ``members.yml``, ``landscape.yml``."""

from __future__ import annotations

from quorate.registers.portfolio.foundation.landscape import LANDSCAPE
from quorate.registers.portfolio.foundation.members import MEMBERS
from quorate.registers.portfolio.foundation.projects import PROJECTS

SECTIONS = [PROJECTS, MEMBERS, LANDSCAPE]
