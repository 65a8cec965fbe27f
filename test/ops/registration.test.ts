import { describe, expect, it } from 'vitest';
import {
  registerCommand,
  registrationCommand,
  unregisterCommand,
} from '../../infra/ops/commands/set-up/registration.ts';
import { fakeTarget, runOps } from './fake-target.ts';

const DIFFERENCE = { webhook: 'same', missing: ['DOC_VERIFIED'], dropped: ['MIDDESK_VERIFIED'], unasked: [] };
const WEBHOOK = { url: 'https://hooks.example.com/webhooks/lending', events: ['BOOK_VERIFIED'] };
const REGISTERED = { account: 'lending', level: 'account', ...WEBHOOK, difference: DIFFERENCE, test: 'ok' };
const SHOWN = {
  account: 'lending',
  level: 'account',
  wanted: { ...WEBHOOK, events: ['BOOK_VERIFIED', 'DOC_VERIFIED', 'MIDDESK_VERIFIED'] },
  registered: WEBHOOK,
  difference: DIFFERENCE,
  drift: true,
};
const FAILED = { account: 'other', error: 'Ocrolus does not accept the API credentials' };

function answering(answer: unknown) {
  const asked: unknown[] = [];
  const invoke = async (name: string, event: object) => {
    asked.push([name, event]);
    return answer;
  };
  return { asked, target: fakeTarget({ invoke }) };
}

describe('register', () => {
  it('registers the account that is asked for, and says what Ocrolus left out', async () => {
    const { asked, target } = answering([REGISTERED]);
    const output = await runOps(registerCommand, target, { flags: { account: 'lending' } });
    expect(asked).toEqual([['registration', { action: 'register', account: 'lending' }]]);
    expect(output).toMatchObject({ document: [REGISTERED], text: expect.stringContaining('DOC_VERIFIED') });
  });

  it('fails when one account could not be registered', async () => {
    const { asked, target } = answering([REGISTERED, FAILED]);
    await expect(runOps(registerCommand, target)).rejects.toThrow('other: Ocrolus does not accept');
    expect(asked).toEqual([['registration', { action: 'register' }]]);
  });
});

describe('registration', () => {
  it('shows what Ocrolus has against what we want', async () => {
    const output = await runOps(registrationCommand, answering([SHOWN, FAILED]).target);
    expect(output).toMatchObject({ document: [SHOWN, FAILED] });
    expect('text' in output && output.text).toMatch(
      /lending .*DIFFERS[\s\S]*missing +DOC_VERIFIED[\s\S]*other:/,
    );
  });

  it('fails when nothing could be seen', async () => {
    await expect(runOps(registrationCommand, answering([FAILED]).target)).rejects.toThrow('credentials');
  });
});

describe('unregister', () => {
  it('removes the webhook of the account that is asked for', async () => {
    const { asked, target } = answering([{ account: 'lending', removed: true }]);
    const output = await runOps(unregisterCommand, target, { flags: { account: 'lending' } });
    expect(asked).toEqual([['registration', { action: 'unregister', account: 'lending' }]]);
    expect(output).toEqual({ document: [{ account: 'lending', removed: true }], text: 'lending: removed' });
  });

  it('succeeds where the webhook was not registered, and fails where Ocrolus could not be asked', async () => {
    const { target } = answering([{ account: 'lending', removed: false }]);
    expect(await runOps(unregisterCommand, target)).toMatchObject({
      text: 'lending: was not registered',
    });
    await expect(runOps(unregisterCommand, answering([FAILED]).target)).rejects.toThrow('other: Ocrolus');
  });
});
