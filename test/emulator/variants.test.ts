import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VARIANT_NAMES, variantTemplate } from '../infra/variants.ts';
import { createStack, type EmulatedStack, NOT_IN_EMULATED_STACKS } from './emulated-stack.ts';
import { type Moto, motoIsInstalled, startMoto } from './moto.ts';
import { NOT_EMULATED, READ_BACKS } from './read-back/all.ts';

/**
 * Every variant takes a few seconds, so `npm test` has the one with the most services of those that are quick;
 * `npm run emulate` has all of them.
 */
const { EMULATED_VARIANTS = 'registered' } = process.env;
const chosen = EMULATED_VARIANTS === 'all' ? VARIANT_NAMES : EMULATED_VARIANTS.split(',');

describe.skipIf(!motoIsInstalled())('in an emulated account', () => {
  let moto: Moto;
  beforeAll(async () => {
    moto = await startMoto();
  });
  afterAll(() => moto.stop());

  describe.each(chosen)('%s', (name) => {
    const template = variantTemplate(name);
    const types = new Set(Object.values(template.Resources).map(({ Type }): string => Type));
    let stack: EmulatedStack;

    beforeAll(async () => {
      await moto.reset();
      stack = await createStack(moto, template);
    });

    test('the whole template is created as one stack', () => {
      expect(stack.status).toBe('CREATE_COMPLETE');
      const missing = [...types].filter((type) => !stack.created.has(type) && !type.startsWith('Custom::'));
      expect(missing.filter((type) => !NOT_IN_EMULATED_STACKS.includes(type))).toEqual([]);
    });

    test('no property is left with a reference that CloudFormation did not understand', () => {
      for (const id of Object.keys(template.Resources)) {
        expect(Object.keys(stack.properties(id)), id).not.toEqual([]);
        expect(JSON.stringify(stack.properties(id)), id).not.toMatch(/"(Ref|Fn::\w+)":/);
      }
    });

    test('every type is read back, or the emulator does not have it', () => {
      const known = [...READ_BACKS.flatMap((readBack) => readBack.types), ...Object.keys(NOT_EMULATED)];
      const unknown = [...types].filter((type) => !known.includes(type) && !type.startsWith('Custom::'));
      expect(unknown).toEqual([]);
    });

    test.each(READ_BACKS.map(({ what, ...readBack }) => [what, readBack] as const))(
      '%s',
      async (_, readBack) => {
        await readBack.compare(moto, stack);
      },
    );
  });
});
