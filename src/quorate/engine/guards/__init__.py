"""The guard language: a small total language over declared facts, with three-valued logic.

    count(checks.failing) == 0 and (reviews.submitted >= 2 or "approve" in reviews.recommendations)

There are no loops, no assignments and no Python in it. Every guard has a value for every set of facts: true, false
or unknown, and unknown is not true, so what nobody could measure never lets a case pass. A refusal names the clause
that failed and what was found. ``x is known`` and ``x is unknown`` ask about knowledge itself and are always true or
false. Facts are dotted names; which there are is said by the ``Catalogue`` against which a guard is checked.
"""

from quorate.engine.guards.evaluation import Facts, Truth
from quorate.engine.guards.language import Clause, Guard, Verdict, show
from quorate.engine.guards.parsing import GuardSyntaxError
from quorate.engine.guards.types import Catalogue, Fault, Type

__all__ = ["Catalogue", "Clause", "Facts", "Fault", "Guard", "GuardSyntaxError", "Truth", "Type", "Verdict", "show"]
