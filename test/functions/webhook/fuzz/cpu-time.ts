/** Milliseconds of computing since then, of all threads of this process: other processes do not make it slower. */
export function cpuMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}
