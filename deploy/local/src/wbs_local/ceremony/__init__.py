"""The set-up ceremony: once, on a fresh OpenBao, everything that later needs two people; then the root token dies."""

from __future__ import annotations

from wbs_local.ceremony import enforcement, key_set, people
from wbs_local.ceremony.people import Enrolled, people_of
from wbs_local.ceremony.root import AlreadyInitialised, Root, RootTokenAlive
from wbs_local.ceremony.walls import declared
from wbs_local.parts import openbao
from wbs_local.system import System

__all__ = ["AlreadyInitialised", "Enrolled", "RootTokenAlive", "hold", "is_held", "people_of"]


def is_held(system: System) -> bool:
    """Whether the ceremony was held to its end: the key set is published last."""
    return key_set.published_at(system).exists()


def hold(system: System) -> None:
    """Initialise OpenBao, put the walls up, enrol the people, sign the keys that all trust, revoke the root token."""
    if is_held(system):
        return
    walls = declared()
    root = Root.of_a_fresh_openbao(openbao.url(system))
    enforcement.make_mounts(root, walls)
    sign_in = enforcement.make_sign_in(root, walls)
    enforcement.write_policies(root, walls, sign_in)
    enforcement.make_service_roles(root, walls, system)
    people.enrol(root, walls, sign_in, system)
    signed = key_set.sign(root, walls, key_set.make_kpk_keys(system))
    root.revoke()
    key_set.publish(system, signed)
