"""What the engine puts on somebody's list: stages they own, reviews, obligations, and cases that they follow."""

from __future__ import annotations

from quorate.engine.queries.waiting import waiting
from quorate.toolkit.work import work_source

work_source("cases")(waiting)
