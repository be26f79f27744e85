// The export as pages for people: what the JSON holds, in words, in Chinese or English. Pure; who draws it is ../adapters/pdf.ts.
import type { Export, ExportedChild, MyFace } from '@sonrisa/protocol/my-face-api.ts';
import { limitKinds, type LimitKind } from '@sonrisa/protocol/limits-api.ts';
import { formatDecimal, isCurrency, money } from '@sonrisa/ledger/money.ts';
import { labels, notIncludedLabels, type Label, type PageLocale } from './export-labels.ts';

/** `code`: verbatim text, as a signed receipt is. */
export type PageBlock = { readonly kind: 'heading' | 'subheading' | 'text' | 'small' | 'code'; readonly text: string };
export type Pages = { readonly title: string; readonly locale: PageLocale; readonly madeAtMs: number; readonly blocks: readonly PageBlock[] };
/** The port of whoever draws them. */
export type PdfWriter = (pages: Pages) => Promise<Uint8Array>;

type Line = string | null;

export function exportPages(data: Export, locale: PageLocale): Pages {
  const t = (label: Label): string => labels[label][locale === 'zh' ? 0 : 1];
  const write = writer(locale);
  const { account, face, limits } = data;
  const rows = rowsOf({ t, write, locale });
  const sections: [Label, readonly string[]][] = [
    ['account', [
      `${t('name')}: ${account.name}`, `${t('phone')}: ${account.phone ?? t('nothing')}`, `${t('number')}: ${account.payerId}`, `${t('opened')}: ${write.at(account.openedAtMs)}`,
      `${t('balance')}: ${write.amount(account.balance)}`, `${t('face')}: ${t(`face_${face.state}`)}`,
    ]],
    ['payments', rows.payments(data.payments)],
    ['paymentCodes', data.paymentCodes.map((each) => write.line([write.at(each.atMs), write.amount(each.amount), each.paymentId]))],
    ['looks', rows.looks(face.looks)],
    ['requests', rows.requests(data.phoneRequests)],
    ['cases', rows.cases(data.cases)],
    ['topUps', data.topUps.map((each) => write.line([write.at(each.atMs), write.amount(each.amount), each.source, each.state]))],
    ['withdrawals', data.withdrawals.map((each) => write.line([write.at(each.atMs), write.amount(each.amount), each.holder, each.number, each.state]))],
    ['allowances', rows.allowances(data.allowances, data.children)],
    ['money', [...data.bankAccounts.map(({ holder, number, currency }) => write.line([holder, number, currency])), ...data.cards.map(({ brand, last4, addedAtMs }) => write.line([brand, `**** ${last4}`, write.at(addedAtMs)]))]],
    ['caps', rows.caps(limits.caps, account.balance.currency)],
    ['limits', [
      ...rows.limits(limits.own, account.balance.currency),
      ...limits.identity.map((each) => write.line([write.at(each.atMs), each.level, each.note])),
      ...limits.attestations.map((each) => write.line([write.at(each.atMs), each.name, each.bornOn, each.document, each.source])),
      limits.askPhoneFromMinor === null ? t('askNever') : `${t('askFrom')} ${write.amount({ amountMinor: limits.askPhoneFromMinor, currency: account.balance.currency })}`,
      t(limits.smsNotices ? 'smsOn' : 'smsOff'),
    ]],
    ['passkeys', data.passkeys.map((each) => write.line([each.name, write.at(each.addedAtMs), each.lastUsedAtMs === null ? null : `${t('used')} ${write.at(each.lastUsedAtMs)}`]))],
    ['signIns', data.signIns.map((each) => write.line([write.at(each.atMs), each.signedOutAtMs === null ? null : `${t('signedOut')} ${write.at(each.signedOutAtMs)}`]))],
    ['notices', [...data.pushSubscriptions.map((each) => write.line([each.service, write.at(each.addedAtMs)])), ...data.messages.map((each) => write.line([write.at(each.atMs), 'SMS', each.purpose, each.state]))]],
    ['accountEvents', [...data.accountEvents.map((each) => write.line([write.at(each.atMs), each.kind])), ...data.recoveries.map((each) => write.line([write.at(each.askedAtMs), t('asked'), each.kind, each.state]))]],
    ['enrolments', data.enrolments.map((each) => write.line([write.at(each.atMs), t(each.wasSignIn ? 'signIn' : 'enrolment'), each.state]))],
  ];
  return {
    title: t('title'),
    locale,
    madeAtMs: data.madeAtMs,
    blocks: [
      { kind: 'small', text: `${t('made')} ${write.at(data.madeAtMs)}. ${t('times')}` },
      ...sections.flatMap(([label, lines]) => section(t(label), lines.length > 0 ? lines : [t('nothing')])),
      { kind: 'heading', text: t('consents') },
      ...consentBlocks(face, { t, at: write.at }),
      ...(face.erasures.length === 0 ? [] : [{ kind: 'heading', text: t('erasures') } as const]),
      ...erasureBlocks(face, { t, at: write.at }),
      ...(data.children.length === 0 ? [] : [{ kind: 'heading', text: t('children') } as const]),
      ...data.children.flatMap((child) => childBlocks(child, { t, write, rows })),
      ...section(t('notIncluded'), notIncludedLabels.map(t)),
    ],
  };
}

const section = (heading: string, lines: readonly string[]): PageBlock[] => [{ kind: 'heading', text: heading }, ...lines.map((text): PageBlock => ({ kind: 'text', text }))];

type Words = { t: (label: Label) => string; at: (ms: number) => string };

// Word by word as agreed to, in the language it was agreed to in.
function consentBlocks({ consents }: MyFace, { t, at }: Words): PageBlock[] {
  return consents.flatMap((consent): PageBlock[] => [
    { kind: 'subheading', text: `${t('agreed')} ${at(consent.agreedAtMs)}${consent.faceWithdrawnAtMs === null ? '' : `, ${t('withdrawn')} ${at(consent.faceWithdrawnAtMs)}`}` },
    ...(consent.text
      ? [consent.text.title, consent.text.service.label, ...consent.text.service.paragraphs, consent.text.face.label, ...consent.text.face.paragraphs].map((text): PageBlock => ({ kind: 'text', text }))
      : []),
    { kind: 'small', text: `${consent.version}, SHA-256 ${consent.textSha256}` },
  ]);
}

function erasureBlocks({ erasures }: MyFace, { t, at }: Words): PageBlock[] {
  return erasures.flatMap((erasure): PageBlock[] => [
    { kind: 'subheading', text: `${at(erasure.askedAtMs)} ${erasure.id}` },
    { kind: 'code', text: erasure.receipt ?? t('receiptWaits') },
  ]);
}

/** One child after the other, each part under the child's name. */
function childBlocks(child: ExportedChild, { t, write, rows }: { t: Words['t']; write: Writer; rows: Rows }): PageBlock[] {
  const { name, balance, data } = child;
  const part = (label: Label, lines: readonly string[]): PageBlock[] =>
    lines.length === 0 ? [] : [{ kind: 'subheading', text: write.line([name, t(label)]) }, ...lines.map((text): PageBlock => ({ kind: 'text', text }))];
  const head: PageBlock[] = [
    { kind: 'subheading', text: name },
    { kind: 'text', text: write.line([`${t('born')} ${child.bornOn}`, t(`state_${child.state}`), `${t('balance')}: ${write.amount(balance)}`, child.id]) },
  ];
  if (data === null) return [...head, { kind: 'text', text: t('grown') }];
  const under = (label: Label, blocks: PageBlock[]): PageBlock[] => (blocks.length === 0 ? [] : [{ kind: 'subheading', text: write.line([name, t(label)]) }, ...blocks]);
  return [
    ...head,
    { kind: 'text', text: `${t('opened')}: ${write.at(data.openedAtMs)}` },
    ...part('payments', rows.payments(data.payments)),
    ...part('looks', rows.looks(data.face.looks)),
    ...part('requests', rows.requests(data.phoneRequests)),
    ...part('cases', rows.cases(data.cases)),
    ...part('allowances', rows.allowances(data.allowances, [])),
    ...part('caps', rows.caps(data.limits.caps, balance.currency)),
    ...part('limits', rows.limits(data.limits.own, balance.currency)),
    ...under('consents', consentBlocks(data.face, { t, at: write.at })),
    ...under('erasures', erasureBlocks(data.face, { t, at: write.at })),
  ];
}

type Rows = ReturnType<typeof rowsOf>;

/** Lines of what a payer and a child have alike. */
function rowsOf({ t, write, locale }: { t: Words['t']; write: Writer; locale: PageLocale }) {
  // The name of a kind that is not known any more is text.
  const kindOf = (kind: string): string => (limitKinds.some((known) => known === kind) ? t(`kind_${kind as LimitKind}`) : kind);
  const store = (each: { storeName: string; storeNameZh: string }): string => (locale === 'zh' ? each.storeNameZh : each.storeName);
  return {
    payments: (payments: Export['payments']) => payments.map((each) => write.line([write.at(each.atMs), store(each), write.amount(each.amount), t(`way_${each.way}`), each.state, each.id])),
    looks: (looks: MyFace['looks']) => looks.map((each) => write.line([write.at(each.atMs), store(each), write.amount(each.amount), t(`look_${each.result}`)])),
    requests: (requests: Export['phoneRequests']) => requests.map((each) => write.line([write.at(each.askedAtMs), each.reason, each.state, each.confirmedBy, each.paymentId])),
    cases: (cases: Export['cases']) => cases.map((each) => write.line([write.at(each.atMs), write.amount(each.amount), each.state, each.finding, each.paymentId])),
    allowances: (allowances: Export['allowances'], children: readonly Pick<ExportedChild, 'id' | 'name'>[]) =>
      allowances.map((each) => write.line([write.at(each.atMs), children.find(({ id }) => id === each.childId)?.name ?? null, t(`allowance_${each.direction}`), write.amount(each.amount), each.id])),
    caps: (caps: Export['limits']['caps'], currency: string) =>
      caps.map(({ kind, maxMinor, usedMinor }) => write.line([
        kindOf(kind), maxMinor === null ? t('none') : maxMinor === '0' ? t('shut') : `${t('upTo')} ${write.amount({ amountMinor: maxMinor, currency })}`,
        usedMinor === null ? null : `${t('spent')} ${write.amount({ amountMinor: usedMinor, currency })}`,
      ])),
    limits: (own: Export['limits']['own'], currency: string) =>
      own.map((each) => write.line([
        write.at(each.askedAtMs), kindOf(each.kind), each.maxMinor === null ? t('none') : write.amount({ amountMinor: each.maxMinor, currency }), write.from(each.effectiveAtMs, t('from')),
        each.cancelledAtMs === null ? null : t('cancelled'),
      ])),
  };
}

type Writer = ReturnType<typeof writer>;

function writer(locale: PageLocale) {
  const at = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
  return {
    at,
    from: (ms: number, word: string): string => (locale === 'zh' ? `${at(ms)} ${word}` : `${word} ${at(ms)}`),
    amount: ({ amountMinor, currency }: { amountMinor: string; currency: string }): string =>
      isCurrency(currency) ? `${formatDecimal(money(BigInt(amountMinor), currency))} ${currency}` : `${amountMinor} ${currency}`,
    line: (parts: readonly Line[]): string => parts.filter((part) => part !== null && part !== '').join(' · '),
  };
}
