"""Values that never show themselves: their repr is `<sealed>`, so no log line, traceback or metric can carry them."""

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


class Sealed(str):
    """Text that only its addressee may read, as it travels: a wrapped letter, wrapped facts, locked keys."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<sealed>"


def _sealed_repr(_: object) -> str:
    return "<sealed>"


@dataclass_transform(frozen_default=True, kw_only_default=True)
def sealed(cls: type[T]) -> type[T]:
    """Make a frozen, keyword-only dataclass whose repr and str show nothing of its fields."""
    cls.__repr__ = _sealed_repr  # type: ignore[method-assign]
    return dataclass(frozen=True, kw_only=True, repr=False)(cls)
