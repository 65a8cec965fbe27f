import { describe, expect, it } from 'vitest';
import { signDelivery } from '../../../../infra/local/ocrolus/index.ts';
import fixture from '../../../fixtures/signing-vectors.json' with { type: 'json' };

describe('signDelivery', () => {
  it.each(fixture.vectors)('signs $name as Ocrolus does', (vector) => {
    const body = Buffer.from(vector.body_base64, 'base64');
    const { secret, timestamp, request_id: requestId } = vector;
    expect(signDelivery({ secret, timestamp, requestId, body })).toBe(vector.expected);
    expect(signDelivery({ secret, timestamp, requestId, body: vector.body })).toBe(vector.expected);
  });

  it.each(fixture.negative)('does not come to the signature of $name', (vector) => {
    const body = Buffer.from(vector.body_base64, 'base64');
    const { secret, timestamp, request_id: requestId } = vector;
    expect(signDelivery({ secret, timestamp, requestId, body })).not.toBe(vector.received_signature);
  });
});
