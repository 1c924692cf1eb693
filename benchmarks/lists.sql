-- A year of trade for `make bench-lists`, by plain SQL: what services would have left behind.
--
-- `given` is one row: orders, shops, buyers, days, now, large_shop, busy_buyer, storefront (the
-- large shop's identity block). Primary keys of what belongs to an
-- order equal its place in time: line 17 is of order 17.

-- Buyers who share the orders of the year.
INSERT INTO accounts_user
  (id, password, is_superuser, public_id, email, name, is_active, is_staff)
SELECT first_buyer + n, '!', false, 'usr_' || lpad(n::text, 20, '0'),
       'crowd' || n || '@bench.example', '买家' || n, true, false
FROM given, generate_series(1, buyers) n;

-- The large shop is place 0; the others sell a copy of its first product.
CREATE TEMP TABLE place AS
SELECT n AS place,
       CASE n WHEN 0 THEN given.large_shop ELSE first_shop + n END AS shop_id,
       CASE n WHEN 0 THEN sku.product_id ELSE first_product + n END AS product_id,
       CASE n WHEN 0 THEN sku.id ELSE first_sku + n END AS sku_id,
       CASE n WHEN 0 THEN price.id ELSE first_price + n END AS price_id,
       n + 1 AS snapshot_id,
       CASE n WHEN 0 THEN shop.public_id ELSE 'shp_' || lpad(n::text, 20, '0') END AS shop_key,
       CASE n WHEN 0 THEN shop.name ELSE '店铺 ' || n END AS shop_name,
       sku.id AS model_sku, sku.product_id AS model_product, price.id AS model_price,
       price.price, product.title, sku.options, product.image_urls ->> 0 AS image_url
FROM given
JOIN shops_shop shop ON shop.id = given.large_shop
JOIN LATERAL (
  SELECT * FROM catalog_sku WHERE shop_id = given.large_shop ORDER BY id LIMIT 1) sku ON true
JOIN catalog_product product ON product.id = sku.product_id
JOIN LATERAL (
  SELECT * FROM catalog_priceversion WHERE sku_id = sku.id ORDER BY id LIMIT 1) price ON true
CROSS JOIN generate_series(0, given.shops) n;

INSERT INTO shops_shop
  (id, public_id, name, type, status, logo_url, version, opened_at, merchant_id)
SELECT place.shop_id, shop_key, shop_name, type, status, logo_url, version, opened_at, merchant_id
FROM given JOIN shops_shop shop ON shop.id = given.large_shop, place WHERE place > 0;

INSERT INTO catalog_product
  (id, public_id, title, brief, description, unit, attributes, image_urls, option_names,
   merchant_code, shelf_status, review_status, draft_status, min_price, max_price, currency,
   sales_count, search_words, version, listed_at, brand_id, category_id, shop_id)
SELECT place.product_id, 'prd_' || lpad(place::text, 20, '0'), model.title, brief, description,
       unit, attributes, image_urls, option_names, merchant_code, shelf_status, review_status,
       draft_status, min_price, max_price, currency, sales_count, search_words, version, listed_at,
       brand_id, category_id, place.shop_id
FROM place JOIN catalog_product model ON model.id = model_product WHERE place > 0;

INSERT INTO catalog_sku
  (id, public_id, merchant_code, options, image_url, is_active, product_id, shop_id)
SELECT place.sku_id, 'sku_' || lpad(place::text, 20, '0'), merchant_code, model.options,
       model.image_url, is_active, place.product_id, place.shop_id
FROM place JOIN catalog_sku model ON model.id = model_sku WHERE place > 0;

INSERT INTO catalog_priceversion
  (id, price, list_price, currency, effective_from, actor_label, shop_id, sku_id)
SELECT place.price_id, model.price, list_price, currency, effective_from, actor_label,
       place.shop_id, place.sku_id
FROM place JOIN catalog_priceversion model ON model.id = model_price WHERE place > 0;

-- The large shop's shelf: three SKUs a product. One product in fifty waits to be listed, one SKU in
-- two hundred has few left, one in five hundred none.
CREATE TEMP TABLE shelf AS
SELECT n, shop_id, first_product + shops + n AS product_id,
       model_product, model_sku, model_price, product_key
FROM given, place,
     LATERAL (SELECT n, 'prd_s' || lpad(n::text, 19, '0') AS product_key
              FROM generate_series(1, skus / 3) n) numbered
WHERE place = 0;

INSERT INTO catalog_product
  (id, public_id, title, brief, description, unit, attributes, image_urls, option_names,
   merchant_code, shelf_status, review_status, draft_status, min_price, max_price, currency,
   sales_count, search_words, version, listed_at, brand_id, category_id, shop_id)
SELECT shelf.product_id, product_key,
       (ARRAY['纯棉','真丝','亚麻','羊毛','竹纤维'])[1 + n % 5] ||
       (ARRAY['四件套','毛巾','衬衫','袜子','睡衣','拖鞋','抱枕'])[1 + n % 7] || ' 第' || n || '款',
       brief, description, unit, attributes, image_urls, '["颜色"]', 'P' || n,
       CASE WHEN n % 50 = 0 THEN 'off' ELSE shelf_status END, review_status, draft_status,
       1000 + n % 9000, 1200 + n % 9000, currency, n % 977,
       (ARRAY['纯棉','真丝','亚麻','羊毛','竹纤维'])[1 + n % 5] || ' ' ||
       (ARRAY['四件套','毛巾','衬衫','袜子','睡衣','拖鞋','抱枕'])[1 + n % 7] || ' 第 ' || n || ' 款',
       version, listed_at, brand_id, category_id, shelf.shop_id
FROM shelf JOIN catalog_product model ON model.id = model_product;

INSERT INTO catalog_sku
  (id, public_id, merchant_code, options, image_url, is_active, product_id, shop_id)
SELECT first_sku + shops + n * 3 + k, 'sku_s' || lpad((n * 3 + k)::text, 19, '0'),
       'S' || n || '-' || k, to_jsonb(ARRAY[(ARRAY['白','蓝','灰'])[k + 1]]), '', true,
       shelf.product_id, shop_id
FROM given, shelf, generate_series(0, 2) k;

INSERT INTO catalog_priceversion
  (id, price, currency, effective_from, actor_label, shop_id, sku_id)
SELECT first_price + shops + n * 3 + k, 1000 + n % 9000 + k * 100, 'CNY', now - interval '90 days',
       'bench', shop_id, first_sku + shops + n * 3 + k
FROM given, shelf, generate_series(0, 2) k;

INSERT INTO catalog_stock (sku_id, on_hand, held, shop_id)
SELECT first_sku + shops + n * 3 + k,
       CASE WHEN (n * 3 + k) % 500 = 0 THEN 0 WHEN (n * 3 + k) % 200 = 0 THEN 3 ELSE 200 END, 0, shop_id
FROM given, shelf, generate_series(0, 2) k;

INSERT INTO catalog_stockmovement
  (kind, on_hand_delta, held_delta, reference, actor_label, at, shop_id, sku_id)
SELECT 'initial', on_hand, 0, 'bench', 'bench', now - interval '90 days', stock.shop_id, stock.sku_id
FROM given JOIN catalog_stock stock ON stock.sku_id > first_sku + shops AND on_hand > 0;

INSERT INTO orders_identitysnapshot (id, digest, body, shop_id)
SELECT snapshot_id, md5(shop_key),
       jsonb_set(jsonb_set(storefront, '{shop,id}', to_jsonb(shop_key)),
                 '{shop,name}', to_jsonb(shop_name)), place.shop_id
FROM given, place;

-- The life of each order. A fifth is the large shop's, the others' shares fall; times follow the
-- rules of `config/settings/trade.py`. `u` and `v` are dice that fall the same way each time.
CREATE UNLOGGED TABLE bench_life AS
WITH rolled AS (
  SELECT n, (hashint8extended(n, 1) & 1023)::int AS u, (hashint8extended(n, 2) & 1048575)::int AS v,
         now - make_interval(secs => (orders - n + 0.5::float8) / orders * days * 86400) AS placed_at
  FROM given, generate_series(1, orders) n
), lived AS (
  SELECT *, placed_at + interval '3 minutes' AS paid,
         placed_at + make_interval(hours => 2 + v % 46) AS shipped,
         placed_at + make_interval(hours => 50 + v % 190) AS received
  FROM rolled
), judged AS (
  SELECT lived.*, CASE
    WHEN u < 60 AND placed_at < now - interval '30 minutes' THEN 'closed'
    WHEN u < 70 AND placed_at < now - interval '1 day' THEN 'closed'
    WHEN placed_at > now - interval '30 minutes' AND v % 2 = 0 THEN 'unpaid'
    WHEN placed_at > now - interval '60 minutes' AND v % 5 = 0 THEN 'paid'
    WHEN u = 70 AND placed_at > now - interval '30 days' THEN 'to_ship'
    WHEN shipped > now AND v % 100 = 0 THEN 'partly_shipped'
    WHEN shipped > now THEN 'to_ship'
    WHEN received > now THEN 'shipped'
    ELSE 'completed' END AS status
  FROM given, lived
)
SELECT n, u, v, placed_at, status,
       -- All that is over, but for what becomes due in these minutes.
       (status = 'closed' AND u >= 60 OR status = 'completed')
         AND NOT (u BETWEEN 100 AND 109 AND received > now - interval '3 days')
         AND received + interval '7 days' < now - interval '2 minutes' AS is_settled,
       CASE WHEN n % 5 = 0 THEN 0 ELSE 1 + floor(shops * power((v % 9973) / 9973::float8, 2)) END::int
         AS place,
       CASE WHEN n % greatest(orders / 5000, 2) = 1 THEN busy_buyer
            ELSE first_buyer + 1 + (hashint8extended(n, 3) & 1073741823) % buyers END AS buyer_id,
       1 + v % 3 AS quantity,
       status <> 'unpaid' AND (status <> 'closed' OR u >= 60) AS is_paid,
       status IN ('partly_shipped', 'shipped', 'completed') AS is_shipped,
       -- One in a hundred parcels becomes a case; those of the last three days are open.
       CASE WHEN status NOT IN ('shipped', 'completed') OR u NOT BETWEEN 100 AND 109 THEN ''
            WHEN least(received, now) > now - interval '3 days' THEN 'open'
            ELSE 'ended' END AS dispute,
       paid, shipped, received
FROM given, judged;

ANALYZE place, bench_life;

INSERT INTO orders_ordergroup
  (id, number, idempotency_key, fingerprint, pay_amount, currency, placed_at, buyer_id)
SELECT n, 'G' || to_char(placed_at, 'YYMMDD') || lpad(n::text, 10, '0'), 'bench-' || n, md5(n::text),
       price * quantity, 'CNY', placed_at, buyer_id
FROM bench_life JOIN place USING (place);

INSERT INTO orders_order
  (id, number, status, close_reason, currency, goods_amount, freight_amount, promotion_amount,
   pay_amount, receiver_sealed, receiver_masked, address_hash, buyer_message, remark, flag, placed_at,
   pay_by_at, paid_at, ship_by_at, shipped_at, confirm_by_at, is_frozen, frozen_at, is_extended,
   completed_at, aftersales_until_at, closed_at, settled_at, buyer_id, shop_id, storefront_id,
   group_id)
SELECT n, to_char(placed_at, 'YYMMDD') || lpad(n::text, 10, '0'), status,
       CASE WHEN status <> 'closed' THEN '' WHEN is_paid THEN 'refunded' ELSE 'unpaid' END, 'CNY',
       price * quantity, 0, 0, price * quantity, decode(repeat('5a', 140), 'hex'),
       '{"name": "陈*", "phone": "139****5678", "province": "浙江省", "city": "杭州市", "district": ""}',
       md5(buyer_id::text), '', '', 0, placed_at, placed_at + interval '30 minutes',
       CASE WHEN is_paid THEN paid END, CASE WHEN is_paid THEN paid + interval '48 hours' END,
       CASE WHEN is_shipped THEN shipped END,
       CASE WHEN is_shipped THEN shipped + interval '10 days' END,
       dispute = 'open', CASE WHEN dispute = 'open' THEN now END, false,
       CASE status WHEN 'completed' THEN received END,
       CASE status WHEN 'completed' THEN received + interval '7 days' END,
       CASE status WHEN 'closed' THEN
         CASE WHEN is_paid THEN shipped ELSE placed_at + interval '31 minutes' END END,
       CASE WHEN is_settled THEN received + interval '7 days' END,
       buyer_id, shop_id, snapshot_id, n
FROM given, bench_life JOIN place USING (place);

INSERT INTO orders_orderline
  (id, position, title, options, image_url, currency, unit_price, quantity, goods_amount,
   freight_amount, freight_original_amount, freight_promotion_amount, promotion_amount,
   promotion_shop_amount, promotion_platform_amount, promotion_talent_amount, pay_amount,
   shipped_quantity, cancelled_quantity, refunded_amount, refunded_quantity, content_account_id,
   media_type, media_id, traffic_channel, is_live_scene, creative_id, pick_code, buyer_id, order_id,
   price_version_id, product_id, shop_id, sku_id, storefront_id)
SELECT n, 1, title, options, coalesce(image_url, ''), 'CNY', price, quantity, price * quantity,
       0, 0, 0, 0, 0, 0, 0, price * quantity,
       CASE WHEN status IN ('shipped', 'completed') THEN quantity ELSE 0 END,
       CASE WHEN status = 'closed' AND is_paid THEN quantity ELSE 0 END,
       CASE WHEN dispute = 'ended' OR (status = 'closed' AND is_paid)
         THEN price * quantity ELSE 0 END,
       CASE WHEN dispute = 'ended' OR (status = 'closed' AND is_paid) THEN quantity ELSE 0 END,
       '', '', '', 'unknown', false, '', '', buyer_id, n, price_id, product_id, shop_id, sku_id,
       snapshot_id
FROM bench_life JOIN place USING (place);

-- Money in: every paid order, and half of those still to be paid have opened a cashier.
INSERT INTO orders_payment
  (id, number, gateway, amount, currency, status, gateway_txn, is_effective, created_at, paid_at,
   poll_at, poll_count, buyer_id, group_id)
SELECT n, 'P' || to_char(placed_at, 'YYMMDD') || lpad(n::text, 10, '0'), 'sandbox',
       price * quantity, 'CNY', CASE WHEN is_paid THEN 'paid' ELSE 'pending' END,
       CASE WHEN is_paid THEN 'txn-' || n ELSE '' END, is_paid, placed_at,
       CASE WHEN is_paid THEN paid END, CASE WHEN NOT is_paid THEN now + interval '1 minute' END, 0,
       buyer_id, n
FROM given, bench_life JOIN place USING (place)
WHERE is_paid OR (status = 'unpaid' AND n % 2 = 0);

INSERT INTO orders_paymentsplit
  (id, captured_amount, refunded_amount, buyer_id, order_id, payment_id, shop_id)
SELECT n, price * quantity,
       CASE WHEN dispute = 'ended' OR status = 'closed' THEN price * quantity ELSE 0 END,
       buyer_id, n, n, shop_id
FROM bench_life JOIN place USING (place) WHERE is_paid;

INSERT INTO orders_package
  (id, request_id, carrier_code, tracking_number, shipped_at, actor_label, state, alert, sent_from,
   goes_back_to, buyer_id, order_id, shop_id)
SELECT n, 'bench-' || n, 'shunfeng', 'SF' || lpad(n::text, 12, '0'), shipped, 'bench', 'sent', '',
       '{}', '{}', buyer_id, n, shop_id
FROM bench_life JOIN place USING (place) WHERE is_shipped;

INSERT INTO orders_packageline (id, quantity, serials, buyer_id, line_id, package_id, shop_id)
SELECT n, quantity, '{}', buyer_id, n, n, shop_id
FROM bench_life JOIN place USING (place) WHERE is_shipped;

-- Cases, and the money that went back.
INSERT INTO aftersales_refundcase
  (id, number, kind, status, arbitration_status, version, currency, quantity, amount,
   freight_amount, reason, is_received, description, refund_number, next_actor, overdue_action,
   due_at, created_at, decided_at, closed_at, buyer_id, line_id, order_id, shop_id)
SELECT n, 'A' || to_char(placed_at, 'YYMMDD') || lpad(n::text, 10, '0'), 'refund_shipped',
       CASE dispute WHEN 'open' THEN 'requested' ELSE 'success' END, 'none', 1, 'CNY', quantity,
       price * quantity, 0, 'quality', true, '',
       CASE dispute WHEN 'open' THEN '' ELSE 'R' || lpad(n::text, 16, '0') END,
       CASE dispute WHEN 'open' THEN 'seller' ELSE 'nobody' END,
       CASE dispute WHEN 'open' THEN 'approve' ELSE '' END,
       CASE dispute WHEN 'open' THEN now + make_interval(hours => v % 48) END,
       least(received, now),
       CASE dispute WHEN 'ended' THEN least(received, now) + interval '1 day' END,
       CASE dispute WHEN 'ended' THEN least(received, now) + interval '1 day' END,
       buyer_id, n, n, shop_id
FROM given, bench_life JOIN place USING (place) WHERE dispute <> '';

INSERT INTO orders_refund
  (id, number, reference, reason, amount, currency, status, gateway_refund_id, attempts, due_at,
   last_error, created_at, finished_at, buyer_id, order_id, payment_id, shop_id)
SELECT n, 'R' || lpad(n::text, 16, '0'), 'case:A' || n, 'case', price * quantity, 'CNY', 'success',
       'back-' || n, 1, NULL, '', least(received, now), least(received, now) + interval '1 day',
       buyer_id, n, n, shop_id
FROM given, bench_life JOIN place USING (place)
WHERE dispute = 'ended' OR (status = 'closed' AND is_paid);

INSERT INTO orders_linerefund
  (id, amount, freight_amount, quantity, at, buyer_id, shop_id, line_id, refund_id)
SELECT n, price * quantity, 0, quantity, least(received, now), buyer_id, shop_id, n, n
FROM given, bench_life JOIN place USING (place)
WHERE dispute = 'ended' OR (status = 'closed' AND is_paid);

-- The book of what is over.
INSERT INTO settlements_settlemententry
  (id, order_number, kind, reference, currency, paid_amount, subsidy_amount, shop_amount,
   creator_amount, agency_amount, platform_fee_amount, fee_rate_bp, at, line_id, shop_id)
SELECT n, to_char(placed_at, 'YYMMDD') || lpad(n::text, 10, '0'), 'settle', 'settle:' || n, 'CNY',
       price * quantity, 0, price * quantity - price * quantity / 20, 0, 0, price * quantity / 20,
       500, received + interval '7 days', n, shop_id
FROM given, bench_life JOIN place USING (place)
WHERE status = 'completed' AND is_settled;

INSERT INTO settlements_statementline
  (id, party, currency, reference, order_number, amount, at, entry_id, shop_id)
SELECT id, 'shop', currency, reference, order_number, shop_amount, at, id, shop_id
FROM settlements_settlemententry;

-- What the outbox keeps: a fortnight of facts, all delivered.
INSERT INTO kernel_outboxmessage (id, topic, payload, created_at, relayed_at)
SELECT n, 'orders.order.paid.v1', jsonb_build_object('order_id', n), paid, paid
FROM given, bench_life WHERE is_paid AND placed_at > now - interval '14 days';

INSERT INTO kernel_delivery
  (subscriber, attempts, due_at, done_at, last_error, message_id)
SELECT name, 1, created_at, created_at, '', message.id
FROM kernel_outboxmessage message,
     unnest(ARRAY['affiliates.estimate', 'orders.count_sales']) name;

DROP TABLE bench_life;
