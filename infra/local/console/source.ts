import { Hono } from 'hono';
import * as z from 'zod';
import { typedPath } from '../../command-line/paths.ts';
import type { ConsoleSource } from '../../console/source.ts';
import { openLocalTarget } from '../../ops/target/local.ts';
import type { Target } from '../../ops/target/target.ts';
import { DEFAULT_DATA_DIR } from '../../running-stacks/data-dir.ts';
import { simulatorRoutes } from '../ocrolus/control/routes.ts';
import { createActions } from './actions.ts';
import { createLocalState, type LocalParts } from './local-state.ts';

const EVERY_MS = 500;
const PARTS_EVERY_MS = 1500;

/**
 * The local stack for the console, with what a stage lacks: the live flow, actions (`actions.ts`), and below `/ocrolus` the
 * simulated Ocrolus (`../ocrolus/control/routes.ts`).
 */
export function openLocalSource(parts: LocalParts): ConsoleSource {
  const { stack, simulator, dataDir } = parts;
  let target: Target | undefined;
  // Only once its file is written can the stack be found.
  const open = async () => {
    target ??= await openLocalTarget(dataDir);
    return target;
  };
  const actions = createActions(stack, dataDir);
  const routes = new Hono();
  if (simulator !== undefined) routes.route('/ocrolus', simulatorRoutes(simulator));
  routes.route('/', actions.routes);
  routes.onError((error, { json }) =>
    json({ error: error instanceof z.ZodError ? z.prettifyError(error) : error.message }, 400),
  );
  return {
    stage: null,
    opsFlags: dataDir === DEFAULT_DATA_DIR ? '' : ` --data ${typedPath(dataDir)}`,
    open,
    everyMs: EVERY_MS,
    partsEveryMs: PARTS_EVERY_MS,
    readLocal: createLocalState(parts, open, actions),
    routes,
  };
}
