"""Who the investigators are: asked of OpenBao with the token of the head who assigns.

Entity ids of OpenBao tell people apart whose user name is the same: one's who has left, and one's who came after.
"""

from __future__ import annotations

from collections.abc import Mapping

from chassis import openbao


def investigators(person: openbao.Person) -> Mapping[str, str]:
    """User name -> name and user name, as the group's metadata has them."""
    group = person.read("identity/group/name/investigator")
    return {user: f"{name} ({user})" for user, name in sorted((group.get("metadata") or {}).items())}


def entity_of(person: openbao.Person, user: str) -> str | None:
    """Who has that user name now; None unless it is an investigator's."""
    group = person.read("identity/group/name/investigator")
    if user not in (group.get("metadata") or {}):
        return None
    entity = str(person.read(f"identity/entity/name/{user}")["id"])
    return entity if entity in (group.get("member_entity_ids") or ()) else None
