"""Evidence files: uploads, checks, sealed originals and clean copies."""
