// A QR code as one SVG path, dark on white in both colour schemes so that every reader takes it.
import { encode } from 'uqr';

export function Qr(props: { text: string; label: string }) {
  const { size, data } = encode(props.text, { ecc: 'M', border: 2 });
  const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
  return (
    <svg role="img" aria-label={props.label} data-testid="qr" viewBox={`0 0 ${size} ${size}`} className="w-full h-auto rounded-3xl bg-white" shapeRendering="crispEdges">
      <path d={path} fill="#2b1d13" />
    </svg>
  );
}
