"""What several files of tests of the room ask for."""

import pytest

from programme.argent.verification import constater


@pytest.fixture
def comptes_justes(db):
    """After the test, every stored sum is what the journal says."""
    yield
    assert [str(faux) for faux in constater()] == []
