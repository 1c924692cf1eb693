"""`manage.py bench_scene`: goods in stock and buyers with tokens, in an empty database."""

import json
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand
from oscar.core.loading import get_model
from rest_framework.authtoken.models import Token

Country = get_model("address", "Country")
Partner = get_model("partner", "Partner")
Product = get_model("catalogue", "Product")
ProductClass = get_model("catalogue", "ProductClass")
StockRecord = get_model("partner", "StockRecord")


class Command(BaseCommand):
    """Make two products whose stock is tracked, one country to ship to, and the buyers."""

    help = "Prepare the benchmark's database; print JSON."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take how many buyers there are and how many pieces of each product."""
        parser.add_argument("--buyers", type=int, default=1_000)
        parser.add_argument("--hot-stock", type=int, default=1_000_000)

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the scene and print the products, the country, and a token for each buyer."""
        Country.objects.create(
            iso_3166_1_a2="CN", name="China", printable_name="China", is_shipping_country=True
        )
        tracked = ProductClass.objects.create(name="Tea", track_stock=True)
        partner = Partner.objects.create(name="Longjing")
        products = [Product.objects.create(product_class=tracked, title=f"Tea {n}") for n in (1, 2)]
        for one in products:
            StockRecord.objects.create(
                product=one,
                partner=partner,
                partner_sku=f"tea-{one.pk}",
                price="88.00",
                num_in_stock=options["hot_stock"],
            )
        buyers = User.objects.bulk_create(
            User(username=f"buyer{n}", email=f"buyer{n}@bench.example")
            for n in range(options["buyers"])
        )
        tokens = Token.objects.bulk_create(
            Token(user=one, key=Token.generate_key()) for one in buyers
        )
        scene = {
            "products": [one.pk for one in products],
            "country": "CN",
            "tokens": [one.key for one in tokens],
        }
        self.stdout.write(json.dumps(scene))
