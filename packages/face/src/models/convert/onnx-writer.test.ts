import { describe, expect, it } from 'vitest';
import { createOnnxGraph } from './onnx-writer.ts';

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');

describe('the ONNX writer', () => {
  it('writes a model byte for byte as the protobuf encoding says', () => {
    const graph = createOnnxGraph('g');
    graph.node('Relu', ['x'], {}, 'y');
    const file = graph.finish({ inputs: [{ name: 'x', dims: ['n', 300] }], outputs: [{ name: 'y' }] });
    expect(hex(file)).toBe(
      [
        '08 08', // ir_version 8
        '12 07 73 6f 6e 72 69 73 61', // producer_name "sonrisa"
        '3a 3b', // graph, 59 bytes
        '0a 14 0a 01 78 12 01 79 1a 06 52 65 6c 75 5f 30 22 04 52 65 6c 75', // node: x → y, Relu_0, Relu
        '12 01 67', // name "g"
        '5a 15 0a 01 78 12 10 0a 0e 08 01 12 0a 0a 03 12 01 6e 0a 03 08 ac 02', // input x: float, dims "n" and 300
        '62 09 0a 01 79 12 04 0a 02 08 01', // output y: float
        '42 04 0a 00 10 0d', // opset 13 of the default domain
      ].join(' '),
    );
  });

  it('writes negative integers as 64-bit two’s complement', () => {
    const graph = createOnnxGraph('g');
    graph.node('Softmax', ['x'], { axis: { int: -1 } }, 'y');
    expect(hex(graph.finish({ inputs: [], outputs: [] }))).toContain('18 ff ff ff ff ff ff ff ff ff 01');
  });

  it('keeps constants little-endian', () => {
    const graph = createOnnxGraph('g');
    graph.floats([1], Float32Array.of(1));
    graph.ints([1], [-2]);
    const file = hex(graph.finish({ inputs: [], outputs: [] }));
    expect(file).toContain('4a 04 00 00 80 3f');
    expect(file).toContain('4a 08 fe ff ff ff ff ff ff ff');
  });
});
