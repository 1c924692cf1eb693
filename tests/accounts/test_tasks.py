"""What beat starts in the accounts room."""

from datetime import timedelta

import pytest

from accounts.enums import VerificationStatus
from accounts.models import Verification
from accounts.tasks import expire_verifications
from kernel import clock
from tests.factories.accounts import LONG_AGO, VerifiedAccountFactory

pytestmark = pytest.mark.django_db


def test_the_sweep_goes_by_the_databases_clock():
    past = clock.database_now() - timedelta(minutes=1)
    account = VerifiedAccountFactory(verified_until=past)
    verification = Verification.objects.create(
        account=account,
        kind=account.kind,
        entity_name=account.entity_name,
        submitted_at=LONG_AGO,
        status=VerificationStatus.APPROVED,
        expires_at=past,
    )

    expire_verifications(something_new=True)

    verification.refresh_from_db()
    account.refresh_from_db()
    assert (verification.status, account.verified_until) == (VerificationStatus.EXPIRED, None)
