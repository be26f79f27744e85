// Idempotency keys: who asked, under which key, for what, and what the answer was. The unique row is the lock: of many
// callers with one key the first proceeds, the others wait for its transaction and then read its answer.

/** `name`: the database keeps the parsed text under it on each connection; the same text always. */
export type Query = <Row>(text: string, values: readonly unknown[], name?: string) => Promise<Row[]>;
export type IdempotencyKey = { readonly principal: string; readonly key: string };
export type StoredAnswer = { readonly status: number; readonly body: string };

/**
 * `fresh`: nobody used this key. `resumed`: the same request was started and has no answer yet (its process died between
 * two transactions, or is still at work): carry on, every step is safe to repeat. `answered`: replay it as it is.
 */
export type KeyClaim = { readonly is: 'fresh' | 'resumed' } | { readonly is: 'reused' } | { readonly is: 'answered'; readonly answer: StoredAnswer };

/** Must run in the transaction that also does the work, or, for work of several transactions, in one before them. */
export async function claimKey(query: Query, input: IdempotencyKey & { inputHash: string }): Promise<KeyClaim> {
  const { principal, key, inputHash } = input;
  const made = await query(
    'INSERT INTO idempotency (principal, key, input_hash) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING 1',
    [principal, key, inputHash],
  );
  if (made.length > 0) return { is: 'fresh' };
  const [row] = await query<{ input_hash: string; status: number | null; body: string | null }>(
    'SELECT input_hash, status, body FROM idempotency WHERE principal = $1 AND key = $2',
    [principal, key],
  );
  if (!row) throw new Error('an idempotency key vanished: keys are never deleted while in use');
  if (row.input_hash !== inputHash) return { is: 'reused' };
  if (row.status === null || row.body === null) return { is: 'resumed' };
  return { is: 'answered', answer: { status: row.status, body: row.body } };
}

/** Stores the answer unless there is one already, and returns the one that counts: byte for byte what everybody hears. */
export async function storeAnswer(query: Query, input: IdempotencyKey & StoredAnswer): Promise<StoredAnswer> {
  const { principal, key, status, body } = input;
  await query('UPDATE idempotency SET status = $3, body = $4 WHERE principal = $1 AND key = $2 AND body IS NULL', [principal, key, status, body]);
  const [row] = await query<StoredAnswer>('SELECT status, body FROM idempotency WHERE principal = $1 AND key = $2', [principal, key]);
  if (!row) throw new Error('an idempotency key vanished: keys are never deleted while in use');
  return row;
}
