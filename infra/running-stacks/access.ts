export const REGION = 'us-east-1';

/** Region of the emulators, and credentials, which the SDK requires and they ignore. */
export const ACCESS = {
  region: REGION,
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
} as const;
