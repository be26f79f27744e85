// The export as pages: nothing that the JSON has is left out, and the words are of one language.
import type { Export } from '@sonrisa/protocol/my-face-api.ts';
import { expect, it } from 'vitest';
import { consentText, guardianConsentText } from '../enrolment/consent-text.ts';
import { exportPages } from './export-pages.ts';

const cny = (amountMinor: string) => ({ amountMinor, currency: 'CNY' });
const at = Date.UTC(2026, 10, 29, 8, 5);
const data: Export = {
  format: 'sonrisa-export-v4', madeAtMs: at,
  account: { payerId: 'pyr_mark1', name: '韩梅梅', phone: '+8613800001111', openedAtMs: at, balance: cny('120500'), locale: 'zh' },
  face: {
    state: 'on', enrolledAtMs: at, pausedAtMs: null, unusedDaysMax: 730, unusedUntilMs: at,
    looks: [{ atMs: at, purpose: 'payment', storeName: 'mark2 en', storeNameZh: 'mark2 zh', amount: cny('1200'), paymentId: 'pay_1', result: 'paid' }],
    consents: [{ version: 'mark3', agreedAtMs: at, faceWithdrawnAtMs: null, agreedToFace: true, agreedToService: true, statedAgeMin: 18, textSha256: 'mark4', text: consentText('zh') }],
    erasures: [{ id: 'era_mark5', askedAtMs: at, reason: 'owner', receipt: 'sonrisa-erasure-receipt-v1\nmark6\n' }],
  },
  payments: [{ id: 'pay_mark7', state: 'captured', amount: cny('1200'), refundedMinor: '0', storeName: 'mark8 en', storeNameZh: 'mark8 zh', atMs: at, way: 'face', undoUntilMs: null, caseState: null }],
  topUps: [{ id: 'top_1', amount: cny('900'), source: 'mark9', state: 'succeeded', atMs: at }],
  withdrawals: [{ id: 'out_1', amount: cny('100'), state: 'sent', holder: 'mark10', number: 'mark11', atMs: at }],
  allowances: [{ id: 'tra_mark37', childId: 'pyr_mark25', direction: 'given', amount: cny('4100'), atMs: at }, { id: 'tra_mark38', childId: 'pyr_mark35', direction: 'back', amount: cny('4200'), atMs: at }],
  cards: [{ brand: 'mark12', last4: '4242', addedAtMs: at }],
  bankAccounts: [{ holder: 'mark13', number: 'mark14', currency: 'CNY' }],
  cases: [{ id: 'cas_1', paymentId: 'pay_mark15', amount: cny('1'), refund: 'at_once', state: 'open', finding: null, atMs: at }],
  paymentCodes: [{ paymentId: 'pay_mark16', atMs: at, amount: cny('700') }],
  passkeys: [{ name: 'mark17', addedAtMs: at, lastUsedAtMs: at }],
  phoneRequests: [{ id: 'phr_1', paymentId: 'pay_mark18', reason: 'risk', state: 'approved', confirmedBy: 'passkey', askedAtMs: at, answeredAtMs: at }],
  signIns: [{ atMs: at, expiresAtMs: at, signedOutAtMs: at }],
  pushSubscriptions: [{ service: 'mark19.example', addedAtMs: at }],
  limits: { own: [{ kind: 'month', maxMinor: '8000000', askedAtMs: at, effectiveAtMs: at, cancelledAtMs: null }], caps: [{ kind: 'payment', maxMinor: '4300', usedMinor: null }, { kind: 'goods', maxMinor: null, usedMinor: '4400' }], identity: [{ level: 'attested', note: 'mark20', atMs: at }], attestations: [{ name: 'mark21', bornOn: '1990-05-17', source: 'mark22', document: 'passport', atMs: at }], askPhoneFromMinor: '5000', smsNotices: true },
  accountEvents: [{ kind: 'mark23', atMs: at }],
  recoveries: [{ id: 'rcv_1', kind: 'mark24', state: 'done', askedAtMs: at, endedAtMs: at }],
  enrolments: [{ id: 'enr_1', state: 'complete', wasSignIn: false, atMs: at }],
  messages: [{ purpose: 'notice', state: 'sent', atMs: at }],
  noticesSeenUntilMs: null,
  children: [
    {
      id: 'pyr_mark25', name: 'mark26', bornOn: '2016-05-04', state: 'on', balance: cny('3300'),
      data: {
        openedAtMs: at,
        face: {
          state: 'on', enrolledAtMs: at, pausedAtMs: null, unusedDaysMax: 730, unusedUntilMs: at,
          looks: [{ atMs: at, purpose: 'payment', storeName: 'mark27 en', storeNameZh: 'mark27 zh', amount: cny('1200'), paymentId: 'pay_2', result: 'paid' }],
          consents: [{ version: 'mark28', agreedAtMs: at, faceWithdrawnAtMs: null, agreedToFace: true, agreedToService: true, statedAgeMin: null, textSha256: 'mark29', text: guardianConsentText('zh') }],
          erasures: [{ id: 'era_mark30', askedAtMs: at, reason: 'owner', receipt: 'sonrisa-erasure-receipt-v1\nmark31\n' }],
        },
        payments: [{ id: 'pay_mark32', state: 'captured', amount: cny('1200'), refundedMinor: '0', storeName: 'x', storeNameZh: 'x', atMs: at, way: 'face', undoUntilMs: null, caseState: null }],
        allowances: [{ id: 'tra_mark39', childId: 'pyr_mark25', direction: 'given', amount: cny('4500'), atMs: at }],
        limits: { own: [{ kind: 'day', maxMinor: '6600', askedAtMs: at, effectiveAtMs: at, cancelledAtMs: null }], caps: [{ kind: 'month', maxMinor: '4600', usedMinor: '4700' }, { kind: 'gambling', maxMinor: '0', usedMinor: '0' }] },
        cases: [{ id: 'cas_2', paymentId: 'pay_mark33', amount: cny('1'), refund: 'at_once', state: 'open', finding: null, atMs: at }],
        phoneRequests: [{ id: 'phr_2', paymentId: 'pay_mark34', reason: 'risk', state: 'approved', confirmedBy: 'pin', askedAtMs: at, answeredAtMs: at }],
      },
    },
    { id: 'pyr_mark35', name: 'mark36', bornOn: '2008-05-04', state: 'of_age', balance: cny('0'), data: null },
  ],
  notIncluded: [],
};

const kindWords = {
  zh: ['mark26 · 转入孩子钱包 · 41.00', 'mark36 · 退回监护人钱包 · 42.00', '单笔 · 最多 43.00', '每月购物 · 不设限额 · 已用 44.00', '每月 · 最多 46.00 CNY · 已用 47.00', '每月博彩 · 已关闭', '每天 · 66.00'],
  en: ['mark26 · to the child · 41.00', 'mark36 · back to the guardian · 42.00', 'one payment · up to 43.00', 'a month at shopping · no limit · used 44.00', 'a month · up to 46.00 CNY · used 47.00', 'a month at gambling · shut', 'a day · 66.00'],
};

it.each(['zh', 'en'] as const)('%s: everything is in it, and no word is missing', (locale) => {
  const { title, blocks } = exportPages(data, locale);
  const text = [title, ...blocks.map((block) => block.text)].join('\n');
  for (let mark = 1; mark <= 39; mark += 1) expect(text).toMatch(new RegExp(`mark${mark}(?!\\d)`));
  for (const shown of ['韩梅梅', '+8613800001111', '1205.00 CNY', '80000.00 CNY', '33.00 CNY', '66.00 CNY', ...[41, 42, 43, 44, 45, 46, 47].map((yuan) => `${yuan}.00 CNY`), ...kindWords[locale], '2016-05-04', '2026-11-29 08:05', ...consentText('zh').face.paragraphs, ...guardianConsentText('zh').face.paragraphs]) expect(text).toContain(shown);
  expect(text).not.toMatch(/undefined|null|NaN/);
  const headings = blocks.filter(({ kind }) => kind === 'heading').map((block) => block.text);
  expect(new Set(headings).size).toBe(headings.length);
  for (const heading of headings) expect(/[\u4e00-\u9fff]/.test(heading)).toBe(locale === 'zh');
});
