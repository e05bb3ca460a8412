"""numpy, loaded when the first ballots are counted with arrays and not when this package is.

Every command line and every server loads the rules and the formats; few of them count. Loading numpy takes longer than
all the rest of counting together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quorate.kernel import discovery

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Integers = NDArray[np.int64]
    Small = NDArray[np.int16]
    Relation = NDArray[np.bool_]
    Status = NDArray[np.int8]
else:
    np = discovery.later("numpy")
    # Names for annotations, which nothing reads while the product runs.
    NDArray = Integers = Small = Relation = Status = Any

__all__ = ["Integers", "NDArray", "Relation", "Small", "Status", "np"]
