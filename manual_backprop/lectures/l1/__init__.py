"""L1: 10-601B Introduction to Machine Learning, Lecture 15."""

from manual_backprop.lectures.entry import Lecture
from manual_backprop.lectures.l1.activation_functions import ACTIVATION_FUNCTIONS
from manual_backprop.lectures.l1.case_1 import CASE_1
from manual_backprop.lectures.l1.case_2 import CASE_2
from manual_backprop.lectures.l1.case_2_inputs import CASE_2_INPUTS
from manual_backprop.lectures.l1.chain_rule import CHAIN_RULE
from manual_backprop.lectures.l1.objective_functions import OBJECTIVE_FUNCTIONS

L1 = Lecture(
    "L1",
    "10-601B Introduction to Machine Learning, Lecture 15",
    "J is a log-likelihood, to be maximised, and dJ/dy the direction to go; but in L1-05 it is a "
    "loss, to be minimised, and dJ/dy the direction to leave; y* is the target (t in the "
    "evidence), y the output",
    (*ACTIVATION_FUNCTIONS, *OBJECTIVE_FUNCTIONS, *CHAIN_RULE, *CASE_1, *CASE_2, *CASE_2_INPUTS),
)
