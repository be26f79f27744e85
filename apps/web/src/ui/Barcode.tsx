// Digits as a Code 128 C barcode: dark on white in both colour schemes, with quiet zones, so that every scanner takes it.
import JsBarcode from 'jsbarcode';

const quietModules = 10;
const heightModules = 32;

export function Barcode(props: { digits: string; label: string }) {
  const drawn: { encodings?: { data: string }[] } = {};
  JsBarcode(drawn, props.digits, { format: 'CODE128C' });
  const modules = drawn.encodings?.[0]?.data ?? '';
  const path = [...modules].map((module, x) => (module === '1' ? `M${x + quietModules} 0h1v${heightModules}h-1z` : '')).join('');
  return (
    <svg
      role="img"
      aria-label={props.label}
      data-testid="barcode"
      viewBox={`0 -4 ${modules.length + 2 * quietModules} ${heightModules + 8}`}
      className="w-full h-auto rounded-2xl bg-white"
      shapeRendering="crispEdges"
    >
      <path d={path} fill="#2b1d13" />
    </svg>
  );
}
