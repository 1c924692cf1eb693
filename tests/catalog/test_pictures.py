"""Pictures that a shop uploads and its products show (CA-02)."""

import io
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.storage.memory import InMemoryStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.utils import timezone

from catalog import tasks
from catalog.errors import InvalidProduct, TooManyPictures
from catalog.models import Product, ShopPicture
from catalog.services import products
from catalog.services.pictures import keeping
from kernel.models import AuditEntry
from kernel.pictures import MAX_BYTES, BadPicture, render
from shops.enums import StaffRole
from tests.catalog.admin.conftest import signed_in
from tests.catalog.hostile import picture
from tests.factories.catalog import DraftProductFactory, SkuFactory, product_on_sale
from tests.factories.shops import ShopFactory, StaffFactory, actor_of, owner_of

pytestmark = pytest.mark.django_db

PRODUCTS = "/merchant/catalog/product/"
PICTURES = "/merchant/catalog/shoppicture/"


@pytest.fixture(autouse=True)
def empty_storage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(default_storage, "_wrapped", InMemoryStorage())


@pytest.fixture
def desk(shop):
    return signed_in(owner_of(shop))


def file(name: str = "a.jpg", **how) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture(**how))


def taken(shop, at, *names: str, **how) -> list[ShopPicture]:
    files = [(name, picture(**how)) for name in names]
    return keeping.take(shop=shop, files=files, actor=actor_of(shop), at=at)


def files_of(shop) -> list[str]:
    folder = f"pictures/{shop.public_id}"
    return default_storage.listdir(folder)[1] if default_storage.exists(folder) else []


def test_ca_02_pictures_are_uploaded_with_the_product_that_shows_them(desk, shop) -> None:
    """Two main pictures and one for the details come with the form; a small main one is refused.

    Page: /merchant/catalog/product/
    """
    product = DraftProductFactory(shop=shop)
    SkuFactory(product=product)
    url = f"{PRODUCTS}{product.public_id}/do/edit/"
    asked = {
        "title": product.title,
        "category": product.category.public_id,
        "version": product.version,
        "new_pictures": [file("front.jpg"), file("back.png", kind="PNG", size=(900, 700))],
        "new_details": [file("size chart.webp", kind="WEBP", size=(750, 300))],
    }

    assert desk.post(url, asked).status_code == 302

    product.refresh_from_db()
    names = {one.url: one.filename for one in ShopPicture.objects.all()}
    assert [names[one] for one in product.image_urls] == ["front.jpg", "back.png"]
    assert [names[one] for one in product.detail_image_urls] == ["size chart.webp"]
    assert product.image_urls[0] in desk.get(f"{PRODUCTS}{product.public_id}/change/").text
    assert desk.get(product.image_urls[0])["Content-Type"] == "image/jpeg"

    small = asked | {"version": product.version, "new_pictures": [file(size=(599, 800))]}
    del small["new_details"]
    refused = desk.post(url, small)
    assert (refused.status_code, "600 pixels" in refused.text) == (422, True)
    assert ShopPicture.objects.count() == 3


def test_several_files_go_to_the_list_of_pictures(desk, shop) -> None:
    answer = desk.post(
        f"{PICTURES}do/upload/", {"file": [file("one.jpg"), file("two.jpg", size=(700, 700))]}
    )

    assert answer.status_code == 302
    page = desk.get(PICTURES).text
    assert all(words in page for words in ("one.jpg", "two.jpg", "700 × 700", "/media/pictures/"))
    assert AuditEntry.objects.filter(action="catalog.upload_picture").count() == 2


def test_one_bad_file_keeps_all_of_them_out_and_is_named(desk, shop) -> None:
    bad = SimpleUploadedFile("bad.jpg", b"<html>")

    answer = desk.post(f"{PICTURES}do/upload/", {"file": [file(), bad]})

    assert (answer.status_code, "bad.jpg" in answer.text) == (422, True)
    assert not ShopPicture.objects.exists()


@pytest.mark.parametrize("count", [0, 11])
def test_a_form_has_one_to_ten_files(desk, shop, count) -> None:
    sent = {"file": [file() for _ in range(count)]} if count else {}

    assert desk.post(f"{PICTURES}do/upload/", sent).status_code == 422
    assert not ShopPicture.objects.exists()


def test_the_api_keeps_a_picture_once_and_a_product_names_it(client_for, shop, leaf) -> None:
    client = client_for(owner_of(shop))
    base = f"/api/v1/catalog/shops/{shop.public_id}"

    first, again = (
        client.post(f"{base}/pictures", {"file": file("a.jpg")}, format="multipart")
        for _ in range(2)
    )

    assert (first.status_code, again.json()) == (201, first.json())
    assert (first.json()["width"], first.json()["filename"]) == (640, "a.jpg")
    assert client.get(f"{base}/pictures").json()["results"] == [first.json()]
    made = client.post(
        f"{base}/products",
        {
            "category_id": leaf.public_id,
            "title": "轻奢纯棉四件套",
            "image_urls": [first.json()["url"]],
            "skus": [{"merchant_code": "A-1", "price": 100, "image_url": first.json()["url"]}],
        },
        HTTP_IDEMPOTENCY_KEY="k",
    )
    assert made.status_code == 201, made.json()
    assert made.json()["image_urls"] == [first.json()["url"]]


def test_who_may_not_edit_products_uploads_none(client_for, shop) -> None:
    reader = client_for(StaffFactory(shop=shop, role=StaffRole.READ_ONLY).user)
    stranger = client_for(owner_of(ShopFactory()))
    url = f"/api/v1/catalog/shops/{shop.public_id}/pictures"

    for client, status in ((reader, 403), (stranger, 404)):
        assert client.post(url, {"file": file()}, format="multipart").status_code == status
    assert not ShopPicture.objects.exists()


def test_a_picture_of_another_shop_or_of_nobody_is_not_named(shop, merchant, at) -> None:
    (foreign,) = taken(ShopFactory(), at, "a.jpg")
    product = product_on_sale(shop=shop)
    for url in (foreign.url, "/media/pictures/nothing.jpg"):
        for field in ("image_urls", "detail_image_urls"):
            with pytest.raises(InvalidProduct) as refusal:
                products.edit(product=product, changes={field: [url]}, actor=merchant, at=at)

            assert refusal.value.errors[0].code == "unknown_picture"
            assert refusal.value.errors[0].pointer == f"/{field}"
    product.refresh_from_db()
    assert (product.image_urls, product.draft_status) == ([], "none")


def test_addresses_elsewhere_stay_as_they_are(shop, merchant, at) -> None:
    product = DraftProductFactory(shop=shop)
    urls = ["https://cdn.example/1.jpg"]

    products.edit(product=product, changes={"image_urls": urls}, actor=merchant, at=at)

    assert Product.objects.get().image_urls == urls


@override_settings(MAX_SHOP_PICTURES=2)
def test_a_shop_has_a_quota_of_its_own(shop, at) -> None:
    taken(ShopFactory(), at, "a.jpg")
    taken(shop, at, "a.jpg", size=(640, 640))
    taken(shop, at, "b.jpg", size=(650, 650))

    taken(shop, at, "again.jpg", size=(650, 650))
    with pytest.raises(TooManyPictures):
        taken(shop, at, "c.jpg", size=(660, 660))

    assert ShopPicture.objects.filter(shop=shop).count() == 2


def test_the_sweep_takes_files_without_a_row_once_they_are_old(shop, at) -> None:
    (kept,) = taken(shop, at, "a.jpg")
    left = default_storage.save(f"pictures/{shop.public_id}/{'0' * 64}.jpg", io.BytesIO(b"x"))
    default_storage.save(f"pictures/shp_gone/{'0' * 64}.jpg", io.BytesIO(b"x"))
    now = timezone.now()

    assert keeping.sweep(at=now) == 0
    assert keeping.sweep(at=now + timedelta(days=2)) == 2

    assert not default_storage.exists(left)
    assert default_storage.exists(kept.path)
    tasks.sweep_pictures()
    assert files_of(shop) == [kept.path.rpartition("/")[2]]


def test_a_file_that_nobody_names_is_not_taken_over(shop, at) -> None:
    """The sweep may delete it at any moment: a row has a file of its own."""
    (first,) = taken(shop, at, "a.jpg")
    path = first.path
    first.delete()

    (second,) = taken(shop, at, "a.jpg")

    assert second.path != path
    assert keeping.sweep(at=timezone.now() + timedelta(days=2)) == 1
    assert default_storage.exists(second.path)


def test_a_picture_becomes_small_enough_step_by_step() -> None:
    noise = picture("JPEG", (3_000, 2_600), quality=95)

    made = render(noise)

    assert (made.width, made.height) == (2_000, 1_733)
    assert len(made.content) <= MAX_BYTES
    assert render(noise) == made


def test_glass_lies_on_white() -> None:
    made = render(picture("PNG", mode="RGBA"))

    assert made.content.startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"<svg>", "not_a_picture"), (b"", "not_a_picture"), (picture()[:500], "unreadable")],
)
def test_a_refusal_has_a_code(content, code) -> None:
    with pytest.raises(BadPicture) as refusal:
        render(content)

    assert refusal.value.errors[0].code == code
