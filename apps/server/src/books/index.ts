// The books: the one writer of money, and those who check it.
export { createBooks, type Books, type BooksDependencies, type Posting } from './post.ts';
export { claimKey, storeAnswer, type IdempotencyKey, type KeyClaim, type Query, type StoredAnswer } from './idempotency.ts';
export { sha256 } from './sha256.ts';
export { isPassing } from './transaction.ts';
export type { BooksRefusalCode, Chain, Movement, PaymentMove, PostRefused, PostRequest, PostResult, Posted } from './request.ts';
export { assertBooksCoherent, auditBooks, type AuditFinding } from './auditor.ts';
export { createAuditLog, type AuditLog } from './audit-log.ts';
export { createAuditor, type Auditor } from './auditing.ts';
