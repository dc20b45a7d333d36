"""A case that case-management doesn't open is seen from outside it, an hour after the submission."""

from __future__ import annotations

import urllib.request

from chassis.testing.harness import eventually
from contracts.events.cases import CaseOpened
from contracts.events.identity import ReportErased
from contracts.vocabulary import CaseStatus, Route
from forwarder_tools import Line, Reporter


def case_opened(reporter: Reporter) -> CaseOpened:
    return CaseOpened(report_id=reporter.report_id, route=reporter.route, status=CaseStatus.RECEIVED)


def is_missed(line: Line, reporter: Reporter) -> bool:
    query = "SELECT 1 FROM held.case_watch WHERE report_id = %s AND submitted IS NOT NULL AND NOT is_opened"
    return bool(line.worker.rows(query, (reporter.report_id,)))


def missing(line: Line) -> float:
    url = f"http://127.0.0.1:{line.send.environment['WBS_METRICS_PORT']}/metrics"
    with urllib.request.urlopen(url) as answer:
        shown: bytes = answer.read()
    (value,) = [each for each in shown.decode().splitlines() if each.startswith("wbs_kpk_forwarder_cases_missing ")]
    return float(value.split()[1])


def awaited(line: Line) -> float:
    """Of all tests' reports: whoever tells of a submission on these parts is heard here too."""
    return len(line.worker.rows("SELECT 1 FROM held.case_watch WHERE submitted IS NOT NULL AND NOT is_opened"))


def test_a_case_that_was_not_opened_is_counted_when_the_hour_is_over_until_it_is(line: Line) -> None:
    reporter = Reporter(Route.INSPEKTORAT)
    line.tell(line.submission(reporter))
    was_missed = is_missed(line, reporter)
    eventually(lambda: missing(line) == awaited(line) > 0)

    line.tell(case_opened(reporter))

    assert was_missed
    assert not is_missed(line, reporter)
    eventually(lambda: missing(line) == awaited(line))


def test_it_is_no_matter_which_of_the_two_is_heard_of_first(line: Line) -> None:
    reporter = Reporter(Route.INSPEKTORAT)

    line.tell(case_opened(reporter))
    line.tell(line.submission(reporter))

    assert not is_missed(line, reporter)


def test_no_case_is_awaited_in_route_kpk_nor_of_an_erased_report(line: Line) -> None:
    straight, erased = Reporter(Route.KPK), Reporter(Route.INSPEKTORAT)
    line.tell(line.submission(straight))
    line.tell(line.submission(erased))

    line.destroy_key(erased.report_id)
    line.tell(ReportErased(report_id=erased.report_id, route=erased.route))

    assert not is_missed(line, straight)
    assert not is_missed(line, erased)
