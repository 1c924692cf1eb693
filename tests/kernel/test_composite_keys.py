"""kernel.composite_keys: foreign keys over the columns that a row shares with its parent."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.db.migrations.writer import MigrationWriter
from django.test.utils import isolate_apps

from kernel.composite_keys import CompositeKey
from orders.models import PriceAdjustment
from tests.factories.accounts import UserFactory
from tests.factories.orders import make_order
from tests.factories.shops import ShopFactory

pytestmark = pytest.mark.django_db

KEY = CompositeKey(relation="line", shared=["shop", "buyer"], name="priceadjustment_of_line")


def adjustment(**changes: object) -> PriceAdjustment:
    line = make_order().lines.get()
    own = {"line": line, "shop_id": line.shop_id, "buyer_id": line.buyer_id}
    return PriceAdjustment(**(own | {"step": "freight", "amount": 1, "bearer": "buyer"} | changes))


def keys_named(name: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [name]
        )
        return [text for (text,) in cursor.fetchall()]


def test_a_row_of_its_parents_tenants_is_written_and_another_is_refused_at_once() -> None:
    adjustment().save()

    for changes in ({"shop_id": ShopFactory().pk}, {"buyer_id": UserFactory().pk}):
        with pytest.raises(IntegrityError, match="priceadjustment_of_line"), transaction.atomic():
            adjustment(**changes).save()
    assert PriceAdjustment.objects.count() == 1


def test_a_parent_with_rows_keeps_its_tenant() -> None:
    one = adjustment()
    one.save()

    with pytest.raises(IntegrityError, match="orders_orderline"), transaction.atomic():
        type(one.line).objects.filter(pk=one.line_id).update(buyer_id=UserFactory().pk)


def test_python_says_what_the_database_will_say() -> None:
    adjustment().validate_constraints()

    with pytest.raises(ValidationError, match="priceadjustment_of_line"):
        adjustment(shop_id=ShopFactory().pk).validate_constraints()


def test_python_skips_what_the_database_skips() -> None:
    elsewhere = ShopFactory().pk

    KEY.validate(PriceAdjustment, adjustment(shop_id=elsewhere, buyer_id=None))
    KEY.validate(PriceAdjustment, adjustment(shop_id=elsewhere), exclude={"shop"})


def test_a_key_is_taken_away_and_brought_back() -> None:
    columns, to_columns = "line_id, shop_id, buyer_id", "id, shop_id, buyer_id"
    text = f"FOREIGN KEY ({columns}) REFERENCES orders_orderline({to_columns})"
    assert keys_named(KEY.name) == [text]

    with connection.schema_editor() as editor:
        editor.remove_constraint(PriceAdjustment, KEY)
        assert keys_named(KEY.name) == []
        editor.add_constraint(PriceAdjustment, KEY)

    assert keys_named(KEY.name) == [text]


def folder_and_sheet(condition: models.Q | None = None) -> tuple[type, type]:
    """Two tables of one owner; the parent's unique constraint holds under `condition`."""

    class Folder(models.Model):  # noqa: DJ008
        owner_id = models.IntegerField()

        class Meta:
            app_label = "kernel"
            constraints = (
                models.UniqueConstraint(
                    fields=["owner_id", "id"], condition=condition, name="folder_owner"
                ),
            )

    class Sheet(models.Model):  # noqa: DJ008
        folder = models.ForeignKey(Folder, models.PROTECT, db_constraint=False)
        owner_id = models.IntegerField()

        class Meta:
            app_label = "kernel"
            constraints = (
                CompositeKey(relation="folder", shared=["owner_id"], name="sheet_of_folder"),
            )

    return Folder, Sheet


@isolate_apps("kernel")
def test_new_tables_get_their_key_when_both_are_there() -> None:
    folder, sheet = folder_and_sheet()

    with connection.schema_editor() as editor:
        editor.create_model(sheet)
        editor.create_model(folder)

    assert keys_named("sheet_of_folder") == [
        "FOREIGN KEY (folder_id, owner_id) REFERENCES kernel_folder(id, owner_id)"
    ]
    assert sheet.check(databases={"default"}) == []


@isolate_apps("kernel")
def test_a_parent_without_the_unique_constraint_is_reported() -> None:
    _folder, sheet = folder_and_sheet(models.Q(owner_id__gt=0))

    assert [one.id for one in sheet.check(databases={"default"})] == ["kernel.E001"]


def test_a_migration_can_write_a_key_and_an_equal_one_is_no_change() -> None:
    text, imports = MigrationWriter.serialize(KEY)

    assert imports == {"import kernel.composite_keys"}
    assert text == (
        "kernel.composite_keys.CompositeKey(name='priceadjustment_of_line', relation='line',"
        " shared=('shop', 'buyer'))"
    )
    assert KEY.clone() == KEY
    assert CompositeKey(relation="line", shared=["shop"], name=KEY.name) != KEY
