"""The language between the services and to their clients."""
