"""What each format makes of its file."""

import pytest

from catalog.errors import MissingColumns
from catalog.services.importing import shopify, template, yanxuan
from tests.catalog.importing import samples
from tests.catalog.importing.samples import row


def faults(plan) -> list[tuple[int, str, str]]:
    return [(one.row, one.column, one.code) for line in plan.lines for one in line.faults]


def test_a_template_row_becomes_a_line() -> None:
    plan = template.parse(
        samples.template(
            row("A", list_price="29.9", option1_name="颜色", option1_value="红", stock="")
        )
    )

    (line,) = plan.lines
    assert (line.row, line.product_code, line.sku_code) == (2, "A", "A-1")
    assert (line.price, line.list_price, line.stock) == (1_990, 2_990, None)
    assert (line.option_names, line.options) == (["颜色"], ["红"])
    assert line.content == {"title": "纯棉毛巾 A", "category": "床品件套"}
    assert faults(plan) == []


def test_chinese_headings_and_loose_spelling_are_understood() -> None:
    plan = template.parse("商家编码*,商品标题,类目,售价,库存\nA,毛巾,床品,1,2\n".encode("gbk"))
    loose = template.parse(b"SKU Code,Title,Price\nA,Towel,1\n")

    assert [(line.sku_code, line.price, line.stock) for line in plan.lines] == [("A", 100, 2)]
    assert [(line.sku_code, line.price) for line in loose.lines] == [("A", 100)]


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({"price": "abc"}, ("price", "bad_price")),
        ({"price": "1,999.00"}, ("price", "bad_price")),
        ({"price": "1e3"}, ("price", "bad_price")),
        ({"price": "NaN"}, ("price", "bad_price")),
        ({"price": "2026-01-02T00:00:00"}, ("price", "bad_price")),
        ({"price": "-5"}, ("price", "price_not_positive")),
        ({"price": "0"}, ("price", "price_not_positive")),
        ({"price": "1.999"}, ("price", "price_decimals")),
        ({"price": "100000000.01"}, ("price", "price_too_high")),
        ({"price": "9" * 40}, ("price", "bad_price")),
        ({"price": "=A1*2"}, ("price", "formula")),
        ({"stock": "many"}, ("stock", "bad_stock")),
        ({"stock": "1.5"}, ("stock", "bad_stock")),
        ({"stock": "-1"}, ("stock", "stock_negative")),
        ({"stock": "100000001"}, ("stock", "stock_too_high")),
        ({"sku_code": ""}, ("sku_code", "missing")),
        ({"sku_code": "x" * 65}, ("sku_code", "too_long")),
        ({"title": "x" * 121}, ("title", "too_long")),
        ({"title": "=cmd|' /C calc'!A0"}, ("title", "formula")),
        ({"title": "@SUM(1)"}, ("title", "formula")),
        ({"title": "#REF!"}, ("title", "formula")),
        ({"title": "nul\x00byte"}, ("title", "bad_characters")),
        ({"title": "broken \ufffd"}, ("title", "bad_characters")),
        ({"option1_name": "颜色"}, ("option1_value", "missing")),
        ({"option1_value": "红"}, ("option1_name", "missing")),
    ],
)
def test_a_bad_cell_is_named(cells, fault) -> None:
    plan = template.parse(samples.template(row("A"), row("B", **cells)))

    assert faults(plan) == [(3, *fault)]


def test_full_width_digits_are_digits() -> None:
    plan = template.parse(samples.template(row("A", price="１９．９０", stock="５.0")))

    assert [(line.price, line.stock) for line in plan.lines] == [(1_990, 5)]


def test_the_second_row_of_a_code_is_a_duplicate() -> None:
    plan = template.parse(samples.template(row("A"), row("B", sku_code="A-1"), row("C")))

    assert faults(plan) == [(3, "sku_code", "duplicate_code")]


def test_a_file_without_codes_is_refused_whole() -> None:
    with pytest.raises(MissingColumns) as refusal:
        template.parse(b"title,price\nTowel,1\n")

    assert refusal.value.extra == {"columns": ["sku_code"]}


def test_attributes_and_pictures_are_lists() -> None:
    plan = template.parse(
        "sku_code,attributes,images\n"
        'A,"材质=棉; 产地 ＝ 中国；","https://a/1.jpg https://a/2.jpg"\n'
        "B,材质,\n".encode()
    )

    assert plan.lines[0].content == {
        "attributes": [{"name": "材质", "value": "棉"}, {"name": "产地", "value": "中国"}],
        "image_urls": ["https://a/1.jpg", "https://a/2.jpg"],
    }
    assert faults(plan) == [(3, "attributes", "bad_attributes")]


def test_shopify_rows_become_variants_of_one_product() -> None:
    plan = shopify.parse(
        samples.shopify(
            {
                "Handle": "towel",
                "Title": "Cotton towel",
                "Body (HTML)": "<p>Soft &amp; warm</p><script>evil()</script><p>Twice</p>",
                "Vendor": "Muji",
                "Type": "Bath",
                "Option1 Name": "Size",
                "Option1 Value": "S",
                "Variant SKU": "T-S",
                "Variant Inventory Qty": "3",
                "Variant Price": "19.99",
                "Variant Compare At Price": "29.99",
                "Image Src": "https://a/1.jpg",
                "Status": "active",
            },
            {"Handle": "towel", "Option1 Value": "L", "Variant Price": "24.99"},
            {"Handle": "towel", "Image Src": "https://a/2.jpg"},
            {
                "Handle": "mug",
                "Title": "Mug",
                "Option1 Name": "Title",
                "Option1 Value": "Default Title",
                "Variant Price": "5",
                "Status": "draft",
            },
        )
    )

    assert faults(plan) == []
    assert [
        (line.product_code, line.sku_code, line.option_names, line.options, line.is_listed)
        for line in plan.lines
    ] == [
        ("towel", "T-S", ["Size"], ["S"], True),
        ("towel", "towel-L", ["Size"], ["L"], True),
        ("mug", "mug", [], [], False),
    ]
    first = plan.lines[0]
    assert (first.price, first.list_price, first.stock) == (1_999, 2_999, 3)
    assert first.content == {
        "title": "Cotton towel",
        "brand": "Muji",
        "category": "Bath",
        "description": "Soft & warm\nTwice",
        "image_urls": ["https://a/1.jpg", "https://a/2.jpg"],
    }


def test_shopify_cells_are_checked_too() -> None:
    plan = shopify.parse(
        samples.shopify(
            {"Handle": "a", "Title": "A", "Variant Price": "-1"},
            {"Handle": "b", "Title": "B", "Variant Price": "1", "Variant Inventory Qty": "-2"},
            {"Title": "C", "Variant Price": "1"},
        )
    )

    assert faults(plan) == [
        (2, "Variant Price", "price_not_positive"),
        (3, "Variant Inventory Qty", "stock_negative"),
        (4, "Handle", "missing"),
    ]


def test_yanxuan_tables_are_joined() -> None:
    plan = yanxuan.parse(samples.yanxuan())

    assert faults(plan) == []
    assert [
        (line.sku_code, line.options, line.price, line.list_price, line.stock, line.is_listed)
        for line in plan.lines
    ] == [
        ("100-1", ["1.5m"], 89_900, 91_900, 9, True),
        ("100-2", ["1.8m"], 99_900, 91_900, 0, True),
        ("101-3", ["标准"], 139_900, 1_419_900, 4, False),
    ]
    assert plan.lines[0].content == {
        "title": "轻奢纯棉刺绣水洗四件套",
        "brief": "设计师原款",
        "unit": "件",
        "category": "居家/床品件套",
        "brand": "内野制造商",
        "attributes": [{"name": "材质", "value": "纯棉"}],
    }
    assert plan.categories == [("居家",), ("居家", "床品件套")]
    assert plan.brands == {"内野制造商": "毛巾"}


def test_yanxuan_rows_that_point_at_nothing_are_named() -> None:
    tables = {name: [dict(one) for one in rows] for name, rows in samples.YANXUAN.items()}
    tables["goods.csv"][1]["category_id"] = "99"
    tables["goods.csv"].append({**tables["goods.csv"][0], "goods_id": "102"})
    tables["skus.csv"][1]["goods_id"] = "55"
    tables["skus.csv"][0]["options"] = "not json"

    plan = yanxuan.parse(samples.yanxuan(tables))

    assert faults(plan) == [
        (2, "skus.csv: options", "bad_options"),
        (3, "skus.csv: goods_id", "unknown_product"),
        (3, "goods.csv: category_id", "unknown_category"),
        (4, "goods.csv: goods_id", "no_sku"),
    ]


def test_yanxuan_names_the_row_of_the_table_that_lacks_a_title() -> None:
    tables = {name: [dict(one) for one in rows] for name, rows in samples.YANXUAN.items()}
    tables["goods.csv"][1]["title"] = ""  # row 3 of its table, while its SKU stands in row 4

    plan = yanxuan.parse(samples.yanxuan(tables))

    assert faults(plan) == [(3, "goods.csv: title", "missing")]


def test_yanxuan_without_a_table_is_refused_whole() -> None:
    tables = {name: rows for name, rows in samples.YANXUAN.items() if name != "brands.csv"}

    with pytest.raises(MissingColumns) as refusal:
        yanxuan.parse(samples.yanxuan(tables))

    assert refusal.value.extra == {"columns": ["brands.csv: brand_id", "brands.csv: name"]}


def test_a_folder_packs_to_the_same_bytes_every_time() -> None:
    files = [
        (name, samples.text(rows, header=tuple(rows[0])).encode())
        for name, rows in samples.YANXUAN.items()
    ]

    assert yanxuan.pack(files) == yanxuan.pack(files)
    assert len(yanxuan.parse(yanxuan.pack(files)).lines) == 3
