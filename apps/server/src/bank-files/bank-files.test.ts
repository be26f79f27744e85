import { describe, expect, it } from 'vitest';
import { readDecimal } from './decimal.ts';
import { isIban, readCamt053, readCsv, readCsvStatement, readPain002, StatementUnreadable, writeCamt053, writeCsv, writePain001, type StatementLine } from './index.ts';

const debtor = { holder: 'Sonrisa & Co <pay>', number: 'DE89370400440532013000', bic: 'COBADEFFXXX' };
const noIban = { holder: '面包店', number: '6222021234567890', bic: null };

describe('amounts', () => {
  it.each([
    ['12.05', 'CNY', 1205n], ['-12.05', 'CNY', -1205n], ['12', 'CNY', 1200n], ['12.5', 'CNY', 1250n], ['12.50000', 'CNY', 1250n], ['0.01', 'CNY', 1n],
    ['1205', 'JPY', 1205n], ['1205.00', 'JPY', 1205n], ['1.234', 'KWD', 1234n], ['90071992547409.93', 'USD', 9007199254740993n],
  ] as const)('%s %s is %s', (text, currency, minor) => {
    expect(readDecimal(text, currency)).toBe(minor);
  });
  it.each([['12.055', 'CNY'], ['1.5', 'JPY'], ['1.2345', 'KWD'], ['1,205.00', 'CNY'], ['1e3', 'CNY'], ['', 'CNY'], ['+1', 'CNY'], ['٣', 'CNY'], ['--1', 'CNY']] as const)('%s %s is refused', (text, currency) => {
    expect(() => readDecimal(text, currency)).toThrow(StatementUnreadable);
  });
});

it.each([['DE89370400440532013000', true], ['GB82WEST12345698765432', true], ['DE89370400440532013001', false], ['DE98370400440532013000', false], ['6222021234567890', false], ['', false]])(
  '%s is an IBAN: %s', (number, is) => {
    expect(isIban(number)).toBe(is);
  });

describe('CSV', () => {
  const row = (cell: string) => readCsv(writeCsv(['a', 'b'], [{ a: cell, b: 'x' }]))[0]!['a'];
  it.each(['=1+1', '+1', '-1', '@SUM(A1)'])('a cell that a spreadsheet would run, %s, is guarded', (cell) => {
    expect(row(cell)).toBe(`'${cell}`);
  });
  it.each(['面包, "店"', 'two\nlines', '1.00', "'"])('%j comes back as it was', (cell) => {
    expect(row(cell)).toBe(cell);
  });
  it('begins with a byte order mark, so that a spreadsheet reads Chinese', () => {
    expect(writeCsv(['a'], []).charCodeAt(0)).toBe(0xfeff);
  });
  it('control: without the guard the cell would be a formula', () => {
    expect(readCsv('a\r\n=1+1\r\n')[0]!['a']).toBe('=1+1');
  });
});

describe('pain.001', () => {
  const file = writePain001({
    id: '0123456789abcdef0123456789abcdef', madeAtMs: Date.UTC(2026, 10, 25, 1, 2, 3), executeOn: '2026-11-25', currency: 'EUR', debtor,
    transfers: [
      { endToEndId: 'a'.repeat(32), amountMinor: 1205n, creditor: { ...debtor, holder: 'Bakery' }, text: 'Settlement' },
      { endToEndId: 'b'.repeat(32), amountMinor: 1n, creditor: noIban, text: 'Withdrawal' },
    ],
  });

  it('says what the bank needs, in the words of the standard', () => {
    expect(file).toContain('xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"');
    expect(file).toContain('<CtrlSum>12.06</CtrlSum>');
    expect(file).toContain('<InstdAmt Ccy="EUR">0.01</InstdAmt>');
    expect(file).toContain('<BICFI>COBADEFFXXX</BICFI>');
    expect(file).toContain('<IBAN>DE89370400440532013000</IBAN>');
    expect(file.replace(/\s/g, '')).toContain('<Othr><Id>6222021234567890</Id></Othr>');
    expect(file).toContain('Sonrisa &amp; Co &lt;pay&gt;');
    // Max35Text of every reference.
    for (const [, reference = ''] of file.matchAll(/<(?:MsgId|PmtInfId|EndToEndId|InstrId)>([^<]*)</g)) expect(reference.length).toBeLessThanOrEqual(35);
  });
});

describe('camt.053', () => {
  const lines: StatementLine[] = [
    { reference: 'abc', amountMinor: -1205n, bookedOn: '2026-11-25', text: 'out 面包', isReturn: false },
    { reference: 'abc', amountMinor: 1205n, bookedOn: '2026-11-26', text: 'back', isReturn: true },
  ];
  const written = writeCamt053({ id: 's1', account: 'x1', currency: 'CNY', madeAtMs: 0, from: '2026-11-25', to: '2026-11-26', openingMinor: 500n, closingMinor: 500n, lines });

  it('is read as it was written', () => {
    expect(readCamt053(written)).toEqual([{ id: 's1', account: 'x1', currency: 'CNY', openingMinor: 500n, closingMinor: 500n, lines }]);
  });

  const bank = (entries: string, closing = '5.00') => `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt><Id>s</Id><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></Acct>
    <Bal><Tp><CdOrPrtry><Cd>PRCD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">5.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal><Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">${closing}</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>${entries}</Stmt></BkToCstmrStmt></Document>`;
  const entry = (rest: string, minor = '2.00') => `<Ntry><Amt Ccy="EUR">${minor}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-11-25</Dt></BookgDt>${rest}</Ntry>`;

  it('of version 2 with a batch: the details are the lines', () => {
    const detail = (reference: string, minor: string) => `<TxDtls><Refs><EndToEndId>${reference}</EndToEndId></Refs><AmtDtls><TxAmt><Amt Ccy="EUR">${minor}</Amt></TxAmt></AmtDtls></TxDtls>`;
    const [statement] = readCamt053(bank(entry(`<NtryDtls>${detail('a', '1.50')}${detail('NOTPROVIDED', '0.50')}</NtryDtls>`), '7.00'));
    expect(statement?.lines.map((line) => [line.reference, line.amountMinor])).toEqual([['a', 150n], ['', 50n]]);
    expect(() => readCamt053(bank(entry(`<NtryDtls>${detail('a', '1.50')}${detail('b', '0.51')}</NtryDtls>`), '7.00'))).toThrow(/do not add up/);
  });

  it('leaves out what is not booked yet', () => {
    expect(readCamt053(bank(entry('').replace('BOOK', 'PDNG')))[0]?.lines).toEqual([]);
  });

  it.each([
    ['no XML', 'hello'],
    ['XML that breaks off', written.slice(0, 400)],
    ['another document', '<Document><Other/></Document>'],
    ['a document type declaration', `<!DOCTYPE x [<!ENTITY a "b">]>${written}`],
    ['lines that do not lead to the balance', bank(entry(''))],
    ['another currency', bank(entry('', '2.00').replace('Ccy="EUR"', 'Ccy="USD"'), '7.00')],
    ['an amount without direction', bank(entry('').replace('<CdtDbtInd>CRDT</CdtDbtInd>', ''), '7.00')],
  ])('%s is refused', (_name, text) => {
    expect(() => readCamt053(text)).toThrow(StatementUnreadable);
  });
});

it('pain.002 says which payments were executed and which refused', () => {
  const status = (reference: string, code: string) => `<TxInfAndSts><OrgnlEndToEndId>${reference}</OrgnlEndToEndId><TxSts>${code}</TxSts><StsRsnInf><Rsn><Cd>AC04</Cd></Rsn></StsRsnInf></TxInfAndSts>`;
  const report = `<Document><CstmrPmtStsRpt><OrgnlPmtInfAndSts>${status('a', 'ACSC')}${status('b', 'RJCT')}${status('c', 'ACTC')}</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>`;
  expect(readPain002(report).map(({ reference, is }) => [reference, is])).toEqual([['a', 'executed'], ['b', 'refused'], ['c', 'under_way']]);
  expect(() => readPain002('<Document/>')).toThrow(StatementUnreadable);
});

describe('a statement as CSV', () => {
  const given = { id: 's', account: 'x' };
  it('is read', () => {
    const statement = readCsvStatement('date,amount,currency,reference,text,return\n2026-11-25,-12.05,CNY,abc,out,no\n2026-11-26,12.05,CNY,abc,back,yes\n', given);
    expect(statement.lines).toEqual([
      { reference: 'abc', amountMinor: -1205n, bookedOn: '2026-11-25', text: 'out', isReturn: false },
      { reference: 'abc', amountMinor: 1205n, bookedOn: '2026-11-26', text: 'back', isReturn: true },
    ]);
  });
  it.each([
    ['nothing', ''],
    ['no amounts', 'date,currency,reference\n2026-11-25,CNY,a\n'],
    ['two currencies', 'date,amount,currency,reference\n2026-11-25,1,CNY,a\n2026-11-25,1,EUR,a\n'],
    ['a date in another order', 'date,amount,currency,reference\n25.11.2026,1,CNY,a\n'],
    ['a number with commas', 'date,amount,currency,reference\n2026-11-25,"1,000.00",CNY,a\n'],
    ['a line too short', 'date,amount,currency,reference\n2026-11-25,1\n'],
  ])('%s is refused', (_name, text) => {
    expect(() => readCsvStatement(text, given)).toThrow(StatementUnreadable);
  });
});
