import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { distinctVariants } from '../infra/templates/distinct-variants.ts';
import { createStack, type EmulatedStack, NOT_EMULATED } from './emulated-stack.ts';
import { type Moto, motoIsInstalled, startMoto } from './moto.ts';

/** ARNs in the account, except patterns, and the account itself. */
const ARNS = /arn:aws:[\w-]+:[\w-]*:123456789012:(?!root)[^"'\\\s]+?(?=["'\\\s)])/g;
const PATTERN = /(:log-group:|\/vpc-flow-log\/|:vpc-flow-log\/|:alarm:[\w-]+-)\*$/;

describe.skipIf(!motoIsInstalled())('in an emulated account', () => {
  let moto: Moto;
  beforeAll(async () => {
    moto = await startMoto();
  });
  afterAll(() => moto.stop());

  describe.each([...distinctVariants()])('%s', (_, template) => {
    let stack: EmulatedStack;

    beforeAll(async () => {
      await moto.reset();
      stack = await createStack(moto, template);
    });

    test('the whole template is created as one stack', () => {
      expect(stack.status).toBe('CREATE_COMPLETE');
      const created = new Set([...stack.resources.values()].map(({ type }) => type));
      const types = new Set(Object.values(template.Resources).map(({ Type }): string => Type));
      const missing = [...types].filter((type) => !created.has(type) && !type.startsWith('Custom::'));
      expect(missing.filter((type) => !NOT_EMULATED.includes(type))).toEqual([]);
    });

    test('CloudFormation understands every reference, and every ARN is that of something that exists', () => {
      const settings = JSON.stringify(template);
      // A wait condition handle has no properties.
      const all = Object.entries(template.Resources).filter(([, { Properties }]) => Properties !== undefined);
      for (const [id] of all) {
        const text = JSON.stringify(stack.properties.get(id) ?? {});
        expect(text, id).not.toBe('{}');
        expect(text, id).not.toMatch(/"(Ref|Fn::\w+)":/);
        const arns = [...text.matchAll(ARNS)].map(([arn]) => arn);
        const unknown = arns.filter((arn) => !stack.existing.some((known) => arn.includes(known)));
        // Settings name a topic and a policy of the account.
        expect(
          unknown.filter((arn) => !PATTERN.test(arn) && !settings.includes(arn)),
          id,
        ).toEqual([]);
      }
    });

    test('JSON that is put together at deployment is still JSON', () => {
      const texts = [...stack.properties.values()].flatMap(({ Environment, DashboardBody }) => {
        return [Environment?.Variables?.ACCOUNTS, Environment?.Variables?.QUEUE_URLS, DashboardBody];
      });
      const made = texts.filter((text) => text !== undefined);
      expect(made.length).toBeGreaterThan(10);
      for (const text of made) expect(() => JSON.parse(text), text).not.toThrow();
    });
  });
});
