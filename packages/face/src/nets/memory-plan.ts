// Where the maps and filters of a net lie in the kernels' memory. A map has a border of zeros, one pixel before and as
// many after as patches of a convolution may reach; maps of one shape take each other's place when no longer needed.

export interface MapShape {
  readonly images: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

export interface PlacedMap extends MapShape {
  /** Address of pixel (0, 0) of the first image. */
  readonly origin: number;
  /** All strides in bytes. */
  readonly pixelStride: number;
  readonly rowStride: number;
  readonly imageStride: number;
}

export interface MemoryPlan {
  map(shape: MapShape): PlacedMap;
  /** Its place may be taken by the next map of this shape. */
  release(map: PlacedMap): void;
  /** `values` are copied there when the net opens. */
  constant(values: Float32Array): number;
  scratch(bytes: number): number;
  readonly constants: readonly { readonly address: number; readonly values: Float32Array }[];
  readonly bytes: number;
}

// The kernels' own scratch comes first, see nets.as.
const firstFree = 2048;
const alignment = 64;
const patchSides = [4, 6];

export function createMemoryPlan(): MemoryPlan {
  const constants: { address: number; values: Float32Array }[] = [];
  const free = new Map<string, PlacedMap[]>();
  let end = firstFree;

  function take(bytes: number): number {
    const address = end;
    // Convolutions read a few values past a row's end.
    end += Math.ceil((bytes + alignment) / alignment) * alignment;
    return address;
  }

  return {
    map(shape) {
      const known = free.get(keyOf(shape))?.pop();
      return known ?? placed(shape, take);
    },
    release: (map) => free.set(keyOf(map), [...(free.get(keyOf(map)) ?? []), map]),
    constant(values) {
      const address = take(values.byteLength);
      constants.push({ address, values });
      return address;
    },
    scratch: take,
    constants,
    get bytes() {
      return end;
    },
  };
}

const keyOf = ({ images, height, width, channels }: MapShape): string => [images, height, width, channels].join();

function placed(shape: MapShape, take: (bytes: number) => number): PlacedMap {
  const { images, height, width, channels } = shape;
  const withBorder = (side: number): number => 1 + Math.max(...patchSides.map((patch) => Math.ceil(side / patch) * patch)) + 2;
  const pixelStride = channels * 4;
  const rowStride = withBorder(width) * pixelStride;
  const imageStride = withBorder(height) * rowStride;
  const origin = take(images * imageStride) + rowStride + pixelStride;
  return { ...shape, origin, pixelStride, rowStride, imageStride };
}
