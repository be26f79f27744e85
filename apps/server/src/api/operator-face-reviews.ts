// Faces found alike, for an officer (contract: packages/protocol/src/face-reviews-api.ts).
import { closeFaceReviewSchema, faceReviewSchema, faceReviewsSchema } from '@sonrisa/protocol/face-reviews-api.ts';
import { idSchema } from '@sonrisa/protocol/ids.ts';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { FaceReviews } from '../face-reviews/index.ts';
import type { Idempotency } from '../idempotency/index.ts';
import type { Operators } from '../operators/index.ts';
import { guardOperator } from './guard-operator.ts';
import { ordinary } from './limits.ts';
import { listQuery } from './list-query.ts';
import { idempotencyHeaders, repeatable } from './repeatable.ts';

export type OperatorFaceReviewsRoutes = { faceReviews: FaceReviews; operators: Operators; idempotency: Idempotency };

const tags = ['operator'];
const config = ordinary;

export const operatorFaceReviewsRoutes: FastifyPluginAsyncZod<OperatorFaceReviewsRoutes> = async (app, { faceReviews, operators, idempotency }) => {
  const principalOf = guardOperator(app, operators, { keepsBody: false });
  app.get('/face-reviews', {
    config, schema: { tags, summary: 'Faces found alike, newest first, and how many are open', querystring: listQuery.extend({ state: z.enum(['open', 'closed']).default('open') }), response: { 200: faceReviewsSchema } },
  }, (request) => faceReviews.list(request.query));
  app.post('/face-reviews/:id/close', {
    config, schema: { tags, summary: 'What was found; "same" erases a face, "new_look" asks for another', headers: idempotencyHeaders, params: z.object({ id: idSchema('faceReview') }), body: closeFaceReviewSchema, response: { 200: faceReviewSchema } },
  }, (request, reply) => {
    const closedBy = principalOf(request).personId ?? 'token';
    const work = () => faceReviews.close({ reviewId: request.params.id, ...request.body, closedBy });
    return repeatable({ idempotency, principal: `operator:${closedBy}`, request, reply, status: 200, schema: faceReviewSchema, work });
  });
};
