import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import packageJson from 'ocrolus-webhooks/package.json' with { type: 'json' };
import { type Check, ok, warn } from './check.ts';

/** Machine that runs the command. */
interface Machine {
  /** Version of Node.js, without the `v`. */
  readonly node: string;
  npm(): Promise<string>;
}

const NODE = packageJson.devDependencies.node;
const NPM = packageJson.devEngines.packageManager.version.replaceAll(/\D/g, '');

export const thisMachine: Machine = {
  node: process.versions.node,
  async npm() {
    const [, version] = /npm\/(\S+)/.exec(process.env.npm_config_user_agent ?? '') ?? [];
    return version ?? (await promisify(execFile)('npm', ['--version'])).stdout.trim();
  },
};

const major = (version: string) => Number(version.split('.')[0]);

/** Checks for the needs of the commands themselves. */
export const MACHINE_CHECKS: readonly Check<Machine>[] = [
  {
    name: 'node',
    otherwise: `use Node.js ${NODE}`,
    run: ({ node }) =>
      major(node) === major(NODE)
        ? ok(node)
        : warn(
            `${node}; tested with ${NODE}`,
            'run "npm ci", and run the commands through npm or npx, which use that version',
          ),
  },
  {
    name: 'npm',
    otherwise: `install npm ${NPM}: npm install --global npm@${NPM}`,
    async run({ npm }) {
      const version = await npm();
      return major(version) >= Number(NPM)
        ? ok(version)
        : warn(`${version}; ${NPM} or later is needed to install`, `npm install --global npm@${NPM}`);
    },
  },
];
