"""A new key: everything that is sealed can be read with it alone afterwards."""

from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection, models, transaction

from accounts.models import Address
from kernel import crypto, rotation
from kernel.fields import SealedField
from settlements.models import PayoutAccount
from shops.models import ShopDocument
from tests.factories.accounts import UserFactory
from tests.factories.shops import ShopDocumentFactory, ShopFactory

pytestmark = pytest.mark.django_db


def address_of() -> Address:
    receiver = {"name": "王小明", "phone": "13800001234", "street": "1 West Lake Road"}
    return Address.objects.create(
        user=UserFactory(), sealed=crypto.encrypt(receiver), province="浙江省", city="杭州市"
    )


@pytest.fixture
def keys(settings: Any) -> tuple[str, str]:
    """The key of now, and the one that comes."""
    return settings.HAODIAN_FIELD_KEYS[0], Fernet.generate_key().decode()


def test_every_column_that_is_sealed_is_known_by_its_kind() -> None:
    """A column of bytes is sealed, or stands here with what else it holds."""
    others = {
        "catalog.import.content",
        "catalog.importjob.content",
        "kernel.auditseal.digest",
        "kernel.auditseal.mark",
    }
    plain = {
        f"{model._meta.label_lower}.{field.attname}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.BinaryField) and not isinstance(field, SealedField)
    }
    assert plain <= others
    assert len(rotation.sealed_columns()) >= 7


def test_after_a_rotation_the_old_key_is_not_needed(settings: Any, keys: tuple[str, str]) -> None:
    old, new = keys
    address = address_of()
    account = PayoutAccount.objects.get(shop=ShopFactory())
    document = ShopDocumentFactory()
    person = Authenticator.objects.create(
        user=UserFactory(),
        type=Authenticator.Type.TOTP,
        data={"secret": crypto.encrypt({"secret": "S"}).decode(), "used": 3},
    )
    plain = [crypto.decrypt(address.sealed), crypto.decrypt(account.number_sealed)]

    settings.HAODIAN_FIELD_KEYS = [new, old]
    out = StringIO()
    with connection.cursor() as cursor:  # the test's one transaction holds no trigger back
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    call_command("rotate_keys", stdout=out)

    settings.HAODIAN_FIELD_KEYS = [new]
    for row in (address, account, document, person):
        row.refresh_from_db()
    assert [crypto.decrypt(address.sealed), crypto.decrypt(account.number_sealed)] == plain
    assert crypto.unseal(document.content_sealed) == b"%PDF-"
    assert crypto.decrypt(person.data["secret"].encode()) == {"secret": "S"}
    assert person.data["used"] == 3
    assert "accounts.address.sealed: 1" in out.getvalue()
    # Once more changes nothing, and the trigger guards the number again.
    assert {count for _column, count in rotation.rotate()} == {0}
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        PayoutAccount.objects.update(number_sealed=b"x")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        ShopDocument.objects.update(content_sealed=b"x")


def test_rows_of_every_batch_are_sealed_anew(
    settings: Any, keys: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = keys
    monkeypatch.setattr(SealedField, "batch", 2)
    for _ in range(5):
        address_of()

    settings.HAODIAN_FIELD_KEYS = [new, old]

    assert dict(rotation.rotate())["accounts.address.sealed"] == 5


def test_a_row_that_no_key_opens_stops_it(settings: Any) -> None:
    address_of()
    settings.HAODIAN_FIELD_KEYS = [Fernet.generate_key().decode()]

    with pytest.raises(InvalidToken):
        list(rotation.rotate())
