"""All rules by id, in the order of the table."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from .claims import c1, c2, c3, c4, c5, c6
from .evidence import s1, s2, v1
from .knowledge import k1, k2, k3, k4, k5, k6
from .normalization import n1, n2, n3, n4, n5
from .sharing import w1, w2, w3
from .verdict import Rule

_TABLE = (
    *(n1, n2, n3, n4, n5),
    *(w1, w2, w3),
    *(k1, k2, k3, k4, k5, k6),
    *(s1, s2, v1),
    *(c1, c2, c3, c4, c5, c6),
)
RULES: Mapping[str, Rule] = MappingProxyType({rule.id: rule for rule in _TABLE})
