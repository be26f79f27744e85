// The books: the one writer of money, and those who check it.
export { createBooks, type Books, type BooksDependencies } from './post.ts';
export type { BooksRefusalCode, PaymentMove, PostRefused, PostRequest, PostResult, Posted } from './request.ts';
export { assertBooksCoherent, auditBooks, type AuditFinding } from './auditor.ts';
