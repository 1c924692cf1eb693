-- What follows from money that came, beside the moves of payments and orders, in one round trip.
-- The first three parameters are JSON arrays.
WITH
-- An order's part of the payment that pays it.
splits AS (
    INSERT INTO orders_paymentsplit
        (payment_id, order_id, shop_id, buyer_id, captured_amount, refunded_amount)
    SELECT payment_id, order_id, shop_id, buyer_id, captured_amount, 0
    FROM jsonb_populate_recordset(NULL::orders_paymentsplit, %(splits)s)
),
-- Money that no order may keep: the sender takes it from here. Its clocks are the database's.
refunds AS (
    INSERT INTO orders_refund (number, reference, payment_id, buyer_id, reason, amount, currency,
                               status, gateway_refund_id, attempts, last_error)
    SELECT number, reference, payment_id, buyer_id, reason, amount, currency, status, '', 0, ''
    FROM jsonb_populate_recordset(NULL::orders_refund, %(refunds)s)
)
-- Whatever else is open in the groups is closed there, or refunded: ask about it now.
UPDATE orders_payment SET poll_at = %(at)s
WHERE id IN (SELECT value::bigint FROM jsonb_array_elements_text(%(open)s) AS value)
