// The consent text, versioned. A changed sentence is a new version; old versions stay, because records point to them by
// version and SHA-256 of the exact text.
import { createHash } from 'node:crypto';
import type { ConsentText } from '@sonrisa/protocol/phone-api.ts';
import { guardianWording } from './guardian-wording.ts';
import type { Locale } from './texts.ts';

export const currentConsentVersion = '2026-11';

export function consentText(locale: Locale): ConsentText {
  const text = { version: currentConsentVersion, locale, ...texts[locale] };
  return { ...text, sha256: createHash('sha256').update(exactText(text)).digest('hex') };
}

export const currentGuardianVersion = '2026-11-guardian';

/** What a guardian agrees to for a child. */
export function guardianConsentText(locale: Locale): ConsentText {
  const text = { version: currentGuardianVersion, locale, ...guardianWording[locale] };
  return { ...text, sha256: createHash('sha256').update(exactText(text)).digest('hex') };
}

/** The text that a record points to; undefined where it is none that this program holds. */
export function agreedText(record: { version: string; locale: string; sha256: string }): ConsentText | undefined {
  return (['zh', 'en'] as const).flatMap((language) => [consentText(language), guardianConsentText(language)]).find(({ version, locale, sha256 }) => version === record.version && locale === record.locale && sha256 === record.sha256);
}

/** What is hashed: title, labels and paragraphs, one a line, as the screen shows them. */
export function exactText(text: Omit<ConsentText, 'sha256'>): string {
  const { version, locale, title, service, face } = text;
  return [version, locale, title, service.label, ...service.paragraphs, face.label, ...face.paragraphs].join('\n');
}

export type Wording = Pick<ConsentText, 'title' | 'service' | 'face'>;

const texts: Record<Locale, Wording> = {
  zh: {
    title: '开通前，请先看清这两件事',
    service: {
      label: '我同意开通钱包，并使用手机号接收验证码和付款通知',
      paragraphs: [
        '我们为您开一个钱包：您往里充值，付款从里面扣除。我们会保存您的手机号、您填写的称呼、余额和每一笔交易。',
        '手机号用来确认是您本人、给您发验证码，以及在需要时核对后四位。收银台只会看到打码的称呼，看不到您的手机号。',
        '每次付款都要您在屏幕上点“付款”才会扣钱；金额较大或情况可疑时，还会请您输入密码。',
      ],
    },
    face: {
      label: '我同意用我的面部信息来认出我，以便付款',
      paragraphs: [
        '您的面部信息属于敏感个人信息。拍摄后，我们把画面换算成一组数字（面部模板），加密保存；画面本身只在内存中停留片刻，不写入磁盘，也不留存。',
        '保存的只是这组受保护的数字，不是照片。它存放在独立的保险库里，与管钱的系统分开；商户、店员和管钱的系统都看不到，也取不出来。',
        '它只用于认出您、完成您本人确认的付款，不作他用，也不提供给他人。',
        '刷脸从来不是唯一的办法：不同意、或以后改变主意，您照样可以用其他方式付款，价格和服务不变。',
        '您可以随时撤回同意并删除面部模板：用手机号登录后自行删除，或请运营方办理，立即生效；钱包里的钱不受影响。',
        '未满十四周岁请由监护人来同意。',
      ],
    },
  },
  en: {
    title: 'Two things to know before you start',
    service: {
      label: 'I agree to open a wallet and to get codes and payment notices on my phone number',
      paragraphs: [
        'We open a wallet for you: you put money in, payments come out of it. We keep your phone number, the name you give, the balance and each payment.',
        'Your number shows that it is you, receives codes, and its last four digits may be asked for to tell you from someone who looks like you. A till sees a masked name and never your number.',
        'No payment happens until you tap Pay on the screen; for a larger amount, or when something looks odd, you are asked for your PIN too.',
      ],
    },
    face: {
      label: 'I agree that my face is used to recognise me when I pay',
      paragraphs: [
        'Information about your face is sensitive. We turn the pictures into a list of numbers (a face template) and keep that encrypted; the pictures themselves stay in memory for a moment and are never written to disk or kept.',
        'What is kept is this protected list of numbers, not a photo. It lies in a vault apart from the system that moves money. Shops, their staff and the system that moves money cannot see it or take it out.',
        'It is used to recognise you for payments you confirm yourself, for nothing else, and is given to nobody.',
        'Your face is never the only way: if you say no, or change your mind later, you pay another way at the same price and with the same service.',
        'You can withdraw and have the template deleted at any time: sign in with your number and delete it, or ask the operator. It takes effect at once. The money in your wallet is not touched.',
        'Under fourteen, a parent or guardian has to agree.',
      ],
    },
  },
};
