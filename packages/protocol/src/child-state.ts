// What state a child's wallet is in.
import { z } from 'zod';

/**
 * `no_consent`: the guardian has to agree (again); `no_face`: agreed, nobody has looked yet; `of_age`: the face rests, an account of
 * their own is theirs to open; `closed`: money went back.
 */
export const childStateSchema = z.enum(['no_consent', 'no_face', 'on', 'paused', 'of_age', 'closed']);
export type ChildState = z.infer<typeof childStateSchema>;
