-- Everything that the orders room writes for a set of checkouts, in one round trip. Each parameter
-- is a JSON array of whole rows, their ids already taken from the sequences (`numbering.reserve`);
-- a table's name in braces stands for its columns (`rowsets.statement`).
WITH
-- What is paid once: one row a checkout. The key's constraint is what makes it happen once.
written_groups AS (
    INSERT INTO orders_ordergroup ({orders_ordergroup})
    SELECT {orders_ordergroup} FROM jsonb_populate_recordset(NULL::orders_ordergroup, %(groups)s)
),
-- What one shop ships: with its identity block, sealed receiver and the deadline of the payment.
written_orders AS (
    INSERT INTO orders_order ({orders_order})
    SELECT {orders_order} FROM jsonb_populate_recordset(NULL::orders_order, %(orders)s)
),
-- What one SKU is: price, amounts and attribution frozen.
written_lines AS (
    INSERT INTO orders_orderline ({orders_orderline})
    SELECT {orders_orderline} FROM jsonb_populate_recordset(NULL::orders_orderline, %(lines)s)
),
-- What each step of the price pipeline did to a line. Nobody names these rows: the id is dealt here.
written_adjustments AS (
    INSERT INTO orders_priceadjustment (line_id, shop_id, buyer_id, step, amount, bearer)
    SELECT line_id, shop_id, buyer_id, step, amount, bearer
    FROM jsonb_populate_recordset(NULL::orders_priceadjustment, %(adjustments)s)
),
-- What the buyer pays with at once: the intent; the gateway hears of it after the commit.
written_payments AS (
    INSERT INTO orders_payment
        (number, group_id, buyer_id, gateway, amount, currency, status, gateway_txn, is_effective,
         created_at, poll_at, poll_count)
    SELECT number, group_id, buyer_id, gateway, amount, currency, status, gateway_txn, is_effective,
           created_at, poll_at, poll_count
    FROM jsonb_populate_recordset(NULL::orders_payment, %(payments)s)
)
-- What was bought leaves the cart.
DELETE FROM orders_cartline AS cart
USING jsonb_populate_recordset(NULL::orders_orderline, %(lines)s) AS bought
WHERE cart.buyer_id = bought.buyer_id AND cart.sku_id = bought.sku_id
