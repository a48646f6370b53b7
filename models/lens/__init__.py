"""The gradient lens: how far the gradient travels back through time, measured and in words."""

from models.lens.hidden_gradients import Profile, by_distance, half_life
from models.lens.jacobians import product_norms, step_norms, textbook_bound
from models.lens.lens import Lens, Look, in_words
from models.lens.verdict import Verdict, judge

__all__ = [
    "Lens",
    "Look",
    "Profile",
    "Verdict",
    "by_distance",
    "half_life",
    "in_words",
    "judge",
    "product_norms",
    "step_norms",
    "textbook_bound",
]
