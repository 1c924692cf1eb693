-- The money of some groups, in rows of JSON. Their groups were locked by the statement before, so
-- this one sees whatever those who held them have committed.
WITH
-- All payments: one of them pays the group, whatever else is open is asked about.
payments AS (
    SELECT id, number, group_id, buyer_id, gateway, amount, currency, status, gateway_txn,
           is_effective
    FROM orders_payment WHERE group_id = ANY (%(groups)s::bigint[])
    ORDER BY id FOR NO KEY UPDATE
),
-- All orders, and only below those that are unpaid: asked for here, an index of the platform's
-- unpaid orders might be taken for the shorter way.
orders AS (
    SELECT id, number, group_id, shop_id, buyer_id, status, pay_amount
    FROM orders_order WHERE group_id = ANY (%(groups)s::bigint[])
    ORDER BY id FOR NO KEY UPDATE
)
SELECT
    (SELECT json_agg(json_build_array(
         id, number, group_id, buyer_id, gateway, amount, currency, status, gateway_txn,
         is_effective))
     FROM payments),
    (SELECT json_agg(json_build_array(
         orders.id, orders.number, orders.group_id, orders.shop_id, shop.public_id,
         orders.buyer_id, orders.pay_amount,
         -- Which pieces are sold when it is paid, and whether they are held for it.
         (SELECT json_agg(json_build_array(sku_id, shop_id, position, quantity, is_held))
          FROM orders_orderline WHERE order_id = orders.id)) ORDER BY orders.id)
     FROM orders JOIN shops_shop AS shop ON shop.id = orders.shop_id
     WHERE orders.status = 'unpaid'),
    -- Transactions that are a payment's already, of whatever group.
    (SELECT json_agg(json_build_array(payment.gateway, payment.gateway_txn, payment.id))
     FROM jsonb_to_recordset(%(facts)s) AS fact (gateway text, gateway_txn text)
     JOIN orders_payment AS payment
         ON payment.gateway = fact.gateway AND payment.gateway_txn = fact.gateway_txn
     WHERE payment.gateway_txn <> '')
