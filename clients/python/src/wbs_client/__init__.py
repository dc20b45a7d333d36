"""Reference client: files, follows and answers a report. For makers of apps and desks; it stands on contracts only."""

from contracts.receipts import Receipt

from wbs_client.filing import Filing, StoryDraft
from wbs_client.mailbox import Mailbox, Message, Status
from wbs_client.public_api import Problem, PublicApi, Unreachable
from wbs_client.trust import TrustedKeys, fetch_keys

__all__ = [
    "Filing",
    "Mailbox",
    "Message",
    "Problem",
    "PublicApi",
    "Receipt",
    "Status",
    "StoryDraft",
    "TrustedKeys",
    "Unreachable",
    "fetch_keys",
]
