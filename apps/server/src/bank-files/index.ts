// The files that banks, merchants and bookkeepers exchange, written and read. Pure: text in, text out.
export { isIban, type BankAccount } from './bank-account.ts';
export { readCsv, writeCsv, type CsvRow } from './csv.ts';
export { endToEndIdOf, writePain001, type CreditTransfer, type PaymentFile } from './pain-001.ts';
export { readPain002, type PaymentStatus } from './pain-002.ts';
export { writeCamt053 } from './camt-053-write.ts';
export { readCamt053 } from './camt-053-read.ts';
export { readCsvStatement, csvStatementColumns } from './csv-statement.ts';
export { assertAddsUp, type BankStatement, type StatementLine } from './statement.ts';
export { StatementUnreadable } from './unreadable.ts';
