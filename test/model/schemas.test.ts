import { describe, expect, test } from '@jest/globals';
import type { z } from 'zod';
import type { explanationSchema } from '../../lib/model/explanation-schema.js';
import type { Explanation } from '../../lib/plan/explanation.js';
import type { Failure } from '../../lib/model/failure.js';
import { failuresSchema } from '../../lib/model/failures-schema.js';
import type { Plan } from '../../lib/model/plan.js';
import type { planSchema } from '../../lib/model/plan-schema.js';

/** A type as JSON carries it: brands and readonly taken off. */
type Plain<T> = T extends string
  ? keyof T extends keyof string
    ? T
    : string
  : T extends readonly (infer Item)[]
    ? Plain<Item>[]
    : T extends object
      ? { -readonly [Key in keyof T]: Plain<T[Key]> }
      : T;
type Same<Left, Right> = [Left] extends [Right] ? ([Right] extends [Left] ? true : false) : false;

describe('the schemas of documents', () => {
  test('the plan and its schema say the same, which the compiler checks in both directions', () => {
    const isSame: Same<Plain<Plan>, z.infer<typeof planSchema>> = true;
    const hasNoOtherKeys: Same<keyof Plan, keyof z.infer<typeof planSchema>> = true;
    const hasNoOtherTicketKeys: Same<
      keyof Plan['tickets'][number],
      keyof z.infer<typeof planSchema>['tickets'][number]
    > = true;
    expect([isSame, hasNoOtherKeys, hasNoOtherTicketKeys]).toEqual([true, true, true]);
  });

  test('an explanation and its schema say the same, which the compiler checks in both directions', () => {
    const isSame: Same<Plain<Explanation>, z.infer<typeof explanationSchema>> = true;
    const hasNoOtherKeys: Same<keyof Explanation, keyof z.infer<typeof explanationSchema>> = true;
    expect([isSame, hasNoOtherKeys]).toEqual([true, true]);
  });

  test('a failure with a chain of causes passes its schema, one without a message does not', () => {
    const failure: Failure = {
      code: 'git/failed',
      message: 'outer',
      where: { file: 'x', line: 1 },
      cause: { code: 'internal/bug', message: 'inner', evidence: 'stack' },
    };
    expect(failuresSchema.safeParse({ version: 1, failures: [failure] }).success).toBe(true);
    const without = { ...failure, message: undefined };
    expect(failuresSchema.safeParse({ version: 1, failures: [without] }).success).toBe(false);
    expect(
      failuresSchema.safeParse({ version: 1, failures: [{ ...failure, code: 'x' }] }).success,
    ).toBe(false);
  });
});
