"""intake's read models: the status page of each report, and the public log with its proofs."""

from intake.read_model.public_log import (
    ConsistencyProof,
    InclusionProof,
    PublicLog,
    find_consistency,
    find_inclusion,
    newest_head,
    waiting_entries,
)
from intake.read_model.status_pages import (
    KpkDelivery,
    Mailbox,
    StatusPage,
    StatusPages,
    TimelineEntry,
    batches_opened_before,
    drafts_opened_before,
    find_mailbox,
    find_status_page,
)

__all__ = [
    "ConsistencyProof",
    "InclusionProof",
    "KpkDelivery",
    "Mailbox",
    "PublicLog",
    "StatusPage",
    "StatusPages",
    "TimelineEntry",
    "batches_opened_before",
    "drafts_opened_before",
    "find_consistency",
    "find_inclusion",
    "find_mailbox",
    "find_status_page",
    "newest_head",
    "waiting_entries",
]
