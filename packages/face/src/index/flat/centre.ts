// Embeddings of one recogniser crowd around a mean; sign bits taken around it tell people apart, taken around zero
// they mostly repeat the mean. A mean over many people is nobody's template.
import type { Embedding } from '../../embed.ts';

/** Fewer say more about themselves than about the recogniser. */
export const centreSampleMin = 64;

/** Mean of the embeddings, not unit length; null when there are too few to tell. */
export function meanEmbedding(embeddings: Iterable<Embedding>): Embedding | null {
  let sum: Float64Array | null = null;
  let count = 0;
  for (const embedding of embeddings) {
    sum ??= new Float64Array(embedding.length);
    for (let i = 0; i < sum.length; i++) sum[i] += embedding[i];
    count++;
  }
  if (!sum || count < centreSampleMin) return null;
  return Float32Array.from(sum, (value) => value / count);
}
