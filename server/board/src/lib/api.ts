/** Requests to the server: JSON in and out, problems as errors, the session's CSRF token on whatever changes something. */
import type { Problem } from './types';

/** A refusal that says what can be done about it. */
export class Refusal extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail || problem.title);
  }

  get status(): number {
    return this.problem.status;
  }

  /** What exactly is in the way, by key. */
  get items(): readonly string[] {
    return this.problem.items ?? [];
  }
}

/** The server wasn't reached. Nothing was changed as far as this page knows; what was typed is still there. */
export class Unreachable extends Error {
  constructor() {
    super('The server can’t be reached. Nothing you typed is lost: try again.');
  }
}

let csrf = '';
let company = '';

/** Sets the company in which requests work that name none. */
export function setCompany(id: string): void {
  company = id;
}

/** A path that works in this company, whichever is chosen when it is asked for. */
export function inCompany(path: string, id: string): string {
  return `${path}${path.includes('?') ? '&' : '?'}company=${id}`;
}

function addressed(path: string): string {
  return company && !/[?&]company=/.test(path) ? inCompany(path, company) : path;
}

/** Where a photo or another blob is, for an image. */
export function blobUrl(sha256: string, company: string): string {
  return inCompany(`/v1/blobs/${sha256}`, company);
}
let onSignedOut: () => void = () => {};

/** Sets the token that unsafe requests must show. */
export function setCsrf(token: string): void {
  csrf = token;
}

/** Called when the server says that this browser isn't signed in any more. */
export function whenSignedOut(callback: () => void): void {
  onSignedOut = callback;
}

async function send(method: string, path: string, body?: BodyInit, type?: string): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (type) headers['content-type'] = type;
  if (method !== 'GET') headers['x-csrf-token'] = csrf;
  let reply: Response;
  try {
    reply = await fetch(addressed(path), { method, headers, body: body ?? null, credentials: 'same-origin', redirect: 'error' });
  } catch {
    throw new Unreachable();
  }
  if (reply.ok) return reply;
  const problem = await problemOf(reply);
  if (reply.status === 401 && !path.startsWith('/v1/session')) onSignedOut();
  throw new Refusal(problem);
}

async function problemOf(reply: Response): Promise<Problem> {
  try {
    const problem = (await reply.json()) as Partial<Problem>;
    if (typeof problem.title === 'string') {
      return { type: '', detail: '', items: [], field: null, ...problem, title: problem.title, status: reply.status } as Problem;
    }
  } catch {
    // Not JSON: something between here and the server answered.
  }
  return { type: 'about:blank', title: `The server answered ${reply.status}`, status: reply.status, detail: '', items: [] } as unknown as Problem;
}

async function parsed<T>(reply: Response): Promise<T> {
  const text = await reply.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

export async function get<T>(path: string): Promise<T> {
  return parsed<T>(await send('GET', path));
}

export async function post<T = unknown>(path: string, body: unknown = {}): Promise<T> {
  return parsed<T>(await send('POST', path, JSON.stringify(body), 'application/json'));
}

export async function put<T = unknown>(path: string, body: unknown): Promise<T> {
  return parsed<T>(await send('PUT', path, JSON.stringify(body), 'application/json'));
}

export async function remove(path: string): Promise<void> {
  await send('DELETE', path);
}

/** What a person is told about something that went wrong. */
export function explain(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
