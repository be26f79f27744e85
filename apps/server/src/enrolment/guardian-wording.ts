// What a guardian agrees to for a child, in the order of the consent text of a shopper: the wallet, then the face.
import type { Wording } from './consent-text.ts';
import type { Locale } from './texts.ts';

export const guardianWording: Record<Locale, Wording> = {
  zh: {
    title: '为孩子开通前，请先看清这两件事',
    service: {
      label: '我已成年，是这个孩子的父母或其他监护人，同意为孩子开一个由我出钱、由我管理的钱包',
      paragraphs: [
        '钱只能由您从自己的钱包转给孩子。孩子不能自己充值、提现或转账；您随时可以注销这个钱包，余额退回给您。',
        '我们会保存孩子的称呼、出生日期、余额和每一笔交易。孩子没有登录账户，也没有支付密码；需要确认时，我们问您的手机。',
        '您来定每笔、每天、每月最多付多少，以及能在哪几类商家付。每一笔付款您都会收到通知。博彩类商家始终不能付。',
      ],
    },
    face: {
      label: '我代表孩子同意：用孩子的面部信息来认出孩子，以便付款',
      paragraphs: [
        '未满十四周岁未成年人的面部信息属于敏感个人信息，必须由监护人同意。如果孩子已经懂事，请先和孩子说清楚，孩子不愿意就不要开通。',
        '拍摄后，我们把画面换算成一组数字（面部模板），加密保存在独立的保险库里；画面本身只在内存中停留片刻，不写入磁盘，也不留存。商户、店员和管钱的系统都看不到。',
        '它只用于认出孩子、完成付款，不作他用，也不提供给他人。',
        '孩子长得快：面部变化后可能要重新拍摄。长得相像的兄弟姐妹付款时，我们每次都会问您的手机。',
        '刷脸从来不是唯一的办法：不同意，孩子照样可以用现金或其他方式付款。',
        '您可以随时在自己的手机上暂停、删除孩子的面部模板或注销钱包，立即生效。孩子成年后，这份同意不再有效，面部付款停止。',
      ],
    },
  },
  en: {
    title: 'Two things to know before you add a child',
    service: {
      label: 'I am of age and a parent or guardian of this child, and I agree to a wallet for it that I fund and manage',
      paragraphs: [
        'Money comes from your own wallet alone. The child cannot put money in, take it out or pass it on; you can close the wallet at any time and what is left comes back to you.',
        'We keep the name you give, the date of birth, the balance and each payment. The child has no sign-in and no PIN; where something must be confirmed, your phone is asked.',
        'You say how much a payment, a day and a month may be and at which kinds of shops. You are told of every payment. Places of gambling stay closed.',
      ],
    },
    face: {
      label: 'On behalf of the child I agree that its face is used to recognise it when it pays',
      paragraphs: [
        'Information about the face of a child under fourteen is sensitive and takes the consent of a guardian. If the child is old enough to understand, talk about it first; if it would rather not, leave it.',
        'We turn the pictures into a list of numbers (a face template) and keep that encrypted, in a vault apart from the system that moves money; the pictures stay in memory for a moment and are never written to disk or kept. Shops, their staff and the system that moves money cannot see it.',
        'It is used to recognise the child for payments, for nothing else, and is given to nobody.',
        'Children grow: after a while a new look may be needed. Where brothers or sisters look alike, your phone is asked at every payment.',
        'The face is never the only way: without it the child pays in cash or another way.',
        'On your own phone you can pause or erase the face, or close the wallet, at any time and at once. When the child is of age this consent ends and payment by face stops.',
      ],
    },
  },
};
