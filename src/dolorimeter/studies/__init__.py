"""One study a file or folder: read, fit, evaluate, audit, gather, report."""

import lazy_loader as lazy

# One kind of study must not wait for the libraries of the others.
__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
