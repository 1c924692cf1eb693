"""What a buyer sends to check out."""

from orders.models import OrderGroup
from tests.factories.orders import RECEIVER

BASE = "/api/v1/orders"


def body(*lines, **changes):
    return {
        "lines": [{"sku_id": sku.public_id, "quantity": pieces} for sku, pieces in lines],
        "receiver": RECEIVER,
        **changes,
    }


def check_out(client, content, key="key-1"):
    return client.post(
        f"{BASE}/checkouts", content, format="json", headers={"Idempotency-Key": key}
    )


def nothing_placed():
    return OrderGroup.objects.count() == 0
