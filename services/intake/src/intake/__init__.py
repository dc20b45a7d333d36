"""Drafts, submitted reports, receipts, the reporter's mailbox."""
