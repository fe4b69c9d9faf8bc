"""Errors that teach: what was given, the rule, and the remedy."""

from __future__ import annotations


class DolorimeterError(Exception):
    """Base of every error this package raises on purpose."""


class InputError(DolorimeterError, ValueError):
    """Something the user gave cannot be used; the command line exits with 2.

    Parameters
    ----------
    where : str
        The file, row, field or argument at fault, as the user knows it.
    found : str
        What was found there.
    rule : str
        What would have been accepted.
    remedy : str, optional
        What to do about it, where that does not follow from the rule.

    Examples
    --------
    >>> print(InputError("width", "'-2h'", "a positive duration such as '2h'"))
    width: '-2h'; expected a positive duration such as '2h'
    """

    def __init__(self, where: str, found: str, rule: str, remedy: str = "") -> None:
        self.where, self.found, self.rule, self.remedy = where, found, rule, remedy
        tail = f". {remedy}" if remedy else ""
        super().__init__(f"{where}: {found}; expected {rule}{tail}")

    def __reduce__(self) -> tuple[type[InputError], tuple[str, str, str, str]]:
        """Rebuild from the four parts, so that the error crosses process borders whole."""
        return type(self), (self.where, self.found, self.rule, self.remedy)
