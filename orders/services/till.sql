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
-- Orders become unpaid no more, and leave that state under the lock of their group only.
unpaid AS (
    SELECT id, number, group_id, shop_id, buyer_id, pay_amount
    FROM orders_order WHERE group_id = ANY (%(groups)s::bigint[]) AND status = 'unpaid'
    ORDER BY id FOR NO KEY UPDATE
)
SELECT
    (SELECT json_agg(json_build_array(
         id, number, group_id, buyer_id, gateway, amount, currency, status, gateway_txn,
         is_effective))
     FROM payments),
    (SELECT json_agg(json_build_array(
         unpaid.id, unpaid.number, unpaid.group_id, unpaid.shop_id, shop.public_id,
         unpaid.buyer_id, unpaid.pay_amount,
         -- Which pieces are sold when it is paid.
         (SELECT json_agg(json_build_array(sku_id, shop_id, position, quantity))
          FROM orders_orderline WHERE order_id = unpaid.id)) ORDER BY unpaid.id)
     FROM unpaid JOIN shops_shop AS shop ON shop.id = unpaid.shop_id),
    -- Transactions that are a payment's already, of whatever group.
    (SELECT json_agg(json_build_array(gateway, gateway_txn, payment.id))
     FROM jsonb_to_recordset(%(facts)s) AS fact (gateway text, gateway_txn text)
     JOIN orders_payment AS payment USING (gateway, gateway_txn) WHERE gateway_txn <> '')
