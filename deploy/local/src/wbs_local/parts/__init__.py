"""The real parts of a local system: one module each, which writes its configuration and declares its program."""
