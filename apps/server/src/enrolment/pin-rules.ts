// Which six-digit PINs are too easy to guess: all the same, runs, and short patterns repeated.

export function isSimplePin(pin: string): boolean {
  const digits = [...pin].map(Number);
  return isRun(digits) || hasFewDigits(digits) || repeatsBlock(pin) || isPairs(pin);
}

// 123456, 654321, 890123, 246802, and with a step of nought 777777.
function isRun(digits: readonly number[]): boolean {
  const steps = digits.slice(1).map((digit, i) => (digit - (digits[i] ?? 0) + 10) % 10);
  return steps.every((step) => step === steps[0]);
}

const differentDigitsMin = 3;

// 111112, 121221.
function hasFewDigits(digits: readonly number[]): boolean {
  return new Set(digits).size < differentDigitsMin;
}

// 121212, 345345.
function repeatsBlock(pin: string): boolean {
  return /^(\d{2})\1\1$/.test(pin) || /^(\d{3})\1$/.test(pin);
}

// 112233.
function isPairs(pin: string): boolean {
  return /^(\d)\1(\d)\2(\d)\3$/.test(pin);
}
