"""identity-vault's settings beyond those of every service."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.settings import Settings


@dataclass(frozen=True)
class IdentityVaultSettings(Settings):
    """`photo_days`: how long a filed photo is locked; erasing is the destruction of the report's key.

    `many_open_reports`: from so many open reports of one NIK on, the Super Admin is shown their number.
    `inbox_days`: what lies in the inbox longer, and no check waits for, is removed: a draft lives a week.
    """

    photo_days: int = 3653
    many_open_reports: int = 3
    inbox_days: int = 9
    rotation_days: int = 1
