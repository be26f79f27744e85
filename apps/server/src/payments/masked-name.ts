// A name as a till may show it: enough for its owner to know it, too little for the queue behind.

/** 王小明 → *小明 would still tell much: only the last character stays. "Ana María Ruiz" → "A** M** R**". */
export function maskedName(name: string): string {
  const trimmed = name.trim();
  if (/^\p{Script=Han}+$/u.test(trimmed)) {
    const characters = [...trimmed];
    return characters.length === 1 ? '*' : '*'.repeat(characters.length - 1) + characters.at(-1);
  }
  return trimmed.split(/\s+/u).map((word) => `${[...word][0] ?? ''}**`).join(' ');
}
