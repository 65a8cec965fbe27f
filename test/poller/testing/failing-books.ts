import { Failure } from '../../../shared/failure.ts';

export const DOWN = new Failure('retry', 'network');

export const DOCUMENTS = [{ uuid: 'd', status: 'QUEUED' }];

export const numbered = (count: number) => Array.from({ length: count }, (_, n) => `b${n}`);
