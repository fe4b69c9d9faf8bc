"""The hemodynamic response: kernels, convolution, collinearity."""
