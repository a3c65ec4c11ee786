import { readEventTime } from '../../src/registrations/event-time';

describe('the time of an event', () => {
  it.each([
    ['2026-01-31', Date.UTC(2026, 0, 31)],
    ['2028-02-29T12:00:00Z', Date.UTC(2028, 1, 29, 12)],
    ['2026-01-31T23:30:00-02:00', Date.UTC(2026, 1, 1, 1, 30)],
    ['2026-02-30', undefined],
    ['2026-02-29T12:00:00Z', undefined],
    ['2026-01-31Tnoon', undefined],
    ['yesterday', undefined],
  ])('is read from %j, when there is such a day', (text, time) => {
    expect(readEventTime(text)).toBe(time);
  });
});
