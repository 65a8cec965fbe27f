import type { WebhookSecret } from '../../webhook-secret.ts';

/*
 * Where deliveries go. The URL that Ocrolus has may carry `user:password@` (docs/ocrolus.md#basic-authentication), so
 * URLs are logged and shown through `shownUrl` only.
 */

/** The URL with Basic credentials in it, for Ocrolus to send. */
export function withCredentials(
  url: string,
  credentials: WebhookSecret['basic'][number] | undefined,
): string {
  if (credentials === undefined) return url;
  const full = new URL(url);
  full.username = encodeURIComponent(credentials.username);
  full.password = encodeURIComponent(credentials.password);
  return full.href;
}

/** Whether two URLs are the same apart from credentials, query and fragment. */
export function isSamePlace(one: string, other: string): boolean {
  return shownUrl(one) === shownUrl(other);
}

/** Whether two URLs are the same, credentials included. */
export function isSameUrl(one: string, other: string): boolean {
  return normal(one) === normal(other);
}

/** The URL without credentials, query and fragment: may be logged. */
export function shownUrl(url: string): string {
  if (!URL.canParse(url)) return '(not a URL)';
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname.replace(/\/+$/, '')}`;
}

/** A message of Ocrolus, without the URLs that it may quote. */
export function withoutUrls(text: string): string {
  return text.replaceAll(/\b[a-z]+:\/\/\S+/gi, '(url)').slice(0, 200);
}

function normal(url: string): string {
  return URL.canParse(url) ? new URL(url).href.replace(/\/+$/, '') : url;
}
