"""The desk opens in a browser by its address, and has nothing amiss."""

from __future__ import annotations

import pytest

from tests.desk.conftest import Open, findings
from tests.desk.serving import Served

pytestmark = pytest.mark.browser


def test_it_opens_by_the_address_that_was_printed(desk: Served, opened: Open) -> None:
    page = opened(desk.address)
    page.get_by_role("link", name="By hand").click()
    page.wait_for_url("**/by-hand")
    assert page.get_by_role("heading", level=1).inner_text() == "By hand"
    assert page.get_by_role("row", name="why").inner_text().split() == ["why", "5", "10", "0", "0", "10"]
    assert findings(page) == []
