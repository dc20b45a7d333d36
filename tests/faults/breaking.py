"""What the tests of faults share: how much they break, and what they have in hand meanwhile."""

from __future__ import annotations

import os
from dataclasses import dataclass

from hands import Hands
from heard import Ear
from ledger import Ledger
from stream import Stream
from wbs_client import PublicApi, TrustedKeys
from wbs_local.launch import Running

# `make faults` sets these to what issue and README name; the short run in `make test` keeps the defaults.
REPORTS = int(os.environ.get("WBS_FAULTS_REPORTS", "40"))
GONE_S = float(os.environ.get("WBS_FAULTS_GONE_S", "10"))
FROZEN_S = float(os.environ.get("WBS_FAULTS_FROZEN_S", "5"))


@dataclass
class Broken:
    """The system, who breaks it, what its clients hear, and what its topics say."""

    running: Running
    hands: Hands
    ear: Ear
    stream: Stream
    api: PublicApi
    keys: TrustedKeys
    ledger: Ledger
