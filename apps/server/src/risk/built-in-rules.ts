// The rules an installation starts with, whatever its currency.
import type { RiskRuleSet } from '@sonrisa/protocol/risk-api.ts';

export const builtInRules: RiskRuleSet = {
  rules: [
    // Risky surroundings.
    {
      id: 'two-faces-near', when: 'capture.facesMax >= 2 && capture.nearestOtherRatio >= 0.35', outcome: 'confirm_on_phone',
      reason: { en: 'Somebody else stood close to the payer.', zh: '付款人身边很近处还有别人。' },
    },
    {
      id: 'watched', when: 'capture.onlooker && capture.nearestOtherRatio < 0.35', outcome: 'ask_pin',
      reason: { en: "Somebody was looking over the payer's shoulder.", zh: '付款人身后一直有人看着。' },
    },
    { id: 'dim-light', when: 'capture.light == "dim"', outcome: 'ask_pin', reason: { en: 'It was too dark to be sure.', zh: '光线太暗，不能确定。' } },
    {
      id: 'spoof-suspected', when: 'capture.padKnown && capture.padScore < 0.5', outcome: 'refuse',
      reason: { en: 'The picture looks like a photo or a screen.', zh: '画面像照片或屏幕翻拍。' },
    },
    {
      id: 'spoof-possible', when: 'capture.padKnown && capture.padScore >= 0.5 && capture.padScore < 0.8', outcome: 'confirm_on_phone',
      reason: { en: 'The picture may be a photo or a screen.', zh: '画面可能是照片或屏幕翻拍。' },
    },
    {
      id: 'liveness-refused', when: 'capture.livenessRefusals >= 2', outcome: 'ask_pin',
      reason: { en: 'Liveness failed twice before it passed.', zh: '活体检测两次未通过后才通过。' },
    },
    {
      id: 'frames-repeated', when: 'capture.repeatedFrames >= 1', outcome: 'confirm_on_phone',
      reason: { en: 'Pictures of an earlier look were shown before this one.', zh: '这次识别之前出示过以前的画面。' },
    },
    // The person.
    {
      id: 'new-face', when: 'person.faceAgeH < 24 && payment.units > 100.0', outcome: 'ask_pin',
      reason: { en: 'A face enrolled less than a day ago, and not a small amount.', zh: '人脸录入不足一天，且金额不小。' },
    },
    { id: 'look-alike', when: 'person.lookAlike', outcome: 'ask_digits', reason: { en: 'Somebody who looks alike is enrolled too.', zh: '另有长相相似的人已录入。' } },
    {
      id: 'many-payments', when: 'person.paidLastHour >= 10', outcome: 'ask_pin',
      reason: { en: 'Ten payments or more within an hour.', zh: '一小时内付款十次或以上。' },
    },
    {
      id: 'unusual-amount', when: 'person.paid >= 5 && payment.units >= 100.0 && payment.amountMinor > 5 * person.usualMinor', outcome: 'ask_pin',
      reason: { en: 'More than five times what this person usually pays.', zh: '金额超过平时的五倍。' },
    },
    {
      id: 'fast-travel', when: 'person.travelKm >= 20.0 && person.travelKmh > 150.0 && person.travelKmh <= 1000.0', outcome: 'confirm_on_phone',
      reason: { en: 'Hardly possible since the last payment elsewhere.', zh: '距上次在别处付款的时间太短。' },
    },
    {
      id: 'impossible-travel', when: 'person.travelKm >= 20.0 && person.travelKmh > 1000.0', outcome: 'refuse',
      reason: { en: 'Nobody travels so fast from the last payment.', zh: '不可能这么快从上次付款处到达。' },
    },
    {
      id: 'recent-refusals', when: 'person.refusalsLastDay >= 10', outcome: 'ask_pin',
      reason: { en: 'Ten refusals or more within a day.', zh: '一天内被拒绝十次或以上。' },
    },
    // The terminal and the shop.
    {
      id: 'new-network', when: 'terminal.newNetwork', outcome: 'ask_pin',
      reason: { en: 'The terminal is on a network it was not on before.', zh: '终端换到了新的网络。' },
    },
    {
      id: 'terminal-moved', when: 'terminal.moved', outcome: 'ask_pin',
      reason: { en: 'The terminal was moved less than a day ago.', zh: '终端在一天内换过地方。' },
    },
    {
      id: 'clock-off', when: 'terminal.clockOffS > 60', outcome: 'ask_pin',
      reason: { en: 'The clock of the terminal is off by more than a minute.', zh: '终端的时钟误差超过一分钟。' },
    },
    {
      id: 'frames-repeated-here', when: 'terminal.repeatedFramesLastDay >= 3', outcome: 'ask_pin',
      reason: { en: 'Pictures of earlier looks were shown at this terminal three times within a day.', zh: '该终端一天内三次出示以前的画面。' },
    },
    {
      id: 'camera-changed', when: 'terminal.cameraChanged', outcome: 'ask_pin',
      reason: { en: 'The terminal looks through another camera than before.', zh: '终端换了摄像头。' },
    },
    {
      id: 'terminal-failing', when: 'terminal.looksLastHour >= 20 && terminal.failedLastHour * 5 > terminal.looksLastHour * 4', outcome: 'ask_pin',
      reason: { en: 'Most looks at this terminal lead to nobody.', zh: '该终端的识别大多失败。' },
    },
    {
      id: 'refund-pattern', when: 'merchant.refundsLastWeek >= 10 && merchant.refundsLastWeek * 5 > merchant.paidLastWeek', outcome: 'ask_pin',
      reason: { en: 'One payment in five at this store was refunded.', zh: '该门店超过五分之一的付款被退款。' },
    },
    {
      id: 'refund-pattern-merchant', when: 'merchant.refundedAllStores >= 30 && merchant.refundedAllStores * 5 > merchant.paidAllStores', outcome: 'ask_pin',
      reason: { en: 'One payment in five at the stores of this merchant was refunded.', zh: '该商户各门店超过五分之一的付款被退款。' },
    },
  ],
};
