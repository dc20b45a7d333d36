"""Who the investigators are: asked of OpenBao with the token of the head who assigns."""

from __future__ import annotations

from collections.abc import Mapping

from chassis import openbao


def investigators(person: openbao.Person) -> Mapping[str, str]:
    """User name -> name and user name, as the group's metadata has them."""
    group = person.read("identity/group/name/investigator")
    return {user: f"{name} ({user})" for user, name in sorted((group.get("metadata") or {}).items())}
