// The consent text: both languages say the same things, and a silent change of a sentence is caught.
import { consentTextSchema } from '@sonrisa/protocol/phone-api.ts';
import { describe, expect, it } from 'vitest';
import { consentText, currentConsentVersion, exactText } from './consent-text.ts';

describe('the consent text', () => {
  it.each(['zh', 'en'] as const)('is whole in %s', (locale) => {
    const text = consentTextSchema.parse(consentText(locale));
    expect(text.version).toBe(currentConsentVersion);
    expect(text.face.label).not.toBe(text.service.label);
  });

  it('has as many paragraphs in Chinese as in English', () => {
    const shape = (locale: 'zh' | 'en') => [consentText(locale).service.paragraphs.length, consentText(locale).face.paragraphs.length];
    expect(shape('zh')).toEqual(shape('en'));
  });

  it('hashes every sentence of it', () => {
    const { sha256: _, ...text } = consentText('en');
    const changed = { ...text, face: { ...text.face, paragraphs: [...text.face.paragraphs.slice(0, -1), 'Another end.'] } };
    expect(exactText(changed)).not.toBe(exactText(text));
  });

  // A new sentence needs a new version: people agreed to the old one. Raise the version, then put the new hashes here.
  it('is the text of its version', () => {
    expect({ version: currentConsentVersion, zh: consentText('zh').sha256.slice(0, 16), en: consentText('en').sha256.slice(0, 16) }).toEqual({
      version: '2026-11',
      zh: '30ea1b6425f59dd2',
      en: '49a92abbf576daa9',
    });
  });
});
