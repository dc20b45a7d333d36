"""case-management's one aggregate: the case."""

from case_management.domain.case import ASSIGNERS, Case, MayNotApprove, MayNotAssign, NotAssigned, NotOpened

__all__ = ["ASSIGNERS", "Case", "MayNotApprove", "MayNotAssign", "NotAssigned", "NotOpened"]
