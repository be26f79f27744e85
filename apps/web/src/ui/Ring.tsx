// A ring around the small camera picture: open while framing, closing while matching.

export function Ring(props: { share: number; turning?: boolean; tone?: 'crust' | 'good' | 'line' }) {
  const circumference = 2 * Math.PI * 47;
  const stroke = { crust: 'stroke-crust', good: 'stroke-good', line: 'stroke-edge' }[props.tone ?? 'crust'];
  return (
    <svg aria-hidden="true" viewBox="0 0 100 100" className={`absolute inset-0 size-full -rotate-90 ${props.turning ? 'animate-turn' : ''}`}>
      <circle cx="50" cy="50" r="47" fill="none" strokeWidth="3" className="stroke-line" />
      <circle
        cx="50"
        cy="50"
        r="47"
        fill="none"
        strokeWidth="4"
        strokeLinecap="round"
        className={`${stroke} transition-[stroke-dashoffset] duration-250 ease-out`}
        strokeDasharray={circumference}
        strokeDashoffset={circumference * (1 - Math.min(1, Math.max(0, props.share)))}
      />
    </svg>
  );
}
