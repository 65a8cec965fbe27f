import {
  DescribeSecretCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCESS } from '../../infra/running-stacks/access.ts';
import { deliver } from '../infra/local/ocrolus/testing/client.ts';
import { type Running, startRunning } from './testing/running.ts';

/** A second stands for the half minute that the webhook waits between two looks at the secret. */
const QUICK = { SECRET_REREAD_SECONDS: '1', ROTATION_SETTLE_SECONDS: '2' };

describe('rotation of the signing secret', () => {
  let running: Running;
  let client: SecretsManagerClient;
  beforeAll(async () => {
    running = await startRunning({ environment: QUICK });
    client = new SecretsManagerClient({ ...ACCESS, endpoint: running.stack.endpoints.secretsManager });
  });
  afterAll(async () => {
    client?.destroy();
    await running?.stop();
  });

  const secretArn = () => running.stack.accounts.default?.webhookSecret ?? '';
  const currentVersion = async () => {
    const { VersionIdsToStages = {} } = await client.send(
      new DescribeSecretCommand({ SecretId: secretArn() }),
    );
    return Object.entries(VersionIdsToStages).find(([, stages]) => stages.includes('AWSCURRENT'))?.[0];
  };

  it('refuses no delivery, and every one is in the ledger', async () => {
    const { simulator, reader } = running;
    const book = simulator.addBook({ documents: [{ kind: 'form' }] }, { deliver: false });
    const outcomes: string[] = [];
    // An event of the cheapest channel, since only the webhook is tested.
    const body = { event: 'A_NEW_EVENT', book_uuid: book.uuid };
    let flowing = true;
    // One after another and several at once, so that instances of the webhook of any age are hit.
    const flow = async () => {
      while (flowing) {
        const delivery = await deliver(simulator, 'A_NEW_EVENT', body);
        outcomes.push(`${delivery.outcome} after ${delivery.attempts.length}`);
      }
    };
    const flows = [flow(), flow()];
    const more = (count: number) => {
      const until = outcomes.length + count;
      return expect.poll(() => outcomes.length, { timeout: 30_000 }).toBeGreaterThanOrEqual(until);
    };
    try {
      await more(10);
      for (const _ of ['first', 'second']) {
        const { VersionId } = await client.send(new RotateSecretCommand({ SecretId: secretArn() }));
        await expect.poll(currentVersion, { timeout: 30_000 }).toBe(VersionId);
        await more(10);
      }
    } finally {
      flowing = false;
      await Promise.all(flows);
    }

    expect(new Set(outcomes)).toEqual(new Set(['delivered after 1']));
    expect(await running.drained()).toBe(0);
    const ledger = await reader.events(book.uuid);
    expect(ledger).toHaveLength(outcomes.length);
  });
});
