// Our files against the structure of the standard: which elements an element has, in which order, which are mandatory, and the form of the
// texts. The tables are the parts we write of the ISO 20022 message definitions pain.001.001.09 (CustomerCreditTransferInitiationV09) and
// camt.053.001.08 (BankToCustomerStatementV08), from the catalogue of messages at iso20022.org; the schemas themselves ship in no package.
import { XMLParser } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { writeCamt053, writePain001 } from './index.ts';

/** Children in order: `?` at most one, `+` at least one, `*` any number, `{2}` at most two; `A | B` is one of them. By the path's end. */
type Structure = Readonly<Record<string, string>>;

const shared: Structure = {
  Id: 'IBAN | Othr',
  'Id/Othr': 'Id SchmeNm? Issr?',
  FinInstnId: 'BICFI? ClrSysMmbId? LEI? Nm? PstlAdr? Othr?',
  'FinInstnId/Othr': 'Id SchmeNm? Issr?',
  RmtInf: 'Ustrd* Strd*',
};
const agent = 'FinInstnId BrnchId?';
const party = 'Nm? PstlAdr? Id? CtryOfRes? CtctDtls?';

const pain001: Structure = {
  ...shared,
  Document: 'CstmrCdtTrfInitn',
  CstmrCdtTrfInitn: 'GrpHdr PmtInf+ SplmtryData*',
  GrpHdr: 'MsgId CreDtTm Authstn{2} NbOfTxs CtrlSum? InitgPty FwdgAgt?',
  InitgPty: party,
  PmtInf: 'PmtInfId PmtMtd BtchBookg? NbOfTxs? CtrlSum? PmtTpInf? ReqdExctnDt PoolgAdjstmntDt? Dbtr DbtrAcct DbtrAgt DbtrAgtAcct? InstrForDbtrAgt? UltmtDbtr? ChrgBr? ChrgsAcct? ChrgsAcctAgt? CdtTrfTxInf+',
  ReqdExctnDt: 'Dt | DtTm',
  Dbtr: party,
  DbtrAcct: 'Id Tp? Ccy? Nm? Prxy?',
  DbtrAgt: agent,
  CdtTrfTxInf:
    'PmtId PmtTpInf? Amt XchgRateInf? ChrgBr? ChqInstr? UltmtDbtr? IntrmyAgt1? IntrmyAgt1Acct? IntrmyAgt2? IntrmyAgt2Acct? IntrmyAgt3? IntrmyAgt3Acct? CdtrAgt? CdtrAgtAcct? Cdtr? CdtrAcct? UltmtCdtr? InstrForCdtrAgt* InstrForDbtrAgt? Purp? RgltryRptg* Tax? RltdRmtInf* RmtInf? SplmtryData*',
  PmtId: 'InstrId? EndToEndId UETR?',
  Amt: 'InstdAmt | EqvtAmt',
  CdtrAgt: agent,
  Cdtr: party,
  CdtrAcct: 'Id Tp? Ccy? Nm? Prxy?',
};

const camt053: Structure = {
  ...shared,
  Document: 'BkToCstmrStmt',
  BkToCstmrStmt: 'GrpHdr Stmt+ SplmtryData*',
  GrpHdr: 'MsgId CreDtTm MsgRcpt? MsgPgntn? OrgnlBizQry? AddtlInf?',
  Stmt: 'Id StmtPgntn? ElctrncSeqNb? RptgSeq? LglSeqNb? CreDtTm? FrToDt? CpyDplctInd? RptgSrc? Acct RltdAcct? Intrst* Bal+ TxsSummry? Ntry* AddtlStmtInf?',
  FrToDt: 'FrDtTm ToDtTm',
  Acct: 'Id Tp? Ccy? Nm? Prxy? Ownr? Svcr?',
  Bal: 'Tp CdtLine* Amt CdtDbtInd Dt Avlbty*',
  Tp: 'CdOrPrtry SubTp?',
  CdOrPrtry: 'Cd | Prtry',
  'Bal/Dt': 'Dt | DtTm',
  Ntry: 'NtryRef? Amt CdtDbtInd RvslInd? Sts BookgDt? ValDt? AcctSvcrRef? Avlbty* BkTxCd ComssnWvrInd? AddtlInfInd? AmtDtls? Chrgs? TechInptChanl? Intrst? CardTx? NtryDtls* AddtlNtryInf?',
  Sts: 'Cd | Prtry',
  BookgDt: 'Dt | DtTm',
  BkTxCd: 'Domn? Prtry?',
  'BkTxCd/Prtry': 'Cd Issr?',
  NtryDtls: 'Btch? TxDtls*',
  TxDtls:
    'Refs? Amt? CdtDbtInd? AmtDtls? Avlbty* BkTxCd? Chrgs? Intrst? RltdPties? RltdAgts? LclInstrm? Purp? RltdRmtInf{10} RmtInf? RltdDts? RltdPric? RltdQties* FinInstrmId? Tax? RtrInf? CorpActn? SfkpgAcct? CshDpst* CardTx? AddtlTxInf? SplmtryData*',
  Refs: 'MsgId? AcctSvcrRef? PmtInfId? InstrId? EndToEndId? UETR? TxId? MndtId? ChqNb? ClrSysRef? AcctOwnrTxId? AcctSvcrTxId? MktInfrstrctrTxId? PrcgId? Prtry*',
  RtrInf: 'OrgnlBkTxCd? Orgtr? Rsn? AddtlInf*',
  Rsn: 'Cd | Prtry',
};

const upTo = (characters: number) => new RegExp(`^[^]{1,${characters}}$`, 'u');
const amount = /^(?=(\D*\d){1,18}\D*$)\d+(\.\d{1,5})?$/;
const day = /^\d{4}-\d{2}-\d{2}$/;
const moment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})?$/;
/** The texts, by the path's end. A leaf that is not here is an element nobody looked up. */
const texts: Readonly<Record<string, RegExp>> = {
  MsgId: upTo(35), PmtInfId: upTo(35), InstrId: upTo(35), EndToEndId: upTo(35), NtryRef: upTo(35), 'Stmt/Id': upTo(35),
  CreDtTm: moment, FrDtTm: moment, ToDtTm: moment, Dt: day,
  NbOfTxs: /^\d{1,15}$/, CtrlSum: /^-?(?=(\D*\d){1,18}\D*$)\d+(\.\d{1,17})?$/,
  PmtMtd: /^(CHK|TRF|TRA)$/, Nm: upTo(140), Ccy: /^[A-Z]{3}$/, InstdAmt: amount, Amt: amount, CdtDbtInd: /^(CRDT|DBIT)$/,
  IBAN: /^[A-Z]{2}\d{2}[a-zA-Z0-9]{1,30}$/, BICFI: /^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$/, 'Id/Othr/Id': upTo(34), 'FinInstnId/Othr/Id': upTo(35),
  Cd: upTo(4), 'BkTxCd/Prtry/Cd': upTo(35), Ustrd: upTo(140),
};

describe('pain.001', () => {
  const account = { holder: 'Sonrisa & Co <pay>', number: 'DE89370400440532013000', bic: 'COBADEFFXXX' };
  const file = writePain001({
    id: '0123456789abcdef0123456789abcdef', madeAtMs: Date.UTC(2026, 10, 25, 1, 2, 3), executeOn: '2026-11-25', currency: 'EUR', debtor: account,
    transfers: [
      { endToEndId: 'a'.repeat(32), amountMinor: 1205n, creditor: account, text: 'Settlement' },
      { endToEndId: 'b'.repeat(32), amountMinor: 1n, creditor: { holder: '面包店', number: '6222021234567890', bic: null }, text: 'Withdrawal' },
    ],
  });
  const withoutBic = writePain001({ id: 'x', madeAtMs: 0, executeOn: '2026-11-25', currency: 'JPY', debtor: { ...account, bic: null }, transfers: [{ endToEndId: 'a', amountMinor: 5n, creditor: account, text: 'x' }] });

  it('has the structure of pain.001.001.09', () => {
    expect([file, withoutBic].map((each) => namespaceOf(each))).toEqual(['pain.001.001.09', 'pain.001.001.09']);
    expect([...findingsIn(file, pain001), ...findingsIn(withoutBic, pain001)]).toEqual([]);
  });

  it.each<[string, (text: string) => string, string]>([
    ['a mandatory element missing', (text) => text.replace(/<MsgId>.*<\/MsgId>/, ''), 'GrpHdr: CreDtTm instead of MsgId'],
    ['two in another order', (text) => text.replace(/(<NbOfTxs>.*<\/NbOfTxs>)\s*(<CtrlSum>.*<\/CtrlSum>)/, '$2$1'), 'GrpHdr: CtrlSum instead of NbOfTxs'],
    ['one too many', (text) => text.replace('<PmtMtd>', '<PmtMtd>TRF</PmtMtd><PmtMtd>'), 'PmtInf: PmtMtd instead of ReqdExctnDt'],
    ['one that is not in the standard', (text) => text.replace('<RmtInf>', '<Note>x</Note><RmtInf>'), 'CdtTrfTxInf: Note stands where it may not'],
    ['both of a choice', (text) => text.replace(/(<Dt>.*<\/Dt>)/, '$1<DtTm>2026-11-25T00:00:00</DtTm>'), 'ReqdExctnDt: one of Dt, DtTm'],
    ['a reference that is too long', (text) => text.replace('<MsgId>', '<MsgId>0000'), 'MsgId: "00000123456789abcdef0123456789abcdef"'],
    ['a comma in an amount', (text) => text.replace('>12.05<', '>12,05<'), 'InstdAmt: "12,05"'],
  ])('control: %s is found', (_what, alter, finding) => {
    expect(alter(file)).not.toBe(file);
    expect(findingsIn(alter(file), pain001).join('\n')).toContain(finding);
  });
});

describe('camt.053', () => {
  const file = writeCamt053({
    id: '0123456789abcdef0123456789abcdef', account: 'x1', currency: 'CNY', madeAtMs: 0, from: '2026-11-25', to: '2026-11-26', openingMinor: 500n, closingMinor: -200n,
    lines: [
      { reference: 'a'.repeat(32), amountMinor: -1205n, bookedOn: '2026-11-25', text: 'pay_out 面包', isReturn: false },
      { reference: 'a'.repeat(32), amountMinor: 505n, bookedOn: '2026-11-26', text: 'payout_return back', isReturn: true },
    ],
  });
  const empty = writeCamt053({ id: 's', account: 'x1', currency: 'JPY', madeAtMs: 0, from: '2026-11-25', to: '2026-11-25', openingMinor: 0n, closingMinor: 0n, lines: [] });

  it('has the structure of camt.053.001.08', () => {
    expect([file, empty].map((each) => namespaceOf(each))).toEqual(['camt.053.001.08', 'camt.053.001.08']);
    expect([...findingsIn(file, camt053), ...findingsIn(empty, camt053)]).toEqual([]);
  });

  it.each<[string, (text: string) => string, string]>([
    ['no balance', (text) => text.replace(/<Bal>[^]*<\/Bal>/, ''), 'Stmt: Ntry instead of Bal'],
    ['an entry without its transaction code', (text) => text.replace(/<BkTxCd>[^]*?<\/BkTxCd>/, ''), 'Ntry: NtryDtls instead of BkTxCd'],
    ['a status as text, as in version 2', (text) => text.replace(/<Sts>\s*<Cd>BOOK<\/Cd>\s*<\/Sts>/, '<Sts>BOOK</Sts>'), 'Sts: one of Cd, Prtry'],
    ['a return before the remittance information', (text) => text.replace(/(<RmtInf>[^]*?<\/RmtInf>)\s*(<RtrInf>[^]*?<\/RtrInf>)/, '$2$1'), 'TxDtls: RmtInf stands where it may not'],
  ])('control: %s is found', (_what, alter, finding) => {
    expect(alter(file)).not.toBe(file);
    expect(findingsIn(alter(file), camt053).join('\n')).toContain(finding);
  });
});

type Node = Readonly<Record<string, unknown>>;

function findingsIn(xml: string, structure: Structure): string[] {
  const roots = new XMLParser({ preserveOrder: true, ignoreDeclaration: true, parseTagValue: false, ignoreAttributes: true }).parse(xml) as Node[];
  return roots.flatMap((root) => walk(root, [], structure));
}

function walk(node: Node, above: readonly string[], structure: Structure): string[] {
  const name = nameOf(node);
  const path = [...above, name];
  const inside = node[name] as Node[];
  const children = inside.filter((child) => !('#text' in child));
  const allowed = children.length > 0 || byPath(texts, path) === undefined ? byPath(structure, path) : undefined;
  if (allowed !== undefined) return [...orderFindings(path, children.map(nameOf), allowed), ...children.flatMap((child) => walk(child, path, structure))];
  const text = inside.map((child) => String(child['#text'] ?? '')).join('');
  const form = byPath(texts, path);
  if (!form) return [`${path.join('/')}: not looked up`];
  return form.test(text) ? [] : [`${name}: ${JSON.stringify(text)}`];
}

function orderFindings(path: readonly string[], names: readonly string[], allowed: string): string[] {
  const at = path.at(-1)!;
  if (allowed.includes('|')) {
    const choice = allowed.split(' | ');
    return names.length === 1 && choice.includes(names[0]!) ? [] : [`${at}: one of ${choice.join(', ')}`];
  }
  let next = 0;
  for (const [, name = '', often = ''] of allowed.matchAll(/(\w+)(\?|\+|\*|\{\d+\})?/g)) {
    const first = next;
    const most = often === '*' || often === '+' ? Infinity : often.startsWith('{') ? Number(often.slice(1, -1)) : 1;
    while (names[next] === name && next - first < most) next += 1;
    if (next === first && (often === '' || often === '+')) return [`${at}: ${names[next] ?? 'the end'} instead of ${name}`];
  }
  return next === names.length ? [] : [`${at}: ${names[next]} stands where it may not`];
}

/** The longest end of the path that the table has. */
function byPath<Value>(table: Readonly<Record<string, Value>>, path: readonly string[]): Value | undefined {
  for (let from = Math.max(0, path.length - 3); from < path.length; from += 1) {
    const found = table[path.slice(from).join('/')];
    if (found !== undefined) return found;
  }
  return undefined;
}

const nameOf = (node: Node): string => Object.keys(node).find((key) => key !== ':@') ?? '';
const namespaceOf = (xml: string) => /xmlns="urn:iso:std:iso:20022:tech:xsd:([^"]+)"/.exec(xml)?.[1];
