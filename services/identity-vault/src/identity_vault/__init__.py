"""Identities: checked, sealed anew, filed, and reviewed by the Super Admin alone."""
