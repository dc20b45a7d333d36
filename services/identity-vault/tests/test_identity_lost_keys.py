"""The console where the key of a report is lost: nobody can open its identity, and that is said."""

from __future__ import annotations

from console_tools import Console, look_at, waiting
from identity_vault.domain import Identity
from vault_tools import Vault, person_of
from wbs_local.drawn_cards import invent


def test_a_look_where_the_reports_key_is_missing_says_so(vault: Vault, super_admin: Console) -> None:
    super_admin.page()  # what others' tests have left there is told now
    before, reporter = vault.keys_missed("look"), waiting(vault, person=person_of(invent(43)))
    vault.destroy_key(reporter)

    answer = look_at(super_admin, reporter)

    assert answer.status_code == 410
    assert "Kunci laporan ini hilang" in answer.text
    assert vault.keys_missed("look") == before + 2  # by the list, which was loaded first, and by the look


def test_a_report_whose_key_is_lost_is_listed_as_one_that_nobody_can_open(vault: Vault, super_admin: Console) -> None:
    lost, other = (waiting(vault, person=person_of(invent(seed))) for seed in (45, 46))
    vault.destroy_key(lost)
    super_admin.page()
    before = vault.keys_missed("look")

    page, asked = super_admin.page(), super_admin.client.get(f"/reports/{lost.report_id}")

    card = page.split(str(lost.report_id))[1].partition("</li>")[0]
    assert "kunci laporan ini hilang" in card
    assert "Buka identitas" not in card
    assert f'href="/reports/{other.report_id}"' in page
    assert f'href="/reports/{lost.report_id}"' not in page
    assert asked.status_code == 410
    assert [type(each) for each in vault.events_of(lost)].count(Identity.LookBegun) == 0
    assert before > 0
    assert vault.keys_missed("look") == before  # told once
