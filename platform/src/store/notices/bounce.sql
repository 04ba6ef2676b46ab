-- $1 notice, $2 county, $3 reason, $4 now. Answers whether somebody above must be told; nothing where it is not a sent one.
WITH bounced AS (
    UPDATE notices SET state = 'bounced', finished_at = $4, last_error = $3 WHERE id = $1 AND county = $2 AND state = 'sent'
    RETURNING id, attempts, urgency
), attempt AS (
    INSERT INTO notice_attempts (at, notice_id, attempt, outcome, phase, detail, took_ms)
    SELECT $4, id, attempts, 'bounced', 'returned', $3, 0 FROM bounced
)
SELECT urgency = 'P1' FROM bounced
