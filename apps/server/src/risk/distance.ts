// The distance of two places on a sphere of the earth's mean radius (haversine formula).
type Place = { readonly latitude: number; readonly longitude: number };

const earthRadiusKm = 6371;

/** Degrees in, kilometres out; off by at most half a percent, since the earth is no sphere. */
export function kilometresBetween(one: Place, other: Place): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const half = (degrees: number) => Math.sin(radians(degrees) / 2) ** 2;
  const a = half(other.latitude - one.latitude) + Math.cos(radians(one.latitude)) * Math.cos(radians(other.latitude)) * half(other.longitude - one.longitude);
  return 2 * earthRadiusKm * Math.asin(Math.min(1, Math.sqrt(a)));
}
