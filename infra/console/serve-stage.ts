import type { ServeStage } from '../ops/commands/see/console.ts';
import { serveConsole } from './server.ts';
import { openStageSource } from './source.ts';

export const serveStage: ServeStage = (target, which) => serveConsole(openStageSource(target, which));
