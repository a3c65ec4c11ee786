import { isReadableOnTheWay } from '../../src/openstack/plain-http';

it.each([
  ['http://keystone.example:5000/v3', true],
  ['http://10.0.0.1/v2.1', true],
  ['http://127.0.0.1.example/', true],
  ['http://localhost.example/', true],
  ['http://127.0.0.1:5000/v3', false],
  ['http://127.8.8.8', false],
  ['http://localhost/identity', false],
  ['http://[::1]:5000/v3', false],
  ['https://keystone.example:5000/v3', false],
])('what is sent to %s can be read on the way: %s', (url, expected) => {
  expect(isReadableOnTheWay(url)).toBe(expected);
});
