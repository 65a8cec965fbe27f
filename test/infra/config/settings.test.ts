import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { loadStage, parseSettings } from '../../../infra/config/load.ts';
import { CHANNELS } from '../../../shared/events/channels.ts';
import { faultsOf } from './faults-of.ts';

describe('the files of stages', () => {
  const folder = new URL('../../../infra/stages/', import.meta.url);

  test('every file in infra/stages is a valid stage', async () => {
    const error = await loadStage(folder, 'none').catch((error: unknown) => String(error));
    const stages = /Stages: (.*)$/.exec(String(error))?.[1]?.split(', ') ?? [];
    expect(stages).toEqual(expect.arrayContaining(['dev', 'prod']));
    for (const stage of stages)
      expect(parseSettings(await loadStage(folder, stage))).toMatchObject({ stage });
  });

  test.each(['staging', '../stack', ''])(
    'there is no stage %j, and the error says which there are',
    async (stage) => {
      await expect(loadStage(folder, stage)).rejects.toThrow(/no stage .*Stages: dev, prod/);
    },
  );

  test('a file must name its own stage', async () => {
    const copies = await mkdtemp(join(tmpdir(), 'stages-'));
    await writeFile(join(copies, 'staging.js'), 'export default { stage: "prod" };');
    await expect(loadStage(pathToFileURL(`${copies}/`), 'staging')).rejects.toThrow(
      'stage: must be "staging"',
    );
    await rm(copies, { recursive: true });
  });
});

describe('faults', () => {
  test('are all reported together, each with its setting, and so are contradictions between settings', () => {
    expect(() => parseSettings({ stage: 'test', acounts: [] })).toThrow(
      'The settings of stage "test" have faults:\n  ',
    );
    const faults = faultsOf({
      acounts: ['default'],
      ocrolus: { apiUrl: 'http://api.ocrolus.com', tokenFromat: 'json' },
      poll: { minSeconds: 600, maxSeconds: 300, graceSeconds: '600', requestsPerSecond: 30 },
      network: { vpcEndpointId: 'vpce-0123456789abcdef0', vpc: { source: 'created' } },
    });
    expect(faults.sort()).toEqual(
      [
        'acounts: is not a known setting',
        'network.vpc: must be absent when network.vpcEndpointId is given',
        'ocrolus.apiUrl: must be an https:// URL',
        'ocrolus.tokenFromat: is not a known setting',
        'poll.graceSeconds: ',
        'poll.minSeconds: must not exceed poll.maxSeconds',
        'poll.requestsPerSecond: must be less than ocrolus.requestsPerSecond: consumers need the rest',
      ].map((fault) => expect.stringContaining(`  ${fault}`)),
    );
  });

  test('say why data must be kept for longer', () => {
    expect(faultsOf({ ledgerDays: 30, retention: { results: 7, payloads: 60, documents: 90 } })).toEqual([
      expect.stringContaining('payloads: must not exceed ledgerDays (30): payloads are in the ledger'),
      expect.stringContaining(
        'results: must be at least poll.horizonDays (30): a book may take this long to become complete',
      ),
      expect.stringContaining('must be at least 400: the poller compares a book with its documents'),
    ]);
  });

  test('say that Ocrolus cannot reach a private stage, and what to do', () => {
    expect(faultsOf({ registration: { enabled: true } })).toEqual([
      expect.stringMatching(
        /^ {2}registration\.url: must be set where ingress\.kind is "private": .*proxy.*"allowlisted" \(docs\/ingress\.md\)$/,
      ),
    ]);
  });

  // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html: at least 2 for each mapping
  // https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html: 100 must be left unreserved
  test.each<[string, object, number]>([
    ['a new account', { lambdaConcurrency: 10, consumerMaximumConcurrency: 2 }, CHANNELS.length * 2 + 28],
    ['the defaults', { lambdaConcurrency: 20 }, CHANNELS.length * 5 + 28],
    ['many consumers', { consumerMaximumConcurrency: 20 }, CHANNELS.length * 20 + 28],
    ['a reserved share', { webhookReservedConcurrency: 10 }, 110],
  ])('say how much concurrency a stage needs: %s', (_, settings, needed) => {
    const fault = `  lambdaConcurrency: must be at least ${needed}: `;
    expect(faultsOf(settings)).toEqual([expect.stringContaining(fault)]);
    expect(faultsOf({ ...settings, lambdaConcurrency: needed })).toEqual([]);
  });
});
