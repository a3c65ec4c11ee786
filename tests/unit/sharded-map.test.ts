import { ShardedMap } from '../../src/registrations/sharded-map';

describe('a map that may become large', () => {
  it.each([0, 1, 8192, 8193, 50_000])('with %d entries is as any other', (count) => {
    const [map, model] = [new ShardedMap<number>(), new Map<string, number>()];
    for (let index = 0; index < count; index += 1) {
      for (const key of [`${index % 7}-${index}`, String(index)]) {
        map.set(key, index);
        model.set(key, index);
      }
    }
    map.set('', -1);
    map.set('', -2);
    model.set('', -2);
    expect(map.size).toBe(model.size);
    expect(new Map(map)).toEqual(model);
    expect([map.get('1'), map.get('no-such')]).toEqual([model.get('1'), undefined]);
  });
});
