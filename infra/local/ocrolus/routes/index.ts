import type { Route } from '../http/router.ts';
import { accountWebhookRoutes } from './account-webhook.ts';
import { analyticsV1Routes } from './analytics-v1.ts';
import { analyticsV2Routes } from './analytics-v2.ts';
import { bookRoutes } from './books.ts';
import { businessRoutes } from './business.ts';
import { captureRoutes } from './capture.ts';
import { copyJobRoutes } from './copy-jobs.ts';
import { detectRoutes } from './detect.ts';
import { incomeRoutes } from './income.ts';
import { organizationWebhookRoutes } from './organization-webhooks.ts';

/** The calls that the simulated Ocrolus answers. The account's paths come before `/webhook/:webhook_uuid`. */
export const ROUTES: readonly Route[] = [
  ...bookRoutes,
  ...captureRoutes,
  ...analyticsV1Routes,
  ...analyticsV2Routes,
  ...detectRoutes,
  ...incomeRoutes,
  ...businessRoutes,
  ...accountWebhookRoutes,
  ...organizationWebhookRoutes,
  ...copyJobRoutes,
];
