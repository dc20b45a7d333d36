"""Who acts on a case."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.vocabulary import Role


@dataclass(frozen=True)
class Caseworker:
    """In one of their roles. `user` is shown of them; who they are is `entity_id`, their entity at OpenBao: a user name
    may be given to somebody else one day, and must not bring them the cases of the one before."""

    user: str
    entity_id: str
    role: Role
