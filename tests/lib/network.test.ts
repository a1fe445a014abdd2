import { expect, test } from 'bun:test'
import { networkOf, widerNetworkOf } from '../../lib/network.ts'

test('IPv4 counts by address, IPv6 by /64, however it is written', () => {
  expect(networkOf('192.0.2.1')).toBe('192.0.2.1')
  expect(networkOf(null)).toBe('unknown')
  for (const same of ['2001:db8::1', '2001:0DB8:0:0:ffff::2', '2001:db8:0:0:1:2:3:4', '2001:db8::1%eth0'])
    expect(networkOf(same)).toBe('2001:db8:0:0::/64')
  expect(networkOf('2001:db8:0:1::1')).toBe('2001:db8:0:1::/64')
  expect(networkOf('::1')).toBe('0:0:0:0::/64')
})

test('the wider network is a /24 or a /40', () => {
  expect(widerNetworkOf('192.0.2.1')).toBe('192.0.2.0/24')
  expect(widerNetworkOf(null)).toBe('unknown')
  for (const same of ['2001:db8:1200::1', '2001:0DB8:12ff:1:2:3:4:5', '2001:db8:1234::%eth0'])
    expect(widerNetworkOf(same)).toBe('2001:db8:1200::/40')
  expect(widerNetworkOf('2001:db8:ff::1')).toBe('2001:db8:0::/40')
  expect(widerNetworkOf('::1')).toBe('0:0:0::/40')
})
