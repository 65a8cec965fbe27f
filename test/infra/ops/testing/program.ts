import { serveStage } from '../../../../infra/console/serve-stage.ts';
import { createProgram } from '../../../../infra/ops/program.ts';
import type { Run } from '../../../../infra/ops/stack-command.ts';

export function programOf(run: Run = async () => {}) {
  return createProgram(run, serveStage);
}
