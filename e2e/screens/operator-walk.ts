// The back office: signing in, cases of "that was not me" from the list to the closed one, text messages on a good and a bad
// day, faces alike, a version of the risk rules from its back-test to its rollback, and the overview.
import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { enrolShopper, payByFace, type Shopper } from '../../apps/cli/src/demo/stage.ts';
import { proposalSchema, proposalsSchema } from '@sonrisa/protocol/money-api.ts';
import { riskRollOutSchema, ruleSetSchema } from '@sonrisa/protocol/risk-api.ts';
import { builtInRules } from '../../apps/server/src/risk/built-in-rules.ts';
import { takeRulesAway } from '../harness/no-rules.ts';
import { recordDecisions } from '../harness/recorded-decisions.ts';
import { inBackOffice, type OfficeLook, type OfficeWalk } from './back-office.ts';
import type { Set } from './kiosk-walk.ts';
import { changeOnce, cut, hold } from './routes.ts';

export type OperatorLook = OfficeLook & { readonly personIndex: number };
type Walk = OfficeWalk & { approved(): Promise<void> };

const recorded = 6_000;
/** One more than goes back by itself. */
const reports = 4;

export async function walkOperator(set: Set, { personIndex, ...look }: OperatorLook): Promise<void> {
  const shopper = await reportPayments(set, personIndex);
  await enrolTwice(set, shopper);
  await inBackOffice(set, { look }, async (opened) => {
    const approved = async () => {
      await opened.page.locator('[data-testid="money-text"][data-money="proposed"]').waitFor();
      await approveByTheOther(set);
      await opened.page.reload();
    };
    const walk: Walk = { ...opened, approved };
    for (const part of [signIn, lists, oneCase, doubts]) await part(walk);
    await capped(set, walk);
    for (const part of [messages, facesAlike]) await part(walk);
    await rules(set, walk);
    await overview(walk);
  });
}

/** The walk is the first person's. */
async function approveByTheOther({ running }: Set): Promise<void> {
  const { api, keys } = running.stage.offices;
  const token = keys.people[1]?.token ?? '';
  const { proposals } = await api.ask({ path: '/api/operator/proposals', token }, proposalsSchema);
  for (const { id } of proposals) await api.ask({ method: 'POST', path: `/api/operator/proposals/${id}/approve`, token, idempotencyKey: randomUUID(), json: {} }, proposalSchema);
}

async function reportPayments({ running }: Set, personIndex: number): Promise<Shopper> {
  const { stage } = running;
  await takeRulesAway(stage.offices);
  const shopper = await enrolShopper(stage, personIndex, 200_000n);
  const paid: string[] = [];
  for (let seed = 1; seed <= reports; seed += 1) {
    const { payment } = await payByFace(stage, { shopper, amountMinor: BigInt(seed) * 1_870n, seed });
    if (payment.state !== 'captured') throw new Error(`a payment to be reported ended ${payment.state}`);
    paid.push(payment.id);
  }
  for (const paymentId of paid) {
    const { status } = await stage.phone.api.raw({ method: 'POST', path: `/api/phone/me/payments/${paymentId}/not-me`, token: shopper.session, idempotencyKey: randomUUID() });
    if (status !== 201) throw new Error(`a payment could not be reported: ${status}`);
  }
  return shopper;
}

let enrolledTwice = 0;
async function enrolTwice({ running }: Set, { person }: Shopper): Promise<void> {
  enrolledTwice += 1;
  await running.stage.phone.enrol({ phone: `+8613912345${100 + enrolledTwice}`, name: person.name, pin: '837265', takeBurst: (count) => person.burst({ kind: 'enrolment', seed: 40, count }) });
}

/** Left first: a page that reads every few seconds would take the changed answer before it is opened anew. */
async function openAnew(page: Page, change: () => Promise<void>): Promise<void> {
  const url = page.url();
  await page.goto('about:blank');
  await change();
  await page.goto(url);
}

async function signIn({ page, tap, shown, shoot }: Walk): Promise<void> {
  await shown('sign-in-sandbox');
  await shoot('01-sign-in');
  await page.getByTestId('token').fill('not a token of this place'.replaceAll(' ', '-'));
  await tap('sign-in-token');
  await shown('token-wrong');
  await shoot('02-sign-in-wrong');
  const cases = await hold(page, /\/api\/operator\/cases\?/);
  await tap('sign-in-sandbox');
  await cases.release();
  await shown('cases-table');
}

async function lists({ page, tap, shown, shoot }: Walk): Promise<void> {
  await shoot('03-cases');
  await tap('sort-amount');
  await page.locator('th[aria-sort="descending"]').waitFor();
  await shoot('04-cases-by-amount');
  const cases = await hold(page, /\/api\/operator\/cases\?/);
  await page.reload();
  await page.getByRole('status').first().waitFor();
  await shoot('05-cases-loading');
  await cases.release();
  await shown('cases-table');
  await openAnew(page, () => changeOnce(page, /\/api\/operator\/cases\?/, () => ({ cases: [] })));
  await shown('cases-none');
  await shoot('06-cases-none');
  const network = await cut(page, /\/api\/operator\/cases\?/);
  await page.reload();
  await shown('try-again');
  await shoot('07-cases-unreachable');
  await network.release();
  await tap('try-again');
  await shown('cases-table');
}

async function oneCase({ page, tap, shown, shoot, approved }: Walk): Promise<void> {
  await page.goto(`${page.url().split('#')[0]}#/cases`);
  await page.locator('[data-testid="case-row"]:has([data-money="carried"]) >> [data-testid="open-case"]').first().click();
  await shown('steps');
  await page.locator('[data-testid="rules"] summary').first().waitFor();
  await shoot('10-case');
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  await shoot('11-case-evidence');
  await page.evaluate(() => scrollTo(0, 0));
  await tap('finding-payer');
  await tap('payer-payer');
  await tap('settle');
  await shown('settle-sure');
  await shoot('12-case-recover-sure');
  await tap('settle-sure-yes');
  await approved();
  await page.locator('[data-testid="money-text"][data-money="recovered"]').waitFor();
  await tap('finding-payer');
  await page.getByTestId('note').fill('The receipt of the same minute is in their mailbox; they remembered it on the phone.');
  await shoot('13-case-recovered');
  await tap('close-case');
  await shown('close');
  await shoot('14-case-close-sure');
  await tap('close-yes');
  await shown('closed');
  await shoot('15-case-closed');
  await tap('back-cases');
  await shown('cases-table');
  await shoot('16-cases-closed');
  await tap('cases-open');
}

const doubtfulClaims = {
  rung: 'face_pin', liveness: 'active', livenessScores: { smile: 0.71, turn: 0.64, flash: 0.58 }, lookAlike: true, candidateCount: 12_408, bound: 8.7e-7, score: 0.948, threshold: 0.943,
  signerThumbprint: 'another-key', scene: { faceCount: 1, secondFaceRatio: 0, faceLuma: 70, padScore: 0.81, facesMax: 2, onlooker: true, light: 'dim' },
};

const withReasons = (body: Record<string, unknown>): unknown => {
  const [first] = body.decisions as Record<string, unknown>[];
  const reasons = [
    { rule: 'far-from-home', outcome: 'ask_pin', en: 'Far from where this person usually pays', zh: '离平时付款的地方很远', broken: false },
    { rule: 'many-in-an-hour', outcome: 'ask_pin', en: 'The fourth payment within an hour', zh: '一小时内的第四笔付款', broken: false },
  ];
  return { decisions: first ? [{ ...first, decided: { ...(first.decided as object), outcome: 'ask_pin', reasons }, replay: { outcome: 'allow', same: false } }] : [] };
};

async function doubts({ page, tap, shown, shoot }: Walk): Promise<void> {
  await changeOnce(page, /\/risk$/, withReasons);
  await changeOnce(page, /\/api\/operator\/cases\/[^/?]+$/, (body) => {
    const evidence = body.evidence as Record<string, unknown>;
    return { ...body, evidence: { ...evidence, secondFactor: true, claims: { ...(evidence.claims as object), ...doubtfulClaims }, terminal: { ...(evidence.terminal as object), mode: 'live', state: 'revoked' } } };
  });
  await page.locator('[data-testid="case-row"]:has([data-money="carried"]) >> [data-testid="open-case"]').first().click();
  await shown('steps');
  await shoot('20-case-doubts');
  await page.getByTestId('attested').scrollIntoViewIfNeeded();
  await shoot('21-case-doubts-terminal');
  await tap('back-cases');
}

async function capped({ running }: Set, { page, tap, shown, shoot, approved }: Walk): Promise<void> {
  await page.locator('[data-testid="case-row"]:has([data-money="asked"]) >> [data-testid="open-case"]').first().click();
  await shown('give-back');
  await shoot('22-case-you-decide');
  await tap('give-back');
  await shown('give-back-sure');
  await shoot('23-case-give-back-sure');
  await tap('give-back-sure-yes');
  await page.locator('[data-testid="money-text"][data-money="proposed"]').waitFor();
  await page.getByTestId('proposal').getByText(running.stage.offices.keys.people[0]?.name ?? '').waitFor();
  await page.getByTestId('proposal').scrollIntoViewIfNeeded();
  await shoot('23-case-proposed');
  await approved();
  await page.locator('[data-testid="money-text"][data-money="carried"]').waitFor();
  await tap('finding-somebody_else');
  await tap('payer-nobody');
  await shoot('24-case-who-pays');
  await tap('payer-merchant');
  await page.getByTestId('recover-amount').fill('500');
  await page.locator('[data-testid="recover-amount"][aria-invalid="true"]').scrollIntoViewIfNeeded();
  await shoot('25-case-recover-too-much');
  await page.getByTestId('recover-amount').fill('10');
  await page.getByTestId('lose-rest').check();
  await shoot('26-case-recover-part');
  await tap('settle');
  await shown('settle-sure');
  await shoot('27-case-recover-part-sure');
  await tap('settle-sure-yes');
  await approved();
  await page.locator('[data-testid="money-text"][data-money="lost"]').waitFor();
  await shoot('28-case-recovered-part');
}

async function messages({ page, tap, shown, shoot }: Walk): Promise<void> {
  await tap('to-sms');
  await shown('sms-verdict');
  await shoot('30-sms');
  await openAnew(page, () => changeOnce(page, /\/api\/operator\/sms$/, () => badDay(Date.now())));
  await page.locator('[data-verdict="low"]').waitFor();
  await shoot('31-sms-bad-day');
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  await shoot('32-sms-bad-day-failures');
  await openAnew(page, () => changeOnce(page, /\/api\/operator\/sms$/, (body) => ({ ...body, providers: [] })));
  await page.locator('[data-verdict="none"]').waitFor();
  await shoot('33-sms-no-provider');
  const network = await cut(page, /\/api\/operator\/sms$/);
  await page.reload();
  await shown('try-again');
  await shoot('34-sms-unreachable');
  await network.release();
}

async function facesAlike({ page, tap, shown, shoot }: Walk): Promise<void> {
  await tap('to-faces');
  await shown('review');
  await tap('finding-same_newer');
  await page.getByTestId('review-note').first().fill('One person, seen at the desk.');
  await shoot('35-faces-alike');
  await tap('decide');
  await shown('decide-sure');
  await shoot('36-faces-alike-sure');
  await tap('decide-sure-yes');
  await page.getByTestId('decide-sure').waitFor({ state: 'detached' });
  await tap('reviews-closed');
  await shown('decided');
  await shoot('37-faces-alike-closed');
}

async function overview({ page, tap, shown, shoot }: Walk): Promise<void> {
  await tap('try-again');
  await tap('to-overview');
  await shown('ways-read');
  await shoot('50-overview');
  const many = (enrolled: number, level: string) => (body: Record<string, unknown>) => ({ ...body, enrolled, paused: 1_204, toldOfErasure: 312, level });
  await openAnew(page, () => changeOnce(page, /\/api\/operator\/faces$/, many(86_412, 'near_filing')));
  await page.locator('[data-testid="face-level"][data-level="near_filing"]').waitFor();
  await shown('ways-read');
  await shoot('51-overview-many-faces');
  await changeOnce(page, /\/api\/operator\/faces$/, many(86_412, 'near_filing'));
  await tap('to-cases');
  await shown('face-warning');
  await shown('cases-table');
  await shoot('52-cases-many-faces');
  await page.goto(`${page.url().split('#')[0]}#/overview`);
  await openAnew(page, () => changeOnce(page, /\/api\/operator\/faces$/, many(103_250, 'filing')));
  await page.locator('[data-testid="face-level"][data-level="filing"]').waitFor();
  await shown('ways-read');
  await shoot('53-overview-filing');
}

const otherRules = builtInRules.rules
  .filter(({ id }) => id !== 'dim-light')
  .map((rule) => (rule.id === 'two-faces-near' ? { ...rule, outcome: 'ask_pin' as const } : rule))
  .concat(
    { id: 'late-and-large', when: 'payment.hour >= 23 && payment.amountMinor > 20000', outcome: 'ask_pin', reason: { en: 'A large amount late at night.', zh: '深夜大额付款。' } },
    { id: 'ten-times', when: 'payment.amountMinor > 10 * person.usualMinor', outcome: 'refuse', reason: { en: 'More than ten times what this person usually pays.', zh: '金额超过平时的十倍。' } },
  );

/** Photographed with the built-in rules in charge, on decisions that are written once. */
async function rules({ running }: Set, { page, tap, shown, shoot }: Walk): Promise<void> {
  const { api, keys } = running.stage.offices;
  const asked = () => ({ token: keys.operatorToken, idempotencyKey: randomUUID() });
  await recordDecisions(running.instance, recorded);
  const [builtIn, made] = [
    await api.ask({ ...asked(), path: '/api/operator/risk/rule-sets', json: { ...builtInRules, note: 'built in' } }, ruleSetSchema),
    await api.ask({ ...asked(), path: '/api/operator/risk/rule-sets', json: { rules: otherRules, note: 'Ten times the usual amount; large ones at night' } }, ruleSetSchema),
  ];
  await api.ask({ ...asked(), path: '/api/operator/risk/roll-out', method: 'PUT', json: { active: builtIn.version, candidate: null, reason: 'a new season' } }, riskRollOutSchema);
  await tap('to-risk');
  await shown('versions');
  await shoot('40-risk');
  await page.getByTestId(`version-${made.version}`).click();
  await shown('back-test-start');
  await shoot('41-risk-version');
  const rest = await hold(page, /\/back-test\?.*before=/);
  await tap('back-test-start');
  await shown('diff');
  await page.getByTestId('back-test').scrollIntoViewIfNeeded();
  await shoot('42-risk-back-test-running');
  await rest.release();
  await page.locator('[data-testid="back-test-state"][data-state="done"]').waitFor();
  await tap('examples');
  await page.getByTestId('back-test').evaluate((panel) => panel.scrollIntoView());
  await shoot('43-risk-back-test');
  await tap('step-stores');
  await page.getByTestId('store').first().check();
  await page.getByTestId('why').fill('The back-test looks right: one store first.');
  await shoot('44-risk-some-stores');
  await tap('go');
  await shown('go-sure');
  await shoot('45-risk-some-stores-sure');
  await tap('go-sure-yes');
  await page.locator('[data-testid="stage"][data-stage="Stores"]').waitFor();
  await tap('back-versions');
  await shown('versions');
  await shoot('46-risk-piloted');
  await tap('roll-back');
  await shown('rolled-back');
  await shoot('47-risk-rolled-back');
  const network = await cut(page, /\/api\/operator\/risk\//);
  await page.reload();
  await shown('try-again');
  await shoot('48-risk-unreachable');
  await network.release();
}

const hourMs = 3_600_000;
function badDay(nowMs: number): unknown {
  const message = (n: number) => `msg_${String(n).repeat(32).slice(0, 32)}`;
  return {
    messages: { waiting: 12, sent: 2_841, unclear: 3, failed: 18, delivered: 2_514, undelivered: 96 },
    providers: [
      { name: 'carrier', up: false, taken: 2_107, notTaken: 214, refused: 6, unknown: 3, delivered: 1_902, undelivered: 71, lastTakenAtMs: nowMs - hourMs, lastReceiptAtMs: nowMs - hourMs / 2 },
      { name: 'alibaba', up: true, taken: 734, notTaken: 0, refused: 18, unknown: 0, delivered: 612, undelivered: 25, lastTakenAtMs: nowMs - 20_000, lastReceiptAtMs: nowMs - 45_000 },
    ],
    lastFailures: [
      { atMs: nowMs - 70_000, provider: 'alibaba', outcome: 'refused', why: 'isv.MOBILE_NUMBER_ILLEGAL', messageId: message(1) },
      { atMs: nowMs - 95_000, provider: 'carrier', outcome: 'not_taken', why: 'no session', messageId: message(2) },
      { atMs: nowMs - 410_000, provider: 'carrier', outcome: 'undelivered', why: 'UNDELIV err:011', messageId: message(3) },
      { atMs: nowMs - 1_900_000, provider: 'carrier', outcome: 'unknown', why: 'the session was cut after it was sent', messageId: message(4) },
    ],
    budget: { hour: { sent: 412, entered: 131, max: 1_000 }, day: { sent: 2_862, entered: 1_940, max: 10_000 } },
    guard: {
      watch: 'low',
      refusals: [
        { why: 'stranger', hour: 1_893, day: 2_204 },
        { why: 'asker', hour: 61, day: 188 },
        { why: 'number', hour: 3, day: 41 },
        { why: 'country_closed', hour: 0, day: 12 },
      ],
      countries: [
        { country: 'CN', hour: { sent: 398, entered: 129 }, day: { sent: 2_790, entered: 1_902 }, dayMax: null, isLow: true },
        { country: 'HK', hour: { sent: 14, entered: 2 }, day: { sent: 72, entered: 38 }, dayMax: 500, isLow: false },
      ],
    },
  };
}
