"""Infer pain from objective signals, and know exactly what you may claim.

The exported names are listed in ``__init__.pyi`` and loaded on first use, so that
``import dolorimeter`` stays fast.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
