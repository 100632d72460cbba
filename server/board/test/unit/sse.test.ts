import { describe, expect, it } from 'vitest';
import { backoffMs, SseParser } from '../../src/lib/sse';

describe('server-sent events', () => {
  it('are whole however the stream is cut', () => {
    const stream = 'id: 7\nevent: card\ndata: {"a":\ndata: 1}\n\n: heartbeat\n\ndata:x\r\n\r\n';
    for (let cut = 1; cut < stream.length; cut += 1) {
      const parser = new SseParser();
      const events = [...parser.push(stream.slice(0, cut)), ...parser.push(stream.slice(cut))];
      expect(events, `cut at ${cut}`).toEqual([
        { id: '7', name: 'card', data: '{"a":\n1}' },
        { id: '7', name: 'message', data: 'x' },
      ]);
    }
  });

  it('without data are nothing', () => {
    expect(new SseParser().push('event: card\n\n: only a heartbeat\n\n')).toEqual([]);
  });

  it('come again after a wait that doubles up to half a minute', () => {
    expect([0, 1, 2, 10].map((attempt) => backoffMs(attempt, () => 1))).toEqual([1_000, 2_000, 4_000, 30_000]);
    expect(backoffMs(3, () => 0)).toBe(0);
  });
});
