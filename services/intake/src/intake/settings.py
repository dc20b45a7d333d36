"""intake's settings beyond those of every service."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.settings import Profile, SettingInvalid, Settings


@dataclass(frozen=True)
class IntakeSettings(Settings):
    """`challenge_cost` and `challenge_tries` set the proof of work: the defaults take a cheap phone about a second.

    `without_checks` (local profile only) takes reports without an identity and evidence, until the services that check
    them run.
    """

    challenge_cost: int = 5000
    challenge_tries: int = 600
    draft_days: int = 7
    without_checks: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.without_checks and self.profile is not Profile.LOCAL:
            raise SettingInvalid("WBS_WITHOUT_CHECKS", "false outside the local profile")
