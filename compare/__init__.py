"""Compare hand-derived gradients with autodiff, explain the difference, train with either."""
