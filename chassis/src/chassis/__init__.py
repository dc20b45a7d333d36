"""The microservice chassis: what every service needs, once."""


class DependencyDown(Exception):
    """Something outside this process does not answer now; the same call may succeed later. `what` names it, e.g.
    "postgres"."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} does not answer")
        self.what = what
