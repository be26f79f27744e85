// Phone numbers: read as people type them, kept as E.164, shown with most digits hidden.
import parsePhoneNumber from 'libphonenumber-js/max';

const defaultCountry = 'CN';

/** The number in E.164, or undefined when it is no number or one that takes no SMS. */
export function readPhone(typed: string): string | undefined {
  const number = parsePhoneNumber(typed.normalize('NFKC'), { defaultCountry, extract: false });
  if (!number?.isValid() || number.ext !== undefined) return undefined;
  return takesSms(number.getType()) ? number.number : undefined;
}

// Many countries do not tell mobiles from landlines by their digits: unknown counts as mobile.
function takesSms(type: string | undefined): boolean {
  return type === undefined || type === 'MOBILE' || type === 'FIXED_LINE_OR_MOBILE' || type === 'PERSONAL_NUMBER';
}

/** Enough for its owner to know it by. */
export function maskPhone(e164: string): string {
  const country = parsePhoneNumber(e164)?.countryCallingCode;
  return `+${country ?? ''} •••• ${lastFourOf(e164)}`;
}

export const lastFourOf = (e164: string): string => e164.slice(-4);
