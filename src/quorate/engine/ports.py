"""What the engine does for those below it: entries about cases are told to whoever may see the case."""

from __future__ import annotations

from quorate.engine.queries.history import teller
from quorate.toolkit.tellers import TELLERS

TELLERS.register("cases", teller)
