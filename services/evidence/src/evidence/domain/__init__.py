"""evidence's aggregate: the evidence of a report."""

from evidence.domain.history import Place
from evidence.domain.report import NoMoreUploads, Report

__all__ = ["NoMoreUploads", "Place", "Report"]
