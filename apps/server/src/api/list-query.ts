// How many rows a list may have.
import { z } from 'zod';

const listMax = 200;

export const listQuery = z.object({ limit: z.coerce.number().int().min(1).max(listMax).default(50) });
