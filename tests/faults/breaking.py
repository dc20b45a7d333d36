"""What the tests of faults share: how much they break, and what they have in hand meanwhile."""

from __future__ import annotations

import os
from dataclasses import dataclass

from hands import Hands
from heard import Ear
from stream import Stream
from wbs_client import TrustedKeys
from wbs_local.launch import Running

# `make faults` asks for the long run; `make test` keeps the short one, which strikes at the same.
LONG = os.environ.get("WBS_FAULTS") == "long"
REPORTS = int(os.environ.get("WBS_FAULTS_REPORTS", "1000" if LONG else "100"))
GONE_S = 60.0 if LONG else 10.0
FROZEN_S = 20.0 if LONG else 5.0


@dataclass
class Broken:
    """The system, who breaks it, and what its clients hear."""

    running: Running
    hands: Hands
    ear: Ear
    stream: Stream
    keys: TrustedKeys
