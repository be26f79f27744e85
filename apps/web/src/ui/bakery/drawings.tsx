// What the bakery sells, drawn by hand on a 96 × 72 board with five doughy colours.
const dough = 'var(--dough)';
const baked = 'var(--baked)';
const brown = 'var(--brown)';
const cream = 'var(--cream)';
const berry = 'var(--berry)';
const leaf = 'var(--leaf)';
const mark = { fill: 'none', strokeLinecap: 'round', strokeLinejoin: 'round' } as const;

export const drawings = {
  'country-loaf': (
    <>
      <path d="M12 48c0-21 16-34 36-34s36 13 36 34c0 10-7 15-16 15H28c-9 0-16-5-16-15Z" fill={baked} />
      <path d="M18 44c2-15 14-24 30-24 8 0 15 2 20 6-6-2-11-3-17-3-16 0-28 8-33 21Z" fill={dough} />
      <path d="M30 34c6 3 10 8 11 14M46 29c6 4 10 10 11 17M62 29c5 4 8 9 9 15" {...mark} stroke={cream} strokeWidth="4" />
      <path d="M22 56c16 4 36 4 52 0" {...mark} stroke={brown} strokeWidth="3" />
    </>
  ),
  baguette: (
    <>
      <path d="M8 58c-3-5 0-12 9-19L66 9c10-6 18-5 21 0s0 12-9 19L29 58c-10 6-18 5-21 0Z" fill={baked} />
      <path d="M13 48c2-3 5-5 9-8l46-28c7-4 12-5 15-4-3 0-7 2-12 5L25 41c-5 3-9 5-12 7Z" fill={dough} />
      <path d="M27 38c5 1 9 4 11 9M42 29c5 1 9 4 11 9M57 20c5 1 9 4 11 9" {...mark} stroke={cream} strokeWidth="4.5" />
    </>
  ),
  'milk-bread': (
    <>
      <path d="M14 38c-4-9 2-20 12-20 4-5 14-6 18-1 4-5 14-5 18 0 12-2 22 8 18 20v20c0 4-2 6-6 6H20c-4 0-6-2-6-6Z" fill={brown} />
      <path d="M19 38c-3-7 1-15 8-15 5-5 13-5 17 0 5-5 13-5 17 0 9-1 17 6 13 15v17c0 3-1 4-4 4H23c-3 0-4-1-4-4Z" fill={cream} />
      <path d="M34 36c0 4 2 7 5 7M60 36c0 4-2 7-5 7" {...mark} stroke={dough} strokeWidth="3.5" />
      <path d="M42 49c4 3 8 3 12 0" {...mark} stroke={baked} strokeWidth="3.5" />
    </>
  ),
  croissant: (
    <>
      <path d="M10 60C4 38 22 14 48 14s44 24 38 46c-2 5-9 5-13-1-5-8-14-12-25-12s-20 4-25 12c-4 6-11 6-13 1Z" fill={baked} />
      <path d="M36 16c8-3 16-3 24 0l-3 31c-6-1-12-1-18 0Z" fill={dough} />
      <path d="M24 23c4-3 8-5 12-7l3 31c-4 1-8 3-11 5ZM72 23c-4-3-8-5-12-7l-3 31c4 1 8 3 11 5Z" fill={baked} />
      <path d="M36 16l3 31M60 16l-3 31M23 24l5 28M73 24l-5 28M13 39l10 18M83 39 73 57" {...mark} stroke={brown} strokeWidth="2.5" />
    </>
  ),
  ensaimada: (
    <>
      <ellipse cx="48" cy="40" rx="38" ry="24" fill={baked} />
      <path d="M48 40c0-5 8-5 8 1 0 8-17 8-18-2 0-12 26-13 28 1 1 16-37 18-39 1C25 22 70 17 76 38" {...mark} stroke={cream} strokeWidth="5" />
      <path d="M22 30l2 1M30 22l2 1M64 52l2 1M72 46l2 1M40 57l2 0M54 20l2 0" {...mark} stroke="#fff" strokeWidth="2.5" />
    </>
  ),
  'pineapple-bun': (
    <>
      <path d="M12 50c0-22 16-34 36-34s36 12 36 34c0 9-8 13-16 13H28c-8 0-16-4-16-13Z" fill={baked} />
      <path d="M14 42c4-17 17-26 34-26s30 9 34 26c-10 5-22 7-34 7s-24-2-34-7Z" fill={dough} />
      <path d="M26 26l34 22M42 17l37 22M22 44l34-27M40 48l34-25M17 38l11-10M60 48l20-13" {...mark} stroke={brown} strokeWidth="2" opacity="0.65" />
    </>
  ),
  'egg-tart': (
    <>
      <path d="M12 34h72l-9 25c-1 3-3 4-6 4H27c-3 0-5-1-6-4Z" fill={baked} />
      <path d="M25 38l5 23M37 39l3 23M48 39v23M59 39l-3 23M71 38l-5 23" {...mark} stroke={brown} strokeWidth="2.5" />
      <ellipse cx="48" cy="33" rx="38" ry="14" fill={dough} />
      <ellipse cx="48" cy="33" rx="30" ry="10" fill="#ffd23f" />
      <path d="M32 31c4-3 9-4 14-4" {...mark} stroke="#fff" strokeWidth="3" opacity="0.8" />
      <path d="M56 36c3 0 6-1 8-2" {...mark} stroke={brown} strokeWidth="3" opacity="0.6" />
    </>
  ),
  'sponge-cake': (
    <>
      <path d="M14 30c0-8 15-14 34-14s34 6 34 14v24c0 6-15 10-34 10S14 60 14 54Z" fill={dough} />
      <ellipse cx="48" cy="29" rx="34" ry="13" fill={baked} />
      <ellipse cx="48" cy="28" rx="10" ry="4" fill="var(--card)" />
      <path d="M20 42v12M32 46v13M48 47v13M64 46v13M76 42v12" {...mark} stroke={cream} strokeWidth="3.5" />
    </>
  ),
  cheesecake: (
    <>
      <path d="M12 42 74 20c6 2 10 8 10 14v14L12 54Z" fill={cream} />
      <path d="M12 42 74 20c6 2 10 8 10 14Z" fill={dough} />
      <path d="M12 54 84 48v10c0 2-2 4-4 4H14c-1 0-2-1-2-2Z" fill={brown} />
      <circle cx="60" cy="22" r="8" fill={berry} />
      <path d="M60 14c1-4 4-6 8-6-1 4-4 6-8 6Z" fill={leaf} />
      <path d="M57 20c1-1 2-2 4-2" {...mark} stroke="#fff" strokeWidth="2" />
    </>
  ),
  'birthday-cake': (
    <>
      <path d="M18 36h60v22c0 4-3 6-6 6H24c-3 0-6-2-6-6Z" fill={dough} />
      <path d="M18 50h60v4H18Z" fill={berry} opacity="0.8" />
      <path d="M16 36c0-5 4-8 8-8h48c4 0 8 3 8 8 0 6-6 8-9 3-3 7-11 7-14 0-3 6-11 6-14 0-3 6-11 6-14 0-4 5-13 4-13-3Z" fill={cream} />
      <path d="M34 28V16M48 28V14M62 28V16" {...mark} stroke={berry} strokeWidth="4" />
      <path d="M34 13c-2-3 0-5 0-7 2 2 3 4 0 7ZM48 11c-2-3 0-5 0-7 2 2 3 4 0 7ZM62 13c-2-3 0-5 0-7 2 2 3 4 0 7Z" fill="#ffb238" stroke="#ffb238" strokeWidth="1.5" />
    </>
  ),
  coffee: (
    <>
      <path d="M70 32h6c7 0 11 4 11 9s-4 10-11 10h-8" {...mark} stroke={cream} strokeWidth="6" />
      <path d="M18 28h54v16c0 12-9 19-20 19H38c-11 0-20-7-20-19Z" fill={cream} />
      <ellipse cx="45" cy="28" rx="27" ry="7" fill={brown} />
      <path d="M38 28c3-3 11-3 14 0" {...mark} stroke={dough} strokeWidth="3" />
      <path d="M36 16c-3-4 3-5 0-10M48 15c-3-4 3-5 0-10" {...mark} stroke={baked} strokeWidth="3" opacity="0.7" />
      <path d="M36 44c3 5 14 5 18 0" {...mark} stroke={baked} strokeWidth="3.5" />
    </>
  ),
  'soy-milk': (
    <>
      <path d="M28 16h40l-4 42c0 4-3 6-7 6H39c-4 0-7-2-7-6Z" fill={cream} />
      <path d="M30 32h36l-2 26c0 4-3 6-7 6H39c-4 0-7-2-7-6Z" fill={dough} opacity="0.55" />
      <path d="M28 16h40v5H28Z" fill={baked} />
      <path d="M54 16 60 4" {...mark} stroke={berry} strokeWidth="4" />
      <path d="M48 56c-6-3-8-8-7-13 6 1 9 6 7 13ZM48 52c1-5 4-8 9-9 0 5-3 9-9 9Z" fill={leaf} />
    </>
  ),
} as const;
