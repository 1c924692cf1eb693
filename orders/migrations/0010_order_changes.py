"""When an order last changed, by the database's clock, and what a reader may trust (OR-24, ADR 0025)."""

from django.db import migrations, models
from django.db.models.functions import Now

# Whoever changes an order says so, by a shared lock that names the second, *before* it reads the
# clock, and holds the lock until others can see what it wrote. So nobody will ever write a time
# before the earliest second that is held. The same function for inserts: a number of orders that
# is committed late must not be missed either.
STAMP = """
CREATE FUNCTION orders_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('haodian.stamping', true) IS DISTINCT FROM 'on' THEN
        PERFORM pg_advisory_xact_lock_shared(
            1329873748, floor(extract(epoch FROM clock_timestamp()) - 1577836800)::int
        );
        PERFORM set_config('haodian.stamping', 'on', true);
    END IF;
    NEW.updated_at := clock_timestamp();
    RETURN NEW;
END $$;
CREATE TRIGGER stamped_new BEFORE INSERT ON orders_order
    FOR EACH ROW EXECUTE FUNCTION orders_stamp();
CREATE TRIGGER stamped BEFORE UPDATE ON orders_order
    FOR EACH ROW WHEN (NEW.settled_at IS NOT DISTINCT FROM OLD.settled_at)
    EXECUTE FUNCTION orders_stamp();
"""
UNSTAMP = """
DROP TRIGGER stamped ON orders_order;
DROP TRIGGER stamped_new ON orders_order;
DROP FUNCTION orders_stamp();
"""

# Parcels and refunds are shown with their order: they change it. Once a transaction is enough.
TOUCH = """
CREATE FUNCTION orders_touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE orders_order SET updated_at = updated_at
    WHERE id = NEW.order_id AND shop_id = NEW.shop_id AND xmin <> pg_current_xact_id()::xid;
    RETURN NULL;
END $$;
CREATE TRIGGER touching AFTER INSERT OR UPDATE ON orders_package
    FOR EACH ROW EXECUTE FUNCTION orders_touch();
CREATE TRIGGER touching AFTER INSERT OR UPDATE OF status ON orders_refund
    FOR EACH ROW WHEN (NEW.order_id IS NOT NULL) EXECUTE FUNCTION orders_touch();
"""
UNTOUCH = """
DROP TRIGGER touching ON orders_refund;
DROP TRIGGER touching ON orders_package;
DROP FUNCTION orders_touch();
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0009_refunds_by_shop_and_day")]

    operations = [
        migrations.AddField(
            model_name="order",
            name="updated_at",
            field=models.DateTimeField(db_default=Now(), editable=False, verbose_name="updated at"),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["shop", "updated_at", "id"], name="order_shop_changes"),
        ),
        migrations.RunSQL(STAMP, UNSTAMP),
        migrations.RunSQL(TOUCH, UNTOUCH),
    ]
