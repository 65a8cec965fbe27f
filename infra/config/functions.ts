import * as z from 'zod';
import { ALL_FUNCTION_NAMES } from '../functions.ts';
import { matching } from './values.ts';

/** At most five for a function (AWS: Lambda quotas). */
const MAX_LAYERS = 5;

const Layer = matching(
  /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:layer:[\w-]+:\d+$/,
  'must be the ARN of a version of a layer, such as arn:aws:lambda:us-east-1:123456789012:layer:telemetry:1',
);

/** A function, or every one. */
const Name = z.enum(['all', ...ALL_FUNCTION_NAMES]).meta({ title: 'function' });

/** Layers of functions. */
export const Layers = z
  .partialRecord(
    Name,
    z
      .array(Layer)
      .max(MAX_LAYERS, `must name at most ${MAX_LAYERS} layers`)
      .meta({
        description:
          'ARNs of layers, such as that of a telemetry vendor ([platform.md](platform.md#telemetry)), of a function or of `all`. ' +
          'They must be for Node.js and arm64, in the region of the stack',
        cost: 'a longer start of the function, and what the vendor charges',
      }),
  )
  .default({});

/** Variables of functions, besides those of the stack. */
export const Environment = z
  .partialRecord(
    Name,
    z.record(matching(/^[A-Z][A-Z0-9_]*$/, 'must be the name of a variable'), z.string().max(1000)).meta({
      description: 'Variables of a function or of `all`. Those that the stack sets win',
      cost: 'none',
    }),
  )
  .default({});
