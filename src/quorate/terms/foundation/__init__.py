"""The foundation itself, its bodies and its policies in the directory of files."""

from quorate.terms.foundation.bodies import BODIES
from quorate.terms.foundation.identity import IDENTITY
from quorate.terms.foundation.policies import POLICIES

SECTIONS = [IDENTITY, BODIES, POLICIES]
