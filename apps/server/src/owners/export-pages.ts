// The export as pages for people: what the JSON holds, in words, in Chinese or English. Pure; who draws it is ../adapters/pdf.ts.
import type { Export } from '@sonrisa/protocol/my-face-api.ts';
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
  const sections: [Label, readonly string[]][] = [
    ['account', [
      `${t('name')}: ${account.name}`, `${t('phone')}: ${account.phone ?? t('nothing')}`, `${t('number')}: ${account.payerId}`, `${t('opened')}: ${write.at(account.openedAtMs)}`,
      `${t('balance')}: ${write.amount(account.balance)}`, `${t('face')}: ${t(`face_${face.state}`)}`,
    ]],
    ['payments', data.payments.map((each) => write.line([write.at(each.atMs), locale === 'zh' ? each.storeNameZh : each.storeName, write.amount(each.amount), t(`way_${each.way}`), each.state, each.id]))],
    ['paymentCodes', data.paymentCodes.map((each) => write.line([write.at(each.atMs), write.amount(each.amount), each.paymentId]))],
    ['looks', face.looks.map((each) => write.line([write.at(each.atMs), locale === 'zh' ? each.storeNameZh : each.storeName, write.amount(each.amount), t(`look_${each.result}`)]))],
    ['requests', data.phoneRequests.map((each) => write.line([write.at(each.askedAtMs), each.reason, each.state, each.confirmedBy, each.paymentId]))],
    ['cases', data.cases.map((each) => write.line([write.at(each.atMs), write.amount(each.amount), each.state, each.finding, each.paymentId]))],
    ['topUps', data.topUps.map((each) => write.line([write.at(each.atMs), write.amount(each.amount), each.source, each.state]))],
    ['withdrawals', data.withdrawals.map((each) => write.line([write.at(each.atMs), write.amount(each.amount), each.holder, each.number, each.state]))],
    ['money', [...data.bankAccounts.map(({ holder, number, currency }) => write.line([holder, number, currency])), ...data.cards.map(({ brand, last4, addedAtMs }) => write.line([brand, `**** ${last4}`, write.at(addedAtMs)]))]],
    ['limits', [
      ...limits.own.map((each) => write.line([write.at(each.askedAtMs), each.kind, each.maxMinor === null ? t('none') : write.amount({ amountMinor: each.maxMinor, currency: account.balance.currency }), write.from(each.effectiveAtMs, t('from')), each.cancelledAtMs === null ? null : t('cancelled')])),
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
      ...consentBlocks(data, { t, at: write.at }),
      ...erasureBlocks(data, { t, at: write.at }),
      ...section(t('notIncluded'), notIncludedLabels.map(t)),
    ],
  };
}

const section = (heading: string, lines: readonly string[]): PageBlock[] => [{ kind: 'heading', text: heading }, ...lines.map((text): PageBlock => ({ kind: 'text', text }))];

type Words = { t: (label: Label) => string; at: (ms: number) => string };

// Word by word as agreed to, in the language it was agreed to in.
function consentBlocks({ face }: Export, { t, at }: Words): PageBlock[] {
  return [
    { kind: 'heading', text: t('consents') },
    ...face.consents.flatMap((consent): PageBlock[] => [
      { kind: 'subheading', text: `${t('agreed')} ${at(consent.agreedAtMs)}${consent.faceWithdrawnAtMs === null ? '' : `, ${t('withdrawn')} ${at(consent.faceWithdrawnAtMs)}`}` },
      ...(consent.text
        ? [consent.text.title, consent.text.service.label, ...consent.text.service.paragraphs, consent.text.face.label, ...consent.text.face.paragraphs].map((text): PageBlock => ({ kind: 'text', text }))
        : []),
      { kind: 'small', text: `${consent.version}, SHA-256 ${consent.textSha256}` },
    ]),
  ];
}

function erasureBlocks({ face }: Export, { t, at }: Words): PageBlock[] {
  if (face.erasures.length === 0) return [];
  return [
    { kind: 'heading', text: t('erasures') },
    ...face.erasures.flatMap((erasure): PageBlock[] => [
      { kind: 'subheading', text: `${at(erasure.askedAtMs)} ${erasure.id}` },
      { kind: 'code', text: erasure.receipt ?? t('receiptWaits') },
    ]),
  ];
}

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
