import { PassThrough } from 'node:stream';
import { expect, it, test } from 'vitest';
import { confirm } from '../../infra/command-line/confirm.ts';

function terminal(isTTY = true) {
  const prompt = {
    input: Object.assign(new PassThrough(), { isTTY }),
    output: Object.assign(new PassThrough(), { isTTY }),
  };
  return { prompt, shown: () => String(prompt.output.read() ?? '') };
}

test.each(['y', 'Y', 'yes', ' y '])('%j is a yes', async (answer) => {
  const { prompt, shown } = terminal();
  prompt.input.write(`${answer}\n`);
  await confirm('delete it', { isAgreed: false, prompt });
  expect(shown()).toBe('delete it\nDo it? [y/N] ');
});

test.each(['', 'n', 'yup', 'no'])('%j is a no', async (answer) => {
  const { prompt } = terminal();
  prompt.input.write(`${answer}\n`);
  await expect(confirm('delete it', { isAgreed: false, prompt })).rejects.toThrow('nothing was done');
});

it('the end of the input is a no', async () => {
  const { prompt } = terminal();
  prompt.input.end();
  await expect(confirm('delete it', { isAgreed: false, prompt })).rejects.toThrow('nothing was done');
});

it('an interruption is a no', async () => {
  const { prompt } = terminal();
  const controller = new AbortController();
  const asked = confirm('delete it', { isAgreed: false, prompt, signal: controller.signal });
  controller.abort();
  await expect(asked).rejects.toThrow('nothing was done');
});

it('with --yes the plan is shown and nothing is asked', async () => {
  const { prompt, shown } = terminal(false);
  await confirm('delete it', { isAgreed: true, prompt });
  expect(shown()).toBe('delete it\n');
});

it('without a terminal and without --yes the call is wrong', async () => {
  const { prompt } = terminal(false);
  const asked = confirm('delete it', { isAgreed: false, prompt });
  await expect(asked).rejects.toMatchObject({
    name: 'UsageError',
    message: expect.stringContaining('--yes'),
  });
});
