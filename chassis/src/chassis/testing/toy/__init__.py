"""A small service that the chassis's tests run as real processes: for each order that comes in it opens a ledger
page."""
