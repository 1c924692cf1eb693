"""What beat starts in the shops room."""

from datetime import timedelta

import pytest

from kernel import clock
from shops.enums import BindingStatus
from shops.services import preconditions
from shops.tasks import complete_unbindings, expire_consents
from tests.factories.shops import BindingFactory

pytestmark = pytest.mark.django_db


def test_the_sweep_of_consents_goes_by_the_databases_clock():
    now = clock.database_now()
    due, fresh = (
        BindingFactory(
            status=BindingStatus.AWAITING_ACCOUNT,
            bound_at=None,
            is_main=False,
            consent_due_at=now + timedelta(hours=hours),
        )
        for hours in (-1, 1)
    )

    expire_consents(something_new=True)

    due.refresh_from_db()
    fresh.refresh_from_db()
    assert (due.status, fresh.status) == (BindingStatus.ENDED, BindingStatus.AWAITING_ACCOUNT)


def test_the_sweep_of_unbindings_ends_what_is_clear(monkeypatch):
    monkeypatch.setattr(preconditions, "_counters", {})
    binding = BindingFactory(
        status=BindingStatus.UNBIND_PENDING, unbind_requested_at=clock.database_now()
    )

    complete_unbindings()
    complete_unbindings()

    binding.refresh_from_db()
    assert (binding.status, binding.end_reason) == (BindingStatus.ENDED, "unbound")
