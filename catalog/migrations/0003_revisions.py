"""What is for sale is remembered by those who sell it."""

from django.db import migrations

from kernel.triggers import revised


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_append_only"), ("kernel", "0003_revisions")]

    operations = [
        revised(
            "catalog_product",
            subject="product",
            key="id",
            columns="title, category_id, image_urls, shelf_status, review_status, draft_status,"
            " version",
        ),
        revised(
            "catalog_sku",
            subject="product",
            key="product_id",
            columns="options, image_url, is_active",
        ),
    ]
