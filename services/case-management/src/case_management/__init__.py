"""Cases: triage, assignment, messages, decisions."""
