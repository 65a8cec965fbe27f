import type { WebhookSecret } from '../../secrets/webhook-secret.ts';

/*
 * URLs to which Ocrolus delivers. They may carry `user:password@` (docs/ocrolus.md#basic-authentication), so they are
 * logged and shown only through `shownUrl`.
 */

/** The URL with Basic credentials, for Ocrolus to send. */
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

/** True if two URLs are the same apart from credentials, query and fragment. */
export function isSamePlace(one: string, other: string): boolean {
  return shownUrl(one) === shownUrl(other);
}

/** True if two URLs are the same, including credentials. */
export function isSameUrl(one: string, other: string): boolean {
  return normal(one) === normal(other);
}

/** The URL without credentials, query and fragment, which may be logged. */
export function shownUrl(url: string): string {
  if (!URL.canParse(url)) return '(not a URL)';
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname.replace(/\/+$/, '')}`;
}

/** A message of Ocrolus without the URLs that it may quote, cut to 200 characters. */
export function withoutUrls(text: string): string {
  return text.replaceAll(/\b[a-z]+:\/\/\S+/gi, '(url)').slice(0, 200);
}

function normal(url: string): string {
  return URL.canParse(url) ? new URL(url).href.replace(/\/+$/, '') : url;
}
