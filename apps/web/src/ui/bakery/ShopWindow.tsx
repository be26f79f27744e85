// The till's shop window: a smiling loaf under an awning, at eight in the morning.

export function ShopWindow(props: { className?: string }) {
  const stripes = [0, 1, 2, 3, 4, 5, 6, 7];
  return (
    <svg aria-hidden="true" viewBox="0 0 400 340" className={props.className}>
      <rect x="28" y="40" width="344" height="262" rx="28" fill="var(--glow)" />
      <circle cx="306" cy="146" r="38" fill="var(--cream)" opacity="0.9" />
      {stripes.map((stripe) => (
        <path key={stripe} d={`M${20 + stripe * 45} 24h45v54a22.5 22.5 0 0 1-45 0Z`} fill={stripe % 2 === 0 ? 'var(--crust)' : 'var(--cream)'} />
      ))}
      <rect x="14" y="14" width="372" height="22" rx="11" fill="var(--brown)" />
      <g fill="none" stroke="var(--brown)" strokeWidth="7" strokeLinecap="round">
        <path className="animate-steam" d="M160 130c-9-12 9-16 0-30" />
        <path className="animate-steam [animation-delay:500ms]" d="M200 124c-9-12 9-16 0-30" />
        <path className="animate-steam [animation-delay:1000ms]" d="M240 130c-9-12 9-16 0-30" />
      </g>
      <path d="M82 244c0-66 50-104 118-104s118 38 118 104c0 24-16 38-42 38H124c-26 0-42-14-42-38Z" fill="var(--baked)" />
      <path d="M98 226c8-44 46-72 102-72 32 0 58 9 76 24-20-8-42-12-66-12-58 0-96 20-112 60Z" fill="var(--dough)" />
      <circle cx="162" cy="218" r="11" fill="#3a2415" />
      <circle cx="238" cy="218" r="11" fill="#3a2415" />
      <circle cx="166" cy="214" r="3.5" fill="#fff" />
      <circle cx="242" cy="214" r="3.5" fill="#fff" />
      <path d="M156 242c12 22 28 30 44 30s32-8 44-30" fill="none" stroke="#3a2415" strokeWidth="9" strokeLinecap="round" />
      <ellipse cx="132" cy="240" rx="14" ry="9" fill="var(--berry)" opacity="0.45" />
      <ellipse cx="268" cy="240" rx="14" ry="9" fill="var(--berry)" opacity="0.45" />
      <rect x="14" y="282" width="372" height="34" rx="17" fill="var(--brown)" />
      <rect x="30" y="290" width="340" height="6" rx="3" fill="var(--baked)" opacity="0.6" />
    </svg>
  );
}
