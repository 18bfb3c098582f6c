"""Does a derivation follow the loss as it is computed, rather than a rule that the loss carries?"""

import jax.numpy as jnp
import numpy as np

from compare.agreement.autodiff import autodiff_of
from compare.agreement.formula import Sight
from compare.agreement.witnesses import Arrays, Witnesses
from compare.program import run, trace


def follows_plain_loss(exact: Witnesses, inputs: Arrays, sight: Sight, node: int) -> bool:
    """Whether the hand is autodiff of the loss without its custom rules, at one node.

    Where the plain loss cannot be differentiated (a while loop), nothing speaks against it.
    """
    assert exact.on_paper is not None
    autodiff = autodiff_of(exact.on_paper, exact.subjects, exact.differentiated)
    try:
        program, _ = trace(autodiff, *map(jnp.asarray, inputs), write_out=True)
    except (ValueError, NotImplementedError):
        return True
    plain = exact.arranged(run(program, inputs))[node]
    with np.errstate(invalid="ignore"):
        return bool((np.abs(sight.hand[node] - plain) <= sight.allowance[node]).all())
