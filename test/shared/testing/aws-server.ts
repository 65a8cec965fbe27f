import { vi } from 'vitest';
import { startHttpServer } from '../../infra/ops/http-server.ts';

export type AwsServer = Awaited<ReturnType<typeof startHttpServer>>;

/**
 * A server in the place of every AWS service. Modules that are imported after this have clients of their own that use it:
 * test files share their modules, and a client keeps its first endpoint.
 */
export async function startAwsServer(answer: Parameters<typeof startHttpServer>[0]): Promise<AwsServer> {
  const server = await startHttpServer(answer);
  vi.resetModules();
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  vi.stubEnv('AWS_ENDPOINT_URL', server.url);
  const close = async () => {
    vi.unstubAllEnvs();
    vi.resetModules();
    await server.close();
  };
  return { ...server, close };
}
