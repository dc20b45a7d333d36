"""The check of a KTP photo, measured on a labelled set of drawn pictures."""
