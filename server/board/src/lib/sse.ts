/** Server-sent events over fetch: unlike EventSource it shows heartbeats, so that silence can be told from quiet. */

export interface SseEvent {
  id: string | null;
  name: string;
  data: string;
}

/** Takes pieces of a stream as they come, in any cut, and gives whole events. */
export class SseParser {
  private rest = '';
  private id: string | null = null;
  private name = '';
  private data: string[] = [];

  push(text: string): SseEvent[] {
    const events: SseEvent[] = [];
    const lines = (this.rest + text).split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop() ?? '';
    for (const line of lines) {
      const event = this.line(line);
      if (event) events.push(event);
    }
    return events;
  }

  private line(line: string): SseEvent | null {
    if (line === '') {
      const event = this.data.length > 0 ? { id: this.id, name: this.name || 'message', data: this.data.join('\n') } : null;
      this.name = '';
      this.data = [];
      return event;
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') this.data.push(value);
    else if (field === 'event') this.name = value;
    else if (field === 'id') this.id = value;
    return null;
  }
}

export interface Listener {
  /** Something arrived, a heartbeat too. */
  heard(): void;
  event(event: SseEvent): void;
}

/** Reads one connection to its end. Throws when it can't be made or breaks. */
export async function listen(path: string, lastEventId: string | null, signal: AbortSignal, listener: Listener): Promise<number> {
  const headers: Record<string, string> = { accept: 'text/event-stream' };
  if (lastEventId) headers['last-event-id'] = lastEventId;
  const reply = await fetch(path, { headers, signal, credentials: 'same-origin', cache: 'no-store' });
  if (!reply.ok || !reply.body) return reply.status;
  listener.heard();
  const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
  const parser = new SseParser();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return reply.status;
    listener.heard();
    for (const event of parser.push(value)) listener.event(event);
  }
}

/** Full jitter up to a ceiling that doubles: a thousand boards don't come back in the same second. */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  return Math.round(random() * Math.min(30_000, 1_000 * 2 ** Math.min(attempt, 5)));
}
