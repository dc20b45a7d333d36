"""Staff sign-in for a Flask app: two phases at OpenBao, roles from its groups, the token in a server-side session."""

from chassis.sign_in.guard import Staff, current_person, requires
from chassis.sign_in.pages import install
from chassis.sign_in.sessions import TABLES
from chassis.sign_in.two_phases import PasswordTooLongAgo, Pending, SignedIn, TwoPhases, WrongCode, WrongPassword

__all__ = [
    "TABLES",
    "PasswordTooLongAgo",
    "Pending",
    "SignedIn",
    "Staff",
    "TwoPhases",
    "WrongCode",
    "WrongPassword",
    "current_person",
    "install",
    "requires",
]
