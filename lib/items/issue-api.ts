import type { Failure } from '../model/failure.js';
import { isPullRequest, notRead, readIssue, type Issue, type IssueReading } from './issue.js';

/** An API that lists issues as GitHub does. */
export interface IssueApi {
  /** `https://api.github.com/repos/OWNER/NAME`. */
  readonly base: string;
  readonly token?: string;
  /** For a page. */
  readonly limitMs?: number;
}

const PAGE_LIMIT_MS = 30_000;
/** 100 issues each: whoever has more open ones wants another tool. */
const MOST_PAGES = 100;
const MOST_REDIRECTS = 5;
const LARGEST_PAGE = 32 * 1024 * 1024;

/** What one page says, and where the next is. */
interface Page {
  readonly values: readonly unknown[];
  readonly next?: URL;
}

/**
 * Lists the open issues, page by page as the `Link` header says, without the pull requests among them. The token goes to
 * the host of `base` alone. A page that cannot be had is one fault and no issues: a part would be taken for the whole.
 */
export async function listIssues(api: IssueApi): Promise<IssueReading> {
  const base = new URL(api.base.endsWith('/') ? api.base : `${api.base}/`);
  const issues: Issue[] = [];
  const faults: Failure[] = [];
  let url: URL | undefined = new URL('issues?state=open&per_page=100&page=1', base);
  for (let count = 0; url; count += 1) {
    const place = shown(url);
    if (count === MOST_PAGES) return notRead(notListed(place, 'its list does not end'));
    const page: Page | Failure = await readPage(url, base, api).catch((error: unknown) =>
      notListed(place, reasonOf(error, api)),
    );
    if ('code' in page) return notRead(page);
    for (const value of page.values.filter((one) => !isPullRequest(one))) {
      const issue = readIssue(value, place);
      if (typeof issue === 'string') faults.push(notListed(place, issue));
      else issues.push(issue);
    }
    url = page.next;
  }
  return { issues, faults };
}

async function readPage(url: URL, base: URL, api: IssueApi): Promise<Page | Failure> {
  const response = await get(url, base, api);
  if (response.status !== 200) {
    await response.body?.cancel();
    return refused(response, api.token !== undefined);
  }
  const text = await textOf(response);
  const value = parsed(text);
  if (!Array.isArray(value)) return notListed(shown(url), 'it answered something else than a list');
  const next = nextOf(response.headers.get('link'), url);
  if (next && next.origin !== base.origin) {
    return notListed(shown(url), `it names a next page on another host, ${next.origin}`);
  }
  return { values: value, ...(next ? { next } : {}) };
}

/** Follows redirects by itself, so that the token stays with the host that it is for. */
async function get(url: URL, base: URL, { token, limitMs }: IssueApi): Promise<Response> {
  const signal = AbortSignal.timeout(limitMs ?? PAGE_LIMIT_MS);
  let at = url;
  for (let count = 0; count <= MOST_REDIRECTS; count += 1) {
    const response = await fetch(at, {
      redirect: 'manual',
      signal,
      headers: {
        accept: 'application/vnd.github+json',
        'user-agent': 'sage',
        ...(token !== undefined && at.origin === base.origin
          ? { authorization: `Bearer ${token}` }
          : {}),
      },
    });
    const location = response.headers.get('location');
    if (response.status < 300 || response.status > 399 || location === null) return response;
    await response.body?.cancel();
    at = new URL(location, at);
  }
  throw new Error('it redirects without end');
}

async function textOf(response: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of response.body ?? []) {
    const bytes = piece as Uint8Array;
    size += bytes.length;
    if (size > LARGEST_PAGE) throw new Error('a page of it is larger than 32 MiB');
    pieces.push(bytes);
  }
  return Buffer.concat(pieces).toString('utf8');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('it answered something else than JSON');
  }
}

/** The address behind `rel="next"`. */
function nextOf(link: string | null, at: URL): URL | undefined {
  const next = /<([^>]*)>\s*;[^,]*\brel="?next"?/.exec(link ?? '')?.[1];
  return next === undefined ? undefined : new URL(next, at);
}

function refused({ status, headers, url }: Response, hasToken: boolean): Failure {
  const place = shown(new URL(url));
  const isLimit = status === 429 || headers.get('x-ratelimit-remaining') === '0';
  if (isLimit) {
    const after = headers.get('retry-after');
    const when = after === null ? '' : `; it can be asked again in ${after.slice(0, 40)} s`;
    return { ...notListed(place, `it refuses more requests for now (${status})${when}`), ...LATER };
  }
  if (status === 401 || status === 403 || status === 404) {
    const what = status === 404 ? 'it knows no such repository' : 'it lets nobody list them';
    const hint = hasToken
      ? 'look whether the token of `requirements.token` may read its issues, and at the address in `requirements.api`'
      : 'if it needs a token, say where it is under `requirements.token`; look at the address in `requirements.api`';
    return { ...notListed(place, `${what} (${status})`), hint };
  }
  const failure = notListed(place, `it answered with ${status}`);
  return status >= 500 ? { ...failure, ...LATER } : failure;
}

const LATER = { retryable: true, hint: 'try it again later; nothing was started' } as const;

const notListed = (place: string, why: string): Failure => ({
  code: 'items/not-listed',
  message: `${place} did not list its issues: ${why}`,
  hint: 'look at `requirements.api` in .sage/config.yaml; nothing was started',
});

/** What went wrong on the way, without the token, whoever repeats it. */
function reasonOf(error: unknown, { token, limitMs }: IssueApi): string {
  const { name, message, cause } = error as Error & { readonly cause?: Partial<Error> };
  if (name === 'TimeoutError') {
    return `it did not answer within ${(limitMs ?? PAGE_LIMIT_MS) / 1_000} s`;
  }
  const why = cause?.message === undefined || cause.message === '' ? message : cause.message;
  return token === undefined ? why : why.replaceAll(token, '…');
}

/** An address without what may be secret in it. */
const shown = ({ origin, pathname }: URL) => `${origin}${pathname}`;
